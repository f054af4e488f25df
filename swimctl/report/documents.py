"""A report as JSON: everything that it says, in the words of the API where the API has them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from swimctl import __version__
from swimctl.clock import rfc3339
from swimctl.report.facts import Decision, DeviceRecord, Difference, Record, Transcript
from swimctl.requests.documents import Document, batch_document, event_document, job_document
from swimctl.states import FINAL

SCHEMA: Final = 1
"""Fields are added without a new number; a field that goes or changes its meaning raises it."""


def document(record: Record) -> Document:
    """Write a record. Field names are a contract: add, never rename."""
    return {
        "schema": SCHEMA,
        "batch_id": record.batch.id,
        "status": "success" if record.exit_code == 0 else "failed",
        "exit_code": record.exit_code,
        "counts": {word.replace("-", "_"): count for word, count in record.counts.items()},
        "duration_seconds": round(record.seconds, 1),
        "batch": batch_document(record.batch),
        "decisions": [_decision(each) for each in record.decisions],
        "first_of_a_kind": [{"device_hostname": name, "message": what} for name, what in record.pilots],
        "waivers_not_met": [
            {"device": each.device, "finding": each.finding, "seen": each.seen, "reason": each.reason, "by": each.by}
            for each in record.unmet
        ],
        "jobs": [_device(each) for each in record.devices],
        "skipped": [],
        "resume": [one.job.id for one in record.devices if one.job.status not in FINAL],
        "audit": {"entry": record.head.entry, "hash": record.head.hash},
        "made": {
            "at": rfc3339(record.made_at),
            "by": record.made_by,
            "swimctl": __version__,
            "until_event": record.until_event,
            "ended": record.ended,
            "facts_sha256": facts_digest(record),
        },
    }


def facts_digest(record: Record) -> str:
    """Return the SHA-256 of what happened, without when and by whom the report was made, and without transcripts."""
    if record.facts:
        return record.facts
    facts = {
        "batch": batch_document(record.batch),
        "decisions": [_decision(each) for each in record.decisions],
        "jobs": [_device(each) | {"transcript": None} for each in record.devices],
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _device(one: DeviceRecord) -> Document:
    return job_document(one.job) | {
        "result": one.result,
        "from_version": one.release_before or None,
        "runs_version": one.release_after or None,
        "members": [{"name": each.name, "before": each.before, "after": each.after} for each in one.members],
        "outages": [
            {
                "since": rfc3339(each.since),
                "until": None if each.until is None else rfc3339(each.until),
                "seconds": None if each.seconds is None else round(each.seconds, 1),
                "exact": each.exact,
            }
            for each in one.outages
        ],
        "away_seconds": None if one.away is None else round(one.away, 1),
        "spans": [
            {
                "kind": each.kind,
                "name": each.name,
                "since": rfc3339(each.since),
                "until": None if each.until is None else rfc3339(each.until),
                "status": each.status,
                "why": each.why,
            }
            for each in one.spans
        ],
        "commands": [{"at": rfc3339(each.at), "line": each.line, "answer": each.answer} for each in one.commands],
        "differences": [_difference(each) for each in one.differences],
        "decisions": [_decision(each) for each in one.decisions],
        "events": [event_document(event) for event in one.events],
        "transcript": None if one.transcript is None else _transcript(one.transcript),
    }


def _difference(one: Difference) -> Document:
    return {
        "source": one.source,
        "what": one.what,
        "before": one.before,
        "after": one.after,
        "needed": one.needed,
        "standing": one.standing,
        "why": one.why,
        "by": one.by,
    }


def _decision(one: Decision) -> Mapping[str, Any]:
    return {"at": rfc3339(one.at), "who": one.who, "what": one.what, "why": one.why, "origin": one.origin}


def _transcript(one: Transcript) -> Document:
    return {"text": one.text, "size": one.size, "sha256": one.sha256, "left_out": one.left_out}
