"""`show clock`, and what `write memory` answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import DeviceTime, SaveOutcome
from swimctl.platforms.privilege import level_of
from swimctl.platforms.text import filled, passed_over, plain_words

_CLOCK: Final = re.compile(
    r"([*.])? ?(\d\d:\d\d:\d\d(?:\.\d{1,6})?) (\S+) [A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4})",
    re.IGNORECASE,
)
_SAVED: Final = re.compile(r".*\[OK\].*|Copy complete.*", re.IGNORECASE)
# A warning that the configuration `may corrupt` something is none that it did.
_NOT_SAVED: Final = re.compile(
    r"(?!.*\bWarning:)(?:%\s?Error.*(?:nvram|startup|config).*|.*\[Failed\].*|startup-config file open failed.*"
    r"|%.*(?:fail|abort|denied|not saved|locked|in use).*"
    r"|Unable to .*|.*NV(?:RAM|ram).*(?:fail|too large|corrupt).*)",
    re.IGNORECASE,
)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone; not trusted where it was never set (`*`)."""
    command = "show clock"
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    times = [found for line in lines if (found := _CLOCK.fullmatch(line))]
    if len(times) != 1:
        raise UnparsableOutput(command, lines[-1], "no line is a time, or more than one is")
    found = times[0]
    for line in lines:
        if line != found[0]:
            passed_over(command, line)
    time = found[2] if "." in found[2] else f"{found[2]}.0"
    try:
        moment = datetime.strptime(f"{found[6]} {found[4]} {found[5]} {time}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, found[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), found[3], trusted=found[1] != "*")


def parse_write_memory(text: str) -> SaveOutcome:
    """Read what `write memory` answered; only `[OK]` is a success, and an error line beside it takes it back."""
    command = "write memory"
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    failed = next((line for line in lines if _NOT_SAVED.fullmatch(line)), None)
    if failed is not None:
        return SaveOutcome(saved=False, reason=failed)
    if not any(map(_SAVED.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it says neither [OK] nor what went wrong")
    return SaveOutcome(saved=True)


def parse_show_privilege(text: str) -> int:
    """Return the privilege level of the session, 0 to 15."""
    return level_of(text, TERMINAL)
