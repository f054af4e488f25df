"""Staged activation on devices that word the line of the auto-abort timer in every way: none of them decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleets.cisco_xe import switch
from support.upgrades import upgraded

from swimctl.lab.cisco_xe.forms import HEAD, ON_OPERATION, STATE, TIME_ALONE, TIMER, TimerLine
from swimctl.lab.forms import Form
from swimctl.models import Outcome
from swimctl.states import JobStatus

TIME = ", time before rollback - {left}"


def line(running: str, stopped: str) -> Form[TimerLine]:
    """Make a form that no device was seen to print."""
    return Form(running, TimerLine(running, stopped), ())


def always(text: str) -> Form[TimerLine]:
    """Make a line that is the same whether the timer runs or not."""
    return line(text, text)


LINES = {
    "inactive": always(f"{HEAD}inactive"),
    "active": always(f"{HEAD}active"),
    "active-time": TIME_ALONE,
    "operation-time": ON_OPERATION,
    "operation": always(f"{HEAD}active on install_activate"),
    "committed": always(f"{HEAD}Committed"),
    "uncommitted": always(f"{HEAD}Uncommitted"),
    "by-state": STATE,
    "missing": always(""),
    "doubled": line(f"{HEAD}active {TIME}\n{HEAD}active on install_activate{TIME}", f"{HEAD}inactive"),
    "contrary": line(f"{HEAD}inactive\n{HEAD}active {TIME}", f"{HEAD}inactive\n{HEAD}active"),
    "garbled": always("Auto abrt t%#mer: actv , tme befo"),
    "garbled-rest": always(f"{HEAD}~]x 7 rolb -"),
}


@pytest.mark.prove
@pytest.mark.usefixtures("impatient")
@pytest.mark.timeout(600)
def test_staged_activation_ends_committed_whatever_the_line_of_the_timer_says(tmp_path: Path) -> None:
    fleet = [switch("C9300-24P")(name, version="17.06.05", forms={TIMER: form}) for name, form in LINES.items()]
    with upgraded(tmp_path, fleet=fleet, settings={"workers": len(fleet)}, speed=300) as result:
        for name, job in result.jobs.items():
            assert (name, job.status, job.outcome, job.error) == (name, JobStatus.SUCCESS, Outcome.UPGRADED, None)
            assert result.runs_target(name), name
            assert [line.split()[1] for line in result.sent(name, "install ")] == ["add", "activate", "commit"]
            assert result.lab.switch(name).install.timer_left == ""
            assert len(result.lab.reloads(name)) == 1
        assert result.jobs.keys() == LINES.keys()
