"""Campaigns on the pages: made, shown and steered as over the API, by who may, and shown to who looks everywhere."""

from __future__ import annotations

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import OPERATOR, Api, answering, opened
from support.projects import CONFIG, Project
from support.stores import StandingClock, said
from web.visitor import Visitor

from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Where
from swimctl.inventory.selection import Selection
from swimctl.models import Role
from swimctl.web import add_pages, campaigns, session

NEW, PAGE = "/new-campaign", "/campaigns/access"
TYPED = {"name": "access", "devices": "sw1 sw2, sw3", "window": "Tue,Thu 22:00-04:00@UTC", "waves": "1, 100%"}


def made(visitor: Visitor, **typed: str) -> str:
    """Make a campaign by the form, and return its page."""
    answer = visitor.press(NEW, NEW, **{**TYPED, **typed})
    assert (answer.status, answer.headers.get("location")) == (303, PAGE), answer.body[-600:]
    return visitor.see(PAGE)


def test_no_device_is_left_out_wherever_it_is() -> None:
    assert sorted(campaigns._IN_ORDER) == sorted(Where)


def test_a_campaign_is_made_by_a_form_and_shown(operator: Visitor, reader: Visitor, api: Api) -> None:
    assert "No campaign yet" in operator.see("/campaigns")
    page = made(operator, per_night="40", max_failures="5%", ticket="CHG-7", by_hand="on")
    rule = Rule.read(api.store.campaign("access").rule)
    assert rule.selection == Selection(names=("sw1", "sw2", "sw3"))
    assert (rule.most, rule.failures, rule.waves, rule.by_hand, rule.ticket) == (40, "5%", ("1", "100%"), True, "CHG-7")
    for words in (">unreleased<", "sw1, sw2, sw3; Tue,Thu 22:00-04:00@UTC; 40 a night; waves 1,100%; halts at 5%",
                  "3 devices: 3 behind", "Next window", "about 1 night", OPERATOR):  # fmt: skip
        assert words in page, words
    listed = reader.see("/campaigns")
    assert f'href="{PAGE}"' in listed
    assert "<b>3</b> behind" in listed
    assert reader.forms(PAGE).keys() == {"/sign-out"}, "who only looks has no buttons"
    assert reader.ask("GET", NEW).status == 403


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"window": "at night"}, "window"),
        ({"per_night": "many"}, "a number"),
        ({"waves": "one"}, "a number"),
        ({"name": "-x"}, "name"),
        ({"devices": "sw99"}, "sw99"),
        ({"devices": ""}, "no devices were selected"),
        ({"window": "2031-05-01 22:00-04:00@UTC"}, "is over"),
    ],
    ids=str,
)
def test_a_mistake_leads_back_to_the_form(typed: dict[str, str], words: str, operator: Visitor, api: Api) -> None:
    answer = operator.press(NEW, NEW, **{**TYPED, "ticket": "CHG-7", **typed})
    page = answer.body.decode()
    assert answer.status == 400
    assert words in page.partition('role="alert"')[2].partition("</p>")[0]
    assert 'value="CHG-7"' in page
    assert api.store.campaigns() == []


def test_it_is_steered_as_over_the_api(operator: Visitor, api: Api) -> None:
    made(operator)
    assert operator.press(PAGE, f"{PAGE}/pause").headers["location"] == PAGE
    assert api.store.campaign("access").paused_by == OPERATOR
    assert f"Paused</dt><dd>by {OPERATOR}" in operator.see(PAGE)
    operator.press(PAGE, f"{PAGE}/continue")
    assert api.store.campaign("access").paused_by is None
    said(api.store, "UPDATE campaigns SET halted = '3 of 5 tried failed in night 1'")
    assert "Halted: 3 of 5 tried failed in night 1" in operator.see(PAGE)
    assert operator.press(PAGE, f"{PAGE}/continue").status == 400, "it needs a reason"
    operator.press(PAGE, f"{PAGE}/continue", reason="it was a fuse")
    operator.press(PAGE, f"{PAGE}/next")
    assert api.store.campaign("access").released_by == OPERATOR
    operator.press(PAGE, f"{PAGE}/end", reason="done")
    assert "ended" in operator.see(PAGE)
    assert operator.forms(PAGE).keys() == {"/sign-out"}
    told = [entry.action for entry in api.store.audit() if entry.action.startswith("campaign-")]
    assert told == [f"campaign-{word}" for word in ("create", "pause", "continue", "continue", "next", "end")]
    assert operator.ask("GET", "/campaigns/none").status == 404


def test_a_change_changes_what_was_typed_and_nothing_that_somebody_else_has_changed(
    operator: Visitor, api: Api
) -> None:
    made(operator, per_night="40", ticket="CHG-7")
    form = operator.forms(PAGE)[f"{PAGE}/change"]
    same = {name.removeprefix("was_"): value for name, value in form.items() if name.startswith("was_")}
    api.post("/api/campaigns/change/", {"campaign": "access", "tries": 5})
    typed = {**form, **same, "per_night": "", "ticket": "CHG-8", "waves": "2, 50%, 100%"}
    assert operator.ask("POST", f"{PAGE}/change", typed).status == 303
    rule = Rule.read(api.store.campaign("access").rule)
    assert (rule.most, rule.ticket, rule.waves, rule.tries) == (None, "CHG-8", ("2", "50%", "100%"), 5)
    wrong = operator.ask("POST", f"{PAGE}/change", {**form, **same, "window": "whenever"})
    assert wrong.status == 400
    assert b'value="whenever"' in wrong.body
    assert operator.ask("POST", f"{PAGE}/change", {**form, **same}).status == 400, "nothing is to change"
    assert Rule.read(api.store.campaign("access").rule) == rule


