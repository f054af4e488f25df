# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What answers of the API mean for Ansible: what changed, and why a device was not upgraded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ENDED = frozenset({"success", "failed", "cancelled"})
WAITING = frozenset({"pending", "scheduled"})
# What a device is at the end of its job, and whether its release changed. Any other word: nobody can tell.
_CHANGED = {"upgraded": True, "untouched": False, "cleaned": False, "rolled back": False}
# What a plan says of a device, and whether a job would change it. With any other word the job would fail.
_WOULD_CHANGE = {"ready": True, "already there": False}

Document = dict[str, Any]


def device_of(job: Mapping[str, Any]) -> Document:
    """Return what became of one device. `changed` is None if nobody can tell."""
    return {
        "device": job["device_hostname"],
        "device_id": job["device_id"],
        "job_id": job["id"],
        "status": job["status"],
        "outcome": job["outcome"],
        "changed": _CHANGED.get(job["outcome"]) if job["status"] in ENDED else None,
        "image": job["image_filename"],
        "release": job["image_version"],
        "error": job["error"] or "",
        "waiting": (job.get("waiting") or {}).get("message", ""),
    }


def skipped_of(details: Iterable[Mapping[str, Any]]) -> list[Document]:
    """Return the devices that got no job, in the form of `device_of`."""
    return [
        {
            "device": each["device_hostname"],
            "device_id": each["device_id"],
            "job_id": None,
            "status": "skipped",
            "outcome": None,
            "changed": False,
            "image": None,
            "release": None,
            "error": each.get("message") or each.get("error") or "",
            "waiting": "",
        }
        for each in details
        if each["status"] == "skipped"
    ]


def changed(devices: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a release changed; a device of which nobody can tell counts as one whose release did."""
    return any(each["changed"] is not False for each in devices)


def reason(device: Mapping[str, Any]) -> str:
    """Return why a device is no success; empty if it is one."""
    name, status, outcome = device["device"], device["status"], device["outcome"]
    if status == "success" and device["changed"] is not None:
        return ""
    if status not in ENDED and status != "skipped":
        return f"{name} {status}: {device['waiting'] or device['error'] or 'it has not ended'}"
    if outcome == "unknown":
        return f"{name} unknown: {device['error']}"
    if status == "success":
        return f"{name} success, but nobody can tell what it is now: outcome {outcome!r}"
    instead = "somebody cancelled it" if status == "cancelled" else "no reason was given"
    return f"{name} {status}: {device['error'] or instead}"


def reasons(devices: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return why devices are no success, one text a device."""
    return [why for why in map(reason, devices) if why]


def summary(devices: list[Document]) -> str:
    """Return one sentence about devices that are all well."""
    moved = sum(each["changed"] is True for each in devices)
    return f"all {len(devices)} succeeded; the release of {moved} changed"


def planned_of(planned: Mapping[str, Any], *, copies: bool = False) -> Document:
    """Return what would become of one device, by the plan of a dry run. `copies`: nothing would be activated."""
    verdict, runs = planned["verdict"], planned["runs"]
    lacks = [f"{each['rule']}: {each['seen']}, needed: {each['needed']}" for each in planned["lacks"]]
    return {
        "device": planned["device_hostname"],
        "device_id": planned["device_id"],
        "job_id": None,
        "status": verdict,
        "outcome": None,
        "changed": _WOULD_CHANGE.get(verdict, False) and not copies,
        "image": (planned["image"] or {}).get("filename"),
        "release": planned["gets"] or None,
        "runs": runs,
        "commands": planned["commands"],
        "cleans": planned["cleans"],
        "error": "" if verdict in _WOULD_CHANGE else planned["refusal"] or planned["error"] or "; ".join(lacks),
        "waiting": "",
    }


def plan_reasons(plan: Mapping[str, Any], devices: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return why the real run would fail, by the plan of a dry run."""
    bad = [each for each in devices if each["status"] not in _WOULD_CHANGE]
    told = [f"{each['device']} {each['status']}: {each['error'] or 'no reason was given'}" for each in bad]
    return ([plan["frozen"]] if plan["frozen"] else []) + told


def diff(before_and_after: Iterable[tuple[str, str | None, str | None]]) -> Document:
    """Return releases before and after, of each device with its name, as Ansible prints them."""
    rows = list(before_and_after)
    return {
        "before_header": "releases",
        "after_header": "releases",
        "before": "".join(f"{name}: {before or 'not known'}\n" for name, before, _after in rows),
        "after": "".join(f"{name}: {after or 'not known'}\n" for name, _before, after in rows),
    }


def ran_before(history: Iterable[Mapping[str, Any]], now: str | None) -> str | None:
    """Return what a device ran before what it runs now: its history has the newest first."""
    ran = [each["runs"] for each in history]
    if now is None and ran:
        now = ran[0]
    return next((each for each in ran if each != now), None)
