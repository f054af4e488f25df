"""A batch is steered while it runs: who runs it obeys before the next job starts, and the audit has who said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.batches import BAD, GOOD, UNTOUCHED, WAITS, Looks, Night, night
from support.stores import NOON, some_jobs

from swimctl.errors import ConflictError
from swimctl.models import Batch, Caller, Job, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.steps import POST_CHECKS
from swimctl.store import Store
from swimctl.waiting import Waiting, WaitKind

ANNA = Caller("anna", "terminal")


@pytest.fixture
def tonight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with night(tmp_path, monkeypatch) as made:
        yield made


def audit(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    return [(entry.actor, entry.action, dict(entry.data)) for entry in store.audit()]


def while_sw1_runs(tonight: Night, what: Any) -> None:
    tonight.ends["sw1"] = lambda: (what(), GOOD)[1]


def test_a_pause_lets_what_runs_go_on_and_starts_nothing_until_somebody_continues(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2"], workers=1)
    while_sw1_runs(tonight, lambda: tonight.store.pause("batch-0001", ANNA))
    assert tonight.run(jobs) == [GOOD, WAITS], "it waits until it is stopped"
    second = tonight.store.job(jobs[1].id)
    assert second.waiting == Waiting(WaitKind.PAUSE, "batch-0001")
    assert tonight.store.due(tonight.clock.now()) == [], "nobody takes it up, after a restart neither"
    tonight.stop = Looks(lambda: tonight.store.go_on("batch-0001", ANNA))
    assert tonight.run([second]) == [GOOD]
    assert audit(tonight.store) == [("anna", "pause", {}), ("anna", "continue", {"paused_by": "anna"})]


@pytest.mark.parametrize("ends", [False, True], ids=["paused", "paused for a moment"])
def test_a_pause_that_has_answered_is_followed_by_no_start_even_of_a_job_whose_turn_has_come(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"])
    claim, asked = tonight.store.claim, list[int]()

    def claims(job_id: int, *given: Any) -> Job | None:
        asked.append(job_id)
        if len(asked) > 1:
            return claim(job_id, *given)
        tonight.store.pause("batch-0001", ANNA)
        claimed = claim(job_id, *given)
        if ends:
            tonight.store.go_on("batch-0001", ANNA)
        return claimed

    monkeypatch.setattr(tonight.store, "claim", claims)
    assert tonight.run([job]) == [GOOD if ends else WAITS]
    assert tonight.store.job(job.id).waiting == (None if ends else Waiting(WaitKind.PAUSE, "batch-0001"))
    assert len(asked) == (2 if ends else 1)


def test_a_job_that_was_under_way_before_a_pause_is_taken_up_again(tonight: Night) -> None:
    """A pause is for what has not begun: a device that is half-way must be seen through."""
    first, _ = some_jobs(tonight.store, ["sw1", "sw2"])
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(first.id, other) is not None
    tonight.store.pause("batch-0001", ANNA)
    assert tonight.run([tonight.store.job(first.id)]) == [GOOD]


def test_no_wave_of_a_paused_batch_is_said_to_start(tonight: Night) -> None:
    first, _ = waves(tonight)
    with tonight.store.register_runner() as runner:
        tonight.store.claim(first.id, runner)
        tonight.store.move(first.id, runner, JobStatus.ACTIVATING)
        tonight.store.move(first.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    tonight.store.pause("batch-0001", ANNA)
    with pytest.raises(ConflictError, match="is paused, so no wave starts; next: `swimctl continue batch-00`, then"):
        tonight.store.start_wave("batch-0001", ANNA)
    assert not tonight.store.wave_passed("batch-0001", 1)
    tonight.store.go_on("batch-0001", ANNA)
    assert tonight.store.start_wave("batch-0001", ANNA) == 2
    assert [entry[1] for entry in audit(tonight.store)] == ["pause", "continue", "start-wave"]


def test_what_cannot_be_paused_or_continued_is_refused(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"])
    with pytest.raises(ConflictError, match="is not paused"):
        tonight.store.go_on("batch-0001", ANNA)
    tonight.store.pause("batch-0001", ANNA)
    with pytest.raises(ConflictError, match="paused already; `swimctl continue batch-00`"):
        tonight.store.pause("batch-0001", ANNA)
    tonight.store.cancel([job.id])
    tonight.store.go_on("batch-0001", ANNA)
    for refused in (tonight.store.pause, tonight.store.change, tonight.store.start_wave):
        with pytest.raises(ConflictError):
            refused("batch-0001", ANNA)
    assert [entry[1] for entry in audit(tonight.store)] == ["pause", "continue"]


def waves(tonight: Night) -> list[Job]:
    return some_jobs(tonight.store, ["sw1", "sw2"], waves=[1, 2], policy=Policy(waves=("1",), soak=3600.0))


def test_the_next_wave_is_started_by_hand(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(POST_CHECKS, "look_again", lambda *_: pytest.fail("nobody waits for that look either"))
    jobs = waves(tonight)
    with pytest.raises(ConflictError, match=r"is in wave 1 \(jobs left: 1\): no wave waits"):
        tonight.store.start_wave("batch-0001", ANNA)
    sleep, slept = tonight.clock.sleep, list[float]()

    def sleeps(seconds: float, stop: Any = None) -> None:
        slept.append(seconds)
        sleep(seconds, stop)
        if len(slept) == 3:
            assert tonight.store.start_wave("batch-0001", ANNA) == 2

    monkeypatch.setattr(tonight.clock, "sleep", sleeps)
    assert tonight.run(jobs) == [GOOD, GOOD]
    assert slept == [1.0] * 3
    assert audit(tonight.store) == [("anna", "start-wave", {"wave": 2})]


def test_limits_that_are_changed_count_before_the_next_job(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], workers=1)
    tonight.ends["sw1"] = lambda: (tonight.store.change("batch-0001", ANNA, max_failures=1), BAD)[1]
    assert tonight.run(jobs) == [BAD, UNTOUCHED, UNTOUCHED]
    assert "max_failures is 1" in tonight.error(jobs[1])
    assert audit(tonight.store) == [("anna", "change", {"max_failures": 1})]


def test_a_number_of_failures_takes_the_place_of_a_share_and_back(tonight: Night) -> None:
    some_jobs(tonight.store, ["sw1"], policy=Policy(max_failures_percent=5.0, ticket="CHG-7"))
    changed = tonight.store.change("batch-0001", ANNA, max_failures=3, workers=7)
    assert (changed.max_failures, changed.policy.max_failures_percent, changed.workers) == (3, None, 7)
    until = NOON + timedelta(hours=4)
    changed = tonight.store.change("batch-0001", ANNA, max_failures_percent=10.0, until=until)
    assert (changed.max_failures, changed.policy) == (0, Policy(max_failures_percent=10.0, until=until, ticket="CHG-7"))
    assert changed.workers == 7


def test_two_who_change_different_limits_at_once_do_not_undo_each_other(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_jobs(tonight.store, ["sw1"])
    read = tonight.store.batch

    def reads_and_is_overtaken(batch_id: str) -> Batch:
        found = read(batch_id)
        monkeypatch.setattr(tonight.store, "batch", read)
        tonight.store.change("batch-0001", ANNA, workers=9, until=NOON)
        return found

    monkeypatch.setattr(tonight.store, "batch", reads_and_is_overtaken)
    changed = tonight.store.change("batch-0001", ANNA, max_failures=3)
    assert (changed.workers, changed.max_failures, changed.policy.until) == (9, 3, NOON)


def test_the_end_of_a_window_is_moved_while_jobs_wait(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="20:00-23:00@UTC"))
    tonight.stop = Looks(lambda: tonight.store.change("batch-0001", ANNA, until=NOON + timedelta(hours=1)))
    assert tonight.run([job]) == [UNTOUCHED]
    assert "window too short" in tonight.error(job)


def test_workers_count_from_the_next_wave_on(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = waves(tonight)
    while_sw1_runs(tonight, lambda: tonight.store.change("batch-0001", ANNA, workers=9))
    monkeypatch.setattr(tonight.clock, "sleep", lambda *_: tonight.store.start_wave("batch-0001", ANNA))
    assert tonight.run(jobs) == [GOOD, GOOD]
    assert [workers for _, workers in tonight.workers] == [20, 9]
