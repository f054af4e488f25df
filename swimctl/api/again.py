"""Once more: a new batch of what failed in another one."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from pydantic import Field

from swimctl.api.answers import Problem, TriggerAnswer
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call, Link, Needs, Of, Route, answer
from swimctl.api.schemas import ONLY_IN, UNTIL, Moment, Name, Request, Window
from swimctl.requests.documents import Document, triggered_document
from swimctl.requests.retrying import Again
from swimctl.rights import Act


class RetryRequest(Request):
    """A batch with jobs that failed, or were not attempted."""

    batch_id: Name
    until: Moment | None = Field(None, description=f"{UNTIL}; left out: as in that batch")
    window: Window | None = Field(None, description=f"{ONLY_IN}; left out: as in that batch")


async def retry(call: Call) -> web.Response:
    """Make a new batch of the jobs of another one that failed, each with its image, order and options."""
    if call.backend.stopping:
        raise Refusal(503, "shutting down", "the server stops; nothing was created", **{"Retry-After": "30"})
    asked: RetryRequest = call.body

    def work() -> Document:
        again = Again(until=asked.until, window=asked.window)
        made = call.backend.service.retry(asked.batch_id, again, detached=True, by=call.caller)
        return triggered_document(made.batch, made.jobs, [(item.device, item.refusal or "") for item in made.skipped])

    return answer(await call.backend.do(work), 201)


ROUTES: Final = (
    Route(
        "POST",
        "/api/upgrade/retry/",
        retry,
        "Try the failed jobs of a batch again",
        Needs(Act.TRIGGER, Of.NAMED, batch="batch_id"),
        {201: TriggerAnswer, 404: Problem, 409: Problem, 422: Problem},
        body=RetryRequest,
        links={"batch": Link("GET", "/api/upgrade/status/", {"batch_id": "batch_id"})},
    ),
)
