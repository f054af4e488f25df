"""`show clock`, and `show user tasks`: what the account may do."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import DeviceTime
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

_CLOCK: Final = re.compile(
    r"([*.])?(\d\d:\d\d:\d\d)(\.\d{1,6})? ([A-Za-z][\w+-]*) [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4})"
)

_TASK: Final = re.compile(
    r"Task: +([\w-]+) +: +((?:READ|WRITE|EXECUTE|DEBUG)(?: +(?:READ|WRITE|EXECUTE|DEBUG))*)(?: +\(reserved\))?"
)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
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


def parse_show_user_tasks(text: str) -> dict[str, tuple[str, ...]]:
    """Read the rights that the account has in each task: READ, WRITE, EXECUTE, DEBUG."""
    command = "show user tasks"
    found: dict[str, tuple[str, ...]] = {}
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        row = _TASK.fullmatch(line)
        if row is None:
            raise UnparsableOutput(command, line)
        found[row[1]] = tuple(row[2].split())
    return found
