"""Models are read beside a terminal where a device offers them; nothing that a NETCONF port does harms a job."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support.lab import small_fleet

from swimctl.clock import SystemClock
from swimctl.errors import UnparsableOutput
from swimctl.lab.fleet import LabFleet
from swimctl.platforms.cisco_xe.models import (
    HARDWARE,
    HARDWARE_SUBTREE,
    INSTALL,
    INSTALL_SUBTREE,
    HardwareModel,
    parse_hardware_oper,
    parse_install_oper,
)
from swimctl.sessions.netconf import Models
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript

SPEED = 600.0
QUICK = 10.0
"""Real seconds that no broken port may keep a job for; a healthy answer takes less than one."""


class Told:
    """A job's knowledge of one device's models, and what it said of them."""

    def __init__(self, folder: Path, port: int, password: str = "admin", seconds: float = 60.0) -> None:  # noqa: S107 the lab's own
        self.said: list[str] = []
        self.clock = SystemClock(SPEED)
        self.transcript = folder / "transcript.log"
        target = Target("sw1", "127.0.0.1", 1, "cisco_xe", "admin", password, netconf_port=port)
        transcript = Transcript(self.transcript, self.clock, Redaction((password,)))
        self.models = Models(target, self.clock, transcript, seconds, self.said.append)

    def hardware(self) -> HardwareModel | None:
        with self.models.beside() as way:
            return way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabFleet]:
    with small_fleet(tmp_path, n=1, speed=SPEED, netconf=True) as fleet:
        yield fleet


def test_models_are_read_and_kept_in_the_transcript(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"])
    with told.models.beside() as way:
        hardware = way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper)
        install = way.read(INSTALL, INSTALL_SUBTREE, parse_install_oper)
    assert hardware is not None
    assert install is not None
    assert (hardware.version, install.locations[0].runs) == ("17.6.5", "17.06.05.0.3449")
    assert told.said == []
    kept = told.transcript.read_text(encoding="utf-8")
    assert "read Cisco-IOS-XE-install-oper by NETCONF" in kept
    assert "install-version-state-provisioned-committed" in kept


def test_a_session_leaves_no_descriptor_to_the_garbage_collector(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"])
    gc.collect()
    gc.disable()
    try:
        before = selectors_open()
        assert all(told.hardware() is not None for _ in range(3))
        end = time.monotonic() + 60
        while selectors_open() > before:
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        gc.enable()


def selectors_open() -> int:
    """Count the selectors that this process has open."""
    found = 0
    for file in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found += "eventpoll" in str(file.readlink())
    return found


def test_a_way_that_nobody_takes_connects_to_nothing(tmp_path: Path) -> None:
    with listening(lambda _connection: None) as (port, accepted):
        with Told(tmp_path, port).models.beside():
            pass
        assert accepted == []


def test_a_closed_port_is_tried_once_a_job(tmp_path: Path) -> None:
    with _bound() as closed:
        told = Told(tmp_path, closed.getsockname()[1])
        began = time.monotonic()
        assert [told.hardware() for _ in range(5)] == [None] * 5
        assert time.monotonic() - began < QUICK
    assert len(told.said) == 1
    assert "Connection refused" in told.said[0]
    assert told.said[0].endswith("only the printed output decides")


def test_a_refused_login_is_never_tried_again(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"], password="wrong")
    assert [told.hardware() for _ in range(3)] == [None] * 3
    told.clock.sleep(200)
    assert told.hardware() is None
    assert len(told.said) == 1
    assert "refused the login of 'admin'" in told.said[0]
    assert "wrong" not in told.transcript.read_text(encoding="utf-8")


def test_what_does_not_read_is_asked_once_and_the_other_model_still(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"])

    def odd(_reply: str) -> object:
        raise UnparsableOutput(INSTALL, "?", "it says nothing")

    with told.models.beside() as way:
        assert [way.read(INSTALL, INSTALL_SUBTREE, odd) for _ in range(3)] == [None] * 3
        assert way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper) is not None
    assert len(told.said) == 1
    assert INSTALL in told.said[0]
    assert told.transcript.read_text(encoding="utf-8").count(f"read {INSTALL}") == 1


def test_what_worked_before_is_tried_again_after_a_while(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"])
    answers = iter([True, False, True])

    def sometimes(reply: str) -> str:
        if next(answers):
            return reply
        raise UnparsableOutput(HARDWARE, "?", "it says nothing")

    with told.models.beside() as way:
        read = lambda: way.read(HARDWARE, HARDWARE_SUBTREE, sometimes)  # noqa: E731 - said four times below
        assert read() is not None
        assert read() is None
        assert read() is None  # not asked: the third answer is still to come
        told.clock.sleep(61)
        assert read() is not None
    assert [line.partition(":")[0] for line in told.said] == [
        "no models are read",
        "models are read again",
    ]


def test_a_device_that_goes_down_ends_no_job(tmp_path: Path, lab: LabFleet) -> None:
    told = Told(tmp_path, lab.netconf_ports["sw1"])
    with told.models.beside() as way:
        assert way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper) is not None
        lab.power_cycle("sw1")
        while lab.switch("sw1").booted_at <= 0:
            time.sleep(0.01)
        assert way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper) is None
    deadline = time.monotonic() + 20
    while (found := told.hardware()) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found is not None
    assert (found.abnormal, found.reason) == (True, "PowerOn")


def _silent(connection: socket.socket) -> None:
    connection.recv(1)  # the client's greeting; then nothing, until it goes


def _garbage(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _hung_up(_connection: socket.socket) -> None:
    pass


def _not_netconf(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-odd\r\n")
    connection.sendall(b"\x00" * 4000)


def test_a_reply_without_an_end_is_not_taken_into_memory(
    tmp_path: Path, lab: LabFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swimctl.sessions.netconf._MOST", 100)
    told = Told(tmp_path, lab.netconf_ports["sw1"])
    assert told.hardware() is None
    assert told.hardware() is None
    (said,) = told.said
    assert "it sent more than 100 bytes without an end; only the printed output decides" in said


@pytest.mark.parametrize("behave", [_garbage, _hung_up, _not_netconf])
def test_a_port_that_answers_something_else_is_told_once(
    tmp_path: Path, behave: Callable[[socket.socket], None]
) -> None:
    with listening(behave) as (port, accepted):
        told = Told(tmp_path, port)
        assert told.hardware() is None
        assert told.hardware() is None
        assert len(told.said) == len(accepted) == 1


def test_a_port_that_says_nothing_keeps_a_job_for_one_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.clock._SHORTEST_REAL", 0.1)
    monkeypatch.setattr("swimctl.sessions.netconf.GRACE", 0.5)
    with listening(_silent, hold=True) as (port, accepted):
        told = Told(tmp_path, port)
        began = time.monotonic()
        assert told.hardware() is None
        assert told.hardware() is None
        assert time.monotonic() - began < QUICK
        assert len(told.said) == len(accepted) == 1


def _bound() -> socket.socket:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


@contextmanager
def listening(behave: Callable[[socket.socket], None], *, hold: bool = False) -> Iterator[tuple[int, list[int]]]:
    """Run a server that behaves so to each client, and keeps it connected where `hold` is set."""
    server = _bound()
    server.listen()
    accepted: list[int] = []
    kept: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            accepted.append(1)
            kept.append(connection)
            behave(connection)
            if not hold:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], accepted
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for connection in kept:
            connection.close()
        thread.join(5)
