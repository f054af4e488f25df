"""A preview as a JSON document: the same for `plan --json`, the file of `plan --out`, and the API's `dry_run`. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from swimctl.clock import rfc3339
from swimctl.requests.documents import Document, image_document
from swimctl.requests.preview import Preview, Row
from swimctl.requests.usual import Took

_NOT_ASKED: Document = {"ready": None, "already": "", "error": None, "next": "", "findings": []}


def preview_document(preview: Preview) -> Document:
    """Write all that a preview knows. Add fields, never rename them."""
    devices = [_device(preview, row) for row in preview.rows]
    return {
        "ready": preview.well,
        "offline": preview.offline,
        "count": len(devices),
        "counts": {verdict.value: number for verdict, number in preview.counts.items()},
        "bytes": {
            "to_copy": preview.to_copy,
            "over_wan": preview.over_wan,
            "over_wan_by_site": dict(preview.wan_by_site),
            "by_site": preview.bytes_by("site"),
            "by_origin": preview.bytes_by("origin"),
        },
        "took_before": [_took(took) for took in preview.models],
        "forecast": _forecast(preview),
        "window": _window(preview),
        "frozen": preview.frozen,
        "steps": [{"name": name, "does": does} for name, does in preview.steps],
        "idle_waivers": [asdict(waiver) for waiver in preview.idle_waivers],
        "devices": devices,
    }


def _device(preview: Preview, row: Row) -> Document:
    item, answer = row.item, row.answer
    span = preview.forecast.spans.get(item.device.name) if preview.forecast else None
    return {
        "device_id": item.device.id,
        "device_hostname": item.device.name,
        "model": item.device.model,
        "site": item.device.site,
        "role": item.device.role,
        "verdict": row.verdict.value,
        "runs": row.runs,
        "gets": row.gets,
        "image": image_document(item.image) if item.image else None,
        "refusal": item.refusal,
        "wave": item.wave if item.refusal is None else None,
        "after": list(item.after),
        "pilot": item.pilot or None,
        "kind": str(item.kind) if item.kind else None,
        "redundancy_group": item.device.redundancy_group,
        "window": item.device.window,
        "note": row.note,
        "to_copy": row.to_copy,
        "origin": row.origin,
        "cleans": list(row.cleans),
        "commands": list(row.commands),
        "usual_seconds": dict(row.took.seconds) if row.took else {},
        "starts_at": rfc3339(span.starts) if span else None,
        "ends_at": rfc3339(span.ends) if span else None,
        "lacks": [
            {
                "rule": lack.rule,
                "seen": lack.seen,
                "needed": lack.needed,
                "next": lack.following,
                "waive": lack.waive,
            }
            for lack in row.lacks
        ],
    } | (answer.document() if answer else _NOT_ASKED)


def _window(preview: Preview) -> Document | None:
    opening = preview.opening
    if opening is None:
        return None
    return {"window": opening.of, "opens_at": rfc3339(opening.opens), "closes_at": rfc3339(opening.closes)}


def _took(took: Took) -> Document:
    return {"of": took.of, "jobs": took.jobs, "seconds": dict(took.seconds), "seconds_a_byte": took.seconds_a_byte}


def _forecast(preview: Preview) -> dict[str, Any] | None:
    told = preview.forecast
    if told is None:
        return None
    return {
        "starts_at": rfc3339(told.starts),
        "ends_at": rfc3339(told.ends),
        "seconds": (told.ends - told.starts).total_seconds(),
        "workers": preview.workers,
        "waves": max(row.item.wave for row in preview.goes),
        "guessed": list(preview.guessed),
        "fits": preview.fits,
        "spare_seconds": None if preview.spare is None else preview.spare.total_seconds(),
        "unfit": [{"device_hostname": name, "why": why} for name, why in told.unfit.items()],
    }
