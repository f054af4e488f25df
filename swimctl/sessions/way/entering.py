"""Enter a device by its way: the greeting alone, or a connection that is logged in."""

from __future__ import annotations

import atexit
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

import paramiko

from swimctl.clock import Deadline
from swimctl.descriptors import starved
from swimctl.errors import BastionRefused, LoginFailed, SwimctlError, Unreachable, WayLost
from swimctl.sessions.targets import Target
from swimctl.sessions.watchdog import GRACE, watchdog
from swimctl.sessions.way import algorithms, host_keys, refusals, streams
from swimctl.sessions.way.algorithms import Transport
from swimctl.sessions.way.authentication import Secrets, authenticate
from swimctl.sessions.way.bastions import Bastions
from swimctl.sessions.way.route import Hop, Way, resolve
from swimctl.sessions.way.streams import ChannelStream, Stream

# Bytes that may stand before the greeting of an SSH server.
_MOST_BEFORE_SSH: Final = 16_000
# Real seconds to log in to a bastion, and between signs of life on a connection that serves many devices.
_BASTION_SECONDS: Final = 30.0
_SIGN_OF_LIFE: Final = 15

# paramiko logs a traceback for each connection that a reload cuts; what matters of it is raised.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_BASTIONS: Final = Bastions()
atexit.register(_BASTIONS.close)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A machine whose host key is not known, or not the known one: which key it showed, and why that is none."""

    hop: Hop
    key: paramiko.PKey
    why: str

    def trust(self) -> None:
        """Keep its key from now on, in place of all that the project's file has for it."""
        host_keys.trust(self.hop, self.key)


def greeting(target: Target, seconds: float, port: int | None = None) -> str:
    """Return the line with which a device's SSH greets within so many real seconds.

    Lines before `SSH-` are legal (RFC 4253, 4.2). Raises Unreachable with why where it does not greet: a port that is
    open while sshd is not ready says nothing, or closes at once. WayLost and OutOfDescriptors say nothing of it.
    """
    way = resolve(target, port)
    end = time.monotonic() + seconds
    stream = _stream(way, seconds)
    said = b""
    try:
        while len(said) < _MOST_BEFORE_SSH and (left := end - time.monotonic()) > 0:
            stream.settimeout(left)
            news = stream.recv(1024)
            said += news
            begin = 0 if said.startswith(b"SSH-") else said.find(b"\nSSH-") + 1
            if (begin or said.startswith(b"SSH-")) and b"\n" in said[begin:]:
                return said[begin:].split(b"\n", 1)[0].decode("utf-8", "replace").strip()
            if not news:
                break
    except TimeoutError:
        pass
    except OSError as error:
        if none_left := starved(error):
            raise none_left from error
    finally:
        bastion_died = isinstance(stream, ChannelStream) and not stream.bastion_lives
        stream.close()
    if bastion_died:
        raise WayLost(f"the connection to the bastion {way.bastions[-1]} ended while {way.device} was asked")
    raise Unreachable(refusals.no_greeting(way, said))


def meet(target: Target, seconds: float) -> None:
    """Exchange keys with a device and hold its host key to what is known, without a login; nothing is kept of it.

    Raises Unreachable, HostKeyRefused, WayLost where a login could not begin.
    """
    way = resolve(target)

    def hold(transport: paramiko.Transport) -> None:
        host_keys.hold(way.device, transport.get_remote_server_key())

    _connected(way, _stream(way, seconds), seconds, "", hold).close()


def greets(target: Target, seconds: float) -> bool:
    """Return whether a device's SSH greets within so many real seconds. WayLost, OutOfDescriptors: it was not asked."""
    try:
        greeting(target, seconds)
    except Unreachable as error:
        if type(error) is not Unreachable:
            raise
        return False
    return True


