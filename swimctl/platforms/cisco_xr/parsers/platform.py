"""`show platform` and `admin show platform`: the nodes and their states, in the layouts of all generations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Slot
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show platform"

_PLAIN, _PLIM, _ADMIN, _SYSADMIN = "plain", "plim", "admin", "sysadmin"
# The columns after the node and its type. The header's own positions tell nothing: some devices print it narrower
# (captures/cisco_xr/show_platform/unicon_iosxr_mock_data_enable).
_HEADERS: Final = (
    (re.compile(r"Node +Type +State +Config +State(?P<more>.*)", re.IGNORECASE), _PLAIN),
    (re.compile(r"Node +Type +PLIM +State +Config +State(?P<more>.*)", re.IGNORECASE), _PLIM),
    # Early releases of the 64-bit system (a public program that reads an NCS 6000).
    (
        re.compile(r"Node +Name +Node +Type +Node +State +Admin +State +Config +State(?P<more>.*)", re.IGNORECASE),
        _ADMIN,
    ),
    (re.compile(r"Location +Card +Type +HW +State +SW +State +Config +State(?P<more>.*)", re.IGNORECASE), _SYSADMIN),
)
_NODE: Final = re.compile(r"(?:[A-Z]+)?\d+/\w+(?:/\w+)*|\d+/\*", re.IGNORECASE)
# A list of which one word is known at least.
_CONFIG: Final = r"(?:[A-Z]+,)*N?(?:PWR|SHUT|MON)(?:,[A-Z]+)*"
_CONFIGURED: Final = re.compile(rf"(?P<rest>\S.*\S) +(?P<config>{_CONFIG})(?: .*)?", re.IGNORECASE)
_LIKE_A_ROW: Final = re.compile(rf"(?:\w+/[\w/*]*|\S+/\S+ .+)(?: .*)?|.* {_CONFIG}(?: .*)?", re.IGNORECASE)
_STATE: Final = re.compile(r"[A-Z][A-Za-z0-9_/ -]*")
_ROLE: Final = re.compile(r"(.*?) *\((Active|Standby|SPA)\)", re.IGNORECASE)
# A type as wide as its column leaves one blank before the state.
_FULL_COLUMN: Final = re.compile(r"(?<=\)) (?=\S)|(?<=\S) (?=IOS XR RUN\b|OPERATIONAL\b)")
# Those of captures, and the ones that Cisco's csmpe waits for while a card comes up (its exr/plugin_lib.py).
_STATES: Final = (
    *("IOS XR RUN", "OPERATIONAL", "OK", "READY", "POWERED_ON", "POWERED_OFF", "UNPOWERED", "SW_INACTIVE", "UP"),
    *("FAILED", "IN-RESET", "SHUT DOWN", "SHUTTING DOWN", "PRESENT", "NOT PRESENT", "DISABLED", "BOOTING", "ONLINE"),
    *("FPD_UPGRADE", "PLATFORM INITIALIZED", "CARD_ACCESS_DOWN", "DATA PATH POWERED ON", "ROMMON", "BRINGDOWN"),
    *("MBI-BOOTING", "MBI-RUNNING", "ADMIN DOWN", "UNKNOWN"),
)
_NONE: Final = "N/A"
_GOOD: Final = frozenset({"OPERATIONAL", _NONE})
_KNOWN: Final = "|".join(each.replace(" ", " +") for each in sorted(_STATES, key=len, reverse=True))
# With a blank or two too many, or too few, cells are known by their words; no type but the tray's has two.
_WORDS: Final = {
    _PLAIN: re.compile(rf"(FAN +TRAY|\S+(?: *\(\w+\))?) +({_KNOWN})", re.IGNORECASE),
    _PLIM: re.compile(rf"(\S+(?: *\(\w+\))?) +(\S.*?) +({_KNOWN})", re.IGNORECASE),
    _ADMIN: re.compile(rf"(\S+(?: *\(\w+\))?) +({_KNOWN}|N/A) +({_KNOWN}|N/A|DOWN)", re.IGNORECASE),
    _SYSADMIN: re.compile(rf"(FAN +TRAY|\S+) +({_KNOWN}|N/A) +({_KNOWN}|N/A)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns a table has; `more`: a column that is not known stands behind them."""

    kind: str
    more: bool


def parse_show_platform(text: str, command: str = COMMAND) -> tuple[Slot, ...]:
    """Return the nodes, each with its type and state; each row below the header has to read.

    Of hardware's and software's state (64-bit admin) the one that is not well is taken, and of a node that a person
    took down that.
    """
    found: list[Slot] = []
    layout: _Layout | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        heads = ((pattern.fullmatch(line), kind) for pattern, kind in _HEADERS)
        header = next((_Layout(kind, bool(head["more"].strip())) for head, kind in heads if head), None)
        if header is not None:
            layout = header
        elif layout is not None and _LIKE_A_ROW.fullmatch(line):
            found.append(_slot(command, line, layout))
        elif set(line) - set("- "):
            passed_over(command, line)
    if layout is None:
        raise UnparsableOutput(command, lines[0], "there is no header 'Node …'")
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)


def _slot(command: str, line: str, layout: _Layout) -> Slot:
    node, _, behind = line.partition(" ")
    cells = _cells(behind.strip(), layout)
    if not _NODE.fullmatch(node) or cells is None or not all(map(_STATE.fullmatch, cells[-1:])):
        raise UnparsableOutput(command, line, "a node's row cannot be read")
    states = [_state(each) for each in cells[1:]]
    state = states[-1]
    if is_half(state, (*_STATES, _NONE)):
        raise UnparsableOutput(command, line, "it breaks off in a state")
    if layout.kind == _ADMIN:
        state = states[0] if states[-1] in {"UP", _NONE} else states[-1]
    if layout.kind == _SYSADMIN:
        state = next((each for each in states if each not in _GOOD), "OPERATIONAL")
        if set(states) == {_NONE}:
            state = _NONE
    role = _ROLE.fullmatch(cells[0])
    if role is None:
        return Slot(node, cells[0], state)
    return Slot(node, role[1], state, role=role[2].capitalize() if role[2].upper() != "SPA" else "")


def _cells(behind: str, layout: _Layout) -> list[str] | None:
    """Return type and states of a row, None where they cannot be told apart."""
    configured = _CONFIGURED.fullmatch(behind)
    rest = configured["rest"] if configured else behind
    wanted = 2 if layout.kind == _PLAIN else 3
    cells = re.split(r" {2,}", _FULL_COLUMN.sub("  ", rest, count=1))
    # Whatever stands where a configured state stands; no driver needs it.
    if len(cells) == wanted + 1 and configured is None and (layout.more or _is_configured(*cells[-2:])):
        cells.pop()
    if len(cells) == wanted:
        return cells
    words = _WORDS[layout.kind].fullmatch(rest)
    if words is None and layout.more and configured is None:
        words = _WORDS[layout.kind].fullmatch(rest.rpartition(" ")[0].strip())
    return [" ".join(each.split()) for each in words.groups()] if words else None


def _is_configured(state: str, configured: str) -> bool:
    """Return whether the last cell is a configured state, known or not: no driver needs it."""
    return configured == _NONE or (_state(state) in _STATES and _state(configured) not in _STATES)


def _state(words: str) -> str:
    """Spell a known state as devices do; any other is left as it is printed."""
    state = " ".join(words.split())
    return state.upper() if state.upper() in (*_STATES, _NONE) else state
