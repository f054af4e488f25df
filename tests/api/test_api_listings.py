"""Lists of batches and jobs, transcripts, and a retry: what one who looks needs, without the ids known before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.api_client import READER, Api, many_jobs

from swimctl.models import Outcome
from swimctl.states import JobStatus
from swimctl.store import Runner

BATCHES, JOBS, RETRY = "/api/upgrade/batches/", "/api/upgrade/jobs/", "/api/upgrade/retry/"


@pytest.fixture
def runner(api: Api) -> Iterator[Runner]:
    with api.store.register_runner() as registered:
        yield registered


def failed(api: Api, runner: Runner, job: int, outcome: Outcome = Outcome.UNTOUCHED) -> None:
    assert api.store.claim(job, runner)
    api.store.move(job, runner, JobStatus.FAILED, "broken", outcome=outcome)


def test_batches_are_listed_with_how_their_jobs_stand(api: Api, runner: Runner) -> None:
    assert api.get(BATCHES).json == {"count": 0, "batches": []}
    first = api.trigger("sw1", "sw2", "sw3", ticket="CHG-1")
    api.clock.forward(60)
    second = api.trigger("sw4", ticket="CHG-2")
    failed(api, runner, 1)
    failed(api, runner, 2, Outcome.UNKNOWN)
    newest, older = api.get(BATCHES, token=READER).json["batches"]
    assert (newest["batch_id"], newest["counts"], newest["started_at"]) == (second["batch_id"], {"pending": 1}, None)
    assert older["counts"] == {"failed": 1, "unknown": 1, "pending": 1}
    assert older["releases"] == [api.store.image(1).version]
    assert older["started_at"] is not None
    assert older["finished_at"] is None, "one of its jobs waits"
    assert api.get(f"{BATCHES}?ticket=CHG-1").json["batches"][0]["batch_id"] == first["batch_id"]
    assert api.get(f"{BATCHES}?limit=1&skip=1").json["batches"][0]["batch_id"] == first["batch_id"]
    failed(api, runner, 3)
    assert api.get(f"{BATCHES}?ticket=CHG-1").json["batches"][0]["finished_at"] is not None
    api.refused(api.get(f"{BATCHES}?limit=0"), 400, "limit")
    api.refused(api.get(f"{BATCHES}?limt=1"), 400, "limt")


def test_a_job_whose_process_died_is_counted_as_interrupted(api: Api) -> None:
    api.trigger("sw1")
    with api.store.register_runner() as dead:
        assert api.store.claim(1, dead)
        assert api.get(BATCHES).json["batches"][0]["counts"] == {"distributing": 1}
    assert api.get(BATCHES).json["batches"][0]["counts"] == {"interrupted": 1}


def test_counts_of_many_batches_are_those_of_their_jobs(api: Api, runner: Runner) -> None:
    for count in (3, 5, 8):
        jobs = many_jobs(api, count)
        for job in jobs[: count // 2]:
            failed(api, runner, job.id)
    for one in api.get(BATCHES).json["batches"]:
        words = [job.word for job in api.store.jobs(batch_id=one["batch_id"])]
        assert one["counts"] == {word: words.count(word) for word in set(words)}


def test_jobs_are_found_by_what_people_know_of_them(api: Api, runner: Runner) -> None:
    first = api.trigger("sw1", "sw2", ticket="CHG-1")["batch_id"]
    failed(api, runner, 1)

    def found(query: str) -> list[int]:
        return [job["id"] for job in api.get(f"{JOBS}?{query}").json["jobs"]]

    assert found("") == [2, 1]
    assert found("device=sw1") == [1]
    assert found("status=failed") == [1]
    assert found("outcome=untouched") == [1]
    assert found(f"batch_id={first}&limit=1") == [2]
    assert found("ticket=CHG-1&device=sw2") == [2]
    assert found("since=2031-05-04T11:00:00Z") == [2, 1]
    assert found("since=2031-05-05T00:00:00Z") == []
    api.refused(api.get(f"{JOBS}?status=broken"), 400, "status")
    api.refused(api.get(f"{JOBS}?batch_id=nothing"), 404, "nothing")


def test_a_transcript_is_read_whole_or_in_parts(api: Api) -> None:
    api.trigger("sw1", "sw2")
    folder = api.backend.service.jobs_dir / "1"
    folder.mkdir(parents=True)
    (folder / "transcript.log").write_text("----- 2031-05-04T12:00:00Z step: Distribution\ncopy\ndone\n")
    path = f"{JOBS}1/transcript/"
    assert api.get(path, token=READER).json["transcript"].endswith("copy\ndone\n")
    assert "copy" in api.get(f"{path}?step=distribution").json["transcript"]
    assert api.get(f"{path}?grep=nothing").json["transcript"] == ""
    api.refused(api.get(f"{path}?step=tea"), 404, "no step")
    api.refused(api.get(f"{JOBS}2/transcript/"), 404, "has no transcript")
    api.refused(api.get(f"{JOBS}9/transcript/"), 404, "9")


def test_a_retry_of_a_batch_whose_end_is_over_needs_another_end(api: Api, runner: Runner) -> None:
    now = api.clock.now()
    ended, later = now + timedelta(minutes=30), now + timedelta(hours=8)
    first = api.trigger("sw1", until=ended.isoformat())["batch_id"]
    failed(api, runner, 1)
    api.clock.forward(3600)
    api.refused(api.post(RETRY, {"batch_id": first}), 409, "was to end by")
    api.refused(api.post(RETRY, {"batch_id": first, "until": ended.isoformat()}), 400, "in the past")
    api.refused(api.post(RETRY, {"batch_id": first, "until": "tomorrow"}), 400, "until")
    answer = api.post(RETRY, {"batch_id": first, "until": later.isoformat()})
    assert answer.status == 201
    assert api.store.batch(answer.json["batch_id"]).policy.until == later
    assert api.store.batch(first).policy.until == ended


def test_what_failed_is_tried_again_in_a_batch_of_its_own(api: Api, runner: Runner) -> None:
    first = api.trigger("sw1", "sw2", ticket="CHG-1")["batch_id"]
    api.refused(api.post(RETRY, {"batch_id": first}), 409, "nothing to retry")
    failed(api, runner, 1)
    api.refused(api.post(RETRY, {"batch_id": first}, token=READER), 403)
    answer = api.post(RETRY, {"batch_id": first})
    assert answer.status == 201
    assert [one["device_hostname"] for one in answer.json["details"]] == ["sw1"]
    batch = api.store.batch(answer.json["batch_id"])
    assert (batch.detached, batch.policy.ticket) == (True, "CHG-1")
    assert batch.policy.until is None
    api.refused(api.post(RETRY, {"batch_id": "nothing"}), 404)
    api.refused(api.post(RETRY, {}), 400, "batch_id")
    api.backend.stopping = True
    api.refused(api.post(RETRY, {"batch_id": first}), 503)


def test_a_retry_of_a_batch_whose_window_is_over_needs_another_window(api: Api, runner: Runner) -> None:
    night, later = (f"{api.clock.now() + timedelta(days=days):%Y-%m-%d} 00:00/48h@UTC" for days in (0, 5))
    first = api.trigger("sw1", window=night)["batch_id"]
    failed(api, runner, 1)
    api.clock.forward(3 * 86400)
    api.refused(api.post(RETRY, {"batch_id": first}), 409, "opens no more", "--window WINDOW")
    api.refused(api.post(RETRY, {"batch_id": first, "window": night}), 400, "is over")
    said = api.refused(api.post(RETRY, {"batch_id": first, "window": "22:00"}), 400, "'22:00' is not a window; write")
    assert "pattern" not in said["message"]
    answer = api.post(RETRY, {"batch_id": first, "window": later})
    assert answer.status == 201
    assert api.store.batch(answer.json["batch_id"]).policy.window == later
