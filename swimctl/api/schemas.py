"""What a request may hold and what an answer holds: one home for validation and for the OpenAPI document."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from swimctl.config.hours import EXAMPLE
from swimctl.models import Policy
from swimctl.requests.plans import LONGEST_SOAK, MOST_WORKERS

MOST_DEVICES = 10_000
_LARGEST = 2**63 - 1  # what SQLite can hold


def _moment(text: object) -> datetime:
    """Read ISO 8601 in UTC; a number, which pydantic would take for seconds since 1970, is none."""
    example = "give an ISO 8601 time with Z or an offset, such as 2030-05-04T02:00:00Z"
    if not isinstance(text, str):
        raise ValueError(example)  # noqa: TRY004 - pydantic makes a refusal of a ValueError alone
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a time; {example}") from None
    if moment.utcoffset() is None:
        raise ValueError(f"{text[:40]!r} has no offset from UTC; {example}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text[:40]!r} is not in the years 1 to 9999") from None


def whole(value: object) -> object:
    """Read 7.0 as 7: to JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def given(value: object) -> object:
    """Refuse null where leaving the field out is what is meant."""
    if value is None:
        raise ValueError("null is not a value; leave the field out")
    return value


def without_null(schema: dict[str, Any]) -> None:
    """Describe a field that may be left out and may not be null."""
    kept = [one for one in schema.pop("anyOf") if one.get("type") != "null"]
    schema.pop("default", None)
    schema.update(kept[0] if len(kept) == 1 else {"anyOf": kept})


Id = Annotated[int, Field(strict=True, ge=1, le=_LARGEST), BeforeValidator(whole)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255)]
_DAY: Final = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = "[0-9]{1,2}:[0-9]{2}"
_ONE_WINDOW: Final = (
    rf"(?:(?:{_DAY}(?:[-,]{_DAY}){{0,6}}|{_DATE}) )?{_TIME}"
    rf"(?:-(?:(?:{_DAY}|{_DATE}) )?{_TIME}|/[0-9]{{1,3}}[dhm](?:[0-9]{{1,2}}m)?)(?:@[A-Za-z0-9_+/-]+)?"
)
WINDOW: Final = rf"^{_ONE_WINDOW}(?:; ?{_ONE_WINDOW}){{0,9}}$"
Number = Annotated[int, Field(strict=True, ge=0, le=MOST_DEVICES), BeforeValidator(whole)]
Percent = Annotated[str, StringConstraints(strict=True, pattern=r"^(?:100|[1-9][0-9]?)(?:\.0+)?%$", max_length=8)]
Note = Annotated[str, StringConstraints(strict=True, max_length=1000)]
Workers = Annotated[int, Field(strict=True, ge=1, le=MOST_WORKERS), BeforeValidator(whole)]
Flag = Annotated[bool, Field(strict=True)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def _window(text: object) -> object:
    """Refuse what has not the form of windows in words that people know; nobody reads such a pattern."""
    if isinstance(text, str) and re.fullmatch(WINDOW, text) is None:
        raise ValueError(f"{text[:40]!r} is not a window; {EXAMPLE}")
    return text


Window = Annotated[str, StringConstraints(strict=True, pattern=WINDOW, max_length=500), BeforeValidator(_window)]
ONLY_IN: Final = (
    "start and activate only in this window, such as `22:00-04:00@Europe/Berlin`, `Sat 22:00-04:00@Europe/Berlin` or "
    "`2030-12-05 22:00/6h@Europe/Berlin`; several have `;` between them"
)
UNTIL: Final = "activate nothing that cannot end by this time; no copy begins after it"
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_DEVICES)]


