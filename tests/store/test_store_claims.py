from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.stores import NOON, StandingClock, some_jobs, switches

from swimctl.errors import NotFound, StaleClaim, SwimctlError
from swimctl.models import Outcome
from swimctl.states import FINAL, RUNNING, TRANSITIONS, WAITING, JobStatus, StepStatus, step_name
from swimctl.store import Runner, Store


@pytest.fixture
def elsewhere(tmp_path: Path, clock: StandingClock) -> Iterator[Store]:
    """Stand for another process: a store of its own on the same file."""
    with Store.open(tmp_path / "s.db", clock) as other:
        yield other


def test_a_claim_starts_a_waiting_job(store: Store, runner: Runner, clock: StandingClock) -> None:
    [job] = some_jobs(store, ["sw1"])
    clock.forward(5)
    claimed = store.claim(job.id, runner)
    assert claimed is not None
    assert claimed == store.job(job.id)
    assert (claimed.status, claimed.started_at) == (JobStatus.DISTRIBUTING, NOON + timedelta(seconds=5))
    assert (claimed.attempted, claimed.interrupted, claimed.error) == (True, False, None)
    assert len(store.events(job.id)) == 2


def test_a_job_of_a_living_runner_is_claimed_by_nobody_else(store: Store, runner: Runner, elsewhere: Store) -> None:
    [job] = some_jobs(store, ["sw1"])
    assert store.claim(job.id, runner)
    with elsewhere.register_runner() as other:
        assert elsewhere.claim(job.id, other) is None
        assert store.claim(job.id, runner) is None  # nor by its own runner's other threads
        for refused in (
            lambda: elsewhere.move(job.id, other, JobStatus.FAILED),
            lambda: elsewhere.release(job.id, other, "no"),
            lambda: elsewhere.step(job.id, other, "distribution", StepStatus.RUNNING),
            lambda: elsewhere.say(job.id, other, "hello"),
        ):
            with pytest.raises(StaleClaim):
                refused()
    assert len(store.events(job.id)) == 2
    assert store.job(job.id).steps == job.steps


def test_a_job_that_is_not_there(store: Store, runner: Runner) -> None:
    for refused in (
        lambda: store.move(99, runner, JobStatus.FAILED),
        lambda: store.release(99, runner, "no"),
        lambda: store.step(99, runner, "distribution", StepStatus.RUNNING),
        lambda: store.claim(99, runner),
    ):
        with pytest.raises(SwimctlError, match="99"):
            refused()
    assert store.blocked_by(99) is None


