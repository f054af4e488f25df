"""What is sent and answered of campaigns."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from swimctl.api.answers import Answer, Time
from swimctl.api.schemas import (
    MOST_DEVICES,
    Flag,
    Id,
    Name,
    Note,
    Number,
    Percent,
    Request,
    Window,
    Workers,
    given,
    whole,
    without_null,
)
from swimctl.campaigns.rule import MOST_NIGHTS
from swimctl.campaigns.standing import State, Where
from swimctl.requests.plans import LONGEST_SOAK

CampaignName = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
]


class CampaignQuery(Request):
    """A campaign by its name."""

    name: CampaignName


_WHEN: Final = "when its nights are, such as `Tue,Thu 22:00-04:00@Europe/Berlin`"


class _Ruled(Request):
    """What the rule of a campaign says beside its window."""

    devices: Annotated[list[Id | Name], Field(max_length=MOST_DEVICES)] = Field(
        [], description="ids or inventory hostnames"
    )
    all: Flag = Field(False, description="every device of the inventory, also those that are added later")
    filters: Annotated[list[Name], Field(max_length=100)] = Field(
        [], description="`key=value` of the inventory, such as `site=bern`; a device has all of them"
    )
    limit: Name | None = Field(None, description="hosts, groups or patterns, such as `access-*,!access-7`")
    group: Name | None = Field(None, description="devices of this group")
    exclude: Annotated[list[Name], Field(max_length=100)] = Field([], description="not these; as `limit`")
    per_night: Annotated[int, Field(strict=True, ge=1, le=MOST_DEVICES), BeforeValidator(whole)] | None = Field(
        None, description="at most so many devices a night; without it, all that are behind"
    )
    tries: Annotated[int, Field(strict=True, ge=1, le=MOST_NIGHTS), BeforeValidator(whole)] = Field(
        2, description="a device that failed in so many nights in a row is held back"
    )
    by_hand: Flag = Field(False, description="each night waits for `/api/campaigns/next/`")
    approval: Flag = Field(False, description="somebody else has to approve it, whatever the configuration says")
    image_id: Id | None = Field(None, description="this image; without it, the golden image of each device")
    workflow_id: Id | None = Field(None, description="see `GET /api/workflows/`; without it, the standard workflow")
    execution_mode: Literal["parallel", "sequential"] = "parallel"
    cleanup_flash: Flag = Field(False, description="remove inactive releases from the flash before the copy")
    issu: Flag = Field(False, description="upgrade in service")
    convert: Flag = Field(False, description="bring IOS-XE devices from bundle mode to install mode")
    on_failed_checks: Literal["back", "hold"] = "back"
    workers: Workers | None = Field(None, description="how many devices at the same time")
    waves: Annotated[list[Id | Percent], Field(min_length=1, max_length=100)] | None = Field(
        None, description='sizes of the waves of a night, such as [1, 10, "100%"]'
    )
    soak: Annotated[int, Field(strict=True, ge=0, le=LONGEST_SOAK), BeforeValidator(whole)] = Field(
        0, description="seconds between waves"
    )
    max_failures: Number | Percent | None = Field(
        None,
        description="so many failures, or such a share of those tried, stop the night and halt the campaign; 0: never; "
        "without it, 10%",
    )
    pilot: Flag = Field(True, description="false: the first of its kind does not go alone; the audit has it")
    ticket: Note = Field("", description="a ticket's number, for the record")
    reason: Note = Field("", description="why, for the record")


class CampaignRequest(_Ruled):
    """A rule that is kept: which devices, and how each of their nights goes. At least one way to select is given."""

    name: CampaignName
    window: Window = Field(description=_WHEN)


class CampaignChange(_Ruled):
    """What becomes of the rule of a campaign. What is not named stays; devices that are named replace all that were."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    campaign: CampaignName
    window: Annotated[Window | None, BeforeValidator(given)] = Field(
        None, description=_WHEN, json_schema_extra=without_null
    )

    @model_validator(mode="after")
    def _something(self) -> CampaignChange:
        if len(self.model_fields_set) < 2:
            raise ValueError("give what to change, such as window or per_night")
        return self


class CampaignNamed(Request):
    """Which campaign."""

    campaign: CampaignName


