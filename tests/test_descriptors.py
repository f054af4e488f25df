"""A process that may open nothing more says that of itself, never of a device."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko
import pytest

from swimctl import descriptors
from swimctl.clock import Deadline, SystemClock
from swimctl.errors import OutOfDescriptors, Unreachable
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.way import enter, greets


def target(port: int, address: str = "127.0.0.1") -> Target:
    return Target("sw1", address, port, "cisco_xe", "ana", "secret")


@contextmanager
def none_left() -> Iterator[None]:
    """Take every descriptor that this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 300), hard))
    taken: list[int] = []
    try:
        with suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for handle in taken:
            os.close(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def greeting() -> Iterator[int]:
    """Listen as a device does that is well: nobody could say that its port is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("address", ["127.0.0.1", "a-name-to-resolve.invalid"])
def test_the_device_is_not_blamed(greeting: int, address: str) -> None:
    where, deadline = target(greeting, address), Deadline(SystemClock(), 5)
    with none_left():
        for asked in (lambda: greets(where, 1), lambda: enter(where, deadline)):
            with pytest.raises(OutOfDescriptors, match="swimctl has no file descriptor left") as caught:
                asked()
            assert "sw1" not in str(caught.value)
            assert "port" not in str(caught.value)


def test_a_session_that_cannot_be_opened_says_why(greeting: int, tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "transcript.log", SystemClock(), Redaction())
    with none_left(), pytest.raises(OutOfDescriptors):
        connect(target(greeting), SystemClock(), transcript, 5)


def test_what_is_the_devices_stays_its_own() -> None:
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        port = shut.getsockname()[1]
        assert greets(target(port), 1) is False
        with pytest.raises(Unreachable, match="sw1") as caught:
            enter(target(port), Deadline(SystemClock(), 5))
    assert not isinstance(caught.value, OutOfDescriptors)


def test_an_error_of_a_library_around_it_is_seen_through() -> None:
    around = RuntimeError("no connection")
    around.__context__ = OSError(24, "Too many open files")
    assert descriptors.starved(around) is not None
    assert descriptors.starved(RuntimeError("no connection")) is None


@pytest.mark.parametrize(
    ("limit", "copies", "most"), [(64, 50, 16), (1024, 1, 8), (1024, 50, 200), (1024, 500, 256), (20_000, 1000, 1000)]
)
def test_the_image_server_leaves_descriptors_to_the_jobs_too(limit: int, copies: int, most: int) -> None:
    assert descriptors.fetches(limit, copies) == most
    assert descriptors.jobs(limit, most) <= descriptors.jobs(limit)
    assert descriptors.jobs(limit, most) * 8 + most + descriptors.connections(limit) <= limit


@pytest.mark.parametrize(
    ("limit", "let_in", "jobs"),
    [(64, 16, 0), (256, 64, 0), (1024, 256, 71), (20_000, 1000, 2350), (10**6, 1000, 124_850)],
)
def test_most_descriptors_are_kept_for_the_jobs(limit: int, let_in: int, jobs: int) -> None:
    assert (descriptors.connections(limit), descriptors.jobs(limit)) == (let_in, jobs)
    assert let_in + 8 * jobs <= limit


def test_the_limit_is_what_the_process_may_have_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel may let nobody have what is allowed; then all goes on with what there is."""
    limits = [(1024, 4096)]

    def give(_which: int, wanted: tuple[int, int]) -> None:
        if wanted[0] > 2048:
            raise PermissionError(1, "Operation not permitted")
        limits[0] = wanted

    monkeypatch.setattr("resource.getrlimit", lambda _which: limits[0])
    monkeypatch.setattr("resource.setrlimit", give)
    assert descriptors.raised_limit() == 1024
    limits[0] = (1024, 2048)
    assert descriptors.raised_limit() == 2048
    limits[0] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    assert descriptors.connections(descriptors.raised_limit()) == descriptors.MOST_CONNECTIONS


class Starving:
    """A socket of a login that fails, in a process that has no descriptor left but this one."""

    def __init__(self) -> None:
        self.closed = False

    def start_client(self, *_args: object, **_named: object) -> None:
        raise paramiko.SSHException("could not open a channel")

    def settimeout(self, _seconds: float | None) -> None:
        """Wait for nothing: nothing comes."""

    def recv(self, _most: int) -> bytes:
        return b""

    def send(self, data: bytes) -> int:
        return len(data)

    def close(self) -> None:
        self.closed = True


def test_it_is_asked_before_the_socket_of_the_login_gives_one_back(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Starving()

    def asked(_error: BaseException) -> OutOfDescriptors | None:
        return None if mine.closed else OutOfDescriptors("none left")

    monkeypatch.setattr("swimctl.sessions.way.streams.by_tcp", lambda *_: mine)
    monkeypatch.setattr("swimctl.sessions.way.entering.starved", asked)
    monkeypatch.setattr("paramiko.Transport.start_client", mine.start_client)
    with pytest.raises(OutOfDescriptors, match="none left"):
        enter(target(1), Deadline(SystemClock(), 5))
    assert mine.closed
