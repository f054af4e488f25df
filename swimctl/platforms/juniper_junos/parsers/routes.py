"""`show route summary`: the number of routes by table and source."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import RouteSummary, RouteTable
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show route summary"

_ABOVE: Final = re.compile(
    r"(?:Autonomous +system +number|Router +ID) *: .*|Highwater +Mark .*|(?:[RF]IB|VRF +type) [\w ]+: .*", re.IGNORECASE
)
_TABLE: Final = re.compile(
    r"(?P<name>\S+\.\d+) *: *(?P<destinations>\d+) +destinations? *, *(?P<routes>\d+) +routes? *"
    r"\((?P<active>\d+) +active\b.*\).*",
    re.IGNORECASE,
)
_ROW: Final = re.compile(r"([A-Z][\w/ -]*?) *: *(\d+) +routes? *, *(\d+) +active\b.*", re.IGNORECASE)
_LIKE_EITHER: Final = re.compile(r"\S.*: *\d+ +(?:destinations?|routes?)\b.*", re.IGNORECASE)
_ASIDE: Final = re.compile(r"Limit/Threshold *: .*|Restart +(?:Pending|Complete)\b.*", re.IGNORECASE)
_OF_VRF: Final = re.compile(
    r"(?P<vrf>(?!bgp\.)\S+?)\.(?P<family>(?:inet6?|iso|mpls|inet6?flow|evpn|l2vpn|mvpn6?|l2id)\.\d+)",
    re.IGNORECASE,
)


def parse_show_route_summary(text: str) -> tuple[RouteTable, ...]:
    """Return the active routes of every table by their source; `family` is the table's own name (`inet.0`).

    Each heading of a table and each number of routes has to read, and the sources of a table have to add up to what its
    heading counts. One source only: juniper_junos/show_route_summary/ntc_juniper_junos_show_route_summary.
    """
    tables: list[tuple[re.Match[str], dict[str, int]]] = []
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        row = _ROW.fullmatch(line)
        if head := _TABLE.fullmatch(line):
            tables.append((head, {}))
        elif row and tables:
            name, counts = " ".join(row[1].split()), tables[-1][1]
            counts[name] = counts.get(name, 0) + int(row[3])
        elif _ASIDE.fullmatch(line) or _ABOVE.fullmatch(line):
            continue
        elif _LIKE_EITHER.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "a number of routes cannot be read")
        else:
            passed_over(COMMAND, line)
    if not tables:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no table")
    return tuple(_table(head, counts) for head, counts in tables)


def _table(head: re.Match[str], counts: dict[str, int]) -> RouteTable:
    total = int(head["active"])
    if sum(counts.values()) < total:
        raise UnparsableOutput(COMMAND, head[0], f"only {sum(counts.values())} of its {total} active routes read")
    of = _OF_VRF.fullmatch(head["name"])
    vrf, family = (of["vrf"], of["family"]) if of else ("", head["name"])
    return RouteTable(vrf, family, RouteSummary(counts, total))
