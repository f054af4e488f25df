"""Sessions with devices of a lab in this process, without SSH: two thirds of what an upgrade in the lab costs.

What swimctl types and reads goes through its own `Session` and the device's own `Console` as ever; only the encrypted
line between the two is left out. Whoever is refused, and whoever comes while the device is down, goes the real way,
as do copies, NETCONF and the look whether a port greets. For tests of anything but SSH.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from swimctl.clock import Deadline
from swimctl.lab.fleet import LabFleet
from swimctl.lab.server import SwitchPort
from swimctl.lab.vty import Login
from swimctl.sessions import session as session_module
from swimctl.sessions.targets import Target

_REAL_WAY, _REAL_TERMINAL = session_module.enter, session_module.terminal_over
# Devices with these go the real way: what they do at a login, and a session that ends in each kind of step.
_OVER_SSH = ("refuse-login", "login-lockout", "drop-session-at", "new-host-key")
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


@contextmanager
def without_ssh(lab: LabFleet) -> Iterator[None]:
    """Let swimctl's sessions in this process reach the devices of a lab without SSH."""
    assert lab._loop is not None
    ports = {lab.address(spec.name)[1]: (lab._loop, lab._serving().port(spec.name)) for spec in lab.specs}
    _PORTS.update(ports)
    try:
        with patch.object(session_module, "enter", _enter), patch.object(session_module, "terminal_over", _terminal):
            yield
    finally:
        for number in ports:
            del _PORTS[number]
