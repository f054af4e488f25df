"""What people say of a device that is held after its post-checks failed: kept until its job hears it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database as Sql

from swimctl.errors import ConflictError, UsageError
from swimctl.models import Caller, Job
from swimctl.states import RUNNING, JobStatus
from swimctl.store import audit, journal
from swimctl.store.steering import Steering
from swimctl.waiting import HeldAnswer, WaitKind
from swimctl.waivers import HeldLook, Waiver


class Holding(Steering):
    """Answers to jobs that wait for a person."""

    def held_look(self, job_id: int) -> HeldLook:
        """Return what the newest look at a held job's device found."""
        with self._db.read() as sql:
            return _seen_last(sql, job_id)

    def answer_held(
        self, job_id: int, answer: HeldAnswer, by: Caller, reason: str = "", look: str = ""
    ) -> tuple[Waiver, ...]:
        """Record what a person decided of a held job, in the audit, too; return what they accept with it.

        To keep is to accept exactly what was seen in the look of this mark, which must be the newest: the job looks
        again, and where anything else is found it is held once more. NotFound. ConflictError: the job is not held,
        somebody had it looked at since, or what was found cannot be accepted. UsageError: to keep it needs a reason
        and a look.
        """
        job = self.job(job_id)
        if answer is HeldAnswer.KEEP and not reason.strip():
            raise UsageError(f"say why {job.device_name} is kept as it is: --reason TEXT")

        def work(sql: Sql) -> tuple[Waiver, ...]:
            _require_held(sql, job)
            waivers = _accepted(sql, job, by, reason.strip(), look) if answer is HeldAnswer.KEEP else ()
            number = sql.execute(
                "SELECT 1 + count(*) FROM memories WHERE job_id = ? AND key >= 'said ' AND key < 'said!'", [job.id]
            ).fetchone()[0]
            said: Mapping[str, Any] = {
                "answer": answer.value,
                "by": by.name,
                "reason": reason.strip(),
                "look": look,
                "waivers": [asdict(waiver) for waiver in waivers],
            }
            sql.execute(
                "INSERT INTO memories (job_id, key, value) VALUES (?, ?, ?)",
                [job.id, f"said {number}", json.dumps(said)],
            )
            told = f"{answer.value}, by {by.name or 'somebody'}" + (f": {reason.strip()}" if reason.strip() else "")
            now = self._clock.now()
            journal.append(sql, now, job.id, "recheck", told, said)
            audit.enter(sql, now, by, "recheck", f"job {job.id}", {"device": job.device_name, **said})
            return waivers

        return self._db.write(work)


def _require_held(sql: Sql, job: Job) -> None:
    row = sql.execute("SELECT status, waiting FROM jobs WHERE id = ?", [job.id]).fetchone()
    kind = json.loads(row["waiting"])[0] if row["waiting"] else ""
    if JobStatus(row["status"]) in RUNNING and kind == WaitKind.HELD:
        return
    if JobStatus(row["status"]) in RUNNING and job.interrupted:
        raise ConflictError(
            f"job {job.id} on {job.device_name} was interrupted, so nobody could hear this; next: `swimctl resume "
            f"{job.id}`; a device that is still not as before is held again, until the same time"
        )
    if JobStatus(row["status"]) in RUNNING:
        raise ConflictError(
            f"job {job.id} on {job.device_name} is not held now; `swimctl status --watch` follows it; with "
            "`upgrade --on-failed-checks hold` a device is held where its post-checks fail"
        )
    raise ConflictError(
        f"job {job.id} on {job.device_name} is {row['status']}: there is nothing to keep, and nothing to go back from; "
        f"next: `swimctl job show {job.id}`"
    )


def _accepted(sql: Sql, job: Job, by: Caller, reason: str, look: str) -> tuple[Waiver, ...]:
    """Return waivers of all that was seen in a look.

    ConflictError: it is not the newest one, or something in it nobody can waive. UsageError: no look is named.
    """
    seen = _seen_last(sql, job.id)
    if seen.refused:
        raise ConflictError(
            f"job {job.id}: {seen.refused} cannot be waived; next: mend it, then `swimctl recheck {job.id}`, or "
            f"`swimctl recheck {job.id} --back`"
        )
    if not look:
        raise UsageError(f"say which look at {job.device_name} you accept; {seen.how_to_keep(job.id)}")
    if look != seen.mark:
        raise ConflictError(
            f"{look} is not the newest look at {job.device_name}, so nothing was accepted; {seen.how_to_keep(job.id)}"
        )
    return tuple(Waiver(job.device_name, finding, what, reason, by.name) for finding, what in seen.found)


def _seen_last(sql: Sql, job_id: int) -> HeldLook:
    rows: Sequence[Any] = sql.execute(
        "SELECT data FROM events WHERE job_id = ? AND kind = 'held' ORDER BY id DESC LIMIT 1", [job_id]
    ).fetchall()
    return HeldLook.of(each for row in rows for each in json.loads(row["data"]).get("found", ()))
