"""A person answers jobs that wait for one, over the API."""

from __future__ import annotations

from support.api_client import READER, Api
from support.stores import some_batch

from swimctl.config.flows import Flow
from swimctl.config.own_steps import Hold
from swimctl.models import Job
from swimctl.states import StepStatus
from swimctl.store import NewJob, Runner, answer_key
from swimctl.waiting import Waiting, WaitKind

RELEASE = "/api/upgrade/release/"


def waits(api: Api, runner: Runner, job_id: int) -> Job:
    """Bring a job to where it waits for a person."""
    assert api.store.claim(job_id, runner) is not None
    api.store.step(job_id, runner, "Board", StepStatus.RUNNING)
    api.store.say(job_id, runner, "waiting", Waiting(WaitKind.PERSON, "Board", job_id))
    return api.store.job(job_id)


def test_jobs_are_released_together_and_the_audit_says_why(api: Api) -> None:
    flow = Flow(("readiness", Hold(name="Board")))
    ids = api.store.device_ids(["sw1", "sw2", "sw3"])
    new = [NewJob(number, name, 1, flow.kinds) for name, number in ids.items()]
    jobs = api.store.create_batch(some_batch("batch-0001", flow=flow.text()), new)
    first, second, third = (job.id for job in jobs)
    with api.store.register_runner() as runner:
        batch = {waits(api, runner, each).batch_id for each in (first, second)}.pop()
        (shown,) = api.jobs(first)
        assert (shown["waiting"]["kind"], shown["waiting"]["job_id"]) == ("person", first)
        api.refused(api.post(RELEASE, {"job_ids": [first], "reason": "x"}, token=READER), 403)
        api.refused(api.post(RELEASE, {"job_ids": [first]}), 400, "reason")
        api.refused(api.post(RELEASE, {"job_ids": [first], "reason": " \n"}), 400, "reason")
        api.refused(api.post(RELEASE, {"reason": "x"}), 400, "job_ids", "batch_id")
        api.refused(api.post(RELEASE, {"job_ids": [first, 999], "reason": "x"}), 404, "999")
        api.refused(api.post(RELEASE, {"job_ids": [first, third], "reason": "x"}), 409, f"job {third} does not wait")
        assert api.store.recall(first, answer_key("Board")) is None
        answered = api.post(RELEASE, {"batch_id": batch, "reason": "the board said yes"})
        assert (answered.status, answered.json["job_ids"], answered.json["released"]) == (200, [first, second], True)
        api.refused(api.post(RELEASE, {"job_ids": [second], "reason": "x", "refuse": True}), 409, "has its answer")
    entry = next(each for each in api.store.audit() if each.action == "release")
    assert (entry.actor, entry.data["jobs"], entry.data["reason"]) == ("olga", [first, second], "the board said yes")
    assert api.store.recall(first, answer_key("Board")) == {"by": "olga", "why": "the board said yes", "go": True}