class Request(BaseModel):
    """Refuse unknown fields: a misspelt `schedule_tiem` must not start an upgrade now."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoginRequest(Request):
    """A name and a password, as a form or as JSON."""

    username: Annotated[str, Field(strict=True, max_length=1024)]
    password: Annotated[str, Field(strict=True, max_length=1024)]


class WaiverRequest(Request):
    """One finding of one device that is accepted exactly as it was seen."""

    device: Name = Field(description="the inventory hostname")
    finding: Name = Field(description="the rule, as `dry_run` names it")
    seen: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=10_000)] = Field(
        description="what was seen; if anything else is seen, the waiver covers nothing"
    )
    reason: Annotated[Note, StringConstraints(min_length=1)] = Field(description="why it is accepted")


class TriggerRequest(Request):
    """Which devices are upgraded, to what, when and how."""

    # Not `anyOf`: generators of clients take each of its branches for a type, and forget the fields beside it.
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["auto_select_image"], "properties": {"auto_select_image": {"const": False}}},
            "then": {"required": ["image_id"], "properties": {"image_id": {"type": "integer"}}},
        }
    )

    devices: Annotated[
        list[Id | Name],
        Field(
            min_length=1,
            max_length=MOST_DEVICES,
            description="ids or inventory hostnames; the same device twice is one job, in the order given",
        ),
    ]
    image_id: Id | None = Field(
        None, description="this image for all devices; without it, the golden image of each device"
    )
    workflow_id: Id | None = Field(None, description="see `GET /api/workflows/`; without it, the standard workflow")
    execution_mode: Literal["parallel", "sequential"] = "parallel"
    schedule_time: Moment | None = Field(
        None, description="ISO 8601 with Z or an offset, in the future; without it, the jobs start now"
    )
    activate_after_distribute: Flag = Field(True, description="false: copy and verify only, no reload")
    cleanup_flash: Flag = Field(False, description="remove inactive releases from the device's flash before the copy")
    auto_select_image: Flag = Field(True, description="use the golden image of each device if there is no image_id")
    force: Flag = Field(False, description="upgrade a device that already runs the image, too")
    issu: Flag = Field(
        False, description="upgrade in service, without a reload of the whole device; refused if the device cannot"
    )
    convert: Flag = Field(False, description="bring IOS-XE devices from bundle mode to install mode")
    max_failures: Number | Percent | None = Field(
        None,
        description="start no more after this number of failures, or when this share of the devices tried has failed, "
        "from the fifth on; 0: never stop; default: 1 if sequential or with waves, else 0",
    )
    waves: Annotated[list[Id | Percent], Field(min_length=1, max_length=100)] | None = Field(
        None, description='sizes of waves, such as [1, 10, "100%"]; the last one repeats'
    )
    soak: Annotated[int, Field(strict=True, ge=0, le=LONGEST_SOAK), BeforeValidator(whole)] | None = Field(
        None, description="seconds between waves, after which the upgraded devices are checked again; needs waves"
    )
    window: Window | None = Field(None, description=ONLY_IN)
    until: Moment | None = Field(None, description=UNTIL)
    stage_now: Flag = Field(False, description="check and copy at once; only the activation waits for the window")
    pilot: Flag = Field(
        True,
        description="false: start all at once, even if no device of their kind was upgraded yet; the audit has it",
    )
    ticket: Note = Field("", description="a ticket's number, for the record")
    comment: Note = Field("", description="a note, for the record")
    waivers: Annotated[list[WaiverRequest], Field(max_length=MOST_DEVICES)] = Field(
        [],
        description="findings that are accepted; identity, hash, family and room never can be",
    )
    on_failed_checks: Literal["back", "hold"] = Field(
        "back",
        description="back: a device that is not as before goes back; hold: it waits for `/api/upgrade/recheck/` until "
        "shortly before its own timer ends",
    )
    dry_run: Flag = Field(
        False,
        description="make nothing; look at the devices, and answer 200 with what each would get, as `plan` does",
    )

    @model_validator(mode="after")
    def _some_image(self) -> TriggerRequest:
        if self.image_id is None and not self.auto_select_image:
            raise ValueError("auto_select_image is false and no image_id is given: name one, or leave it true")
        return self

    def policy(self) -> Policy:
        """Return what was said of waves, windows and notes."""
        return Policy(
            waves=tuple(map(str, self.waves or ())),
            soak=float(self.soak or 0),
            max_failures_percent=None if not isinstance(self.max_failures, str) else float(self.max_failures[:-1]),
            window=self.window,
            until=self.until,
            stage_now=self.stage_now,
            ticket=self.ticket,
            comment=self.comment,
            pilot=self.pilot,
        )


class CancelRequest(Request):
    """Jobs by their ids, by their batch, or those of the batch among the ids."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})  # as neither may be null, one of the two

    job_ids: Annotated[Ids | None, BeforeValidator(given)] = Field(None, json_schema_extra=without_null)
    batch_id: Annotated[Name | None, BeforeValidator(given)] = Field(None, json_schema_extra=without_null)

    @model_validator(mode="after")
    def _something(self) -> CancelRequest:
        if self.job_ids is None and self.batch_id is None:
            raise ValueError("name the jobs in job_ids, or their batch in batch_id")
        return self


class SteerRequest(Request):
    """Which batch is paused."""

    batch_id: Name


class StopRequest(Request):
    """Which batch stops, or which jobs: one of the two."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    batch_id: Annotated[Name | None, BeforeValidator(given)] = Field(None, json_schema_extra=without_null)
    job_ids: Annotated[Ids | None, BeforeValidator(given)] = Field(None, json_schema_extra=without_null)

    @model_validator(mode="after")
    def _one(self) -> StopRequest:
        if (self.job_ids is None) is (self.batch_id is None):
            raise ValueError("name the jobs in job_ids, or their batch in batch_id")
        return self


class ContinueRequest(Request):
    """Which batch goes on, or starts its next wave now."""

    batch_id: Name
    wave: bool = Field(False, strict=True, description="start the next wave now, without the rest of the soak")


class RecheckRequest(Request):
    """What becomes of a device that is held because it is not as before."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["answer"], "properties": {"answer": {"const": "keep"}}},
            "then": {
                "required": ["reason", "look"],
                "properties": {"reason": {"pattern": "\\S"}, "look": {"minLength": 1}},
            },
        }
    )

    job_id: Id
    answer: Literal["look", "keep", "back"] = Field(
        "look",
        description="look: look again; keep: accept exactly what `look` found, look again, and commit; back: go back",
    )
    reason: Note = Field("", description="why; needed to keep")
    look: Note = Field(
        "", description="`waiting.look` of the job, as you saw it; needed to keep. After a newer look it is refused"
    )


class ChangeRequest(Request):
    """Which batch gets other limits; what is not named stays, and something is named."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})  # none may be null

    batch_id: Name
    workers: Annotated[Workers | None, BeforeValidator(given)] = Field(
        None,
        description="how many devices at the same time, from now on; refused for a sequential batch",
        json_schema_extra=without_null,
    )
    max_failures: Annotated[Number | Percent | None, BeforeValidator(given)] = Field(
        None,
        description="a number, or a share of the devices tried, from the fifth on; 0: never stop",
        json_schema_extra=without_null,
    )
    until: Annotated[Moment | None, BeforeValidator(given)] = Field(
        None, description=UNTIL, json_schema_extra=without_null
    )

    @model_validator(mode="after")
    def _something(self) -> ChangeRequest:
        if self.workers is None and self.max_failures is None and self.until is None:
            raise ValueError("give what to change: workers, max_failures or until")
        return self


class ApproveRequest(Request):
    """Which batch somebody else may have started."""

    batch_id: Name
