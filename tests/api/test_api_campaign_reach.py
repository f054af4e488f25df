"""Whom each request of campaigns answers: never who may not do it, and for no device somebody of one site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import READER, Answer, Api, answering, opened
from support.projects import CONFIG, Project
from support.stores import StandingClock

from swimctl.api import campaigns
from swimctl.api.routing import Of
from swimctl.campaigns.rule import Rule
from swimctl.inventory.selection import Selection

WINDOW = "22:00-04:00@UTC"
HOSTS = "".join(f"{name}: {{groups: [switches], data: {{site: {name[:3]}}}}}\n" for name in ("ber-1", "muc-1"))
EACH_ACT = ("trigger", "approve", "steer")
ROLES = {
    "ber": "may: [look, plan, trigger, approve, cancel, steer], sites: [ber]",
    "core": "may: [look, plan, trigger, approve, cancel, steer], groups: [switches]",
    "looks": "may: [look]",
    **{act: f"may: [{act}]" for act in EACH_ACT},
}
# A body of each request that would do something, and would do it for `ber-1` alone where it names devices.
OWN = {"devices": ["ber-1"], "filters": ["site=ber"], "limit": "ber*", "group": "switches", "exclude": ["muc-1"]}
NAMED = {"campaign": "access"}
BODIES: dict[str, list[dict[str, object]]] = {
    "create": [{"name": "mine", "window": WINDOW, name: value} for name, value in OWN.items()],
    "change": [*({**NAMED, name: value} for name, value in OWN.items()), {**NAMED, "per_night": 1}],
    "approve": [{**NAMED, "mark": "1-00000000"}],
    "pause": [NAMED],
    "continue": [NAMED, {**NAMED, "devices": ["ber-1"], "reason": "new flash"}],
    "next": [NAMED],
    "end": [NAMED],
}
POSTS = [(route.path, body) for route in campaigns.ROUTES if route.body for body in BODIES[route.path.split("/")[3]]]
GETS = [route.path.format(name="access") for route in campaigns.ROUTES if route.body is None]


@pytest.fixture
def placed(project: Project) -> Iterator[Api]:
    """Return an API over two sites with a campaign of one of them."""
    roles = "".join(f"    {name}: {{{said}}}\n" for name, said in ROLES.items())
    project.write("config.yaml", f"{CONFIG}  roles:\n{roles}")
    with opened(project, StandingClock(), HOSTS) as api, answering(api.backend) as api.address:
        api.backend.campaigns.create("access", Rule(Selection(limit="ber*"), WINDOW, approval=True), ROOT)
        yield api


def token(api: Api, *roles: str) -> str:
    kind, own = api.accounts.roles_of(roles)
    name = "-".join(roles)
    api.accounts.create_user(name, PASSWORD, kind, by=ROOT, roles=own)
    return api.accounts.create_token(name, by=ROOT).text


def state(api: Api) -> object:
    audit = [one for one in api.store.audit() if not one.action.startswith(("token-", "user-"))]
    return api.store.campaigns(), audit


def test_each_request_is_of_all_devices() -> None:
    assert {route.needs and route.needs.of for route in campaigns.ROUTES} == {Of.ALL}


@pytest.mark.parametrize(("path", "body"), POSTS, ids=str)
def test_who_may_not_do_it_is_answered_403_and_nothing_changes(placed: Api, path: str, body: dict[str, object]) -> None:
    before = state(placed)
    tokens = [
        READER,
        token(placed, "looks"),
        token(placed, "ber"),
        token(placed, "core"),
        token(placed, "ber", "looks"),
    ]
    for one in tokens:
        placed.refused(placed.post(path, body, token=one), 403)
    placed.refused(placed.post(path, body, token=""), 401)
    # Who may not do it at all is not even told what is wrong with it.
    placed.refused(placed.post(path, {"sites": ["ber"]}, token=READER), 403)
    placed.refused(placed.post(path, {**body, "sites": ["ber"]}, token=tokens[2]), 400, "unknown field")
    assert state(placed) == before


@pytest.mark.parametrize("path", GETS)
def test_who_looks_at_one_site_sees_no_campaign(placed: Api, path: str) -> None:
    answer = placed.get(path, token=token(placed, "ber"))
    placed.refused(answer, 403)
    assert b"ber*" not in answer.body
    assert placed.get(path, token=token(placed, "looks")).status == 200


def test_each_request_wants_its_own_act(placed: Api) -> None:
    """Who may steer all devices makes no rule of them, and approves none."""
    tokens = {act: token(placed, act) for act in EACH_ACT}

    def may(word: str, body: dict[str, object]) -> set[str]:
        answers: dict[str, Answer] = {
            act: placed.post(f"/api/campaigns/{word}/", body, token=one) for act, one in tokens.items()
        }
        assert {answer.status for answer in answers.values()} <= {200, 201, 403, 404, 409}
        return {act for act, answer in answers.items() if answer.status != 403}

    assert {word: may(word, bodies[-1]) for word, bodies in BODIES.items()} == {
        "create": {"trigger"},
        "change": {"trigger"},
        "approve": {"approve"},
        **{word: {"steer"} for word in ("pause", "continue", "next", "end")},
    }