def test_another_user_approves_the_rule_that_they_saw(operator: Visitor, api: Api) -> None:
    page = made(operator, approval="on")
    assert "Somebody else has to approve it" in page
    assert f"{PAGE}/approve" not in operator.forms(PAGE)
    api.accounts.create_user("otto", PASSWORD, Role.OPERATOR, by=ROOT)
    other = Visitor(api)
    other.sign_in("otto")
    seen = other.forms(PAGE)[f"{PAGE}/approve"]
    api.post("/api/campaigns/change/", {"campaign": "access", "per_night": 9})
    late = other.ask("POST", f"{PAGE}/approve", seen)
    assert late.status == 409
    assert api.store.campaign("access").approved_by is None
    assert other.press(PAGE, f"{PAGE}/approve").status == 303
    assert api.store.campaign("access").approved_by == "otto"


def test_who_looks_at_one_site_sees_and_does_nothing_of_any_campaign(project: Project) -> None:
    roles = "    ber: {may: [trigger, steer, approve], sites: [ber]}\n    looks: {may: [look], sites: [ber]}\n"
    project.write("config.yaml", f"{CONFIG}  roles:\n{roles}")
    sited = "".join(f"{name}: {{groups: [switches], data: {{site: {name[:3]}}}}}\n" for name in ("ber-1", "muc-1"))
    with opened(project, StandingClock(), sited) as api, answering(api.backend, add_pages) as api.address:
        for name, role in (("bert", "ber"), ("lola", "looks")):
            kind, own = api.accounts.roles_of([role])
            api.accounts.create_user(name, PASSWORD, kind, by=ROOT, roles=own)
        api.backend.campaigns.create("access", Rule(Selection(limit="ber*"), "22:00-04:00@UTC"), ROOT)
        bert = Visitor(api)
        assert bert.sign_in("bert").status == 303
        assert "/campaigns" not in bert.see("/")
        mark = {session.FIELD: session.mark_of(bert.cookie.partition("=")[2])}
        for path in ("/campaigns", PAGE, NEW, "/campaigns/none"):
            answer = bert.ask("GET", path)
            assert answer.status == 403, path
            assert b"access" not in answer.body.replace(PAGE.encode(), b"")
        for word in ("pause", "end", "next", "continue", "approve", "change"):
            assert bert.ask("POST", f"{PAGE}/{word}", {**mark, "mark": "1-0", "window": "22:00-05:00"}).status == 403
        assert bert.ask("POST", NEW, {**mark, **TYPED, "name": "mine", "devices": "ber-1"}).status == 403
        lola = Visitor(api)
        assert lola.sign_in("lola").status == 303
        for who, few in ((bert, b"only some"), (lola, b"none")):
            mark = {session.FIELD: session.mark_of(who.cookie.partition("=")[2])}
            for typed in ({"window": "22:00-05:00"}, {"per_night": "many"}, {"window": "whenever"}):
                answer = who.ask("POST", f"{PAGE}/change", {**mark, **typed})
                assert answer.status == 403, "a form with a mistake shows the page to nobody else"
                assert b"you may trigger " + few + b" of them" in answer.body
                assert b"ber*" not in answer.body
        assert [one.name for one in api.store.campaigns()] == ["access"]
        assert api.store.campaign("access").paused_by is None


def test_a_form_of_another_site_does_nothing(operator: Visitor, api: Api) -> None:
    made(operator)
    assert operator.ask("POST", f"{PAGE}/pause", {}).status == 403
    assert operator.ask("POST", NEW, TYPED | {"name": "other"}).status == 403
    assert api.store.campaign("access").paused_by is None
    assert len(api.store.campaigns()) == 1


def test_one_that_this_version_cannot_read_hides_no_other_and_can_be_ended(operator: Visitor, api: Api) -> None:
    made(operator)
    assert operator.press(NEW, NEW, **{**TYPED, "name": "core"}).status == 303
    said(api.store, "UPDATE campaigns SET rule = '{}' WHERE name = 'access'")
    listed = operator.see("/campaigns")
    assert "<b>core</b>" in listed
    assert "Its rule cannot be read" in listed
    page = operator.see(PAGE)
    assert "the rule that the store has of a campaign cannot be read" in page
    assert f"{PAGE}/change" not in operator.forms(PAGE), "there is nothing to begin with"
    assert operator.press(PAGE, f"{PAGE}/end", reason="another version wrote it").status == 303
    assert api.store.campaign("access").ended_by == OPERATOR


def test_what_waits_for_its_own_window_is_named_with_the_first_night_for_it(project: Project) -> None:
    data = "data: {model: C9300-24P, window: 'Thu 01:00-02:00@UTC'}"
    hosts = f"sw1: {{groups: [switches], {data}}}\n"
    with opened(project, StandingClock(), hosts) as api, answering(api.backend, add_pages) as api.address:
        api.backend.campaigns.create("access", Rule(Selection(all=True), "Mon-Wed 22:00-04:00@UTC"), ROOT)
        assert api.get("/api/campaigns/access/show/").json["own_windows"] == {
            "devices": ["sw1"],
            "windows": ["Thu 01:00-02:00@UTC"],
            "first_window": {"starts": "2031-05-07T22:00:00.000000Z", "closes": "2031-05-08T04:00:00.000000Z"},
        }
        operator = Visitor(api)
        assert operator.sign_in(OPERATOR).status == 303
        page = operator.see(PAGE)
        assert "closed then for all that is behind: sw1 (Thu 01:00-02:00@UTC). The first window that takes one" in page
        assert "2031-05-07T22:00" in page
