"""A person's answer to jobs that wait for one; in the audit with who and why.

A job waits for a person while such a step of it runs, also where its process is gone meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database as Sql

from swimctl.config.flows import Flow
from swimctl.config.own_steps import Hold
from swimctl.errors import ConflictError, NotFound, UsageError
from swimctl.models import Caller
from swimctl.states import StepStatus
from swimctl.store import audit, journal
from swimctl.store.reading import Reading
from swimctl.store.rows import numbers, storable
from swimctl.store.runners import written


def answer_key(step: str) -> str:
    """Return under which key a job remembers what a person answered to its step."""
    return f"own answer {step}"


class Answering(Reading):
    """What people say to jobs that wait for them. Whichever process runs a job reads it there."""

    def waiting_for_a_person(self, batch_id: str) -> list[int]:
        """Return the jobs of a batch that wait for a person. NotFound. ConflictError: none does."""
        batch = self.batch(batch_id)
        holds = _holds(batch.flow)
        waiting = [
            job.id
            for job in self.jobs(batch_id=batch.id)
            if any(step.status is StepStatus.RUNNING and step.kind in holds for step in job.steps)
        ]
        if not waiting:
            raise ConflictError(
                f"no job of batch {batch.id} waits for a person; `swimctl status --batch {batch.id[:8]}`"
            )
        return waiting

    @written
    def answer(self, sql: Sql, job_ids: Sequence[int], by: Caller, why: str, *, go: bool) -> list[int]:
        """Answer all of these jobs, or none: they may go on, or must not. Return them.

        NotFound. ConflictError: one does not wait for a person, or has its answer already. UsageError: nobody says why.
        """
        if not why.strip():
            raise UsageError("the reason is empty; say why, for the record: --reason TEXT")
        wanted = sorted(set(job_ids))
        rows = {
            row["id"]: row
            for row in sql.execute(
                "SELECT j.id, s.kind, b.flow FROM jobs j JOIN batches b ON b.id = j.batch_id "
                "LEFT JOIN steps s ON s.job_id = j.id AND s.status = 'running' "
                "WHERE j.id IN (SELECT value FROM json_each(?))",
                [numbers(wanted)],
            )
        }
        if missing := [str(job_id) for job_id in wanted if job_id not in rows]:
            raise NotFound(f"there is no job {', '.join(missing)}; `swimctl job list` shows those that exist")
        holds = {flow: _holds(flow) for flow in {row["flow"] for row in rows.values()}}
        others = [str(one) for one in wanted if rows[one]["kind"] not in holds[rows[one]["flow"]]]
        if others:
            raise ConflictError(
                f"job {', '.join(others)} does not wait for a person; nothing was answered; next: `swimctl status`"
            )
        now, said = self._clock.now(), {"by": storable(by.name), "why": storable(why.strip()), "go": go}
        for job_id in wanted:
            step = rows[job_id]["kind"]
            new = sql.execute(
                "INSERT INTO memories (job_id, key, value) VALUES (?, ?, ?) ON CONFLICT (job_id, key) DO NOTHING "
                "RETURNING key",
                [job_id, answer_key(step), json.dumps(said)],
            ).fetchall()
            if not new:
                raise ConflictError(f"job {job_id} has its answer to {step!r} already; nothing was answered")
            word = "released" if go else "refused"
            journal.append(sql, now, job_id, "answer", f"{step}: {word} by {said['by']}: {said['why']}", dict(said))
        steps = sorted({str(rows[job_id]["kind"]) for job_id in wanted})
        told = {"jobs": wanted, "steps": steps, "reason": said["why"]}
        audit.enter(sql, now, by, "release" if go else "refuse", f"{len(wanted)} jobs", told)
        return wanted


def _holds(flow: str) -> frozenset[str]:
    """Return the steps of a workflow that wait for a person."""
    return frozenset(step.name for step in Flow.of(flow).own if isinstance(step, Hold))