def test_one_running_job_on_a_device(store: Store, runner: Runner, elsewhere: Store) -> None:
    first, second = some_jobs(store, ["sw1", "sw1"])
    assert store.blocked_by(second.id) is None
    store.claim(first.id, runner)
    with elsewhere.register_runner() as other:
        assert elsewhere.claim(second.id, other) is None
        blocking = elsewhere.blocked_by(second.id)
        assert blocking is not None
        assert blocking.id == first.id
        assert store.blocked_by(first.id) is None
        store.release(first.id, runner, "a signal")  # released, but the device is still half done
        assert elsewhere.claim(second.id, other) is None
        store.claim(first.id, runner)
        store.move(first.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
        assert elsewhere.claim(second.id, other) is not None
        elsewhere.move(second.id, other, JobStatus.FAILED, "x")


def test_one_running_job_of_a_redundancy_group(store: Store, runner: Runner) -> None:
    first, alone, second, again = some_jobs(store, ["sw1", "sw2", "sw3", "sw1"], groups=["core", None, "core", None])
    assert store.claim(first.id, runner) is not None
    assert store.claim(alone.id, runner) is not None
    assert store.claim(second.id, runner) is None
    assert store.claim(again.id, runner) is None
    in_the_way = [store.blocked_by(job.id) for job in (first, alone, second, again)]
    assert [blocker and blocker.id for blocker in in_the_way] == [None, None, first.id, first.id]
    store.release(first.id, runner, "a signal")  # released, but its device is still half done
    assert store.claim(second.id, runner) is None
    store.claim(first.id, runner)
    store.move(first.id, runner, JobStatus.FAILED, "x")
    assert store.claim(second.id, runner) is not None


@pytest.mark.parametrize("old", JobStatus)
def test_only_the_moves_of_the_table_are_made(store: Store, runner: Runner, old: JobStatus) -> None:
    for new in JobStatus:
        job_id = job_that_is(store, runner, old, f"sw-{new}")
        before, history = store.job(job_id), store.events(job_id)
        assert before.status is old
        if old in RUNNING and new in TRANSITIONS[old]:
            store.move(job_id, runner, new, "why" if new is JobStatus.FAILED else None, Outcome.UPGRADED)
            after = store.job(job_id)
            assert after.status is new
            assert (after.progress == 100) == (new is JobStatus.SUCCESS)
            assert (after.finished_at is not None) == (new in FINAL)
            assert after.error == ("why" if new is JobStatus.FAILED else None)
            assert {step.status for step in after.steps} == {StepStatus.SKIPPED if new in FINAL else StepStatus.PENDING}
            assert len(store.events(job_id)) == len(history) + 1
        else:
            with pytest.raises(StaleClaim):
                store.move(job_id, runner, new)
            assert store.job(job_id) == before
            assert store.events(job_id) == history


def job_that_is(store: Store, runner: Runner, status: JobStatus, device: str) -> int:
    schedule_time = NOON if status is JobStatus.SCHEDULED else None
    [job] = some_jobs(store, [device], f"batch-{device}", schedule_time=schedule_time)
    if status is JobStatus.CANCELLED:
        store.cancel([job.id])
    elif status not in WAITING:
        store.claim(job.id, runner)
        if status is not JobStatus.DISTRIBUTING:
            store.move(job.id, runner, status, outcome=Outcome.UPGRADED)
    return job.id


def test_steps_keep_their_times_and_messages(store: Store, runner: Runner, clock: StandingClock) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.step(job.id, runner, "readiness", StepStatus.RUNNING, "asking")
    step = store.job(job.id).steps[0]
    assert (step.status, step.message) == (StepStatus.RUNNING, "asking")
    assert (step.started_at, step.finished_at) == (NOON, None)
    clock.forward(9)
    store.step(job.id, runner, "readiness", StepStatus.SUCCESS, "7 rules hold")
    step = store.job(job.id).steps[0]
    assert (step.status, step.message) == (StepStatus.SUCCESS, "7 rules hold")
    assert (step.started_at, step.finished_at) == (NOON, NOON + timedelta(seconds=9))
    assert store.job(job.id).current_step == "Distribution"
    assert len(store.events(job.id)) == 4
    with pytest.raises(SwimctlError, match="Distribusion"):
        store.step(job.id, runner, "Distribusion", StepStatus.RUNNING)
    assert len(store.events(job.id)) == 4


def test_a_failed_job_leaves_no_step_running_or_pending(store: Store, runner: Runner) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.step(job.id, runner, "readiness", StepStatus.SUCCESS)
    store.step(job.id, runner, "distribution", StepStatus.RUNNING)
    store.move(job.id, runner, JobStatus.FAILED, "no space")
    told = [step.status for step in store.job(job.id).steps]
    assert told == [StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.SKIPPED]


def test_a_job_that_ended_changes_no_more(store: Store, runner: Runner) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.move(job.id, runner, JobStatus.FAILED, "no space")
    before, history = store.job(job.id), store.events(job.id)
    for refused in (
        lambda: store.step(job.id, runner, "distribution", StepStatus.RUNNING),
        lambda: store.say(job.id, runner, "still here"),
        lambda: store.release(job.id, runner, "late"),
        lambda: store.progress(job.id, runner, 90),
    ):
        with pytest.raises(StaleClaim):
            refused()
    assert store.claim(job.id, runner) is None
    assert store.cancel([job.id]) == []
    assert store.fail_waiting([job.id], "x") == []
    assert store.job(job.id) == before
    assert store.events(job.id) == history


@pytest.mark.parametrize("status", [StepStatus.FAILED, StepStatus.RUNNING])
@pytest.mark.parametrize("kind", ["readiness", "post-checks"])
def test_no_job_succeeds_with_a_step_that_failed_or_runs(
    store: Store, runner: Runner, kind: str, status: StepStatus
) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.step(job.id, runner, kind, status)
    before, history = store.job(job.id), store.events(job.id)
    with pytest.raises(StaleClaim, match=f"its step {step_name(kind)} is '{status}'"):
        store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    assert (store.job(job.id), store.events(job.id)) == (before, history)


def test_what_a_step_says_is_kept_as_an_event(store: Store, runner: Runner) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.step(job.id, runner, "distribution", StepStatus.RUNNING, "begins")
    store.say(job.id, runner, "30 % copied")
    told = store.job(job.id)
    assert [step.message for step in told.steps] == ["", "30 % copied", "", ""]
    assert (store.events(job.id)[-1].kind, store.events(job.id)[-1].message) == ("progress", "30 % copied")


def test_progress_never_falls_and_makes_no_event(store: Store, runner: Runner) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    history = store.events(job.id)
    seen = []
    for percent in (10, 5, -3, 40, 39):
        store.progress(job.id, runner, percent, bytes_done=percent + 3, bytes_total=1_000)
        seen.append(store.job(job.id).progress)
    assert seen == [10, 10, 10, 40, 40]
    assert (store.job(job.id).bytes_done, store.job(job.id).bytes_total) == (42, 1_000)
    assert store.events(job.id) == history
    store.progress(job.id, runner, 10**6)
    assert store.job(job.id).progress <= 100
    store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    assert store.job(job.id).progress == 100


def test_a_released_job_is_taken_up_where_it_was(store: Store, runner: Runner, elsewhere: Store) -> None:
    [job] = some_jobs(store, ["sw1"])
    store.claim(job.id, runner)
    store.move(job.id, runner, JobStatus.ACTIVATING)
    store.step(job.id, runner, "activation", StepStatus.RUNNING)
    store.progress(job.id, runner, 60)
    store.release(job.id, runner, "stopped at a safe point")
    [released] = elsewhere.interrupted()
    assert released.id == job.id
    assert released.status is JobStatus.ACTIVATING
    assert released.interrupted
    assert released.error == f"stopped at a safe point; `swimctl resume {job.id}` continues it"
    with pytest.raises(StaleClaim):
        store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    assert store.cancel([job.id]) == []
    with elsewhere.register_runner() as other:
        taken = elsewhere.claim(job.id, other)
        assert taken is not None
        assert (taken.status, taken.progress, taken.error) == (JobStatus.ACTIVATING, 60, None)
        assert taken.started_at == NOON
        assert store.interrupted() == []
        elsewhere.step(job.id, other, "activation", StepStatus.RUNNING)  # entered again
        elsewhere.step(job.id, other, "activation", StepStatus.SUCCESS)
        elsewhere.move(job.id, other, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    assert store.job(job.id).status is JobStatus.SUCCESS
    assert store.interrupted() == []


def test_an_owned_batch_is_left_to_its_runner_until_it_ends(store: Store, runner: Runner, elsewhere: Store) -> None:
    jobs = some_jobs(store, switches(2), detached=False)
    store.own_batch(jobs[0].batch_id, runner)
    with elsewhere.register_runner() as other:
        assert elsewhere.interrupted() == []
        assert elsewhere.due(NOON) == []
        assert elsewhere.claim(jobs[0].id, other) is None
        with pytest.raises(StaleClaim):
            elsewhere.own_batch(jobs[0].batch_id, other)
        assert store.claim(jobs[0].id, runner) is not None
        runner.close()
        store.close()
        found = elsewhere.interrupted()
        assert [job.id for job in found] == [job.id for job in jobs]
        assert "between two steps" in (found[0].error or "")
        assert found[1].status is JobStatus.PENDING
        assert f"before it started; `swimctl resume {jobs[1].id}`" in (found[1].error or "")
        elsewhere.own_batch(jobs[0].batch_id, other)
        assert elsewhere.claim(jobs[1].id, other) is not None
        assert elsewhere.claim(jobs[0].id, other) is not None


def test_a_foreground_batch_whose_process_ended_before_owning_it_shows(store: Store, elsewhere: Store) -> None:
    [job] = some_jobs(store, ["sw1"], detached=False)
    store.close()
    assert [job.id for job in elsewhere.interrupted()] == [job.id]
    assert elsewhere.cancel([job.id]) == [job.id]
    assert elsewhere.interrupted() == []


def test_files_of_dead_runners_are_removed(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "s.db.runners"
    for _ in range(5):
        store.register_runner().close()
    (folder / "dead.lock").touch()
    with store.register_runner() as runner:
        assert [path.stem for path in folder.glob("*.lock")] == [runner.id]


def test_an_unknown_batch_has_no_owner(store: Store, runner: Runner) -> None:
    with pytest.raises(NotFound):
        store.own_batch("nothing-like-it", runner)
