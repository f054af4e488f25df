"""A file that a lab device fetches by HTTP, as its `copy http://…` does: over loopback, and at its own pace."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import Callable, Generator
from urllib.parse import SplitResult, unquote, urlsplit

from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.effects import Effect, Fetch, Pause
from swimctl.lab.filesystem import Pace
from swimctl.lab.flash import BLOCK, NoSpace

UNREACHABLE, CUT, FULL = "unreachable", "cut", "full"
"""How a fetch ends beside well (empty) and with the status of a refusal, such as `404`."""
_CONNECTS = 30.0
"""Lab seconds until a device takes a server for unreachable."""
_HANGS = 6 * 3600.0
"""Lab seconds of one that asks again and again: longer than anybody waits."""
_STALLED = 900.0
"""Lab seconds after which a device gives up by itself where nothing moves any more."""
_REAL_PATIENCE = 20.0
_WINDOW = 65_536
"""Bytes that a device takes from the network before it has written any: what it stands still with is small."""


def fetched(device: Chassis, url: str, path: str, mark: str = "", every: int = 1) -> Generator[Effect, str, str]:
    """Fetch a file onto flash and return how that ended; `mark` is printed for each so many bytes."""
    fault = device.spec.fault("pull-fails")
    how = (fault.argument if fault else None) or ""
    if how in {UNREACHABLE, "hangs"}:
        yield Pause(_CONNECTS if how == UNREACHABLE else _HANGS)
        return UNREACHABLE
    return (
        yield Fetch(
            f"{url}.x" if how == "refused" else url,
            lambda: device.receive(path, shown=True),
            device.transfer,
            mark,
            every,
            fails=how if how in {CUT, "stalls"} else "",
        )
    )


async def fetch(wanted: Fetch, clock: LabClock, show: Callable[[str], None]) -> str:
    """Do what an effect asks for, at the pace of a lab's clock."""
    parts = urlsplit(wanted.url)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    secure = parts.scheme == "https"
    way = socket.socket()
    way.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
    way.setblocking(False)
    try:
        async with asyncio.timeout(_REAL_PATIENCE):
            address = parts.hostname or "", parts.port or (443 if secure else 80)
            await asyncio.get_running_loop().sock_connect(way, address)
            reader, writer = await asyncio.open_connection(
                sock=way, ssl=trusting if secure else None, server_hostname=parts.hostname if secure else None
            )
    except (OSError, TimeoutError):
        way.close()
        return UNREACHABLE
    try:
        place = parts.netloc.rpartition("@")[2]
        head = f"GET {parts.path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n{_signed_in(parts)}\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = answer[0].split()[1]
        if status != "200":
            return status
        size = next(int(line.split(":")[1]) for line in answer if line.lower().startswith("content-length:"))
        return await _take(wanted, size, reader, clock, show)
    except (OSError, EOFError, ValueError, IndexError, StopIteration):
        return CUT
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def without_account(url: str) -> str:
    """Return a URL as a Cisco shows it: `http://*:*@10.0.0.1/startup-config.cfg`, seen of a router."""
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://*:*@{place.rpartition('@')[2]}{slash}{path}" if "@" in place else url


def _signed_in(parts: SplitResult) -> str:
    """Return the line that signs in with the account of a URL, empty where it has none."""
    if parts.username is None:
        return ""
    account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Authorization: Basic {base64.b64encode(account.encode()).decode()}\r\n"


async def _take(
    wanted: Fetch, size: int, reader: asyncio.StreamReader, clock: LabClock, show: Callable[[str], None]
) -> str:
    pace, file, got = Pace(wanted.rate, clock), wanted.receive(), 0
    try:
        while got < size:
            if wanted.fails and got >= size // 2:
                if wanted.fails == "stalls":
                    await clock.sleep(_STALLED)
                return CUT
            data = await reader.read(min(BLOCK, size - got))
            if not data:
                return CUT
            file.write(data)
            show(wanted.mark * ((got + len(data)) // wanted.every - got // wanted.every))
            got += len(data)
            await pace.spend(len(data))
    except NoSpace:
        return FULL
    finally:
        file.close()
    return ""
