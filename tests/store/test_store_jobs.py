from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from support.stores import (
    NOON,
    STEPS,
    StandingClock,
    opened,
    said,
    some_batch,
    some_image,
    some_jobs,
    statements,
    switches,
)

from swimctl.errors import NotFound, StoreError, SwimctlError
from swimctl.models import ExecutionMode, JobOptions, Outcome, Pulse, Step
from swimctl.states import JobStatus, StepStatus
from swimctl.store import NewJob, Store


def test_a_batch_is_read_as_it_was_written(store: Store) -> None:
    batch = some_batch(
        "0a1b2c3d4e",
        mode=ExecutionMode.SEQUENTIAL,
        max_failures=3,
        options=JobOptions(activate=False, cleanup_flash=True, force=True, issu=True, convert=True),
        schedule_time=NOON + timedelta(hours=9, microseconds=7),
        workers=12,
        requested_by="ops@jump1",
    )
    image = some_image(store)
    ids = store.device_ids(["sw2", "sw1"])
    jobs = store.create_batch(batch, [NewJob(number, name, image.id, STEPS) for name, number in ids.items()])
    assert store.batch(batch.id) == batch
    assert [(job.id, job.device_name) for job in jobs] == [(1, "sw2"), (2, "sw1")]
    assert jobs[0].steps == tuple(Step(name) for name in STEPS)
    assert jobs[0].current_step == "Readiness Check"
    for job in jobs:
        assert job.status is JobStatus.SCHEDULED
        assert (job.batch_id, job.image_id, job.image_version) == (batch.id, image.id, image.version)
        assert (job.created_at, job.schedule_time) == (batch.created_at, batch.schedule_time)
        assert (job.progress, job.error, job.started_at, job.finished_at) == (0, None, None, None)
        assert (job.attempted, job.interrupted) == (False, False)
        assert len(store.events(job.id)) == 1


def test_a_batch_is_made_whole_or_not_at_all(store: Store) -> None:
    [job] = some_jobs(store, ["sw1"])
    good = NewJob(job.device_id, "sw1", job.image_id, STEPS)
    for bad in (
        NewJob(77, "sw77", job.image_id, STEPS),
        NewJob(job.device_id, "sw1", 77, STEPS),
        NewJob(job.device_id, "sw1", job.image_id, ("distribution", "distribution")),
    ):
        with pytest.raises(SwimctlError):
            store.create_batch(some_batch("batch-0002"), [good, bad])
    with pytest.raises(SwimctlError):
        store.create_batch(some_batch(job.batch_id), [good])
    assert [batch.id for batch in store.batches()] == [job.batch_id]
    assert store.jobs() == [job]
    assert store.check() == []


def test_a_batch_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    for number, batch_id in enumerate(["abcdef01", "abcdef012", "ab%_ef99", "ABCDEF77"]):
        created_at = NOON + timedelta(seconds=number)
        some_jobs(store, [f"sw{number}"], batch_id, created_at=created_at)
    assert store.batch("abcdef012").id == "abcdef012"
    assert store.batch("abcdef01").id == "abcdef01"  # whole, though another begins so
    assert store.batch("ab%_ef").id == "ab%_ef99"
    assert store.batch("ABCDEF").id == "ABCDEF77"
    with pytest.raises(NotFound, match="several"):
        store.batch("abcdef")
    for wrong in ("%", "", "ABCDE", "abcde", "______", "abcdef03", "ab%%ef"):
        with pytest.raises(NotFound):
            store.batch(wrong)
    assert [batch.id for batch in store.batches(limit=3)] == ["ABCDEF77", "ab%_ef99", "abcdef012"]


def test_jobs_are_read_by_ids_and_by_batch(store: Store) -> None:
    first = some_jobs(store, ["sw3", "sw1"], "batch-0001")
    second = some_jobs(store, ["sw2"], "batch-0002")
    assert store.jobs() == [*first, *second]
    assert store.jobs(ids=[3, 1, 99, 1, 2**70]) == [first[0], second[0]]
    assert store.jobs(ids=[]) == []
    assert store.jobs(batch_id="batch-0001") == first
    assert store.jobs(ids=[1, 3], batch_id="batch-0002") == second
    assert store.jobs(batch_id="batch-0003") == []
    assert store.job(2) == first[1]
    with pytest.raises(NotFound, match="99"):
        store.job(99)


