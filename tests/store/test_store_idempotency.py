"""Batches that are made once, however often they are asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support.stores import STEPS, StandingClock, opened, some_batch, some_jobs

from swimctl.errors import AlreadyDone, KeyReused, NotFound, UsageError
from swimctl.models import Job
from swimctl.store import IdempotencyKey, NewJob, Store

BODY, OTHER_BODY = "a" * 64, "b" * 64
REQUEST = IdempotencyKey("alice", "key-1", BODY)
HOUR = 3600


def told(jobs: Sequence[Job]) -> dict[str, Any]:
    return {
        "status": "partial",
        "job_ids": [job.id for job in jobs],
        "batch_id": jobs[0].batch_id,
        "details": [{"device_hostname": "bärn-9", "status": "skipped", "message": "kein Bild"}],
        "schedule_time": None,
    }


def kept_keys(store: Store) -> list[str]:
    return [row["key"] for row in store._db.connection.execute("SELECT key FROM idempotency ORDER BY key")]


def test_the_very_same_answer_is_given_again(store: Store, tmp_path: Path) -> None:
    assert store.answer_for("alice", "key-1") is None
    jobs = some_jobs(store, ["sw1", "sw2"], idempotency=REQUEST, answer=told)
    with pytest.raises(AlreadyDone) as caught:
        some_jobs(store, ["sw1", "sw2"], "batch-0002", idempotency=REQUEST, answer=told)
    assert json.dumps(caught.value.answer) == json.dumps(told(jobs))
    assert [batch.id for batch in store.batches()] == ["batch-0001"]
    assert store.jobs() == jobs
    with Store.open(tmp_path / "s.db", StandingClock()) as other:
        answered = other.answer_for("alice", "key-1")
    assert answered is not None
    assert json.dumps(answered.again(BODY)) == json.dumps(told(jobs))


def test_without_an_answer_of_its_own_the_ids_are_kept(store: Store) -> None:
    jobs = some_jobs(store, ["sw1", "sw2"], idempotency=REQUEST)
    answered = store.answer_for("alice", "key-1")
    assert answered is not None
    assert answered.answer == {"batch_id": "batch-0001", "job_ids": [job.id for job in jobs]}


def test_another_body_under_the_same_key_is_refused(store: Store) -> None:
    some_jobs(store, ["sw1"], idempotency=REQUEST)
    with pytest.raises(KeyReused, match="another body"):
        some_jobs(store, ["sw1"], "batch-0002", idempotency=IdempotencyKey("alice", "key-1", OTHER_BODY))
    answered = store.answer_for("alice", "key-1")
    assert answered is not None
    with pytest.raises(KeyReused):
        answered.again(OTHER_BODY)
    assert [batch.id for batch in store.batches()] == ["batch-0001"]


def test_a_key_is_its_users_own(store: Store) -> None:
    some_jobs(store, ["sw1"], idempotency=REQUEST)
    some_jobs(store, ["sw1"], "batch-0002", idempotency=IdempotencyKey("bob", "key-1", OTHER_BODY))
    some_jobs(store, ["sw1"], "batch-0003", idempotency=IdempotencyKey("alice", "KEY-1", BODY))
    some_jobs(store, ["sw1"], "batch-0004")
    assert len(store.batches()) == 4


def test_a_key_lasts_a_day_and_then_makes_room(store: Store, clock: StandingClock) -> None:
    some_jobs(store, ["sw1"], idempotency=REQUEST)
    some_jobs(store, ["sw1"], "batch-0002", idempotency=IdempotencyKey("alice", "key-2", BODY))
    clock.forward(24 * HOUR - 1)
    assert store.answer_for("alice", "key-1") is not None
    with pytest.raises(AlreadyDone):
        some_jobs(store, ["sw1"], "batch-0003", idempotency=REQUEST)
    clock.forward(1)
    assert store.answer_for("alice", "key-1") is None
    some_jobs(store, ["sw1"], "batch-0004", idempotency=IdempotencyKey("alice", "key-1", OTHER_BODY))
    assert kept_keys(store) == ["key-1"]


def test_a_batch_that_could_not_be_made_uses_no_key_up(store: Store) -> None:
    some_jobs(store, ["sw1"])
    image = store.images()[0].id

    def gone(_jobs: Sequence[Job]) -> dict[str, Any]:
        raise KeyError("of the caller")

    with pytest.raises(KeyError):
        some_jobs(store, ["sw1"], "batch-0002", idempotency=REQUEST, answer=gone)
    store.cancel([job.id for job in store.jobs()])
    store.remove_image(image)
    with pytest.raises(NotFound):
        store.create_batch(some_batch("batch-0002"), [NewJob(1, "sw1", image, STEPS)], REQUEST)
    assert [batch.id for batch in store.batches()] == ["batch-0001"]
    assert kept_keys(store) == []
    assert len(some_jobs(store, ["sw1"], "batch-0003", idempotency=REQUEST)) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_a_length(key: str) -> None:
    with pytest.raises(UsageError, match="1 to 255"):
        IdempotencyKey("alice", key, BODY)


def test_a_key_may_be_any_text(store: Store) -> None:
    odd = IdempotencyKey("alice", "\ud800'; DROP TABLE jobs; --\0ü", BODY)
    some_jobs(store, ["sw1"], idempotency=odd)
    assert store.answer_for(odd.actor, odd.key) is not None


def test_of_those_that_race_with_one_key_one_makes_the_batch(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as one, opened(path) as other:
        some_jobs(one, ["sw1"], "warm-up")
        for number in range(60):
            idempotency = IdempotencyKey("alice", f"key-{number}", BODY)
            start = threading.Barrier(6)

            def trigger(
                turn: int,
                idempotency: IdempotencyKey = idempotency,
                number: int = number,
                start: threading.Barrier = start,
            ) -> tuple[bool, str]:
                store = (one, other)[turn % 2]
                start.wait(20)
                try:
                    jobs = some_jobs(store, ["sw1"], f"batch-{number}-{turn}", idempotency=idempotency, answer=told)
                except AlreadyDone as done:
                    return False, json.dumps(done.answer)
                return True, json.dumps(told(jobs))

            with ThreadPoolExecutor(6) as pool:
                answers = list(pool.map(trigger, range(6)))
            assert sum(made for made, _ in answers) == 1
            assert len({answer for _, answer in answers}) == 1
        assert len(one.batches(limit=1000)) == 61
        assert len(one.jobs()) == 61
