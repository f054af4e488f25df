"""The list of batches, one batch with its jobs, and what a person says to it: the same as over the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from aiohttp import web

from swimctl.api import reading
from swimctl.api.app import ROUTES, asked
from swimctl.api.errors import Refusal, of_status
from swimctl.api.routing import Call
from swimctl.config.hours import in_zone
from swimctl.models import Job
from swimctl.rights import Act
from swimctl.store import Wanted
from swimctl.web import overview
from swimctl.web.visit import Page, Visit

_A_PAGE: Final = 25
_MOST_FOUND: Final = 100


class Action(NamedTuple):
    """What a form asks of the API: a path, or the last word of one of `/api/upgrade/`, and what is in its body.

    The batch or the job is in it already.
    """

    path: str
    more: Callable[[Visit], Mapping[str, Any]] = lambda _: {}


ACTIONS: Final[Mapping[str, Action]] = {
    word: Action(word) for word in ("approve", "pause", "continue", "stop", "cancel", "retry")
}


async def act(visit: Visit, action: Action, named: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the API for it, with its rules, and return its answer; raises as it does. Refusal: it was done to nothing."""
    path = action.path if action.path.startswith("/") else f"/api/upgrade/{action.path}/"
    route = next(one for one in ROUTES if one.path == path)
    if visit.principal is None or route.needs is None:
        raise of_status(404)
    reading.require_act(visit.principal, route.needs.act)
    body = None if route.body is None else reading.checked(route.body, {**named, **action.more(visit)})
    response = await asked(route, Call(visit.request, visit.backend, visit.principal, body, None))
    said = reading.document_of(response)
    if response.status >= 400:
        raise Refusal(response.status, str(said.get("error", "")), str(said.get("message", "")))
    return said


async def everything(visit: Visit) -> web.Response:
    """Show the batches, the newest first, and jobs of a device or ticket that somebody looks for."""
    looked_for, skip = visit.asked("q"), visit.number("skip")
    store = visit.backend.store
    if looked_for:
        return await _found(visit, looked_for)
    seen = visit.reach.device_ids
    found = await visit.do(lambda: store.summaries(_A_PAGE + 1, skip=skip, devices=seen))
    shown = [
        {
            "summary": one,
            "word": overview.word_of(one.batch, one.counts),
            "shares": overview.shares(one.counts),
            "told": overview.told(one.counts),
        }
        for one in found[:_A_PAGE]
    ]
    older = skip + _A_PAGE if len(found) > _A_PAGE else None
    newer = max(0, skip - _A_PAGE) if skip else None
    return visit.page("batches.html", batches=shown, older=older, newer=newer, q="")


async def _found(visit: Visit, text: str) -> web.Response:
    """Show what fits a text: jobs of the device with this name, or of batches with this ticket."""
    store, seen = visit.backend.store, visit.reach.device_ids

    def work() -> list[Job]:
        jobs = store.newest(Wanted(devices=(text,), seen=seen), _MOST_FOUND)
        return jobs or store.newest(Wanted(ticket=text, seen=seen), _MOST_FOUND)

    return visit.page("found.html", jobs=await visit.do(work), q=text, most=_MOST_FOUND)


async def one(visit: Visit) -> web.Response:
    """Show a batch with its jobs, what needs a person first."""
    backend = visit.backend
    wanted = visit.request.match_info["batch"]

    def work() -> dict[str, Any]:
        visit.reach.require_jobs(Act.LOOK, None, wanted, some=True)
        batch = backend.store.batch(wanted)
        jobs = visit.reach.seen(backend.store.jobs(batch_id=batch.id))
        pulse, now = backend.store.pulse(jobs), backend.clock.now()
        counts = overview.counted(jobs)
        starts = [job.started_at for job in jobs if job.started_at]
        ends = [job.finished_at for job in jobs if job.finished_at]
        return {
            "batch": batch,
            "word": overview.word_of(batch, counts),
            "counts": counts,
            "told": overview.told(counts),
            "shares": overview.shares(counts),
            "sections": overview.sections(jobs, pulse.usual, now, visit.asked("of"), visit.number("skip")),
            "releases": sorted({job.image_version for job in jobs}),
            "started": min(starts, default=None),
            "finished": max(ends, default=None) if len(ends) == len(jobs) else None,
            "window": in_zone(batch.policy.window, batch.policy.zone) if batch.policy.window else "",
            "count": len(jobs),
            "most_names": overview.MOST_NAMES,
            "own": batch.requested_by.casefold() == visit.caller.name.casefold(),
        }

    return visit.page("batch.html", **await visit.do(work))


async def report(visit: Visit) -> web.StreamResponse:
    """Send the report of a batch, to be kept, as the API does."""
    route = next(one for one in ROUTES if one.path == "/api/upgrade/batches/{id}/report/html/")
    query = None if route.query is None else reading.checked(route.query, {"id": visit.request.match_info["batch"]})
    return await asked(route, Call(visit.request, visit.backend, visit.principal, None, query))


async def say(visit: Visit) -> web.Response:
    """Do to a batch what a form asks for, and show it again; a retry leads to the new batch."""
    action = ACTIONS.get(visit.request.match_info["action"])
    if action is None:
        raise of_status(404)
    batch = visit.request.match_info["batch"]
    said = await act(visit, action, {"batch_id": batch})
    return visit.go(f"/batches/{said.get('batch_id') or batch}")


PAGES: Final = (
    Page("GET", "/", everything, Act.LOOK),
    Page("GET", "/batches/{batch}", one, Act.LOOK),
    Page("GET", "/batches/{batch}/report", report, Act.LOOK),
    Page("POST", "/batches/{batch}/{action}", say, Act.LOOK),
)