class CampaignApprove(CampaignNamed):
    """Which campaign is approved, and with which rule."""

    mark: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)] = Field(
        description="the `mark` of the campaign with the rule that was seen; a rule that was changed since is refused"
    )


class CampaignContinue(CampaignNamed):
    """Which campaign goes on, or which of its devices are tried again, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["devices"], "properties": {"devices": {"minItems": 1}}},
            "then": {"required": ["reason"], "properties": {"reason": {"pattern": "\\S"}}},
        }
    )

    reason: Note = Field("", description="why; needed if it is halted, and with `devices`")
    devices: Annotated[list[Name], Field(max_length=MOST_DEVICES)] = Field(
        [], description="try these again, which are held back"
    )


class CampaignEnd(CampaignNamed):
    """Which campaign ends for good, and why."""

    reason: Note = Field("", description="why")


class CampaignCounts(Answer):
    """How many devices are where."""

    there: int
    newer: int = Field(description="they run a newer release, and are left as they are")
    tonight: int = Field(description="in the batch of the night that goes on")
    behind: int
    held_back: int = Field(description="failed too often, or nobody knows what they run: a person lets them go on")
    gets_no_job: int
    no_golden_release: int


class CampaignSteered(Answer):
    """A campaign, and who steers it."""

    name: str
    created_at: Time
    created_by: str = Field(description="who made it, or changed it last")
    mark: str = Field(description="names its rule as it is; `/api/campaigns/approve/` needs it")
    needs_approval: bool
    approved_by: str | None
    approved_at: Time | None
    paused_by: str | None
    halted: str | None = Field(description="why no night begins until a person continues it")
    released_by: str | None = Field(description="who let the next night begin by hand")
    finished_at: Time | None
    ended_at: Time | None
    ended_by: str | None


class CampaignAnswer(CampaignSteered):
    """A campaign, and how it stands. No device is asked for it."""

    state: State
    message: str = Field(description="how its devices stand, as a sentence")
    count: int = Field(description="how many devices it has now")
    counts: CampaignCounts
    night: int | None = Field(description="the night that goes on")
    batch_id: str | None = Field(description="its batch")
    problem: str = Field(description="why its rule selects no device, or cannot be read; empty if it does")
    rule: dict[str, Any] | None = Field(
        description="what it was told, with what it takes for the rest; null: it cannot be read, see `problem`"
    )


class CampaignsAnswer(Answer):
    """All campaigns, the oldest first."""

    count: int
    campaigns: list[CampaignAnswer]


class NightAnswer(Answer):
    """One night, which was one batch."""

    number: int
    batch_id: str
    opens: Time
    closes: Time
    begun_at: Time
    ended: bool
    devices: int
    success: int
    failed: int
    unknown: int = Field(description="nobody knows what these devices are")
    left_over: int = Field(description="not tried: the night was over, or was stopped")
    going: int
    interrupted: list[int] = Field(description="jobs whose process has died, and that nobody has taken up yet")


class OpeningAnswer(Answer):
    """When a night may begin, and when it has to be over."""

    starts: Time
    closes: Time


class OwnWindowsAnswer(Answer):
    """All that is behind, and the windows of these devices, which are closed whenever `next_window` is open."""

    devices: list[str]
    windows: list[str]
    first_window: OpeningAnswer | None = Field(description="the first that takes one of them; null: none is known")


class CampaignDevice(Answer):
    """One device of a campaign."""

    device_id: int
    device_hostname: str
    where: Where
    why: str
    runs: str | None = Field(description="what it was last seen to run")
    gets: str | None


class CampaignShown(CampaignAnswer):
    """All that is known of a campaign."""

    lost: list[str] = Field(description="devices that the inventory does not have any more")
    next_window: OpeningAnswer | None
    next_window_problem: str
    nights_left: int | None = Field(description="as far as swimctl knows how long such devices take")
    last_night: OpeningAnswer | None
    guessed: bool = Field(description="some of these models were never upgraded here")
    own_windows: OwnWindowsAnswer | None = Field(
        description="what is behind waits for its own windows; null: some of it may be upgraded in `next_window`"
    )
    nights: list[NightAnswer]
    devices: list[CampaignDevice]
