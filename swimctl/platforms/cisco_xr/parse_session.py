"""`show clock`: the device's own time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import DeviceTime
from swimctl.platforms.text import filled

_CLOCK: Final = re.compile(
    r"([*.])?(\d\d:\d\d:\d\d)(\.\d{1,6})? ([A-Za-z][\w+-]*) [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4})"
)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command)]
    found = _CLOCK.fullmatch(lines[0])
    if found is None or len(lines) > 1:
        raise UnparsableOutput(command, lines[-1])
    try:
        moment = datetime.strptime(  # noqa: DTZ007 - the zone's name says no offset
            f"{found[7]} {found[5]} {found[6]} {found[2]}{found[3] or '.0'}", "%Y %b %d %H:%M:%S.%f"
        )
    except ValueError:
        raise UnparsableOutput(command, lines[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), found[4], trusted=found[1] != "*")
