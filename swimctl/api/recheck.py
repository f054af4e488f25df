"""What becomes of a device that is held because it is not as before."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from swimctl.api.answers import HeldReply, Problem
from swimctl.api.routing import Call, Link, Needs, Of, Route, answer
from swimctl.api.schemas import RecheckRequest
from swimctl.requests.documents import Document, held_document
from swimctl.rights import Act
from swimctl.waiting import HeldAnswer


async def recheck(call: Call) -> web.Response:
    """Record what somebody decided of a device that is held."""
    asked: RecheckRequest = call.body

    def work() -> Document:
        said, store = HeldAnswer(asked.answer), call.backend.store
        waivers = store.answer_held(asked.job_id, said, call.caller, asked.reason, asked.look)
        return held_document(store.job(asked.job_id), said, waivers)

    return answer(await call.backend.do(work))


ROUTES: Final = (
    Route(
        "POST",
        "/api/upgrade/recheck/",
        recheck,
        "Look again at a device that is held; keep it, or go back",
        Needs(Act.STEER, Of.NAMED, jobs="job_id"),
        {200: HeldReply, 404: Problem, 409: Problem},
        body=RecheckRequest,
        links={"job": Link("GET", "/api/upgrade/status/", {"job_ids": "job_id"})},
    ),
)
