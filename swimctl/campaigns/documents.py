"""Campaigns as documents, the same for the command line and the API. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from swimctl.campaigns.outlook import Closed, Next, Outlook
from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Sight, Stand, Where, told
from swimctl.clock import rfc3339
from swimctl.store import Campaign, Night

Document = dict[str, Any]


def campaign_document(sight: Sight) -> Document:
    """Write a campaign with the number of its devices."""
    campaign = sight.campaign
    night = sight.night
    return {
        "name": campaign.name,
        "state": sight.state.value,
        "message": told(sight),
        "count": len(sight.stands),
        "counts": {where.value.replace(" ", "_"): sight.counts[where] for where in Where},
        "night": None if night is None else night.number,
        "batch_id": None if night is None else night.batch_id,
        **_steered(campaign, sight.halted),
        "problem": sight.problem,
        "rule": None if sight.rule is None else rule_document(sight.rule),
    }


def shown_document(sight: Sight, outlook: Outlook) -> Document:
    """Write all that is known of a campaign."""
    return campaign_document(sight) | {
        "lost": list(sight.lost),
        "next_window": _next(outlook.next),
        "next_window_problem": outlook.why,
        "nights_left": outlook.nights,
        "last_night": _next(outlook.last),
        "guessed": outlook.guessed,
        "own_windows": _closed(outlook.closed),
        "nights": [night_document(night, sight.left if night == sight.night else ()) for night in sight.nights],
        "devices": [_stand(stand) for stand in sight.stands],
    }


def rule_document(rule: Rule) -> Document:
    """Write a rule; `max_failures` as it counts, also where nobody has given it."""
    return {**asdict(rule), "max_failures": rule.failures}


def night_document(night: Night, left: Sequence[int]) -> Document:
    """Write a night and what came of it, with its jobs that were interrupted and that nobody has taken up."""
    counts = night.counts
    return {
        "number": night.number,
        "batch_id": night.batch_id,
        "opens": rfc3339(night.opens),
        "closes": rfc3339(night.closes),
        "begun_at": rfc3339(night.begun_at),
        "ended": not counts.going,
        "devices": counts.all,
        "success": counts.well,
        "failed": counts.failed,
        "unknown": counts.unknown,
        "left_over": counts.left_over,
        "going": counts.going,
        "interrupted": list(left),
    }


def steered_document(campaign: Campaign) -> Document:
    """Write what somebody has just done to a campaign."""
    return {"name": campaign.name, **_steered(campaign, campaign.halted or "")}


def _steered(campaign: Campaign, halted: str) -> Document:
    return {
        "created_at": rfc3339(campaign.created_at),
        "created_by": campaign.created_by,
        "mark": campaign.mark,
        "needs_approval": campaign.needs_approval,
        "approved_by": campaign.approved_by,
        "approved_at": None if campaign.approved_at is None else rfc3339(campaign.approved_at),
        "paused_by": campaign.paused_by,
        "halted": halted or None,
        "released_by": campaign.released_by,
        "finished_at": None if campaign.finished_at is None else rfc3339(campaign.finished_at),
        "ended_at": None if campaign.ended_at is None else rfc3339(campaign.ended_at),
        "ended_by": campaign.ended_by,
    }


def _next(following: Next | None) -> Document | None:
    if following is None:
        return None
    return {"starts": rfc3339(following.starts), "closes": rfc3339(following.opening.closes)}


def _closed(closed: Closed | None) -> Document | None:
    if closed is None:
        return None
    return {"devices": list(closed.names), "windows": list(closed.windows), "first_window": _next(closed.first)}


def _stand(stand: Stand) -> Document:
    return {
        "device_id": stand.device.id,
        "device_hostname": stand.device.name,
        "where": stand.where.value,
        "why": stand.why,
        "runs": stand.runs or None,
        "gets": stand.gets or None,
    }
