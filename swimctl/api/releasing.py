"""Release: a person answers jobs that wait for one."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from swimctl.api.answers import Answer, Problem
from swimctl.api.routing import Call, Needs, Of, Route, answer
from swimctl.api.schemas import Flag, Ids, Name, Request, given, without_null
from swimctl.errors import ConflictError
from swimctl.rights import Act


class ReleaseRequest(Request):
    """Jobs by their ids, or those of a batch that wait for a person; with both, all ids are of such; and why."""

    model_config = ConfigDict(
        json_schema_extra={"if": {"not": {"required": ["job_ids"]}}, "then": {"required": ["batch_id"]}}
    )

    job_ids: Annotated[Ids | None, BeforeValidator(given)] = Field(
        None, description="these jobs, all or none; without `batch_id` this is required", json_schema_extra=without_null
    )
    batch_id: Annotated[Name | None, BeforeValidator(given)] = Field(
        None,
        description="all jobs of this batch that wait for a person; without `job_ids` this is required",
        json_schema_extra=without_null,
    )
    reason: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1000, pattern=r"\S")] = Field(
        description="why, for the record"
    )
    refuse: Flag = Field(False, description="true: they must not go on; each ends `failed`")

    @model_validator(mode="after")
    def _something(self) -> ReleaseRequest:
        if self.job_ids is None and self.batch_id is None:
            raise ValueError("name the jobs in job_ids, or their batch in batch_id")
        return self


class ReleaseAnswer(Answer):
    """The jobs that have their answer."""

    status: Literal["success"]
    job_ids: list[int]
    released: bool = Field(description="false: they were refused")


async def release(call: Call) -> web.Response:
    """Answer jobs that wait for a person."""
    asked: ReleaseRequest = call.body
    store = call.backend.store

    def work() -> list[int]:
        jobs = asked.job_ids or []
        if asked.batch_id is not None:
            waiting = store.waiting_for_a_person(asked.batch_id)
            if others := sorted({*jobs} - {*waiting}):
                raise ConflictError(
                    f"of batch {asked.batch_id}, job {', '.join(map(str, others))} does not wait for a person; "
                    "nothing was answered; next: look at the status of the batch"
                )
            jobs = jobs or waiting
        return store.answer(jobs, call.caller, asked.reason, go=not asked.refuse)

    return answer({"status": "success", "job_ids": await call.backend.do(work), "released": not asked.refuse})


ROUTES = (
    Route(
        "POST",
        "/api/upgrade/release/",
        release,
        "Answer jobs that wait for a person",
        Needs(Act.STEER, Of.NAMED, jobs="job_ids", batch="batch_id"),
        {200: ReleaseAnswer, 404: Problem, 409: Problem},
        body=ReleaseRequest,
    ),
)
