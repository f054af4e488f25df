"""Requests that make a batch once, however often they are sent: the answer is kept for a day under a key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import AlreadyDone, KeyReused, UsageError
from swimctl.models import Job
from swimctl.store.rows import storable
from swimctl.store.runners import Part

KEPT: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request that may be sent again: whose, under which key, and the SHA-256 (hex) of its body."""

    actor: str
    key: str
    body_sha256: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= LONGEST_KEY:
            raise UsageError(f"an idempotency key has 1 to {LONGEST_KEY} characters, not {len(self.key)}")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request was answered, and the SHA-256 of its body."""

    body_sha256: str
    answer: Mapping[str, Any]

    def again(self, body_sha256: str) -> Mapping[str, Any]:
        """Return the answer to the same request sent again. KeyReused: the body is another."""
        if body_sha256 != self.body_sha256:
            raise KeyReused(
                f"this idempotency key was used within the last {KEPT // timedelta(hours=1)} hours for a request "
                "with another body; give each new request a key of its own"
            )
        return self.answer


class Answers(Part):
    """Answers that a retry is given again."""

    def answer_for(self, actor: str, key: str) -> Answered | None:
        """Return what this actor's request with this key was answered in the last 24 hours; None where none was."""
        with self._db.read() as sql:
            return _answered(sql, actor, key, self._clock.now())


def refuse_second(sql: Sql, idempotency: IdempotencyKey, now: datetime) -> None:
    """Raise AlreadyDone or KeyReused where the key was used; forget the old keys of everybody."""
    sql.execute("DELETE FROM idempotency WHERE at <= ?", [rfc3339(now - KEPT)])
    before = _answered(sql, idempotency.actor, idempotency.key, now)
    if before is not None:
        raise AlreadyDone(before.again(idempotency.body_sha256))


def keep(sql: Sql, idempotency: IdempotencyKey, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep the answer within the transaction that makes the batch."""
    sql.execute(
        "INSERT INTO idempotency (actor, key, body_sha256, answer, at) VALUES (?, ?, ?, ?, ?)",
        [
            storable(idempotency.actor),
            storable(idempotency.key),
            idempotency.body_sha256,
            json.dumps(dict(answer)),
            rfc3339(now),
        ],
    )


def ids_of(jobs: Sequence[Job]) -> dict[str, Any]:
    """Answer with no more than the batch's id and its jobs' ids."""
    return {"batch_id": jobs[0].batch_id, "job_ids": [job.id for job in jobs]}


def _answered(sql: Sql, actor: str, key: str, now: datetime) -> Answered | None:
    row = sql.execute(
        "SELECT body_sha256, answer FROM idempotency WHERE actor = ? AND key = ? AND at > ?",
        [storable(actor), storable(key), rfc3339(now - KEPT)],
    ).fetchone()
    return None if row is None else Answered(row["body_sha256"], json.loads(row["answer"]))
