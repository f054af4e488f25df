"""What the collection makes of the API's answers, and how it goes on when there are none: without a server."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.swimctl.swim.plugins.module_utils import judging
from ansible_collections.swimctl.swim.plugins.module_utils.client import (
    ApiError,
    Client,
    Unavailable,
    token_of,
)
from ansible_collections.swimctl.swim.plugins.module_utils.following import Followed, Follower
from ansible_collections.swimctl.swim.plugins.module_utils.requesting import body_of, request_spec
from ansible_collections.swimctl.swim.plugins.module_utils.standing import counted
from ansible_collections.swimctl.swim.plugins.modules import upgrade

from swimctl.api.schemas import TriggerRequest
from swimctl.images.compliance import ComplianceStatus
from swimctl.models import Outcome
from swimctl.requests.preview import Verdict
from swimctl.states import FINAL, WAITING, JobStatus

pytestmark = pytest.mark.xdist_group("collection")
NOW = datetime(2031, 5, 4, 2, 0, tzinfo=UTC)
BODY = {"devices": ["sw1"]}


def job(number: int = 1, status: str = "success", outcome: str | None = "upgraded", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "device_id": number,
        "device_hostname": f"sw{number}",
        "status": status,
        "outcome": outcome,
        "image_filename": "an-image.bin",
        "image_version": "17.12.4",
        "error": None,
        "waiting": None,
        "interrupted": False,
        "created_at": NOW.isoformat().replace("+00:00", "Z"),
    } | more


@pytest.mark.parametrize("status", JobStatus)
@pytest.mark.parametrize("outcome", [*Outcome, None, "a word of next year"])
def test_what_nobody_can_tell_is_neither_success_nor_unchanged(status: str, outcome: str | None) -> None:
    device = judging.device_of(job(status=str(status), outcome=outcome and str(outcome), error="it broke"))
    proved = outcome in {Outcome.UPGRADED, Outcome.UNTOUCHED, Outcome.CLEANED, Outcome.ROLLED_BACK}
    if not proved or status not in FINAL:
        assert device["changed"] is None
        assert judging.reason(device)
        assert judging.changed([device])
    else:
        assert device["changed"] is (outcome == Outcome.UPGRADED)
        assert judging.changed([device]) is (outcome == Outcome.UPGRADED)
        assert (judging.reason(device) == "") is (status == JobStatus.SUCCESS)
    if outcome == Outcome.UNKNOWN and status in FINAL and status != JobStatus.SUCCESS:
        assert judging.reason(device) == "sw1 unknown: it broke"


def test_the_words_are_those_of_the_api() -> None:
    assert judging.ENDED == FINAL
    assert judging.WAITING == WAITING
    taken, sent = set(TriggerRequest.model_fields), set(request_spec())
    assert taken - sent == {"auto_select_image", "dry_run"}, "the module has no option for it"
    assert sent <= taken
    assert set(judging._WOULD_CHANGE) == {Verdict.READY, Verdict.THERE}
    devices = [{"status": str(status), "support_ended": False} for status in ComplianceStatus]
    assert counted(devices)["counts"] == {str(status).replace(" ", "_"): 1 for status in ComplianceStatus}


def test_a_request_is_sent_as_the_api_takes_it() -> None:
    given = dict.fromkeys(request_spec()) | {"devices": ["sw1", "7"], "max_failures": "5", "waves": ["1", "100%"]}
    body = body_of(given)
    assert body == {"devices": ["sw1", "7"], "max_failures": 5, "waves": [1, "100%"]}
    TriggerRequest.model_validate(body)
    assert body_of(given | {"max_failures": "5%"})["max_failures"] == "5%"


@pytest.mark.parametrize("verdict", Verdict)
def test_a_plan_fails_where_the_upgrade_would(verdict: Verdict) -> None:
    planned = {
        "device_hostname": "sw1",
        "device_id": 1,
        "verdict": str(verdict),
        "runs": "17.06.05",
        "gets": "17.12.4",
        "image": None,
        "refusal": None,
        "error": None,
        "commands": [],
        "cleans": [],
        "lacks": [{"rule": "free flash", "seen": "1 MB", "needed": "2 MB"}],
    }
    device = judging.planned_of(planned)
    assert device["changed"] is (verdict is Verdict.READY)
    why = judging.plan_reasons({"frozen": ""}, [device])
    well = verdict in {Verdict.READY, Verdict.THERE}
    assert why == ([] if well else [f"sw1 {verdict}: free flash: 1 MB, needed: 2 MB"])
    assert judging.plan_reasons({"frozen": "changes are frozen"}, [device])[0] == "changes are frozen"
    assert judging.planned_of(planned, copies=True)["changed"] is False, "a copy changes no release"


def test_what_ran_before_is_the_release_before_the_newest() -> None:
    assert judging.ran_before([{"runs": "17.12.4"}, {"runs": "17.06.05"}, {"runs": "16.12.1"}], None) == "17.06.05"
    assert judging.ran_before([{"runs": "17.12.4"}], "17.12.4") is None
    assert judging.diff([("sw1", None, "17.12.4")])["before"] == "sw1: not known\n"


class Scripted:
    """A client whose answers are told; an answer that is an error is raised. Time passes when somebody sleeps."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.keys: list[str | None] = []
        self.answered_at: datetime | None = NOW
        self.now = 0.0

    def get(self, path: str) -> Any:
        self.asked.append(path)
        return self._next()

    def post(self, path: str, _body: object, *, key: str | None = None, timeout: int | None = None) -> Any:
        assert timeout is None
        self.asked.append(path)
        self.keys.append(key)
        return self._next()

    def _next(self) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.answered_at:
            self.answered_at += timedelta(seconds=seconds)


