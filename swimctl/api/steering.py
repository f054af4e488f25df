"""Steering a batch that runs: approve, pause, continue, stop, change. Whichever process runs it obeys."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from swimctl.api.answers import ApproveAnswer, ChangeAnswer, Problem, SteerAnswer, StopAnswer
from swimctl.api.routing import Call, Needs, Of, Route, answer
from swimctl.api.schemas import ApproveRequest, ChangeRequest, ContinueRequest, SteerRequest, StopRequest
from swimctl.requests.documents import batch_document
from swimctl.requests.plans import require_later
from swimctl.requests.steering import stop_after_step
from swimctl.rights import Act


async def approve(call: Call) -> web.Response:
    """Approve another user's batch."""
    asked: ApproveRequest = call.body
    batch = await call.backend.do(lambda: call.backend.store.approve(asked.batch_id, call.caller))
    document = batch_document(batch)
    kept = ("batch_id", "requested_by", "approved_by", "approved_at")
    return answer({"status": "success"} | {name: document[name] for name in kept})


async def pause(call: Call) -> web.Response:
    """Start no more jobs of a batch."""
    asked: SteerRequest = call.body
    batch = await call.backend.do(lambda: call.backend.store.pause(asked.batch_id, call.caller))
    return answer({"status": "success", "batch_id": batch.id, "paused_by": batch.paused_by})


async def go_on(call: Call) -> web.Response:
    """Continue a paused batch, or start its next wave."""
    asked: ContinueRequest = call.body

    def work() -> dict[str, Any]:
        store = call.backend.store
        wave = store.start_wave(asked.batch_id, call.caller) if asked.wave else None
        batch = store.batch(asked.batch_id) if asked.wave else store.go_on(asked.batch_id, call.caller)
        return {"status": "success", "batch_id": batch.id, "paused_by": batch.paused_by, "wave": wave}

    return answer(await call.backend.do(work))


async def change(call: Call) -> web.Response:
    """Change the limits of a batch."""
    asked: ChangeRequest = call.body

    def work() -> dict[str, Any]:
        require_later(asked.until, call.backend.clock.now())
        most = asked.max_failures
        batch = call.backend.store.change(
            asked.batch_id,
            call.caller,
            workers=asked.workers,
            max_failures=most if isinstance(most, int) else None,
            max_failures_percent=float(most[:-1]) if isinstance(most, str) else None,
            until=asked.until,
        )
        document = batch_document(batch)
        kept = ("batch_id", "workers", "max_failures", "max_failures_percent", "until")
        return {"status": "success"} | {name: document[name] for name in kept}

    return answer(await call.backend.do(work))


async def stop(call: Call) -> web.Response:
    """Stop running jobs after their step."""
    asked: StopRequest = call.body
    stopped = await call.backend.do(
        lambda: stop_after_step(call.backend.store, call.caller, batch_id=asked.batch_id, job_ids=asked.job_ids)
    )
    return answer({"status": "success"} | stopped.document())


ROUTES: Final = (
    Route(
        "POST",
        "/api/upgrade/approve/",
        approve,
        "Approve a batch of another user",
        Needs(Act.APPROVE, Of.NAMED, batch="batch_id"),
        {200: ApproveAnswer, 404: Problem, 409: Problem},
        body=ApproveRequest,
    ),
    Route(
        "POST",
        "/api/upgrade/pause/",
        pause,
        "Start no more jobs of a batch; running ones go on",
        Needs(Act.STEER, Of.NAMED, batch="batch_id"),
        {200: SteerAnswer, 404: Problem, 409: Problem},
        body=SteerRequest,
    ),
    Route(
        "POST",
        "/api/upgrade/continue/",
        go_on,
        "Let a paused batch go on, or start its next wave now",
        Needs(Act.STEER, Of.NAMED, batch="batch_id"),
        {200: SteerAnswer, 404: Problem, 409: Problem},
        body=ContinueRequest,
    ),
    Route(
        "POST",
        "/api/upgrade/change/",
        change,
        "Change the limits of a batch while it runs",
        Needs(Act.STEER, Of.NAMED, batch="batch_id"),
        {200: ChangeAnswer, 404: Problem, 409: Problem},
        body=ChangeRequest,
    ),
    Route(
        "POST",
        "/api/upgrade/stop/",
        stop,
        "Stop running jobs at the end of their step; of a batch, start no more",
        Needs(Act.STEER, Of.NAMED, jobs="job_ids", batch="batch_id"),
        {200: StopAnswer, 404: Problem, 409: Problem},
        body=StopRequest,
    ),
)
