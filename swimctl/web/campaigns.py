"""Campaigns: all of them, one with its nights and devices, a new one, and what a person says to it: as over the API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from swimctl.api import errors
from swimctl.api.errors import Refusal, of_status
from swimctl.campaigns.rule import Rule
from swimctl.campaigns.rule_text import rule_text
from swimctl.campaigns.standing import Sight, Where, told
from swimctl.errors import ConflictError, UsageError
from swimctl.rights import Act
from swimctl.web.batches import Action, act
from swimctl.web.planning import BETWEEN, number, or_percent
from swimctl.web.visit import Page, Visit

_MOST: Final = 500  # devices of a list
# From what somebody has to look at to what nobody has to.
_IN_ORDER: Final = (
    Where.HELD_BACK, Where.NO_JOB, Where.NO_GOLDEN, Where.TONIGHT, Where.BEHIND, Where.NEWER, Where.THERE,
)  # fmt: skip
_CREATE: Final = Action("/api/campaigns/create/")
_CHANGE: Final = Action("/api/campaigns/change/")
_FLAGS: Final = ("all", "by_hand", "approval", "cleanup_flash", "issu", "convert")
# Fields that can be changed on the page of a campaign.
_CHANGED: Final = ("window", "per_night", "tries", "waves", "max_failures", "ticket", "reason")

ACTIONS: Final[Mapping[str, Action]] = {
    "approve": Action("/api/campaigns/approve/", lambda visit: {"mark": visit.field("mark")}),
    "pause": Action("/api/campaigns/pause/"),
    "continue": Action(
        "/api/campaigns/continue/",
        lambda visit: {"reason": visit.field("reason"), "devices": _names(visit.field("devices"))},
    ),
    "next": Action("/api/campaigns/next/"),
    "end": Action("/api/campaigns/end/", lambda visit: {"reason": visit.field("reason")}),
}


async def everything(visit: Visit) -> web.Response:
    """Show all campaigns: whom they select is found anew each night, so they are for who looks everywhere."""
    visit.reach.require_everywhere(Act.LOOK)
    sights = await visit.do(visit.backend.campaigns.sights)
    return visit.page("campaigns.html", sights=[(one, told(one), _shares(one)) for one in reversed(sights)])


def _shares(sight: Sight) -> list[tuple[str, int]]:
    return [(where.value, sight.counts[where]) for where in Where if sight.counts[where]]


async def one(visit: Visit) -> web.Response:
    """Show a campaign: how its devices stand, its nights, and what is to come."""
    return await _shown(visit, "")


async def _shown(visit: Visit, why: str) -> web.Response:
    visit.reach.require_everywhere(Act.LOOK)  # a refused form is shown the page, too
    name = visit.request.match_info["name"]
    found = await visit.do(lambda: visit.backend.campaigns.show(name))
    sight = found.sight
    was = {} if sight.rule is None else _fields(sight.rule)
    page = visit.page(
        "campaign.html",
        sight=sight,
        campaign=sight.campaign,
        state=sight.state.value,
        told=told(sight),
        rule=rule_text(sight),
        outlook=found.outlook,
        nights=sight.nights[::-1],
        sections=[(where.value, sight.those(where)) for where in _IN_ORDER if sight.counts[where]],
        most=_MOST,
        own=sight.campaign.created_by.casefold() == visit.caller.name.casefold(),
        why=why,
        was=was,
        typed={**was, **visit.form},
    )
    if why:
        page.set_status(400)
    return page


def _fields(rule: Rule) -> dict[str, object]:
    """Return what the form of a change has in its fields before anybody types."""
    return {
        "window": rule.window,
        "per_night": "" if rule.most is None else rule.most,
        "tries": rule.tries,
        "waves": ", ".join(rule.waves),
        "max_failures": rule.failures,
        "ticket": rule.ticket,
        "reason": rule.reason,
    }


async def ask(visit: Visit) -> web.Response:
    """Show the form of a new campaign."""
    visit.reach.require_everywhere(Act.TRIGGER)
    return await _form(visit, {}, "")


async def _form(visit: Visit, typed: Mapping[str, str], why: str) -> web.Response:
    known = visit.backend.inventory.devices
    images = await visit.do(visit.backend.store.images)
    page = visit.page(
        "new_campaign.html",
        typed=defaultdict(str, typed),
        why=why,
        images=images,
        workflows=visit.backend.service.workflows(),
        sites=sorted({one.site for one in known if one.site}),
        groups=sorted({group for one in known for group in one.groups}),
        count=len(known),
    )
    if why:
        page.set_status(400)
    return page


async def create(visit: Visit) -> web.Response:
    """Keep the rule of a form; a mistake leads back to it."""
    visit.reach.require_everywhere(Act.TRIGGER)
    field = visit.field
    try:
        body = _body(visit, ("name", "window", "per_night", "tries", "waves", "max_failures", "ticket", "reason"))
        body |= {name: True for name in _FLAGS if name in visit.form}
        body |= {name: number(field(name), name) for name in ("image_id", "workflow_id") if field(name)}
        names = _names(field("devices"))
        patterns = any(mark in name for name in names for mark in "*?[")
        body |= {"limit": ",".join(names)} if patterns else {"devices": names}
        body |= {"filters": [f"site={field('site')}"]} if field("site") else {}
        body |= {"group": field("group")} if field("group") else {}
        made = await act(visit, _CREATE, body)
    except (UsageError, ConflictError, Refusal) as error:
        return await _form(visit, visit.form, _said(visit, error))
    return visit.go(f"/campaigns/{made['name']}")


async def say(visit: Visit) -> web.Response:
    """Do to a campaign what a form asks for, and show it again."""
    name, word = visit.request.match_info["name"], visit.request.match_info["action"]
    if word == "change":
        visit.reach.require_everywhere(Act.TRIGGER)  # else a form with a mistake would be answered as a mistake
        changed = tuple(one for one in _CHANGED if visit.field(one) != visit.field(f"was_{one}"))
        try:
            await act(visit, _CHANGE, {"campaign": name} | _body(visit, changed, emptied=True))
        except (UsageError, Refusal) as error:
            return await _shown(visit, _said(visit, error))
    elif word in ACTIONS:
        await act(visit, ACTIONS[word], {"campaign": name})
    else:
        raise of_status(404)
    return visit.go(f"/campaigns/{name}")


def _body(visit: Visit, names: tuple[str, ...], *, emptied: bool = False) -> dict[str, Any]:
    """Return fields of a form as the API takes them. `emptied`: one without a text is said to have none."""
    found: dict[str, Any] = {}
    for name in names:
        text = visit.field(name)
        if text:
            found[name] = _value(name, text)
        elif emptied and name in {"ticket", "reason"}:
            found[name] = ""
        elif emptied:
            found[name] = None
    return found


def _value(name: str, text: str) -> object:
    if name in {"per_night", "tries"}:
        return number(text, name.replace("_", " "))
    if name == "max_failures":
        return or_percent(text)
    if name == "waves":
        return [or_percent(each) for each in _names(text)]
    return text


def _names(text: str) -> list[str]:
    return [name for name in BETWEEN.split(text) if name]


def _said(visit: Visit, error: Exception) -> str:
    known = visit.backend.folders.taken_out(str(error).encode()).decode()
    return errors.without_hidden(visit.request, known)


PAGES: Final = (
    Page("GET", "/campaigns", everything, Act.LOOK),
    Page("GET", "/new-campaign", ask, Act.TRIGGER),
    Page("POST", "/new-campaign", create, Act.TRIGGER),
    Page("GET", "/campaigns/{name}", one, Act.LOOK),
    Page("POST", "/campaigns/{name}/{action}", say, Act.LOOK),
)
