"""Open the bytes' way to one machine: TCP, a ProxyCommand, or a channel of a bastion's connection."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import threading
from typing import Any, Final, Protocol, cast

import paramiko

from swimctl.descriptors import starved
from swimctl.errors import Unreachable, WayLost
from swimctl.sessions.way.route import Hop

# Real seconds that a ProxyCommand has to end by itself once nobody listens to it.
_ENDS_WITHIN: Final = 2.0
# Real seconds that a bastion may try to reach a device: TCP gives up after about two minutes by itself.
_BASTION_TRIES: Final = 150.0
# What a channel of paramiko has in flight; a copy over a long line is as fast as this allows.
_WINDOW: Final = 4 * 1024 * 1024
# Messages of a channel (RFC 4254, 5): data of both kinds, its end, and the end of the channel.
_DATA: Final = (94, 95)
_EOF: Final = 96
_CLOSE: Final = 97


class Stream(Protocol):
    """What paramiko takes for a socket."""

    def recv(self, most: int, /) -> bytes:
        """Return what has come, at most so many bytes; empty at the end."""

    def send(self, data: bytes, /) -> int:
        """Send some of the bytes and return how many."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Set the real seconds that `recv` and `send` wait at most."""

    def close(self) -> None:
        """End it."""


def by_tcp(hop: Hop, seconds: float) -> socket.socket:
    """Connect with TCP_NODELAY: Nagle against a device's delayed ACK costs a factor of 15 to 150 in a copy.

    Raises Unreachable; OutOfDescriptors and WayLost where it could not be tried.
    """
    try:
        connection = _connected(hop, seconds)
    except OSError as error:
        if none_left := starved(error):
            raise none_left from error
        if hop.bind is not None and error.errno == errno.EADDRNOTAVAIL:
            raise WayLost(
                f"{hop} cannot be asked from {hop.bind}, the BindAddress of OpenSSH's configuration: this machine has "
                "no such address; next: `ip address`, then `swimctl device show` says where the value comes from"
            ) from error
        raise Unreachable(f"{hop} does not answer: {error.strerror or error}") from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _connected(hop: Hop, seconds: float) -> socket.socket:
    source = None if hop.bind is None else (hop.bind, 0)
    if hop.family == socket.AF_UNSPEC:
        return socket.create_connection((hop.host, hop.port), timeout=seconds, source_address=source)
    found = socket.getaddrinfo(hop.host, hop.port, hop.family, socket.SOCK_STREAM)
    return socket.create_connection((str(found[0][4][0]), hop.port), timeout=seconds, source_address=source)


class _CommandStream(socket.socket):
    """One end of a pair of sockets whose other end is the command's input and output."""

    _process: subprocess.Popen[bytes] | None = None

    def belongs_to(self, process: subprocess.Popen[bytes]) -> None:
        """End the command with this end of the pair."""
        self._process = process

    def close(self) -> None:
        """Close, and see to it that the command ends; it is never left as a zombie."""
        super().close()
        process, self._process = self._process, None
        if process is not None:
            threading.Thread(target=_reap, args=(process,), daemon=True, name="proxy-command").start()


def by_command(hop: Hop, command: str) -> Stream:
    """Run a ProxyCommand as OpenSSH does: by the shell, its input and output the connection. Raises WayLost."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = subprocess.Popen(  # noqa: S602 - a ProxyCommand is a line of shell, and the user's own
                f"exec {command}",
                shell=True,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        ours.close()
        raise starved(error) or WayLost(f"the ProxyCommand of {hop.name} cannot be run: {error}") from error
    stream = _CommandStream(ours.family, ours.type, ours.proto, ours.detach())
    stream.belongs_to(process)
    return stream


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        # All of it: the command may be a pipeline, and the session is its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _InOrder:
    """The connection as one channel sees it: nothing of the channel is sent after its own end.

    paramiko lets a thread send data, or more window, on a channel that another thread has just closed. A server takes
    that for a breach of the protocol and ends the whole connection, with all who go through it.
    """

    def __init__(self, transport: paramiko.Transport) -> None:
        self._transport = transport
        self._sending = threading.Lock()
        self._ended: set[int] = set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever paramiko asks of a connection
        return getattr(self._transport, name)

    def _send_user_message(self, message: paramiko.Message) -> None:
        kind = message.asbytes()[0]
        with self._sending:
            late = _CLOSE in self._ended or (_EOF in self._ended and kind in _DATA)
            if kind in (_EOF, _CLOSE):
                self._ended.add(kind)
            if not late:
                self._transport._send_user_message(message)  # type: ignore[attr-defined]  # noqa: SLF001 - as paramiko's channels do


class ChannelStream:
    """A channel of a bastion's connection, which may end at any time; to close it never raises."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._connection = channel.get_transport()
        self._closed = False  # paramiko looks for it, as a socket has it
        channel.transport = cast("paramiko.Transport", _InOrder(self._connection))
        self.recv, self.send, self.settimeout = channel.recv, channel.send, channel.settimeout

    @property
    def ended(self) -> bool:
        """Return whether it has ended, at whichever side."""
        return self._channel.closed

    @property
    def bastion_lives(self) -> bool:
        """Return whether the connection stands that carries it."""
        return self._connection.is_active()

    def close(self) -> None:
        """End it."""
        self._closed = True
        with contextlib.suppress(Exception):  # paramiko says goodbye over a connection that may be dead
            self._channel.close()


def by_channel(transport: paramiko.Transport, bastion: Hop, hop: Hop, seconds: float) -> ChannelStream:
    """Have a bastion connect to a machine. Raises Unreachable where it cannot, WayLost where itself is gone.

    A bastion that waits for a device that is down says nothing for two minutes. It is asked in a thread of its own,
    so that a connection which comes too late is closed, and takes no line of the device.
    """
    asked = _Asked(transport, hop)
    channel = asked.wait(seconds)
    if channel is not None:
        return ChannelStream(channel)
    error = asked.error
    if isinstance(error, paramiko.ChannelException):
        raise Unreachable(
            f"{hop} does not answer: the bastion {bastion} says {error.text or 'no'!r}, or does not forward it"
        ) from error
    if transport.is_active():
        # paramiko fails to hand out a channel that was opened and had ended before anybody looked.
        how = f"within {seconds:.0f}s" if error is None else "and ended the connection at once,"
        raise Unreachable(f"{hop} does not answer {how} through the bastion {bastion}") from error
    raise WayLost(f"the connection to the bastion {bastion} ended: {error or 'it was closed'}") from error


class _Asked:
    """A channel that a bastion was asked for."""

    def __init__(self, transport: paramiko.Transport, hop: Hop) -> None:
        self.error: BaseException | None = None
        self._channel: paramiko.Channel | None = None
        self._late = False
        self._lock = threading.Lock()
        self._answered = threading.Event()
        threading.Thread(target=self._ask, args=(transport, hop), daemon=True, name="bastion-channel").start()

    def wait(self, seconds: float) -> paramiko.Channel | None:
        """Return the channel, None where none came within so many real seconds."""
        self._answered.wait(seconds)
        with self._lock:
            self._late = True
            return self._channel

    def _ask(self, transport: paramiko.Transport, hop: Hop) -> None:
        try:
            channel = transport.open_channel(
                "direct-tcpip", (hop.host, hop.port), ("127.0.0.1", 0), window_size=_WINDOW, timeout=_BASTION_TRIES
            )
        except Exception as error:  # noqa: BLE001 - handed to who asked
            self.error = error
        else:
            with self._lock:
                if self._late:
                    ChannelStream(channel).close()
                else:
                    self._channel = channel
        self._answered.set()
