"""`show clock`: the device's own time; and what `write memory` answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import DeviceTime, SaveOutcome
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.privilege import level_of
from swimctl.platforms.text import filled, is_half

_CLOCK: Final = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})")
_ZONE: Final = re.compile(r"timezone(?: is|:) +(\S+)", re.IGNORECASE)
_SOURCE: Final = re.compile(r"Clock source: +(\S.*)", re.IGNORECASE)
_SAVED: Final = "Copy completed successfully."
_NOT_SAVED: Final = re.compile(r"% ?Error (?:copying|saving) .*|.*startup-config.*\(\S.*\)", re.IGNORECASE)


def parse_show_clock(text: str) -> DeviceTime:
    """Read the device's own time, in its own zone; it is not trusted where its source is `local`.

    Older releases print no source.
    """
    command = "show clock"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    found = _CLOCK.fullmatch(lines[0])
    zone = _ZONE.fullmatch(lines[1]) if len(lines) > 1 else None
    source = _SOURCE.fullmatch(lines[2]) if len(lines) > 2 else None
    newer = len(lines) > 1 and lines[1].startswith("Timezone:")
    if found is None or zone is None or (source is None and (newer or len(lines) > 2)) or len(lines) > 3:
        raise UnparsableOutput(command, lines[-1])
    if source and is_half(source[1], ("local", "NTP")):
        raise UnparsableOutput(command, lines[-1], "it ends inside the source")
    try:
        moment = datetime.strptime(f"{found[4]} {found[1]} {found[2]} {found[3]}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        raise UnparsableOutput(command, lines[0], "this is no date") from None
    return DeviceTime(moment.isoformat(), zone[1], trusted=source is None or source[1].lower() != "local")


def parse_write_memory(text: str) -> SaveOutcome:
    """Read what `write memory` answered; the one sentence alone is a success, and an error line takes it back."""
    command = "write memory"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    failed = next((line for line in lines if _NOT_SAVED.fullmatch(line)), None)
    if failed is None and lines != [_SAVED]:
        raise UnparsableOutput(command, lines[-1], f"it says neither '{_SAVED}' nor what went wrong")
    return SaveOutcome(saved=failed is None, reason=failed)


def parse_show_privilege(text: str) -> int:
    """Return the privilege level of the session, 0 to 15."""
    return level_of(text, TERMINAL)
