"""`show ip route summary`, of one VRF or of all."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import RouteSummary, RouteTable
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show ip route summary"

_VRF: Final = re.compile(r'IP Route Table for VRF "(.*)"')
_TOTAL: Final = re.compile(r"Total number of (routes|paths): +(\d+)")
_HEAD: Final = re.compile(r"Best paths per protocol: +Backup paths per protocol:")
_COUNT: Final = re.compile(r"([a-z][\w.-]*) *: (\d+)(?: +(None|([a-z][\w.-]*) *: (\d+)))?")
_RIGHT_COLUMN: Final = " " * 20
_BACKUP: Final = re.compile(r"None")
_LENGTHS: Final = re.compile(r"Number of routes per mask-length:")
_LENGTH: Final = re.compile(r"(?: */\d+ *: \d+)+")


def parse_show_ip_route_summary(text: str) -> tuple[RouteTable, ...]:
    """Read the tables; `sources` counts the best paths by protocol (`ospf-1`), `total` the routes.

    Fewer best and backup paths than the table counts in total means that lines of it are missing.
    """
    tables: list[RouteTable] = []
    lines = filled(text, COMMAND, TERMINAL)
    starts = [number for number, line in enumerate(lines) if _VRF.fullmatch(line.strip())]
    if not starts or starts[0] != 0:
        raise UnparsableOutput(COMMAND, lines[0], "there is no line 'IP Route Table for VRF'")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        tables.append(_table(lines[start:end]))
    return tuple(tables)


def _table(lines: list[str]) -> RouteTable:
    vrf = _VRF.fullmatch(lines[0].strip())
    totals: dict[str, int] = {}
    best: dict[str, int] = {}
    backup = 0
    part = ""
    for whole in lines[1:]:
        line = whole.strip()
        total, count = _TOTAL.fullmatch(line), _COUNT.fullmatch(line)
        if total and not part:
            totals[total[1]] = int(total[2])
        elif _HEAD.fullmatch(line) or _LENGTHS.fullmatch(line):
            part = line[:4]
        elif part == "Best" and count and not count[3] and whole.startswith(_RIGHT_COLUMN):
            backup += int(count[2])
        elif part == "Best" and count and count[1] not in best:
            best[count[1]] = int(count[2])
            backup += int(count[5] or 0)
        elif not (_LENGTH.fullmatch(line) if part == "Numb" else part and _BACKUP.fullmatch(line)):
            raise UnparsableOutput(COMMAND, line)
    if vrf is None or set(totals) != {"routes", "paths"} or not part or sum(best.values()) + backup < totals["paths"]:
        raise UnparsableOutput(COMMAND, lines[-1], "a table ends before all of its paths")
    return RouteTable(vrf[1], "IPv4 Unicast", RouteSummary(best, totals["routes"]))
