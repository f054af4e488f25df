"""Campaigns: make one, look at it, and steer it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from swimctl.api.answers import Problem
from swimctl.api.campaign_models import (
    CampaignAnswer,
    CampaignApprove,
    CampaignChange,
    CampaignContinue,
    CampaignEnd,
    CampaignNamed,
    CampaignQuery,
    CampaignRequest,
    CampaignsAnswer,
    CampaignShown,
    CampaignSteered,
)
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call, Link, Needs, Of, Route, answer
from swimctl.campaigns.documents import campaign_document, shown_document, steered_document
from swimctl.campaigns.rule import Rule
from swimctl.errors import NotFound, SelectionError
from swimctl.inventory.selection import Selection
from swimctl.rights import Act
from swimctl.store import Campaign

_SELECTS: Final = frozenset({"devices", "all", "filters", "limit", "group", "exclude"})
# Fields of a request that the rule has under the same name, as they are.
_SAME: Final = (
    "window", "cleanup_flash", "issu", "convert", "on_failed_checks", "workers", "pilot", "tries", "by_hand",
    "approval", "ticket", "reason",
)  # fmt: skip


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

    def work() -> Campaign:
        given = _given(call, asked, CampaignRequest.model_fields.keys() | _SELECTS)
        return call.backend.campaigns.create(asked.name, Rule(**given), call.caller)

    return answer(await _kept(call, work), 201)


async def change(call: Call) -> web.Response:
    """Replace parts of a rule."""
    asked: CampaignChange = call.body

    def work() -> Campaign:
        given = _given(call, asked, asked.model_fields_set)
        return call.backend.campaigns.change(asked.campaign, lambda rule: replace(rule, **given), call.caller)

    return answer(await _kept(call, work))


async def _kept(call: Call, work: Callable[[], Campaign]) -> dict[str, Any]:
    """Return the campaign that some work has made. Refusal: 404, naming what does not exist."""
    backend = call.backend

    def kept() -> dict[str, Any]:
        backend.hide_images()
        try:
            made = work()
        except (NotFound, SelectionError) as error:
            raise Refusal(404, "not found", str(error)) from None
        return campaign_document(backend.campaigns.sight(made.name))

    return await backend.do(kept)


def _given(call: Call, asked: CampaignRequest | CampaignChange, names: AbstractSet[str]) -> dict[str, Any]:
    """Return what fields with these names say of a rule. NotFound: a device, an image or a workflow does not exist."""
    backend, most = call.backend, asked.max_failures
    given: dict[str, Any] = {name: getattr(asked, name) for name in _SAME if name in names}
    if "window" in names:
        given["zone"] = ""  # it is one of here, wherever the one before was from
    if not names.isdisjoint(_SELECTS):
        found = tuple(device.name for device in backend.inventory.resolve(asked.devices))
        given["selection"] = Selection(
            found, asked.all, tuple(asked.filters), asked.limit, asked.group, tuple(asked.exclude)
        )
    if "workflow_id" in names:
        number = asked.workflow_id
        given["workflow"] = "standard" if number is None else backend.service.workflow(number).name
    if "image_id" in names:
        given["image"] = backend.campaigns.image(asked.image_id)
    if "execution_mode" in names:
        given["sequential"] = asked.execution_mode == "sequential"
    if "waves" in names:
        given["waves"] = tuple(map(str, asked.waves or ()))
    if "soak" in names:
        given["soak"] = float(asked.soak)
    if "per_night" in names:
        given["most"] = asked.per_night
    if "max_failures" in names:
        given["max_failures"] = most if isinstance(most, int) else None
        given["max_failures_percent"] = float(most[:-1]) if isinstance(most, str) else None
    return given


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
        "POST",
        "/api/campaigns/change/",
        change,
        "Change the rule of a campaign; its approval is void then, and a night that goes on keeps the old rule",
        Needs(Act.TRIGGER, Of.ALL),
        {200: CampaignAnswer, 404: Problem, 409: Problem, 422: Problem},
        body=CampaignChange,
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
