"""Stop running jobs at the end of their step, by a person's word; whichever process runs them obeys. In the audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.errors import ConflictError, NotFound
from swimctl.models import Batch, Caller, Job
from swimctl.store import audit, journal
from swimctl.store.rows import numbers, storable
from swimctl.store.runners import written
from swimctl.store.steering import Steering

_NOBODY: Final = "nobody knows who"
_RUNS: Final = "status IN ('distributing', 'activating') AND swimctl_lives(runner_id) AND ifnull(stop_by, '') = ''"


class Stops(Steering):
    """Who asked for a stop, of which batches and jobs."""

    def stop_batch(self, batch_id: str, by: Caller) -> tuple[Batch, list[Job]]:
        """Start no more jobs of a batch, and stop those that run after their step; return the batch and these.

        NotFound. ConflictError: all its jobs have ended, or it is stopped already.
        """
        batch = self.batch(batch_id)

        def work(sql: Sql) -> list[int]:
            left = sql.execute(
                "SELECT 1 FROM jobs WHERE batch_id = ? AND status NOT IN ('success', 'failed', 'cancelled')", [batch.id]
            ).fetchone()
            if left is None:
                raise ConflictError(f"all jobs of batch {batch.id} have ended; nothing to stop")
            changed = sql.execute(
                "UPDATE batches SET stopped_by = ? WHERE id = ? AND stopped_by IS NULL RETURNING id",
                [_name(by), batch.id],
            ).fetchall()
            if not changed:
                raise ConflictError(
                    f"batch {batch.id} is stopped already; `swimctl resume` or `swimctl continue {batch.id[:8]}` ends "
                    "that"
                )
            return self._ask(sql, by, batch.id)

        stopping = self._db.write(work)
        return self.batch(batch.id), self.jobs(ids=stopping) if stopping else []

    def stop_jobs(self, job_ids: Sequence[int], by: Caller) -> list[Job]:
        """Stop running jobs after their step; others of their batches go on. All of them, or none.

        NotFound: a job is not there. ConflictError: one does not run, or was asked already.
        """
        jobs = self.jobs(ids=job_ids)
        missing = sorted(set(job_ids) - {job.id for job in jobs})
        if missing:
            raise NotFound(f"no such job: {', '.join(map(str, missing))}; nothing was stopped; see `swimctl job list`")

        def work(sql: Sql) -> list[int]:
            found = []
            for batch_id in dict.fromkeys(job.batch_id for job in jobs):
                these = [job.id for job in jobs if job.batch_id == batch_id]
                found += self._ask(sql, by, batch_id, these)
            if others := [job for job in jobs if job.id not in found]:
                why = "; ".join(f"job {job.id} {_why_not(job)}" for job in others)
                raise ConflictError(f"{why}; nothing was stopped")
            return found

        return self.jobs(ids=self._db.write(work))

    def stop_asked(self, job_id: int) -> str:
        """Return who asked that a job stops after its step, itself or with its batch; empty where nobody did."""
        with self._db.read() as sql:
            row = sql.execute(
                "SELECT ifnull(j.stop_by, b.stopped_by) AS who FROM jobs j JOIN batches b ON b.id = j.batch_id "
                "WHERE j.id = ?",
                [job_id],
            ).fetchone()
        return (row["who"] or "") if row else ""

    @written
    def take_up(self, sql: Sql, job_ids: Sequence[int]) -> None:
        """End the stop of the batches of these jobs, because somebody resumes them; not of one that still stops."""
        sql.execute(
            "UPDATE batches SET stopped_by = NULL WHERE stopped_by IS NOT NULL AND NOT swimctl_others(runner_id, '') "
            "AND id IN (SELECT batch_id FROM jobs WHERE id IN (SELECT value FROM json_each(?)))",
            [numbers(job_ids)],
        )

    def _ask(self, sql: Sql, by: Caller, batch_id: str, ids: Sequence[int] | None = None) -> list[int]:
        """Ask the jobs of a batch that run to stop, or those of them with these ids, and enter it into the audit."""
        rows = sql.execute(
            f"UPDATE jobs SET stop_by = :who WHERE batch_id = :batch AND {_RUNS} "
            "AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids))) RETURNING id",
            {"who": _name(by), "batch": batch_id, "ids": None if ids is None else numbers(ids)},
        ).fetchall()
        found, now = sorted(row["id"] for row in rows), self._clock.now()
        if found:
            said = f"{_name(by)} asks it to stop after its step"
            journal.append_all(sql, [journal.row_of(now, job_id, "stopping", said) for job_id in found])
        audit.enter(sql, now, by, "stop", batch_id, {"after": "step", "jobs": found})
        return found


def _name(by: Caller) -> str:
    return storable(by.name) or _NOBODY


def _why_not(job: Job) -> str:
    if job.stop_by:
        return f"was asked to stop by {job.stop_by} already"
    return f"is {job.word}, and does not run"
