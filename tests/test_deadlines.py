"""Every wait on a device ends, whatever the device does: no thread stays inside a library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import hanging_servers as servers

from swimctl.clock import SystemClock
from swimctl.config.settings import Distribution
from swimctl.errors import DeadlineExceeded, LoginFailed, TransferFailed
from swimctl.sessions import session as session_module
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.transports import scp_push
from swimctl.sessions.transports.scp_push import ScpPush
from swimctl.sessions.watchdog import watchdog
from swimctl.sessions.way import entering

CLOCK = SystemClock()
MEGABYTE = 1_000_000
# Enough for a busy machine, and below any deadline that a library has by itself.
SOON = 60.0


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "GRACE", 0.5)
    monkeypatch.setattr(entering, "GRACE", 0.5)
    monkeypatch.setattr(scp_push, "_LOGIN_SECONDS", 1.0)


@pytest.fixture
def open_session(tmp_path: Path) -> Callable[[Target], Session]:
    return lambda target: connect(target, CLOCK, Transcript(tmp_path / "transcript.log", CLOCK, Redaction()), 20)


def ends_in_time(act: Callable[[], object], error: type[Exception], says: str) -> None:
    began, before = time.monotonic(), threading.active_count()
    with pytest.raises(error, match=says):
        act()
    assert time.monotonic() - began < SOON
    over = time.monotonic() + SOON
    while threading.active_count() > before and time.monotonic() < over:
        time.sleep(0.05)
    assert threading.active_count() <= before, "a thread of the connection is left"


def test_a_device_that_says_nothing_any_more(open_session: Callable[[Target], Session]) -> None:
    with servers.hanging(servers.silent) as target, open_session(target) as session:
        ends_in_time(lambda: session.run("show version", 1), DeadlineExceeded, "'show version' on sw1 did not end")


def test_a_write_that_waits_for_the_devices_window(open_session: Callable[[Target], Session]) -> None:
    command = "x" * MEGABYTE
    with servers.hanging(servers.deaf, window=65_536) as target, open_session(target) as session:
        ends_in_time(lambda: session.run(command, 1), DeadlineExceeded, "on sw1 did not end within 1s")


def test_a_write_that_waits_for_the_network(open_session: Callable[[Target], Session]) -> None:
    command = "x" * (30 * MEGABYTE)
    with (
        servers.hanging(servers.frozen, window=100 * MEGABYTE) as target,
        open_session(target) as session,
    ):
        assert session.run("show clock", 10) == ""
        ends_in_time(lambda: session.run(command, 1), DeadlineExceeded, "on sw1 did not end within 1s")


def test_a_read_that_never_returns(open_session: Callable[[Target], Session]) -> None:
    with servers.hanging(servers.flooding) as target, open_session(target) as session:
        ends_in_time(lambda: session.run("show version", 1), DeadlineExceeded, "did not end within 1s")


def test_watching_for_the_end_of_a_session_that_floods(open_session: Callable[[Target], Session]) -> None:
    with servers.hanging(servers.flooding) as target, open_session(target) as session:
        session._write("show version\n")
        began = time.monotonic()
        assert not session.ended_within(1), "it was ended by us, which says nothing of the device"
        assert time.monotonic() - began < SOON


def test_a_login_whose_terminal_never_opens(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "transcript.log", CLOCK, Redaction())
    with servers.hanging(None) as target:
        ends_in_time(lambda: connect(target, CLOCK, transcript, 1), DeadlineExceeded, "no login to sw1 within 1s")


def test_a_login_whose_prompt_never_comes(tmp_path: Path) -> None:
    async def mute(process: servers.Process) -> None:
        await process.stdin.read()

    transcript = Transcript(tmp_path / "transcript.log", CLOCK, Redaction())
    with servers.hanging(mute) as target:
        ends_in_time(lambda: connect(target, CLOCK, transcript, 2), DeadlineExceeded, "sw1 within 2s")


def test_a_login_that_is_never_answered(tmp_path: Path) -> None:
    """As with AAA servers that are away: it counts as a refusal, so that none is asked too often."""
    transcript = Transcript(tmp_path / "transcript.log", CLOCK, Redaction())
    image = tmp_path / "image.bin"
    image.write_bytes(b"x")
    limits = Distribution(stall=1)
    with servers.hanging(servers.silent, answers=False) as target:
        ends_in_time(lambda: connect(target, CLOCK, transcript, 1), LoginFailed, "sw1 did not answer the login")
        ends_in_time(
            lambda: ScpPush().send(image, "flash:image.bin", target, limits, CLOCK, lambda _: None),
            LoginFailed,
            "sw1 did not answer the login",
        )


@pytest.mark.parametrize("process", [servers.deaf, servers.frozen])
def test_a_close_does_not_wait_for_the_device(
    open_session: Callable[[Target], Session], process: Callable[[servers.Process], object]
) -> None:
    """Also while another thread is inside of a write that blocks."""
    with servers.hanging(process, window=100 * MEGABYTE if process is servers.frozen else 65_536) as target:  # type: ignore[arg-type] # the processes above
        session = open_session(target)
        if process is servers.frozen:
            session.run("show clock", 10)
        blocked = threading.Event()

        def write() -> None:
            blocked.set()
            try:
                session._write("x" * (30 * MEGABYTE))
            except (OSError, EOFError):
                return

        writer = threading.Thread(target=write)
        writer.start()
        blocked.wait(10)
        time.sleep(1)
        assert writer.is_alive()
        began = time.monotonic()
        session.close()
        assert time.monotonic() - began < 5
        writer.join(SOON)
        assert not writer.is_alive()


def test_a_copy_whose_last_acknowledgement_never_comes(tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(b"x" * MEGABYTE)
    moved: list[int] = []

    def send(target: Target) -> None:
        ScpPush().send(image, "flash:image.bin", target, Distribution(stall=1), CLOCK, moved.append)

    with servers.hanging(servers.no_last_word, encoding=None) as target:
        ends_in_time(lambda: send(target), TransferFailed, "no byte moved for 1s")
    assert moved[-1] == MEGABYTE


def test_a_copy_that_is_never_begun(tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(b"x")
    with servers.hanging(None) as target:
        ends_in_time(
            lambda: ScpPush().send(image, "flash:image.bin", target, Distribution(stall=1), CLOCK, lambda _: None),
            TransferFailed,
            "no byte moved for 1s",
        )


def test_the_watchdog_bites_what_is_late_and_nothing_else() -> None:
    bitten: list[str] = []
    with watchdog(60, lambda: bitten.append("long")) as long, watchdog(0.2, lambda: bitten.append("short")) as short:
        with watchdog(0.1, lambda: bitten.append("done")):
            pass
        assert short.wait(SOON)
        time.sleep(0.1)
    assert bitten == ["short"]
    assert not long.is_set()


def test_a_bite_that_blocks_keeps_no_other_waiting() -> None:
    release = threading.Event()
    with watchdog(0.05, release.wait), watchdog(0.2, lambda: None) as other:
        assert other.wait(SOON)
    release.set()
