"""`show system uptime`: the time, and since when each node is up."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_junos import NodeUptime
from swimctl.platforms.juniper_junos.nodes import by_node, moment
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show system uptime"

_FIELD: Final = re.compile(r"([A-Z][A-Za-z ]*): *(\S.*)")
_SINCE: Final = re.compile(r"(.*?) *\((\S.*) ago\)(?: by (\S+))?")
_LENGTH: Final = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)? ?(?:(\d+):(\d\d)(?::(\d\d))?)?")
_LOAD: Final = re.compile(r"\d{1,2}:\d\d[AP]M +up .*load averages?: *[\d.]+, [\d.]+, [\d.]+")


def parse_show_system_uptime(text: str) -> tuple[NodeUptime, ...]:
    """Read each node's block; it ends with the line of its load, without which it is cut off."""
    return tuple(
        _node(node, lines) for node, lines in by_node([line.strip() for line in filled(text, COMMAND, TERMINAL)])
    )


def _node(node: str, lines: list[str]) -> NodeUptime:
    told: dict[str, str] = {}
    ended = False
    for line in lines:
        found = _FIELD.fullmatch(line)
        if _LOAD.fullmatch(line):
            ended = True
        elif ended or found is None:
            raise UnparsableOutput(COMMAND, line)
        else:
            told[found[1].lower()] = found[2]
    last = lines[-1] if lines else node
    now = moment(told.get("current time", ""))
    since = _SINCE.fullmatch(told.get("system booted", ""))
    booted = moment(since[1]) if since else None
    uptime = _length(since[2]) if since else None
    if not ended or now is None or booted is None or uptime is None:
        raise UnparsableOutput(COMMAND, last, "it gives no time, no time of the boot, or ends before the load")
    changed = _SINCE.fullmatch(told.get("last configured", ""))
    configured = moment(changed[1]) if changed else None
    source = told.get("time source")
    return NodeUptime(
        node,
        *now,
        booted[0],
        uptime,
        configured[0] if configured else None,
        changed[3] if changed else None,
        synchronised=None if source is None else "NTP" in source.upper(),
    )


def _length(text: str) -> int | None:
    """Add up `29w6d 23:14` (hours and minutes behind days) or `11:03:05`."""
    found = _LENGTH.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    years, weeks, days, *clock = (int(number or 0) for number in found.groups())
    hours, minutes, seconds = clock
    if found[6] is None and not (found[1] or found[2] or found[3]):
        hours, minutes, seconds = 0, hours, minutes
    return ((years * 365 + weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