def enter(
    target: Target, deadline: Deadline, *, port: int | None = None, most: float = inf, purpose: str = ""
) -> Transport:
    """Return a connection to a device that is logged in; who closes it closes the way.

    `port` is another one than its SSH's, `most` the real seconds that connecting may take, `purpose` a word for the
    messages (" for the copy"). Raises Unreachable, WayLost, HostKeyRefused, LoginFailed, DeadlineExceeded.
    """
    way = resolve(target, port)
    stream = _stream(way, min(most, max(1.0, deadline.left_real)))
    extras = target.extras
    passphrase = extras.get("passphrase")
    secrets = Secrets(target.password or None, None if passphrase is None else str(passphrase), extras.get("pkey"))
    return _log_in(way, stream, secrets, deadline.left_real, purpose)


def stranger(target: Target, seconds: float, port: int | None = None) -> Stranger | None:
    """Return the first machine on the way whose host key is not known, or not the known one; None: all of them are.

    `port` is another one than its SSH's. Nothing is logged in to but the bastions before it. Raises Unreachable,
    WayLost, BastionRefused.
    """
    way = resolve(target, port)
    hops = (*way.bastions, way.device)
    for number, hop in enumerate(hops):
        part = Way(hops[:number], hop)
        transport = _connected(part, _stream(part, seconds), seconds, "", lambda it: it.get_remote_server_key())
        key = transport.get_remote_server_key()
        transport.close()
        if (why := host_keys.objection(hop, key)) is not None:
            return Stranger(hop, key, why)
    return None


def _stream(way: Way, seconds: float) -> Stream:
    hop = way.device
    if not way.bastions:
        return streams.by_command(hop, hop.command) if hop.command else streams.by_tcp(hop, seconds)
    try:
        return _through(way.bastions, hop, seconds)
    except WayLost as error:
        if isinstance(error, BastionRefused):
            raise
    return _through(way.bastions, hop, seconds)  # by a new connection: the one that was shared had died


def _through(path: tuple[Hop, ...], hop: Hop, seconds: float) -> Stream:
    transport = _BASTIONS.connection(path, lambda: _bastion(path))
    channel = streams.by_channel(transport, path[-1], hop, seconds)
    _BASTIONS.carries(path, channel)
    return channel


def _bastion(path: tuple[Hop, ...]) -> paramiko.Transport:
    """Log in to the last of these bastions. WayLost: a device behind it is not to blame."""
    way = Way(path[:-1], path[-1])
    try:
        transport = _log_in(way, _stream(way, _BASTION_SECONDS), Secrets(), _BASTION_SECONDS, "")
    except LoginFailed as error:
        raise BastionRefused(f"the bastion {error}") from error
    except Unreachable as error:
        raise error if type(error) is not Unreachable else WayLost(f"the bastion {error}") from error
    transport.set_keepalive(_SIGN_OF_LIFE)
    return transport


def _log_in(way: Way, stream: Stream, secrets: Secrets, seconds: float, purpose: str) -> Transport:
    def prove(transport: paramiko.Transport) -> None:
        host_keys.check(way.device, transport.get_remote_server_key())
        authenticate(transport, way.device, secrets)

    return _connected(way, stream, seconds, purpose, prove)


def _connected(
    way: Way, stream: Stream, seconds: float, purpose: str, prove: Callable[[paramiko.Transport], object]
) -> Transport:
    """Exchange keys over a stream, and `prove` then, all within so many real seconds; whatever fails closes it."""
    hop = way.device
    began = time.monotonic()
    try:
        transport = algorithms.transport(stream, hop, host_keys.key_types(hop))
    except BaseException:
        stream.close()
        raise
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = seconds
    with watchdog(seconds + GRACE, stream.close) as bit:
        try:
            transport.start_client(timeout=seconds)
            prove(transport)
        except BaseException as error:
            none_left = starved(error)  # asked before the socket is closed: that gives a descriptor back
            bastion_died = isinstance(stream, ChannelStream) and not stream.bastion_lives
            transport.close()
            stream.close()
            if isinstance(error, SwimctlError) or not isinstance(error, Exception):
                raise
            if bastion_died:
                raise WayLost(
                    f"the connection to the bastion {way.bastions[-1]} ended at the login to {hop}"
                ) from error
            over = bit.is_set() or time.monotonic() - began >= seconds
            raise none_left or refusals.why(way, transport, error, purpose, over=over) from error
    return transport
