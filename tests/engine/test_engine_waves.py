"""Waves on the engine: each waits for the soak of the one before, and for its devices to be well after that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.batches import BAD, GOOD, UNTOUCHED, WAITS, Night, night
from support.stores import NOON, some_jobs

from swimctl.engine.jobs import JobRunner
from swimctl.errors import Unreachable
from swimctl.models import Batch, Job, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.steps import POST_CHECKS
from swimctl.steps.pausing import Parts, Pause
from swimctl.store import LINE_STOPPED


@pytest.fixture
def tonight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with night(tmp_path, monkeypatch) as made:
        yield made


def waves(night: Night, soak: float = 0.0, **batch: Any) -> list[Job]:
    return some_jobs(
        night.store, ["sw1", "sw2", "sw3"], waves=[1, 2, 3], policy=Policy(waves=("1", "1", "1"), soak=soak), **batch
    )


def healthy(night: Night, monkeypatch: pytest.MonkeyPatch, **found: Any) -> None:
    """Have the look after the soak find this of each device, nothing by default."""

    def look(context: Any) -> Parts[str]:
        night.looked.append(context)
        yield from ()
        answer = found.get(context, "")
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(POST_CHECKS, "look_again", look)

    def afterwards(_runs: JobRunner, batch: Batch, job: Job, stop: threading.Event) -> str:
        assert (batch.id, stop) == (job.batch_id, night.stop)
        return job.device_name

    monkeypatch.setattr(JobRunner, "afterwards", afterwards)


def test_each_wave_waits_for_the_soak_of_the_one_before_and_looks_at_it(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy(tonight, monkeypatch)
    jobs = waves(tonight, soak=1800.0)
    assert tonight.run(jobs) == [GOOD, GOOD, GOOD]
    assert tonight.looked == ["sw1", "sw2"]
    first, second, _ = (tonight.store.job(job.id) for job in jobs)
    assert first.finished_at is not None
    assert second.started_at is not None
    assert (second.started_at - first.finished_at).total_seconds() == 1800
    soaked = [event.message for event in tonight.store.events(jobs[0].id) if event.kind == "soaked"]
    assert soaked == ["all is as before"]
    assert tonight.store.wave_passed("batch-0001", 1)
    assert tonight.store.wave_passed("batch-0001", 2)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("3 uplinks lost", "sw1: 3 uplinks lost"),
        (Unreachable("no route to sw1"), "sw1: no route to sw1"),
        (ValueError("a defect, secret"), "sw1: ValueError: a defect, ********"),
    ],
)
def test_a_wave_that_is_not_healthy_after_its_soak_stops_the_line(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, found: Any, words: str
) -> None:
    healthy(tonight, monkeypatch, sw1=found)
    jobs = waves(tonight)
    assert tonight.run(jobs) == [GOOD, UNTOUCHED, UNTOUCHED]
    why = f"wave 1 is not healthy after its soak: {words}"
    assert tonight.error(jobs[1]).startswith(f"not attempted: {why}")
    assert ("stopped", "batch-0001", why) in tonight.told.words
    assert [tonight.store.recall(job.id, LINE_STOPPED) for job in jobs] == [None, why, why]
    assert not tonight.store.wave_passed("batch-0001", 1)
    assert [event.message for event in tonight.store.events(jobs[0].id) if event.kind == "soaked"] == [words[5:]]


def test_of_a_wave_only_what_was_upgraded_is_looked_at(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch, sw1="it is ill", sw2="it is ill")
    tonight.ends |= {"sw1": (JobStatus.FAILED, Outcome.UPGRADED), "sw2": (JobStatus.SUCCESS, Outcome.UNTOUCHED)}
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], waves=[1, 1, 2])
    assert tonight.run(jobs)[2] == GOOD
    assert tonight.looked == []


def test_a_stop_in_a_soak_leaves_the_next_wave_waiting(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch)
    jobs = waves(tonight, soak=1800.0)
    monkeypatch.setattr(tonight.clock, "sleep", lambda _seconds, stop: stop.set())
    assert tonight.run(jobs)[1:] == [WAITS] * 2
    assert tonight.looked == []


def test_a_soak_that_went_by_while_nobody_was_there_is_not_waited_for_again(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy(tonight, monkeypatch)
    jobs = waves(tonight, soak=1800.0)
    tonight.run(jobs, only=jobs[:1])
    tonight.clock.forward(3600)
    began = tonight.clock.at
    tonight.run(jobs, only=jobs[1:2])
    assert (tonight.clock.at - began).total_seconds() == 600


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_what_is_left_of_a_soak_is_waited_for_once_at_any_speed(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    """Here the clock stands still in the wait: what was waited for counts, whatever the clock on the wall says."""
    healthy(tonight, monkeypatch)
    jobs, waits = waves(tonight, soak=1800.0), list[float]()
    monkeypatch.setattr(tonight.clock, "speed", speed)
    tonight.run(jobs, only=jobs[:1])
    tonight.clock.forward(600 / speed)
    monkeypatch.setattr(tonight.clock, "sleep", lambda seconds, _stop: waits.append(seconds))
    assert tonight.run(jobs, only=jobs[1:2])[1] == GOOD
    assert (sum(waits), max(waits)) == (1200.0, speed), "each second it looks whether somebody starts the next wave"


def test_a_wave_that_passed_is_not_looked_at_again(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch, sw1="it is ill by now")
    jobs = waves(tonight, soak=1800.0)
    tonight.run(jobs, only=jobs[:1])
    tonight.store.pass_wave("batch-0001", 1)
    assert tonight.run(jobs, only=jobs[1:2])[1] == GOOD


def test_a_wave_does_not_start_before_the_one_before_has_ended(tonight: Night) -> None:
    jobs = waves(tonight)
    assert tonight.run(jobs, only=jobs[1:]) == [WAITS] * 3


def test_a_wave_with_too_many_failures_stops_the_next_one(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch)
    tonight.ends["sw1"] = BAD
    jobs = waves(tonight, soak=1800.0, max_failures=1)
    assert tonight.run(jobs) == [BAD, UNTOUCHED, UNTOUCHED]
    assert tonight.looked == []
    assert (tonight.clock.at - NOON).total_seconds() == 600, "nobody waits for the soak"


def test_only_the_wave_before_is_looked_at_by_as_many_as_the_batch_has_workers(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy(tonight, monkeypatch)
    other = some_jobs(tonight.store, ["sw4"], "batch-0009")
    tonight.run(other)
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], waves=[1, 1, 2], workers=7)
    assert tonight.run(jobs) == [GOOD, GOOD, GOOD]
    assert tonight.looked == ["sw1", "sw2"]
    assert tonight.workers[1:] == [(["sw1", "sw2"], 7), (["sw1", "sw2"], 7), (["sw3"], 7)]
    assert tonight.told.words[-1] == ("finished", "batch-0001", "3")


def test_all_that_is_not_well_in_a_wave_is_named(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch, sw1="2 uplinks lost", sw2="no route")
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], waves=[1, 1, 2])
    tonight.run(jobs)
    assert "wave 1 is not healthy after its soak: sw1: 2 uplinks lost; sw2: no route; next:" in tonight.error(jobs[2])


def test_a_wave_of_which_nothing_was_tried_needs_no_soak(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(tonight, monkeypatch)
    jobs = waves(tonight, soak=1800.0)
    tonight.store.cancel([jobs[0].id])
    began = tonight.clock.at
    assert tonight.run(jobs)[1] == GOOD
    started = tonight.store.job(jobs[1].id).started_at
    assert started == began


def test_devices_that_are_late_after_a_soak_wait_together_without_a_thread_each(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy(tonight, monkeypatch)
    tonight.engine._inventory.threaded = True  # type: ignore[misc]  # it runs one after the other all the same

    def late(context: Any) -> Parts[str]:
        tonight.looked.append(context)
        for _ in range(1000):
            if len(tonight.looked) == 2:
                return ""
            yield Pause(0.0)
        return "it waited alone"

    monkeypatch.setattr(POST_CHECKS, "look_again", late)
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], waves=[1, 1, 2], workers=2)
    assert tonight.run(jobs) == [GOOD, GOOD, GOOD]
    assert tonight.looked == ["sw1", "sw2"]
