"""Running jobs: claimed, moved from state to state, released. Every change is guarded in its SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import NotFound, StaleClaim
from swimctl.models import Job, Outcome
from swimctl.states import FINAL, RUNNING, TRANSITIONS, JobStatus, StepStatus, check_move, step_name
from swimctl.store import journal
from swimctl.store.batches import Batches
from swimctl.store.proofs import Kind
from swimctl.store.rows import REMOVALS, numbers, outcome_from, resumable, storable, waiting_text
from swimctl.store.runners import Runner, written
from swimctl.waiting import Waiting

_OURS: Final = "id = :job AND runner_id = :runner AND status IN ('distributing', 'activating')"


class Claims(Batches):
    """What the holder of a job does with it."""

    @written
    def claim(self, sql: Sql, job_id: int, runner: Runner, place: str = "") -> Job | None:
        """Claim a job, waiting or interrupted, in one compare-and-set; an interrupted one keeps its status.

        `place` is the address and port of its device, which the job holds until it ends. None: it was cancelled, has
        ended, belongs to a living process (this runner included), has not begun and its batch is paused or stopped, or
        its device, its place or its redundancy group has another running job (`blocked_by` tells which), or the first
        of its kind runs (`goes_first`). NotFound.
        """
        now = self._clock.now()
        before = sql.execute("SELECT status, kind, unproved FROM jobs WHERE id = ?", [job_id]).fetchone()
        if before is None:
            raise NotFound(f"there is no job {job_id}; `swimctl job list` shows those that exist")
        if _holder(sql, job_id, [place]) is not None:
            return None
        # OR IGNORE: where a unique index knows a running job on the device or of the group, this changes nothing.
        taken = sql.execute(
            """
            UPDATE OR IGNORE jobs SET
                status = CASE WHEN status IN ('pending', 'scheduled') THEN 'distributing' ELSE status END,
                runner_id = :runner, attempted = 1, error = NULL, waiting = NULL, stop_by = NULL,
                started_at = ifnull(started_at, :now)
            WHERE id = :job AND (
                (status IN ('pending', 'scheduled')
                 AND NOT swimctl_others((SELECT runner_id FROM batches b WHERE b.id = batch_id), :runner)
                 AND (SELECT paused_by FROM batches b WHERE b.id = batch_id) IS NULL
                 AND (SELECT stopped_by FROM batches b WHERE b.id = batch_id) IS NULL)
                OR (status IN ('distributing', 'activating') AND NOT swimctl_lives(runner_id))
            ) RETURNING id
            """,
            {"job": job_id, "runner": runner.id, "now": rfc3339(now)},
        ).fetchall()
        if not taken:
            return None
        _take(sql, job_id, [place])
        job = self._jobs(sql, "j.id = ?", [job_id])[0]
        kind = "resumed" if before["status"] in RUNNING else "claimed"
        who = {
            "from": before["status"],
            "to": job.status,
            "runner": runner.id,
            "pid": runner.pid,
            "host": runner.host,
        }
        journal.append(sql, now, job_id, kind, f"by process {runner.pid} on {runner.host}", who)
        if before["unproved"] and before["status"] not in RUNNING:
            of = Kind.of_key(before["kind"])
            said = f"the first of its kind ({of}) in this store: it goes alone, others follow when it is upgraded"
            journal.append(sql, now, job_id, "pilot", said, asdict(of))
        return job

    @written
    def hold(self, sql: Sql, job_id: int, runner: Runner, names: Sequence[str]) -> Job | None:
        """Reserve a device's other names until the job ends; return the job that has one of them already.

        In that case nothing is reserved. StaleClaim: this runner does not have the job.
        """
        self._require_ours(sql, job_id, runner)
        other = _holder(sql, job_id, names)
        if other is not None:
            return self._jobs(sql, "j.id = ?", [other])[0]
        _take(sql, job_id, names)
        return None

    @written
    def release(self, sql: Sql, job_id: int, runner: Runner, reason: str) -> None:
        """Leave a job at a safe point: it keeps its status, nobody holds it, `resume` takes it up. StaleClaim."""
        self._require_ours(sql, job_id, runner)
        error = storable(f"{reason}; {resumable(job_id)}")
        sql.execute(
            f"UPDATE jobs SET runner_id = NULL, error = :error, waiting = NULL WHERE {_OURS}",
            {"job": job_id, "runner": runner.id, "error": error},
        )
        journal.append(sql, self._clock.now(), job_id, "released", reason)

    @written
    def move(
        self,
        sql: Sql,
        job_id: int,
        runner: Runner,
        status: JobStatus,
        error: str | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        """Move a job that this runner holds to another state; steps that never began read `skipped` at its end.

        A failure of which nobody says what the device is leaves it `unknown`; a success must say.
        StaleClaim: not held, a move that states.TRANSITIONS does not know, or `success` while a step has failed or
        still runs. A step that runs when the job fails has failed.
        """
        now = self._clock.now()
        before = self._require_ours(sql, job_id, runner)
        check_move(before, status)
        if status is JobStatus.SUCCESS:
            _require_steps_ended(sql, job_id)
        if status is JobStatus.FAILED:
            outcome = outcome or Outcome.UNKNOWN
        elif status not in FINAL:
            outcome = None
        changed = sql.execute(
            f"UPDATE jobs SET status = :status, error = :error, "
            f"progress = CASE WHEN :status = 'success' THEN 100 ELSE progress END, finished_at = :finished, "
            f"outcome = :outcome "
            f"WHERE {_OURS} AND status IN (SELECT value FROM json_each(:allowed)) RETURNING id",
            {
                "job": job_id,
                "runner": runner.id,
                "status": status,
                "error": None if error is None else storable(error),
                "outcome": outcome,
                "finished": rfc3339(now) if status in FINAL else None,
                "allowed": json.dumps([old for old, new in TRANSITIONS.items() if status in new]),
            },
        ).fetchall()
        if not changed:
            raise StaleClaim(f"job {job_id} cannot become '{status}' now")
        if status in FINAL:
            _end_steps(sql, job_id, rfc3339(now))
        row = sql.execute(f"SELECT outcome, {REMOVALS} FROM jobs j WHERE id = ?", [job_id]).fetchone()
        told = outcome_from(row["outcome"], json.loads(row["removals"]))
        journal.append(sql, now, job_id, "status", error or status, {"from": before, "to": status, "outcome": told})

    @written
    def step(self, sql: Sql, job_id: int, runner: Runner, kind: str, status: StepStatus, message: str = "") -> None:
        """Record where a step of a held job is; entering it again, as `resume` does, starts its time anew.

        StaleClaim: not held. NotFound: the job has no step of this kind.
        """
        now = self._clock.now()
        self._require_ours(sql, job_id, runner)
        _waits(sql, [job_id], None)
        running, pending = status is StepStatus.RUNNING, status is StepStatus.PENDING
        changed = sql.execute(
            "UPDATE steps SET status = :status, message = :message, "
            "started_at = CASE WHEN :pending THEN NULL WHEN :running THEN :now "
            "WHEN :status = 'skipped' THEN started_at ELSE ifnull(started_at, :now) END, "
            "finished_at = CASE WHEN :running OR :pending THEN NULL ELSE :now END "
            "WHERE job_id = :job AND kind = :kind RETURNING kind",
            {
                "job": job_id,
                "kind": kind,
                "status": status,
                "message": storable(message),
                "now": rfc3339(now),
                "running": running,
                "pending": pending,
            },
        ).fetchall()
        if not changed:
            raise NotFound(f"job {job_id} has no step '{kind}'")
        journal.append(sql, now, job_id, "step", message, {"step": step_name(kind), "kind": kind, "status": status})

    @written
    def say(self, sql: Sql, job_id: int, runner: Runner, message: str, waiting: Waiting | None = None) -> None:
        """Record what the running step does now, or what it waits for, and add it as an event. StaleClaim."""
        self._require_ours(sql, job_id, runner)
        _waits(sql, [job_id], waiting)
        sql.execute("UPDATE steps SET message = ? WHERE job_id = ? AND status = 'running'", [storable(message), job_id])
        journal.append(sql, self._clock.now(), job_id, "progress", message)

    @written
    def waits(self, sql: Sql, job_ids: Sequence[int], waiting: Waiting | None, *, tell: bool = True) -> None:
        """Record what jobs that have not begun wait for, and add it as an event, or do not `tell`; None: nothing."""
        # One that has ended meanwhile, as by `cancel`, waits for nothing.
        left = "status IN ('distributing', 'activating') AND NOT swimctl_lives(runner_id)"
        changed = _waits(sql, job_ids, waiting, f"AND (status IN ('pending', 'scheduled') OR ({left}))")
        if changed and tell and waiting is not None:
            now, said = self._clock.now(), waiting.sentence()
            journal.append_all(sql, [journal.row_of(now, job_id, "waiting", said) for job_id in changed])

    @written
    def progress(
        self, sql: Sql, job_id: int, runner: Runner, percent: int, *, bytes_done: int = 0, bytes_total: int = 0
    ) -> None:
        """Raise a held job's progress, which never falls, and tell the bytes of the copy, if one runs. StaleClaim.

        `percent` above 99 reads 99: 100 is for success alone.
        """
        changed = sql.execute(
            f"UPDATE jobs SET progress = max(progress, min(99, :percent)), "
            f"bytes_done = CASE WHEN :total > 0 THEN :done ELSE bytes_done END, "
            f"bytes_total = CASE WHEN :total > 0 THEN :total ELSE bytes_total END "
            f"WHERE {_OURS} RETURNING id",
            {
                "job": job_id,
                "runner": runner.id,
                "percent": percent,
                "done": bytes_done,
                "total": bytes_total,
            },
        ).fetchall()
        if not changed:
            self._require_ours(sql, job_id, runner)

    def _require_ours(self, sql: Sql, job_id: int, runner: Runner) -> JobStatus:
        """Return the status of a job that this runner holds, or raise StaleClaim with who does."""
        row = sql.execute(
            "SELECT j.status, j.runner_id, r.pid, r.host FROM jobs j LEFT JOIN runners r ON r.id = j.runner_id "
            "WHERE j.id = ?",
            [job_id],
        ).fetchone()
        if row is None:
            raise NotFound(f"there is no job {job_id}")
        status = JobStatus(row["status"])
        if status not in RUNNING:
            raise StaleClaim(f"job {job_id} is '{status}', not running")
        if row["runner_id"] is None:
            raise StaleClaim(f"job {job_id} was released and is held by nobody; {resumable(job_id)}")
        if row["runner_id"] != runner.id:
            raise StaleClaim(f"job {job_id} is held by process {row['pid']} on {row['host']}")
        return status


def _waits(sql: Sql, job_ids: Sequence[int], waiting: Waiting | None, only: str = "") -> list[int]:
    """Record what these jobs wait for; return those for which that is new."""
    rows = sql.execute(
        "UPDATE jobs SET waiting = :waiting WHERE id IN (SELECT value FROM json_each(:jobs)) "
        f"AND waiting IS NOT :waiting {only} RETURNING id",
        {"waiting": None if waiting is None else waiting_text(waiting), "jobs": numbers(job_ids)},
    ).fetchall()
    return sorted(row["id"] for row in rows)


def _holder(sql: Sql, job_id: int, names: Sequence[str]) -> int | None:
    """Return the other job that holds one of these, None where none does."""
    row = sql.execute(
        "SELECT job_id FROM held WHERE job_id <> ? AND what IN (SELECT value FROM json_each(?))",
        [job_id, json.dumps([storable(name) for name in names])],
    ).fetchone()
    return None if row is None else int(row["job_id"])


def _take(sql: Sql, job_id: int, names: Sequence[str]) -> None:
    """Reserve these names for a job; the primary key forbids that two jobs have one of them."""
    for name in filter(None, names):
        sql.execute(
            "INSERT INTO held (what, job_id) SELECT ?1, ?2 "
            "WHERE NOT EXISTS (SELECT 1 FROM held WHERE what = ?1 AND job_id = ?2)",
            [storable(name), job_id],
        )


def _require_steps_ended(sql: Sql, job_id: int) -> None:
    row = sql.execute(
        "SELECT kind, status FROM steps WHERE job_id = ? AND status IN ('running', 'failed') ORDER BY position",
        [job_id],
    ).fetchone()
    if row is not None:
        raise StaleClaim(
            f"job {job_id} cannot become 'success': its step {step_name(row['kind'])} is '{row['status']}'"
        )


def _end_steps(sql: Sql, job_id: int, now: str) -> None:
    sql.execute("UPDATE steps SET status = 'skipped' WHERE job_id = ? AND status = 'pending'", [job_id])
    sql.execute(
        "UPDATE steps SET status = 'failed', finished_at = ? WHERE job_id = ? AND status = 'running'", [now, job_id]
    )
