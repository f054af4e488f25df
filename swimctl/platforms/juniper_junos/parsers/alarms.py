"""`show chassis alarms` and `show system alarms`: what the device complains of."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import Alarm
from swimctl.platforms.juniper_junos.nodes import moment, parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

_COUNT: Final = re.compile(r"(\d+|No) +alarms? +currently +active\.?", re.IGNORECASE)
_HEAD: Final = re.compile(r"Alarm +time +Class +Description.*", re.IGNORECASE)
_ROW: Final = re.compile(r"(\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d +\S+) +([A-Z][a-z]+) +(\S.*)", re.IGNORECASE)
_LIKE_A_ROW: Final = re.compile(r"\d{4}-\d\d-\d\d .*")


def parse_show_alarms(text: str, command: str = "show chassis alarms") -> tuple[Alarm, ...]:
    """Return the alarms of all nodes; empty only where every node says that it has none.

    Each node has to say how many it has, and as many rows have to read.
    """
    parts = parts_of(command, [line.strip() for line in filled(text, command, TERMINAL)], _is_fact)
    return tuple(alarm for node, lines in parts for alarm in _node(command, node, lines))


def _is_fact(line: str) -> bool:
    return bool(_COUNT.fullmatch(line) or _LIKE_A_ROW.fullmatch(line))


def _node(command: str, node: str, lines: list[str]) -> list[Alarm]:
    counts: list[str] = []
    found: list[Alarm] = []
    for line in lines:
        count, row = _COUNT.fullmatch(line), _ROW.fullmatch(line)
        at = moment(row[1]) if row else None
        if count:
            counts.append(count[1].lower())
        elif row and at:
            found.append(Alarm(node, at[0], row[2], row[3]))
        elif _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(command, line, "an alarm cannot be read")
        elif not _HEAD.fullmatch(line):
            passed_over(command, line)
    if len(counts) != 1:
        raise UnparsableOutput(command, lines[-1] if lines else node, "it does not say how many alarms are active")
    number = 0 if counts[0] == "no" else int(counts[0])
    if len(found) != number:
        raise UnparsableOutput(command, lines[-1], f"{len(found)} alarms read, of {number} that it counts")
    return found
