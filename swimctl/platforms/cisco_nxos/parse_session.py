"""`show clock`: the device's own time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import DeviceTime
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

_CLOCK: Final = re.compile(
    r"([*.])?(\d\d:\d\d:\d\d(?:\.\d{1,6})?) ([A-Za-z][\w+-]*) [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4})"
)
_WARNING: Final = re.compile(r"Warning: No NTP peer/server configured\..*", re.IGNORECASE)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone; not trusted where the device warns that it has no NTP server."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    told = [line for line in lines if not _WARNING.fullmatch(line)]
    found = _CLOCK.fullmatch(told[0]) if told else None
    if found is None or len(told) > 1:
        raise UnparsableOutput(command, told[-1] if told else lines[-1])
    time = found[2] if "." in found[2] else f"{found[2]}.0"
    try:
        moment = datetime.strptime(f"{found[6]} {found[4]} {found[5]} {time}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, told[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), found[3], trusted=not found[1] and len(told) == len(lines))
