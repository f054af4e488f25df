"""Jobs, batches and events as JSON documents, in the words of the REST contract. Pure; one home for CLI and API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from swimctl.clock import rfc3339
from swimctl.config.hours import in_zone
from swimctl.models import Batch, Device, Event, Golden, Image, Job, Pulse, Token, User
from swimctl.states import StepStatus
from swimctl.waiting import HeldAnswer, Waiting
from swimctl.waivers import Waiver

if TYPE_CHECKING:
    from swimctl.store.seen import Seen  # the store loads sqlite_utils, and who shows jobs needs none of it

Document = dict[str, Any]

_NO_PULSE: Final = Pulse()


def job_document(job: Job, pulse: Pulse = _NO_PULSE) -> Document:
    """Write a job with its steps. Field names are fixed by the contract: add, never rename."""
    return {
        "id": job.id,
        "batch_id": job.batch_id,
        "device_id": job.device_id,
        "device_hostname": job.device_name,
        "status": job.status.value,
        "outcome": None if job.outcome is None else job.outcome.value,
        "removed": list(job.removed),
        "waived": [asdict(waiver) for waiver in job.waived],
        "progress": job.progress,
        "current_step": job.current_step,
        "image_id": job.image_id,
        "image_filename": job.image_filename,
        "image_version": job.image_version,
        "error": job.error,
        "waiting": _waiting(job.waiting),
        "wave": job.wave,
        "redundancy_group": job.redundancy_group,
        "after": list(job.after),
        "attempted": job.attempted,
        "interrupted": job.interrupted,
        "stop_by": job.stop_by or None,
        "bytes_done": job.bytes_done,
        "bytes_total": job.bytes_total,
        "created_at": _time(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "schedule_time": _time(job.schedule_time),
        "last_event_at": _time(pulse.last_events.get(job.id)),
        "steps": [
            {
                "name": step.name,
                "status": step.status.value,
                "message": step.message,
                "started_at": _time(step.started_at),
                "finished_at": _time(step.finished_at),
                "usual_seconds": (
                    pulse.usual.get((step.kind, job.image_family)) if step.status is StepStatus.RUNNING else None
                ),
            }
            for step in job.steps
        ],
    }


def held_document(job: Job, answer: HeldAnswer, waivers: Sequence[Waiver]) -> Document:
    """Write what was said of a device that is held, and what is accepted with it."""
    return {
        "status": "success",
        "job_id": job.id,
        "device_hostname": job.device_name,
        "answer": answer.value,
        "waived": [asdict(waiver) for waiver in waivers],
        "interrupted": job.interrupted,
    }


def _waiting(waiting: Waiting | None) -> Document | None:
    """Write what a job waits for. The message has moments, not what is left: an answer stays true until it changes."""
    if waiting is None:
        return None
    return {
        "kind": waiting.kind.value,
        "on": waiting.on,
        "job_id": waiting.job,
        "until": _time(waiting.until),
        "look": waiting.look,
        "message": waiting.sentence(),
    }


def batch_document(batch: Batch) -> Document:
    """Write a batch without its jobs."""
    return {
        "batch_id": batch.id,
        "execution_mode": batch.mode.value,
        "max_failures": batch.max_failures,
        "workflow": batch.options.workflow,
        "activate_after_distribute": batch.options.activate,
        "cleanup_flash": batch.options.cleanup_flash,
        "force": batch.options.force,
        "issu": batch.options.issu,
        "convert": batch.options.convert,
        "waivers": [asdict(waiver) for waiver in batch.options.waivers],
        "on_failed_checks": batch.options.on_failed_checks,
        "detached": batch.detached,
        "requested_by": batch.requested_by,
        "waves": list(batch.policy.waves),
        "soak": batch.policy.soak,
        "max_failures_percent": batch.policy.max_failures_percent,
        "window": batch.policy.window and in_zone(batch.policy.window, batch.policy.zone),
        "until": _time(batch.policy.until),
        "stage_now": batch.policy.stage_now,
        "ticket": batch.policy.ticket,
        "comment": batch.policy.comment,
        "pilot": batch.policy.pilot,
        "needs_approval": batch.needs_approval,
        "approved_by": batch.approved_by,
        "approved_at": _time(batch.approved_at),
        "paused_by": batch.paused_by,
        "stopped_by": batch.stopped_by,
        "workers": batch.workers,
        "created_at": _time(batch.created_at),
        "schedule_time": _time(batch.schedule_time),
    }


def triggered_document(batch: Batch, jobs: Sequence[Job], skipped: Sequence[tuple[Device, str]]) -> Document:
    """Write the answer to a request that made jobs. `skipped` pairs a device with why it got none."""
    made = [
        {
            "device_id": job.device_id,
            "device_hostname": job.device_name,
            "job_id": job.id,
            "image": job.image_filename,
            "status": job.status.value,
        }
        for job in jobs
    ]
    left_out = [
        {
            "device_id": device.id,
            "device_hostname": device.name,
            "status": "skipped",
            "error": "no image",
            "message": reason,
        }
        for device, reason in skipped
    ]
    return {
        "status": "partial" if skipped else "success",
        "jobs_created": len(jobs),
        "job_ids": [job.id for job in jobs],
        "execution_mode": batch.mode.value,
        "batch_id": batch.id,
        "needs_approval": batch.needs_approval,
        "schedule_time": _time(batch.schedule_time),
        "details": [*made, *left_out],
    }


def event_document(event: Event) -> Document:
    """Write one event."""
    data: Mapping[str, Any] = event.data
    return {
        "id": event.id,
        "job_id": event.job_id,
        "at": _time(event.at),
        "kind": event.kind,
        "message": event.message,
        "data": dict(data),
    }


def image_document(image: Image) -> Document:
    """Write one image of the catalogue."""
    return {
        "id": image.id,
        "filename": image.filename,
        "path": str(image.path),
        "platform": image.platform,
        "family": image.family,
        "version": image.version,
        "kind": image.kind.value,
        "size": image.size,
        "sha512": image.sha512,
        "md5": image.md5,
        "added_at": _time(image.added_at),
    }


def catalogued_document(image: Image, goldens: Sequence[Golden]) -> Document:
    """Write one image of the catalogue with what it is golden for."""
    rules = [rule_document(rule) for rule in goldens if rule.image_id == image.id]
    return image_document(image) | {"golden": whom(image, goldens), "golden_rules": rules}


def golden_release_documents(goldens: Iterable[Golden]) -> list[Document]:
    """Write the golden releases that have no file, each with what it is golden for; a family of null is any."""
    found: dict[tuple[str, str | None, str | None], list[Golden]] = {}
    for rule in goldens:
        if rule.release is not None:
            found.setdefault((rule.platform, rule.family, rule.release), []).append(rule)
    return [
        {
            "platform": platform,
            "family": family,
            "release": release,
            "golden": [rule.whom for rule in rules],
            "golden_rules": [rule_document(rule) for rule in rules],
        }
        for (platform, family, release), rules in found.items()
    ]


def rule_document(rule: Golden) -> Document:
    """Write what a golden rule names; null is any."""
    return {
        "model": rule.model,
        "group": rule.group,
        "site": rule.site,
        "role": rule.role,
        "tag": rule.tag,
        "valid_from": None if rule.valid_from is None else rfc3339(rule.valid_from),
        "valid_until": None if rule.valid_until is None else rfc3339(rule.valid_until),
    }


def whom(image: Image, goldens: Sequence[Golden]) -> list[str]:
    """Return for which devices an image is golden, a rule each."""
    return [rule.whom for rule in goldens if rule.image_id == image.id]


def user_document(user: User) -> Document:
    """Write one user."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role.value,
        "roles": list(user.roles),
        "source": user.source,
        "created_at": _time(user.created_at),
    }


def token_document(token: Token, end: str | None) -> Document:
    """Write one token, without its text. `end` says why it may not be used any more."""
    return {
        "id": token.id,
        "user": token.user,
        "role": token.role.value,
        "roles": list(token.roles),
        "label": token.label,
        "from_login": token.from_login,
        "status": end or "valid",
        "created_at": _time(token.created_at),
        "expires_at": _time(token.expires_at),
        "revoked_at": _time(token.revoked_at),
        "last_used_at": _time(token.last_used_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def seen_document(seen: Seen) -> Document:
    """Write what a device was seen to run."""
    return {
        "runs": seen.release,
        "members": dict(seen.members),
        "doubt": seen.doubt,
        "since": None if seen.since is None else rfc3339(seen.since),
        "seen_at": rfc3339(seen.at),
        "seen_by": seen.by,
        "serials": list(seen.serials),
    }
