"""Batches and jobs as a user sees them: make, read, cancel."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlite_utils import Database as Sql

from swimctl.clock import Clock, rfc3339
from swimctl.errors import NotFound
from swimctl.models import Batch, Event, Job
from swimctl.states import JobStatus
from swimctl.store import rows
from swimctl.store.database import Database
from swimctl.store.runners import is_alive

_SHORTEST_PREFIX = 6
# SQLite takes 32,766 parameters; ids go in chunks well below that.
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be made."""

    device_id: int
    device_name: str
    image_id: int
    steps: tuple[str, ...]


class Jobs:
    """The jobs of a store."""

    _db: Database
    _clock: Clock

    def create_batch(self, batch: Batch, jobs: Sequence[NewJob]) -> list[Job]:
        """Make a batch and all its jobs, or nothing; jobs get ids in the order given."""
        status = JobStatus.SCHEDULED if batch.schedule_time else JobStatus.PENDING
        with self._db.write() as sql:
            sql.execute(
                "INSERT INTO batches (id, mode, max_failures, options, created_at, schedule_time, workers, detached,"
                " requested_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    batch.id,
                    batch.mode.value,
                    batch.max_failures,
                    rows.options_json(batch.options),
                    rfc3339(batch.created_at),
                    rfc3339(batch.schedule_time) if batch.schedule_time else None,
                    batch.workers,
                    int(batch.detached),
                    batch.requested_by,
                ),
            )
            for new in jobs:
                number = sql.execute(
                    "INSERT INTO jobs (batch_id, device_id, image_id, status) VALUES (?, ?, ?, ?)",
                    (batch.id, new.device_id, new.image_id, status.value),
                ).lastrowid
                sql.conn.executemany(
                    "INSERT INTO steps (job_id, position, name) VALUES (?, ?, ?)",
                    [(number, position, name) for position, name in enumerate(new.steps)],
                )
                self._append(sql, number or 0, "created", f"{new.device_name}: {status}", {"by": batch.requested_by})
        return self.jobs(batch_id=batch.id)

    def batch(self, batch_id: str) -> Batch:
        """Find a batch by its id, or by a beginning of it that is long enough and fits one alone."""
        pattern = batch_id.replace("%", "").replace("_", "") + "%" if len(batch_id) >= _SHORTEST_PREFIX else batch_id
        with self._db.read() as sql:
            found = sql.execute("SELECT * FROM batches WHERE id LIKE ? LIMIT 2", (pattern,)).fetchall()
        if len(found) != 1:
            why = "several batches begin with it" if found else "`swimctl job list` shows what there is"
            raise NotFound(f"no batch {batch_id!r}: {why}")
        return rows.batch(found[0])

    def batches(self, limit: int = 50) -> list[Batch]:
        """List the newest batches first."""
        with self._db.read() as sql:
            found = sql.execute(
                "SELECT * FROM batches ORDER BY created_at DESC, rowid DESC LIMIT ?", (limit,)
            ).fetchall()
        return [rows.batch(row) for row in found]

    def jobs(self, *, ids: Sequence[int] | None = None, batch_id: str | None = None) -> list[Job]:
        """Read jobs in id order, by ids, by batch, or by both; ids that do not exist are just absent."""
        conditions, values = [], []
        if batch_id is not None:
            conditions.append("j.batch_id = ?")
            values.append(batch_id)
        if ids is None:
            return self._read(" AND ".join(conditions) or "1", values)
        found: list[Job] = []
        numbers = sorted(set(ids))
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found += self._read(" AND ".join([*conditions, f"j.id IN ({marks})"]), [*values, *chunk])
        return found

    def job(self, job_id: int) -> Job:
        """Read one job."""
        found = self.jobs(ids=[job_id])
        if not found:
            raise NotFound(f"no job {job_id}; `swimctl job list` shows what there is")
        return found[0]

    def due(self, now: datetime) -> list[Job]:
        """List scheduled jobs whose time has come, and pending ones that wait for any runner; batch by batch."""
        found = self._read(
            "(j.status = 'scheduled' AND b.schedule_time <= ?)"
            " OR (j.status = 'pending' AND b.runner_id IS NULL AND (b.detached = 1 OR b.schedule_time IS NOT NULL))",
            [rfc3339(now)],
        )
        return sorted(found, key=lambda job: (job.schedule_time or job.created_at, job.batch_id, job.id))

    def interrupted(self) -> list[Job]:
        """List jobs whose process died or let them go, and those that it had not started yet."""
        found = self._read("j.status IN ('pending', 'scheduled', 'distributing', 'activating')", [])
        return [job for job in found if job.interrupted]

    def blocked_by(self, job_id: int) -> Job | None:
        """Name the other job that runs on the same device, None where none does."""
        found = self._read(
            "j.status IN ('distributing', 'activating') AND j.id <> ?"
            " AND j.device_id = (SELECT device_id FROM jobs WHERE id = ?)",
            [job_id, job_id],
        )
        return found[0] if found else None

    def cancel(self, job_ids: Sequence[int]) -> list[int]:
        """Cancel those that still wait, atomically against a claim; tells which. A cancelled job never starts."""
        cancelled = []
        now = rfc3339(self._clock.now())
        with self._db.write() as sql:
            for job_id in dict.fromkeys(job_ids):
                row = sql.execute(
                    "UPDATE jobs SET status = 'cancelled', finished_at = ?"
                    " WHERE id = ? AND status IN ('pending', 'scheduled') RETURNING id",
                    (now, job_id),
                ).fetchone()
                if row:
                    cancelled.append(job_id)
                    self._skip_rest(sql, job_id)
                    self._append(sql, job_id, "cancelled", "cancelled before it started", {})
        return cancelled

    def fail_waiting(self, job_ids: Sequence[int], error: str) -> list[int]:
        """End those that still wait as failed without an attempt; tells which."""
        failed = []
        now = rfc3339(self._clock.now())
        with self._db.write() as sql:
            for job_id in job_ids:
                row = sql.execute(
                    "UPDATE jobs SET status = 'failed', error = ?, finished_at = ?"
                    " WHERE id = ? AND status IN ('pending', 'scheduled') RETURNING id",
                    (error, now, job_id),
                ).fetchone()
                if row:
                    failed.append(job_id)
                    self._skip_rest(sql, job_id)
                    self._append(sql, job_id, "failed", error, {})
        return failed

    def record(self, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None) -> Event:
        """Append a fact to a job's history."""
        with self._db.write() as sql:
            number = self._append(sql, job_id, kind, message, data or {})
            return rows.event(sql.execute("SELECT * FROM events WHERE id = ?", (number,)).fetchone())

    def events(self, job_id: int, after: int = 0) -> list[Event]:
        """Read a job's history, after an event's id."""
        with self._db.read() as sql:
            found = sql.execute(
                "SELECT * FROM events WHERE job_id = ? AND id > ? ORDER BY id", (job_id, after)
            ).fetchall()
        return [rows.event(row) for row in found]

    def batch_events(self, batch_id: str, after: int = 0) -> list[Event]:
        """Read the history of a batch's jobs, after an event's id."""
        with self._db.read() as sql:
            found = sql.execute(
                "SELECT * FROM events WHERE id > ? AND job_id IN (SELECT id FROM jobs WHERE batch_id = ?) ORDER BY id",
                (after, batch_id),
            ).fetchall()
        return [rows.event(row) for row in found]

    def remember(self, job_id: int, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """Keep a fact for a resume; the first value of a key stays."""
        with self._db.write() as sql:
            sql.execute(
                "INSERT INTO memories (job_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (job_id, key, json.dumps(value)),
            )

    def recall(self, job_id: int, key: str) -> Any | None:  # noqa: ANN401 - JSON
        """Give back what was remembered, None where nothing was."""
        with self._db.read() as sql:
            row = sql.execute("SELECT value FROM memories WHERE job_id = ? AND key = ?", (job_id, key)).fetchone()
        return json.loads(row["value"]) if row else None

    def usual_seconds(self) -> dict[tuple[str, str], float]:
        """Tell the median real seconds that a step of an image family took, where it succeeded before."""
        with self._db.read() as sql:
            found = sql.execute(
                "SELECT s.name, i.family, s.started_at, s.finished_at FROM steps s JOIN jobs j ON j.id = s.job_id"
                " JOIN images i ON i.id = j.image_id WHERE s.status = 'success' AND s.started_at IS NOT NULL"
                " ORDER BY s.finished_at DESC LIMIT 2000"
            ).fetchall()
        taken: dict[tuple[str, str], list[float]] = {}
        for row in found:
            start, end = rows.moment(row["started_at"]), rows.moment(row["finished_at"])
            if start and end:
                taken.setdefault((row["name"], row["family"]), []).append((end - start).total_seconds())
        return {key: median(seconds) for key, seconds in taken.items()}

    def _read(self, condition: str, values: Sequence[object]) -> list[Job]:
        with self._db.read() as sql:
            # The condition is text of this module; what a user gave is in the values.
            found = sql.execute(f"{rows.JOBS_SQL} WHERE {condition} ORDER BY j.id", list(values)).fetchall()
            if not found:
                return []
            marks = ",".join("?" * len(found))
            steps = rows.steps_by_job(
                sql.execute(
                    f"SELECT * FROM steps WHERE job_id IN ({marks}) ORDER BY job_id, position",  # noqa: S608 - marks
                    [row["id"] for row in found],
                )
                if len(found) <= _CHUNK
                else sql.execute("SELECT * FROM steps ORDER BY job_id, position")
            )
        owners = {row[key] for row in found for key in ("runner_id", "batch_runner") if row[key]}
        alive = {owner: is_alive(self._db.path, owner) for owner in owners}
        return [rows.job(row, steps.get(row["id"], ()), alive) for row in found]

    def _append(self, sql: Sql, job_id: int, kind: str, message: str, data: Mapping[str, Any]) -> int:
        return (
            sql.execute(
                "INSERT INTO events (job_id, at, kind, message, data) VALUES (?, ?, ?, ?, ?)",
                (job_id, rfc3339(self._clock.now()), kind, message, json.dumps(dict(data))),
            ).lastrowid
            or 0
        )

    def _skip_rest(self, sql: Sql, job_id: int) -> None:
        sql.execute("UPDATE steps SET status = 'skipped' WHERE job_id = ? AND status = 'pending'", (job_id,))
