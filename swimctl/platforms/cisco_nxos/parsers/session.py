"""`show clock`: the device's own time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import DeviceTime
from swimctl.platforms.text import filled, passed_over

_CLOCK: Final = re.compile(
    r"([*.])? *(\d\d:\d\d:\d\d(?:\.\d{1,6})?) +(\S+) +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +(\d{4})",
    re.IGNORECASE,
)
_WARNING: Final = re.compile(r"Warning *: *No +NTP +peer/server +configured\b.*", re.IGNORECASE)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone; not trusted where the device warns that it has no NTP server."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    times = [found for line in lines if (found := _CLOCK.fullmatch(line))]
    warned = any(map(_WARNING.fullmatch, lines))
    if len(times) != 1:
        raise UnparsableOutput(command, lines[-1], "no line is a time, or more than one is")
    found = times[0]
    for line in lines:
        if line != found[0] and not _WARNING.fullmatch(line):
            passed_over(command, line)
    time = found[2] if "." in found[2] else f"{found[2]}.0"
    try:
        moment = datetime.strptime(f"{found[6]} {found[4]} {found[5]} {time}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, found[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), found[3], trusted=not found[1] and not warned)
