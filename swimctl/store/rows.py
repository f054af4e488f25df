"""Between rows and models. Pure; the only place that knows how a value is written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from swimctl.clock import rfc3339
from swimctl.models import (
    AuditEntry,
    Batch,
    Event,
    ExecutionMode,
    Golden,
    Image,
    ImageKind,
    Job,
    JobOptions,
    Outcome,
    Policy,
    Role,
    Step,
    Token,
    User,
)
from swimctl.states import RUNNING, JobStatus, StepStatus
from swimctl.waiting import Waiting, WaitKind, waits_by_itself
from swimctl.waivers import waivers_from

# What a job, as `j`, removed from its device's flash: the memories that steps/removal.py writes.
REMOVALS: Final = """
    (SELECT json_group_object(key, json(value)) FROM memories m
     WHERE m.job_id = j.id AND m.key >= 'removed ' AND m.key < 'removed!') AS removals
"""
# What of its device a job met and somebody had waived: the memories that steps/waived.py writes.
_WAIVED: Final = """
    (SELECT json_group_array(json(value)) FROM memories m
     WHERE m.job_id = j.id AND m.key >= 'waived ' AND m.key < 'waived!') AS waived
"""
JOB_QUERY: Final = f"""
    SELECT j.*, b.created_at, b.schedule_time, b.detached, b.runner_id AS owner_id,
           b.needs_approval AND b.approved_by IS NULL AS unapproved, b.paused_by, b.stopped_by,
           d.name AS device_name, i.filename AS image_filename, i.version AS image_version,
           i.family AS image_family, r.pid AS runner_pid,
           {REMOVALS}, {_WAIVED}
    FROM jobs j
    JOIN batches b ON b.id = j.batch_id
    JOIN devices d ON d.id = j.device_id
    JOIN images i ON i.id = j.image_id
    LEFT JOIN runners r ON r.id = j.runner_id
"""


def numbers(values: Iterable[int]) -> str:
    """Write ids for json_each: any number of them in one parameter, and none too large to ask for."""
    return json.dumps(list(values))


def storable(text: str) -> str:
    """Escape what UTF-8 cannot say, such as the halves of characters in a device's garbled output."""
    return text.encode("utf-8", "backslashreplace").decode()


def moment(text: str | None) -> datetime | None:
    """Read a time as written by clock.rfc3339."""
    return None if text is None else datetime.fromisoformat(text)


def event_from(row: sqlite3.Row) -> Event:
    """Read an event."""
    at = datetime.fromisoformat(row["at"])
    return Event(row["id"], row["job_id"], at, row["kind"], row["message"], json.loads(row["data"]))


def audit_entry_from(row: sqlite3.Row) -> AuditEntry:
    """Read an entry of the audit."""
    at = datetime.fromisoformat(row["at"])
    return AuditEntry(
        row["id"], at, row["actor"], row["origin"], row["action"], row["subject"], json.loads(row["data"])
    )


def user_from(row: sqlite3.Row) -> User:
    """Read a user, without the password's hash."""
    created_at, roles = datetime.fromisoformat(row["created_at"]), tuple(json.loads(row["roles"]))
    return User(row["id"], row["name"], Role(row["role"]), created_at, roles, row["source"])


