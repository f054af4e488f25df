"""An answer is made once a change and not once a client, and never says what is no longer so."""

from __future__ import annotations

import json
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from support.accounts import ROOT
from support.api_client import CANCEL, STATUS, Api, many_jobs
from support.stores import opened, spawn, statements

from swimctl.api.folders import Folders
from swimctl.api.statuses import KEPT
from swimctl.states import JobStatus, StepStatus


def test_who_has_the_answer_already_is_told_so_until_something_changes(api: Api) -> None:
    batch = api.trigger("sw1", "sw2")["batch_id"]
    for query in (f"batch_id={batch}", f"batch_id={batch[:8]}", "job_ids=1,2,77", f"job_ids=2&batch_id={batch}"):
        first = api.get(f"{STATUS}?{query}")
        tag = first.headers["etag"]
        again = api.get(f"{STATUS}?{query}", headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert api.get(f"{STATUS}?{query}", headers={"If-None-Match": '"other"'}).json == first.json
        assert api.get(f"{STATUS}?{query}", headers={"If-None-Match": "*"}).status == 304
    tag = api.get(f"{STATUS}?batch_id={batch}").headers["etag"]
    api.post(CANCEL, {"job_ids": [2]})
    changed = api.get(f"{STATUS}?batch_id={batch}", headers={"If-None-Match": tag})
    assert changed.status == 200
    assert [job["status"] for job in changed.json["jobs"]] == ["pending", "cancelled"]
    assert changed.headers["etag"] != tag


def _change(path: Path, what: str) -> None:
    """Change a job as another process does."""
    with opened(path) as store, store.register_runner() as runner:
        store.claim(1, runner)
        deeds = {
            "claimed": lambda: None,
            "step": lambda: store.step(1, runner, "readiness", StepStatus.RUNNING, "looking"),
            "said": lambda: (store.step(1, runner, "readiness", StepStatus.RUNNING), store.say(1, runner, "half")),
            "progress": lambda: store.progress(1, runner, 7, bytes_done=70, bytes_total=1000),
            "removed": lambda: store.remember(1, "removed 1", ["old.bin"]),
            "released": lambda: store.release(1, runner, "left"),
            "failed": lambda: store.move(1, runner, JobStatus.FAILED, "broken"),
        }
        deeds[what]()


@pytest.mark.parametrize("what", ["claimed", "step", "said", "progress", "removed", "released", "failed"])
def test_what_another_process_does_is_in_the_next_answer(api: Api, what: str) -> None:
    batch = api.trigger("sw1", "sw2")["batch_id"]
    for query in (f"batch_id={batch}", "job_ids=1", "job_ids=1,2"):
        before = api.get(f"{STATUS}?{query}").json
        assert api.get(f"{STATUS}?{query}").json == before
    process = spawn.Process(target=_change, args=(api.store.path, what))
    process.start()
    process.join()
    assert process.exitcode == 0
    for query in (f"batch_id={batch}", "job_ids=1", "job_ids=1,2"):
        (job, *_) = api.get(f"{STATUS}?{query}").json["jobs"]
        (fresh,) = [one for one in api.get(f"{STATUS}?job_ids=1,77").json["jobs"] if one["id"] == 1]
        assert job == fresh, "kept, and made anew by another question"
        assert job["attempted"]


def _hold(answer: Connection, path: Path) -> None:
    store = opened(path)
    runner = store.register_runner()
    store.claim(1, runner)
    answer.send(os.getpid())
    signal.pause()


def test_a_job_whose_process_dies_reads_interrupted_though_nothing_was_written(api: Api) -> None:
    batch = api.trigger("sw1", "sw2")["batch_id"]
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_hold, args=(theirs, api.store.path), daemon=True)
    process.start()
    pid = ours.recv()
    first = api.get(f"{STATUS}?batch_id={batch}").json
    assert [job["interrupted"] for job in first["jobs"]] == [False, False]
    since = f"{STATUS}?batch_id={batch}&changed_since={first['change']}"
    assert api.get(since).json["jobs"] == []
    os.kill(pid, signal.SIGKILL)
    process.join()
    then = api.get(f"{STATUS}?batch_id={batch}").json
    assert [job["interrupted"] for job in then["jobs"]] == [True, False]
    assert then["change"] == first["change"]
    assert [job["id"] for job in api.get(since).json["jobs"]] == [1]


