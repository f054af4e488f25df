"""What a person does on the pages is what the API does, with its rules, its words and its audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.accounts import PASSWORD, ROOT
from support.api_client import OPERATOR, Api
from web.visitor import Visitor

from swimctl.errors import Unreachable
from swimctl.models import Device, Finding, Image, JobOptions, Outcome, Role
from swimctl.states import JobStatus
from swimctl.steps.first_look import FirstLook
from swimctl.store import Runner
from swimctl.waiting import Waiting, WaitKind


@pytest.fixture
def runner(api: Api) -> Iterator[Runner]:
    with api.store.register_runner() as registered:
        yield registered


class Looker:
    """Answers for devices: sw3 is full, sw4 is away, all others are ready."""

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:  # noqa: ARG002
        if device.name == "sw4":
            raise Unreachable("sw4 does not answer")
        return FirstLook((Finding("free flash", device.name != "sw3", "1 GB", "2 GB", "install remove inactive"),), "")


@pytest.fixture
def asked(api: Api) -> None:
    api.backend.checker = Looker()


def plan(visitor: Visitor, **typed: str) -> str:
    answer = visitor.press("/plan", "/plan", **typed)
    assert answer.status == 200, answer.body[-800:]
    return answer.body.decode()


def start_form(visitor: Visitor, page: str) -> dict[str, str]:
    """Return the form on a plan that starts it."""
    visitor.see = lambda _: page  # type: ignore[method-assign]
    form = visitor.forms("the plan")["/plan/start"]
    del visitor.see
    return form


def test_a_batch_is_paused_continued_and_stopped(operator: Visitor, api: Api, runner: Runner) -> None:
    batch = api.trigger("sw1", "sw2")["batch_id"]
    page = f"/batches/{batch}"
    assert operator.press(page, f"{page}/pause").headers["location"] == page
    assert api.store.batch(batch).paused_by == OPERATOR
    assert "paused" in operator.see(page)
    operator.press(page, f"{page}/continue")
    assert api.store.batch(batch).paused_by is None
    assert api.store.claim(1, runner)
    operator.press(page, f"{page}/stop")
    assert api.store.batch(batch).stopped_by == OPERATOR
    actions = [entry.action for entry in api.store.audit()]
    assert [one for one in actions if one.startswith("batch-")] == []


def test_what_waits_is_cancelled_and_what_ended_is_tried_again(operator: Visitor, api: Api, runner: Runner) -> None:
    batch = api.trigger("sw1", "sw2")["batch_id"]
    page = f"/batches/{batch}"
    assert api.store.claim(1, runner)
    assert operator.press(page, f"{page}/cancel").status == 303
    assert api.store.job(2).status is JobStatus.CANCELLED
    assert f"{page}/retry" not in operator.forms(page), "one still runs"
    api.store.move(1, runner, JobStatus.FAILED, "no", outcome=Outcome.UNTOUCHED)
    again = operator.press(page, f"{page}/retry").headers["location"]
    assert again != page
    assert [job.device_name for job in api.store.jobs(batch_id=again.rpartition("/")[2])] == ["sw1"]


def test_what_the_api_refuses_reads_on_a_page_as_there(operator: Visitor, api: Api, runner: Runner) -> None:
    batch = api.trigger("sw1")["batch_id"]
    forms = operator.forms(f"/batches/{batch}")
    assert api.store.claim(1, runner)
    api.store.move(1, runner, JobStatus.FAILED, "no", outcome=Outcome.UNTOUCHED)
    late = operator.ask("POST", f"/batches/{batch}/cancel", forms[f"/batches/{batch}/cancel"])
    assert late.status == 409
    assert b"none of these jobs waits any more" in late.body


def test_who_keeps_a_device_accepts_what_the_page_showed_and_nothing_newer(
    operator: Visitor, api: Api, runner: Runner
) -> None:
    api.trigger("sw1", on_failed_checks="hold")
    assert api.store.claim(1, runner)
    api.store.record(1, "held", "not as before", {"found": [{"finding": "routes", "seen": "fell from 9 to 4"}]})
    api.store.say(1, runner, "waiting", Waiting(WaitKind.HELD, "routes", 1, None, api.store.held_look(1).mark))
    assert "<li>routes: fell from 9 to 4</li>" in operator.see("/jobs/1")
    shown = operator.forms("/jobs/1")["/jobs/1/keep"] | {"reason": "a core is away"}
    api.store.record(1, "held", "worse", {"found": [{"finding": "routes", "seen": "fell from 9 to 1"}]})
    late = operator.ask("POST", "/jobs/1/keep", shown)
    assert late.status == 409
    assert b"is not the newest look at sw1" in late.body
    assert api.store.recall(1, "said 1") is None
    assert operator.press("/jobs/1", "/jobs/1/keep", reason="a core is away").status == 303
    said = next(entry for entry in api.store.audit() if entry.action == "recheck")
    assert (said.actor, said.data["waivers"][0]["seen"]) == (OPERATOR, "fell from 9 to 1")


def test_what_nobody_may_accept_has_no_button_to_keep(operator: Visitor, api: Api, runner: Runner) -> None:
    api.trigger("sw1", on_failed_checks="hold")
    assert api.store.claim(1, runner)
    api.store.record(1, "held", "not as before", {"found": []})
    api.store.say(1, runner, "waiting", Waiting(WaitKind.HELD, "release", 1, None, api.store.held_look(1).mark))
    forms = operator.forms("/jobs/1")
    assert "/jobs/1/back" in forms
    assert "/jobs/1/keep" not in forms


def test_another_user_approves(api: Api, operator: Visitor) -> None:
    api.project.write("config.yaml", api.project.config().path.read_text() + "  approval: required\n")
    api.backend.service._config = api.project.config()
    api.accounts.create_user("otto", PASSWORD, Role.OPERATOR, by=ROOT)
    batch = api.trigger("sw1")["batch_id"]
    page = f"/batches/{batch}"
    assert f"{page}/approve" not in operator.forms(page), "who asked for it cannot approve it"
    assert "somebody else has to" in operator.see(page)
    other = Visitor(api)
    other.sign_in("otto")
    assert other.press(page, f"{page}/approve").status == 303
    assert api.store.batch(batch).approved_by == "otto"


@pytest.mark.usefixtures("asked")
def test_a_plan_shows_what_each_device_gets_and_starts_those_that_are_ready(operator: Visitor, api: Api) -> None:
    page = plan(operator, devices="sw1 sw2, sw3\nsw4", ticket="CHG-9", waves="1, 100%")
    assert all(word in page for word in (">ready<", "free flash: seen 1 GB, needed 2 GB", "sw4 does not answer"))
    assert "Upgrade 2 devices" in page
    assert api.store.batches() == []
    form = start_form(operator, page)
    first, second = (operator.ask("POST", "/plan/start", form) for _ in range(2))
    assert first.status == second.status == 303
    assert first.headers["location"] == second.headers["location"], "pressed twice, made once"
    (batch,) = api.store.batches()
    assert (batch.policy.ticket, batch.policy.waves, batch.requested_by) == ("CHG-9", ("1", "100%"), OPERATOR)
    assert [job.device_name for job in api.store.jobs(batch_id=batch.id)] == ["sw1", "sw2"]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "no devices were selected"),
        ({"devices": "sw1 nobody"}, "unknown device"),
        ({"devices": "sw1", "window": "whenever"}, "window"),
        ({"devices": "sw1", "waves": "many"}, "a number"),
        ({"devices": "sw1", "schedule_time": "2020-01-01T00:00Z"}, "past"),
        ({"devices": "sw1", "schedule_time": "tomorrow"}, "is not a time"),
        ({"devices": "sw1 sw*"}, "not both"),
        ({"devices": "sw1", "image": "99"}, "99"),
    ],
)
def test_a_mistake_in_the_form_is_said_and_what_was_typed_stays(
    typed: dict[str, str], said: str, operator: Visitor, api: Api
) -> None:
    answer = operator.press("/plan", "/plan", ticket="CHG-9", **typed)
    assert answer.status == 400
    page = answer.body.decode()
    assert said in page
    assert 'value="CHG-9"' in page
    assert api.store.batches() == []


@pytest.mark.usefixtures("asked")
def test_a_plan_that_was_changed_on_its_way_starts_nothing(operator: Visitor, api: Api) -> None:
    form = start_form(operator, plan(operator, devices="sw1"))
    for field, value in (("going", "{"), ("going", "[]"), ("going", '{"devices": []}'), ("key", "x"), ("key", "")):
        assert operator.ask("POST", "/plan/start", form | {field: value}).status == 400
    assert api.store.batches() == []


def test_a_server_without_a_runner_says_where_to_plan(operator: Visitor) -> None:
    answer = operator.press("/plan", "/plan", devices="sw1")
    assert answer.status == 400
    assert b"--no-runner" in answer.body


def test_patterns_sites_and_groups_select_as_on_the_command_line(operator: Visitor, api: Api) -> None:
    api.backend.checker = Looker()
    assert "Upgrade 4 devices" in plan(operator, devices="sw1*")
    assert "Upgrade 2 devices" in plan(operator, devices="sw1 sw2", group="switches")
    assert "ready" in plan(operator, all="on")


def test_an_image_is_made_golden_and_golden_no_more_by_who_may(operator: Visitor, reader: Visitor, api: Api) -> None:
    assert reader.forms("/images").keys() == {"/sign-out"}
    assert operator.press("/images", "/images/5/golden", model="C9300-*").headers["location"] == "/images"
    assert "golden: model C9300-*" in reader.see("/images")
    wrong = operator.press("/images", "/images/5/golden", model="N9K-*")
    assert wrong.status == 404
    assert b"N9K-*" in wrong.body
    assert operator.press("/images", "/images/5/end").status == 303
    assert [rule.image_id for rule in api.store.goldens()] == [1]
    form = operator.forms("/images")["/images/5/golden"]
    assert reader.ask("POST", "/images/5/golden", reader.forms("/images")["/sign-out"]).status == 403
    assert operator.ask("POST", "/images/5/golden", {}).status == 403, "a form of another site"
    assert operator.ask("POST", "/images/x/golden", form).status == 404
    assert [entry.action for entry in api.store.audit()][-2:] == ["golden-set", "golden-unset"]
