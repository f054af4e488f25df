"""`show lldp neighbors` and its `detail`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import Neighbour
from swimctl.platforms.text import filled, passed_over

_COUNT: Final = re.compile(r"Number +of +table +(inserts|deletes|drops|age-outs) *: *(\d+)", re.IGNORECASE)
_CHANGED: Final = re.compile(r"Last +table +change +time *: .*", re.IGNORECASE)
_HEAD: Final = re.compile(r"Port +Neighbor +Device +ID +Neighbor +Port +ID +TTL.*", re.IGNORECASE)
_LOCAL: Final = r"(?P<local>[A-Z][A-Za-z-]*\d[\d/.]*)"
_NAMED: Final = re.compile(rf"{_LOCAL} +\S.*")
_INTERFACE: Final = re.compile(rf"Interface +{_LOCAL} +detected +(?P<count>\d+) +LLDP +neighbors? *:?", re.IGNORECASE)
_NEIGHBOUR: Final = re.compile(r"Neighbor +(\S+)/(.*), +age +(\d.*)", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"(?:- +)?(Chassis +ID|Port +ID|Time +To +Live|System +Name|System +Description) *: *(.*)", re.IGNORECASE
)


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table; its counters tell whether it is whole. A device without LLDP raises NotEnabled.

    What was ever put into the table and not taken out is in it: fewer rows are a part of it. Without counters an
    empty table says nothing. Each line below the header that begins with a port has to read. Sources of the counters:
    arista_eos/show_lldp_neighbors/ntc_arista_eos_show_lldp_neighbors2; on GitHub, by their titles, "DC1-LEAF1A Commands
    Output", a 4.24.0F with 20 inserts, 7 deletes, 6 of them age-outs, and 13 rows; "Test results for PE41-J2-161" with
    10, 4 and 6 rows.
    """
    command = "show lldp neighbors"
    counts: dict[str, int] = {}
    found: list[Neighbour] = []
    header, columns = False, 4
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        if header and _NAMED.fullmatch(line):
            found.append(_row(command, line, columns))
        elif counted := _COUNT.fullmatch(line):
            counts[counted[1].lower()] = int(counted[2])
        elif _HEAD.fullmatch(line):
            header, columns = True, len(re.split(" {2,}", line))
        elif set(line) - set("- ") and not _CHANGED.fullmatch(line):
            passed_over(command, line)
    there = counts["inserts"] - counts["deletes"] if {"inserts", "deletes"} <= set(counts) else None
    if not header or len(found) < (1 if there is None else there):
        raise UnparsableOutput(command, lines[-1], f"{len(found)} neighbours read, of {there} that it counts")
    return tuple(found)


def _row(command: str, line: str, columns: int) -> Neighbour:
    """Read a row by its columns; where one blank parts two of them, only words that cannot be taken otherwise."""
    cells, words = re.split(" {2,}", line), line.split()
    if len(cells) == 3 and len(cells[1].split()) == 2:  # a name that fills its column
        cells[1:2] = cells[1].split()
    if len(cells) < 4 and len(words) == 4:  # one blank behind the widest cells
        cells = words
    if not 4 <= len(cells) <= max(4, columns) or not cells[3].isdecimal():
        raise UnparsableOutput(command, line, "a neighbour's row cannot be read")
    return Neighbour(cells[1], cells[0], cells[2])


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours of each interface. A neighbour that does not tell its name goes by its chassis id.

    Empty only where the device says so of every interface that it lists.
    """
    command = "show lldp neighbors detail"
    found: list[tuple[str, dict[str, str]]] = []
    local, wanted, before = "", 0, 0
    quoted = False  # inside a neighbour's own words, which may look like anything
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        interface, neighbour = _INTERFACE.fullmatch(line), _NEIGHBOUR.fullmatch(line)
        if interface:
            _check(command, line, found, len(found) - before, wanted)
            local, wanted, before, quoted = interface["local"], int(interface["count"]), len(found), False
        elif quoted:
            quoted = not line.endswith('"')
        elif local and neighbour:
            found.append((local, {}))
        elif len(found) > before and (told := _FIELD.fullmatch(line)):
            quoted = told[2].startswith('"') and (len(told[2]) == 1 or not told[2].endswith('"'))
            found[-1][1].setdefault(" ".join(told[1].lower().split()), told[2].strip('"'))
        elif len(found) == before and not _COUNT.fullmatch(line) and not _CHANGED.fullmatch(line):
            passed_over(command, line)
    if not local:
        raise UnparsableOutput(command, lines[-1], "there is no 'Interface …'")
    _check(command, lines[-1], found, len(found) - before, wanted)
    return tuple(
        Neighbour(told.get("system name") or told["chassis id"], local, told["port id"]) for local, told in found
    )


def _check(command: str, line: str, found: list[tuple[str, dict[str, str]]], read: int, wanted: int) -> None:
    if read != wanted:
        raise UnparsableOutput(command, line, f"{read} neighbours read, of {wanted} that it counts")
    if found and not (found[-1][1].get("chassis id") and {"port id", "time to live"} <= set(found[-1][1])):
        raise UnparsableOutput(command, line, "a neighbour's block is cut off")
