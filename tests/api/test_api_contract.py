"""The contract's errors, row by row, and what holds for every path."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from support.accounts import PASSWORD
from support.api_client import APPROVE, CANCEL, LITE_HOST, LOGIN, OPERATOR, READER, STATUS, TRIGGER, Answer, Api

from swimctl.api.app import ROUTES
from swimctl.campaigns.rule import Rule
from swimctl.inventory.selection import Selection
from swimctl.requests import transcripts
from swimctl.requests.service import NOBODY
from swimctl.topics import TOPICS

PATHS = [*((route.method, route.path) for route in ROUTES), ("GET", "/api/openapi.json")]
GUARDED = [(route.method, route.path) for route in ROUTES if route.needs is not None]


def filled(path: str, batch: str = "no-such-batch") -> str:
    """Write a path of the document as it is asked: of the first job or device, or of this batch."""
    named = path.replace("batches/{id}", f"batches/{batch}").replace("{id}", "1").replace("{name}", "access")
    return named + ("?job_ids=1" if path == STATUS else "")


PAUSE, CONTINUE = "/api/upgrade/pause/", "/api/upgrade/continue/"
RELEASE, RECHECK = "/api/upgrade/release/", "/api/upgrade/recheck/"
STOP, CHANGE = "/api/upgrade/stop/", "/api/upgrade/change/"
CREATE, RETRY = "/api/campaigns/create/", "/api/upgrade/retry/"


def something_of_each(api: Api) -> None:
    """Make what the paths that are asked for lead to: a campaign, and a transcript of the first job."""
    api.backend.campaigns.create("access", Rule(Selection(all=True), "22:00-04:00"), NOBODY)
    written = transcripts.path_of(api.backend.service.jobs_dir, api.store.job(1))
    written.parent.mkdir(parents=True)
    written.write_text("sw1#show version\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"devices": ["sw1"]', "not JSON"),
        (b"", "not JSON"),
        (b"devices=sw1", "not JSON"),
        (b'["sw1"]', "must be a JSON object, not list"),
        (b"null", "must be a JSON object"),
        (b'{"devices": "sw1"}', "devices"),
        (b"{}", "devices: required"),
        (b'{"devices": []}', "devices"),
        (b'{"devices": ["sw1"], "max_failures": -1}', "max_failures"),
        (b'{"devices": ["sw1"], "max_failures": 10001}', "max_failures"),
        (b'{"devices": ["sw1"], "execution_mode": "serial"}', "execution_mode"),
        (b'{"devices": ["sw1"], "schedule_tiem": "2031-06-01T02:00:00Z"}', "schedule_tiem: unknown field"),
        (b'{"devices": ["sw1"], "strict": true}', "strict: unknown field"),
    ],
)
def test_400_for_a_body_that_will_not_do(served: Api, body: bytes, said: str) -> None:
    served.refused(served.post(TRIGGER, body), 400, said)
    assert served.nothing_made()


def test_400_lists_everything_that_is_wrong(served: Api) -> None:
    body = {"devices": [], "image_id": "5", "force": 1, "nonsense": 0}
    details = served.refused(served.post(TRIGGER, body), 400)["details"]
    assert [one.partition(":")[0] for one in details] == ["devices", "image_id", "force", "nonsense"]
    assert served.nothing_made()


def test_400_for_a_parameter_in_the_address_of_a_trigger(served: Api) -> None:
    served.refused(
        served.post(f"{TRIGGER}?schedule_time=2031-06-01T02:00:00Z", {"devices": ["sw1"]}), 400, "into the body"
    )
    assert served.nothing_made()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"username=olga", "application/x-www-form-urlencoded"),
        (b"username=olga&password=x&password=y", "application/x-www-form-urlencoded"),
        (b"username=olga&password=x&remember=1", "application/x-www-form-urlencoded"),
        (b"username=olga&password=\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data"),
        (b"nothing of the kind", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nolga', "multipart/form-data; boundary=x"),
        (b"{", "application/json"),
        (b'{"username": "olga", "password": 5}', "application/json"),
        (b"username=olga&password=x", "text/plain"),
        (b"username=olga&password=x", ""),
    ],
)
def test_400_for_a_broken_login(served: Api, body: bytes, kind: str) -> None:
    served.refused(served.post(LOGIN, body, token=None, headers={"Content-Type": kind}), 400)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_401_without_a_token_and_with_an_unknown_one(served: Api, method: str, path: str) -> None:
    for token in (None, "swimctl_" + 43 * "x"):
        answer = served.ask(method, filled(path), {} if method == "POST" else None, token=token)
        served.refused(answer, 401, "token")
        assert answer.headers["www-authenticate"] == "Token"


@pytest.mark.parametrize(("path", "body"), [(TRIGGER, {"devices": ["sw1"]}), (CANCEL, {"job_ids": [1]})])
def test_403_for_a_read_only_token(served: Api, path: str, body: object) -> None:
    served.refused(served.post(path, body, token=READER), 403, "read-only", "operator")
    assert served.nothing_made()


def test_a_read_only_token_reads_everything(api: Api) -> None:
    batch = api.trigger("sw1")["batch_id"]
    something_of_each(api)
    for method, path in GUARDED:
        if method == "GET" and path != "/api/upgrade/events/":
            assert api.get(filled(path, batch), token=READER).status == 200, path


def test_404_names_everything_unknown_and_nothing_is_created(served: Api) -> None:
    body = {"devices": ["sw1", "sw77", 404, "405"], "image_id": 99, "workflow_id": 88}
    document = served.refused(served.post(TRIGGER, body), 404, "'sw77'", "404", "'405'", "99", "88")
    assert len(document["details"]) == 3
    assert served.nothing_made()


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", f"{STATUS}?job_ids=7,8", None, "jobs 7, 8"),
        ("GET", f"{STATUS}?batch_id=no-such-batch", None, "no-such-batch"),
        ("POST", CANCEL, {"job_ids": [7, 9]}, "jobs 7, 9"),
        ("POST", CANCEL, {"batch_id": "no-such-batch"}, "no-such-batch"),
        ("GET", "/api/upgrade/jobs/7/events/", None, "job 7"),
        ("GET", "/api/upgrade/events/?batch_id=no-such-batch", None, "no-such-batch"),
        ("GET", "/api/nothing", None, "/api/docs"),
        ("GET", "/", None, "/api/docs"),
        ("POST", "/api/upgrade", {}, "/api/docs"),
    ],
)
def test_404_for_an_unknown_batch_job_or_path(served: Api, method: str, path: str, body: object, said: str) -> None:
    served.refused(served.ask(method, path, body), 404, said)


def test_a_refusal_has_the_name_that_explain_knows(served: Api) -> None:
    unknown = served.refused(served.get(f"{STATUS}?batch_id=no-such-batch"), 404)
    assert TOPICS[unknown["explain"]].name == "not-found"
    revoked = served.refused(served.get(STATUS, token="swimctl_" + 43 * "x"), 401)
    assert TOPICS[revoked["explain"]].name == "token-refused"
    assert "explain" not in served.refused(served.get("/api/nothing"), 404), "that is no error of swimctl's own"


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_405_names_the_methods_that_there_are(served: Api, method: str, path: str) -> None:
    answer = served.ask("DELETE", filled(path))
    served.refused(answer, 405, "Allow")
    assert answer.headers["allow"] == ("POST" if method == "POST" else "GET,HEAD")


def test_409_where_no_named_job_can_be_cancelled(api: Api) -> None:
    ids = api.trigger("sw1", "sw2")["job_ids"]
    assert api.post(CANCEL, {"job_ids": ids}).status == 200
    document = api.refused(api.post(CANCEL, {"job_ids": ids}), 409)
    assert (document["status"], document["cancelled"], document["job_ids"]) == ("error", 0, [])
    assert [set(one) for one in document["not_cancelled"]] == [{"id", "status", "message"}] * 2


def test_409_for_a_key_that_was_used_with_another_body(api: Api) -> None:
    key = {"Idempotency-Key": "night-shift-1"}
    assert api.post(TRIGGER, {"devices": ["sw1"]}, headers=key).status == 201
    api.refused(api.post(TRIGGER, {"devices": ["sw2"]}, headers=key), 409, "key")
    assert len(api.store.batches()) == 1


def test_413_for_a_body_over_a_mebibyte(api: Api) -> None:
    api.refused(api.post(TRIGGER, b" " * (1024 * 1024 + 1)), 413, "1 MiB")
    assert api.nothing_made()


def test_422_where_no_device_has_an_image(api: Api) -> None:
    api.refused(api.post(TRIGGER, {"devices": [LITE_HOST]}), 422, "no golden image for C9200L-24P")
    api.refused(api.post(TRIGGER, {"devices": [LITE_HOST], "image_id": 5}), 422, "does not run on C9200L-24P")
    assert api.nothing_made()


def test_429_after_too_many_failed_logins_with_the_seconds_to_wait(api: Api) -> None:
    for _ in range(5):
        api.refused(api.login(password="not the password"), 401)
    answer = api.login()
    api.refused(answer, 429, "30 s")
    assert answer.headers["retry-after"] == "30"
    api.clock.forward(29)
    assert api.login().headers["retry-after"] == "1"
    api.clock.forward(1)
    assert api.login().status == 200


def test_503_while_the_server_ends(api: Api) -> None:
    ids = api.trigger("sw1")["job_ids"]
    api.backend.stopping = True
    answer = api.post(TRIGGER, {"devices": ["sw1"]})
    api.refused(answer, 503, "nothing was created")
    assert int(answer.headers["retry-after"]) > 0
    assert api.get("/api/health/", token=None).status == 503
    assert api.jobs(*ids)[0]["status"] == "pending", "who watches still sees"
    assert len(api.store.batches()) == 1


def test_503_where_the_store_cannot_be_written_and_reading_goes_on(api: Api) -> None:
    ids = api.trigger("sw1")["job_ids"]
    api.store._db._writer.patience = 0.02
    with closing(sqlite3.connect(api.store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        api.clock.forward(3600)  # so that the use of the token would be noted
        for path, body in ((TRIGGER, {"devices": ["sw1"]}), (CANCEL, {"job_ids": ids})):
            answer = api.post(path, body)
            api.refused(answer, 503, "nothing was changed")
            assert int(answer.headers["retry-after"]) > 0
        assert api.jobs(*ids)[0]["status"] == "pending"
    assert api.post(CANCEL, {"job_ids": ids}).status == 200


def test_500_says_neither_why_nor_where(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"{api.project.folder}/secret.txt")

    monkeypatch.setattr(api.backend.service, "status", fail)
    document = api.refused(api.get(f"{STATUS}?job_ids=1"), 500)
    assert "secret.txt" not in json.dumps(document)
    mark = document["message"].split()[-1]
    assert mark in caplog.text, "the log has what the answer must not have"
    assert "secret.txt" in caplog.text


def without_times(answer: Answer) -> Any:
    if not answer.headers["content-type"].startswith("application/json"):
        return answer.status
    document = answer.json
    return {key: value for key, value in document.items() if key not in {"token", "batch_id", "job_ids", "details"}}


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_with_and_without_the_trailing_slash(api: Api, method: str, path: str) -> None:
    made = api.trigger("sw1", "sw2")
    ids = made["job_ids"]
    if path == "/api/upgrade/events/":
        method = "HEAD"  # the stream itself has no end
    something_of_each(api)
    bare, _, query = filled(path, made["batch_id"]).partition("?")
    bare, query = bare.removesuffix("/"), f"?{query}" if query else ""
    found = []
    for number, written in enumerate((bare, f"{bare}/")):
        bodies: dict[str, dict[str, Any]] = {
            TRIGGER: {"devices": ["sw3"]},
            CANCEL: {"job_ids": [ids[number]]},
            APPROVE: {"batch_id": made["batch_id"]},
            PAUSE: {"batch_id": made["batch_id"]},
            CONTINUE: {"batch_id": made["batch_id"]},
            STOP: {"batch_id": made["batch_id"]},
            CHANGE: {"batch_id": made["batch_id"], "workers": 3},
            RELEASE: {"batch_id": made["batch_id"], "reason": "looked at it"},
            RECHECK: {"job_id": ids[0]},
            LOGIN: {"username": OPERATOR, "password": PASSWORD},
            RETRY: {"batch_id": made["batch_id"]},
            CREATE: {"name": "access", "all": True, "window": "22:00-04:00"},
            "/api/images/golden/": {"image_id": 1},
            "/api/images/golden/end/": {"image_id": 5},
        }
        steered = {"campaign": "none"} if method == "POST" and path.startswith("/api/campaigns/") else None
        if steered and "approve" in path:
            steered["mark"] = "1-00000000"
        if steered and "change" in path:
            steered["ticket"] = "CHG-9"
        answer = api.ask(method, written + query, bodies.get(path, steered))
        if path in {PAUSE, STOP}:
            api.store.go_on(made["batch_id"], NOBODY)
        # It needs no approval, is not paused, waits for nobody, nothing is held or failed; that campaign is there.
        refused = dict.fromkeys((APPROVE, CONTINUE, RELEASE, RECHECK, RETRY, CREATE), 409)
        assert answer.status == ({TRIGGER: 201} | refused).get(path, 404 if steered else 200)
        found.append(without_times(answer))
    assert found[0] == found[1]


@pytest.mark.parametrize("path", [path for method, path in PATHS if method == "GET"])
def test_head_is_get_without_its_body(api: Api, path: str) -> None:
    batch = api.trigger("sw1")["batch_id"]
    something_of_each(api)
    answer = api.ask("HEAD", filled(path, batch))
    assert (answer.status, answer.body) == (200, b"")
    if path != "/api/upgrade/events/":
        full = api.get(filled(path, batch))
        assert answer.headers["content-type"] == full.headers["content-type"]
        assert answer.headers["content-length"] == full.headers["content-length"] == str(len(full.body))
    assert api.ask("HEAD", f"{STATUS}?job_ids=404").status == 404


def test_login_takes_a_form_or_json_and_its_token_works(api: Api) -> None:
    form = f"username=olga&password={PASSWORD.replace(' ', '+')}".encode()
    answers = [
        api.post(LOGIN, form, token=None, headers={"Content-Type": "application/x-www-form-urlencoded"}),
        api.login(),
    ]
    for answer in answers:
        document = answer.json
        assert set(document) == {"token", "expires_at"}
        assert datetime.fromisoformat(document["expires_at"]) > datetime(2031, 5, 4, 12, tzinfo=UTC)
        assert api.get("/api/devices/", token=document["token"]).status == 200


def test_a_login_is_refused_alike_for_an_unknown_name_and_a_wrong_password(api: Api) -> None:
    unknown, wrong = api.login("nobody"), api.login(password="not the password")
    api.refused(unknown, 401)
    assert unknown.body == wrong.body
    assert unknown.headers["www-authenticate"] == "Token"
