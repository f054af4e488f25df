"""What the API answers: models that the OpenAPI document is made of. Answers may grow, never shrink."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from swimctl.models import Outcome
from swimctl.states import JobStatus, StepStatus
from swimctl.waiting import HeldAnswer, WaitKind

Time = Annotated[str, Field(description="UTC, RFC 3339, ending in Z", json_schema_extra={"format": "date-time"})]


class Answer(BaseModel):
    """Allow more fields than named: answers may grow."""

    model_config = ConfigDict(extra="allow")


class Problem(Answer):
    """Why a request was refused."""

    error: str = Field(description="a short title")
    message: str = Field(description="what is wrong and what to do")
    details: list[str] | None = Field(None, description="all things that are wrong, if there are several")
    explain: str | None = Field(None, description="what `swimctl explain` and docs/errors.md call this error")


class LoginAnswer(Answer):
    """A fresh token; shown this once."""

    token: str
    expires_at: Time


class TriggeredDevice(Answer):
    """What one device got: a job, or the reason why not."""

    device_id: int
    device_hostname: str
    status: Literal["pending", "scheduled", "skipped"]
    job_id: int | None = None
    image: str | None = None
    error: str | None = None
    message: str | None = None


class TriggerAnswer(Answer):
    """The jobs that were made; `partial` where some devices got none."""

    status: Literal["success", "partial"]
    jobs_created: int
    job_ids: list[int]
    execution_mode: Literal["parallel", "sequential"]
    batch_id: str
    needs_approval: bool
    schedule_time: Time | None
    details: list[TriggeredDevice]


class StepAnswer(Answer):
    """One step of a job."""

    name: str
    status: StepStatus
    message: str
    started_at: Time | None
    finished_at: Time | None
    usual_seconds: float | None = Field(
        description="of a running step: how long such a step usually takes, the median of successful ones; else null"
    )


class WaivedFinding(Answer):
    """One finding of one device that somebody accepted, with exactly what was seen."""

    device: str
    finding: str
    seen: str
    reason: str
    by: str = Field(description="who accepted it")


class HeldReply(Answer):
    """What was said of a device that is held."""

    status: Literal["success"]
    job_id: int
    device_hostname: str
    answer: HeldAnswer
    waived: list[WaivedFinding] = Field(description="what is accepted with it")
    interrupted: bool = Field(description="true: its process ended, and `swimctl resume` hears the answer")


class WaitingAnswer(Answer):
    """What a job waits for."""

    kind: WaitKind
    on: str = Field(description="such as a device, a wave or a window; of an approval, the batch's id")
    job_id: int | None = Field(
        description="the job that is in the way, if it is one; if a person is waited for, this job"
    )
    until: Time | None = Field(description="when the wait ends by itself; null if nobody knows")
    look: str = Field(
        description="of a device that is held: the look that `keep` accepts; empty if nobody can accept it"
    )
    message: str = Field(description="the same as a sentence")


class JobAnswer(Answer):
    """One device's upgrade."""

    id: int
    batch_id: str
    device_id: int
    device_hostname: str
    status: JobStatus
    outcome: Outcome | None = Field(description="what the device is now; null until the job has ended")
    removed: list[str] = Field(description="files that the job removed from the device's flash")
    waived: list[WaivedFinding] = Field(description="what the job met and somebody had waived")
    progress: Annotated[int, Field(ge=0, le=100)]
    current_step: str
    image_id: int
    image_filename: str
    image_version: str
    error: str | None
    waiting: WaitingAnswer | None = Field(description="what the job waits for now; null if it waits for nothing")
    wave: int = Field(description="which wave of its batch it belongs to, from 1 on")
    redundancy_group: str | None = Field(description="two jobs of one group never run at the same time")
    after: list[int] = Field(description="jobs that end before this one starts")
    attempted: bool = Field(description="false until a process has started it")
    interrupted: bool = Field(description="true if its process ended or stands still: see `swimctl resume`")
    stop_by: str | None = Field(description="who asked that it stops after its step; null: nobody")
    bytes_done: int = Field(description="how much of the image has been copied")
    bytes_total: int = Field(description="the image's size once the copy has begun, else 0")
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    schedule_time: Time | None
    last_event_at: Time | None = Field(description="of a running job: when its last event was; else null")
    steps: list[StepAnswer]


