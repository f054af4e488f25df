"""What a hostile client sends, by hand: it gets a clear refusal, nothing is made, and the server goes on."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import nullcontext

import pytest
from support.api_client import CANCEL, LOGIN, STATUS, TRIGGER, Answer, Api, parsed, read_all, read_one

from swimctl.api import app, reading
from swimctl.api.server import check_binding
from swimctl.errors import UsageError

MEBIBYTE = 1024 * 1024


def head(api: Api, path: str, *headers: str, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: lab", f"Authorization: Token {api.operator}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not(api: Api) -> None:
    body = b'{"devices": ["nobody"]}'
    api.refused(api.post(TRIGGER, body.ljust(MEBIBYTE)), 404, "nobody")
    api.refused(api.post(TRIGGER, body.ljust(MEBIBYTE + 1)), 413, "1 MiB")
    assert api.nothing_made()


def test_a_body_that_only_says_that_it_is_large_is_refused_before_it_comes(api: Api) -> None:
    with api.connected() as connection:
        connection.sendall(head(api, TRIGGER, "Content-Length: 99999999999"))
        api.refused(read_one(connection), 413, "1 MiB")
    assert api.nothing_made()


def test_a_body_in_chunks_is_bounded_too(api: Api) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with api.connected() as connection:
        connection.sendall(head(api, TRIGGER, "Transfer-Encoding: chunked"))
        answers: list[Answer] = []
        reader = threading.Thread(target=lambda: answers.append(read_one(connection)))
        reader.start()
        for _ in range(MEBIBYTE // 0x10000 + 8):
            try:
                connection.sendall(chunk)
            except OSError:  # it was refused, and the connection is closed
                break
        reader.join(30)
    api.refused(answers[0], 413, "1 MiB")
    assert api.nothing_made()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "deeply", id="deep lists"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeply", id="deep objects"),
        pytest.param(b'{"devices": [' + b"[" * 200 + b"]" * 200 + b"]}", "devices", id="deep where a name belongs"),
        pytest.param(b'{"devices": ["sw1"], "devices": ["sw2"]}', "'devices' is given twice", id="a key twice"),
        pytest.param(b'{"devices": ["sw1"], "max_failures": NaN}', "NaN", id="NaN"),
        pytest.param(b'{"devices": ["sw1"], "max_failures": -Infinity}', "Infinity", id="infinity"),
        pytest.param(b'{"devices": ["sw1"], "max_failures": 1e999}', "max_failures", id="a float beyond all"),
        pytest.param(b'{"devices": [' + b"9" * 5000 + b"]}", "not JSON", id="5000 digits"),
        pytest.param(b'{"devices": [' + b"9" * 40 + b"]}", "devices", id="40 digits"),
        pytest.param(b'{"devices": [0]}', "devices", id="id zero"),
        pytest.param(b'{"devices": [-1]}', "devices", id="a negative id"),
        pytest.param(b'{"devices": [1.5]}', "devices", id="half a device"),
        pytest.param(b'{"devices": [true]}', "devices", id="true is not 1"),
        pytest.param(b'{"devices": [null]}', "devices", id="no device"),
        pytest.param(b'{"devices": [""]}', "devices", id="an empty name"),
        pytest.param(json.dumps({"devices": ["x" * 100_000]}).encode(), "devices", id="a name of 100,000 letters"),
        pytest.param(json.dumps({"devices": [f"a{n}" for n in range(10_001)]}).encode(), "10000", id="10,001 devices"),
        pytest.param(json.dumps({"devices": ["sw1"] * 10_001}).encode(), "10000", id="one device 10,001 times"),
        pytest.param(b'\xff\xfe{"devices": ["sw1"]}', "not JSON", id="no UTF-8"),
        pytest.param('{"devices": ["sw1"]}'.encode("utf-16"), "not JSON", id="UTF-16"),
        pytest.param(b'\xef\xbb\xbf{"devices": ["sw1"]}', "not JSON", id="a byte order mark"),
        pytest.param(b'{"devices": ["sw1\x00"]}', "not JSON", id="a NUL byte"),
        pytest.param(b"\x00" * 1000, "not JSON", id="only NUL bytes"),
        pytest.param(b'{"devices": ["sw1"]}{"devices": ["sw2"]}', "not JSON", id="two documents"),
    ],
)
def test_a_body_that_no_honest_client_sends(served: Api, body: bytes, said: str) -> None:
    for path in (TRIGGER, CANCEL):
        answer = served.post(path, body)
        served.refused(answer, 400, *([said] if path == TRIGGER else []))
        assert len(answer.body) < 10_000, "what was sent is not sent back"
    assert served.nothing_made()


@pytest.mark.parametrize(
    "name",
    [
        "sw1\0",
        "sw1\n",
        "../../etc/passwd",
        "sw\u0661",
        "\uff53\uff57\uff11",
        "münchen",
        "\U0001f600",
        "\ud800",
        "sw1 ",
        "' OR 1=1 --",
    ],
)
def test_a_name_that_no_host_has(served: Api, name: str) -> None:
    """Escaped in JSON, so that it is a well-formed body: only the inventory can tell."""
    answer = served.post(TRIGGER, {"devices": ["sw2", name]})
    assert answer.status in {400, 404}, answer.body
    served.refused(answer, answer.status)
    assert served.nothing_made()


def test_a_hostname_of_digits_goes_before_the_id(api: Api) -> None:
    made = api.trigger("8", 8, "9", "0009")
    assert [each["device_hostname"] for each in made["details"]] == ["8", "sw8", "sw9"]
    api.refused(api.post(TRIGGER, {"devices": ["99999999999999999999999"]}), 404, "99999999999999999999999")
    api.refused(api.post(TRIGGER, {"devices": ["٣"]}), 404)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/upgrade/../../etc/passwd", 404),
        ("/../../../../etc/passwd", 404),
        ("/api/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/api/upgrade/status/%2e%2e%2f%2e%2e%2fswimctl.sqlite", 404),
        ("/api//upgrade//status/?job_ids=1", 404),
        ("/api/upgrade/jobs/%00/events/", 400),
        ("/api/upgrade/jobs/1%00/events/", 400),
        ("/api/upgrade/jobs/../../devices/events/", 404),
        ("/api/upgrade/jobs/99999999999999999999/events/", 400),
        ("/api/upgrade/jobs/-1/events/", 400),
        (f"{STATUS}?job_ids=%00", 400),
        (f"{STATUS}?batch_id=%00", 404),
        (f"{STATUS}?batch_id=1&batch_id=2", 400),
        (f"{STATUS}?job_ids=1,,2", 400),
        (f"{STATUS}?job_ids=", 400),
        (f"{STATUS}?job_ids=1%3BDROP%20TABLE%20jobs", 400),
        (f"{STATUS}?job_id=1", 400),
        (f"{STATUS}?batch_id=%25", 404),
        (f"{STATUS}?batch_id=______", 404),
        ("/api/upgrade/events/?after=-1", 400),
        ("/api/upgrade/events/?after=x", 400),
    ],
)
def test_an_address_that_leads_nowhere(served: Api, target: str, status: int) -> None:
    with served.connected() as connection:
        connection.sendall(head(served, target, "Connection: close", method="GET"))
        (answer,) = parsed(read_all(connection))
    served.refused(answer, status)
    assert b"root:" not in answer.body
    assert served.nothing_made()


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: lab\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /api/health/ HTTP/1.1\r\nHost: lab\r\nno colon here\r\n\r\n",
        b"GET /api/health/ HTTP/1.1\r\nHost: lab\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
        b"GET /api/health/?" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: lab\r\n\r\n",
        b"POST /api/upgrade/trigger/ HTTP/1.1\r\nHost: lab\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/upgrade/trigger/ HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /api/upgrade/trigger/ HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    ],
    ids=["words", "no path", "a version", "TLS", "no colon", "header", "line", "length", "smuggled", "lengths"],
)
def test_what_is_no_http_is_refused_as_json(served: Api, sent: bytes) -> None:
    with served.connected() as connection:
        connection.sendall(sent)
        answer, *more = parsed(read_all(connection))
    served.refused(answer, 400)
    assert more == [], "the connection is closed: what follows cannot be trusted"
    assert served.nothing_made()


def test_a_slow_body_is_given_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BODY_SECONDS", 0.3)
    with api.connected() as connection:
        connection.sendall(head(api, TRIGGER, "Content-Length: 20"))
        connection.sendall(b'{"devices": ')
        assert api.nothing_made(), "the others do not wait for it"
        api.refused(read_one(connection), 408)
    assert api.nothing_made()


def test_a_body_that_drips_is_given_up_as_well(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BODY_SECONDS", 0.5)
    with api.connected() as connection:
        connection.sendall(head(api, TRIGGER, "Content-Length: 1000"))
        answers: list[Answer] = []
        reader = threading.Thread(target=lambda: answers.append(read_one(connection)))
        reader.start()
        for _ in range(100):
            if not reader.is_alive():
                break
            connection.sendall(b" ")
            time.sleep(0.05)
        reader.join(30)
    api.refused(answers[0], 408)
    assert api.nothing_made()


def test_a_body_that_breaks_off_makes_nothing(api: Api) -> None:
    body = b'{"devices": ["sw1"]}'
    with api.connected() as connection:
        connection.sendall(head(api, TRIGGER, f"Content-Length: {len(body) + 1}") + body)
    assert api.nothing_made()


def test_pipelined_requests_are_answered_in_their_order(api: Api) -> None:
    bodies = [b'{"devices": ["sw1"]}', b'{"devices": ["nobody"]}', b'{"devices": ["sw2"]}']
    sent = b"".join(head(api, TRIGGER, f"Content-Length: {len(body)}") + body for body in bodies)
    answers = parsed(api.raw(sent + head(api, f"{STATUS}?job_ids=1,2", "Connection: close", method="GET")))
    assert [answer.status for answer in answers] == [201, 404, 201, 200]
    assert [answers[0].json["job_ids"], answers[2].json["job_ids"]] == [[1], [2]]
    assert [job["device_hostname"] for job in answers[3].json["jobs"]] == ["sw1", "sw2"]


def test_a_request_behind_a_body_that_is_too_large_is_not_answered(api: Api) -> None:
    """What follows could be a part of that body, chosen by whoever wrote it."""
    body = b'{"devices": ["sw1"]}'
    inner = head(api, TRIGGER, f"Content-Length: {len(body)}") + body
    outer = head(api, TRIGGER, f"Content-Length: {MEBIBYTE + 1}") + inner.ljust(MEBIBYTE + 1)
    with api.connected() as connection:
        connection.sendall(outer)
        answers = parsed(read_all(connection))
    assert [answer.status for answer in answers] == [413]
    assert api.nothing_made()


def test_a_multipart_form_without_a_boundary(api: Api) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\x7f"):
        answer = api.post(LOGIN, b"--x\r\n\r\n", token=None, headers={"Content-Type": kind})
        api.refused(answer, 400)
    assert api.nothing_made()


def test_a_password_of_a_mebibyte_costs_no_hash(api: Api) -> None:
    api.refused(api.login(password="x" * 900_000), 413, "16 KiB without a token")
    api.refused(api.login(password="x" * 15_000), 400, "password")
    api.refused(api.login(name="x" * 15_000), 400, "username")
    assert api.login().status == 200


def test_a_hundred_idle_connections_keep_nobody_out(api: Api) -> None:
    connections = []
    try:
        for _ in range(100):
            connection = api.connected()
            connections.append(connection)
            connection.__enter__().sendall(b"GET /api/health/ HTTP/1.1\r\n")
        assert api.trigger("sw1")["job_ids"] == [1]
    finally:
        for connection in connections:
            connection.__exit__(None, None, None)


def test_bad_requests_leave_room_for_a_good_one(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_AT_ONCE", 5)
    for _ in range(40):
        api.refused(api.post(TRIGGER, b'{"devices": ["nobody"]}'), 404)
        api.refused(api.post(TRIGGER, b"{"), 400)
        api.refused(api.get(f"{STATUS}?job_ids=x"), 400)
    assert api.get("/api/devices/").status == 200


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [
        (["127.0.0.1"], False),
        (["127.0.0.1", "::1"], False),
        (["127.0.0.1", "192.0.2.1"], True),
        (["192.0.2.1", "::1"], True),
    ],
)
def test_a_name_of_several_addresses_is_only_as_safe_as_the_worst_of_them(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], *, refused: bool
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    with pytest.raises(UsageError, match="in clear text") if refused else nullcontext():
        check_binding("desk", encrypted=False, insecure=False)
    check_binding("desk", encrypted=True, insecure=False)
