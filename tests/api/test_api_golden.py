"""Golden images over the API: by who may say so for all devices, as in a terminal, and in the audit."""

from __future__ import annotations

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import NEWER, READER, Api, answering, opened
from support.projects import CONFIG, Project
from support.stores import StandingClock

GOLDEN, END = "/api/images/golden/", "/api/images/golden/end/"


def test_an_image_is_golden_for_what_is_named_and_then_no_more(api: Api) -> None:
    asked = {"image_id": 5, "model": "C9300-*", "valid_from": "2031-06-01T02:00:00+02:00"}
    api.refused(api.post(GOLDEN, asked, token=READER), 403)
    made = api.post(GOLDEN, asked)
    assert made.status == 200, made.body
    (rule,) = made.json["golden_rules"]
    assert (made.json["filename"], rule["model"], rule["site"]) == (NEWER, "C9300-*", None)
    assert rule["valid_from"] == "2031-06-01T00:00:00.000000Z"
    assert "path" not in made.json
    assert api.get("/api/images/").json["images"][4]["golden_rules"] == made.json["golden_rules"]
    ended = api.post(END, {"image_id": 5})
    assert (ended.status, ended.json["golden"]) == (200, [])
    told = [(entry.actor, entry.action, entry.subject) for entry in api.store.audit()][-2:]
    assert told == [("olga", "golden-set", NEWER), ("olga", "golden-unset", NEWER)]


def test_a_time_long_ago_is_written_so_that_it_can_be_read(api: Api) -> None:
    made = api.post(GOLDEN, {"image_id": 5, "valid_from": "0252-10-12T09:37:13.35-12:07"})
    assert made.status == 200, made.body
    assert made.json["golden_rules"][0]["valid_from"] == "0252-10-12T21:44:13.350000Z"
    assert api.get("/api/images/").status == 200


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"image_id": 99}, 404, "99"),
        ({"image_id": 5, "site": "nowhere"}, 404, "nowhere"),
        ({"image_id": 5, "group": "nobody"}, 404, "nobody"),
        ({"image_id": 5, "model": "N9K-*"}, 404, "N9K-*"),
        ({"image_id": 5, "valid_from": "tomorrow"}, 400, "is not a time"),
        ({"image_id": 5, "valid_from": "2031-06-02T00:00Z", "valid_until": "2031-06-01T00:00Z"}, 422, "later"),
        ({"image_id": 5, "modle": "C9300-*"}, 400, "unknown field"),
        ({}, 400, "image_id"),
    ],
    ids=str,
)
def test_what_cannot_be_golden_is_refused_and_nothing_changes(
    api: Api, body: dict[str, object], status: int, word: str
) -> None:
    before = api.store.goldens()
    api.refused(api.post(GOLDEN, body), status, word)
    assert api.store.goldens() == before


def test_it_takes_the_act_golden_for_all_devices(project: Project) -> None:
    rights = {"acts": "may: [trigger, steer]", "some": "may: [trigger], groups: [switches]", "all": "may: [golden]"}
    roles = "  roles:\n" + "".join(f"    {name}: {{{right}}}\n" for name, right in rights.items())
    project.write("config.yaml", CONFIG + roles)
    with opened(project, StandingClock()) as api, answering(api.backend) as api.address:
        for role, status in (("acts", 403), ("some", 403), ("all", 200)):
            kind, own = api.accounts.roles_of([role])
            api.accounts.create_user(role, PASSWORD, kind, by=ROOT, roles=own)
            token = api.accounts.create_token(role, by=ROOT).text
            assert api.post(GOLDEN, {"image_id": 5}, token=token).status == status, role
            assert api.post(END, {"image_id": 5}, token=token).status == status, role
