"""Between rows of the tables and models. Pure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from swimctl.models import Batch, Event, ExecutionMode, Golden, Image, Job, JobOptions, Step
from swimctl.states import RUNNING, WAITING, JobStatus, StepStatus

JOBS_SQL = """
    SELECT j.*, d.name AS device_name, i.filename AS image_filename, i.version AS image_version,
           b.created_at AS created_at, b.schedule_time AS schedule_time, b.runner_id AS batch_runner, r.pid AS pid
    FROM jobs j JOIN devices d ON d.id = j.device_id JOIN images i ON i.id = j.image_id
         JOIN batches b ON b.id = j.batch_id LEFT JOIN runners r ON r.id = ifnull(j.runner_id, b.runner_id)
"""


def moment(text: str | None) -> datetime | None:
    """Read a stored time."""
    return datetime.fromisoformat(text) if text else None


def _sure(text: str) -> datetime:
    return datetime.fromisoformat(text)


def image(row: sqlite3.Row) -> Image:
    """Make an Image."""
    return Image(
        row["id"],
        row["filename"],
        Path(row["path"]),
        row["platform"],
        row["family"],
        row["version"],
        row["size"],
        row["sha512"],
        row["md5"],
        _sure(row["added_at"]),
    )


def golden(row: sqlite3.Row) -> Golden:
    """Make a Golden."""
    return Golden(row["image_id"], row["platform"], row["family"], row["group_name"])


def batch(row: sqlite3.Row) -> Batch:
    """Make a Batch."""
    return Batch(
        id=row["id"],
        mode=ExecutionMode(row["mode"]),
        max_failures=row["max_failures"],
        options=JobOptions(**json.loads(row["options"])),
        created_at=_sure(row["created_at"]),
        schedule_time=moment(row["schedule_time"]),
        workers=row["workers"],
        detached=bool(row["detached"]),
        requested_by=row["requested_by"],
    )


def options_json(options: JobOptions) -> str:
    """Write the options of a batch."""
    return json.dumps(asdict(options))


def event(row: sqlite3.Row) -> Event:
    """Make an Event."""
    return Event(row["id"], row["job_id"], _sure(row["at"]), row["kind"], row["message"], json.loads(row["data"]))


def steps_by_job(rows: Iterable[sqlite3.Row]) -> dict[int, tuple[Step, ...]]:
    """Collect steps, which come in their order."""
    found: dict[int, list[Step]] = {}
    for row in rows:
        step = Step(
            row["name"],
            StepStatus(row["status"]),
            row["message"],
            moment(row["started_at"]),
            moment(row["finished_at"]),
        )
        found.setdefault(row["job_id"], []).append(step)
    return {job_id: tuple(steps) for job_id, steps in found.items()}


def job(row: sqlite3.Row, steps: tuple[Step, ...], alive: Mapping[str, bool]) -> Job:
    """Make a Job; whether it is interrupted is told by its runner, not by the row."""
    status = JobStatus(row["status"])
    owner, batch_owner = row["runner_id"], row["batch_runner"]
    error, interrupted = row["error"], False
    if status in RUNNING and not (owner and alive.get(owner, False)):
        interrupted = True
        at = next((step.name for step in steps if step.status is StepStatus.RUNNING), None)
        where = f" in step {at}" if at else " between two steps"
        reason = error or f"interrupted: process {row['pid'] or 'of its runner'} died{where}"
        error = f"{reason}; `swimctl resume {row['id']}` takes it up"
    elif status in WAITING and batch_owner and not alive.get(batch_owner, False) and status is JobStatus.PENDING:
        interrupted = True
        error = f"interrupted before it started; `swimctl resume {row['id']}` takes it up"
    return Job(
        id=row["id"],
        batch_id=row["batch_id"],
        device_id=row["device_id"],
        device_name=row["device_name"],
        image_id=row["image_id"],
        image_filename=row["image_filename"],
        image_version=row["image_version"],
        status=status,
        progress=row["progress"],
        steps=steps,
        created_at=_sure(row["created_at"]),
        error=error,
        schedule_time=moment(row["schedule_time"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        bytes_done=row["bytes_done"],
        bytes_total=row["bytes_total"],
        attempted=bool(row["attempted"]),
        interrupted=interrupted,
    )