def test_only_what_has_changed(api: Api) -> None:
    batch = api.trigger("sw1", "sw2", "sw3")["batch_id"]

    def since(change: int, query: str = f"batch_id={batch}") -> Any:
        return api.get(f"{STATUS}?{query}&changed_since={change}").json

    first = api.get(f"{STATUS}?batch_id={batch}").json
    assert since(0) == first
    assert since(first["change"]) == {"count": 0, "change": first["change"], "jobs": [], "missing": []}
    with api.store.register_runner() as runner:
        api.store.claim(2, runner)
        second = since(first["change"])
        assert [job["id"] for job in second["jobs"]] == [2]
        api.store.progress(2, runner, 5)
        api.store.record(2, "note", "heard of")
        third = since(second["change"])
        assert [(job["id"], job["progress"]) for job in third["jobs"]] == [(2, 5)]
        assert third["change"] > second["change"] > first["change"]
    assert since(first["change"], "job_ids=1,3,77") == {
        "count": 0, "change": first["change"], "jobs": [], "missing": [77],
    }  # fmt: skip
    api.refused(api.get(f"{STATUS}?job_ids=77&changed_since=1"), 404, "77")
    api.refused(api.get(f"{STATUS}?batch_id=no-such-batch&changed_since=1"), 404, "no-such-batch")
    api.refused(api.get(f"{STATUS}?batch_id={batch}&changed_since=-1"), 400, "changed_since")
    api.refused(api.get(f"{STATUS}?changed_since=1"), 400, "job_ids")


def test_what_has_not_changed_is_not_read_again(api: Api) -> None:
    jobs = many_jobs(api, 500)
    query = f"{STATUS}?batch_id={jobs[0].batch_id}"
    first = api.get(query)
    with statements(api.store) as seen:
        for _ in range(5):
            assert api.get(query).body == first.body
    assert [one for one in seen if "JOIN images" in one or "FROM steps" in one] == []
    api.store.cancel([jobs[3].id])
    with statements(api.store) as seen:
        document = api.get(query).json
    (steps,) = [one for one in seen if "FROM steps" in one]
    assert f"'[{jobs[3].id}]'" in steps, "one job's alone"
    assert [job["id"] for job in document["jobs"] if job["status"] == "cancelled"] == [jobs[3].id]
    assert [job["id"] for job in document["jobs"]] == [job.id for job in jobs]


def test_what_nobody_asks_for_any_more_is_let_go(api: Api) -> None:
    jobs = many_jobs(api, 5)
    asked, left = f"{STATUS}?job_ids=1", f"{STATUS}?batch_id={jobs[0].batch_id}"
    first = api.get(left).body
    for _ in range(3):
        api.get(asked)
        api.clock.forward(KEPT.total_seconds() * 0.6)
    api.get(f"{STATUS}?job_ids=2")
    with statements(api.store) as seen:
        api.get(asked)
        assert [one for one in seen if "FROM steps" in one] == [], "as it was asked for all the time"
        assert api.get(left).body == first
    assert [one for one in seen if "FROM steps" in one], "it was let go, and is made anew"


def test_a_token_that_another_process_revokes_is_refused_at_once(api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    query = f"{STATUS}?batch_id={batch}"
    for _ in range(3):
        assert api.get(query).status == 200
    with opened(api.store.path) as other:
        for token in other.tokens():
            other.revoke_token(token.id, ROOT)
    api.refused(api.get(query), 401)


def test_a_token_that_expires_meanwhile_is_refused(api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    query = f"{STATUS}?batch_id={batch}"
    assert [api.get(query).status for _ in range(2)] == [200, 200]
    api.clock.forward(4000 * 24 * 3600)
    assert api.get(query).status == 401


def test_folders_are_taken_out_where_they_stand_and_nothing_is_searched_where_they_do_not() -> None:
    folders = Folders(["/srv/swim/jobs", "/srv/swim", "/"])
    body = json.dumps({"a": "/srv/swim/jobs/7/x.txt", "b": "/srv/swim", "c": "/srv/swimming"}).encode()
    assert json.loads(folders.taken_out(body)) == {"a": "7/x.txt", "b": ".", "c": "/srv/swimming"}
    other = b'{"a": "/srv/images"}'
    assert folders.taken_out(other) is other
    path = "/srv/b\u00fcro & d'or/x.bin"
    odd = Folders([path.removesuffix("/x.bin")])
    for written in (path, "/srv/b\u00fcro &amp; d&#39;or/x.bin", json.dumps(path)):
        assert odd.taken_out(written.encode()).strip(b'"') == b"x.bin"
