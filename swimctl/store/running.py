"""Jobs as a runner moves them: claim, step, move, release. Every change is one transaction with its event."""

from __future__ import annotations

from swimctl.clock import rfc3339
from swimctl.errors import StaleClaim
from swimctl.models import Job
from swimctl.states import FINAL, RUNNING, JobStatus, StepStatus, check_move
from swimctl.store.jobs import Jobs
from swimctl.store.runners import Runner, is_alive, make_runner, sweep


class Running(Jobs):
    """The jobs of a store, for the process that runs them."""

    def register_runner(self) -> Runner:
        """Become a runner: others know by its lock whether this process lives."""
        sweep(self._db.path)
        runner = make_runner(self._db.path, self._clock.now())
        with self._db.write() as sql:
            sql.execute(
                "INSERT INTO runners (id, pid, host, started_at) VALUES (?, ?, ?, ?)",
                (runner.id, runner.pid, runner.host, rfc3339(runner.started_at)),
            )
        return runner

    def own_batch(self, batch_id: str, runner: Runner) -> None:
        """Keep the waiting jobs of a batch for this process while it lives."""
        with self._db.write() as sql:
            sql.execute("UPDATE batches SET runner_id = ? WHERE id = ?", (runner.id, batch_id))

    def claim(self, job_id: int, runner: Runner) -> Job | None:
        """Take a job that waits, or one whose runner is gone; one statement decides.

        None: it was cancelled or ended, a live runner has it, or another job runs on its device (see blocked_by).
        """
        with self._db.write() as sql:
            row = sql.execute("SELECT status, runner_id FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None:
                return None
            owner = row["runner_id"]
            if owner and owner != runner.id and is_alive(self._db.path, owner):
                return None
            now = rfc3339(self._clock.now())
            taken = sql.execute(
                "UPDATE jobs SET runner_id = ?, attempted = 1, error = NULL,"
                " started_at = ifnull(started_at, ?),"
                " status = CASE WHEN status IN ('pending', 'scheduled') THEN 'distributing' ELSE status END"
                " WHERE id = ? AND status IN ('pending', 'scheduled', 'distributing', 'activating')"
                " AND runner_id IS ?"
                " AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.device_id = jobs.device_id AND o.id <> jobs.id"
                " AND o.status IN ('distributing', 'activating')) RETURNING id",
                (runner.id, now, job_id, owner),
            ).fetchone()
            if taken is None:
                return None
            again = row["status"] in {status.value for status in RUNNING}
            self._append(sql, job_id, "claimed", "taken up again" if again else "started", {"pid": runner.pid})
        return self.job(job_id)

    def release(self, job_id: int, runner: Runner, reason: str) -> None:
        """Let a running job go at a safe point, for a resume."""
        with self._db.write() as sql:
            row = sql.execute(
                "UPDATE jobs SET runner_id = NULL, error = ? WHERE id = ? AND runner_id = ?"
                " AND status IN ('distributing', 'activating') RETURNING id",
                (reason, job_id, runner.id),
            ).fetchone()
            if row is None:
                raise StaleClaim(f"job {job_id} is not this process's to release")
            self._append(sql, job_id, "released", reason, {})

    def move(self, job_id: int, runner: Runner, status: JobStatus, error: str | None = None) -> None:
        """Move an owned job to a status; raises StaleClaim where the table or another owner forbids it."""
        with self._db.write() as sql:
            row = sql.execute("SELECT status, runner_id FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None or row["runner_id"] != runner.id:
                raise StaleClaim(f"job {job_id} is not this process's to move")
            check_move(JobStatus(row["status"]), status)
            final = status in FINAL
            sql.execute(
                "UPDATE jobs SET status = ?, error = ?, finished_at = ?,"
                " progress = CASE WHEN ? = 'success' THEN 100 ELSE progress END WHERE id = ? AND runner_id = ?",
                (status.value, error, rfc3339(self._clock.now()) if final else None, status.value, job_id, runner.id),
            )
            if final:
                self._skip_rest(sql, job_id)
            self._append(sql, job_id, status.value, error or f"job is {status}", {})

    def step(self, job_id: int, runner: Runner, name: str, status: StepStatus, message: str = "") -> None:
        """Record that a step began or ended; a running one may be entered again after an interruption."""
        now = rfc3339(self._clock.now())
        began = status is StepStatus.RUNNING
        with self._db.write() as sql:
            row = sql.execute(
                "UPDATE steps SET status = ?, message = ?, started_at = CASE WHEN ? THEN ? ELSE started_at END,"
                " finished_at = ? WHERE job_id = ? AND name = ?"
                " AND EXISTS (SELECT 1 FROM jobs WHERE id = ? AND runner_id = ?) RETURNING position",
                (status.value, message, began, now, None if began else now, job_id, name, job_id, runner.id),
            ).fetchone()
            if row is None:
                raise StaleClaim(f"step {name!r} of job {job_id} is not this process's to move")
            self._append(sql, job_id, "step", f"{name}: {message or status}", {"step": name, "status": status.value})

    def say(self, job_id: int, runner: Runner, message: str) -> None:
        """Tell what the running step is at."""
        with self._db.write() as sql:
            changed = sql.execute(
                "UPDATE steps SET message = ? WHERE job_id = ? AND status = 'running' AND message <> ?"
                " AND EXISTS (SELECT 1 FROM jobs WHERE id = ? AND runner_id = ?) RETURNING position",
                (message, job_id, message, job_id, runner.id),
            ).fetchone()
            if changed:
                self._append(sql, job_id, "progress", message, {})

    def progress(self, job_id: int, runner: Runner, percent: int, *, bytes_done: int = 0, bytes_total: int = 0) -> None:
        """Tell how far a job is; it never falls. 100 is for success alone."""
        with self._db.write() as sql:
            sql.execute(
                "UPDATE jobs SET progress = max(progress, ?), bytes_done = ?, bytes_total = ?"
                " WHERE id = ? AND runner_id = ? AND status IN ('distributing', 'activating')",
                (min(99, percent), bytes_done, bytes_total, job_id, runner.id),
            )
