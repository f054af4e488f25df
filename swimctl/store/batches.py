"""Waiting jobs: made with their batch, owned, cancelled, given up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError, NotFound, StaleClaim, UsageError
from swimctl.models import Batch, Caller, Job, Step
from swimctl.states import JobStatus
from swimctl.store import audit, journal
from swimctl.store.idempotency import IdempotencyKey, ids_of, keep, refuse_second
from swimctl.store.reading import Reading
from swimctl.store.rows import moment, numbers, policy_text, storable
from swimctl.store.runners import Runner, Runners, written


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is made of; `steps` are kinds in their order.

    `after` are places in the list of the new jobs, from 0, of those that must have ended before this one starts.
    """

    device_id: int
    device_name: str
    image_id: int
    steps: tuple[str, ...]
    wave: int = 1
    redundancy_group: str | None = None
    after: tuple[int, ...] = ()


_NEXT_JOB: Final = (
    "SELECT 1 + max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'jobs'), 0), "
    "ifnull((SELECT max(id) FROM jobs), 0))"
)


class Batches(Reading, Runners):
    """Batches and the jobs that nobody runs yet."""

    @written
    def create_batch(
        self,
        sql: Sql,
        batch: Batch,
        jobs: Sequence[NewJob],
        idempotency: IdempotencyKey | None = None,
        answer: Callable[[Sequence[Job]], Mapping[str, Any]] = ids_of,
        by: Caller | None = None,
        retry_of: str = "",
    ) -> list[Job]:
        """Create a batch and its jobs, all or none; jobs get ids in the order given.

        A batch that is neither scheduled nor detached belongs to this process from the start, so that no
        moment exists in which its end would go unseen; `own_batch` hands it to a runner of this store.
        With `once`, what `answer` says of the jobs is kept in the same transaction for requests with the same key;
        it must be pure, and JSON. With `by`, the audit says in the same transaction who asked;
        `retry_of` is the batch whose jobs are tried again.
        AlreadyDone: another was first, here is its answer. KeyReused: with another body. NotFound: an image or
        device that is not there. ConflictError: a batch id that is taken.
        """
        if not jobs:
            raise UsageError("a batch needs at least one job: select at least one device")
        for job in jobs:
            if len(set(job.steps)) != len(job.steps):
                raise UsageError(f"a workflow names a step twice: {', '.join(job.steps)}")
        status = JobStatus.PENDING if batch.schedule_time is None else JobStatus.SCHEDULED
        if idempotency is not None:
            refuse_second(sql, idempotency, self._clock.now())
        _check_references(sql, batch, jobs)
        owner = None if batch.detached or batch.schedule_time is not None else self._presence(sql)
        _insert_batch(sql, batch, owner)
        _insert_jobs(sql, batch, jobs, status, self._clock.now())
        made = _made(sql, batch, jobs, status)
        if idempotency is not None:
            keep(sql, idempotency, answer(made), self._clock.now())
        if by is not None:
            action, of = ("retry", {"of": retry_of}) if retry_of else ("trigger", {})
            told = {"jobs": [job.id for job in made], **of}
            audit.enter(sql, self._clock.now(), by, action, batch.id, told)
        return made

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


def _check_references(sql: Sql, batch: Batch, jobs: Sequence[NewJob]) -> None:
    if sql.execute("SELECT 1 FROM batches WHERE id = ?", [batch.id]).fetchone():
        raise ConflictError(f"there is a batch {batch.id} already")
    wanted = json.dumps(sorted({job.image_id for job in jobs}))
    missing = sql.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM images WHERE removed_at IS NULL)", [wanted]
    ).fetchone()
    if missing is not None:
        raise NotFound(f"there is no image {missing[0]} in the catalogue; `swimctl image list` shows what there is")
    named = json.dumps([(job.device_id, storable(job.device_name)) for job in jobs])
    misnamed = sql.execute(
        "SELECT key FROM json_each(?) w WHERE NOT EXISTS (SELECT 1 FROM devices WHERE "
        "id = json_extract(w.value, '$[0]') AND name = json_extract(w.value, '$[1]')) LIMIT 1",
        [named],
    ).fetchone()
    if misnamed is not None:
        job = jobs[misnamed[0]]
        raise NotFound(f"device {job.device_id} is not {job.device_name}; `swimctl device list` shows ids and names")


