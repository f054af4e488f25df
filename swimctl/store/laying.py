"""A new batch and its jobs: made ready while nobody waits for it, then laid in a handful of statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError, NotFound
from swimctl.models import Batch, Job, Step
from swimctl.states import JobStatus
from swimctl.store.proofs import PROVES
from swimctl.store.rows import moment, numbers, policy_text, storable
from swimctl.waiting import waits_by_itself

Answering = Callable[[Sequence[Job]], Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is made of; `steps` are kinds in their order.

    `after` are places in the list of the new jobs, from 0, of those that must have ended before this one starts.
    `unproved`: the first of its `kind` has to go alone, unless that is proved by now.
    """

    device_id: int
    device_name: str
    image_id: int
    steps: tuple[str, ...]
    wave: int = 1
    redundancy_group: str | None = None
    after: tuple[int, ...] = ()
    kind: str = ""
    unproved: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Jobs with the ids that they get where nobody makes others meanwhile: as models, as rows, and as an answer."""

    made: list[Job]
    rows: str
    steps: Mapping[tuple[str, ...], list[int]]
    answer: Mapping[str, Any]


_NEXT_JOB: Final = (
    "SELECT 1 + max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'jobs'), 0), "
    "ifnull((SELECT max(id) FROM jobs), 0))"
)


def drafted(sql: Sql, batch: Batch, jobs: Sequence[NewJob], answer: Answering) -> Draft | None:
    """Make everything ready; None where an image is not there."""
    first = int(sql.execute(_NEXT_JOB).fetchone()[0])
    images = {
        row["id"]: row
        for row in sql.execute(
            "SELECT id, filename, version, family FROM images WHERE id IN (SELECT value FROM json_each(?))",
            [numbers({job.image_id for job in jobs})],
        )
    }
    if not {job.image_id for job in jobs} <= set(images):
        return None
    steps = {kinds: tuple(map(Step, kinds)) for kinds in {job.steps for job in jobs}}
    # As they will be read: microseconds, and in UTC.
    created_at = datetime.fromisoformat(rfc3339(batch.created_at))
    schedule_time = None if batch.schedule_time is None else moment(rfc3339(batch.schedule_time))
    status = JobStatus.PENDING if batch.schedule_time is None else JobStatus.SCHEDULED
    waiting = waits_by_itself(
        status,
        batch.id,
        paused=False,
        stopped=False,
        unapproved=batch.needs_approval and batch.approved_by is None,
        schedule_time=schedule_time,
        owned=not batch.detached and schedule_time is None,
    )
    made = [
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
            waiting=waiting,
        )
        for number, job in enumerate(jobs, first)
    ]
    rows = [
        [one.id, one.device_id, one.image_id, one.wave, one.redundancy_group, one.after, job.kind, job.unproved]
        for one, job in zip(made, jobs, strict=True)
    ]
    ids: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for one, job in zip(made, jobs, strict=True):
        ids[job.steps].append(one.id)
    return Draft(made, json.dumps(rows), ids, {} if answer is None else answer(made))


def checked(sql: Sql, ready: Draft | None, batch: Batch, jobs: Sequence[NewJob], answer: Answering) -> Draft:
    """Return what may be laid now: what was made ready, or a new one where others have taken its ids meanwhile.

    ConflictError: the batch's id is taken. NotFound: an image or a device is not there.
    """
    _check_references(sql, batch, jobs)
    if ready is None or ready.made[0].id != sql.execute(_NEXT_JOB).fetchone()[0]:
        ready = drafted(sql, batch, jobs, answer)
    if ready is None:
        raise NotFound("an image of these jobs is not there; `swimctl image list` shows what there is")
    return ready


def lay(sql: Sql, draft: Draft, batch: Batch, owner: str | None, now: datetime) -> None:
    """Write the batch, its jobs, their steps and first events: a statement each, as who else writes waits."""
    _insert_batch(sql, batch, owner)
    new = {"jobs": draft.rows, "batch": batch.id, "status": draft.made[0].status, "now": rfc3339(now)}
    sql.execute("UPDATE changes SET number = number + 1")
    sql.execute(
        f"""
        INSERT INTO jobs (
            id, batch_id, device_id, image_id, status, wave, redundancy_group, after, kind, unproved, changed
        )
        SELECT json_extract(value, '$[0]'), :batch, json_extract(value, '$[1]'), json_extract(value, '$[2]'), :status,
               json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'),
               json_extract(value, '$[6]'),
               json_extract(value, '$[7]')
               AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = json_extract(value, '$[6]') AND {PROVES}),
               (SELECT number FROM changes)
        FROM json_each(:jobs) ORDER BY key
        """,
        new,
    )
    for kinds, ids in draft.steps.items():
        sql.execute(
            "INSERT INTO steps (job_id, position, kind) "
            "SELECT i.value, s.key, s.value FROM json_each(?) i CROSS JOIN json_each(?) s",
            [numbers(ids), json.dumps(kinds)],
        )
    sql.execute(
        "INSERT INTO events (job_id, at, kind, message, data) "
        """SELECT json_extract(value, '$[0]'), :now, 'created', :status, '{"to": "' || :status || '"}' """
        "FROM json_each(:jobs) ORDER BY key",
        new,
    )


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


def _insert_batch(sql: Sql, batch: Batch, owner: str | None) -> None:
    sql.execute(
        "INSERT INTO batches (id, mode, max_failures, options, created_at, schedule_time, workers, detached, "
        "requested_by, runner_id, policy, needs_approval, approved_by, approved_at, flow) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            storable(batch.flow),
        ],
    )
