"""Sessions with devices of a lab in this process, without SSH: two thirds of what an upgrade in the lab costs.

What swimctl types and reads goes through its own `Session` and the device's own `Console` as ever; only the encrypted
line between the two is left out. An image that is pushed is given to the device block by block, at the device's pace.
Whoever is refused, and whoever comes while the device is down, goes the real way, as do NETCONF and the look whether a
port greets. For tests of anything but SSH; of SCP are tests/test_scp_push.py and tests/sessions/test_scp_sender.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from swimctl.clock import Clock, Deadline
from swimctl.config.settings import Distribution
from swimctl.errors import TransferFailed
from swimctl.lab.filesystem import NEEDED_PRIVILEGE, Incoming, Pace
from swimctl.lab.fleet import LabFleet
from swimctl.lab.server import SwitchPort
from swimctl.lab.vty import Login
from swimctl.sessions import connecting
from swimctl.sessions.targets import Target
from swimctl.sessions.transports.base import Login as WithinLogin
from swimctl.sessions.transports.base import Progress
from swimctl.sessions.transports.scp_push import ScpPush

_REAL_WAY, _REAL_TERMINAL, _REAL_COPY = connecting.enter, connecting.terminal_over, ScpPush.send
# Devices with these go the real way: what they do at a login, and a session that ends in each kind of step.
_OVER_SSH = ("refuse-login", "login-lockout", "drop-session-at", "new-host-key")
# Bytes of a copy at once, and real seconds between two looks at it.
_BLOCK, _LOOK_EVERY = 262_144, 0.25
_PORTS: dict[int, tuple[asyncio.AbstractEventLoop, SwitchPort]] = {}


class Wire:
    """A session's line. Towards the device it is all that asyncssh has of one, towards swimctl all that netmiko has.

    Nothing here is called by both sides but what takes the lock.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, port: SwitchPort, login: Login) -> None:
        self._loop, self._port, self._login = loop, port, login
        self._lock = threading.Lock()
        self._printed = bytearray()
        self._typed: list[str] = []
        self._came = asyncio.Event()
        self._news: threading.Event | None = None
        self.closed = self.eof_received = False

    # Towards the device, in the lab's thread: a reader, a writer, their channel and its connection.

    @property
    def channel(self) -> Wire:
        return self

    def get_connection(self) -> Wire:
        return self

    def get_extra_info(self, name: str) -> Login:
        assert name == "login"
        return self._login

    def get_command(self) -> None:
        return None

    def get_subsystem(self) -> None:
        return None

    def is_closing(self) -> bool:
        return self.closed

    def exit(self, _status: int) -> None:
        self._end()

    def abort(self) -> None:
        self._end()

    async def read(self, _most: int) -> str:
        while not (self._typed or self.closed):
            self._came.clear()
            await self._came.wait()
        text, self._typed = "".join(self._typed), []
        return text

    def write(self, text: str) -> None:
        if self.closed:
            raise BrokenPipeError
        with self._lock:
            self._printed += text.encode("utf-8", "replace")
            if self._news is not None:
                self._news.set()

    async def drain(self) -> None:
        """Do nothing: all that was written has come."""

    # Towards swimctl, in its threads: a terminal, its channel, the buffer of that, and its client.

    @property
    def remote_conn(self) -> Wire:
        return self

    @property
    def remote_conn_pre(self) -> Wire:
        return self

    @property
    def in_buffer(self) -> Wire:
        return self

    def set_event(self, event: threading.Event) -> None:
        with self._lock:
            self._news = event
            if self._printed or self.closed:
                event.set()

    def recv_ready(self) -> bool:
        return bool(self._printed)

    def recv(self, most: int) -> bytes:
        with self._lock:
            data = bytes(self._printed[:most])
            del self._printed[:most]
            if self._news is not None and not (self._printed or self.closed):
                self._news.clear()
        return data

    def write_channel(self, text: str) -> None:
        if self.closed:
            raise OSError("Socket is closed")
        self._call(self._take, text)

    # From either side.

    def close(self) -> None:
        self._call(self._end)

    def _call(self, what: Any, *given: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *given)

    def _take(self, text: str) -> None:
        self._typed.append(text)
        self._came.set()

    def _end(self) -> None:
        with self._lock:
            self.closed = self.eof_received = True
            if self._news is not None:
                self._news.set()
        self._came.set()
        self._port.connections.discard(self)  # type: ignore[arg-type]  # as much of a connection as the port uses