def token_from(row: sqlite3.Row) -> Token:
    """Read a token that stands with its user's name."""
    return Token(
        id=row["id"],
        user=row["user"],
        role=Role(row["role"]),
        label=row["label"],
        from_login=bool(row["from_login"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        revoked_at=moment(row["revoked_at"]),
        last_used_at=moment(row["last_used_at"]),
        roles=tuple(json.loads(row["roles"])),
        user_roles=tuple(json.loads(row["user_roles"])) or (row["user_role"],),
    )


def image_from(row: sqlite3.Row) -> Image:
    """Read an image."""
    return Image(
        id=row["id"],
        filename=row["filename"],
        path=Path(row["path"]),
        platform=row["platform"],
        family=row["family"],
        version=row["version"],
        size=row["size"],
        sha512=row["sha512"],
        md5=row["md5"],
        added_at=datetime.fromisoformat(row["added_at"]),
        kind=ImageKind(row["kind"]),
    )


def golden_from(row: sqlite3.Row) -> Golden:
    """Read a golden rule."""
    return Golden(
        image_id=row["image_id"],
        platform=row["platform"],
        family=row["family"],
        group=row["group_name"],
        model=row["model"],
        site=row["site"],
        role=row["role"],
        tag=row["tag"],
        valid_from=None if row["valid_from"] is None else datetime.fromisoformat(row["valid_from"]),
        valid_until=None if row["valid_until"] is None else datetime.fromisoformat(row["valid_until"]),
        release=row["release"],
    )


def batch_from(row: sqlite3.Row) -> Batch:
    """Read a batch."""
    return Batch(
        id=row["id"],
        mode=ExecutionMode(row["mode"]),
        max_failures=row["max_failures"],
        options=JobOptions.read(json.loads(row["options"])),
        created_at=datetime.fromisoformat(row["created_at"]),
        schedule_time=moment(row["schedule_time"]),
        workers=row["workers"],
        detached=bool(row["detached"]),
        requested_by=row["requested_by"],
        policy=policy_from(row["policy"]),
        needs_approval=bool(row["needs_approval"]),
        approved_by=row["approved_by"],
        approved_at=moment(row["approved_at"]),
        paused_by=row["paused_by"],
        flow=row["flow"],
        stopped_by=row["stopped_by"],
    )


def policy_text(policy: Policy) -> str:
    """Write a batch's policy."""
    until = None if policy.until is None else rfc3339(policy.until)
    return json.dumps(asdict(policy) | {"until": until})


def policy_from(text: str) -> Policy:
    """Read a batch's policy; one of an older store has fewer fields."""
    said = json.loads(text)
    return Policy(**said | {"waves": tuple(said.get("waves", ())), "until": moment(said.get("until"))})


def step_from(row: sqlite3.Row) -> Step:
    """Read a step."""
    return Step(
        kind=row["kind"],
        status=StepStatus(row["status"]),
        message=row["message"],
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
    )


def abandoned(row: sqlite3.Row, alive: frozenset[str]) -> bool:
    """Return whether a job of JOB_QUERY waits for `resume`, given the runners that live.

    That is a running job that no living process holds, and a waiting job that only its own terminal would
    have run. Detached and scheduled ones are found by whoever looks for what is due.
    """
    status = JobStatus(row["status"])
    if status in RUNNING:
        return row["runner_id"] not in alive
    left_alone = status is JobStatus.PENDING and not row["detached"] and row["schedule_time"] is None
    return left_alone and row["owner_id"] not in alive


def job_from(row: sqlite3.Row, steps: Sequence[Step], alive: frozenset[str]) -> Job:
    """Read a job of JOB_QUERY; what is said of an interrupted one is made here."""
    status = JobStatus(row["status"])
    interrupted = abandoned(row, alive)
    removals: dict[str, object] = json.loads(row["removals"])
    error = row["error"]
    if interrupted and error is None:
        error = _interruption(row, status, steps)
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
        steps=tuple(steps),
        created_at=datetime.fromisoformat(row["created_at"]),
        error=error,
        schedule_time=moment(row["schedule_time"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        bytes_done=row["bytes_done"],
        bytes_total=row["bytes_total"],
        attempted=bool(row["attempted"]),
        interrupted=interrupted,
        outcome=outcome_from(row["outcome"], removals),
        wave=row["wave"],
        redundancy_group=row["redundancy_group"],
        after=tuple(json.loads(row["after"])),
        image_family=row["image_family"],
        removed=tuple(name for gone in removals.values() if isinstance(gone, list) for name in gone),
        waiting=None if interrupted else _waiting(row, status, alive),
        waived=waivers_from(json.loads(row["waived"])),
        stop_by=(row["stop_by"] or "") if status in RUNNING else "",
    )


def waiting_text(waiting: Waiting) -> str:
    """Write what a job waits for."""
    until = None if waiting.until is None else rfc3339(waiting.until)
    return json.dumps([waiting.kind, storable(waiting.on), waiting.job, until, *filter(None, (waiting.look,))])


def _waiting(row: sqlite3.Row, status: JobStatus, alive: frozenset[str]) -> Waiting | None:
    """Read what a job waits for; what a process said that is gone counts no more."""
    owned = row["owner_id"] in alive
    at = moment(row["schedule_time"])
    by_itself = waits_by_itself(
        status,
        row["batch_id"],
        paused=row["paused_by"] is not None,
        stopped=row["stopped_by"] is not None,
        unapproved=bool(row["unapproved"]),
        schedule_time=at,
        owned=owned,
    )
    if by_itself is not None or row["waiting"] is None or (status not in RUNNING and not owned):
        return by_itself
    kind, on, job, until, *look = json.loads(row["waiting"])
    return Waiting(WaitKind(kind), on, job, moment(until), *look)


def outcome_from(said: str | None, removals: Mapping[str, object]) -> Outcome | None:
    """Read what a device is; `untouched` alone would be untrue of one from whose flash a job removed files.

    Each removal has a key of its beginning, and one of what it took: a beginning without the other may have taken any.
    """
    if said is None:
        return None
    begun = {key.removesuffix(" begun") for key in removals if key.endswith(" begun")}
    took = any(removals.get(key, ["perhaps"]) for key in begun)
    outcome = Outcome(said)
    return Outcome.CLEANED if took and outcome is Outcome.UNTOUCHED else outcome


def resumable(job_id: int) -> str:
    """Return what takes an interrupted job up; the one place with these words."""
    return f"`swimctl resume {job_id}` continues it"


def _interruption(row: sqlite3.Row, status: JobStatus, steps: Sequence[Step]) -> str:
    if status not in RUNNING:
        return f"interrupted before it started; {resumable(row['id'])}"
    at = next((step.name for step in steps if step.status is StepStatus.RUNNING), None)
    where = f"in step {at}" if at else "between two steps"
    return f"interrupted: process {row['runner_pid']} died {where}; {resumable(row['id'])}"
