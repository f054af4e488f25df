"""Campaigns over the API: kept, shown, steered, and approved by somebody else."""

from __future__ import annotations

import pytest
from support.accounts import ROOT
from support.api_client import READER, Api
from support.stores import said

CAMPAIGNS, CREATE, SHOW = "/api/campaigns/", "/api/campaigns/create/", "/api/campaigns/access/show/"
RULE = {"name": "access", "all": True, "window": "Tue,Thu 22:00-04:00@UTC", "per_night": 5}


def steer(api: Api, what: str, status: int = 200, **body: object) -> object:
    answer = api.post(f"{CAMPAIGNS}{what}/", {"campaign": "access", **body})
    assert answer.status == status, answer.body
    return answer.json


def test_a_campaign_is_made_listed_and_shown(api: Api) -> None:
    api.refused(api.post(CREATE, RULE, token=READER), 403)
    made = api.post(CREATE, {**RULE, "waves": [1, "100%"], "max_failures": "5%", "ticket": "CHG7"})
    assert made.status == 201, made.body
    assert (made.json["state"], made.json["count"], made.json["created_by"]) == ("waiting", 14, "olga")
    assert made.json["rule"]["max_failures"] == "5%"
    api.refused(api.post(CREATE, RULE), 409, "there is a campaign access already")
    listed = api.get(CAMPAIGNS, token=READER).json
    assert (listed["count"], listed["campaigns"][0]["name"]) == (1, "access")
    shown = api.get(SHOW, token=READER).json
    assert (shown["nights_left"], shown["guessed"], shown["nights"]) == (3, True, [])
    assert shown["next_window"] == {"starts": "2031-05-06T22:00:00.000000Z", "closes": "2031-05-07T04:00:00.000000Z"}
    one = next(each for each in shown["devices"] if each["device_hostname"] == "wien-lite")
    assert (one["where"], one["gets"]) == ("no golden release", None)
    api.refused(api.get(f"{CAMPAIGNS}none/show/"), 404, "there is no campaign 'none'")


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"window": "at night"}, 400, "window"),
        ({"name": "-x"}, 400, "name"),
        ({"all": False}, 404, "no devices were selected"),
        ({"all": False, "devices": ["sw99"]}, 404, "sw99"),
        ({"image_id": 99}, 404, "99"),
        ({"workflow_id": 99}, 404, "99"),
        ({"per_nigth": 3}, 400, "unknown field"),
        ({"window": "2031-05-01 22:00-04:00"}, 400, "is over"),
    ],
    ids=str,
)
def test_what_cannot_be_a_campaign_is_refused(api: Api, change: dict[str, object], status: int, word: str) -> None:
    api.refused(api.post(CREATE, {**RULE, **change}), status, word)
    assert api.get(CAMPAIGNS).json["count"] == 0


def test_it_is_steered_and_the_audit_has_who_and_why(api: Api) -> None:
    assert api.post(CREATE, {**RULE, "by_hand": True}).status == 201
    assert steer(api, "pause")["paused_by"] == "olga"  # type: ignore[index]
    steer(api, "pause", 409)
    assert steer(api, "continue")["paused_by"] is None  # type: ignore[index]
    steer(api, "continue", 409)
    said(api.store, "UPDATE campaigns SET halted = '3 of 5 tried failed in night 1'")
    assert api.get(SHOW).json["state"] == "halted"
    steer(api, "next", 409)
    steer(api, "continue", 400)
    steer(api, "continue", reason="it was a fuse")
    steer(api, "continue", 409, devices=["sw1"], reason="new flash")
    assert steer(api, "next")["released_by"] == "olga"  # type: ignore[index]
    steer(api, "approve", 409, mark="1-00000000")
    steer(api, "approve", 400)
    assert steer(api, "end", reason="done")["ended_by"] == "olga"  # type: ignore[index]
    steer(api, "end", 409)
    told = [(entry.actor, entry.action) for entry in api.store.audit() if entry.action.startswith("campaign-")]
    assert told == [("olga", f"campaign-{what}") for what in ("create", "pause", "continue", "continue", "next", "end")]
    api.refused(api.post(f"{CAMPAIGNS}pause/", {"campaign": "none"}), 404)


