"""`show clock`: the device's own time; and what `write memory` answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import DeviceTime, SaveOutcome
from swimctl.platforms.privilege import level_of
from swimctl.platforms.text import filled, is_half, passed_over

_CLOCK: Final = re.compile(r"[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d:\d\d:\d\d) +(\d{4})", re.IGNORECASE)
_ZONE: Final = re.compile(r"timezone(?: +is| *:) +(\S+)", re.IGNORECASE)
_SOURCE: Final = re.compile(r"Clock +source *: +(\S.*)", re.IGNORECASE)
_SAVED: Final = re.compile(r"Copy +completed +successfully *\.", re.IGNORECASE)
_NOT_SAVED: Final = re.compile(r"% *Error +(?:copying|saving) .*|.*startup-config.*\(\S.*\)", re.IGNORECASE)


def parse_show_clock(text: str) -> DeviceTime:
    """Return the device's own time, in its own zone; it is not trusted where its source is `local`.

    Older releases print no source.
    """
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    found, zone, source = (
        next((match for line in lines if (match := each.fullmatch(line))), None) for each in (_CLOCK, _ZONE, _SOURCE)
    )
    for line in lines:
        if not any(each.fullmatch(line) for each in (_CLOCK, _ZONE, _SOURCE)):
            passed_over(command, line)
    if found is None or zone is None:
        raise UnparsableOutput(command, lines[-1], "there is no time, or no time zone")
    if source is None and ((lines[-1] == zone[0] and ":" in zone[0]) or lines[-1].lower().startswith("clock")):
        raise UnparsableOutput(command, lines[-1], "there is no source of the clock")
    if source and is_half(source[1], ("local", "NTP")):
        raise UnparsableOutput(command, lines[-1], "it ends inside the source")
    try:
        moment = datetime.strptime(f"{found[4]} {found[1]} {found[2]} {found[3]}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, found[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), zone[1], trusted=source is None or source[1].lower() != "local")


def parse_write_memory(text: str) -> SaveOutcome:
    """Return what `write memory` answered; its one sentence is a success, and an error line takes it back."""
    command = "write memory"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    failed = next((line for line in lines if _NOT_SAVED.fullmatch(line)), None)
    if failed is None and not any(map(_SAVED.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it says neither 'Copy completed successfully.' nor what went wrong")
    for line in lines:
        if line != failed and not _SAVED.fullmatch(line):
            passed_over(command, line)
    return SaveOutcome(saved=failed is None, reason=failed)


def parse_show_privilege(text: str) -> int:
    """Return the privilege level of the session, 0 to 15."""
    return level_of(text, TERMINAL)
