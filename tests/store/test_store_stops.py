"""Who stopped what: kept over a death of the process, ended by `resume` and `continue`, and in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from support.stores import StandingClock, some_jobs

from swimctl.errors import ConflictError, NotFound
from swimctl.models import Caller, ExecutionMode, Job, Outcome
from swimctl.states import JobStatus
from swimctl.store import Runner, Store
from swimctl.waiting import Waiting, WaitKind

ANNA, BERT = Caller("anna", "terminal"), Caller("bert", "10.0.0.9")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db", cast("Any", StandingClock())) as found:
        yield found


@pytest.fixture
def runner(store: Store) -> Iterator[Runner]:
    with store.register_runner() as found:
        yield found


def running(store: Store, runner: Runner, *names: str, **batch: Any) -> list[Job]:
    jobs = some_jobs(store, names, **batch)
    assert store.claim(jobs[0].id, runner) is not None
    return jobs


def ids(jobs: list[Job]) -> list[int]:
    return [job.id for job in jobs]


def due(store: Store) -> list[int]:
    return ids(store.due(store.jobs()[0].created_at))


def test_a_batch_that_stops_starts_nothing_and_asks_those_that_run(store: Store, runner: Runner) -> None:
    first, second = running(store, runner, "sw1", "sw2")
    batch, asked = store.stop_batch(first.batch_id[:8], ANNA)
    assert (batch.stopped_by, [(job.id, job.stop_by) for job in asked]) == ("anna", [(first.id, "anna")])
    assert store.stop_asked(first.id) == store.stop_asked(second.id) == "anna"
    assert store.claim(second.id, runner) is None
    assert due(store) == []
    assert store.job(second.id).waiting == Waiting(WaitKind.STOP, first.batch_id)
    assert [event.message for event in store.events(first.id) if event.kind == "stopping"] == [
        "anna asks it to stop after its step"
    ]
    said = [(entry.actor, entry.action, entry.subject, dict(entry.data)) for entry in store.audit()]
    assert said == [("anna", "stop", first.batch_id, {"after": "step", "jobs": [first.id]})]


def test_a_stop_is_there_after_the_process_has_died(store: Store) -> None:
    with store.register_runner() as dies:
        first, second = running(store, dies, "sw1", "sw2")
        store.stop_batch(first.batch_id, ANNA)
    assert store.job(first.id).interrupted
    assert store.stop_asked(first.id) == "anna"
    assert due(store) == []
    with store.register_runner() as runner:
        assert store.claim(second.id, runner) is None
        store.take_up([first.id])
        assert store.claim(first.id, runner) is not None
        assert store.stop_asked(first.id) == ""
        assert store.claim(second.id, runner) is not None


def test_who_resumes_ends_no_stop_that_is_still_under_way(store: Store) -> None:
    with Store.open(store.path, cast("Any", StandingClock())) as theirs, theirs.register_runner() as runner:
        first, *_ = running(theirs, runner, "sw1", "sw2")
        theirs.own_batch(first.batch_id, runner)
        store.stop_batch(first.batch_id, ANNA)
        store.take_up([first.id])
        assert store.batch(first.batch_id).stopped_by == "anna"
    store.take_up([first.id])
    assert store.batch(first.batch_id).stopped_by is None


def test_a_job_alone_stops_and_others_of_its_batch_start(store: Store, runner: Runner) -> None:
    first, second = running(store, runner, "sw1", "sw2")
    (asked,) = store.stop_jobs([first.id], BERT)
    assert (asked.id, asked.stop_by) == (first.id, "bert")
    assert (store.stop_asked(first.id), store.stop_asked(second.id)) == ("bert", "")
    assert store.claim(second.id, runner) is not None
    store.release(first.id, runner, "stopped between two steps by bert")
    assert due(store) == [], "nobody takes it up by himself"
    assert store.claim(first.id, runner) is not None
    assert store.job(first.id).stop_by == ""


def test_what_cannot_stop_is_refused_and_then_none_stops(store: Store, runner: Runner) -> None:
    first, second = running(store, runner, "sw1", "sw2")
    with pytest.raises(NotFound, match="no such job: 77; nothing was stopped"):
        store.stop_jobs([first.id, 77], ANNA)
    with pytest.raises(ConflictError, match=f"job {second.id} is pending, and does not run; nothing was stopped"):
        store.stop_jobs([first.id, second.id], ANNA)
    assert store.stop_asked(first.id) == ""
    store.stop_jobs([first.id], ANNA)
    with pytest.raises(ConflictError, match="was asked to stop by anna already"):
        store.stop_jobs([first.id], BERT)
    store.stop_batch(first.batch_id, BERT)
    with pytest.raises(ConflictError, match="is stopped already; `swimctl resume` or `swimctl continue batch-00` ends"):
        store.stop_batch(first.batch_id, ANNA)
    (ended,) = some_jobs(store, ["sw3"], "batch-0002")
    store.cancel([ended.id])
    with pytest.raises(ConflictError, match="all jobs of batch batch-0002 have ended"):
        store.stop_batch("batch-0002", ANNA)
    assert [(entry.actor, entry.subject) for entry in store.audit() if entry.action == "stop"] == [
        ("anna", "batch-0001"),
        ("bert", "batch-0001"),
    ]


@pytest.mark.parametrize("mode", [ExecutionMode.PARALLEL, ExecutionMode.SEQUENTIAL])
def test_continue_offers_those_that_stopped_to_whoever_looks_for_what_is_due(
    store: Store, runner: Runner, mode: ExecutionMode
) -> None:
    first, second = running(store, runner, "sw1", "sw2", mode=mode)
    store.stop_batch(first.batch_id, ANNA)
    store.release(first.id, runner, "stopped between two steps by anna")
    assert due(store) == []
    assert store.go_on(first.batch_id, BERT).stopped_by is None
    assert due(store) == ([first.id] if mode is ExecutionMode.SEQUENTIAL else [first.id, second.id])
    assert store.claim(first.id, runner) is not None
    store.move(first.id, runner, JobStatus.SUCCESS, outcome=Outcome.UNTOUCHED)
    assert due(store) == [second.id]
    assert dict(next(entry for entry in store.audit() if entry.action == "continue").data) == {
        "paused_by": None, "stopped_by": "anna",
    }  # fmt: skip


def test_continue_withdraws_the_stop_of_those_that_still_run(store: Store, runner: Runner) -> None:
    first, second = running(store, runner, "sw1", "sw2")
    store.stop_batch(first.batch_id, ANNA)
    store.go_on(first.batch_id, ANNA)
    assert store.stop_asked(first.id) == ""
    assert due(store) == [second.id]


def test_a_batch_of_a_terminal_is_offered_to_nobody(store: Store, runner: Runner) -> None:
    (first,) = running(store, runner, "sw1", detached=False)
    store.stop_batch(first.batch_id, ANNA)
    store.release(first.id, runner, "stopped between two steps by anna")
    store.go_on(first.batch_id, ANNA)
    assert due(store) == []
    assert ids(store.interrupted()) == [first.id]
