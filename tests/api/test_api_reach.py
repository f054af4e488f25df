"""Somebody of one site: what they see of another one, and whether there is any way to act there."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import APPROVE, CANCEL, OPERATOR, STATUS, TRIGGER, Answer, Api, answering, opened
from support.projects import CONFIG, Project, make_project, without_the_callers
from support.stores import StandingClock

from swimctl.api import openapi
from swimctl.api.app import ROUTES
from swimctl.models import Role
from swimctl.requests.reach import Named

SITED = """\
ber-1: {groups: [switches], data: {model: C9300-24P, site: ber}}
ber-2: {groups: [switches], data: {model: C9300-24P, site: ber}}
muc-1: {groups: [switches], data: {model: C9300-24P, site: muc}}
muc-2: {groups: [switches], data: {model: C9300-24P, site: muc}}
nowhere-1: {groups: [switches], data: {model: C9300-24P}}
"""
ROLES = """\
  roles:
    ber: {may: [plan, trigger, approve, cancel, steer], sites: [ber]}
    ber-trigger: {may: [trigger], sites: [ber]}
    both: {may: [trigger, cancel, steer], sites: [ber, muc]}
    core: {may: [trigger], groups: [core]}
    all-look: {may: [look]}
"""
NOTE = {"muc-2": ["nowhere-1."], "name": "muc-1"}
ELSEWHERE = ("muc-1", "muc-2", "nowhere-1")
PAUSE, CONTINUE = "/api/upgrade/pause/", "/api/upgrade/continue/"
STOP, CHANGE = "/api/upgrade/stop/", "/api/upgrade/change/"
RELEASE, RECHECK = "/api/upgrade/release/", "/api/upgrade/recheck/"
RETRY, TRANSCRIPT = "/api/upgrade/retry/", "/api/upgrade/jobs/{id}/transcript/"
GOLDEN = "/api/images/golden/"
REPORTS = [f"/api/upgrade/batches/{{id}}/report/{form}" for form in ("", "html/", "md/", "junit/", "csv/")]
EVENTS, HISTORY = "/api/upgrade/jobs/{id}/events/", "/api/devices/{id}/history/"


@dataclass
class Sited:
    """An API over two sites; a batch of both, and one of the other site."""

    api: Api
    mixed: str
    jobs: dict[str, int]
    other: str

    def token(self, *roles: str, user: str = "") -> str:
        """Return a token of a user who has these roles."""
        name = user or "-".join(roles)
        if name not in {one.name for one in self.api.accounts.users()}:
            kind, own = self.api.accounts.roles_of(roles)
            self.api.accounts.create_user(name, PASSWORD, kind, by=ROOT, roles=own)
        return self.api.accounts.create_token(name, by=ROOT).text

    def ask(
        self, method: str, path: str, body: object = None, roles: tuple[str, ...] = ("ber",), **more: Any
    ) -> Answer:
        return self.api.ask(method, path, body, token=self.token(*roles), **more)

    @property
    def state(self) -> tuple[object, ...]:
        """Return all that a request may change, but not that a token was made or used."""
        audit = [one for one in self.api.store.audit() if not one.action.startswith(("token-", "user-"))]
        return self.api.store.batches(), self.api.store.jobs(), audit


@pytest.fixture
def sited(project: Project, clock: StandingClock) -> Iterator[Sited]:
    project.write("config.yaml", CONFIG + ROLES)
    with opened(project, clock, SITED) as api, answering(api.backend) as api.address:
        yield with_batches(api)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sited]:
    """Serve one to all tests in which nothing is changed."""
    with pytest.MonkeyPatch.context() as patched:
        without_the_callers(patched, tmp_path_factory.mktemp("elsewhere"))
        project = make_project(tmp_path_factory.mktemp("sited") / "project")
        project.write("config.yaml", CONFIG + ROLES)
        with opened(project, StandingClock(), SITED) as api, answering(api.backend) as api.address:
            yield with_batches(api)


def with_batches(api: Api) -> Sited:
    mixed = api.trigger("ber-1", "muc-1")
    jobs = dict(zip(("ber-1", "muc-1"), mixed["job_ids"], strict=True))
    api.store.record(jobs["ber-1"], "note", "waits for muc-1: muc-1.example.com is busy", NOTE)
    folder = api.backend.service.jobs_dir / str(jobs["muc-1"])
    folder.mkdir(parents=True)
    (folder / "transcript.log").write_text("muc-1#show version\n")
    other = api.trigger("muc-2")
    jobs["muc-2"] = other["job_ids"][0]
    return Sited(api, mixed["batch_id"], jobs, other["batch_id"])


def wrong_site(sited: Sited) -> dict[tuple[str, str], list[tuple[str, object, set[int]]]]:
    """Return for each path of the document what somebody of `ber` asks of `muc`, and how that must end.

    A new path has no row here: say what it does for a caller of another site, and that it does so.
    """
    mixed, other, muc, alone = sited.mixed, sited.other, sited.jobs["muc-1"], sited.jobs["muc-2"]
    ids = {one.name: one.id for one in sited.api.backend.inventory.devices}

    def both(path: str, **more: object) -> list[tuple[str, object, set[int]]]:
        """Steer a batch of two sites, of which they know one half, and one that they must not know."""
        return [(path, {"batch_id": mixed, **more}, {403}), (path, {"batch_id": other, **more}, {404})]

    return {
        ("POST", TRIGGER): [
            (TRIGGER, {"devices": ["muc-1"]}, {404}),
            (TRIGGER, {"devices": [ids["muc-1"]]}, {404}),
            (TRIGGER, {"devices": [str(ids["muc-1"])]}, {404}),
            (TRIGGER, {"devices": ["ber-2", "muc-1"]}, {404}),
            (TRIGGER, {"devices": ["ber-2", "nowhere-1"]}, {404}),
            (TRIGGER, {"devices": ["muc-1"], "dry_run": True}, {404}),
        ],
        ("GET", STATUS): [
            (f"{STATUS}?batch_id={mixed}", None, {200}),
            (f"{STATUS}?batch_id={other}", None, {404}),
            (f"{STATUS}?job_ids={muc},{alone}", None, {404}),
            (f"{STATUS}?job_ids={sited.jobs['ber-1']},{muc}&changed_since=0", None, {200}),
            (f"{STATUS}?job_ids={muc}&batch_id={mixed}", None, {404}),
        ],
        ("POST", CANCEL): [
            *both(CANCEL),
            (CANCEL, {"job_ids": [muc]}, {404}),
            (CANCEL, {"job_ids": [sited.jobs["ber-1"], muc]}, {404}),
            (CANCEL, {"job_ids": [muc], "batch_id": mixed}, {404}),
        ],
        ("POST", APPROVE): both(APPROVE),
        ("POST", PAUSE): both(PAUSE),
        ("POST", CONTINUE): [*both(CONTINUE), *both(CONTINUE, wave=True)],
        ("POST", CHANGE): both(CHANGE, workers=1),
        ("POST", STOP): [*both(STOP), (STOP, {"job_ids": [muc]}, {404}), (STOP, {"job_ids": [alone]}, {404})],
        ("POST", RELEASE): [
            *both(RELEASE, reason="mine"),
            (RELEASE, {"job_ids": [muc], "reason": "mine"}, {404}),
            (RELEASE, {"job_ids": [muc], "batch_id": mixed, "reason": "mine"}, {404}),
        ],
        ("POST", RECHECK): [(RECHECK, {"job_id": muc}, {404}), (RECHECK, {"job_id": alone, "answer": "back"}, {404})],
        ("GET", EVENTS): [
            (EVENTS.format(id=muc), None, {404}),
            (EVENTS.format(id=sited.jobs["ber-1"]), None, {200}),
        ],
        ("POST", RETRY): [(RETRY, {"batch_id": mixed}, {403}), (RETRY, {"batch_id": other}, {404})],
        ("GET", "/api/upgrade/batches/"): [("/api/upgrade/batches/", None, {200})],
        ("GET", "/api/upgrade/jobs/"): [
            ("/api/upgrade/jobs/", None, {200}),
            ("/api/upgrade/jobs/?device=muc-1", None, {200}),
            (f"/api/upgrade/jobs/?batch_id={other}", None, {404}),
        ],
        ("GET", TRANSCRIPT): [(TRANSCRIPT.format(id=muc), None, {404})],
        **{
            ("GET", report): [(report.format(id=mixed), None, {403}), (report.format(id=other), None, {404})]
            for report in REPORTS
        },
        ("GET", "/api/upgrade/events/"): [(f"/api/upgrade/events/?batch_id={other}", None, {404})],
        ("GET", "/api/devices/"): [("/api/devices/", None, {200})],
        ("GET", HISTORY): [(HISTORY.format(id=ids["muc-1"]), None, {404})],
        ("GET", "/api/compliance/"): [("/api/compliance/?by=site", None, {200})],
        ("GET", "/api/images/"): [("/api/images/", None, {200})],
        ("POST", GOLDEN): [(GOLDEN, {"image_id": 1, "site": "ber"}, {403})],
        ("POST", f"{GOLDEN}end/"): [(f"{GOLDEN}end/", {"image_id": 1}, {403})],
        ("GET", "/api/workflows/"): [("/api/workflows/", None, {200})],
        ("GET", "/metrics"): [("/metrics", None, {403})],
        **campaigns(),
    }


def campaigns() -> dict[tuple[str, str], list[tuple[str, object, set[int]]]]:
    """Return the same for campaigns: they find their devices anew each night, so they need a role for all devices."""
    root, named = "/api/campaigns/", {"campaign": "access"}
    new = {"name": "access", "devices": ["ber-1"], "window": "22:00-04:00"}
    return {
        ("POST", f"{root}create/"): [(f"{root}create/", new, {403})],
        ("GET", root): [(root, None, {403})],
        ("GET", f"{root}{{name}}/show/"): [(f"{root}access/show/", None, {403})],
        **{
            ("POST", f"{root}{what}/"): [(f"{root}{what}/", named | more, {403})]
            for what, more in (
                ("approve", {"mark": "1-0"}),
                ("pause", {}),
                ("continue", {}),
                ("next", {}),
                ("end", {}),
                ("change", {"by_hand": True}),
            )
        },
    }


DESCRIBED = [
    (method.upper(), path)
    for path, operations in openapi.document(ROUTES)["paths"].items()
    for method, operation in operations.items()
    if operation["security"]
]


@pytest.mark.parametrize(("method", "path"), DESCRIBED)
def test_no_path_lets_somebody_of_one_site_act_on_another_one_or_see_it(
    standing: Sited, method: str, path: str
) -> None:
    requests = wrong_site(standing).get((method, path))
    assert requests, f"{method} {path} says in no test what it does for a caller of another site: see `wrong_site`"
    before = standing.state
    for where, body, allowed in requests:
        answer = standing.ask(method, where, body)
        assert answer.status in allowed, (where, body, answer.status, answer.body)
        said = json.dumps(body) + where
        told = [name for name in ELSEWHERE if name in answer.body.decode() and name not in said]
        assert told == [], (where, body, answer.body)
        assert standing.state == before


def test_a_report_names_no_device_elsewhere_in_whatever_way_a_form_writes_it(
    project: Project, clock: StandingClock
) -> None:
    project.write("config.yaml", CONFIG + ROLES)
    hosts = SITED + "m\u00fcc-3: {groups: [switches], data: {model: C9300-24P, site: muc}}\n"
    with opened(project, clock, hosts) as api, answering(api.backend) as api.address:
        made = api.trigger("ber-2")
        api.store.record(made["job_ids"][0], "note", "waits for m\u00fcc-3: it is busy", {})
        sited = Sited(api, made["batch_id"], {}, "")
        for path in REPORTS:
            answer = sited.ask("GET", path.format(id=sited.mixed))
            assert answer.status == 200, path
            text = answer.body.decode()
            assert "m\u00fcc" not in text, path
            if answer.headers["content-type"].startswith("application/json"):
                assert "\u00fc" not in json.dumps(json.loads(text), ensure_ascii=False)
                assert "waits for (a device elsewhere)" in text


def test_the_same_requests_are_good_ones_of_somebody_who_may(sited: Sited) -> None:
    rows = wrong_site(sited)
    assert rows.keys() == set(DESCRIBED)
    del rows["GET", "/api/upgrade/events/"]  # it has no end
    for (method, _), requests in rows.items():
        for where, body, _ in requests:
            answer = sited.api.ask(method, where, body, token=OPERATOR)
            assert answer.status not in {400, 403, 404}, (where, body, answer.body)


@pytest.mark.parametrize("what", ["muc-1", 3, "3", "no-such-device", 4711])
def test_a_device_that_one_may_not_look_at_is_as_unknown_as_none(standing: Sited, what: str | int) -> None:
    for body in ({"devices": [what]}, {"devices": [what], "dry_run": True}, {"devices": [what], "image_id": 1}):
        said = standing.ask("POST", TRIGGER, body)
        assert (said.status, said.json["message"]) == (
            404,
            f"unknown device {what!r}; see `swimctl device list`",
        )


def test_a_name_that_is_no_single_word_is_as_unknown_as_none_wherever_it_is_said(sited: Sited) -> None:
    sited.api.store.device_ids(["muc 9/1", "muc-old"])
    for name in ("muc 9/1", "xyz 9/1"):
        said = sited.ask("POST", TRIGGER, {"devices": [name]})
        assert said.json["message"] == f"unknown device {name!r}; see `swimctl device list`"
    told = [
        sited.ask("GET", "/api/upgrade/events/", headers={"Last-Event-ID": name}).json for name in ("muc-old", "xyz-9")
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize("act", [CANCEL, STOP, PAUSE, APPROVE, RELEASE])
def test_a_batch_or_job_that_one_may_not_look_at_is_as_unknown_as_none(standing: Sited, act: str) -> None:
    more = {"reason": "x"} if act == RELEASE else {}
    none = "00000000-0000-0000-0000-000000000000"
    hidden = standing.ask("POST", act, {"batch_id": standing.other, **more})
    unknown = standing.ask("POST", act, {"batch_id": none, **more})
    assert hidden.body.decode().replace(standing.other, none) == unknown.body.decode()
    if act in {CANCEL, STOP, RELEASE}:
        hidden = standing.ask("POST", act, {"job_ids": [standing.jobs["muc-2"]], **more})
        unknown = standing.ask("POST", act, {"job_ids": [4711], **more})
        assert hidden.body.decode().replace(str(standing.jobs["muc-2"]), "4711") == unknown.body.decode()


def test_who_may_look_everywhere_is_told_the_names_and_acts_on_none(standing: Sited) -> None:
    roles = ("ber", "all-look")
    before = standing.state
    said = standing.ask("POST", TRIGGER, {"devices": ["ber-1", "muc-2", "nowhere-1"]}, roles)
    assert said.status == 403
    assert "you may not trigger muc-2, nowhere-1; nothing was done" in said.json["message"]
    said = standing.ask("POST", PAUSE, {"batch_id": standing.mixed}, roles)
    assert (said.status, "you may not steer muc-1" in said.json["message"]) == (403, True)
    assert standing.state == before
    assert standing.ask("GET", "/api/devices/", None, roles).json["count"] == 5
    assert standing.ask("GET", "/metrics", None, roles).status == 200


def test_batches_and_jobs_are_listed_as_far_as_they_are_ones_own(standing: Sited) -> None:
    (batch,) = standing.ask("GET", "/api/upgrade/batches/").json["batches"]
    assert (batch["batch_id"], batch["counts"]) == (standing.mixed, {"pending": 1})
    jobs = standing.ask("GET", "/api/upgrade/jobs/").json["jobs"]
    assert [job["device_hostname"] for job in jobs] == ["ber-1"]
    everything = standing.api.get("/api/upgrade/batches/").json["batches"]
    assert [one["counts"] for one in everything] == [{"pending": 1}, {"pending": 2}]


def test_what_is_ones_own_is_seen_and_done(sited: Sited) -> None:
    assert [one["hostname"] for one in sited.ask("GET", "/api/devices/").json["devices"]] == ["ber-1", "ber-2"]
    status = sited.ask("GET", f"{STATUS}?batch_id={sited.mixed}").json
    assert [job["device_hostname"] for job in status["jobs"]] == ["ber-1"]
    assert sited.ask("GET", f"{STATUS}?job_ids=1,2,3").json["missing"] == [2, 3]
    assert [one["device_hostname"] for one in sited.ask("GET", "/api/compliance/").json["devices"]] == [
        "ber-1",
        "ber-2",
    ]
    made = sited.ask("POST", TRIGGER, {"devices": ["ber-2"]})
    assert made.status == 201
    assert sited.ask("POST", PAUSE, {"batch_id": made.json["batch_id"]}).status == 200
    assert sited.ask("POST", CANCEL, {"job_ids": [sited.jobs["ber-1"]]}).json["cancelled"] == 1
    assert sited.ask("POST", CANCEL, {"batch_id": made.json["batch_id"]}).json["cancelled"] == 1


def test_a_batch_of_two_sites_needs_a_role_for_both(sited: Sited) -> None:
    assert sited.ask("POST", TRIGGER, {"devices": ["ber-1", "muc-2"]}, ("both",)).status == 201
    assert sited.ask("POST", PAUSE, {"batch_id": sited.mixed}, ("both",)).status == 200
    assert sited.ask("POST", APPROVE, {"batch_id": sited.mixed}, ("both",)).status == 403
    # Two roles are more than each, and still no more than what they say.
    assert sited.ask("POST", CANCEL, {"batch_id": sited.mixed}, ("ber", "core")).status == 403


def test_an_act_that_no_role_has_is_refused_wherever_it_is(standing: Sited) -> None:
    for path, body in (
        (CANCEL, {"job_ids": [standing.jobs["ber-1"]]}),
        (PAUSE, {"batch_id": standing.mixed}),
        (APPROVE, {"batch_id": standing.mixed}),
        (RECHECK, {"job_id": standing.jobs["ber-1"], "answer": "back"}),
    ):
        said = standing.ask("POST", path, body, ("ber-trigger",))
        assert (said.status, said.json["error"]) == (403, "forbidden")
        assert "your roles let you" in said.json["message"]


def test_a_text_of_ones_own_job_names_no_device_of_others(standing: Sited) -> None:
    found = standing.ask("GET", EVENTS.format(id=standing.jobs["ber-1"])).json["events"]
    note = next(one for one in found if one["kind"] == "note")
    assert note["message"] == "waits for (a device elsewhere): (a device elsewhere) is busy"
    assert note["data"] == {"(a device elsewhere)": ["(a device elsewhere)."], "name": "(a device elsewhere)"}
    whole = standing.ask("GET", EVENTS.format(id=standing.jobs["ber-1"]), None, ("all-look",)).json["events"]
    assert "muc-1.example.com" in json.dumps(whole)


def test_a_stream_has_ones_own_events_alone_and_ends_with_its_role(sited: Sited) -> None:
    token = sited.token("ber")
    with closing(http.client.HTTPConnection(*sited.api.address, timeout=60)) as connection:
        connection.request("GET", "/api/upgrade/events/?after=0", headers={"Authorization": f"Token {token}"})
        response = connection.getresponse()
        sited.api.store.record(sited.jobs["muc-2"], "note", "of another site", {})
        sited.api.store.record(sited.jobs["ber-1"], "note", "last of mine, behind muc-1", {})
        read = b""
        while b"last of mine" not in read:
            read += response.read1()
        assert b"muc" not in read
        assert b"of another site" not in read
        sited.api.accounts.set_roles("ber", ["core"], by=ROOT)  # they look at no device any more
        sited.api.store.record(sited.jobs["ber-1"], "note", "nobody's", {})
        sited.api.accounts.revoke_token(max(one.id for one in sited.api.accounts.tokens("ber")), by=ROOT)
        read = response.read()
        assert b"nobody's" not in read
        assert b"the token has ended" in read


def test_a_token_of_less_gets_no_answer_that_a_token_of_more_got_before(sited: Sited) -> None:
    key = {"Idempotency-Key": "night-1"}
    body = {"devices": ["ber-2", "muc-2"]}
    more = sited.token("both")
    assert sited.api.ask("POST", TRIGGER, body, token=more, headers=key).status == 201
    _, own = sited.api.accounts.roles_of(["ber", "ber-trigger"])
    less = sited.api.accounts.create_token("both", roles=own, by=ROOT).text
    said = sited.api.ask("POST", TRIGGER, body, token=less, headers=key)
    assert (said.status, b"job_id" in said.body) == (404, False)
    assert sited.api.ask("POST", TRIGGER, body, token=more, headers=key).status == 201  # and the first one still does


def test_a_token_never_goes_beyond_its_user_nor_a_user_beyond_their_token(sited: Sited) -> None:
    accounts = sited.api.accounts
    accounts.create_user("rolf", PASSWORD, Role.READ_ONLY, by=ROOT)
    lent = accounts.create_token("rolf", roles=("both",), by=ROOT).text
    assert sited.api.ask("POST", TRIGGER, {"devices": ["ber-1"]}, token=lent).status == 403
    assert sited.api.ask("GET", "/api/devices/", token=lent).json["count"] == 4  # and looks where both may
    text = sited.token("ber")
    accounts.set_roles("ber", ["read-only"], by=ROOT)
    assert sited.api.ask("POST", TRIGGER, {"devices": ["ber-1"]}, token=text).status == 403
    accounts.set_roles("ber", ["operator"], by=ROOT)
    assert sited.api.ask("POST", TRIGGER, {"devices": ["muc-1"]}, token=text).status == 201


def test_a_role_that_config_yaml_has_no_more_allows_nothing(sited: Sited) -> None:
    token = sited.token("ber")
    sited.api.accounts._roles = {}
    for path in ("/api/devices/", f"{STATUS}?job_ids=1", "/metrics", "/api/images/", "/api/upgrade/events/"):
        said = sited.api.ask("GET", path, token=token)
        assert (said.status, "no role that config.yaml still has" in said.json["message"]) == (403, True)


def test_a_text_names_no_device_that_has_left_the_inventory_or_came_later(sited: Sited) -> None:
    sited.api.store.device_ids(["muc-old"])
    sited.api.store.record(sited.jobs["ber-1"], "note", "after muc-old of the night before", {})
    said = sited.ask("GET", EVENTS.format(id=sited.jobs["ber-1"])).json["events"][-1]["message"]
    assert said == "after (a device elsewhere) of the night before"


def test_a_report_names_no_device_that_has_left_the_inventory(sited: Sited) -> None:
    made = sited.ask("POST", TRIGGER, {"devices": ["ber-2"], "comment": "x"}).json
    sited.api.store.device_ids(["muc-old"])
    sited.api.store.record(made["job_ids"][0], "note", "after muc-old of the night before", {})
    sited.api.backend._reaches.clear()
    sited.api.backend._named = Named()  # as after a restart
    for report in REPORTS:
        said = sited.ask("GET", report.format(id=made["batch_id"]))
        assert (said.status, b"muc-old" in said.body) == (200, False), report


def test_a_job_whose_device_has_left_the_inventory_is_seen_by_who_sees_all(sited: Sited) -> None:
    inventory = sited.api.backend.inventory
    inventory.devices = tuple(one for one in inventory.devices if one.name != "ber-1")
    sited.api.backend._reaches.clear()  # as after a restart
    assert sited.ask("GET", f"{STATUS}?batch_id={sited.mixed}").status == 404
    assert sited.ask("POST", CANCEL, {"job_ids": [sited.jobs["ber-1"]]}).status == 404
    assert sited.api.post(CANCEL, {"job_ids": [sited.jobs["ber-1"]]}).status == 200
