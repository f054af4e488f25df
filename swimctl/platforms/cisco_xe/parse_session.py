"""`show clock`, and what `write memory` answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import DeviceTime, SaveOutcome
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.privilege import level_of
from swimctl.platforms.templates import rows
from swimctl.platforms.text import filled

_SAVED: Final = re.compile(r".*\[OK\].*|Copy complete.*", re.IGNORECASE)
_NOT_SAVED: Final = re.compile(
    r"%\s?Error.*(?:nvram|startup|config).*|.*\[Failed\].*|startup-config file open failed.*"
    r"|%.*(?:fail|abort|denied|not saved|locked|in use).*"
    r"|Unable to .*|.*NV(?:RAM|ram).*(?:fail|too large|corrupt).*",
    re.IGNORECASE,
)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone."""
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if len(lines) != 1:
        raise UnparsableOutput(command, lines[1], "it has more than one line")
    row = rows("show_clock", lines, command)[0]
    try:
        moment = datetime.strptime(f"{row['YEAR']} {row['MONTH']} {row['DAY']} {row['TIME']}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, lines[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), row["TIMEZONE"], trusted=not lines[0].startswith("*"))


def parse_write_memory(text: str) -> SaveOutcome:
    """Read what `write memory` answered; only `[OK]` is a success, and an error line beside it takes it back."""
    command = "write memory"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    failed = next((line for line in lines if _NOT_SAVED.fullmatch(line)), None)
    if failed is not None:
        return SaveOutcome(saved=False, reason=failed)
    if not any(map(_SAVED.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it says neither [OK] nor what went wrong")
    return SaveOutcome(saved=True)


def parse_show_privilege(text: str) -> int:
    """Return the privilege level of the session, 0 to 15."""
    return level_of(text, TERMINAL)
