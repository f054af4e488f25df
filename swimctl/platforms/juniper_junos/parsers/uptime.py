"""`show system uptime`: the time, and since when each node is up."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import NodeUptime
from swimctl.platforms.juniper_junos.nodes import moment, parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show system uptime"

_FIELD: Final = re.compile(
    r"(Current +time|Time +Source|System +booted|Protocols +started|Last +configured) *: *(\S.*)", re.IGNORECASE
)
_SINCE: Final = re.compile(r"(.*?) *\((\S.*?) +ago *\)(?: +by +(\S+))?.*", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)? *(?:(\d+):(\d\d)(?::(\d\d))?)?", re.IGNORECASE)
_LOAD: Final = re.compile(r"\d{1,2}:\d\d(?::\d\d)? *(?:[AP]M)? +up +.*load averages?.*", re.IGNORECASE)


def parse_show_system_uptime(text: str) -> tuple[NodeUptime, ...]:
    """Return each node's times. The moment and the time since the boot have to be there, and the current time."""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    # A word that nothing follows may be half of one.
    open_end = "\n" if text.endswith("\n") else lines[-1]
    return tuple(_node(open_end, node, part) for node, part in parts_of(COMMAND, lines, _FIELD.fullmatch))


def _node(open_end: str, node: str, lines: list[str]) -> NodeUptime:
    told: dict[str, str] = {}
    for line in lines:
        if found := _FIELD.fullmatch(line):
            name = " ".join(found[1].lower().split())
            if told.setdefault(name, found[2]) != found[2]:
                raise UnparsableOutput(COMMAND, line, f"it gives two values of '{found[1]}'")
        elif not _LOAD.fullmatch(line):
            passed_over(COMMAND, line)
    now = moment(told.get("current time", ""))
    since = _SINCE.fullmatch(told.get("system booted", ""))
    booted = moment(since[1]) if since else None
    uptime = _length(since[2]) if since else None
    if now is None or booted is None or uptime is None:
        raise UnparsableOutput(COMMAND, lines[-1] if lines else node, "it gives no time, or no time of the boot")
    changed = _SINCE.fullmatch(told.get("last configured", ""))
    configured = moment(changed[1]) if changed else None
    source = told.get("time source")
    return NodeUptime(
        node,
        *now,
        booted[0],
        uptime,
        configured[0] if configured else None,
        changed[3] if changed and not open_end.endswith(changed[0]) else None,
        synchronised=None if source is None or open_end.endswith(source) else "NTP" in source.upper(),
    )


def _length(text: str) -> int | None:
    """Return the seconds of `29w6d 23:14` (hours and minutes behind days) or `11:03:05`."""
    found = _LENGTH.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    years, weeks, days, *clock = (int(number or 0) for number in found.groups())
    hours, minutes, seconds = clock
    if found[6] is None and not (found[1] or found[2] or found[3]):
        hours, minutes, seconds = 0, hours, minutes
    return ((years * 365 + weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
