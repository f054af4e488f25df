"""Who only holds connections open keeps nobody out, and nobody learns what serves."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from support.api_client import LOGIN, TRIGGER, Api, answering, read_one

from swimctl.api import app, server
from swimctl.connections import Connections, Listener
from swimctl.errors import UsageError

ENDLESS = b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"


@pytest.fixture
def small(idle: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """Serve with room for 40 connections: 20 strangers, 10 of them from one address."""
    monkeypatch.setattr("swimctl.descriptors.MOST_CONNECTIONS", 40)
    with answering(idle.backend) as idle.address:
        yield idle


def hold(api: Api, count: int, *said: bytes) -> list[socket.socket]:
    held = []
    for _ in range(count):
        one = socket.create_connection(api.address, timeout=10)
        held.append(one)
        for piece in said:
            one.sendall(piece)
    return held


def still_open(held: list[socket.socket]) -> list[int]:
    """List which of these the server has not closed."""
    found = []
    for number, one in enumerate(held):
        one.setblocking(False)
        try:
            if one.recv(1):
                found.append(number)
        except BlockingIOError:
            found.append(number)
        except OSError:
            pass
    return found


def close(held: list[socket.socket]) -> None:
    for one in held:
        one.close()


def kept_alive(api: Api, token: str) -> socket.socket:
    one = socket.create_connection(api.address, timeout=10)
    one.sendall(f"GET /api/devices/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {token}\r\n\r\n".encode())
    return one


@pytest.mark.parametrize("said", [b"", b"GET /api/h", ENDLESS, b"GET /api/devices/ HTTP/1.1\r\nAuthorization: Token "])
def test_strangers_make_room_and_whoever_has_a_token_stays(small: Api, said: bytes) -> None:
    with closing(kept_alive(small, small.reader)) as known:
        assert read_one(known).status == 200
        held = hold(small, 60, said)
        try:
            assert small.get("/api/devices/").status == 200
            assert small.get("/api/health/", token=None).json == {"status": "up"}
            assert small.login().status == 200
            assert small.post(TRIGGER, {"devices": ["sw1"]}).status == 201
            time.sleep(0.1)
            # The newest of them, less those that made room for the requests above.
            assert len(found := still_open(held)) <= 10
            assert all(number >= 50 for number in found)
            known.sendall(
                f"GET /api/devices/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {small.reader}\r\n\r\n".encode()
            )
            assert read_one(known).status == 200
        finally:
            close(held)


def test_a_bad_token_makes_nobody_known(small: Api) -> None:
    held = []
    try:
        for _ in range(30):
            held.append(kept_alive(small, "swimctl_" + "x" * 43))
            assert read_one(held[-1]).status == 401
        assert small.get("/api/devices/").status == 200
        assert len(still_open(held)) <= 10
    finally:
        close(held)


def test_those_with_a_token_are_bounded_too(small: Api) -> None:
    held = []
    try:
        for _ in range(40):
            held.append(kept_alive(small, small.reader))
            assert read_one(held[-1]).status == 200
        with closing(socket.create_connection(small.address, timeout=10)) as one_more:
            assert one_more.recv(1) == b""
        held.pop().close()
        time.sleep(0.1)
        assert small.get("/api/devices/").status == 200
    finally:
        close(held)


def test_endless_bodies_do_not_count_against_those_with_a_token(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_AT_ONCE", 2)
    held = hold(api, 50, ENDLESS)
    try:
        assert api.get("/api/devices/").status == 200
        assert api.get("/api/health/", token=None).status == 200
        assert api.get("/metrics").status == 200
    finally:
        close(held)


def test_too_many_requests_with_a_token_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_AT_ONCE", 1)
    slow = f"POST {TRIGGER} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {api.operator}\r\nContent-Length: 100\r\n\r\n{{"
    held = hold(api, 1, slow.encode())
    try:
        time.sleep(0.2)
        api.refused(api.get("/api/devices/"), 503, "1 requests are running already")
        assert api.get("/api/health/", token=None).status == 200
    finally:
        close(held)


def test_one_address_cannot_take_the_place_of_another() -> None:
    room, made = Connections(16), []  # 8 strangers, 4 of them from one address

    def come(address: str) -> socket.socket:
        here, there = socket.socketpair()
        made.extend((here, there))
        assert room.admit(here, address)
        there.setblocking(False)
        return there

    def ended(there: socket.socket) -> bool:
        try:
            return there.recv(1) == b""
        except BlockingIOError:
            return False

    try:
        others = [come("192.0.2.1"), come("192.0.2.2")]
        many = [come("198.51.100.7") for _ in range(20)]
        assert [ended(one) for one in many] == [True] * 16 + [False] * 4
        assert not any(map(ended, others))
        # Many addresses: the one that holds most gives way first.
        others += [come(f"192.0.2.{number}") for number in range(3, 7)]
        assert not any(map(ended, others))
        assert len(room) <= 8
    finally:
        for one in made:
            one.close()
    assert len(room) == 0


@pytest.mark.parametrize(
    ("method", "path", "token"),
    [
        ("GET", "/api/health/", None),
        ("GET", "/api/devices/", None),
        ("GET", "/api/nowhere/", None),
        ("PUT", LOGIN, None),
        ("GET", "/api/openapi.json", None),
        ("GET", "/metrics", "operator"),
        ("HEAD", "/api/upgrade/events/", "operator"),
    ],
)
def test_no_answer_is_kept_guessed_or_names_what_serves(api: Api, method: str, path: str, token: str | None) -> None:
    answer = api.ask(method, path, token=None if token is None else api.operator)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "sent", [b"\x00\x01 nonsense\r\n\r\n", b"GET /api/health/ HTTP/1.1\r\nHost: x\r\nExpect: a-pony\r\n\r\n"]
)
def test_nor_does_what_never_becomes_a_request(api: Api, sent: bytes) -> None:
    with api.connected() as connection:
        connection.sendall(sent)
        answer = read_one(connection)
    assert answer.status in {400, 417}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def no_ipv6(family: int, *_: object) -> None:
    if family == socket.AF_INET6:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")


def test_an_address_that_this_machine_has_not_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_named: both)
    monkeypatch.setattr(
        Listener, "__init__", lambda self, *given: no_ipv6(*given) or socket.socket.__init__(self, *given)
    )
    listeners = server.listen("localhost", 0, Connections())
    try:
        assert [one.family for one in listeners] == [socket.AF_INET]
    finally:
        close([*listeners])
    del both[1]
    with pytest.raises(UsageError, match="cannot listen on localhost port 0: Address family not supported"):
        server.listen("localhost", 0, Connections())


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            server.listen("127.0.0.1", port, Connections())


def test_those_that_are_in_are_heard_between_those_that_come() -> None:
    """A new connection has its turn before so many others were taken in that it had to make room for them."""
    room = Connections(64)  # 16 of one address
    (listener,) = server.listen("127.0.0.1", 0, room)
    listener.listen(128)
    came: list[socket.socket] = []
    taken: list[socket.socket] = []
    rounds: list[int] = []
    try:
        came = [socket.create_connection(listener.getsockname(), timeout=10) for _ in range(60)]
        while sum(rounds) < 60:
            before = len(taken)
            with suppress(BlockingIOError):
                while True:
                    taken.append(listener.accept()[0])
            rounds.append(len(taken) - before)
        assert max(rounds) * 2 <= room.by_address
    finally:
        close([*came, *taken, listener])