async def _open(loop: asyncio.AbstractEventLoop, port: SwitchPort, target: Target) -> Wire | None:
    """Log in and open a terminal; None where that must go the real way."""
    if port._acceptor is None or any(map(port.switch.spec.fault, _OVER_SSH)):
        return None
    login = port.switch.login(target.username, target.password)
    port.look()
    if login is None or port._acceptor is None:
        return None
    wire: Any = Wire(loop, port, login)
    port.connections.add(wire)
    task = asyncio.ensure_future(port._session(wire, wire, wire))
    task.add_done_callback(lambda _: wire.abort())
    return wire  # type: ignore[no-any-return]  # it goes where asyncssh's would


def _enter(target: Target, deadline: Deadline) -> Any:
    loop, port = _PORTS.get(target.port, (None, None))
    if loop is None or port is None:
        return _REAL_WAY(target, deadline)
    wire = asyncio.run_coroutine_threadsafe(_open(loop, port, target), loop).result(600)
    return wire or _REAL_WAY(target, deadline)


def _terminal(way: Any, target: Target) -> Any:
    return way if isinstance(way, Wire) else _REAL_TERMINAL(way, target)


class Delivery:
    """A copy on its way, as much of a connection as a port uses."""

    def __init__(self) -> None:
        self.sent, self.closed = 0, False

    def abort(self) -> None:
        self.closed = True

    close = abort


async def _begin(port: SwitchPort, target: Target, path: str, size: int) -> Incoming | None:
    """Log in and begin a file; None where the device does not take it at once and whole: the real way says why not."""
    switch = port.switch
    if port._acceptor is None or any(map(switch.spec.fault, (*_OVER_SSH, "slow-flash"))):
        return None
    login = switch.login(target.username, target.password)
    port.look()
    if login is None or login.privilege < NEEDED_PRIVILEGE or port._acceptor is None:
        return None
    try:
        if switch.flash(switch.resolve(path)[0]).free < size:
            return None
        return Incoming(switch.receive(path), Pace(switch.transfer, switch.clock))
    except ValueError:
        return None


async def _deliver(port: SwitchPort, delivery: Any, source: Path, incoming: Incoming) -> None:
    port.connections.add(delivery)
    try:
        with source.open("rb") as file:
            while not delivery.closed and (block := file.read(_BLOCK)):
                await incoming.write(delivery.sent, block)
                delivery.sent += len(block)
                port.look()
    finally:
        port.connections.discard(delivery)
        incoming.close()
        port.look()


def _send(
    push: ScpPush,
    source: Path,
    destination: str,
    target: Target,
    limits: Distribution,
    clock: Clock,
    progress: Progress,
    login: WithinLogin = contextlib.nullcontext,
) -> None:
    loop, port = _PORTS.get(target.port, (None, None))
    size, incoming = source.stat().st_size, None
    if loop is not None and port is not None:
        with login():
            incoming = asyncio.run_coroutine_threadsafe(_begin(port, target, destination, size), loop).result(600)
    if loop is None or port is None or incoming is None:
        return _REAL_COPY(push, source, destination, target, limits, clock, progress, login)
    delivery = Delivery()
    done = asyncio.run_coroutine_threadsafe(_deliver(port, delivery, source, incoming), loop)
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                done.result(_LOOK_EVERY)
                break
            progress(delivery.sent)
    finally:
        delivery.abort()
    if delivery.sent < size:
        raise TransferFailed(f"the copy of {source.name} to {target.name} failed: the connection was lost")
    progress(size)
    return None


@contextmanager
def without_ssh(lab: LabFleet) -> Iterator[None]:
    """Let swimctl's sessions in this process reach the devices of a lab without SSH."""
    assert lab._loop is not None
    ports = {lab.address(spec.name)[1]: (lab._loop, lab._serving().port(spec.name)) for spec in lab.specs}
    _PORTS.update(ports)
    try:
        with (
            patch.object(connecting, "enter", _enter),
            patch.object(connecting, "terminal_over", _terminal),
            patch.object(ScpPush, "send", _send),
        ):
            yield
    finally:
        for number in ports:
            del _PORTS[number]