def following(client: Scripted) -> Follower:
    return Follower(client, poll=10, outage=60, clock=lambda: client.now, sleep=client.sleep)


def made(batch: str = "b1") -> dict[str, Any]:
    return {"batch_id": batch, "job_ids": [1], "details": []}


def status(*jobs: dict[str, Any], change: int = 1) -> dict[str, Any]:
    return {"jobs": list(jobs), "change": change}


def test_a_lost_answer_is_asked_for_again_with_the_same_key() -> None:
    client = Scripted(Unavailable("lost"), Unavailable("stops", 503), made())
    assert following(client).make_or_join(BODY, "CHG1").id == "b1"
    assert client.keys == ["CHG1"] * 3
    client = Scripted(Unavailable("nobody listens", sent=False))
    with pytest.raises(Unavailable):
        following(client).make_or_join(BODY, "CHG1")
    assert client.keys == ["CHG1"]
    client = Scripted(Unavailable("lost"))
    with pytest.raises(Unavailable):
        following(client).make_or_join(BODY, "CHG1")
    assert client.now == 60


def test_without_a_key_a_batch_that_has_not_ended_is_joined_and_one_that_has_is_followed_by_another() -> None:
    old = (NOW - timedelta(hours=1)).isoformat()
    client = Scripted(made("b1"), status(job(1, "distributing", None, created_at=old)))
    assert following(client).make_or_join(BODY, None).id == "b1"
    ended = status(job(1, created_at=old))
    client = Scripted(made("b1"), ended, made("b2"), ended, made("b3"), status(job(3)))
    assert following(client).make_or_join(BODY, None).id == "b3"
    assert len(set(client.keys)) == 3
    again = Scripted(made("b1"), ended, made("b2"), status(job(2)))
    assert following(again).make_or_join(BODY, None).id == "b2"
    assert again.keys == client.keys[:2]
    other = Scripted(made("b1"), status(job(1)))
    following(other).make_or_join(BODY | {"force": True}, None)
    assert other.keys[0] not in client.keys


def test_a_batch_of_this_run_that_ended_at_once_is_its_batch() -> None:
    client = Scripted(Unavailable("lost"), made("b1"), status(job(1)))
    assert following(client).make_or_join(BODY, None).id == "b1"  # it was made 10 seconds ago, by this run
    client = Scripted(made("b1"), status(job(1, created_at="2001-01-01T00:00:00Z")))
    client.answered_at = None  # nobody knows the server's clock
    assert following(client).make_or_join(BODY, None).id == "b1"


def test_waiting_goes_on_through_an_outage_and_asks_for_changes_alone() -> None:
    client = Scripted(
        status(job(1, "activating", None), job(2, "pending", None), change=7),
        Unavailable("no answer"),
        Unavailable("no answer"),
        status(job(2), change=9),
        status(job(1), change=12),
    )
    batch = Followed(made())
    assert following(client).wait(batch, 1000) == ""
    assert client.asked[0] == "/api/upgrade/status/?batch_id=b1"
    assert client.asked[1].endswith("&changed_since=7")
    assert client.asked[-1].endswith("&changed_since=9")
    assert [each["status"] for each in batch.jobs] == ["success", "success"]


def test_waiting_ends_when_the_time_or_the_patience_is_over() -> None:
    client = Scripted(status(job(1, "pending", None)))
    assert "after 25 seconds" in following(client).wait(Followed(made()), 25)
    assert client.now == 25
    client = Scripted(status(job(1, "activating", None, interrupted=True), job(2)))
    assert "swimctl resume" in following(client).wait(Followed(made()), 1000)
    assert client.now == 60
    client = Scripted(status(job(1, "pending", None)), Unavailable("no answer"))
    with pytest.raises(Unavailable):
        following(client).wait(Followed(made()), 1000)
    with pytest.raises(ApiError, match="revoked"):
        following(Scripted(ApiError("the token is revoked", 401))).wait(Followed(made()), 1000)


class Ended(Exception):
    """A task ended."""


class Task:
    """A module whose end is kept."""

    def __init__(self) -> None:
        self.said: dict[str, Any] = {}

    def fail_json(self, **said: Any) -> None:
        self.said = said
        raise Ended


