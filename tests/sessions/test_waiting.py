"""How a session waits: who wakes it, what ends it from outside, and that nothing which came meanwhile is lost."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from support.scripted_terminal import GONE, NOTHING_YET, PASSWORD, PROMPT, PaperTerminal

from swimctl.clock import Clock, Deadline, SystemClock
from swimctl.errors import SessionLost, UnparsableOutput
from swimctl.sessions import session as session_module


class News(threading.Event):
    """What wakes who waits for the device; each wait does something and is over."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self._act = act

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        self._act()
        return True


def shown(folder: Path) -> str:
    return (folder / "transcript.log").read_text(encoding="utf-8")


def test_what_comes_over_the_line_wakes_who_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "Event", News)
    device = PaperTerminal()
    session = device.unopened(tmp_path)
    session.prepare(Deadline(SystemClock(), 20))
    news = device.remote_conn.news
    assert isinstance(news, News)
    news.waits.clear()
    device.late(NOTHING_YET, NOTHING_YET, GONE)
    assert session.ended_within(20, watch=True)
    assert news.waits


def test_what_comes_in_the_last_moment_of_a_wait_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = PaperTerminal()
    session = device.session(tmp_path)
    over = Deadline(SystemClock(), 1.5, watch=True)

    def come() -> None:
        while not over.passed:
            time.sleep(0.01)
        device.late("\nGoing down for reload\n")

    monkeypatch.setattr(session, "_news", News(come))
    assert not session.ended_within(1, watch=True)  # long enough for a wait to begin, however busy the machine is
    assert "Going down for reload" in shown(tmp_path)


def test_in_the_lab_a_reload_has_real_seconds_to_come_and_a_look_has_not(tmp_path: Path) -> None:
    """At a clock faster than real time, a device may be late; who only looks on counts the device's seconds."""

    def ended(*, watch: bool) -> bool:
        device = PaperTerminal()
        ticks = count(0.0, 10.0)
        clock = cast("Clock", SimpleNamespace(monotonic=lambda: next(ticks), speed=60.0, now=SystemClock().now))
        session = device.session(tmp_path, clock=clock)
        session._news.set()
        device.late(NOTHING_YET, NOTHING_YET, GONE)
        return session.ended_within(5, watch=watch)

    assert ended(watch=False)
    assert not ended(watch=True)


def test_a_login_that_hangs_behind_the_password_is_closed_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "GRACE", -0.3)
    device = PaperTerminal()
    session = device.unopened(tmp_path)
    patience = time.monotonic() + 20

    def hang() -> bool:
        while not device.remote_conn.closed:
            assert time.monotonic() < patience, "nobody closed it"
            time.sleep(0.01)
        return False

    monkeypatch.setattr(device.remote_conn, "recv_ready", hang)
    with pytest.raises(EOFError):
        session.prepare(Deadline(SystemClock(), 0.2, watch=True))
    assert device.closes == 1


@pytest.mark.parametrize(
    ("command", "quiet", "masked"),
    [
        ("show clock", False, True),
        ("show startup-config", True, False),
        ("show running-config", False, False),
        ("show boot", False, False),
        ("show bootvar", False, True),
    ],
)
def test_what_may_be_typed_again_is_returned_as_it_is_and_all_else_without_secrets(
    tmp_path: Path, command: str, quiet: bool, masked: bool
) -> None:
    device = PaperTerminal({command: [f"{command}\nboot system {PASSWORD}\n", PROMPT]})
    said = device.session(tmp_path).run(command, 20, quiet=quiet).strip()
    assert said == f"boot system {'********' if masked else PASSWORD}"


def test_output_that_is_too_long_is_told_with_its_command_also_where_the_session_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_MOST", 10_000)
    long = ["show log\n", *["a line of the log\n" * 500] * 3]
    with pytest.raises(UnparsableOutput, match=r"'show log'.*27\d{3} characters; more than 10000 are not read"):
        PaperTerminal({"show log": [*long, PROMPT]}).session(tmp_path).run("show log", 20)
    ended = tmp_path / "ended"
    ended.mkdir()
    with pytest.raises(SessionLost):
        PaperTerminal({"show log": [*long, GONE]}).session(ended).run("show log", 20)
    assert re.search(r"'show log' printed 27\d{3} characters; \d+ of them were dropped", shown(ended))
