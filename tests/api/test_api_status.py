"""The contract's paragraphs on asking how jobs are, and on cancelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.api_client import CANCEL, LITE_HOST, STATUS, TRIGGER, Api, many_jobs
from support.stores import statements

from swimctl.clock import rfc3339
from swimctl.models import Outcome
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Runner

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture
def runner(api: Api) -> Iterator[Runner]:
    with api.store.register_runner() as registered:
        yield registered


def test_one_of_job_ids_and_batch_id_is_needed(api: Api) -> None:
    api.refused(api.get(STATUS), 400, "job_ids", "batch_id")


def test_by_ids_by_batch_and_by_both(api: Api) -> None:
    first, second = api.trigger("sw1", "sw2"), api.trigger("sw3", "sw4")

    def found(query: str) -> tuple[list[int], list[int], int]:
        document = api.get(f"{STATUS}?{query}").json
        return [job["id"] for job in document["jobs"]], document["missing"], document["count"]

    assert found("job_ids=4,1,3") == ([1, 3, 4], [], 3), "in the order of their ids"
    assert found("job_ids=2,2,2") == ([2], [], 1)
    assert found("job_ids=9,1,8,9") == ([1], [9, 8], 1)
    assert found(f"batch_id={first['batch_id']}") == ([1, 2], [], 2)
    assert found(f"job_ids=1,3,4,9&batch_id={second['batch_id']}") == ([3, 4], [1, 9], 2)
    assert found("job_ids=1%2C3") == ([1, 3], [], 2)
    assert found("job_ids=1&job_ids=3,2.0") == ([1, 2, 3], [], 3), "as clients write lists, and as JSON Schema numbers"
    api.refused(api.get(f"{STATUS}?batch_id=one&batch_id=two"), 400, "'batch_id' is given twice")
    api.refused(api.get(f"{STATUS}?job_ids=1,2&batch_id={second['batch_id']}"), 404, "jobs 1, 2")
    api.refused(api.get(f"{STATUS}?job_ids=1&batch_id=no-such-batch"), 404, "no-such-batch")


def test_a_job_from_its_first_moment_to_its_last(api: Api, runner: Runner) -> None:
    document = api.trigger("sw2")
    (job,) = api.jobs(1)
    assert (job["id"], job["batch_id"], job["device_id"], job["device_hostname"]) == (1, document["batch_id"], 2, "sw2")
    assert (job["status"], job["progress"], job["current_step"]) == ("pending", 0, "Readiness Check")
    assert (job["error"], job["started_at"], job["finished_at"], job["schedule_time"]) == (None, None, None, None)
    assert UTC_TIME.fullmatch(job["created_at"])
    fields = {"name", "status", "message", "started_at", "finished_at", "usual_seconds"}
    assert [set(step) for step in job["steps"]] == [fields] * 4
    assert job["last_event_at"] is None

    store = api.store
    assert store.claim(1, runner)
    store.step(1, runner, "readiness", StepStatus.SUCCESS, "all well")
    store.step(1, runner, "distribution", StepStatus.RUNNING)
    store.progress(1, runner, 40, bytes_done=400, bytes_total=1000)
    store.progress(1, runner, 20)
    (job,) = api.jobs(1)
    assert (job["status"], job["progress"], job["current_step"]) == ("distributing", 40, "Distribution")
    assert (job["bytes_done"], job["bytes_total"]) == (400, 1000)
    assert UTC_TIME.fullmatch(job["started_at"])
    assert [step["status"] for step in job["steps"]] == ["success", "running", "pending", "pending"]
    assert (job["steps"][0]["message"], job["steps"][1]["finished_at"]) == ("all well", None)
    assert UTC_TIME.fullmatch(job["steps"][0]["finished_at"])

    store.step(1, runner, "distribution", StepStatus.SUCCESS)
    assert api.jobs(1)[0]["current_step"] == "Activation", "none runs: the next"
    store.move(1, runner, JobStatus.ACTIVATING)
    assert api.jobs(1)[0]["status"] == "activating"
    for kind in ("activation", "post-checks"):
        store.step(1, runner, kind, StepStatus.SUCCESS)
    store.move(1, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    (job,) = api.jobs(1)
    assert (job["status"], job["progress"], job["current_step"]) == ("success", 100, "Post-Checks")
    assert UTC_TIME.fullmatch(job["finished_at"])


def test_a_failed_job_says_why_and_skips_the_rest(api: Api, runner: Runner) -> None:
    api.trigger("sw1")
    api.store.claim(1, runner)
    api.store.step(1, runner, "readiness", StepStatus.RUNNING)
    api.store.move(1, runner, JobStatus.FAILED, f"{api.project.folder}/images/x.bin is no image")
    (job,) = api.jobs(1)
    assert (job["status"], job["error"]) == ("failed", "x.bin is no image"), "where it lies is not told"
    assert [step["status"] for step in job["steps"]] == ["failed", "skipped", "skipped", "skipped"]


def test_only_what_waits_is_cancelled(api: Api, runner: Runner) -> None:
    api.trigger("sw1", "sw2", "sw3")
    api.trigger("sw4", schedule_time="2031-05-05T00:00:00Z")
    api.store.claim(2, runner)
    api.store.claim(3, runner)
    api.store.move(3, runner, JobStatus.FAILED, "broken")
    document = api.post(CANCEL, {"job_ids": [4, 3, 2, 1]}).json
    left = document.pop("not_cancelled")
    assert document == {"status": "success", "cancelled": 2, "job_ids": [1, 4]}
    assert [(one["id"], one["status"]) for one in left] == [(2, "distributing"), (3, "failed")]
    assert "cannot be cancelled" in left[0]["message"]
    assert "has ended" in left[1]["message"]
    assert [job["status"] for job in api.jobs(1, 2, 3, 4)] == ["cancelled", "distributing", "failed", "cancelled"]
    assert api.store.claim(1, runner) is None, "it never starts"


def test_a_batch_is_cancelled_whole_or_those_of_it_that_are_named(api: Api) -> None:
    first, second = api.trigger("sw1", "sw2")["batch_id"], api.trigger("sw3", "sw4")["batch_id"]
    assert api.post(CANCEL, {"batch_id": first}).json["job_ids"] == [1, 2]
    assert api.post(CANCEL, {"batch_id": second, "job_ids": [4]}).json["job_ids"] == [4]
    api.refused(api.post(CANCEL, {"batch_id": first, "job_ids": [3]}), 404, "job 3")
    assert api.jobs(3)[0]["status"] == "pending"


def test_where_one_id_is_unknown_nothing_is_cancelled(api: Api) -> None:
    api.trigger("sw1")
    api.refused(api.post(CANCEL, {"job_ids": [1, 2, 3]}), 404, "jobs 2, 3", "nothing was cancelled")
    assert api.jobs(1)[0]["status"] == "pending"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "job_ids"),
        ({"job_ids": []}, "job_ids"),
        ({"job_ids": [True]}, "job_ids.0"),
        ({"job_ids": ["1"]}, "job_ids.0"),
        ({"job_ids": [1.5]}, "job_ids.0"),
        ({"job_ids": [0]}, "job_ids.0"),
        ({"job_ids": [2**63]}, "job_ids.0"),
        ({"job_ids": 1}, "job_ids"),
        ({"job_ids": [1] * 10_001}, "job_ids"),
        ({"batch_id": ""}, "batch_id"),
        ({"batch_id": 1}, "batch_id"),
        ({"job_ids": [1], "force": True}, "force: unknown field"),
    ],
)
def test_a_cancellation_that_is_wrong_cancels_nothing(api: Api, body: Any, said: str) -> None:
    api.trigger("sw1")
    api.refused(api.post(CANCEL, body), 400, said)
    assert api.jobs(1)[0]["status"] == "pending"


def test_who_asked_is_in_the_audit(api: Api) -> None:
    api.trigger("sw1")
    api.post(CANCEL, {"job_ids": [1]})
    entries = [(one.actor, one.origin, one.action) for one in api.store.audit()]
    for action in ("trigger", "cancel"):
        assert ("olga", "127.0.0.1", action) in entries


def test_what_runs_says_what_is_usual_and_when_it_was_last_heard_of(api: Api, runner: Runner) -> None:
    api.trigger("sw1", "sw2", "sw3")
    for number in (1, 2):
        api.store.claim(number, runner)
        api.store.step(number, runner, "readiness", StepStatus.RUNNING)
    for job in api.jobs(1, 2):
        assert job["steps"][0]["usual_seconds"] is None, "none was seen through yet"
        assert UTC_TIME.fullmatch(job["last_event_at"])
    api.store.step(1, runner, "readiness", StepStatus.SUCCESS)
    first, second, waits = api.jobs(1, 2, 3)
    assert second["steps"][0]["usual_seconds"] >= 0
    assert [step["usual_seconds"] for step in first["steps"]] == [None] * 4, "none of them runs"
    assert (waits["last_event_at"], waits["steps"][0]["usual_seconds"]) == (None, None)
    api.store.say(2, runner, "reading the device")
    (heard,) = [one for one in api.store.events(2) if one.message == "reading the device"]
    assert api.jobs(2)[0]["last_event_at"] == rfc3339(heard.at)


@contextmanager
def heard(api: Api) -> Iterator[list[str]]:
    """Hear the statements, without the look for the streams, which comes when it comes."""
    found: list[str] = []
    with statements(api.store) as seen:
        yield found
    found += [one for one in seen if "ifnull(max(id), 0) FROM events" not in one]


def test_a_thousand_jobs_take_a_handful_of_statements(api: Api) -> None:
    jobs = many_jobs(api, 1000)
    ids = ",".join(str(job.id) for job in jobs)
    for query in (f"job_ids={ids}", f"batch_id={jobs[0].batch_id}"):
        with heard(api) as seen:
            document = api.get(f"{STATUS}?{query}").json
        assert document["count"] == len(document["jobs"]) == 1000
        assert 3 <= len(seen) <= 20, seen


def test_what_is_said_of_running_jobs_takes_two_statements_more(api: Api, runner: Runner) -> None:
    jobs = many_jobs(api, 100)
    with heard(api) as waiting:
        api.get(f"{STATUS}?batch_id={jobs[0].batch_id}")
    for job in jobs:
        api.store.claim(job.id, runner)
    with heard(api) as running:
        document = api.get(f"{STATUS}?batch_id={jobs[0].batch_id}").json
    assert all(job["last_event_at"] for job in document["jobs"])
    selects = [[one for one in seen if one.lstrip().startswith("SELECT")] for seen in (waiting, running)]
    assert len(selects[1]) == len(selects[0]) + 2


def test_ten_thousand_ids_go_into_one_address(api: Api) -> None:
    api.trigger("sw1", LITE_HOST)
    ids = ",".join(str(number) for number in range(100_000_001, 100_010_000))
    document = api.get(f"{STATUS}?job_ids=1,{ids}").json
    assert (document["count"], len(document["missing"])) == (1, 9_999)
    api.refused(api.get(f"{STATUS}?job_ids=1,2,{ids}"), 400, "10000")


def test_the_example_program_of_the_document_ends(api: Api, runner: Runner) -> None:
    """It asks until every job reads success or failed, so a job that was not attempted must read failed."""
    ids = api.post(TRIGGER, {"devices": ["sw1", "sw2"], "execution_mode": "sequential"}).json["job_ids"]
    api.store.claim(ids[0], runner)
    api.store.move(ids[0], runner, JobStatus.FAILED, "broken")
    api.store.fail_waiting(ids[1:], "not attempted: sw1 failed")
    assert {job["status"] for job in api.jobs(*ids)} == {"failed"}
    assert api.jobs(ids[1])[0]["error"] == "not attempted: sw1 failed"
