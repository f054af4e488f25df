"""What becomes of a device that is held, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.api_client import READER, Api
from support.stores import NOON

from swimctl.store import Runner
from swimctl.waiting import Waiting, WaitKind

RECHECK = "/api/upgrade/recheck/"


def hold(api: Api, runner: Runner) -> int:
    (job,) = api.trigger("sw1", on_failed_checks="hold")["job_ids"]
    assert api.store.batch(api.store.job(job).batch_id).options.on_failed_checks == "hold"
    assert api.store.claim(job, runner)
    api.store.record(job, "held", "not as before", {"found": [{"finding": "routes", "seen": "fell from 9 to 4"}]})
    look = api.store.held_look(job).mark
    api.store.say(job, runner, "waiting", Waiting(WaitKind.HELD, "routes", job, NOON + timedelta(hours=1), look))
    return int(job)


def test_who_keeps_it_accepts_what_was_seen_in_their_own_name(api: Api) -> None:
    with api.store.register_runner() as runner:
        job = hold(api, runner)
        (told,) = api.jobs(job)
        assert (told["waiting"]["kind"], told["waiting"]["until"]) == ("held", "2031-05-04T13:00:00.000000Z")
        asked = {"job_id": job, "answer": "keep", "reason": "a core is away", "look": told["waiting"]["look"]}
        api.store.record(job, "held", "worse", {"found": [{"finding": "routes", "seen": "fell from 9 to 1"}]})
        api.refused(api.post(RECHECK, asked), 409, "is not the newest look at sw1")
        api.store.record(job, "held", "as before", {"found": [{"finding": "routes", "seen": "fell from 9 to 4"}]})
        answer = api.post(RECHECK, asked).json
        waived = {"device": "sw1", "finding": "routes", "seen": "fell from 9 to 4", "reason": "a core is away"}
        assert answer == {
            "status": "success", "job_id": job, "device_hostname": "sw1", "answer": "keep",
            "waived": [waived | {"by": "olga"}], "interrupted": False,
        }  # fmt: skip
        entry = next(entry for entry in api.store.audit() if entry.action == "recheck")
        assert (entry.actor, entry.data["reason"]) == ("olga", "a core is away")
        assert api.post(RECHECK, {"job_id": job}).json["answer"] == "look"


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"answer": "keep"}, 400, "say why sw1 is kept"),
        ({"answer": "keep", "reason": "it is so"}, 400, "say which look at sw1 you accept; look "),
        ({"answer": "stay"}, 400, "answer"),
        ({"job_id": 99}, 404, "99"),
    ],
)
def test_what_cannot_be_is_refused(api: Api, changes: dict[str, Any], status: int, says: str) -> None:
    with api.store.register_runner() as runner:
        job = hold(api, runner)
        api.refused(api.post(RECHECK, {"job_id": job} | changes), status, says)
        assert api.store.recall(job, "said 1") is None


def test_a_job_that_is_not_held_is_a_conflict_and_who_may_only_read_decides_nothing(api: Api) -> None:
    (job,) = api.trigger("sw2")["job_ids"]
    api.refused(api.post(RECHECK, {"job_id": job}), 409, "is pending")
    assert api.post(RECHECK, {"job_id": job}, token=READER).status == 403
