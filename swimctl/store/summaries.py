"""Batches at a glance: how many of their jobs stand how, without reading each job."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.models import Batch, Outcome
from swimctl.states import FINAL, JobStatus
from swimctl.store.reading import Reading
from swimctl.store.rows import abandoned, batch_from, moment, numbers, storable

_OF_THESE: Final = "j.device_id IN (SELECT value FROM json_each(:devices))"
_COUNTS: Final = """
    SELECT j.batch_id, j.status, j.outcome, j.runner_id, b.detached, b.schedule_time, b.runner_id AS owner_id,
           count(*) AS many, min(j.started_at) AS started, max(j.finished_at) AS finished
    FROM jobs j JOIN batches b ON b.id = j.batch_id
    WHERE j.batch_id IN (SELECT value FROM json_each(:batches)) AND {which}
    GROUP BY j.batch_id, j.status, j.outcome, j.runner_id
"""
_RELEASES: Final = """
    SELECT DISTINCT j.batch_id, i.version FROM jobs j JOIN images i ON i.id = j.image_id
    WHERE j.batch_id IN (SELECT value FROM json_each(:batches)) AND {which} ORDER BY i.version
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch, how many of its jobs stand how in the words of `Job.word`, the releases that they go to, and when."""

    batch: Batch
    counts: Mapping[str, int]
    releases: tuple[str, ...]
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Return whether all of its jobs have ended."""
        return self.finished_at is not None


class Summaries(Reading):
    """Many batches at once."""

    def summaries(
        self, limit: int, *, skip: int = 0, ticket: str | None = None, devices: Sequence[int] | None = None
    ) -> list[Summary]:
        """List batches, the newest first; `skip` of them are left out, and all without this ticket, if one is given.

        With `devices`, only what concerns devices with these ids is counted, and batches without one are left out.
        """
        where = ["1"]
        if ticket is not None:
            where.append("json_extract(b.policy, '$.ticket') = :ticket")
        if devices is not None:
            where.append(f"EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.id AND {_OF_THESE})")
        values = {"ticket": storable(ticket or ""), "limit": limit, "skip": skip, "devices": numbers(devices or ())}
        with self._db.read() as sql:
            rows = sql.execute(
                f"SELECT b.* FROM batches b WHERE {' AND '.join(where)} "
                "ORDER BY b.created_at DESC, b.rowid DESC LIMIT :limit OFFSET :skip",
                values,
            ).fetchall()
            return self._summed(sql, [batch_from(row) for row in rows], devices)

    def _summed(self, sql: Sql, batches: Sequence[Batch], devices: Sequence[int] | None) -> list[Summary]:
        asked = {"batches": json.dumps([batch.id for batch in batches]), "devices": numbers(devices or ())}
        which = "1" if devices is None else _OF_THESE
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        starts: defaultdict[str, list[datetime]] = defaultdict(list)
        ends: defaultdict[str, list[datetime]] = defaultdict(list)
        going: set[str] = set()
        rows = sql.execute(_COUNTS.format(which=which), asked).fetchall()
        runners = {row["runner_id"] for row in rows} | {row["owner_id"] for row in rows}
        alive = frozenset(runner for runner in runners if self._locks.lives(runner))
        for row in rows:
            batch, status = row["batch_id"], JobStatus(row["status"])
            left = abandoned(row, alive)
            word = "unknown" if row["outcome"] == Outcome.UNKNOWN else "interrupted" if left else status.value
            counts[batch][word] += row["many"]
            starts[batch] += filter(None, [moment(row["started"])])
            ends[batch] += filter(None, [moment(row["finished"])])
            if status not in FINAL:
                going.add(batch)
        releases: defaultdict[str, list[str]] = defaultdict(list)
        for row in sql.execute(_RELEASES.format(which=which), asked):
            releases[row["batch_id"]].append(row["version"])
        return [
            Summary(
                batch,
                counts[batch.id],
                tuple(releases[batch.id]),
                min(starts[batch.id], default=None),
                None if batch.id in going else max(ends[batch.id], default=None),
            )
            for batch in batches
        ]
