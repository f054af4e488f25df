"""Waiting jobs: made with their batch, owned, cancelled, given up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import NotFound, StaleClaim, UsageError
from swimctl.models import Batch, Caller, Job
from swimctl.states import JobStatus
from swimctl.store import audit, journal, nights
from swimctl.store.idempotency import IdempotencyKey, ids_of, keep, refuse_second
from swimctl.store.laying import NewJob, checked, drafted, lay
from swimctl.store.nights import NewNight
from swimctl.store.proofs import Kind
from swimctl.store.reading import Reading
from swimctl.store.rows import numbers, storable
from swimctl.store.runners import Runner, Runners, written


class Batches(Reading, Runners):
    """Batches and the jobs that nobody runs yet."""

    def create_batch(
        self,
        batch: Batch,
        jobs: Sequence[NewJob],
        idempotency: IdempotencyKey | None = None,
        answer: Callable[[Sequence[Job]], Mapping[str, Any]] = ids_of,
        by: Caller | None = None,
        retry_of: str = "",
        signed: str = "",
        unproved: Collection[Kind] = (),
        night: NewNight | None = None,
    ) -> list[Job]:
        """Create a batch and its jobs, all or none; jobs get ids in the order given.

        A batch that is neither scheduled nor detached belongs to this process from the start, so that no
        moment exists in which its end would go unseen; `own_batch` hands it to a runner of this store.
        With `once`, what `answer` says of the jobs is kept in the same transaction for requests with the same key;
        it must be pure, and JSON. With `by`, the audit says in the same transaction who asked;
        `retry_of` is the batch whose jobs are tried again, `signed` the SHA-256 of the plan that was signed, and
        `unproved` the kinds whose first would have gone alone, if the policy did not forbid it. With `night` it is
        the batch of a campaign's night, which begins with it or not at all.
        AlreadyDone: another was first, here is its answer. KeyReused: with another body. NotFound: an image or
        device that is not there. ConflictError: a batch id that is taken.
        """
        if not jobs:
            raise UsageError("a batch needs at least one job: select at least one device")
        for job in jobs:
            if len(set(job.steps)) != len(job.steps):
                raise UsageError(f"a workflow names a step twice: {', '.join(job.steps)}")
        with self._db.read() as reading:
            ready = drafted(reading, batch, jobs, answer if idempotency is not None else None)

        def work(sql: Sql) -> list[Job]:
            now = self._clock.now()
            if idempotency is not None:
                refuse_second(sql, idempotency, now)
            draft = checked(sql, ready, batch, jobs, answer if idempotency is not None else None)
            owner = None if batch.detached or batch.schedule_time is not None else self._presence(sql)
            lay(sql, draft, batch, owner, now)
            number = None if night is None else nights.begin(sql, night, batch.id, now)
            if idempotency is not None:
                keep(sql, idempotency, draft.answer, now)
            if by is not None:
                action, of = ("retry", {"of": retry_of}) if retry_of else ("trigger", {})
                told: dict[str, Any] = {"jobs": [job.id for job in draft.made], **of}
                told |= {"plan_sha256": signed} if signed else {}
                told |= {} if number is None else {"night": number}
                if batch.options.waivers:
                    told["waivers"] = [asdict(waiver) for waiver in batch.options.waivers]
                audit.enter(sql, now, by, action, batch.id, told)
                if not batch.policy.pilot:
                    audit.enter(sql, now, by, "no-pilot", batch.id, {"unproved": sorted(map(str, unproved))})
            return draft.made

        return self._db.write(work)

    @written
    def own_batch(self, sql: Sql, batch_id: str, runner: Runner) -> None:
        """Make the waiting jobs of a batch this runner's own.

        While it lives, `due` does not offer them and no other process can claim them. NotFound. StaleClaim:
        another living process has the batch.
        """
        row = sql.execute(
            "SELECT b.runner_id, r.pid, r.host FROM batches b LEFT JOIN runners r ON r.id = b.runner_id WHERE b.id = ?",
            [batch_id],
        ).fetchone()
        if row is None:
            raise NotFound(f"there is no batch '{batch_id}'; `swimctl job list` shows those that exist")
        if self._locks.others(row["runner_id"], runner.id):
            raise StaleClaim(
                f"batch {batch_id} is run by process {row['pid']} on {row['host']}; "
                f"`swimctl status --batch {batch_id} --watch` follows it"
            )
        sql.execute("UPDATE batches SET runner_id = ? WHERE id = ?", [runner.id, batch_id])

    @written
    def disown_batch(self, sql: Sql, batch_id: str, runner: Runner) -> None:
        """Give back the waiting jobs of a batch that this runner will not run; nothing where it is not its own."""
        sql.execute("UPDATE batches SET runner_id = NULL WHERE id = ? AND runner_id = ?", [batch_id, runner.id])

    def cancel(self, job_ids: Sequence[int], by: Caller | None = None) -> list[int]:
        """Cancel those of the jobs that still wait, and return their ids; such a job never starts.

        With `by` the audit says in the same transaction who cancelled what.
        """
        return self._end_waiting(job_ids, JobStatus.CANCELLED, None, by)

    def fail_waiting(self, job_ids: Sequence[int], error: str) -> list[int]:
        """Fail those of the jobs that still wait, and return their ids; they read as not attempted."""
        return self._end_waiting(job_ids, JobStatus.FAILED, error)

    @written
    def _end_waiting(
        self, sql: Sql, job_ids: Sequence[int], status: JobStatus, error: str | None, by: Caller | None = None
    ) -> list[int]:
        now = self._clock.now()
        error = None if error is None else storable(error)
        rows = sql.execute(
            "UPDATE jobs SET status = ?, error = ?, finished_at = ?, outcome = 'untouched' "
            "WHERE id IN (SELECT value FROM json_each(?)) AND status IN ('pending', 'scheduled') RETURNING id",
            [status, error, rfc3339(now), numbers(job_ids)],
        ).fetchall()
        ended = sorted(row["id"] for row in rows)
        sql.execute(
            "UPDATE steps SET status = 'skipped' WHERE job_id IN (SELECT value FROM json_each(?))", [numbers(ended)]
        )
        said = error or status
        journal.append_all(sql, [journal.row_of(now, job_id, "status", said, {"to": status}) for job_id in ended])
        if by is not None:
            audit.enter(sql, now, by, "cancel", f"{len(ended)} jobs", {"jobs": ended})
        return ended
