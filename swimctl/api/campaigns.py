"""Campaigns: make one, look at it, and steer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from swimctl.api.answers import Answer, Problem, Time
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call, Link, Needs, Of, Route, answer
from swimctl.api.schemas import (
    MOST_DEVICES,
    WINDOW,
    Flag,
    Id,
    Name,
    Note,
    Number,
    Percent,
    Request,
    Workers,
    whole,
)
from swimctl.campaigns.documents import campaign_document, shown_document, steered_document
from swimctl.campaigns.rule import MOST_NIGHTS, Rule
from swimctl.campaigns.standing import State, Where
from swimctl.errors import NotFound, SelectionError
from swimctl.inventory.selection import Selection
from swimctl.requests.plans import LONGEST_SOAK
from swimctl.rights import Act
from swimctl.store import Campaign

CampaignName = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
]


class CampaignQuery(Request):
    """A campaign by its name."""

    name: CampaignName


class CampaignRequest(Request):
    """A rule that is kept: which devices, and how each of their nights goes. At least one way to select is given."""

    name: CampaignName
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
    window: Annotated[str, StringConstraints(strict=True, pattern=WINDOW, max_length=500)] = Field(
        description="when its nights are, such as `Tue,Thu 22:00-04:00@Europe/Berlin`"
    )
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
    rule: dict[str, Any] = Field(description="what it was told, with what it takes for the rest")


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

    problem: str = Field(description="why its rule selects no device; empty if it does")
    lost: list[str] = Field(description="devices that the inventory does not have any more")
    next_window: OpeningAnswer | None
    next_window_problem: str
    nights_left: int | None = Field(description="as far as swimctl knows how long such devices take")
    last_night: OpeningAnswer | None
    guessed: bool = Field(description="some of these models were never upgraded here")
    nights: list[NightAnswer]
    devices: list[CampaignDevice]


async def listed(call: Call) -> web.Response:
    """List the campaigns."""
    sights = await call.backend.do(call.backend.campaigns.sights)
    return answer({"count": len(sights), "campaigns": [campaign_document(sight) for sight in sights]})


async def shown(call: Call) -> web.Response:
    """Show one."""
    query: CampaignQuery = call.query
    found = await call.backend.do(lambda: call.backend.campaigns.show(query.name))
    return answer(shown_document(found.sight, found.outlook))


async def create(call: Call) -> web.Response:
    """Keep a rule."""
    asked: CampaignRequest = call.body
    backend = call.backend

    def work() -> dict[str, Any]:
        backend.hide_images()
        try:
            made = backend.campaigns.create(asked.name, _rule(call, asked), call.caller)
        except SelectionError as error:
            raise Refusal(404, "not found", str(error)) from None
        return campaign_document(backend.campaigns.sight(made.name))

    return answer(await backend.do(work), 201)


def _rule(call: Call, asked: CampaignRequest) -> Rule:
    backend, most = call.backend, asked.max_failures
    try:
        names = [device.name for device in backend.inventory.resolve(asked.devices)]
        workflow = "standard" if asked.workflow_id is None else backend.service.workflow(asked.workflow_id).name
        image = backend.campaigns.image(asked.image_id)
    except NotFound as error:
        raise Refusal(404, "not found", str(error)) from None
    return Rule(
        selection=Selection(
            tuple(names), asked.all, tuple(asked.filters), asked.limit, asked.group, tuple(asked.exclude)
        ),
        window=asked.window,
        image=image,
        workflow=workflow,
        cleanup_flash=asked.cleanup_flash,
        issu=asked.issu,
        convert=asked.convert,
        on_failed_checks=asked.on_failed_checks,
        sequential=asked.execution_mode == "sequential",
        workers=asked.workers,
        waves=tuple(map(str, asked.waves or ())),
        soak=float(asked.soak),
        max_failures=most if isinstance(most, int) else None,
        max_failures_percent=float(most[:-1]) if isinstance(most, str) else None,
        pilot=asked.pilot,
        most=asked.per_night,
        tries=asked.tries,
        by_hand=asked.by_hand,
        approval=asked.approval,
        ticket=asked.ticket,
        reason=asked.reason,
    )


async def _steered(call: Call, work: Callable[[], Campaign]) -> web.Response:
    return answer(steered_document(await call.backend.do(work)))


async def approve(call: Call) -> web.Response:
    """Approve another user's campaign."""
    asked: CampaignApprove = call.body
    return await _steered(call, lambda: call.backend.campaigns.approve(asked.campaign, call.caller, asked.mark))


