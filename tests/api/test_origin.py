"""From which address somebody asks, with and without proxies that are believed."""

from __future__ import annotations

import logging
from http.client import HTTPConnection
from ipaddress import ip_network

import pytest
from support.api_client import OPERATOR, Api, answering

from swimctl.api.origin import origin_of

PROXIES = tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")))


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("192.0.2.9", ["192.0.2.7"], "192.0.2.9"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1", "192.0.2.7", "10.1.2.3"], "192.0.2.7"),
        ("127.0.0.1", ["10.9.9.9"], "10.9.9.9"),
        ("127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, 10.1.2.3, "], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7:50123"], "192.0.2.7"),
        ("127.0.0.1", ["[2001:db8::7]:50123"], "2001:db8::7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("", ["192.0.2.7"], ""),
    ],
)
def test_only_a_trusted_proxy_is_believed_and_of_its_words_only_the_last_that_no_proxy_has(
    remote: str, forwarded: list[str], found: str
) -> None:
    assert origin_of(remote, forwarded, PROXIES) == found
    assert origin_of(remote, forwarded, ()) == remote


def test_behind_a_proxy_who_guesses_slows_down_nobody_else_and_the_audit_has_their_address(api: Api) -> None:
    api.backend.proxies = PROXIES
    wrong = {"username": "nobody", "password": "wrong"}
    for number in range(6):
        answer = api.post(
            "/api/auth/login/",
            {**wrong, "username": f"nobody-{number}"},
            token=None,
            headers={"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.66"},
        )
    assert answer.status == 429, "whatever else they invent before it"
    good = {"username": OPERATOR, "password": "correct horse battery"}
    assert api.post("/api/auth/login/", good, token=None, headers={"X-Forwarded-For": "192.0.2.7"}).status == 200
    assert api.store.audit()[-1].origin == "192.0.2.7"
    assert {entry.origin for entry in api.store.audit() if entry.action == "login-failed"} == {"192.0.2.66"}
    api.backend.proxies = ()
    assert api.post("/api/auth/login/", good, token=None, headers={"X-Forwarded-For": "192.0.2.8"}).status == 200
    assert api.store.audit()[-1].origin == "127.0.0.1"


def test_the_access_log_has_the_address_of_who_asks_and_not_that_of_the_proxy(
    idle: Api, caplog: pytest.LogCaptureFixture
) -> None:
    idle.backend.proxies = PROXIES
    with caplog.at_level(logging.INFO, "swimctl.access"), answering(idle.backend, access_log=True) as address:
        for headers in ({"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}, {}, {"Content-Length": "unreadable"}):
            client = HTTPConnection(*address, timeout=60)
            client.request("GET", "/api/health/", headers=headers)
            assert client.getresponse().status == (400 if "Content-Length" in headers else 200)
            client.close()
    told = [record.getMessage() for record in caplog.records if record.name == "swimctl.access"]
    for beginning in ("192.0.2.7 GET /api/health/ 200", "127.0.0.1 GET /api/health/ 200", "127.0.0.1 ? (no route) 400"):
        assert [line for line in told if line.startswith(beginning)], told
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
