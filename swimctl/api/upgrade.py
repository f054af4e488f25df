"""Trigger, status, cancel: the requests that this API is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BeforeValidator, Field

from swimctl.api import reading
from swimctl.api.answers import CancelAnswer, Problem, StatusAnswer, TriggerAnswer
from swimctl.api.errors import Refusal
from swimctl.api.plan_answers import PlanAnswer
from swimctl.api.routing import JSON, Backend, Call, Clean, Header, Link, Needs, Of, Route, answer
from swimctl.api.schemas import (
    CancelRequest,
    Ids,
    Name,
    Request,
    TriggerRequest,
)
from swimctl.api.statuses import Status
from swimctl.errors import AlreadyDone, NotFound
from swimctl.models import Caller, Device, ExecutionMode, JobOptions
from swimctl.requests.documents import triggered_document
from swimctl.requests.plans import UpgradeRequest
from swimctl.requests.preview_document import preview_document
from swimctl.requests.reach import Reach
from swimctl.rights import Act
from swimctl.store import IdempotencyKey
from swimctl.waivers import Waiver

LONGEST_KEY: Final = 255
_LARGEST: Final = 2**63 - 1
Change = Annotated[int, Field(ge=0, le=_LARGEST)]
_NUMBER: Final = re.compile(r"([0-9]{1,19})(?:\.0+)?")


def _numbers(text: object) -> object:
    """Read `101,102,103`; what is no number stays, to be refused by its place. To JSON Schema 7.0 is an integer too."""
    if not isinstance(text, str):
        return text
    found = ((one, _NUMBER.fullmatch(one)) for one in text.split(","))
    return [one if number is None else int(number[1]) for one, number in found]


class StatusQuery(Request):
    """Jobs by their ids, by their batch, or those that fit both."""

    job_ids: Annotated[Ids, BeforeValidator(_numbers)] | None = Field(
        None, description="these jobs; without `batch_id` this is required"
    )
    batch_id: Name | None = Field(None, description="the jobs of this batch; without `job_ids` this is required")
    changed_since: Change | None = Field(
        None,
        description="only jobs that have changed since the answer with this `change`, and those that are interrupted",
    )


async def trigger(call: Call) -> web.Response:
    """Make a batch of jobs, once for each idempotency key."""
    idempotency = _idempotency(call)
    if call.body.dry_run:
        return answer(await previewed(call), 200)
    return answer(await triggered(call, idempotency), 201)


async def previewed(call: Call) -> Mapping[str, Any]:
    """Return what the devices of a request would get. Refusal: no devices can be asked here, or none any more."""
    _require_open(call)
    return await call.backend.dry_runs.do(partial(_dry_run, call.backend, call.body, call.reach))


async def triggered(call: Call, idempotency: IdempotencyKey | None) -> Mapping[str, Any]:
    """Make the batch of a request, once for a key, and return what it came to."""
    _require_open(call)
    return await call.backend.do(partial(_trigger, call.backend, call.body, call.reach, call.caller, idempotency))


def _require_open(call: Call) -> None:
    if call.backend.stopping:
        raise Refusal(503, "shutting down", "the server stops; nothing was created", **{"Retry-After": "30"})


def _trigger(
    backend: Backend, asked: TriggerRequest, reach: Reach, by: Caller, idempotency: IdempotencyKey | None
) -> Mapping[str, Any]:
    if not reach.all_may(Act.TRIGGER):  # before a first answer is given again: another token of theirs may more
        reach.require(Act.TRIGGER, reach.resolve(asked.devices))
    if idempotency is not None:
        before = backend.store.answer_for(idempotency.actor, idempotency.key)
        if before is not None:
            return before.again(idempotency.body_sha256)
    request = _request(backend, asked, reach)
    backend.hide_images()  # the answer may be that one has lost its file
    try:
        made = backend.service.create(backend.service.plan(request), by, idempotency)
    except AlreadyDone as done:
        return done.answer
    skipped = [(item.device, item.refusal or "") for item in made.skipped]
    return triggered_document(made.batch, made.jobs, skipped)


def _dry_run(backend: Backend, asked: TriggerRequest, reach: Reach) -> Mapping[str, Any]:
    """Return what the request would do; its devices are asked as `swimctl plan` asks them."""
    request = _request(backend, asked, reach)
    reach.require(Act.PLAN, request.devices)
    if backend.checker is None:
        raise Refusal(
            409, "no runner", "this server was started with --no-runner and asks no device; use `swimctl plan`"
        )
    backend.hide_images()
    document = preview_document(backend.service.preview(backend.service.plan(request), backend.checker))
    for device in document["devices"]:
        if device["image"]:
            del device["image"]["path"]
    return document


def _request(backend: Backend, asked: TriggerRequest, reach: Reach) -> UpgradeRequest:
    devices, workflow = _named(backend, asked, reach)
    return UpgradeRequest(
        devices=devices,
        image=asked.image_id,
        options=JobOptions(
            workflow=workflow,
            activate=asked.activate_after_distribute,
            cleanup_flash=asked.cleanup_flash,
            force=asked.force,
            issu=asked.issu,
            convert=asked.convert,
            on_failed_checks=asked.on_failed_checks,
            waivers=tuple(Waiver(**waiver.model_dump()) for waiver in asked.waivers),
        ),
        mode=ExecutionMode(asked.execution_mode),
        max_failures=asked.max_failures if isinstance(asked.max_failures, int) else None,
        schedule_time=asked.schedule_time,
        detached=True,
        policy=asked.policy(),
    )


def _named(backend: Backend, asked: TriggerRequest, reach: Reach) -> tuple[tuple[Device, ...], str]:
    """Find the devices and the workflow. Refusal: 404, naming everything that does not exist."""
    devices: tuple[Device, ...] = ()
    workflow, unknown = "standard", []
    try:
        devices = reach.resolve(asked.devices)
    except NotFound as error:
        unknown.append(str(error))
    try:
        if asked.image_id is not None:
            backend.store.image(asked.image_id)
    except NotFound as error:
        unknown.append(str(error))
    try:
        if asked.workflow_id is not None:
            workflow = backend.service.workflow(asked.workflow_id).name
    except NotFound as error:
        unknown.append(str(error))
    if unknown:
        raise Refusal(404, "not found", "; ".join(unknown), unknown)
    return devices, workflow


def _idempotency(call: Call) -> IdempotencyKey | None:
    given = call.request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    key = given[0]
    if len(given) > 1 or not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Refusal(
            400,
            "bad request",
            f"an Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters, and is given once",
        )
    return IdempotencyKey(call.caller.name, key, reading.sha256(call.body))


async def status(call: Call) -> web.Response:
    """Return how jobs are."""
    query: StatusQuery = call.query
    if query.job_ids is None and query.batch_id is None:
        raise Refusal(400, "bad request", "say which jobs: job_ids=101,102 or batch_id=…")

    backend = call.backend
    asked = (query.batch_id, None if query.job_ids is None else tuple(query.job_ids))
    found: Status | None
    if not call.reach.whole:
        found = await backend.do(partial(backend.statuses.seen, asked, query.changed_since or 0, call.reach))
    elif query.changed_since is None:
        version = backend.version()
        found = backend.statuses.known(asked, version)
        if found is None:
            make = partial(backend.statuses.made, asked, version)
            found = await backend.shared_statuses.get(asked, lambda: backend.do(make))
    else:
        make = partial(backend.statuses.changed, asked, query.changed_since)
        found = await backend.shared_statuses.get((*asked, query.changed_since), lambda: backend.do(make))
    given = ", ".join(call.request.headers.getall("If-None-Match", ()))
    if given.strip() == "*" or found.etag in given:
        return web.Response(status=304, headers={"ETag": found.etag})
    return Clean(body=found.body, content_type=JSON, headers={"ETag": found.etag})


async def cancel(call: Call) -> web.Response:
    """Cancel what waits; what runs is never touched."""
    asked: CancelRequest = call.body
    result = await call.backend.do(
        lambda: call.backend.service.cancel(asked.job_ids, batch_id=asked.batch_id, by=call.caller)
    )
    document: dict[str, object] = {
        "status": "success" if result.cancelled else "error",
        "cancelled": len(result.cancelled),
        "job_ids": list(result.cancelled),
        "not_cancelled": [
            {"id": job.id, "status": job.status.value, "message": job.message} for job in result.not_cancelled
        ],
    }
    if not result.cancelled:
        why = "none of these jobs waits any more; only pending and scheduled jobs can be cancelled"
        document |= {"error": "nothing cancelled", "message": why}
    return answer(document, 200 if result.cancelled else 409)


_STATUS: Final = "/api/upgrade/status/"
_CANCEL: Final = "/api/upgrade/cancel/"

ROUTES: Final = (
    Route(
        "POST",
        "/api/upgrade/trigger/",
        trigger,
        "Upgrade devices, now or later",
        Needs(Act.PLAN, Of.SEEN),
        {200: PlanAnswer, 201: TriggerAnswer, 404: Problem, 409: Problem, 422: Problem},
        body=TriggerRequest,
        headers={
            "Idempotency-Key": Header(
                "the same key and body within 24 h return the first answer and create nothing",
                {"minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
            )
        },
        links={
            "batch": Link("GET", _STATUS, {"batch_id": "batch_id"}),
            "jobs": Link("GET", _STATUS, {"job_ids": "job_ids"}),
            "events": Link("GET", "/api/upgrade/jobs/{id}/events/", {"id": "job_ids/0"}),
            "approve": Link("POST", "/api/upgrade/approve/", body={"batch_id": "batch_id"}),
            "cancelBatch": Link("POST", _CANCEL, body={"batch_id": "batch_id"}),
            "cancelJobs": Link("POST", _CANCEL, body={"job_ids": "job_ids"}),
        },
    ),
    Route(
        "GET",
        _STATUS,
        status,
        "Show the state of jobs",
        Needs(Act.LOOK, Of.SEEN),
        {200: StatusAnswer, 304: "", 404: Problem},
        query=StatusQuery,
        headers={"If-None-Match": Header("the ETag of an earlier answer; 304 without a body if nothing has changed")},
        lists=frozenset({"job_ids"}),
    ),
    Route(
        "POST",
        _CANCEL,
        cancel,
        "Cancel jobs that wait",
        Needs(Act.CANCEL, Of.NAMED, jobs="job_ids", batch="batch_id"),
        {200: CancelAnswer, 404: Problem, 409: CancelAnswer},
        body=CancelRequest,
        links={
            "jobs": Link("GET", _STATUS, {"job_ids": "job_ids"}),
            "again": Link("POST", _CANCEL, body={"job_ids": "job_ids"}),
            "events": Link("GET", "/api/upgrade/jobs/{id}/events/", {"id": "job_ids/0"}),
        },
    ),
)
