"""`show clock`, and `show user tasks`: what the account may do."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import DeviceTime
from swimctl.platforms.text import filled, passed_over

_CLOCK: Final = re.compile(
    r"([*.])? *(\d\d:\d\d:\d\d)(\.\d{1,6})? +(\S+) +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +(\d{4})",
    re.IGNORECASE,
)

_RIGHT: Final = r"(?:READ|WRITE|EXECUTE|DEBUG)"
_TASK: Final = re.compile(rf"Task *: +([\w-]+) +: +({_RIGHT}(?: +{_RIGHT})*)(?: +\(.*\))?", re.IGNORECASE)
_LIKE_A_TASK: Final = re.compile(r"Task *:.*", re.IGNORECASE)


def parse_show_clock(text: str) -> DeviceTime:
    """Return the device's own time, in its own zone; its one line is needed."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    found = None
    for line in lines:
        if found is None and (read := _CLOCK.fullmatch(line)):
            found = read
        else:
            passed_over(command, line)
    if found is None:
        raise UnparsableOutput(command, lines[-1])
    try:
        moment = datetime.strptime(  # noqa: DTZ007 - the zone's name says no offset
            f"{found[7]} {found[5]} {found[6]} {found[2]}{found[3] or '.0'}", "%Y %b %d %H:%M:%S.%f"
        )
    except ValueError:
        raise UnparsableOutput(command, found[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), found[4], trusted=found[1] != "*")


def parse_show_user_tasks(text: str) -> dict[str, tuple[str, ...]]:
    """Return the rights that the account has in each task: READ, WRITE, EXECUTE, DEBUG.

    Every row of a task has to read.
    """
    command = "show user tasks"
    found: dict[str, tuple[str, ...]] = {}
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        if row := _TASK.fullmatch(line):
            found[row[1].lower()] = tuple(row[2].upper().split())
        elif _LIKE_A_TASK.fullmatch(line):
            raise UnparsableOutput(command, line)
        else:
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, "", "it names no task")
    return found