def test_cancel_ends_those_that_wait_and_names_them(store: Store, clock: StandingClock) -> None:
    jobs = some_jobs(store, switches(3))
    later = some_jobs(store, ["sw4"], "batch-0002", schedule_time=NOON + timedelta(days=1))
    clock.forward(60)
    with store.register_runner() as runner:
        store.claim(jobs[0].id, runner)
        assert store.cancel([later[0].id, jobs[0].id, jobs[1].id, jobs[1].id, 99]) in ([2, 4], [4, 2])
        assert store.cancel([jobs[1].id]) == []
        assert store.cancel([]) == []
        cancelled = store.job(jobs[1].id)
        assert cancelled.status is JobStatus.CANCELLED
        assert cancelled.finished_at == clock.now()
        assert {step.status for step in cancelled.steps} == {StepStatus.SKIPPED}
        assert len(store.events(cancelled.id)) == 2
        assert store.claim(cancelled.id, runner) is None
        assert store.job(jobs[0].id).status is JobStatus.DISTRIBUTING
        assert store.job(jobs[2].id).status is JobStatus.PENDING


def test_waiting_jobs_fail_without_an_attempt(store: Store, clock: StandingClock) -> None:
    first, second = some_jobs(store, switches(2))
    with store.register_runner() as runner:
        store.claim(first.id, runner)
    assert store.fail_waiting([first.id, second.id, second.id], "not attempted: 2 failures") == [second.id]
    job = store.job(second.id)
    assert (job.status, job.error, job.attempted) == (JobStatus.FAILED, "not attempted: 2 failures", False)
    assert job.finished_at == clock.now()
    assert {step.status for step in job.steps} == {StepStatus.SKIPPED}
    assert store.fail_waiting([second.id], "again") == []
    assert store.job(second.id).error == "not attempted: 2 failures"


def test_what_is_due_is_told_in_the_order_of_batches(store: Store) -> None:
    tonight = some_jobs(store, ["sw1", "sw2"], "batch-0003", schedule_time=NOON + timedelta(hours=8))
    some_jobs(store, ["sw3"], "batch-0002", detached=False)
    free = some_jobs(store, ["sw5", "sw4"], "batch-0001", created_at=NOON + timedelta(seconds=1))
    assert store.due(NOON) == free
    assert store.due(NOON + timedelta(hours=8, microseconds=-1)) == free
    due = store.due(NOON + timedelta(hours=8))
    assert sorted(job.id for job in due) == sorted(job.id for job in [*tonight, *free])
    for batch in (tonight, free):
        assert [job for job in due if job.batch_id == batch[0].batch_id] == batch
    store.cancel([tonight[0].id, free[0].id])
    with store.register_runner() as runner:
        store.claim(free[1].id, runner)
    assert store.due(NOON + timedelta(days=1)) == [tonight[1]]