@pytest.mark.parametrize(
    ("answers", "key", "changed", "batch"),
    [
        ([Unavailable("nobody listens", sent=False)], "CHG1", None, None),
        ([ApiError("no such device", 404)], "CHG1", None, None),
        ([Unavailable("lost"), Unavailable("nobody listens", sent=False)], "CHG1", True, None),
        ([Unavailable("lost"), ApiError("the token is revoked", 401)], "CHG1", True, None),
        ([made("b7"), Unavailable("lost")], None, True, "b7"),
        ([made("b7"), ApiError("the token is revoked", 401)], None, True, "b7"),
    ],
)
def test_a_task_that_cannot_tell_whether_jobs_run_counts_as_changed(
    answers: list[object], key: str | None, changed: bool | None, batch: str | None
) -> None:
    follower, task = following(Scripted(*answers)), Task()
    with pytest.raises(ApiError) as raised:
        follower.make_or_join(BODY, key)
    with pytest.raises(Ended):
        upgrade.give_up(task, raised.value, follower)
    assert (task.said.get("changed"), task.said.get("batch_id")) == (changed, batch)


def test_a_job_that_the_server_does_not_show_has_not_ended() -> None:
    client = Scripted(status(job(1)))
    batch = Followed(made() | {"job_ids": [1, 2]})
    assert "does not show job 2" in following(client).wait(batch, 1000)
    assert not batch.ended


def test_that_nothing_can_be_cancelled_any_more_is_no_error() -> None:
    client = Scripted(ApiError("none of these jobs waits", 409), status(job(1)))
    batch = Followed(made())
    following(client).cancel_what_waits(batch)
    assert batch.ended
    with pytest.raises(ApiError):
        following(Scripted(ApiError("read-only", 403))).cancel_what_waits(batch)


@contextmanager
def answering(answer: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve, and return the URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_given: object) -> None:
            """Print nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def send(code: int, text: str, **headers: str) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@pytest.mark.parametrize(
    ("answer", "said", "error"),
    [
        (send(302, "", Location="http://127.0.0.1:9/"), "answers 302: this is no answer of swimctl", ApiError),
        (send(200, "<html>welcome</html>"), "this is no answer of swimctl; is the url right?", ApiError),
        (send(200, "[1]"), "this is no answer of swimctl", ApiError),
        (send(502, "<html>bad gateway</html>"), "answers 502", Unavailable),
        (send(503, '{"error": "shutting down", "message": "later"}'), "shutting down: later", Unavailable),
        (send(429, '{"error": "slow", "message": "later"}'), "slow: later", Unavailable),
        (send(401, '{"error": "unauthorized", "message": "revoked"}'), "swimctl token create", ApiError),
        (send(200, "{}", **{"Content-Length": "50"}), "no whole answer", Unavailable),
        (lambda handler: handler.connection.close(), "no whole answer", Unavailable),
    ],
)
def test_what_is_no_answer_says_so(answer: Any, said: str, error: type[ApiError]) -> None:
    with answering(answer) as url, pytest.raises(ApiError, match=said.replace("?", r"\?")) as raised:
        Client(url, "a-token", timeout=5).get("/api/compliance/")
    assert type(raised.value) is error
    assert "a-token" not in str(raised.value)


@pytest.mark.parametrize(
    "url", [None, "", "swim.example.com", "ftp://swim", "https://", "http://swim:77777", "http://a?b"]
)
def test_an_address_that_is_none(url: str | None) -> None:
    with pytest.raises(ApiError, match="url"):
        Client(url, "a-token")


def test_whether_others_can_read_the_token() -> None:
    clear = {"http://swim.example.com": True, "https://swim.example.com": False, "http://127.0.0.1:8080/": False}
    assert {url: Client(url, "a-token").in_clear for url in clear} == clear
    assert Client("http://localhost:8080/", "a-token").url == "http://localhost:8080"


def test_where_the_token_comes_from(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("of-a-file\n", encoding="utf-8")
    (tmp_path / "bad").write_text("two words", encoding="utf-8")
    monkeypatch.setenv("SWIMCTL_TOKEN", "of-the-environment")
    assert token_of(None, None) == "of-the-environment"
    assert token_of(None, str(tmp_path / "token")) == "of-a-file"
    assert token_of("given", str(tmp_path / "token")) == "given"
    monkeypatch.delenv("SWIMCTL_TOKEN")
    monkeypatch.setenv("SWIMCTL_TOKEN_FILE", str(tmp_path / "token"))
    assert token_of(None, None) == "of-a-file"
    monkeypatch.delenv("SWIMCTL_TOKEN_FILE")
    with pytest.raises(ApiError, match="there is no token"):
        token_of(None, None)
    with pytest.raises(ApiError, match="No such file"):
        token_of(None, str(tmp_path / "nothing"))
    with pytest.raises(ApiError, match="one word of printable") as raised:
        token_of(None, str(tmp_path / "bad"))
    assert "two words" not in str(raised.value)
