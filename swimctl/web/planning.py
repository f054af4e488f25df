"""Plan an upgrade, look at what the devices say, and start just that: as a dry run and a trigger over the API."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from swimctl.api import errors, reading, upgrade
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call
from swimctl.api.schemas import TriggerRequest
from swimctl.errors import SwimctlError, UsageError
from swimctl.inventory.selection import Selection
from swimctl.rights import Act
from swimctl.store import IdempotencyKey
from swimctl.web.visit import Page, Visit

BETWEEN: Final = re.compile(r"[\s,;]+")
_FLAGS: Final = ("cleanup_flash", "force", "issu", "convert", "stage_now")
_TEXTS: Final = ("window", "ticket", "comment")
# What a person reads first.
_VERDICTS: Final = ("no job", "cannot be asked", "not ready", "ready", "already there", "not asked")


async def ask(visit: Visit) -> web.Response:
    """Show the form; an address may bring the names of devices with it."""
    return await _form(visit, {"devices": visit.asked("devices")}, "")


async def _form(visit: Visit, typed: Mapping[str, str], why: str) -> web.Response:
    store, known = visit.backend.store, visit.reach.devices
    images = await visit.do(store.images)
    page = visit.page(
        "plan.html",
        typed=defaultdict(str, typed),
        why=why,
        images=images,
        sites=sorted({one.site for one in known if one.site}),
        groups=sorted({group for one in known for group in one.groups}),
        workflows=visit.backend.service.workflows(),
        count=len(known),
    )
    if why:
        page.set_status(400)
    return page


async def plan(visit: Visit) -> web.Response:
    """Ask the devices, and show what each would get; a mistake leads back to the form."""
    try:
        asked = _request(visit)
        document = await _dry_run(visit, asked)
    except (SwimctlError, Refusal) as error:
        known = visit.backend.folders.taken_out(str(error).encode()).decode()
        # Their own words come back to them: a name that were replaced would be known to exist.
        return await _form(visit, visit.form, errors.without_hidden(visit.request, known))
    groups = _grouped(document["devices"])
    able = [one["device_hostname"] for one in document["devices"] if one["verdict"] == "ready"]
    going = {**asked, "devices": able}
    return visit.page(
        "planned.html",
        plan=document,
        groups=groups,
        able=able,
        asked=asked,
        going=json.dumps(going),
        key=str(uuid4()),
        verdicts=_VERDICTS,
    )


async def start(visit: Visit) -> web.Response:
    """Make the batch that was planned, once, however often the button is pressed."""
    try:
        document = json.loads(visit.form.get("going", ""))
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("dry_run"):
        raise Refusal(400, "bad request", "this form was changed on its way; plan again")
    body = reading.checked(TriggerRequest, document)
    key = visit.field("key")
    if not re.fullmatch(r"[0-9a-f-]{36}", key):
        raise Refusal(400, "bad request", "this form was changed on its way; plan again")
    once = IdempotencyKey(visit.caller.name, f"page {key}", reading.sha256(body))
    call = Call(visit.request, visit.backend, visit.principal, body, None)
    made = await upgrade.triggered(call, once)
    return visit.go(f"/batches/{made['batch_id']}")


def _request(visit: Visit) -> dict[str, Any]:
    """Return the body of the request that a form stands for, as the API takes it. UsageError."""
    field = visit.field
    names = tuple(name for name in BETWEEN.split(field("devices")) if name)
    patterns = [name for name in names if any(mark in name for mark in "*?[")]
    if patterns and len(patterns) < len(names):
        raise UsageError("give names of devices, or patterns such as access-*, not both")
    filters = [f"{key}={field(key)}" for key in ("site",) if field(key)]
    wanted = Selection(
        names=() if patterns else names,
        all=not names and not filters and not field("group") and "all" in visit.form,
        filters=tuple(filters),
        limit=",".join(patterns) or None,
        group=field("group") or None,
    )
    # Of a device that one may not look at nothing is said, not even that a pattern meant it or that a name is near it.
    chosen = visit.backend.inventory.find(wanted, None if visit.reach.whole else visit.reach.devices)
    found: dict[str, Any] = {"devices": [one.name for one in chosen]}
    found |= {name: field(name) for name in _TEXTS if field(name)}
    found |= {name: True for name in _FLAGS if name in visit.form}
    if field("image"):
        found["image_id"] = number(field("image"), "the image")
    if field("workflow"):
        found["workflow_id"] = number(field("workflow"), "the workflow")
    if "sequential" in visit.form:
        found["execution_mode"] = "sequential"
    if field("waves"):
        found["waves"] = [or_percent(one) for one in BETWEEN.split(field("waves")) if one]
    if field("soak"):
        found["soak"] = 60 * number(field("soak"), "the soak, in minutes,")
    if field("max_failures"):
        found["max_failures"] = or_percent(field("max_failures"))
    if field("schedule_time"):
        found["schedule_time"] = field("schedule_time")
    return found


def number(text: str, what: str) -> int:
    """Read a number that somebody has typed. UsageError."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"{what} is a number, not {text[:40]!r}")
    return int(text)


def or_percent(text: str) -> int | str:
    """Read a number or a share, such as `5%`. UsageError: it is neither."""
    return text if text.endswith("%") else number(text, "a size or a count")


async def _dry_run(visit: Visit, asked: Mapping[str, Any]) -> dict[str, Any]:
    body = reading.checked(TriggerRequest, {**asked, "dry_run": True})
    call = Call(visit.request, visit.backend, visit.principal, body, None)
    return dict(await upgrade.previewed(call))


def _grouped(devices: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, list[Mapping[str, Any]]]]]]:
    """Return the devices by verdict, and those together that have the same words: `1,000 ready` is one line."""
    found: list[tuple[str, list[tuple[str, list[Mapping[str, Any]]]]]] = []
    for verdict in _VERDICTS:
        alike: dict[str, list[Mapping[str, Any]]] = {}
        for one in devices:
            if one["verdict"] == verdict:
                alike.setdefault(_why(one), []).append(one)
        if alike:
            found.append((verdict, list(alike.items())))
    return found


def _why(one: Mapping[str, Any]) -> str:
    """Return what is said of a device beside its name: why it cannot go, or from what to what it goes."""
    if one["refusal"]:
        return str(one["refusal"]).replace(one["device_hostname"], "the device")
    if one["lacks"]:
        return "\n".join(
            f"{lack['rule']}: seen {lack['seen']}, needed {lack['needed']}"
            + (f"; next: {lack['next']}" if lack["next"] else "")
            for lack in one["lacks"]
        )
    if one["error"]:
        return f"{one['error']}; next: {one['next']}" if one["next"] else str(one["error"])
    return f"{one['runs']} to {one['gets']}" if one["runs"] else f"to {one['gets']}"


PAGES: Final = (
    Page("GET", "/plan", ask, Act.PLAN),
    Page("POST", "/plan", plan, Act.PLAN),
    Page("POST", "/plan/start", start, Act.PLAN),
)
