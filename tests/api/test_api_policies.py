"""What a trigger may say of waves, order, windows and notes; approvals; and what the record says at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import APPROVE, READER, TRIGGER, Api, answering, opened
from support.projects import CONFIG, Project
from support.stores import StandingClock

from swimctl.models import Outcome, Policy, Role
from swimctl.notify.notifier import Channel, Notifier
from swimctl.notify.texts import Text
from swimctl.states import JobStatus, StepStatus

STOP, CHANGE = "/api/upgrade/stop/", "/api/upgrade/change/"


def test_a_policy_is_kept_as_it_was_said(api: Api) -> None:
    said = {
        "waves": [1, "20%", "100%"],
        "soak": 600,
        "max_failures": "10%",
        "window": "22:00-04:00@Europe/Berlin",
        "until": "2031-05-06T04:00:00+02:00",
        "stage_now": True,
        "ticket": "CHG-7",
        "comment": "the second night",
    }
    made = api.trigger("sw1", "sw2", "sw3", **said)
    batch = api.store.batch(made["batch_id"])
    assert batch.max_failures == 0
    until = batch.policy.until
    assert until is not None
    assert until.isoformat() == "2031-05-06T02:00:00+00:00"
    assert batch.policy == Policy(
        ("1", "20%", "100%"), 600.0, 10.0, "22:00-04:00@Europe/Berlin", until, True, "CHG-7", "the second night"
    )
    assert [job["wave"] for job in api.jobs(*made["job_ids"])] == [1, 2, 3]


def test_all_at_once_is_kept_and_in_the_audit(api: Api) -> None:
    assert api.store.batch(api.trigger("sw1")["batch_id"]).policy.pilot
    made = api.trigger("sw2", pilot=False)
    assert not api.store.batch(made["batch_id"]).policy.pilot
    said = [(entry.actor, entry.subject) for entry in api.store.audit() if entry.action == "no-pilot"]
    assert said == [("olga", made["batch_id"])]
    api.refused(api.post(TRIGGER, {"devices": ["sw3"], "pilot": "no"}), 400, "pilot")


def test_waves_stop_at_the_first_failure_unless_it_is_said_otherwise(api: Api) -> None:
    assert api.store.batch(api.trigger("sw1", waves=[1])["batch_id"]).max_failures == 1
    assert api.store.batch(api.trigger("sw1", waves=[1], max_failures=0)["batch_id"]).max_failures == 0
    assert api.store.batch(api.trigger("sw1")["batch_id"]).max_failures == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"waves": []}, "waves"),
        ({"waves": [0]}, "waves"),
        ({"waves": ["0%"]}, "waves"),
        ({"waves": ["110%"]}, "waves"),
        ({"waves": "1,2"}, "waves"),
        ({"waves": [1], "soak": -1}, "soak"),
        ({"waves": [1], "soak": 10**9}, "soak"),
        ({"waves": [1], "soak": "10m"}, "soak"),
        ({"max_failures": "0%"}, "max_failures"),
        ({"max_failures": -1}, "max_failures"),
        ({"max_failures": "3"}, "max_failures"),
        ({"window": "22-04"}, "window"),
        ({"window": "25:00-04:00"}, "window"),
        ({"window": "22:00-22:00"}, "window"),
        ({"window": "22:00-04:00@Mars/Olympus"}, "Mars/Olympus"),
        ({"until": "2031-05-06T04:00:00"}, "until"),
        ({"until": "2011-05-06T04:00:00Z"}, "until"),
        ({"stage_now": "yes"}, "stage_now"),
        ({"ticket": 7}, "ticket"),
        ({"comment": "x" * 1001}, "comment"),
    ],
)
def test_a_policy_that_cannot_be_read_starts_nothing(api: Api, said: dict[str, Any], words: str) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], **said}), 400, words)
    assert api.nothing_made()


def test_the_outcome_stands_beside_the_status(api: Api) -> None:
    api.trigger("sw1", "sw2", "sw3")
    assert [job["outcome"] for job in api.jobs(1, 2, 3)] == [None] * 3
    with api.store.register_runner() as runner:
        for job_id in (1, 2):
            assert api.store.claim(job_id, runner)
            api.store.move(job_id, runner, JobStatus.ACTIVATING)
        api.store.move(1, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
        api.store.move(2, runner, JobStatus.FAILED, "it went back", Outcome.ROLLED_BACK)
    api.store.cancel([3])
    ended = [(job["status"], job["outcome"]) for job in api.jobs(1, 2, 3)]
    assert ended == [("success", "upgraded"), ("failed", "rolled back"), ("cancelled", "untouched")]


@pytest.fixture
def strict(project: Project, clock: StandingClock) -> Iterator[Api]:
    project.write("config.yaml", CONFIG + "  approval: required\n")
    with opened(project, clock) as api, answering(api.backend) as api.address:
        yield api


def test_a_batch_waits_for_another_user(strict: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Text] = []
    sending = Notifier([Channel(1, "Test", lambda text: not told.append(text))])
    monkeypatch.setattr(Notifier, "of", lambda _settings: sending)
    made = strict.trigger("sw1")
    sending.close(20)
    assert [text.title for text in told] == [f"Batch {made['batch_id'][:8]} waits for approval: 1 device"]
    assert made["needs_approval"] is True
    body = {"batch_id": made["batch_id"]}
    assert strict.store.due(strict.clock.now()) == []
    strict.refused(strict.post(APPROVE, body, token=READER), 403)
    strict.refused(strict.post(APPROVE, body), 409, "somebody else has to approve it")
    assert strict.store.due(strict.clock.now()) == []
    strict.accounts.create_user("otto", PASSWORD, Role.OPERATOR, by=ROOT)
    other = strict.accounts.create_token("otto", by=ROOT).text
    answer = strict.post(APPROVE, body, token=other)
    assert (answer.status, answer.json["approved_by"], answer.json["requested_by"]) == (200, "otto", "olga")
    assert [job.id for job in strict.store.due(strict.clock.now())] == made["job_ids"]
    strict.refused(strict.post(APPROVE, body, token=other), 409, "approved by otto already")
    assert [entry.action for entry in strict.store.audit()][-1] == "approve"


def test_what_cannot_be_approved(api: Api) -> None:
    made = api.trigger("sw1")
    api.refused(api.post(APPROVE, {"batch_id": made["batch_id"]}), 409, "needs no approval")
    api.refused(api.post(APPROVE, {"batch_id": "no-such-batch"}), 404, "no-such-batch")
    api.refused(api.post(APPROVE, {}), 400, "batch_id")


def test_a_batch_is_paused_and_goes_on(api: Api) -> None:
    made = api.trigger("sw1")
    body = {"batch_id": made["batch_id"]}
    api.refused(api.post("/api/upgrade/pause/", body, token=READER), 403)
    assert api.post("/api/upgrade/pause/", body).json["paused_by"] == "olga"
    assert api.jobs(*made["job_ids"])[0]["waiting"]["kind"] == "pause"
    api.refused(api.post("/api/upgrade/pause/", body), 409, "paused already")
    api.refused(api.post("/api/upgrade/continue/", body | {"wave": True}), 409, "no wave waits")
    assert api.post("/api/upgrade/continue/", body).json["paused_by"] is None
    assert api.jobs(*made["job_ids"])[0]["waiting"]["kind"] == "runner"
    assert [entry.action for entry in api.store.audit()][-2:] == ["pause", "continue"]


def test_a_batch_stops_after_its_step_and_goes_on(api: Api) -> None:
    made = api.trigger("sw1", "sw2")
    first, second = made["job_ids"]
    body = {"batch_id": made["batch_id"]}
    with api.store.register_runner() as runner:
        assert api.store.claim(first, runner)
        api.store.step(first, runner, "distribution", StepStatus.RUNNING)
        api.refused(api.post(STOP, body, token=READER), 403)
        assert api.post(STOP, body).json == {
            "status": "success",
            "batch_id": made["batch_id"],
            "stopped_by": "olga",
            "jobs": [{"id": first, "device_hostname": "sw1", "stops_after": "Distribution"}],
        }
        assert [job["stop_by"] for job in api.jobs(first, second)] == ["olga", None]
        assert api.jobs(second)[0]["waiting"]["kind"] == "stop"
        api.refused(api.post(STOP, body), 409, "stopped already")
        assert api.post("/api/upgrade/continue/", body).json["status"] == "success"
        assert api.jobs(first)[0]["stop_by"] is None
        assert api.post(STOP, {"job_ids": [first]}).json["batch_id"] is None
        api.refused(api.post(STOP, {"job_ids": [second]}), 409, "does not run")
    for wrong in ({}, {**body, "job_ids": [first]}, {"batch_id": None}):
        api.refused(api.post(STOP, wrong), 400)
    assert [entry.action for entry in api.store.audit() if entry.actor == "olga"][-3:] == ["stop", "continue", "stop"]


def test_limits_are_changed(api: Api) -> None:
    made = api.trigger("sw1")
    body = {"batch_id": made["batch_id"]}
    api.refused(api.post(CHANGE, {**body, "workers": 5}, token=READER), 403)
    until = "2031-05-06T02:00:00.000000Z"
    assert api.post(CHANGE, {**body, "workers": 5, "max_failures": "10%", "until": until}).json == {
        "status": "success", **body, "workers": 5, "max_failures": 0, "max_failures_percent": 10.0, "until": until,
    }  # fmt: skip
    changed = api.post(CHANGE, {**body, "max_failures": 2}).json
    assert (changed["workers"], changed["max_failures"], changed["max_failures_percent"]) == (5, 2, None)
    for wrong, words in (
        (body, "give what to change"),
        ({**body, "workers": 0}, "workers"),
        ({**body, "workers": None}, "workers"),
        ({**body, "until": "2001-05-06T02:00:00Z"}, "is in the past"),
        ({**body, "wave": True}, "wave"),
    ):
        api.refused(api.post(CHANGE, wrong), 400, words)
    one_by_one = api.trigger("sw2", execution_mode="sequential")["batch_id"]
    api.refused(api.post(CHANGE, {"batch_id": one_by_one, "workers": 2}), 409, "is sequential")
    api.refused(api.post(CHANGE, {"batch_id": "nobody's", "workers": 2}), 404)
    said = [dict(entry.data) for entry in api.store.audit() if entry.action == "change"]
    assert said == [{"workers": 5, "max_failures_percent": 10.0, "until": until}, {"max_failures": 2}]
