"""Who is still to be told of an upgrade, and what was told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.store import journal
from swimctl.store.rows import storable
from swimctl.store.runners import Part, written

_AT_ONCE: Final = 200


class WriteBacks(Part):
    """A row for each job and each system that was tried. Of a device, only its newest upgrade is told."""

    def owed(self, target: str, since: datetime) -> list[int]:
        """Return the jobs that ended well since then, of which this system is to be told now; the oldest first."""
        with self._db.read() as sql:
            rows = sql.execute(
                """
                SELECT j.id FROM jobs j LEFT JOIN write_backs w ON w.job_id = j.id AND w.target = ?
                WHERE j.status = 'success' AND j.outcome = 'upgraded' AND j.finished_at >= ?
                  AND (w.job_id IS NULL OR (w.written_at IS NULL AND w.next_at <= ?))
                  AND NOT EXISTS (SELECT 1 FROM jobs n WHERE n.device_id = j.device_id AND n.outcome = 'upgraded'
                                  AND (n.finished_at, n.id) > (j.finished_at, j.id))
                ORDER BY j.finished_at, j.id LIMIT ?
                """,
                [target, rfc3339(since), rfc3339(self._clock.now()), _AT_ONCE],
            ).fetchall()
        return [row["id"] for row in rows]

    @written
    def begin_write_back(self, sql: Sql, job_id: int, target: str, until: datetime) -> int | None:
        """Return how often it was tried before, and keep others from it until then; None: another one is at it."""
        row = sql.execute(
            "INSERT INTO write_backs (job_id, target, tries, next_at) VALUES (?, ?, 0, ?) "
            "ON CONFLICT (job_id, target) DO UPDATE SET next_at = excluded.next_at "
            "WHERE written_at IS NULL AND next_at <= ? RETURNING tries",
            [job_id, storable(target), rfc3339(until), rfc3339(self._clock.now())],
        ).fetchall()
        return int(row[0]["tries"]) if row else None

    @written
    def written_back(self, sql: Sql, job_id: int, target: str, said: str, data: Mapping[str, Any]) -> None:
        """Record what was written."""
        now = self._clock.now()
        sql.execute(
            "UPDATE write_backs SET written_at = ?, tries = tries + 1 WHERE job_id = ? AND target = ?",
            [rfc3339(now), job_id, target],
        )
        journal.append(sql, now, job_id, "written back", said, {"target": target, **data})

    @written
    def not_written_back(self, sql: Sql, job_id: int, target: str, said: str, again: datetime) -> None:
        """Record why nothing was written, and when it is tried again."""
        now = self._clock.now()
        sql.execute(
            "UPDATE write_backs SET next_at = ?, tries = tries + 1 WHERE job_id = ? AND target = ?",
            [rfc3339(again), job_id, target],
        )
        journal.append(sql, now, job_id, "not written back", said, {"target": target, "again": rfc3339(again)})
