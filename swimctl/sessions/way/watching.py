"""Whether a device that was away may be back, asked for many at once: without threads where TCP alone leads to it."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress

from swimctl.descriptors import starved
from swimctl.errors import SwimctlError
from swimctl.sessions.targets import Target
from swimctl.sessions.way.entering import greets
from swimctl.sessions.way.route import Hop, resolve

_MOST_READ = 4096
# What a network says of a machine that is down; any other error may be of this machine.
_AWAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT}


def straight(target: Target) -> Hop | None:
    """Return the device where TCP alone leads to it; None where a bastion or a command does, or nobody can tell."""
    try:
        way = resolve(target)
    except (SwimctlError, OSError):
        return None
    return None if way.bastions or way.device.command else way.device


def silent_behind(target: Target, seconds: float) -> bool:
    """Return what `silent` does of a device to which a bastion or a command leads; it needs a thread meanwhile."""
    try:
        return not greets(target, seconds)
    except (SwimctlError, OSError):
        return False


async def silent(hop: Hop, seconds: float) -> bool:
    """Return whether a device surely does not greet with SSH within so many real seconds.

    Where it could not be asked, nothing is sure.
    """
    try:
        async with asyncio.timeout(seconds):
            return not await _greets(hop)
    except TimeoutError:
        return True
    except (ConnectionError, socket.gaierror) as error:
        return starved(error) is None
    except OSError as error:
        return error.errno in _AWAY


async def _greets(hop: Hop) -> bool:
    source = None if hop.bind is None else (hop.bind, 0)
    family = hop.family if hop.family != socket.AF_UNSPEC else 0
    reader, writer = await asyncio.open_connection(
        hop.host, hop.port, family=family, local_addr=source, limit=_MOST_READ
    )
    try:
        said = b""
        while len(said) < _MOST_READ and (news := await reader.read(_MOST_READ)):
            said += news
            if said.startswith(b"SSH-") or b"\nSSH-" in said:
                return True
        return False
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
