"""`show chassis fpc` and `show chassis routing-engine`: the states of the cards and of what runs the device."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Slot
from swimctl.facts_junos import RoutingEngine
from swimctl.platforms.juniper_junos.nodes import by_node, moment
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

_FPC_HEADS: Final = (re.compile(r"Temp +CPU Utilization.*"), re.compile(r"Slot +State\b.*"))
_FPC: Final = re.compile(r"(\d{1,3}) +([A-Z][a-z-]+(?: [a-z]+)*)(?: +(?:-{2,}.*|Testing|\d|Absent).*)?")

_FPC_STATES: Final = (
    "Online",
    "Offline",
    "Empty",
    "Present",
    "Announce online",
    "Announce offline",
    "Unresponsive",
    "Diagnostic",
    "Testing",
    "Onlining",
    "Offlining",
    "Probed",
    "Check",
)

_STATES: Final = ("Master", "Backup", "Disabled", "Present", "Empty", "Election")
_STATUS: Final = "Routing Engine status:"
_SLOT: Final = re.compile(r"Slot (\d+):")
_FIELD: Final = re.compile(r"(\S+(?: \S+)*?) {2,}(\S.*)")
_LOADS: Final = re.compile(r"[\d.]+ +[\d.]+ +[\d.]+")
_GROUP: Final = re.compile(r"(?:\d+ (?:sec|min) )?CPU utilization:")
_PART: Final = re.compile(r"(\d+) (day|hour|minute|second)s?(?:, |$)")
_SECONDS: Final = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def parse_show_chassis_fpc(text: str) -> tuple[Slot, ...]:
    """Read the state of every slot, empty ones too. `name` is `FPC 0`, with its node in front where one is named."""
    command = "show chassis fpc"
    found: list[Slot] = []
    for node, lines in by_node([line.strip() for line in filled(text, command, TERMINAL)]):
        header = False
        before = len(found)
        for line in lines:
            row = _FPC.fullmatch(line)
            if row and header and not is_half(row[2], _FPC_STATES):
                found.append(Slot(f"{node} FPC {row[1]}".strip(), "", row[2]))
            elif len(found) == before and any(head.fullmatch(line) for head in _FPC_HEADS):
                header = header or _FPC_HEADS[1].fullmatch(line) is not None
            else:
                raise UnparsableOutput(command, line)
        if len(found) == before:
            raise UnparsableOutput(command, lines[-1] if lines else node, "there are no rows")
    return tuple(found)


def parse_show_chassis_routing_engine(text: str) -> tuple[RoutingEngine, ...]:
    """Read every engine. One that runs ends with its load; one that does not answer has hardly more than its state."""
    command = "show chassis routing-engine"
    return tuple(
        engine
        for node, lines in by_node([line.strip() for line in filled(text, command, TERMINAL)])
        for engine in _engines(command, node, lines)
    )


def _engines(command: str, node: str, lines: list[str]) -> list[RoutingEngine]:
    if not lines or lines[0] != _STATUS:
        raise UnparsableOutput(command, lines[0] if lines else node, f"it does not begin with '{_STATUS}'")
    engines: list[tuple[str, dict[str, str]]] = []
    for line in lines:
        if line == _STATUS:
            engines.append(("", {}))
        elif slot := _SLOT.fullmatch(line):
            # The heading may stand above each, or above all of them.
            engines[-1:] = [(slot[1], {})] if engines[-1] == ("", {}) else [engines[-1], (slot[1], {})]
        elif _LOADS.fullmatch(line):
            engines[-1][1]["loads"] = line
        elif field := _FIELD.fullmatch(line):
            engines[-1][1].setdefault(field[1], field[2])
        elif not _GROUP.fullmatch(line):
            raise UnparsableOutput(command, line)
    return [_engine(command, node, slot, told, lines[-1]) for slot, told in engines]


def _engine(command: str, node: str, slot: str, told: dict[str, str], last: str) -> RoutingEngine:
    state = told.get("Current state", "")
    if is_half(state, _STATES):
        raise UnparsableOutput(command, last, "it ends inside the state of an engine")
    runs = state in {"", "Master", "Backup"}
    started = moment(told.get("Start time", ""))
    uptime = _seconds(told.get("Uptime", ""))
    if runs and (started is None or uptime is None or "loads" not in told):
        raise UnparsableOutput(command, last, "an engine's block ends before its uptime and load")
    return RoutingEngine(
        node,
        slot,
        state,
        told.get("Model", ""),
        told.get("Serial ID", ""),
        started[0] if started else None,
        uptime,
        told.get("Last reboot reason"),
    )


def _seconds(uptime: str) -> int | None:
    parts = list(_PART.finditer(uptime))
    if not parts or "".join(part[0] for part in parts) != uptime:
        return None
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)
