"""Where two sources of one device disagree nothing is claimed, and what it calls an abnormal reload goes back."""

from dataclasses import replace
from typing import Any

import pytest
from support.scripted_steps import BEFORE as OF_TWO
from support.scripted_steps import NEW, Scripted, activated, runs

from swimctl.models import Outcome
from swimctl.platforms.facts import Installed, Placement, Running, Snapshot
from swimctl.steps import evidence, seeing
from swimctl.steps.evidence import Compared, Pending, Seen, Then, committed, missing, of_new_release, went_back
from swimctl.steps.reload import abnormal_reload
from swimctl.steps.target import on_target

DOUBT = "what the device prints and its models disagree: 1 runs 17.12.04 as it prints, and 17.09.05 by its model"
BEFORE = Snapshot("2031-03-04T05:06:07Z", "17.09.05", 900_000, None, {"1": "Ready"}, (), (), {})


def running(version: str = "17.12.04", **more: Any) -> Running:
    return Running(version, 600, None, {"1": version}, **more)


def seen(now: Running, installed: Installed, abnormal: str = "") -> Seen:
    return Seen(now, "", installed, Compared(), abnormal)


UNCOMMITTED = Installed(Placement.UNCOMMITTED, 3600)


def judged(look: Seen) -> evidence.Verdict:
    return of_new_release(look, "17.12.04", BEFORE, "17.12.04")


def test_without_doubt_it_is_kept() -> None:
    assert judged(seen(running(), UNCOMMITTED)).then is Then.KEEP


@pytest.mark.parametrize(
    "look",
    [seen(running(doubt=DOUBT), UNCOMMITTED), seen(running(), Installed(Placement.UNCOMMITTED, 3600, doubt=DOUBT))],
)
def test_a_doubt_is_waited_for_and_then_a_complaint(look: Seen) -> None:
    verdict = judged(look)
    assert (verdict.then, verdict.wait, verdict.why) == (Then.BACK, Pending.READY, DOUBT)


def test_an_abnormal_reload_goes_back_and_no_waiting_helps() -> None:
    verdict = judged(
        seen(running(abnormal="PowerOn"), UNCOMMITTED, "the device calls its last reload abnormal: PowerOn")
    )
    assert (verdict.then, verdict.wait) == (Then.BACK, Pending.NOTHING)
    assert verdict.why.endswith("PowerOn")


@pytest.mark.parametrize(
    ("now", "installed"),
    [
        (running(doubt=DOUBT), Installed(Placement.COMMITTED)),
        (running(), Installed(Placement.UNCOMMITTED, doubt=DOUBT)),
    ],
)
def test_nothing_is_called_committed_or_upgraded_in_doubt(now: Running, installed: Installed) -> None:
    proof = committed(now, installed, "17.12.04", said=True, patch=False)
    assert (proof.proved, proof.doubt, proof.by) == (False, True, DOUBT)
    end = evidence.outcome(
        "17.12.04", "17.09.05", now, installed, booted=True, under_way=False, members=1, said_committed=True
    )
    assert end is Outcome.UNKNOWN


def test_a_way_back_in_doubt_is_not_proved() -> None:
    back = running("17.09.05", doubt=DOUBT)
    assert not on_target(back, "17.09.05")
    assert not went_back(back, BEFORE, reloaded=True, patch=False)
    assert missing(BEFORE, back) == DOUBT


class Clock:
    def since(self, mark: dict[str, Any]) -> float:
        return float(mark["ago"])


@pytest.mark.parametrize(
    ("mark", "uptime", "told"),
    [
        ({"ago": 1200.0, "uptime": 900_000, "restarted_at": None}, 600, True),
        # A patch without a reload: the crash of last month is not this job's.
        ({"ago": 1200.0, "uptime": 900_000, "restarted_at": None}, 901_200, False),
        (None, 600, False),
    ],
)
def test_only_a_reload_of_this_job_is_called_abnormal(mark: dict[str, Any] | None, uptime: int, told: bool) -> None:
    elapsed = 0.0 if mark is None else float(mark["ago"])
    now = Running("17.12.04", uptime, None, {"1": "17.12.04"}, abnormal="Critical process fault")
    said = abnormal_reload(mark, now, elapsed)
    assert said == ("the device calls its last reload abnormal: Critical process fault" if told else "")
    calm = Running("17.12.04", uptime, None, {"1": "17.12.04"})
    assert abnormal_reload(mark, calm, elapsed) == ""


@pytest.mark.parametrize(
    ("age", "speed", "abnormal"), [(0.0, 1.0, True), (3600.0, 1.0, False), (60.0, 60.0, False), (1.0, 60.0, True)]
)
def test_what_was_read_some_time_ago_passes_for_no_new_boot(
    age: float, speed: float, *, abnormal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the uptime that it had an hour ago by its own clock, when it was read; `age` is in real seconds."""
    job = Scripted(memory=activated(), speed=speed)
    mark = job.record.memory["boot"]
    job.clock.seconds += 7200
    now = replace(runs(NEW, NEW, uptime=int(mark["uptime"]) + 3600), abnormal="Critical process fault")
    job.driver._script["running"] = [now]
    monkeypatch.setattr(seeing, "age", lambda: age)
    looked, _ = seeing.see(job.context, job.driver, OF_TWO)
    assert bool(looked.abnormal) is abnormal