def test_events_are_only_ever_appended(store: Store, clock: StandingClock, tmp_path: Path) -> None:
    first, second = some_jobs(store, switches(2))
    [apart] = some_jobs(store, ["sw9"], "batch-0002")
    start = store.batch_events("batch-0001")
    assert [event.job_id for event in start] == [first.id, second.id]
    clock.forward(1)
    told = store.record(first.id, "readiness", "flash: 2 GB free", {"free": 2_000_000_000, "names": ["a"]})
    assert (told.at, told.kind, told.message) == (clock.now(), "readiness", "flash: 2 GB free")
    assert told.data == {"free": 2_000_000_000, "names": ["a"]}
    other = store.record(second.id, "note", "")
    assert store.events(first.id) == [start[0], told]
    assert store.events(first.id, after=start[0].id) == [told]
    assert store.events(first.id, after=told.id) == []
    assert store.batch_events("batch-0001", after=told.id) == [other]
    assert [event.job_id for event in store.batch_events("batch-0002")] == [apart.id]
    with pytest.raises(SwimctlError):
        store.record(99, "note", "of no job")
    with sqlite3.connect(tmp_path / "s.db") as outsider:
        for statement in ("UPDATE events SET message = 'x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                outsider.execute(statement)
    outsider.close()
    for statement in (
        "UPDATE events SET message = 'x'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT * FROM events",
    ):
        with pytest.raises(StoreError):
            said(store, statement)
    assert store.events(first.id) == [start[0], told]


def test_garbled_output_of_a_device_can_be_kept(store: Store) -> None:
    [job] = some_jobs(store, ["sw1"])
    half = "copying \udcff\x00\u2028 done"
    store.record(job.id, "progress", half, {"line": half})
    event = store.events(job.id)[-1]
    assert event.message.startswith("copying ")
    assert event.message.endswith(" done")


def test_the_first_value_of_a_memory_stays(store: Store, tmp_path: Path) -> None:
    first, second = some_jobs(store, switches(2))
    assert store.recall(first.id, "boot") is None
    store.remember(first.id, "boot", {"time": "12:00", "uptime": [1, None, True]})
    store.remember(first.id, "boot", "something else")
    store.remember(second.id, "boot", 7)
    with opened(tmp_path / "s.db") as other:
        assert other.recall(first.id, "boot") == {"time": "12:00", "uptime": [1, None, True]}
        assert other.recall(second.id, "boot") == 7
        assert other.recall(first.id, "else") is None
    with pytest.raises(SwimctlError):
        store.remember(99, "boot", 1)


def test_usual_seconds_are_the_median_of_successful_steps(store: Store, clock: StandingClock) -> None:
    assert store.usual_seconds() == {}
    jobs = some_jobs(store, switches(4))
    outcomes = [StepStatus.SUCCESS, StepStatus.SUCCESS, StepStatus.SUCCESS, StepStatus.FAILED]
    with store.register_runner() as runner:
        for job, seconds, outcome in zip(jobs, [100, 40.5, 3_000, 1], outcomes, strict=True):
            store.claim(job.id, runner)
            store.step(job.id, runner, "distribution", StepStatus.RUNNING)
            clock.forward(seconds)
            store.step(job.id, runner, "distribution", outcome)
            store.step(job.id, runner, "activation", StepStatus.SKIPPED)
    assert store.usual_seconds() == {("distribution", "cat9k_iosxe"): 100.0}


def test_the_pulse_is_of_those_that_run(store: Store, clock: StandingClock) -> None:
    done, runs, waits = some_jobs(store, switches(3))
    assert store.pulse([done, runs, waits]) == Pulse(), "nothing runs"
    with store.register_runner() as runner:
        for job in (done, runs):
            store.claim(job.id, runner)
            store.step(job.id, runner, "distribution", StepStatus.RUNNING)
            clock.forward(60)
        store.step(done.id, runner, "distribution", StepStatus.SUCCESS)
        store.move(done.id, runner, JobStatus.FAILED, "broken", Outcome.UNTOUCHED)
        store.say(runs.id, runner, "copying")
        heard = clock.now()
        clock.forward(3_000)
        pulse = store.pulse(store.jobs())
        assert pulse == Pulse({("distribution", "cat9k_iosxe"): 120.0}, {runs.id: heard})


def test_the_status_of_a_thousand_jobs_takes_a_handful_of_statements(store: Store) -> None:
    ids = [job.id for job in some_jobs(store, switches(1_000))]
    with store.register_runner() as runner:
        for job_id in ids[:5]:
            store.claim(job_id, runner)
        for question in ({}, {"ids": ids}, {"batch_id": "batch-0001"}):
            with statements(store) as seen:
                jobs = store.jobs(**question)  # type: ignore[arg-type]
            assert [job.id for job in jobs] == ids
            assert 2 <= len([one for one in seen if "sqlite_master" not in one and "PRAGMA" not in one]) <= 6