class StatusAnswer(Answer):
    """Jobs in the order of their ids."""

    count: int
    change: int = Field(description="the number of the latest change of these jobs: what `changed_since` takes")
    jobs: list[JobAnswer]
    missing: list[int] = Field(description="ids that were asked for and do not exist")


class NotCancelled(Answer):
    """A job that was left as it is, and why."""

    id: int
    status: JobStatus
    message: str


class CancelAnswer(Answer):
    """What was cancelled and what was not; a refusal carries `error` and `message` too."""

    status: Literal["success", "error"]
    cancelled: int
    job_ids: list[int]
    not_cancelled: list[NotCancelled]
    error: str | None = None
    message: str | None = None


class ApproveAnswer(Answer):
    """The batch, and who approved it."""

    status: Literal["success"]
    batch_id: str
    requested_by: str
    approved_by: str
    approved_at: Time


class StoppingJob(Answer):
    """A job that was asked to stop."""

    id: int
    device_hostname: str
    stops_after: str | None = Field(description="the step after which it stops; null: it goes on to its end")


class StopAnswer(Answer):
    """Who stops what; `jobs` are those that run."""

    status: Literal["success"]
    batch_id: str | None
    stopped_by: str
    jobs: list[StoppingJob]


class ChangeAnswer(Answer):
    """The batch with its limits as they are now; workers of null are those of the configuration."""

    status: Literal["success"]
    batch_id: str
    workers: int | None
    max_failures: int
    max_failures_percent: float | None
    until: Time | None


class SteerAnswer(Answer):
    """The batch, and who paused it; null if it is not paused."""

    status: Literal["success"]
    batch_id: str
    paused_by: str | None
    wave: int | None = Field(None, description="the wave that starts now, if one was started by hand")


class EventAnswer(Answer):
    """Something that happened to a job."""

    id: int
    job_id: int
    at: Time
    kind: str
    message: str
    data: dict[str, Any]


class EventsAnswer(Answer):
    """A job's events after the one asked for, oldest first."""

    count: int
    events: list[EventAnswer]


class HealthAnswer(Answer):
    """Whether requests are answered."""

    status: Literal["up", "down"]


class DeviceAnswer(Answer):
    """A device of the inventory."""

    id: int
    hostname: str
    platform: str
    model: str | None
    site: str | None
    role: str | None
    groups: list[str]


class DevicesAnswer(Answer):
    """All devices, in the order of the inventory."""

    count: int
    devices: list[DeviceAnswer]


class GoldenRuleAnswer(Answer):
    """What devices must have so that a golden image is theirs; null is any."""

    model: str | None = Field(description="a pattern, such as `C9300-*`")
    group: str | None
    site: str | None
    role: str | None
    tag: str | None
    valid_from: Time | None = Field(description="before this time the rule does not count")
    valid_until: Time | None = Field(description="from this time on the rule does not count")


class ImageAnswer(Answer):
    """An image of the catalogue."""

    id: int
    filename: str
    platform: str
    family: str
    version: str = Field(description="of a patch: the release that it is for")
    kind: Literal["image", "patch", "epld"]
    size: int
    sha512: str
    md5: str
    added_at: Time
    golden: list[str] = Field(
        description="for which devices it is golden, a rule each: `all`, or such as `group access`"
    )
    golden_rules: list[GoldenRuleAnswer]


class GoldenReleaseAnswer(Answer):
    """A golden release that has no file: what devices are compared with, and given where an image of it is there."""

    platform: str
    family: str | None = Field(description="the beginning of its image's file name; null is any of the platform")
    release: str
    golden: list[str] = Field(description="for which devices it is golden, as of an image")
    golden_rules: list[GoldenRuleAnswer]


class ImagesAnswer(Answer):
    """All images, and the golden releases that have no file."""

    count: int
    images: list[ImageAnswer]
    golden_releases: list[GoldenReleaseAnswer]


class WorkflowAnswer(Answer):
    """A workflow and its steps."""

    id: int
    name: str
    description: str
    steps: list[str]
    does: list[str] = Field(description="what each step does; empty: a step of swimctl's own")


class WorkflowsAnswer(Answer):
    """All workflows."""

    count: int
    workflows: list[WorkflowAnswer]
