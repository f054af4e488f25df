"""Devices and what they run, one device with its past, and the images with what they are golden for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from swimctl.api.compliance import standings
from swimctl.api.errors import of_status
from swimctl.images.catalogue import absence
from swimctl.images.compliance import Compliance, ComplianceStatus, counted, grouped
from swimctl.images.goldens import images_of
from swimctl.requests.documents import whom
from swimctl.rights import Act
from swimctl.store import Wanted
from swimctl.web.batches import Action, act
from swimctl.web.visit import Page, Visit

_A_PAGE: Final = 100
_MOST_JOBS: Final = 20
_SCOPE: Final = ("model", "group", "site", "role", "tag", "valid_from", "valid_until")
ACTIONS: Final[Mapping[str, Action]] = {
    "golden": Action(
        "/api/images/golden/",
        lambda visit: {name: visit.field(name) for name in _SCOPE if visit.field(name)},
    ),
    "end": Action("/api/images/golden/end/"),
}
_KINDS: Final = ("site", "model", "release")


async def devices(visit: Visit) -> web.Response:
    """Show what each device runs against its golden release: those with something to do first."""
    by, wanted, text, skip = visit.asked("by"), visit.asked("status"), visit.asked("q").casefold(), visit.number("skip")
    backend, seen = visit.backend, visit.reach.devices
    found = await visit.do(lambda: standings(backend, seen))
    shown = [
        one for one in found if (not wanted or one.standing.value == wanted) and (not text or text in _searched(one))
    ]
    shown.sort(key=lambda one: one.well)
    return visit.page(
        "devices.html",
        total=len(found),
        counts=[(status.value, counted(found)[status.value.replace(" ", "_")]) for status in ComplianceStatus],
        ended=sum(one.ended for one in found),
        groups=grouped(found, by) if by in _KINDS else [],
        kinds=_KINDS,
        by=by,
        status=wanted,
        q=visit.asked("q"),
        devices=shown[skip : skip + _A_PAGE],
        count=len(shown),
        skip=skip,
        a_page=_A_PAGE,
    )


def _searched(one: Compliance) -> str:
    device = one.device
    return " ".join(filter(None, (device.name, device.model, device.site, device.role, one.runs))).casefold()


async def device(visit: Visit) -> web.Response:
    """Show one device: what it runs and ran, and its jobs."""
    backend, name = visit.backend, visit.request.match_info["name"]
    known = next((one for one in visit.reach.devices if one.name == name), None)
    if known is None:
        raise of_status(404)

    def work() -> dict[str, Any]:
        (standing,) = standings(backend, [known])
        return {
            "device": known,
            "standing": standing,
            "ran": backend.service.history(known)[::-1],
            "jobs": backend.store.newest(Wanted(devices=(name,)), _MOST_JOBS),
        }

    return visit.page("device.html", **await visit.do(work))


async def images(visit: Visit) -> web.Response:
    """Show the catalogue."""
    store = visit.backend.store

    def work() -> dict[str, Any]:
        known, goldens = store.images(), store.goldens()
        return {
            "images": [{"image": one, "whom": whom(one, goldens), "lacks": absence(one)} for one in known],
            "releases": [
                {"rule": rule, "images": images_of(rule, known)} for rule in goldens if rule.release is not None
            ],
        }

    devices = visit.backend.inventory.devices if visit.reach.whole else ()
    return visit.page(
        "images.html",
        **await visit.do(work),
        sites=sorted({one.site for one in devices if one.site}),
        groups=sorted({group for one in devices for group in one.groups}),
        roles=sorted({one.role for one in devices if one.role}),
        tags=sorted({tag for one in devices for tag in one.tags}),
    )


async def say(visit: Visit) -> web.Response:
    """Make an image golden, or golden no more, as a form asks for."""
    image, action = visit.request.match_info["image"], ACTIONS.get(visit.request.match_info["action"])
    if action is None or not (image.isascii() and image.isdigit() and len(image) < 19):
        raise of_status(404)
    await act(visit, action, {"image_id": int(image)})
    return visit.go("/images")


PAGES: Final = (
    Page("GET", "/devices", devices, Act.LOOK),
    Page("GET", "/devices/{name:.+}", device, Act.LOOK),
    Page("GET", "/images", images, Act.LOOK),
    Page("POST", "/images/{image}/{action}", say, Act.LOOK),
)
