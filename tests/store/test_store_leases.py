"""Who may send what cannot be taken back: asked in the very transaction that records it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.stores import StandingClock, some_jobs

from swimctl.errors import NotFound, StaleClaim
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus
from swimctl.store import Runner, Store

COMMAND, KEY = "install activate", "activate sent"


@pytest.fixture
def job(store: Store, runner: Runner) -> Job:
    (made,) = some_jobs(store, ["sw1"])
    claimed = store.claim(made.id, runner)
    assert claimed is not None
    return claimed


def ask(store: Store, runner: Runner, job: Job, lease: int, mark: str = "a line") -> None:
    store.permit(job.id, runner, lease, COMMAND, KEY, {"mark": mark})


def told(store: Store, job: Job) -> list[str]:
    return [event.message for event in store.events(job.id) if event.kind == "sent"]


def refused(store: Store, runner: Runner, job: Job, lease: int) -> str:
    """Ask in vain; nothing of it is recorded."""
    before = store.recall(job.id, KEY), told(store, job)
    with pytest.raises(StaleClaim) as error:
        ask(store, runner, job, lease, "of one who may not")
    assert (store.recall(job.id, KEY), told(store, job)) == before
    return str(error.value)


def test_who_has_the_newest_lease_may_send_and_that_is_recorded(store: Store, runner: Runner, job: Job) -> None:
    lease = store.lease(job.id, runner)
    ask(store, runner, job, lease)
    ask(store, runner, job, lease, "a later line")  # again: the first facts stay
    assert store.recall(job.id, KEY) == {"mark": "a line"}
    assert told(store, job) == [COMMAND, COMMAND]


def test_a_newer_lease_ends_the_older_ones(store: Store, runner: Runner, job: Job) -> None:
    first = store.lease(job.id, runner)
    second = store.lease(job.id, runner)
    assert second > first
    assert refused(store, runner, job, first) == (
        f"'install activate' is not sent: job {job.id} has lease {second} by now, and this is lease {first}; "
        "the newer one goes on"
    )
    ask(store, runner, job, second)
    assert told(store, job) == [COMMAND]


def test_a_lease_that_was_never_given_permits_nothing(store: Store, runner: Runner, job: Job) -> None:
    lease = store.lease(job.id, runner)
    for number in (lease + 1, lease - 1, -1):
        assert "the newer one goes on" in refused(store, runner, job, number)


def test_a_runner_that_has_closed_may_not_send_even_while_nobody_took_its_job(
    store: Store, runner: Runner, job: Job
) -> None:
    lease = store.lease(job.id, runner)
    runner.close()
    assert "was left by process" in refused(store, runner, job, lease)


def test_of_two_processes_only_the_one_that_took_the_job_over_may_send(
    tmp_path: Path, store: Store, runner: Runner, job: Job
) -> None:
    """The first one was thought dead, and wakes up."""
    lease = store.lease(job.id, runner)
    (tmp_path / "s.db.runners" / f"{runner.id}.lock").unlink()
    with Store.open(tmp_path / "s.db", StandingClock()) as other, other.register_runner() as next_runner:
        assert other.claim(job.id, next_runner) is not None
        newer = other.lease(job.id, next_runner)
        assert newer > lease
        assert f"job {job.id} is held by process" in refused(store, runner, job, lease)
        assert f"job {job.id} is held by process" in refused(store, runner, job, newer)
        with pytest.raises(StaleClaim, match="is held by process"):
            store.lease(job.id, runner)
        ask(other, next_runner, job, newer)
    assert told(store, job) == [COMMAND]


def test_a_job_that_was_released_or_has_ended_sends_nothing(store: Store, runner: Runner, job: Job) -> None:
    lease = store.lease(job.id, runner)
    store.release(job.id, runner, "stopped at a safe point")
    assert "is held by nobody" in refused(store, runner, job, lease)
    assert store.claim(job.id, runner) is not None
    lease = store.lease(job.id, runner)
    store.move(job.id, runner, JobStatus.FAILED, "no; next: look", Outcome.UNTOUCHED)
    assert "is 'failed', not running" in refused(store, runner, job, lease)
    with pytest.raises(StaleClaim):
        store.lease(job.id, runner)


def test_a_job_that_is_not_there_has_no_lease(store: Store, runner: Runner) -> None:
    with pytest.raises(NotFound, match="there is no job 99"):
        store.lease(99, runner)
