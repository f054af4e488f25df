"""A Catalyst is upgraded where its YANG models are read beside what it prints, and where either is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.upgrades import Upgraded, upgraded

from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xe.session import CommandLine
from swimctl.lab.effects import Dialogue, Print
from swimctl.models import Outcome
from swimctl.states import JobStatus

SLOWER = 120.0
"""Device seconds per real second: ncclient takes a tenth of a real second for each answer."""
GARBLED = "[ Switch 1 ] Inst~#\x07lled Pack\nType  St\n"


def told(came: Upgraded, name: str = "sw1") -> list[str]:
    """Return what the job told of the models, in its order."""
    events = came.opened.store.events(came.jobs[name].id)
    return [event.message for event in events if event.kind == "models"]


def unreadable(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Let switches print something else for a command once they have reloaded."""
    whole = CommandLine.run

    def run(self: CommandLine, text: str) -> Dialogue:
        if text == command and self.switch.booted_at > 0:
            yield Print(GARBLED)
        else:
            yield from whole(self, text)

    monkeypatch.setattr(CommandLine, "run", run)


def ended(came: Upgraded) -> tuple[JobStatus, Outcome | None]:
    return came.jobs["sw1"].status, came.jobs["sw1"].outcome


UPGRADED = (JobStatus.SUCCESS, Outcome.UPGRADED)
ROLLED_BACK = (JobStatus.FAILED, Outcome.ROLLED_BACK)
OUTAGE = ("no models are read: ", "models are read again: ")
"""NETCONF comes up later than the terminal: that is told, and that it came."""


@pytest.mark.prove
def test_both_are_read_and_agree(tmp_path: Path) -> None:
    with upgraded(tmp_path, speed=SLOWER, netconf=True) as came:
        assert ended(came) == UPGRADED, came.jobs
        assert came.runs_target("sw1")
        assert len(came.sent("sw1", "install commit")) == 1
        transcript = (tmp_path / "jobs" / str(came.jobs["sw1"].id) / "transcript.log").read_text(encoding="utf-8")
        assert transcript.count("read Cisco-IOS-XE-install-oper by NETCONF") > 3
        assert [line for line in told(came) if not line.startswith(OUTAGE)] == []
        assert len(told(came)) in {0, 2}, told(came)


@pytest.mark.prove
@pytest.mark.parametrize("command", ["show install summary", "show version"])
def test_what_does_not_read_any_more_is_told_by_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    unreadable(monkeypatch, command)
    with upgraded(tmp_path, speed=SLOWER, netconf=True) as came:
        assert came.runs_target("sw1"), came.jobs["sw1"].error
        assert len(came.sent("sw1", "install commit")) == 1
        assert not came.sent("sw1", "install abort")


@pytest.mark.prove
@pytest.mark.parametrize("fault", ["models-gone", "models-refuse", "models-empty"])
def test_without_models_what_it_prints_decides_alone(tmp_path: Path, fault: str) -> None:
    with upgraded(tmp_path, speed=SLOWER, faults={"sw1": [fault]}) as came:
        assert ended(came) == UPGRADED, came.jobs
        assert came.runs_target("sw1")
        said = told(came)
        # One sentence for each of the two models, or for the port: never one a look.
        assert 0 < len(said) <= 2, said
        assert all(line.startswith(OUTAGE[0]) for line in said), said


@pytest.mark.prove
def test_models_that_lag_are_waited_for(tmp_path: Path) -> None:
    with upgraded(tmp_path, speed=SLOWER, faults={"sw1": ["models-lag"]}) as came:
        assert ended(came) == UPGRADED, came.jobs
        assert came.runs_target("sw1")
        assert len(came.sent("sw1", "install commit")) == 1


@pytest.mark.prove
def test_a_reload_that_the_device_calls_abnormal_is_taken_back(tmp_path: Path) -> None:
    with upgraded(tmp_path, speed=SLOWER, faults={"sw1": ["abnormal-reload"]}) as came:
        assert ended(came) == ROLLED_BACK, came.jobs
        assert "calls its last reload abnormal: Critical process" in str(came.jobs["sw1"].error)
        assert came.lab.switch("sw1").runs == {"1": "17.06.05"}
        assert len(came.sent("sw1", "install abort")) == 1


def test_a_device_without_netconf_is_asked_once(tmp_path: Path) -> None:
    with upgraded(tmp_path) as came:
        assert ended(came) == UPGRADED, came.jobs
        assert len(told(came)) == 1
        assert "does not answer" in told(came)[0]


def test_where_nobody_wants_models_nothing_is_tried(tmp_path: Path) -> None:
    with upgraded(tmp_path, netconf=True, settings={"evidence": {"netconf": "off"}}) as came:
        assert ended(came) == UPGRADED, came.jobs
        assert told(came) == []


def test_a_stack_is_told_member_by_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unreadable(monkeypatch, "show install summary")
    with upgraded(tmp_path, fleet=default_fleet(3)[2:], speed=SLOWER) as came:
        assert came.runs_target("sw3"), came.jobs
        assert came.jobs["sw3"].outcome is Outcome.UPGRADED
