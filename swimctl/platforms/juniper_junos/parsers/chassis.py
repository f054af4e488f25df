"""`show chassis fpc` and `show chassis routing-engine`: the states of the cards and of what runs the device."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import Slot
from swimctl.platforms.juniper_junos.facts import RoutingEngine
from swimctl.platforms.juniper_junos.nodes import moment, parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, passed_over

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
# Above the header stand the titles of groups of columns.
_FPC_GROUPS: Final = re.compile(r"Temp +CPU +Utilization.*", re.IGNORECASE)
_FPC_HEAD: Final = re.compile(r"Slot +State\b.*", re.IGNORECASE)
_KNOWN: Final = "|".join(each.replace(" ", " +") for each in sorted(_FPC_STATES, key=len, reverse=True))
# One that is not known ends before two blanks, a number, or the reason between dashes.
_FPC: Final = re.compile(
    rf"(?P<slot>\d{{1,3}}) +(?P<state>(?:{_KNOWN})(?= |\Z)|[A-Z][a-z-]+(?: [a-z]+)*(?=  | \d| -|\Z))(?: .*)?",
    re.IGNORECASE,
)

_ENGINE_STATES: Final = ("Master", "Backup", "Disabled", "Present", "Empty", "Election")
_STATUS: Final = re.compile(r"Routing +Engine +status *:", re.IGNORECASE)
_SLOT: Final = re.compile(r"Slot +(\d+) *:", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"(Current +state|Model|Serial +ID|Start +time|Uptime|Last +reboot +reason) +(\S.*)", re.IGNORECASE
)
# What is not needed: temperatures, memory, loads, and what a processor does in four spans of time.
_ASIDE: Final = re.compile(
    r"(?:Total|Control +plane|Data +plane) +memory .*"
    r"|(?:Election +priority|Temperature|CPU +temperature|DRAM|Memory|Status|FPGA|Routing +Engine +\S+) .*"
    r"|(?:\d+ +(?:sec|min) +)?CPU +utilization *:|(?:User|Background|Kernel|Interrupt|Idle|Real-time .*) +\d+ +percent"
    r"|Load +averages *:.*|[\d.]+(?: +[\d.]+){2}",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"(\d+) +(day|hour|minute|second)s?(?: *, *|$)", re.IGNORECASE)
_SECONDS: Final = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def parse_show_chassis_fpc(text: str) -> tuple[Slot, ...]:
    """Return the state of every slot, empty ones too. `name` is `FPC 0`, with its node in front where one is named.

    Each row below the header that begins with a number has to read up to its state.
    """
    command = "show chassis fpc"
    found: dict[str, Slot] = {}
    for node, lines in parts_of(
        command, [line.strip() for line in filled(text, command, TERMINAL)], _FPC_HEAD.fullmatch
    ):
        header = False
        before = len(found)
        for line in lines:
            row = _FPC.fullmatch(line) if header else None
            name = f"{node} FPC {row['slot']}".strip() if row else ""
            if row and name not in found and not is_half(row["state"], _FPC_STATES):
                found[name] = Slot(name, "", " ".join(row["state"].split()))
            elif _FPC_HEAD.fullmatch(line):
                header = True
            elif header and re.match(r"\d", line):
                raise UnparsableOutput(command, line, "the state of a slot cannot be read")
            elif not _FPC_GROUPS.fullmatch(line):
                passed_over(command, line)
        if len(found) == before:
            raise UnparsableOutput(command, lines[-1] if lines else node, "there is no header 'Slot State', or no row")
    return tuple(found.values())


def parse_show_chassis_routing_engine(text: str) -> tuple[RoutingEngine, ...]:
    """Return every engine; a heading without a word about its engine refuses.

    A device with only one engine names no state. An engine that does not answer has hardly more than its state: the
    other facts are None or empty where they are not told.
    """
    command = "show chassis routing-engine"
    return tuple(
        engine
        for node, lines in parts_of(
            command, [line.strip() for line in filled(text, command, TERMINAL)], _STATUS.fullmatch
        )
        for engine in _engines(command, node, lines)
    )


def _engines(command: str, node: str, lines: list[str]) -> list[RoutingEngine]:
    engines: list[tuple[str, dict[str, str]]] = []
    for line in lines:
        slot, field = _SLOT.fullmatch(line), _FIELD.fullmatch(line)
        if _STATUS.fullmatch(line):
            engines.append(("", {}))
        elif not engines:
            passed_over(command, line)
        elif slot:
            # The heading may stand above each, or above all of them.
            engines[-1:] = [(slot[1], {})] if engines[-1] == ("", {}) else [engines[-1], (slot[1], {})]
        elif field:
            name = " ".join(field[1].lower().split())
            if name in engines[-1][1]:
                raise UnparsableOutput(command, line, "it is not clear which engine this line is about")
            engines[-1][1][name] = field[2]
        elif not _ASIDE.fullmatch(line):
            passed_over(command, line)
    if not engines:
        raise UnparsableOutput(command, lines[0] if lines else node, "there is no line 'Routing Engine status:'")
    return [_engine(command, node, slot, told, lines[-1]) for slot, told in engines]


def _engine(command: str, node: str, slot: str, told: dict[str, str], last: str) -> RoutingEngine:
    state = told.get("current state", "")
    if is_half(state, _ENGINE_STATES):
        raise UnparsableOutput(command, last, "it ends inside the state of an engine")
    started = moment(told.get("start time", ""))
    uptime = _seconds(told.get("uptime", ""))
    if not state and uptime is None:
        raise UnparsableOutput(command, last, "an engine tells neither its state nor how long it is up")
    return RoutingEngine(
        node,
        slot,
        state,
        told.get("model", ""),
        told.get("serial id", ""),
        started[0] if started else None,
        uptime,
        told.get("last reboot reason"),
    )


def _seconds(uptime: str) -> int | None:
    parts = list(_PART.finditer(uptime))
    if not parts or "".join(part[0] for part in parts) != uptime:
        return None
    return sum(int(part[1]) * _SECONDS[part[2].lower()] for part in parts)