def test_its_rule_is_changed_in_what_is_named_and_its_approval_is_void(api: Api) -> None:
    change = f"{CAMPAIGNS}change/"
    assert api.post(CREATE, {**RULE, "approval": True, "waves": [1, "100%"], "ticket": "CHG7"}).status == 201
    api.store.approve_campaign("access", ROOT, api.store.campaign("access").mark)
    before = api.get(SHOW).json
    asked = {"campaign": "access", "per_night": None, "max_failures": "5%", "devices": ["sw1", 2]}
    api.refused(api.post(change, asked, token=READER), 403)
    made = api.post(change, asked)
    assert made.status == 200, made.body
    rule = made.json["rule"]
    kept = {name: before["rule"][name] for name in ("window", "waves", "ticket", "tries", "approval")}
    assert {name: rule[name] for name in kept} == kept
    assert (rule["most"], rule["max_failures"], rule["selection"]["names"]) == (None, "5%", ["sw1", "sw2"])
    assert (rule["selection"]["all"], made.json["count"]) == (False, 2)
    assert (made.json["state"], made.json["approved_by"], made.json["created_by"]) == ("unapproved", None, "olga")
    assert made.json["mark"] != before["mark"]
    for body, status, word in (
        (asked, 409, "is like that already"),
        ({"campaign": "access"}, 400, "give what to change"),
        ({"campaign": "access", "window": None}, 400, "null is not a value"),
        ({"campaign": "access", "window": "2031-05-01 22:00-04:00"}, 400, "is over"),
        ({"campaign": "access", "devices": ["sw99"]}, 404, "sw99"),
        ({"campaign": "access", "all": False}, 404, "no devices were selected"),
        ({"campaign": "access", "image_id": 99}, 404, "99"),
        ({"campaign": "none", "by_hand": True}, 404, "none"),
    ):
        api.refused(api.post(change, body), status, word)
    assert api.get(SHOW).json["rule"] == rule
    assert [entry.action for entry in api.store.audit()][-1] == "campaign-change"


def test_somebody_else_approves_it(api: Api) -> None:
    made = api.post(CREATE, {**RULE, "approval": True}).json
    assert made["state"] == "unapproved"
    approve = {"campaign": "access", "mark": made["mark"]}
    api.refused(api.post(f"{CAMPAIGNS}approve/", approve), 409, "somebody else has to approve it")
    api.store.approve_campaign("access", ROOT, made["mark"])
    assert api.get(SHOW).json["state"] == "waiting"


def test_one_that_this_version_cannot_read_hides_no_other_and_the_metrics_go_on(api: Api) -> None:
    for name in ("access", "core"):
        assert api.post(CREATE, {**RULE, "name": name}).status == 201
    said(api.store, "UPDATE campaigns SET rule = '{}' WHERE name = 'access'")
    broken, well = api.get(CAMPAIGNS).json["campaigns"]
    assert (broken["name"], broken["state"], broken["rule"], broken["count"]) == ("access", "blocked", None, 0)
    assert broken["problem"].startswith("the rule that the store has of a campaign cannot be read (")
    assert (well["name"], well["state"], well["problem"], well["count"]) == ("core", "waiting", "", 14)
    shown = api.get(SHOW).json
    assert (shown["state"], shown["problem"], shown["next_window"]) == ("blocked", broken["problem"], None)
    answer = api.get("/metrics")
    assert answer.status == 200
    figures = answer.body.decode()
    assert 'swimctl_campaign_devices{campaign="core",where="behind"}' in figures
    assert 'swimctl_campaign_devices{campaign="access"' not in figures, "0 would say that none is behind"
    api.refused(api.post(f"{CAMPAIGNS}change/", {"campaign": "access", "per_night": 3}), 409, "cannot be read")
    steer(api, "end")
