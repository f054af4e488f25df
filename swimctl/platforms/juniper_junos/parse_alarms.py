"""`show chassis alarms` and `show system alarms`: what the device complains of."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_junos import Alarm
from swimctl.platforms.juniper_junos.nodes import by_node, moment
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

_NONE: Final = re.compile(r"No alarms currently active\.?")
_COUNT: Final = re.compile(r"(\d+) alarms? currently active")
_HEAD: Final = re.compile(r"Alarm time +Class +Description")
_ROW: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+) +([A-Z][a-z]+) +(\S.*)")


def parse_show_alarms(text: str, command: str = "show chassis alarms") -> tuple[Alarm, ...]:
    """Read the alarms of all nodes; empty only where every node says that it has none."""
    parts = by_node([line.strip() for line in filled(text, command, TERMINAL)])
    return tuple(alarm for node, lines in parts for alarm in _node(command, node, lines))


def _node(command: str, node: str, lines: list[str]) -> list[Alarm]:
    if not lines:
        raise UnparsableOutput(command, node, "it says nothing of this node")
    if len(lines) == 1 and _NONE.fullmatch(lines[0]):
        return []
    count = _COUNT.fullmatch(lines[0])
    if count is None or len(lines) < 2 or not _HEAD.fullmatch(lines[1]):
        raise UnparsableOutput(command, lines[0], "it does not say how many alarms are active")
    found: list[Alarm] = []
    for line in lines[2:]:
        row = _ROW.fullmatch(line)
        at = moment(row[1]) if row else None
        if row is None or at is None:
            raise UnparsableOutput(command, line)
        found.append(Alarm(node, at[0], row[2], row[3]))
    if len(found) != int(count[1]):
        raise UnparsableOutput(command, lines[-1], f"{len(found)} alarms read, of {count[1]} that it counts")
    return found
