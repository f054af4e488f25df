"""Lists for those who look: batches at a glance, jobs that fit, and what was said on a device's terminal."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field

from swimctl.api.answers import Answer, JobAnswer, Problem, Time
from swimctl.api.routing import Call, Link, Needs, Of, Route, answer
from swimctl.api.schemas import Moment, Name, Request
from swimctl.clock import rfc3339
from swimctl.models import Outcome
from swimctl.requests import transcripts
from swimctl.requests.documents import batch_document, job_document
from swimctl.rights import Act
from swimctl.states import JobStatus
from swimctl.store import Summary, Wanted

_LARGEST: Final = 2**63 - 1
_STATUS: Final = "/api/upgrade/status/"
_OF_A_BATCH: Final = (
    "batch_id", "execution_mode", "requested_by", "ticket", "comment", "needs_approval", "approved_by", "paused_by",
    "stopped_by", "window", "schedule_time", "created_at",
)  # fmt: skip
Limit = Annotated[int, Field(ge=1, le=500)]


class BatchesQuery(Request):
    """Which batches: the newest first."""

    limit: Limit = Field(50, description="at most so many")
    skip: Annotated[int, Field(ge=0, le=_LARGEST)] = Field(0, description="leave out so many of the newest")
    ticket: Name | None = Field(None, description="only with this ticket")


class JobsQuery(Request):
    """Which jobs: the newest first; all that is named must fit."""

    limit: Limit = Field(50, description="at most so many")
    device: Name | None = Field(None, description="only of the device with this inventory hostname")
    batch_id: Name | None = Field(None, description="only of this batch")
    ticket: Name | None = Field(None, description="only of batches with this ticket")
    status: Literal["pending", "scheduled", "distributing", "activating", "success", "failed", "cancelled"] | None = (
        Field(None, description="only with this status")
    )
    outcome: Literal["untouched", "cleaned", "upgraded", "rolled back", "unknown"] | None = Field(
        None, description="only whose device is this now"
    )
    since: Moment | None = Field(None, description="only of batches made since then")


class TranscriptQuery(Request):
    """A job, and which part of its transcript."""

    id: Annotated[int, Field(ge=1, le=_LARGEST)]
    step: Name | None = Field(None, description="only this step, such as `activation`")
    grep: Name | None = Field(None, description="only lines with this text, with those around them")


class BatchSummary(Answer):
    """A batch, and how many of its jobs stand how."""

    batch_id: str
    execution_mode: Literal["parallel", "sequential"]
    requested_by: str
    ticket: str
    comment: str
    needs_approval: bool
    approved_by: str | None
    paused_by: str | None
    stopped_by: str | None
    window: str | None
    schedule_time: Time | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None = Field(description="null until all of its jobs have ended")
    releases: list[str] = Field(description="what its devices get")
    counts: dict[str, int] = Field(
        description="jobs by status; those whose device is `unknown`, or whose job is `interrupted`, are counted so"
    )


class BatchesAnswer(Answer):
    """Batches, the newest first."""

    count: int
    batches: list[BatchSummary]


class JobsAnswer(Answer):
    """Jobs, the newest first."""

    count: int
    jobs: list[JobAnswer]


class TranscriptAnswer(Answer):
    """What was sent to a device and what it printed, without passwords."""

    job_id: int
    transcript: str


def summary_document(summary: Summary) -> dict[str, Any]:
    """Write a batch with its counts."""
    document = batch_document(summary.batch)
    return {name: document[name] for name in _OF_A_BATCH} | {
        "started_at": None if summary.started_at is None else rfc3339(summary.started_at),
        "finished_at": None if summary.finished_at is None else rfc3339(summary.finished_at),
        "releases": list(summary.releases),
        "counts": dict(summary.counts),
    }


async def batches(call: Call) -> web.Response:
    """List batches."""
    query: BatchesQuery = call.query
    store, seen = call.backend.store, call.reach.device_ids
    found = await call.backend.do(
        lambda: store.summaries(query.limit, skip=query.skip, ticket=query.ticket, devices=seen)
    )
    return answer({"count": len(found), "batches": [summary_document(one) for one in found]})


async def jobs(call: Call) -> web.Response:
    """List jobs."""
    query: JobsQuery = call.query

    def work() -> list[dict[str, Any]]:
        store, reach = call.backend.store, call.reach
        if query.batch_id is not None:
            reach.require_jobs(Act.LOOK, None, query.batch_id, some=True)
        wanted = Wanted(
            devices=() if query.device is None else (query.device,),
            batch_id=None if query.batch_id is None else store.batch(query.batch_id).id,
            seen=reach.device_ids,
            ticket=query.ticket,
            outcome=None if query.outcome is None else Outcome(query.outcome),
            status=None if query.status is None else JobStatus(query.status),
            since=query.since,
        )
        found = store.newest(wanted, query.limit)
        pulse = store.pulse(found)
        return [job_document(job, pulse) for job in found]

    found = await call.backend.do(work)
    return answer({"count": len(found), "jobs": found})


async def transcript(call: Call) -> web.Response:
    """Return a job's transcript, or a part of it."""
    query: TranscriptQuery = call.query
    backend = call.backend

    def work() -> str:
        job = backend.store.job(query.id)
        return transcripts.read(backend.service.jobs_dir, job, query.step, query.grep)

    return answer({"job_id": query.id, "transcript": await backend.do(work)})


ROUTES: Final = (
    Route(
        "GET",
        "/api/upgrade/batches/",
        batches,
        "List the batches",
        Needs(Act.LOOK, Of.SEEN),
        {200: BatchesAnswer},
        query=BatchesQuery,
        links={"jobs": Link("GET", _STATUS, {"batch_id": "batches/0/batch_id"})},
    ),
    Route(
        "GET",
        "/api/upgrade/jobs/",
        jobs,
        "Find jobs",
        Needs(Act.LOOK, Of.SEEN),
        {200: JobsAnswer, 404: Problem},
        query=JobsQuery,
    ),
    Route(
        "GET",
        "/api/upgrade/jobs/{id}/transcript/",
        transcript,
        "Read what was said on a device's terminal",
        Needs(Act.LOOK, Of.NAMED, jobs="id"),
        {200: TranscriptAnswer, 404: Problem},
        query=TranscriptQuery,
    ),
)
