"""Who may send a device what cannot be taken back: the newest lease of a job that is held, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database as Sql

from swimctl.errors import StaleClaim
from swimctl.store import journal
from swimctl.store.claims import Claims
from swimctl.store.rows import resumable, storable
from swimctl.store.runners import Runner, written


class Leases(Claims):
    """Numbers that order those who have worked at a job; only the last of them may send."""

    @written
    def lease(self, sql: Sql, job_id: int, runner: Runner) -> int:
        """Return a new lease of a held job; with an older one, nothing may be sent any more. StaleClaim: not held."""
        self._require_ours(sql, job_id, runner)
        ((number,),) = sql.execute(
            "UPDATE jobs SET lease = lease + 1 WHERE id = ? RETURNING lease", [job_id]
        ).fetchall()
        return int(number)

    @written
    def permit(
        self, sql: Sql, job_id: int, runner: Runner, lease: int, command: str, key: str, facts: Mapping[str, Any]
    ) -> None:
        """Record that a command leaves now; a job that may not send it has no record of it either.

        `facts` are remembered under `key`, where the first ones stay. StaleClaim: nothing may be sent, because this
        runner has closed or does not hold the job, or because the job has a newer lease.
        """
        self._require_ours(sql, job_id, runner)
        refused = f"'{storable(command)}' is not sent: job {job_id}"
        if not self._locks.holds(runner.id):
            # Others read its jobs as interrupted, and may take them at any moment.
            raise StaleClaim(f"{refused} was left by process {runner.pid}; {resumable(job_id)}")
        ((newest,),) = sql.execute("SELECT lease FROM jobs WHERE id = ?", [job_id]).fetchall()
        if newest != lease:
            raise StaleClaim(f"{refused} has lease {newest} by now, and this is lease {lease}; the newer one goes on")
        sql.execute(
            "INSERT INTO memories (job_id, key, value) VALUES (?, ?, ?) ON CONFLICT (job_id, key) DO NOTHING",
            [job_id, key, json.dumps(facts)],
        )
        journal.append(sql, self._clock.now(), job_id, "sent", command)
