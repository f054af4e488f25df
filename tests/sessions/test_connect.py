"""Opening a session: with what it is opened, and what is told of each way in which that fails."""

from __future__ import annotations

import errno
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_terminal import ENABLE_SECRET, PASSWORD, PaperTerminal

from swimctl import clock
from swimctl.clock import Clock, Deadline, SystemClock
from swimctl.errors import DeadlineExceeded, NoPrivilege, OutOfDescriptors, Unreachable
from swimctl.sessions import connecting
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.watchdog import GRACE, watchdog

TARGET = Target("sw1", "192.0.2.1", 2222, "cisco_xe", "netops", PASSWORD, None, {})


class Way:
    """A way to the device that leads to a terminal of paper, or fails there; counts how often it was closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, terminal: PaperTerminal | BaseException) -> None:
        self.closes = 0
        self.closed = threading.Event()
        self.deadlines: list[float] = []

        def enter(target: Target, deadline: Deadline) -> Way:
            assert target is TARGET
            self.deadlines.append(deadline.seconds)
            return self

        def terminal_over(transport: Way, target: Target) -> PaperTerminal:
            assert transport is self
            assert target is TARGET
            if isinstance(terminal, BaseException):
                raise terminal
            return terminal

        monkeypatch.setattr(connecting, "enter", enter)
        monkeypatch.setattr(connecting, "terminal_over", terminal_over)

    def close(self) -> None:
        self.closes += 1
        self.closed.set()


def transcript(folder: Path) -> Transcript:
    return Transcript(folder / "transcript.log", SystemClock(), Redaction((PASSWORD, ENABLE_SECRET)))


def opened(folder: Path, seconds: float = 20.0) -> Session:
    return connect(TARGET, SystemClock(), transcript(folder), seconds)


def test_a_session_is_opened_set_up_and_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = PaperTerminal()
    way = Way(monkeypatch, terminal)
    session = opened(tmp_path)
    assert session.hostname == "sw1"
    assert "terminal length 0\n" in terminal.typed
    assert (way.deadlines, way.closes) == ([20.0], 0)
    assert "connecting to sw1 (192.0.2.1:2222) as netops" in (tmp_path / "transcript.log").read_text()


def test_a_session_that_is_left_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = PaperTerminal()
    Way(monkeypatch, terminal)
    with opened(tmp_path) as session:
        assert terminal.closes == 0
        session.run("show clock", 20)
    assert terminal.closes == 1


def test_what_fails_of_our_own_behind_the_login_is_said_as_it_is_and_the_way_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Way(monkeypatch, PaperTerminal())

    def accepted() -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(OSError, match="no space left"):
        connect(TARGET, SystemClock(), transcript(tmp_path), 20.0, accepted=accepted)
    assert way.closes == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (EOFError(), "EOFError"),
        (OSError("reset by peer\nand more"), "reset by peer"),
        (OSError("  \n "), "OSError"),
    ],
)
def test_a_line_that_ends_in_the_login_is_told_in_the_first_line_of_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    way = Way(monkeypatch, error)
    with pytest.raises(Unreachable) as failed:
        opened(tmp_path)
    assert str(failed.value) == f"no SSH session to sw1: {why}"
    assert way.closes == 1


def test_without_descriptors_it_is_this_machine_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = Way(monkeypatch, OSError(errno.EMFILE, "Too many open files"))
    with pytest.raises(OutOfDescriptors):
        opened(tmp_path)
    assert way.closes == 1


@pytest.mark.parametrize("error", [NoPrivilege("sw1 gives no privilege"), KeyError("a defect"), KeyboardInterrupt()])
def test_what_else_fails_closes_the_way_and_goes_up_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    way = Way(monkeypatch, error)
    with pytest.raises(type(error)) as failed:
        opened(tmp_path)
    assert failed.value is error
    assert way.closes == 1


@pytest.mark.parametrize(
    ("seconds", "speed", "real"), [(20.0, 1.0, 20.0), (0.5, 1.0, 1.0), (60.0, 60.0, 1.0), (180.0, 60.0, 3.0)]
)
def test_a_login_has_its_deadline_in_real_time_and_a_second_at_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, speed: float, real: float
) -> None:
    Way(monkeypatch, NoPrivilege("sw1 gives no privilege"))
    given: list[float] = []

    def watched(seconds: float, close: Any) -> Any:
        given.append(seconds)
        return watchdog(seconds, close)

    monkeypatch.setattr(connecting, "watchdog", watched)
    monkeypatch.setattr(clock, "_SHORTEST_REAL", 0.0)
    standing = cast("Clock", SimpleNamespace(monotonic=lambda: 0.0, speed=speed, now=SystemClock().now))
    with pytest.raises(NoPrivilege):
        connect(TARGET, standing, transcript(tmp_path), seconds)
    assert given == [real + GRACE]


@pytest.mark.parametrize("device_ends", [True, False])
def test_a_login_that_hangs_is_closed_from_outside_and_told_as_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device_ends: bool
) -> None:
    """The library lets an error out, or makes one of its own; either way it was our own close."""
    way = Way(monkeypatch, PaperTerminal())
    monkeypatch.setattr(connecting, "GRACE", -0.9)

    def hang(transport: Way, _target: Target) -> Any:
        assert transport.closed.wait(20), "nobody closed it"
        raise EOFError if device_ends else NoPrivilege("it closed")

    monkeypatch.setattr(connecting, "terminal_over", hang)
    standing = cast("Clock", SimpleNamespace(monotonic=lambda: 0.0, speed=1.0, now=SystemClock().now))
    with pytest.raises(DeadlineExceeded) as failed:
        connect(TARGET, standing, transcript(tmp_path), 1.0)
    assert str(failed.value) == "no login to sw1 within 1s"
    assert way.closes >= 1