async def pause(call: Call) -> web.Response:
    """Begin no more nights."""
    return await _steered(call, lambda: call.backend.store.pause_campaign(call.body.campaign, call.caller))


async def go_on(call: Call) -> web.Response:
    """Continue a campaign, or devices of it."""
    asked: CampaignContinue = call.body
    campaigns = call.backend.campaigns
    return await _steered(call, lambda: campaigns.go_on(asked.campaign, call.caller, asked.reason, asked.devices))


async def release(call: Call) -> web.Response:
    """Allow the next night to begin."""
    return await _steered(call, lambda: call.backend.store.release_night(call.body.campaign, call.caller))


async def end(call: Call) -> web.Response:
    """End a campaign."""
    asked: CampaignEnd = call.body
    return await _steered(call, lambda: call.backend.store.end_campaign(asked.campaign, call.caller, asked.reason))


# Whom a campaign selects is found anew each night. So it is of all devices, whoever it selects now.
_STEERED: Final[dict[int, Any]] = {200: CampaignSteered, 404: Problem, 409: Problem}
_SHOW: Final = "/api/campaigns/{name}/show/"

ROUTES: Final = (
    Route("GET", "/api/campaigns/", listed, "List the campaigns", Needs(Act.LOOK, Of.ALL), {200: CampaignsAnswer}),
    Route(
        "POST",
        "/api/campaigns/create/",
        create,
        "Keep a rule: upgrade what is behind, night after night",
        Needs(Act.TRIGGER, Of.ALL),
        {201: CampaignAnswer, 404: Problem, 409: Problem, 422: Problem},
        body=CampaignRequest,
        links={
            "show": Link("GET", _SHOW, {"name": "name"}),
            "approve": Link("POST", "/api/campaigns/approve/", body={"campaign": "name", "mark": "mark"}),
            "pause": Link("POST", "/api/campaigns/pause/", body={"campaign": "name"}),
            "next": Link("POST", "/api/campaigns/next/", body={"campaign": "name"}),
            "end": Link("POST", "/api/campaigns/end/", body={"campaign": "name"}),
        },
    ),
    Route(
        "GET",
        _SHOW,
        shown,
        "Show a campaign: its devices, its nights, and what is to come",
        Needs(Act.LOOK, Of.ALL),
        {200: CampaignShown, 404: Problem},
        query=CampaignQuery,
    ),
    Route(
        "POST",
        "/api/campaigns/approve/",
        approve,
        "Approve a campaign of another user, and its nights with it",
        Needs(Act.APPROVE, Of.ALL),
        _STEERED,
        body=CampaignApprove,
    ),
    Route(
        "POST",
        "/api/campaigns/pause/",
        pause,
        "Begin no more nights of a campaign, and start no more jobs of tonight's",
        Needs(Act.STEER, Of.ALL),
        _STEERED,
        body=CampaignNamed,
    ),
    Route(
        "POST",
        "/api/campaigns/continue/",
        go_on,
        "Let a campaign go on that is paused or halted, or devices that are held back",
        Needs(Act.STEER, Of.ALL),
        _STEERED,
        body=CampaignContinue,
    ),
    Route(
        "POST",
        "/api/campaigns/next/",
        release,
        "Let the next night of a campaign begin",
        Needs(Act.STEER, Of.ALL),
        _STEERED,
        body=CampaignNamed,
    ),
    Route(
        "POST",
        "/api/campaigns/end/",
        end,
        "End a campaign for good",
        Needs(Act.STEER, Of.ALL),
        _STEERED,
        body=CampaignEnd,
    ),
)
