"""Steering a batch that runs: pause, continue, start its next wave, change its limits. All of it in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError
from swimctl.models import Batch, Caller, ExecutionMode
from swimctl.store import audit
from swimctl.store.rows import batch_from, policy_text, storable
from swimctl.store.standings import Standings

_LEFT = "SELECT 1 FROM jobs WHERE batch_id = ? AND status IN ('pending', 'scheduled')"
_PAUSED = "SELECT 1 FROM batches WHERE id = ? AND paused_by IS NOT NULL"


class Steering(Standings):
    """What people change of a batch while it runs. Whichever process runs it reads it before each start of a job."""

    def pause(self, batch_id: str, by: Caller) -> Batch:
        """Start no more jobs of a batch; what runs goes on. NotFound. ConflictError: there is nothing to pause."""
        batch = self.batch(batch_id)

        def work(sql: Sql) -> None:
            if sql.execute(_LEFT, [batch.id]).fetchone() is None:
                raise ConflictError(f"batch {batch.id} has no job that waits for its start; nothing to pause")
            changed = sql.execute(
                "UPDATE batches SET paused_by = ? WHERE id = ? AND paused_by IS NULL RETURNING id",
                [storable(by.name) or "nobody knows who", batch.id],
            ).fetchall()
            if not changed:
                raise ConflictError(f"batch {batch.id} is paused already; `swimctl continue {batch.id[:8]}` ends that")
            audit.enter(sql, self._clock.now(), by, "pause", batch.id)

        self._db.write(work)
        return self.batch(batch.id)

    def go_on(self, batch_id: str, by: Caller) -> Batch:
        """Continue a batch that is paused or stopped. NotFound. ConflictError: it is neither.

        Jobs that still run go on. Those that have stopped are taken up by whoever looks for what is due, as far as
        their batch is anybody's.
        """
        batch = self.batch(batch_id)

        def work(sql: Sql) -> None:
            changed = sql.execute(
                "UPDATE batches SET paused_by = NULL, stopped_by = NULL WHERE id = ? "
                "AND (paused_by IS NOT NULL OR stopped_by IS NOT NULL) RETURNING id",
                [batch.id],
            ).fetchall()
            if not changed:
                raise ConflictError(f"batch {batch.id} is not paused; `swimctl status --batch {batch.id[:8]}`")
            sql.execute(
                "UPDATE jobs SET stop_by = CASE WHEN swimctl_lives(runner_id) THEN NULL ELSE '' END "
                "WHERE batch_id = ? AND status IN ('distributing', 'activating') AND stop_by IS NOT NULL",
                [batch.id],
            )
            stopped = {"stopped_by": batch.stopped_by} if batch.stopped_by else {}
            audit.enter(sql, self._clock.now(), by, "continue", batch.id, {"paused_by": batch.paused_by, **stopped})

        self._db.write(work)
        return self.batch(batch.id)

    def start_wave(self, batch_id: str, by: Caller) -> int:
        """End the soak before the next wave by hand, with the look after it; return which wave that is.

        NotFound. ConflictError: no wave waits for the soak of another one, or the batch is paused, so that none starts.
        """
        batch = self.batch(batch_id)

        def work(sql: Sql) -> int:
            row = sql.execute(
                "SELECT wave, count(*) AS waits, (SELECT sum(attempted) FROM jobs o WHERE o.batch_id = j.batch_id "
                "AND o.wave = j.wave) AS begun FROM jobs j WHERE batch_id = ? "
                "AND status NOT IN ('success', 'failed', 'cancelled') GROUP BY wave ORDER BY wave LIMIT 1",
                [batch.id],
            ).fetchone()
            if row is None or row["wave"] == 1 or row["begun"]:
                still = "has ended" if row is None else f"is in wave {row['wave']} (jobs left: {row['waits']})"
                raise ConflictError(f"batch {batch.id} {still}: no wave waits for a soak; nothing was started")
            if sql.execute(_PAUSED, [batch.id]).fetchone() is not None:
                raise ConflictError(
                    f"batch {batch.id} is paused, so no wave starts; next: `swimctl continue {batch.id[:8]}`, then "
                    "again with --wave"
                )
            sql.execute(
                "INSERT INTO waves (batch_id, number, passed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [batch.id, row["wave"] - 1, rfc3339(self._clock.now())],
            )
            audit.enter(sql, self._clock.now(), by, "start-wave", batch.id, {"wave": row["wave"]})
            return int(row["wave"])

        return self._db.write(work)

    def change(
        self,
        batch_id: str,
        by: Caller,
        *,
        workers: int | None = None,
        max_failures: int | None = None,
        max_failures_percent: float | None = None,
        until: datetime | None = None,
    ) -> Batch:
        """Change limits of a batch; what is None stays. A number of failures takes the place of a share, and back.

        NotFound. ConflictError: no job of it is left that could heed them, or it runs one device at a time anyway.
        """
        batch = self.batch(batch_id)
        if workers is not None and batch.mode is ExecutionMode.SEQUENTIAL:
            raise ConflictError(
                f"batch {batch.id} is sequential: it runs one device at a time, in order, so workers mean nothing in "
                "it; nothing was changed"
            )

        def work(sql: Sql) -> None:
            row = sql.execute(
                "SELECT 1 FROM jobs WHERE batch_id = ? AND status NOT IN ('success', 'failed', 'cancelled')", [batch.id]
            ).fetchone()
            if row is None:
                raise ConflictError(f"all jobs of batch {batch.id} have ended; nothing was changed")
            # As it is now: two who change different limits at the same time must not undo each other's.
            now = batch_from(sql.execute("SELECT * FROM batches WHERE id = ?", [batch.id]).fetchone())
            policy, most = now.policy, now.max_failures
            if max_failures is not None:
                policy, most = replace(policy, max_failures_percent=None), max_failures
            if max_failures_percent is not None:
                policy, most = replace(policy, max_failures_percent=max_failures_percent), 0
            policy = policy if until is None else replace(policy, until=until)
            sql.execute(
                "UPDATE batches SET workers = ?, max_failures = ?, policy = ? WHERE id = ?",
                [now.workers if workers is None else workers, most, policy_text(policy), batch.id],
            )
            told: Mapping[str, Any] = {
                "workers": workers,
                "max_failures": max_failures,
                "max_failures_percent": max_failures_percent,
                "until": None if until is None else rfc3339(until),
            }
            said = {what: value for what, value in told.items() if value is not None}
            audit.enter(sql, self._clock.now(), by, "change", batch.id, said)

        self._db.write(work)
        return self.batch(batch.id)
