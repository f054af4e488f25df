"""`show ip route summary`, of one VRF or of all."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import RouteSummary, RouteTable
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show ip route summary"

_VRF: Final = re.compile(r'IP +Route +Table +for +VRF +"(.*)"(?: .*)?', re.IGNORECASE)
_TOTAL: Final = re.compile(r"Total +number +of +(routes|paths) *: *(\d+)", re.IGNORECASE)
_HEAD: Final = re.compile(r"Best +paths +per +protocol *:(?P<gap> +)Backup +paths +per +protocol *:", re.IGNORECASE)
_COUNT: Final = re.compile(r"([a-z][\w.-]*) *: *(\d+)(?: +(None|([a-z][\w.-]*) *: *(\d+)))?", re.IGNORECASE)
_RIGHT_COLUMN: Final = " " * 20
_LENGTHS: Final = re.compile(r"Number +of +routes +per +mask-length *:", re.IGNORECASE)
_LIKE_A_COUNT: Final = re.compile(r"[\w.-]+ *: *\S*.*")


def parse_show_ip_route_summary(text: str) -> tuple[RouteTable, ...]:
    """Return the tables; `sources` counts the best paths by protocol (`ospf-1`), `total` the routes.

    Each table has to tell its totals, and as many best and backup paths as it counts.
    """
    tables: list[RouteTable] = []
    lines = filled(text, COMMAND, TERMINAL)
    starts = [number for number, line in enumerate(lines) if _VRF.fullmatch(line.strip())]
    if not starts:
        raise UnparsableOutput(COMMAND, lines[0], "there is no line 'IP Route Table for VRF'")
    for line in lines[: starts[0]]:
        passed_over(COMMAND, line)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        tables.append(_table(lines[start:end]))
    return tuple(tables)


def _table(lines: list[str]) -> RouteTable:
    vrf = _VRF.fullmatch(lines[0].strip())
    totals: dict[str, int] = {}
    best: dict[str, int] = {}
    backup = 0
    part, columns = "", True
    for whole in lines[1:]:
        line = whole.strip()
        total, head, count = _TOTAL.fullmatch(line), _HEAD.fullmatch(line), _COUNT.fullmatch(line)
        if total:
            totals.setdefault(total[1].lower(), int(total[2]))
        elif head:
            part, columns = "best", len(head["gap"]) > 1
        elif _LENGTHS.fullmatch(line):
            part = part or "lengths"
            break
        elif part != "best" or not _LIKE_A_COUNT.fullmatch(line):
            if line != "None":
                passed_over(COMMAND, line)
        elif count is None or (count[1] in best and not whole.startswith(_RIGHT_COLUMN)):
            raise UnparsableOutput(COMMAND, line, "the number of a protocol cannot be read")
        elif count[3] is None and whole.startswith(_RIGHT_COLUMN):
            backup += int(count[2])
        elif count[3] is None and not columns and backup:
            raise UnparsableOutput(COMMAND, line, "it lost its columns: best and backup paths look alike")
        else:
            best[count[1]] = int(count[2])
            backup += int(count[5] or 0)
    if vrf is None or set(totals) != {"routes", "paths"} or not part or sum(best.values()) + backup < totals["paths"]:
        raise UnparsableOutput(COMMAND, lines[-1], "a table ends before all of its paths")
    return RouteTable(vrf[1], "IPv4 Unicast", RouteSummary(best, totals["routes"]))
