"""The report of a batch as JSON: its fields, for the OpenAPI document and for docs/report.schema.json."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from swimctl.api.answers import Answer, EventAnswer, JobAnswer, Time, WaivedFinding

Result = Literal["success", "failed", "unknown", "interrupted", "waiting", "cancelled", "not-attempted"]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ReportedMember(Answer):
    """What a member ran before and runs now, as the device said it; empty if nobody could read it."""

    name: str
    before: str
    after: str


class ReportedOutage(Answer):
    """A time in which a device did not answer."""

    since: Time = Field(description="its last answer")
    until: Time | None = Field(description="its first answer; null if none is recorded")
    seconds: float | None
    exact: bool = Field(description="false: an older record, which has no answers; it is an estimate")


class ReportedSpan(Answer):
    """A step, or a wait between two of them."""

    kind: str
    name: str
    since: Time
    until: Time | None
    status: str = Field(description="how the step ended; empty for a wait")
    why: str


class ReportedCommand(Answer):
    """A command that is sent only once."""

    at: Time
    line: str
    answer: str = Field(description="what the device said to it; empty if that is not recorded")


class ReportedDifference(Answer):
    """What was not as before, or not as it must be."""

    source: str = Field(description="`comparison`, `waiver`, or the name of a check by rules")
    what: str
    before: str
    after: str
    needed: str
    standing: Literal["broken", "tolerated", "waived", "not read", "holds"]
    why: str
    by: str = Field(description="who waived it")


class ReportedDecision(Answer):
    """What somebody decided."""

    at: Time
    who: str
    what: str
    why: str
    origin: str = Field(description="an address, or `terminal`")


class ReportedTranscript(Answer):
    """What the device's terminal printed."""

    text: str
    size: int = Field(description="bytes of the whole file")
    sha256: Digest = Field(description="of the whole file")
    left_out: int = Field(description="characters that are left out in the middle")


class ReportedJob(JobAnswer):
    """A job with all that is known of its device."""

    result: Result
    from_version: str | None = Field(description="the release before; null if nobody read it")
    runs_version: str | None = Field(description="the release now; null if that is not proved")
    members: list[ReportedMember]
    outages: list[ReportedOutage]
    away_seconds: float | None = Field(description="all outages together; null if there was none that ended")
    spans: list[ReportedSpan]
    commands: list[ReportedCommand]
    differences: list[ReportedDifference]
    decisions: list[ReportedDecision]
    events: list[EventAnswer]
    transcript: ReportedTranscript | None = Field(description="null if there is none; always null in the API")


class ReportedBatch(Answer):
    """What was asked for, by whom, and within which limits."""

    batch_id: str
    execution_mode: Literal["parallel", "sequential"]
    max_failures: int
    workflow: str
    activate_after_distribute: bool
    cleanup_flash: bool
    force: bool
    issu: bool
    convert: bool
    waivers: list[WaivedFinding]
    on_failed_checks: str
    detached: bool
    requested_by: str
    waves: list[str]
    soak: float
    max_failures_percent: float | None
    window: str | None
    until: Time | None
    stage_now: bool
    ticket: str
    comment: str
    pilot: bool
    needs_approval: bool
    approved_by: str | None
    approved_at: Time | None
    paused_by: str | None
    stopped_by: str | None
    workers: int | None
    created_at: Time
    schedule_time: Time | None


class FirstOfAKind(Answer):
    """A device that went alone."""

    device_hostname: str
    message: str


class SkippedDevice(Answer):
    """A device that got no job."""

    device_hostname: str
    message: str


class ReportedAudit(Answer):
    """The last entry of the audit when the report was made."""

    entry: int
    hash: Digest


class ReportMade(Answer):
    """When and by whom the report was made, and how far it goes."""

    at: Time
    by: str
    swimctl: str = Field(description="its version")
    until_event: int = Field(description="the last event in it")
    ended: bool = Field(description="whether all jobs had ended")
    facts_sha256: Digest = Field(
        description="the SHA-256 of what happened, without when the report was made; zeros where names were left out"
    )


class ReportAnswer(Answer):
    """A batch with everything that is known of it. `schema` changes only if a field goes or changes its meaning."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    batch_id: str
    status: Literal["success", "failed"]
    exit_code: int
    counts: dict[str, int]
    duration_seconds: float
    batch: ReportedBatch
    decisions: list[ReportedDecision]
    first_of_a_kind: list[FirstOfAKind]
    waivers_not_met: list[WaivedFinding]
    jobs: list[ReportedJob]
    skipped: list[SkippedDevice]
    resume: list[int] = Field(description="jobs that have not ended")
    audit: ReportedAudit
    made: ReportMade
    seal: str = Field(description="what `swimctl report verify` reads")
