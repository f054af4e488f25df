"""What happened and what must not be forgotten: events, a job's memory, and how long steps usually take."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import NotFound
from swimctl.models import Event, Job, Pulse
from swimctl.states import RUNNING
from swimctl.store.rows import event_from, numbers, storable
from swimctl.store.runners import Part, written

USUAL_OF: Final = 100  # the latest runs of a step that say what is usual; older ones were other times


# A job, when, the kind, the message and the data of an event, as they stand in the table.
Row = tuple[int, str, str, str, str]


def row_of(at: datetime, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None) -> Row:
    """Write an event as a row."""
    return job_id, rfc3339(at), kind, storable(message), json.dumps(dict(data or {}), default=str)


def append(
    sql: Sql, at: datetime, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None
) -> Event:
    """Append one event within the caller's transaction."""
    (event,) = append_all(sql, [row_of(at, job_id, kind, message, data)])
    return event


def append_all(sql: Sql, rows: Sequence[Row]) -> list[Event]:
    """Append events in one statement, in their order. NotFound: a job is not there; then none is appended or all."""
    if len(rows) == 1 or any("\0" in text for row in rows for text in row[2:4]):  # JSON in SQLite ends a text there
        ids = [_append_one(sql, row) for row in rows]
    else:
        cursor = sql.execute(
            "INSERT INTO events (job_id, at, kind, message, data) "
            "SELECT j.id, json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), "
            "json_extract(value, '$[4]') FROM json_each(?) AS w "
            "CROSS JOIN jobs j ON j.id = json_extract(value, '$[0]') ORDER BY w.key",
            [json.dumps(rows)],
        )
        if cursor.rowcount != len(rows):
            raise NotFound("one of these jobs is not there")
        # Within one transaction each id is the one after the last.
        last = int(cursor.lastrowid or 0)
        ids = [*range(last - len(rows) + 1, last + 1)]
    return [
        Event(number, job_id, datetime.fromisoformat(at), kind, message, json.loads(data))
        for number, (job_id, at, kind, message, data) in zip(ids, rows, strict=True)
    ]


def _append_one(sql: Sql, row: Row) -> int:
    cursor = sql.execute(
        "INSERT INTO events (job_id, at, kind, message, data) SELECT id, ?, ?, ?, ? FROM jobs "
        "WHERE id IN (SELECT value FROM json_each(?))",
        [*row[1:], numbers(row[:1])],
    )
    if not cursor.rowcount:
        raise _no_job(row[0])
    return int(cursor.lastrowid or 0)


class Journal(Part):
    """Events and memories of jobs."""

    def record(self, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None) -> Event:
        """Append an event. Values of `data` that JSON cannot say are written as text. NotFound: no such job."""
        return self._db.write_together(append_all, row_of(self._clock.now(), job_id, kind, message, data))

    def events(self, job_id: int, after: int = 0) -> list[Event]:
        """List a job's events with an id above `after`, oldest first."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM events WHERE job_id IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id",
                [numbers([job_id]), after],
            ).fetchall()
        return [event_from(row) for row in rows]

    def batch_events(self, batch_id: str, after: int = 0) -> list[Event]:
        """List the events of all jobs of a batch with an id above `after`, oldest first."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM events WHERE job_id IN (SELECT id FROM jobs WHERE batch_id = ?) AND id > ? ORDER BY id",
                [storable(batch_id), after],
            ).fetchall()
        return [event_from(row) for row in rows]

    def all_events(self, after: int, batch_id: str | None, limit: int) -> list[Event]:
        """List events of any job, or of a batch's jobs, with an id above `after`: the oldest `limit` of them."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM events e WHERE id > :after AND (:batch IS NULL OR EXISTS "
                "(SELECT 1 FROM jobs WHERE id = e.job_id AND batch_id = :batch)) ORDER BY id LIMIT :limit",
                {"after": after, "batch": None if batch_id is None else storable(batch_id), "limit": limit},
            ).fetchall()
        return [event_from(row) for row in rows]

    def latest_event(self) -> int:
        """Return the id of the latest event; 0 where nothing has happened yet."""
        with self._db.read() as sql:
            return int(sql.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0])

    @written
    def remember(self, sql: Sql, job_id: int, key: str, value: Any) -> None:  # noqa: ANN401 - anything that JSON can say
        """Keep a value for this job under a key. The first value stays, whatever is given later; see `recall`."""
        _require_job(sql, job_id)
        sql.execute(
            "INSERT INTO memories (job_id, key, value) VALUES (?, ?, ?) ON CONFLICT (job_id, key) DO NOTHING",
            [job_id, key, json.dumps(value)],
        )

    def recall(self, job_id: int, key: str) -> Any | None:  # noqa: ANN401 - anything that JSON can say
        """Return what the job remembers under this key; None where it remembers nothing."""
        with self._db.read() as sql:
            row = sql.execute("SELECT value FROM memories WHERE job_id = ? AND key = ?", [job_id, key]).fetchone()
        return None if row is None else json.loads(row["value"])

    def pulse(self, jobs: Iterable[Job]) -> Pulse:
        """Return how long steps usually take, and when those of these jobs that run last said something.

        Two statements, however many jobs there are, and none where nothing runs.
        """
        running = [job.id for job in jobs if job.status in RUNNING]
        if not running:
            return Pulse()
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT value AS id, (SELECT at FROM events WHERE job_id = value ORDER BY id DESC LIMIT 1) AS at "
                "FROM json_each(?)",
                [numbers(running)],
            ).fetchall()
        last = {row["id"]: datetime.fromisoformat(row["at"]) for row in rows if row["at"] is not None}
        return Pulse(self.usual_seconds(), last)

    def usual_seconds(self) -> dict[tuple[str, str], float]:
        """Return the median of real seconds that successful steps took, by kind of step and image family."""
        with self._db.read() as sql:
            rows = sql.execute(
                """
                SELECT kind, family, started_at, finished_at FROM (
                    SELECT s.kind, i.family, s.started_at, s.finished_at,
                           row_number() OVER (PARTITION BY s.kind, i.family ORDER BY s.finished_at DESC) AS age
                    FROM images i
                    JOIN jobs j ON j.id IN (
                        SELECT id FROM jobs WHERE image_id = i.id AND attempted = 1 ORDER BY id DESC LIMIT :looked_at
                    )
                    JOIN steps s ON s.job_id = j.id
                    WHERE s.status = 'success' AND s.started_at IS NOT NULL AND s.finished_at IS NOT NULL
                ) WHERE age <= :kept
                """,
                # Of a store with years of jobs only the latest of each image are looked at, not all of them.
                {"kept": USUAL_OF, "looked_at": 3 * USUAL_OF},
            ).fetchall()
        taken: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for row in rows:
            span = datetime.fromisoformat(row["finished_at"]) - datetime.fromisoformat(row["started_at"])
            if span.total_seconds() >= 0:  # else this machine's clock was put back meanwhile
                taken[row["kind"], row["family"]].append(span.total_seconds())
        return {key: statistics.median(seconds) for key, seconds in taken.items()}


def _require_job(sql: Sql, job_id: int) -> None:
    found = sql.execute("SELECT 1 FROM jobs WHERE id IN (SELECT value FROM json_each(?))", [numbers([job_id])])
    if found.fetchone() is None:
        raise _no_job(job_id)


def _no_job(job_id: int) -> NotFound:
    return NotFound(f"there is no job {job_id}; `swimctl job list` shows those that exist")
