"""The contract's paragraphs on triggering an upgrade."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from support.accounts import ROOT
from support.api_client import CANCEL, GOLDEN, LITE_HOST, NEWER, TRIGGER, Api, made_in_a_terminal
from support.stores import NOON

from swimctl.clock import rfc3339
from swimctl.models import Golden, JobOptions, Role
from swimctl.states import JobStatus

LATER = "2031-05-04T13:00:00.000000Z"


def names(document: dict[str, Any]) -> list[str]:
    return [one["device_hostname"] for one in document["details"]]


def test_the_answer_says_what_was_made(api: Api) -> None:
    document = api.trigger("sw2", "sw1")
    batch = document.pop("batch_id")
    assert str(uuid.UUID(batch)) == batch
    assert document == {
        "status": "success",
        "jobs_created": 2,
        "job_ids": [1, 2],
        "execution_mode": "parallel",
        "needs_approval": False,
        "schedule_time": None,
        "details": [
            {"device_id": 2, "device_hostname": "sw2", "job_id": 1, "image": GOLDEN, "status": "pending"},
            {"device_id": 1, "device_hostname": "sw1", "job_id": 2, "image": GOLDEN, "status": "pending"},
        ],
    }
    made = api.store.batch(batch)
    assert made.detached, "whoever runs what is due may take it"
    assert made.requested_by == "olga"


def test_an_integer_is_an_id_and_a_text_a_hostname_before_it_is_an_id(api: Api) -> None:
    # There is a host named `8`, whose id is 13.
    assert names(api.trigger("8", 8, "7", 13)) == ["8", "sw8", "sw7"]


def test_the_same_device_twice_is_one_job_and_the_order_is_that_of_the_request(api: Api) -> None:
    assert names(api.trigger("sw3", 1, "sw1", "3", "sw2", "sw3")) == ["sw3", "sw1", "sw2"]


def test_a_device_keeps_its_id_when_the_inventory_loses_a_host_before_it(api: Api) -> None:
    api.project.write("inventory/hosts.yaml", "sw3: {groups: [switches]}\nnew-1: {groups: [switches]}\n")
    assert [(device.name, device.id) for device in api.project.inventory().devices] == [("sw3", 3), ("new-1", 16)]


def test_a_golden_release_without_a_file_is_told_and_gives_its_image(api: Api) -> None:
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.18.2", model="C9300-24*"))
    refused = api.refused(api.post(TRIGGER, {"devices": ["sw1"]}), 422, "release 17.18.2 (for model C9300-24*)")
    assert "`swimctl image add FILE`" in refused["message"]
    assert api.nothing_made()
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.15.1", model="C9300-24*"))
    listed = api.get("/api/images/", token=api.reader).json
    unsaid = dict.fromkeys(("group", "site", "role", "tag", "valid_from", "valid_until"))
    assert listed["golden_releases"] == [
        {
            "platform": "cisco_xe",
            "family": None,
            "release": "17.15.1",
            "golden": ["model C9300-24*"],
            "golden_rules": [{"model": "C9300-24*", **unsaid}],
        }
    ]
    made = api.trigger("sw1", LITE_HOST)
    assert [one.get("image") for one in made["details"]] == [NEWER, None]


def test_devices_are_compared_with_golden_releases_and_none_is_asked(api: Api) -> None:
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.18.2", model="C9200*"))
    known = api.store.device_ids(["sw1", "sw2", LITE_HOST])
    api.store.saw(known["sw1"], "17.12.04", {"1": "17.12.04.0.6972"})
    api.store.saw(known[LITE_HOST], "17.12.04", {"1": "17.12.04"})
    told = api.get("/api/compliance/", token=api.reader).json
    found = {one["device_hostname"]: one for one in told["devices"]}
    assert told["counts"]["compliant"] == 1
    assert found["sw1"]["status"] == "compliant"
    assert (found["sw2"]["status"], found["sw2"]["seen_at"]) == ("unknown", None)
    assert (found[LITE_HOST]["status"], found[LITE_HOST]["golden_image"]) == ("other release", None)
    assert found[LITE_HOST]["why"] == "17.12.04, older than 17.18.2"
    assert found["fw-1"]["status"] == "unknown"
    assert sum(told["counts"].values()) == told["count"] == len(found)


def test_an_image_that_is_named_goes_before_the_golden_one(api: Api) -> None:
    for auto in (True, False):
        assert api.trigger("sw1", image_id=5, auto_select_image=auto)["details"][0]["image"] == NEWER


def test_no_image_and_no_choice_is_refused(api: Api) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], "auto_select_image": False}), 400, "auto_select_image")
    assert api.nothing_made()


def test_devices_without_an_image_are_skipped_and_the_others_go_ahead(api: Api) -> None:
    document = api.trigger(LITE_HOST, "sw1", "fw-1")
    assert (document["status"], document["jobs_created"], document["job_ids"]) == ("partial", 1, [1])
    made, lite, firewall = document["details"]
    assert made["device_hostname"] == "sw1"
    assert "golden" in lite.pop("message")
    assert lite == {"device_id": 14, "device_hostname": LITE_HOST, "status": "skipped", "error": "no image"}
    assert "'panos'; swimctl can upgrade" in firewall["message"]


def test_an_image_that_does_not_fit_is_refused_for_that_device_alone(api: Api) -> None:
    document = api.trigger("sw1", LITE_HOST, image_id=2)
    assert names(document) == [LITE_HOST, "sw1"]
    assert "does not run on C9300-24P" in document["details"][1]["message"]


def test_where_a_file_lies_on_the_server_is_not_told(api: Api) -> None:
    api.store.image(5).path.unlink()
    answer = api.post(TRIGGER, {"devices": ["sw1"], "image_id": 5})
    api.refused(answer, 422, NEWER, "No such file")
    api.store.image(1).path.unlink()
    partial = api.post(TRIGGER, {"devices": [LITE_HOST, "fw-1", "sw1"], "image_id": 2})
    assert partial.json["status"] == "partial"
    assert "hosts.yaml" in partial.json["details"][1]["message"]
    assert str(api.project.folder) not in partial.body.decode()
    for path in ("/api/images/", "/api/devices/", "/api/upgrade/status/?job_ids=1"):
        assert str(api.project.folder) not in api.get(path).body.decode()


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2031-05-04T13:00:00Z", LATER),
        ("2031-05-04T15:00:00+02:00", LATER),
        ("2031-05-04T07:30:00-05:30", LATER),
        ("2031-05-04T13:00Z", LATER),
        ("20310504T130000Z", LATER),
        ("2031-05-04T13:00:00.25Z", "2031-05-04T13:00:00.250000Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z"),
    ],
)
def test_a_schedule_time_is_kept_in_utc(api: Api, given: str, at: str) -> None:
    document = api.trigger("sw1", schedule_time=given)
    assert (document["schedule_time"], document["details"][0]["status"]) == (at, "scheduled")
    (job,) = api.jobs(1)
    assert (job["status"], job["schedule_time"], job["started_at"]) == ("scheduled", at, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2031-05-04T13:00:00", "offset"),
        ("2031-05-05", "offset"),
        ("2031-05-04T12:00:00Z", "past"),
        ("2031-05-04T11:59:59.999999Z", "past"),
        ("2031-05-04T13:59:59+02:00", "past"),
        ("0001-01-01T00:00:00+23:59", "years"),
        ("9999-12-31T23:59:59-23:59", "years"),
        ("tomorrow", "not a time"),
        ("", "not a time"),
        ("1935752400", "not a time"),
        (1935752400, "ISO 8601"),
        (1935752400.5, "ISO 8601"),
        (True, "ISO 8601"),
        ("2031-13-04T13:00:00Z", "not a time"),
    ],
)
def test_a_schedule_time_that_would_surprise_is_refused(api: Api, given: object, said: str) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], "schedule_time": given}), 400, said)
    assert api.nothing_made()


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, 0),
        ({"execution_mode": "sequential"}, 1),
        ({"execution_mode": "sequential", "max_failures": 0}, 0),
        ({"execution_mode": "parallel", "max_failures": 2}, 2),
    ],
)
def test_how_many_failures_stop_a_batch(api: Api, options: dict[str, Any], kept: int) -> None:
    document = api.trigger("sw3", "sw1", "sw2", **options)
    assert document["execution_mode"] == options.get("execution_mode", "parallel")
    batch = api.store.batch(document["batch_id"])
    assert (batch.mode, batch.max_failures) == (document["execution_mode"], kept)
    assert [job.device_name for job in api.store.jobs(batch_id=batch.id)] == ["sw3", "sw1", "sw2"]


def test_the_options_reach_the_jobs(api: Api) -> None:
    document = api.trigger(
        "sw1",
        workflow_id=2,
        activate_after_distribute=False,
        cleanup_flash=True,
        force=True,
        issu=True,
        convert=True,
    )
    options = api.store.batch(document["batch_id"]).options
    assert options == JobOptions("distribute", activate=False, cleanup_flash=True, force=True, issu=True, convert=True)
    plain = api.store.batch(api.trigger("sw2")["batch_id"]).options
    assert plain == JobOptions()


def waiver(**changes: Any) -> dict[str, Any]:
    return {"device": "sw1", "finding": "redundancy group", "seen": "none", "reason": "CHG7"} | changes


def test_findings_are_waived_by_who_asks_and_stand_in_the_audit(api: Api) -> None:
    batch = api.store.batch(api.trigger("sw1", "sw2", waivers=[waiver()])["batch_id"])
    (kept,) = batch.options.waivers
    assert asdict(kept) == waiver() | {"by": "olga"}
    entry = next(entry for entry in api.store.audit() if entry.action == "trigger")
    assert (entry.actor, entry.data["waivers"]) == ("olga", [asdict(kept)])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"finding": "serial number"}, "identity, hash, family and room never can"),
        ({"finding": "free flash"}, "identity, hash, family and room never can"),
        ({"device": "sw3"}, "waivers name devices that are not asked for: sw3"),
        ({"seen": ""}, "waivers.1"),
        ({"reason": ""}, "waivers.1"),
        ({"reason": "  "}, "say why"),
        ({"by": "somebody else"}, "waivers.1: unknown field"),
    ],
)
def test_what_cannot_be_waived_makes_no_job(api: Api, wrong: dict[str, str], says: str) -> None:
    body = {"devices": ["sw1", "sw2"], "waivers": [waiver(), waiver(**wrong)]}
    api.refused(api.post(TRIGGER, body), 400, says)
    assert api.store.batches() == []


def test_null_is_as_good_as_left_out(api: Api) -> None:
    fields = ("image_id", "workflow_id", "schedule_time", "max_failures")
    assert api.trigger("sw1", **dict.fromkeys(fields))["status"] == "success"


def test_a_second_job_for_a_device_waits_its_turn(api: Api) -> None:
    first, second = (api.trigger("sw1")["job_ids"][0] for _ in range(2))
    with api.store.register_runner() as runner:
        assert api.store.claim(first, runner)
        assert api.store.claim(second, runner) is None
        assert [job["status"] for job in api.jobs(first, second)] == ["distributing", "pending"]


def test_a_device_whose_job_was_interrupted_is_a_conflict(api: Api) -> None:
    first = api.trigger("sw1")["job_ids"][0]
    with api.store.register_runner() as runner:
        assert api.store.claim(first, runner)
    api.refused(api.post(TRIGGER, {"devices": ["sw1"]}), 409, f"swimctl resume {first}")
    assert api.trigger("sw1", "sw2")["status"] == "partial"


def test_the_same_key_and_body_get_the_first_answer_and_create_nothing(api: Api) -> None:
    body = {"devices": [LITE_HOST, "sw1"], "schedule_time": rfc3339(NOON + timedelta(minutes=5))}
    key = {"Idempotency-Key": "change 4711/b"}
    first = api.post(TRIGGER, body, headers=key)
    assert first.status == 201
    api.clock.forward(24 * 3600 - 1)  # its schedule time is past meanwhile, and the job is cancelled
    api.post(CANCEL, {"job_ids": [1]})
    turned = json.dumps(dict(reversed(body.items())), indent=1).encode()
    for again in (api.post(TRIGGER, body, headers=key), api.post(TRIGGER, turned, headers=key)):
        assert (again.status, again.body) == (201, first.body)
    assert len(api.store.batches()) == 1
    assert len(api.store.jobs()) == 1


def test_a_key_is_forgotten_after_a_day(api: Api) -> None:
    key = {"Idempotency-Key": "nightly"}
    assert api.post(TRIGGER, {"devices": ["sw1"]}, headers=key).status == 201
    api.clock.forward(24 * 3600)
    assert api.post(TRIGGER, {"devices": ["sw2"]}, headers=key).json["job_ids"] == [2]


def test_a_refused_request_uses_no_key_and_keys_are_each_users_own(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    assert api.post(TRIGGER, {"devices": ["nobody"]}, headers=key).status == 404
    assert api.post(TRIGGER, {"devices": [LITE_HOST]}, headers=key).status == 422
    first = api.post(TRIGGER, {"devices": ["sw1"]}, headers=key)
    api.accounts.create_user("omar", "another long password", Role.OPERATOR, by=ROOT)
    token = api.accounts.create_token("omar", by=ROOT).text
    second = api.post(TRIGGER, {"devices": ["sw1"]}, headers=key, token=token)
    assert (first.json["job_ids"], second.json["job_ids"]) == ([1], [2])


@pytest.mark.parametrize("key", ["", "x" * 256, "schl\u00fcssel", "a\tb"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["sw1"]}, headers={"Idempotency-Key": key}), 400, "Idempotency-Key")
    assert api.nothing_made()


def test_a_workflow_brings_its_steps(api: Api) -> None:
    known = api.get("/api/workflows/").json["workflows"]
    assert [(one["id"], one["name"]) for one in known] == [(1, "standard"), (2, "distribute")]
    for one in known:
        job_id = api.trigger("sw1", workflow_id=one["id"])["job_ids"][0]
        assert [step["name"] for step in api.jobs(job_id)[0]["steps"]] == one["steps"]


def test_what_a_terminal_made_is_seen_and_cancelled_here(api: Api) -> None:
    ids = made_in_a_terminal(api, "sw1", "sw2")
    assert [job["device_hostname"] for job in api.jobs(*ids)] == ["sw1", "sw2"]
    assert api.post(CANCEL, {"job_ids": ids}).json["job_ids"] == ids
    assert {job.status for job in api.store.jobs(ids=ids)} == {JobStatus.CANCELLED}
