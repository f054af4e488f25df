"""One job: its steps, what happened, how its checks stood, and what was said on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from swimctl.api.errors import of_status
from swimctl.checks import tables
from swimctl.models import FAILED_BY, Job
from swimctl.requests import transcripts
from swimctl.requests.telling import event_text
from swimctl.rights import Act
from swimctl.waiting import WaitKind
from swimctl.web.batches import Action, act
from swimctl.web.explained import explained
from swimctl.web.visit import Page, Visit

_MOST_EVENTS: Final = 200
_MOST_LINES: Final = 4000

ACTIONS: Final[Mapping[str, Action]] = {
    "cancel": Action("cancel", lambda visit: {"job_ids": [_number(visit)]}),
    "stop": Action("stop", lambda visit: {"job_ids": [_number(visit)]}),
    "release": Action(
        "release",
        lambda visit: {"job_ids": [_number(visit)], "reason": visit.field("reason")},
    ),
    **{
        answer: Action(
            "recheck",
            lambda visit, answer=answer: {  # type: ignore[misc] # each its own
                "job_id": _number(visit),
                "answer": answer,
                "reason": visit.field("reason"),
                "look": visit.field("look"),
            },
        )
        for answer in ("look", "keep", "back")
    },
}


def _number(visit: Visit) -> int:
    text = visit.request.match_info["job"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise of_status(404)
    return int(text)


async def one(visit: Visit) -> web.Response:
    """Show a job."""
    backend, number, store = visit.backend, _number(visit), visit.backend.store

    def work() -> dict[str, Any]:
        visit.reach.require_jobs(Act.LOOK, [number], None)
        job = store.job(number)
        events = store.events(number, 0)
        checks = tables.of_events((event.kind, event.data) for event in events)
        return {
            "job": job,
            "batch": store.batch(job.batch_id),
            "pulse": store.pulse([job]),
            "events": [(event, event_text(event)) for event in events[-_MOST_EVENTS:][::-1]],
            "earlier": max(0, len(events) - _MOST_EVENTS),
            "checks": tables.rows(checks),
            "checked": tables.summary_of(checks),
            "topic": explained(store.recall(number, FAILED_BY), backend.docs_url) if job.error else None,
            "armed": backend.service.left_armed(job),
            # Whoever keeps a device accepts what this page shows them, not what a newer look has found.
            "held": store.held_look(number) if job.waiting and job.waiting.kind is WaitKind.HELD else None,
        }

    return visit.page("job.html", **await visit.do(work))


async def transcript(visit: Visit) -> web.Response:
    """Show what was sent and printed; only a step, or only lines with a text and those around them."""
    number, step, text = _number(visit), visit.asked("step"), visit.asked("q")
    backend = visit.backend

    def work() -> tuple[Job, list[str]]:
        visit.reach.require_jobs(Act.LOOK, [number], None)
        job = backend.store.job(number)
        return job, transcripts.read(backend.service.jobs_dir, job, step, text).splitlines()

    job, lines = await visit.do(work)
    left_out = max(0, len(lines) - _MOST_LINES)
    return visit.page("transcript.html", job=job, lines=lines[-_MOST_LINES:], left_out=left_out, step=step, q=text)


async def say(visit: Visit) -> web.Response:
    """Do to a job what a form asks for, and show it again."""
    action = ACTIONS.get(visit.request.match_info["action"])
    if action is None:
        raise of_status(404)
    await act(visit, action, {})
    return visit.go(f"/jobs/{_number(visit)}")


PAGES: Final = (
    Page("GET", "/jobs/{job}", one, Act.LOOK),
    Page("GET", "/jobs/{job}/transcript", transcript, Act.LOOK),
    Page("POST", "/jobs/{job}/{action}", say, Act.LOOK),
)