def _insert_jobs(sql: Sql, batch: Batch, jobs: Sequence[NewJob], status: JobStatus, now: datetime) -> None:
    """Lay jobs, steps and first events: a statement each, as whoever else writes waits meanwhile."""
    first = sql.execute(_NEXT_JOB).fetchone()[0]
    rows = [
        [job.device_id, job.image_id, job.wave, job.redundancy_group, [first + place for place in job.after], job.steps]
        for job in jobs
    ]
    new = {"first": first, "jobs": json.dumps(rows), "batch": batch.id, "status": status, "now": rfc3339(now)}
    sql.execute("UPDATE changes SET number = number + 1")
    sql.execute(
        """
        INSERT INTO jobs (id, batch_id, device_id, image_id, status, wave, redundancy_group, after, changed)
        SELECT :first + key, :batch, json_extract(value, '$[0]'), json_extract(value, '$[1]'), :status,
               json_extract(value, '$[2]'), json_extract(value, '$[3]'), json_extract(value, '$[4]'),
               (SELECT number FROM changes)
        FROM json_each(:jobs) ORDER BY key
        """,
        new,
    )
    sql.execute(
        "INSERT INTO steps (job_id, position, kind) SELECT :first + j.key, s.key, s.value "
        "FROM json_each(:jobs) j, json_each(j.value, '$[5]') s",
        new,
    )
    sql.execute(
        "INSERT INTO events (job_id, at, kind, message, data) SELECT :first + key, :now, 'created', :status, "
        """'{"to": "' || :status || '"}' FROM json_each(:jobs) ORDER BY key""",
        new,
    )


def _made(sql: Sql, batch: Batch, jobs: Sequence[NewJob], status: JobStatus) -> list[Job]:
    """Return the jobs that were just laid, without reading each of them."""
    last = int(sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()[0])
    images = {
        row["id"]: row
        for row in sql.execute(
            "SELECT id, filename, version, family FROM images WHERE id IN (SELECT value FROM json_each(?))",
            [numbers({job.image_id for job in jobs})],
        )
    }
    steps = {kinds: tuple(map(Step, kinds)) for kinds in {job.steps for job in jobs}}
    first, created_at = last - len(jobs) + 1, datetime.fromisoformat(rfc3339(batch.created_at))
    schedule_time = None if batch.schedule_time is None else moment(rfc3339(batch.schedule_time))
    return [
        Job(
            id=number,
            batch_id=batch.id,
            device_id=job.device_id,
            device_name=job.device_name,
            image_id=job.image_id,
            image_filename=images[job.image_id]["filename"],
            image_version=images[job.image_id]["version"],
            status=status,
            progress=0,
            steps=steps[job.steps],
            created_at=created_at,
            schedule_time=schedule_time,
            wave=job.wave,
            redundancy_group=job.redundancy_group,
            after=tuple(first + place for place in job.after),
            image_family=images[job.image_id]["family"],
        )
        for number, job in enumerate(jobs, first)
    ]


def _insert_batch(sql: Sql, batch: Batch, owner: str | None) -> None:
    sql.execute(
        "INSERT INTO batches (id, mode, max_failures, options, created_at, schedule_time, workers, detached, "
        "requested_by, runner_id, policy, needs_approval, approved_by, approved_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            batch.id,
            batch.mode,
            batch.max_failures,
            json.dumps(asdict(batch.options)),
            rfc3339(batch.created_at),
            None if batch.schedule_time is None else rfc3339(batch.schedule_time),
            batch.workers,
            batch.detached,
            storable(batch.requested_by),
            owner,
            policy_text(batch.policy),
            batch.needs_approval,
            batch.approved_by,
            None if batch.approved_at is None else rfc3339(batch.approved_at),
        ],
    )
