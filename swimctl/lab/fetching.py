"""A file that a lab device fetches from a server, as its own command does: over loopback, at its own pace."""

from __future__ import annotations

from collections.abc import Callable, Generator

import asyncssh

from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.effects import Effect, Fetch, Pause
from swimctl.lab.filesystem import Pace
from swimctl.lab.flash import BLOCK, NoSpace
from swimctl.lab.servers import UNREACHABLE, Content, Refused, asked

CUT, FULL = "cut", "full"
"""How a fetch ends beside well (empty), UNREACHABLE, and with the status of a refusal, such as `404`."""
_CONNECTS = 30.0
"""Lab seconds until a device takes a server for unreachable."""
_HANGS = 6 * 3600.0
"""Lab seconds of one that asks again and again: longer than anybody waits."""
_STALLED = 900.0
"""Lab seconds after which a device gives up by itself where nothing moves any more."""


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
    try:
        async with asked(wanted.url) as (size, reader):
            return await _take(wanted, size, reader, clock, show)
    except Refused as refused:
        return refused.why
    except (OSError, EOFError, ValueError, IndexError, asyncssh.Error):
        return CUT


def without_account(url: str) -> str:
    """Return a URL as a Cisco shows it: `http://*:*@10.0.0.1/startup-config.cfg`, seen of a router."""
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://*:*@{place.rpartition('@')[2]}{slash}{path}" if "@" in place else url


async def _take(wanted: Fetch, size: int, reader: Content, clock: LabClock, show: Callable[[str], None]) -> str:
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
