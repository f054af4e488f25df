"""`show lldp neighbors` and its `detail`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Neighbour
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.text import filled

_COUNT: Final = re.compile(r"Number of table (inserts|deletes|drops|age-outs) *: *(\d+)")
_CHANGED: Final = re.compile(r"Last table change time *: .*")
_HEAD: Final = re.compile(r"Port +Neighbor Device ID +Neighbor Port ID +TTL")
_LOCAL: Final = r"(?P<local>[A-Z][A-Za-z-]*\d[\d/.]*)"
_ROW: Final = re.compile(rf"{_LOCAL} +(?P<name>\S.*?)(?P<gap> +)(?P<port>\S+(?: \S+)*?) +\d+")
_ONE_BLANK: Final = re.compile(rf"{_LOCAL} (?P<name>\S.*) (?P<port>\S+) \d+")

_INTERFACE: Final = re.compile(rf"Interface {_LOCAL} detected (?P<count>\d+) LLDP neighbors?:?")
_NEIGHBOUR: Final = re.compile(r"Neighbor (\S+)/(.*), age (\d.*)")
_FIELD: Final = re.compile(r"(?:- )?(Chassis ID|Port ID|Time To Live|System Name|System Description) *: *(.*)")


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table; its counters tell whether it is whole. A device without LLDP raises NotEnabled.

    What was ever put into the table and not taken out is in it: fewer rows are a part of it. Without counters an
    empty table says nothing.
    """
    command = "show lldp neighbors"
    counts: dict[str, int] = {}
    found: list[Neighbour] = []
    header = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _ROW.fullmatch(line) if "  " in line else _ONE_BLANK.fullmatch(line)
        if header and row:
            found.append(Neighbour(row["name"], row["local"], row["port"]))
        elif counted := _COUNT.fullmatch(line):
            counts[counted[1]] = int(counted[2])
        elif not header and _HEAD.fullmatch(line):
            header = True
        elif not (set(line) <= set("- ") if header else _CHANGED.fullmatch(line)):
            raise UnparsableOutput(command, line)
    there = counts["inserts"] - counts["deletes"] if {"inserts", "deletes"} <= set(counts) else None
    if not header or len(found) < (1 if there is None else there):
        raise UnparsableOutput(command, lines[-1], f"{len(found)} neighbours read, of {there} that it counts")
    return tuple(found)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the neighbours of each interface. A neighbour that does not tell its name goes by its chassis id.

    Empty only where the device says so of every interface that it lists.
    """
    command = "show lldp neighbors detail"
    found: list[tuple[str, dict[str, str]]] = []
    local, wanted, before = "", 0, 0
    quoted = False  # inside a neighbour's own words, which may look like anything
    lines = filled(text, command, TERMINAL)
    for line in lines:
        interface, neighbour = _INTERFACE.fullmatch(line), _NEIGHBOUR.fullmatch(line.strip())
        if interface:
            _check(command, line, found, len(found) - before, wanted)
            local, wanted, before, quoted = interface["local"], int(interface["count"]), len(found), False
        elif quoted:
            quoted = not line.endswith('"')
        elif not local:
            if not _COUNT.fullmatch(line) and not _CHANGED.fullmatch(line):
                raise UnparsableOutput(command, line, "there is no 'Interface …'")
        elif neighbour:
            found.append((local, {}))
        elif line[0] != " " or len(found) == before:
            raise UnparsableOutput(command, line)
        elif told := _FIELD.fullmatch(line.strip()):
            quoted = told[2].startswith('"') and (len(told[2]) == 1 or not told[2].endswith('"'))
            found[-1][1].setdefault(told[1], told[2].strip('"'))
    if not local:
        raise UnparsableOutput(command, lines[-1], "there is no 'Interface …'")
    _check(command, lines[-1], found, len(found) - before, wanted)
    return tuple(
        Neighbour(told.get("System Name") or told["Chassis ID"], local, told["Port ID"]) for local, told in found
    )


def _check(command: str, line: str, found: list[tuple[str, dict[str, str]]], read: int, wanted: int) -> None:
    if read != wanted:
        raise UnparsableOutput(command, line, f"{read} neighbours read, of {wanted} that it counts")
    if found and not (found[-1][1].get("Chassis ID") and {"Port ID", "Time To Live"} <= set(found[-1][1])):
        raise UnparsableOutput(command, line, "a neighbour's block is cut off")
