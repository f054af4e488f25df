"""What a store has seen upgraded, by kind: only a good upgrade proves, and before that one of a kind runs at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, cast

import pytest
from support.stores import NOON, STEPS, StandingClock, at_once, opened, some_batch, some_jobs, spawn

from swimctl.models import Caller, Job, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.store import First, Kind, NewJob, Runner, Store

IOS_XE = Kind("real", "cisco_xe", "cat9k_iosxe", "17.12")
IN_LAB = Kind("lab", "cisco_xe", "cat9k_iosxe", "17.12")
NEXT = Kind("real", "cisco_xe", "cat9k_iosxe", "17.15")
SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def store(tmp_path: Path, clock: StandingClock) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db", cast("Any", clock)) as found:
        yield found


@pytest.fixture
def runner(store: Store) -> Iterator[Runner]:
    with store.register_runner() as found:
        yield found


def end(store: Store, runner: Runner, job: Job, status: JobStatus, outcome: Outcome) -> None:
    assert store.claim(job.id, runner) is not None
    store.move(job.id, runner, JobStatus.ACTIVATING)
    store.move(job.id, runner, status, None if status is SUCCESS else "broken", outcome)


def test_only_an_upgrade_that_ended_well_proves_a_kind(store: Store, runner: Runner) -> None:
    ends = [(FAILED, Outcome.UPGRADED), (FAILED, Outcome.ROLLED_BACK), (SUCCESS, Outcome.UNTOUCHED)]
    for number, (status, outcome) in enumerate(ends):
        (job,) = some_jobs(store, ["sw1"], f"batch-{number}", kinds=[IOS_XE])
        end(store, runner, job, status, outcome)
        assert store.unproved([IOS_XE, NEXT]) == {IOS_XE, NEXT}
    assert store.proved() == []
    (job,) = some_jobs(store, ["sw1"], "batch-good", kinds=[IOS_XE])
    end(store, runner, job, SUCCESS, Outcome.UPGRADED)
    assert store.unproved([IOS_XE, NEXT]) == {NEXT}


def test_a_lab_proves_nothing_for_the_network_nor_a_job_of_before(store: Store, runner: Runner) -> None:
    for name, kinds in (("sw1", [IN_LAB]), ("sw2", None)):
        (job,) = some_jobs(store, [name], f"batch-{name}", kinds=kinds)
        end(store, runner, job, SUCCESS, Outcome.UPGRADED)
    assert store.unproved([IOS_XE, IN_LAB]) == {IOS_XE}


def test_others_wait_for_the_first_of_their_kind_until_it_is_proved(store: Store, runner: Runner) -> None:
    first, second, other = some_jobs(store, ["sw1", "sw2", "sw3"], kinds=[IOS_XE, IOS_XE, NEXT])
    ahead = First(IOS_XE, first.id, "sw1", failed=False)
    assert [store.goes_first(job.id) for job in (first, second, other)] == [None, ahead, None]
    assert store.claim(first.id, runner) is not None
    assert store.claim(second.id, runner) is None, "the database itself holds it"
    assert store.claim(other.id, runner) is not None
    (said,) = [event.message for event in store.events(first.id) if event.kind == "pilot"]
    assert said == (
        "the first of its kind (cisco_xe cat9k_iosxe 17.12) in this store: it goes alone, others follow when it is "
        "upgraded"
    )
    store.move(first.id, runner, SUCCESS, outcome=Outcome.UPGRADED)
    assert store.goes_first(second.id) is None
    assert store.claim(second.id, runner) is not None
    assert [event for event in store.events(second.id) if event.kind == "pilot"] == []


def test_one_that_was_there_already_hands_on_and_one_that_failed_holds_all_others(store: Store, runner: Runner) -> None:
    one, two, three = some_jobs(store, ["sw1", "sw2", "sw3"], kinds=[IOS_XE] * 3)
    end(store, runner, one, SUCCESS, Outcome.UNTOUCHED)
    assert store.goes_first(two.id) is None
    end(store, runner, two, FAILED, Outcome.ROLLED_BACK)
    assert store.goes_first(three.id) == First(IOS_XE, two.id, "sw2", failed=True)
    (again,) = some_jobs(store, ["sw4"], "batch-0002", kinds=[IOS_XE])
    assert store.goes_first(again.id) is None, "a new request begins anew"


def test_one_that_was_not_attempted_or_cancelled_hands_on(store: Store) -> None:
    one, two, three = some_jobs(store, ["sw1", "sw2", "sw3"], kinds=[IOS_XE] * 3)
    store.fail_waiting([one.id], "not in the inventory")
    store.cancel([two.id])
    assert store.goes_first(three.id) is None


def test_the_first_one_of_another_batch_is_waited_for(store: Store, runner: Runner) -> None:
    (one,) = some_jobs(store, ["sw1"], "batch-0001", kinds=[IOS_XE])
    (two,) = some_jobs(store, ["sw2"], "batch-0002", kinds=[IOS_XE])
    assert store.goes_first(two.id) is None
    with store.register_runner() as dies:
        assert store.claim(one.id, dies) is not None
        assert store.goes_first(two.id) == First(IOS_XE, one.id, "sw1", failed=False, elsewhere=True)
        assert store.claim(two.id, runner) is None
    interrupted = First(IOS_XE, one.id, "sw1", failed=False, elsewhere=True, interrupted=True)
    assert store.goes_first(two.id) == interrupted
    assert store.claim(one.id, runner) is not None, "whoever resumes it is not held"


def test_behind_a_first_one_that_was_interrupted_nobody_is_offered_until_it_was_resumed(
    store: Store, runner: Runner
) -> None:
    """Who waited for it in another process would own the batch, and `resume` could not."""
    kinds = [IOS_XE, IOS_XE, NEXT]
    one, two, other = some_jobs(store, ["sw1", "sw2", "sw3"], kinds=kinds, detached=True)
    assert [job.id for job in store.due(NOON)] == [one.id, two.id, other.id]
    with store.register_runner() as dies:
        store.own_batch("batch-0001", dies)
        assert store.claim(one.id, dies) is not None
    assert [job.id for job in store.due(NOON)] == [other.id]
    end(store, runner, one, SUCCESS, Outcome.UPGRADED)
    assert [job.id for job in store.due(NOON)] == [two.id, other.id]


def test_behind_an_interrupted_partner_nobody_is_offered_until_it_was_resumed(store: Store) -> None:
    one, two, other = some_jobs(store, ["sw1", "sw2", "sw3"], groups=["core", "core", None], detached=True)
    with store.register_runner() as dies:
        store.own_batch("batch-0001", dies)
        assert store.claim(one.id, dies) is not None
    assert [job.id for job in store.due(NOON)] == [other.id]
    with store.register_runner() as resumes:
        end(store, resumes, one, SUCCESS, Outcome.UPGRADED)
    assert [job.id for job in store.due(NOON)] == [two.id, other.id]


def test_behind_an_interrupted_device_that_depends_on_it_nobody_is_offered(store: Store) -> None:
    (far,) = some_jobs(store, ["sw9"], "batch-0009")
    image, ids = far.image_id, store.device_ids(["sw1", "sw2"])
    new = [NewJob(ids["sw1"], "sw1", image, STEPS), NewJob(ids["sw2"], "sw2", image, STEPS, after=(0,))]
    one, two = store.create_batch(some_batch("batch-0001"), new)
    assert [job.id for job in store.due(NOON)] == [far.id, one.id, two.id]
    with store.register_runner() as dies:
        store.own_batch("batch-0001", dies)
        assert store.claim(one.id, dies) is not None
    assert [job.id for job in store.due(NOON)] == [far.id]


def test_all_at_once_if_that_is_asked_for_and_the_audit_has_it(store: Store, runner: Runner) -> None:
    jobs = some_jobs(store, ["sw1", "sw2"], kinds=[IOS_XE] * 2, unproved=False, policy=Policy(pilot=False))
    assert all(store.claim(job.id, runner) is not None for job in jobs)
    assert store.batch("batch-0001").policy == Policy(pilot=False)
    new = [NewJob(jobs[0].device_id, "sw1", jobs[0].image_id, STEPS, kind=IOS_XE.key)]
    made = some_batch("batch-0002", policy=Policy(pilot=False))
    store.create_batch(made, new, by=Caller("anna", "terminal"), unproved=[NEXT, IOS_XE])
    said = [(entry.actor, entry.action, entry.subject, dict(entry.data)) for entry in store.audit()]
    unproved = ["cisco_xe cat9k_iosxe 17.12", "cisco_xe cat9k_iosxe 17.15"]
    assert ("anna", "no-pilot", "batch-0002", {"unproved": unproved}) in said


def test_a_kind_that_was_proved_meanwhile_is_no_longer_waited_for(store: Store, runner: Runner) -> None:
    (one,) = some_jobs(store, ["sw1"], "batch-0001", kinds=[IOS_XE])
    assert store.unproved([IOS_XE]) == {IOS_XE}  # as a plan saw it
    end(store, runner, one, SUCCESS, Outcome.UPGRADED)
    two, three = some_jobs(store, ["sw2", "sw3"], "batch-0002", kinds=[IOS_XE] * 2)
    assert [store.goes_first(job.id) for job in (two, three)] == [None, None]


def test_what_is_proved_has_its_devices_its_times_and_the_longest_outage(
    store: Store, runner: Runner, clock: StandingClock
) -> None:
    for number, (name, away) in enumerate((("sw1", 300), ("sw2", 420), ("sw1", 0))):
        (job,) = some_jobs(store, [name], f"batch-{number}", kinds=[IOS_XE])
        assert store.claim(job.id, runner) is not None
        if away:
            store.record(job.id, "down", "the session ended")
            clock.forward(away - 60)
            store.record(job.id, "up", "runs 17.12.04 since a new boot")
            clock.forward(60)
            store.record(job.id, "up", "runs 17.12.04 since a new boot")
        store.move(job.id, runner, SUCCESS, outcome=Outcome.UPGRADED)
    (proof,) = store.proved()
    assert (proof.kind, proof.devices, proof.upgrades, proof.longest_outage) == (IOS_XE, 2, 3, 420.0)
    assert (proof.since, proof.latest) == (NOON + timedelta(seconds=300), NOON + timedelta(seconds=720))


def _claim_in_step(path: Path, ids: list[int], step: Barrier) -> list[int]:
    with opened(path) as store, store.register_runner() as runner:
        got = []
        for job_id in ids:
            step.wait(20)
            got += [job_id] if store.claim(job_id, runner) is not None else []
        step.wait(20)  # the other must not find a dead runner's job
    return got


def test_of_two_processes_that_start_a_kind_at_the_same_moment_one_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        kinds = [Kind("real", "cisco_xe", "cat9k_iosxe", str(number)) for number in range(40)]
        names = [f"sw{number}" for number in range(80)]
        ones = some_jobs(store, names[:40], "batch-0001", kinds=kinds)
        twos = some_jobs(store, names[40:], "batch-0002", kinds=kinds)
        step = spawn.Barrier(2)
        got = at_once(
            (_claim_in_step, (path, [job.id for job in ones], step)),
            (_claim_in_step, (path, [job.id for job in twos], step)),
        )
        began = [number % 40 for number in sorted(job_id - 1 for found in got for job_id in found)]
        assert sorted(began) == list(range(40)), "each kind has one running job"
