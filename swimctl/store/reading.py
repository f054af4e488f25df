"""Reading batches and jobs; a handful of statements, however many jobs there are."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import NotFound
from swimctl.models import Batch, Job, Step
from swimctl.store.rows import JOB_QUERY, batch_from, job_from, numbers, step_from, storable
from swimctl.store.runners import Part

SHORTEST_PREFIX: Final = 6


# As rows.abandoned has it.
_LEFT: Final = (
    "(j.status IN ('distributing', 'activating') AND NOT swimctl_lives(j.runner_id)) OR (j.status = 'pending' "
    "AND NOT b.detached AND b.schedule_time IS NULL AND NOT swimctl_lives(b.runner_id))"
)


@dataclass(frozen=True, slots=True)
class ChangedJobs:
    """Jobs that have changed, and the number of the latest change of all that were asked for, 0 where there are none.

    `alive` are the living runners of those jobs, by whose end some of them may become interrupted.
    """

    number: int
    jobs: tuple[Job, ...]
    alive: frozenset[str]


def no_batch(batch_id: str) -> NotFound:
    """Return what is said of a batch that does not exist; of one that somebody may not look at, the same is said."""
    return NotFound(
        f"there is no batch '{batch_id}' ({SHORTEST_PREFIX} characters of the id are enough); "
        "`swimctl job list` shows those that exist"
    )


class Reading(Part):
    """Questions about batches and jobs."""

    def batch(self, batch_id: str) -> Batch:
        """Return the batch with this id, or with an id that begins so (6 characters at least). NotFound."""
        batch_id = storable(batch_id)
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM batches WHERE id = :id "
                "OR (length(:id) >= :shortest AND substr(id, 1, length(:id)) = :id) ORDER BY id = :id DESC, id LIMIT 2",
                {"id": batch_id, "shortest": SHORTEST_PREFIX},
            ).fetchall()
        if len(rows) == 1 or (rows and rows[0]["id"] == batch_id):
            return batch_from(rows[0])
        if rows:
            raise NotFound(f"'{batch_id}' begins the ids of several batches, such as {rows[0]['id']}; give more of it")
        raise no_batch(batch_id)

    def batches(self, limit: int = 50) -> list[Batch]:
        """List batches, newest first."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT * FROM batches ORDER BY created_at DESC, rowid DESC LIMIT ?", [limit]).fetchall()
        return [batch_from(row) for row in rows]

    def jobs(self, *, ids: Sequence[int] | None = None, batch_id: str | None = None) -> list[Job]:
        """List jobs in id order: those with these ids, those of this batch, those that are both, or all.

        Ids that do not exist are just absent. `batch_id` is a whole id.
        """
        where, values = _which(ids, batch_id)
        with self._db.read() as sql:
            return self._jobs(sql, where, values)

    def changed_since(
        self,
        *,
        ids: Sequence[int] | None = None,
        batch_id: str | None = None,
        since: int = 0,
        interrupted: bool = False,
    ) -> ChangedJobs:
        """Return those of the jobs that `jobs` would list that have changed after a number that this gave before.

        A process's end is no change of the store: with `interrupted` the jobs that it left are there in any case.
        """
        where, values = _which(ids, batch_id)
        asked = f"j.changed > ? OR {_LEFT}" if interrupted else "j.changed > ?"
        with self._db.read() as sql:
            number = sql.execute(f"SELECT ifnull(max(j.changed), 0) FROM jobs j WHERE {where}", values).fetchone()[0]
            if number <= since and not interrupted:
                return ChangedJobs(number, (), frozenset())
            jobs, alive = self._jobs_and_living(sql, f"{where} AND ({asked})", [*values, since])
        return ChangedJobs(number, tuple(jobs), alive)

    def lives(self, runner_id: str) -> bool:
        """Return whether the process of a runner is alive."""
        return self._locks.lives(runner_id)

    def all_here(self, runner_ids: Iterable[str]) -> bool:
        """Return whether all these runners are of this very store."""
        return all(map(self._locks.holds, runner_ids))

    def job(self, job_id: int) -> Job:
        """Return one job. NotFound."""
        for job in self.jobs(ids=[job_id]):
            return job
        raise NotFound(f"there is no job {job_id}; `swimctl job list` shows those that exist")

    def due(self, now: datetime) -> list[Job]:
        """List what anybody may run now: scheduled jobs whose time has come, and pending jobs of detached batches.

        In the order of the batches, then of the jobs. A batch that a living process has made its own with
        `own_batch` is left out, whoever asks; one whose process died is there again. Behind an interrupted job of
        a sequential batch, of an earlier wave, or that this one has to wait for, nobody is offered: the order holds
        until `resume` has ended that job, and `resume` could not own a batch in which somebody waits for it. A batch
        that waits for its approval, is paused or stopped, is left out. A job that was stopped after its step is
        offered again once its batch goes on.
        """
        with self._db.read() as sql:
            return self._jobs(
                sql,
                "(j.status IN ('distributing', 'activating') AND j.stop_by = '' AND b.stopped_by IS NULL"
                " AND (b.detached OR b.schedule_time IS NOT NULL))"
                " OR ((j.status = 'scheduled' AND b.schedule_time <= ?)"
                " OR (j.status = 'pending' AND (b.detached OR b.schedule_time IS NOT NULL)))"
                " AND NOT (b.needs_approval AND b.approved_by IS NULL)"
                " AND b.paused_by IS NULL AND b.stopped_by IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM jobs first WHERE first.batch_id = j.batch_id"
                " AND first.status IN ('distributing', 'activating')"
                " AND (b.mode = 'sequential' OR first.wave < j.wave"
                " OR (first.id < j.id AND first.redundancy_group = j.redundancy_group)"
                " OR first.id IN (SELECT value FROM json_each(j.after))"
                " OR (j.unproved = 1 AND first.unproved = 1 AND first.kind = j.kind)))",
                [rfc3339(now)],
                order="b.created_at, b.rowid, j.id",
                keep=lambda row: not self._locks.lives(row["owner_id"]),
            )

    def interrupted(self) -> list[Job]:
        """List the jobs that wait for `resume`, in id order; their `error` says why."""
        with self._db.read() as sql:
            jobs = self._jobs(sql, "j.status IN ('distributing', 'activating', 'pending')", [])
        return [job for job in jobs if job.interrupted]

    def unfinished(self) -> list[Job]:
        """List the jobs that wait, run or are interrupted, in id order."""
        with self._db.read() as sql:
            return self._jobs(sql, "j.status IN ('pending', 'scheduled', 'distributing', 'activating')", [])

    def blocked_by(self, job_id: int, place: str = "") -> Job | None:
        """Return the other running job on this job's device, else the one of its redundancy group, if there is one.

        A job under another name at the same `place` (address and port) is on this device too.
        """
        with self._db.read() as sql:
            found = self._jobs(
                sql,
                "j.status IN ('distributing', 'activating') AND j.id <> :job "
                "AND (j.device_id = (SELECT device_id FROM jobs WHERE id = :job) "
                "OR j.id = (SELECT job_id FROM held WHERE what = :place) "
                "OR j.redundancy_group = (SELECT redundancy_group FROM jobs WHERE id = :job))",
                {"job": job_id, "place": storable(place)},
                order="j.device_id <> (SELECT device_id FROM jobs WHERE id = :job), j.id",
            )
        return found[0] if found else None

    def _jobs(
        self,
        sql: Sql,
        where: str,
        values: Sequence[Any] | dict[str, Any],
        *,
        order: str = "j.id",
        keep: Callable[[sqlite3.Row], bool] | None = None,
    ) -> list[Job]:
        return self._jobs_and_living(sql, where, values, order=order, keep=keep)[0]

    def _jobs_and_living(
        self,
        sql: Sql,
        where: str,
        values: Sequence[Any] | dict[str, Any],
        *,
        order: str = "j.id",
        keep: Callable[[sqlite3.Row], bool] | None = None,
    ) -> tuple[list[Job], frozenset[str]]:
        """Return jobs, and those of their runners and of their batches' owners that live."""
        rows = sql.execute(f"{JOB_QUERY} WHERE {where} ORDER BY {order}", values).fetchall()
        rows = rows if keep is None else [row for row in rows if keep(row)]
        steps = _steps(sql, [row["id"] for row in rows])
        runners = {row["runner_id"] for row in rows} | {row["owner_id"] for row in rows}
        alive = frozenset(runner for runner in runners if self._locks.lives(runner))
        return [job_from(row, steps[row["id"]], alive) for row in rows], alive


def _which(ids: Sequence[int] | None, batch_id: str | None) -> tuple[str, list[Any]]:
    where, values = ["1"], list[Any]()
    if ids is not None:
        where.append("j.id IN (SELECT value FROM json_each(?))")
        values.append(numbers(ids))
    if batch_id is not None:
        where.append("j.batch_id = ?")
        values.append(storable(batch_id))
    return " AND ".join(where), values


def _steps(sql: Sql, job_ids: Sequence[int]) -> dict[int, list[Step]]:
    found: defaultdict[int, list[Step]] = defaultdict(list)
    for row in sql.execute(
        "SELECT * FROM steps WHERE job_id IN (SELECT value FROM json_each(?)) ORDER BY job_id, position",
        [numbers(job_ids)],
    ):
        found[row["job_id"]].append(step_from(row))
    return found
