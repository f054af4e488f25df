"""An activation that was delayed: the rules are applied again, and the baseline is taken anew, right before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.scripted_steps import AFTER, BEFORE, NEW, OLD, OLD_RUNS, PaperClock, Scripted, activated, runs, stands

from swimctl.errors import OtherDevice, StepFailed
from swimctl.models import Finding, Outcome
from swimctl.platforms.facts import Placement
from swimctl.steps.activation import Activation
from swimctl.steps.baseline import kept_baseline, minutes_old, release_before
from swimctl.steps.comparison import compare
from swimctl.steps.ending import outcome_of_failure
from swimctl.steps.readiness import ReadinessCheck

ABSENT, ADDED = stands(Placement.ABSENT), stands(Placement.ADDED)
RULE = Finding("stack members", True, "2 ready", "all", "`show switch` on the device")
UP = 30 * 86_400


def waiting(folder: Path, minutes: float, **script: Any) -> Scripted:
    """Make a job whose baseline is so old; its device reloads into the new release once it was told to."""
    looked = {"identity": [[RULE]], "check": [[RULE]], "configuration": ["hostname sw1\n"], "snapshot": [BEFORE]}
    job = Scripted(folder=folder, **{"installed": [ABSENT, ABSENT, ADDED], **looked, **script})

    def running(clock: PaperClock) -> Any:
        if job.driver.times("activate"):
            return runs(NEW, NEW, uptime=120)
        return runs(OLD, OLD, uptime=UP + int(clock.seconds))

    if "running" not in script:
        job.driver._script["running"] = [running]
    job.clock.seconds = minutes * 60
    return job


def newest(job: Scripted) -> Any:
    return kept_baseline(job.record.recall)


def test_a_fresh_baseline_is_not_taken_again(tmp_path: Path) -> None:
    job = waiting(tmp_path, 9, installed=[ABSENT, ADDED])
    Activation().run(job.context)
    assert job.driver.times("check") == 0
    assert newest(job) == BEFORE


@pytest.mark.parametrize("minutes", [11, 600])
def test_a_port_that_went_down_while_the_job_waited_is_not_missed_after_the_upgrade(
    tmp_path: Path, minutes: float
) -> None:
    now = replace(BEFORE, interfaces_up=BEFORE.interfaces_up[1:])
    job = waiting(tmp_path, minutes, snapshot=[now])
    Activation().run(job.context)
    assert job.driver.asked.index("check") < job.driver.asked.index("save") < job.driver.asked.index("activate")
    kept = newest(job)
    assert kept.interfaces_up == now.interfaces_up
    assert not compare(kept, replace(AFTER, interfaces_up=now.interfaces_up), job.context.settings.tolerances).complaint
    assert (tmp_path / "running-config.txt").read_text(encoding="utf-8") == "hostname sw1\n"


def test_a_member_that_died_while_the_job_waited_keeps_it_from_being_activated(tmp_path: Path) -> None:
    dead = replace(RULE, ok=False, seen="switch 2 Removed")
    job = waiting(tmp_path, 60, check=[[dead]])
    with pytest.raises(StepFailed, match=r"no longer ready, nothing was activated: .*switch 2 Removed") as caught:
        Activation().run(job.context)
    assert not {"save", "add", "activate"} & set(job.driver.asked)
    assert outcome_of_failure(job.context, caught.value)[0] is Outcome.UNTOUCHED


def test_a_member_of_which_the_device_says_nothing_any_more_is_missed_too(tmp_path: Path) -> None:
    one = replace(BEFORE, members={"1": "Ready"})
    job = waiting(tmp_path, 60, snapshot=[one])
    with pytest.raises(StepFailed, match="no longer ready, nothing was activated: member 2 is gone since") as caught:
        Activation().run(job.context)
    assert "next: its power and cables, then `swimctl retry`" in str(caught.value)
    assert not {"save", "add", "activate"} & set(job.driver.asked)
    assert newest(job) == BEFORE


def test_a_member_that_died_after_the_adding_keeps_it_from_being_activated(tmp_path: Path) -> None:
    added = {
        "add sent": {**activated()["activate sent"], "command": "install add"},
        "add answered": {"succeeded": True},
    }
    dead = replace(RULE, ok=False, seen="switch 2 Removed")
    job = waiting(tmp_path, 60, check=[[dead]], memory=added, installed=[ADDED])
    with pytest.raises(StepFailed, match="no longer ready"):
        Activation().run(job.context)
    assert not {"save", "add", "activate"} & set(job.driver.asked)


def test_a_device_that_somebody_else_upgraded_meanwhile_is_left_alone(tmp_path: Path) -> None:
    job = waiting(tmp_path, 60, running=[runs(NEW, NEW)], installed=[stands(Placement.COMMITTED)])
    outcome = Activation().run(job.context)
    assert outcome.finished
    assert "already runs" in outcome.message
    assert not {"save", "add", "activate"} & set(job.driver.asked)


def test_another_device_at_the_second_look_is_sent_nothing_and_makes_no_baseline(tmp_path: Path) -> None:
    job = waiting(tmp_path, 60, serials=[("FOC9Z",)], running=[OLD_RUNS])
    with pytest.raises(OtherDevice):
        Activation().run(job.context)
    assert job.driver.asked == ["serials"]
    assert newest(job) == BEFORE


def test_an_activation_that_was_sent_is_seen_through_without_a_second_look(tmp_path: Path) -> None:
    job = waiting(tmp_path, 60, memory=activated(), running=[runs(NEW, NEW, uptime=60)])
    Activation().run(job.context)
    assert job.driver.times("check") == 0


@pytest.mark.parametrize("taken", [None, {"seconds": 7200.0}], ids=["nobody noted it", "our clock was set back"])
def test_a_baseline_of_an_age_that_is_not_known_is_too_old(tmp_path: Path, taken: Any) -> None:
    job = waiting(tmp_path, 1, memory={"baseline taken": taken})
    Activation().run(job.context)
    assert job.driver.times("check") == 1
    assert minutes_old(job.record.recall, job.context.clock) is None


def test_each_delay_has_its_own_look_and_the_newest_counts(tmp_path: Path) -> None:
    job = waiting(tmp_path, 60, snapshot=[BEFORE, replace(BEFORE, version="17.06.07")])
    ReadinessCheck().once_more(job.context)
    assert release_before(job.record.recall) == OLD
    job.clock.seconds += 3600
    ReadinessCheck().once_more(job.context)
    assert release_before(job.record.recall) == "17.06.07"
    assert len(job.told("stale")) == 2


def test_a_device_that_another_job_upgrades_under_another_name_is_left_to_that(tmp_path: Path) -> None:
    job = waiting(tmp_path, 60)
    job.record.held_by = "job 3 on 10.0.0.7"
    with pytest.raises(StepFailed, match=r"job 3 on 10\.0\.0\.7 has this very device .serial number FOC1A"):
        Activation().run(job.context)
    assert not {"save", "add", "activate"} & set(job.driver.asked)
