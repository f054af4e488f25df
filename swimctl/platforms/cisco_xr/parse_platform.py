"""`show platform` and `admin show platform`: the nodes and their states, in the layouts of all generations."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Slot
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show platform"

# The columns after the node and its type. The header's own positions tell nothing: some devices print it narrower.
_HEADERS: Final = (
    (re.compile(r"Node +Type +State +Config State", re.IGNORECASE), "plain"),
    (re.compile(r"Node +Type +PLIM +State +Config State", re.IGNORECASE), "plim"),
    (re.compile(r"Location +Card Type +HW State +SW State +Config State", re.IGNORECASE), "sysadmin"),
)
_NODE: Final = re.compile(r"(?:[A-Z]+)?\d+/\w+(?:/\w+)*|\d+/\*")
_CONFIG: Final = re.compile(r"(?:N?(?:PWR|SHUT|MON)|N/A)(?:,N?(?:PWR|SHUT|MON))*")
_STATE: Final = re.compile(r"[A-Z][A-Za-z0-9_/ -]*")
_ROLE: Final = re.compile(r"(.*?) *\((Active|Standby|SPA)\)")
# A type as wide as its column leaves one blank before the state.
_FULL_COLUMN: Final = re.compile(r"(?<=\)) (?=\S)|(?<=\S) (?=IOS XR RUN\b|OPERATIONAL\b)")
_STATES: Final = ("IOS XR RUN", "OPERATIONAL", "READY", "POWERED_ON", "POWERED_OFF", "SW_INACTIVE", "UNPOWERED", "N/A")
_GOOD: Final = frozenset({"OPERATIONAL", "N/A"})


def parse_show_platform(text: str, command: str = COMMAND) -> tuple[Slot, ...]:
    """Read the rows. Of hardware's and software's state (64-bit admin) the one that is not well is taken."""
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    layout = next((kind for pattern, kind in _HEADERS if pattern.fullmatch(lines[0])), None)
    if layout is None:
        raise UnparsableOutput(command, lines[0], "there is no header 'Node …'")
    found = [_slot(command, line, layout) for line in lines[1:] if set(line) - set("- ")]
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)


def _slot(command: str, line: str, layout: str) -> Slot:
    node, *cells = re.split(r" {2,}", _FULL_COLUMN.sub("  ", line, count=1))
    config = cells.pop() if len(cells) > 1 and _CONFIG.fullmatch(cells[-1]) else None
    wanted = 2 if layout == "plain" else 3
    if layout == "sysadmin" and len(cells) == wanted - 1 and config == "N/A":
        cells.append(config)
    if not _NODE.fullmatch(node) or len(cells) != wanted or not all(map(_STATE.fullmatch, cells[-1:])):
        raise UnparsableOutput(command, line)
    state = cells[-1]
    if is_half(state, _STATES):
        raise UnparsableOutput(command, line, "it breaks off in a state")
    if layout == "sysadmin":
        state = next((each for each in cells[1:] if each not in _GOOD), "OPERATIONAL")
        if set(cells[1:]) == {"N/A"}:
            state = "N/A"
    role = _ROLE.fullmatch(cells[0])
    if role is None:
        return Slot(node, cells[0], state)
    return Slot(node, role[1], state, role=role[2] if role[2] != "SPA" else "")
