"""`show ip route summary`: the routes by source, of one VRF or of all."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import RouteSummary, RouteTable
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show ip route summary"

_VRF: Final = re.compile(r"VRF(?: name)?: *(\S+)")
_ABOVE: Final = re.compile(r"(?:Operating|Configured) routing protocol model: \S+|! .*")
_HEAD: Final = re.compile(r"Route Source +Number Of Routes|-+(?: +-+)+", re.IGNORECASE)
_COUNT: Final = re.compile(r"([A-Za-z][A-Za-z0-9 ()/-]*?) {2,}(\d+)")
_TOTAL: Final = "Total Routes"
_DETAIL: Final = re.compile(r"(?:[A-Z][\w-]*(?: [\w-]+)?: \d+ *)+")
_LENGTHS: Final = re.compile(r"Number of routes per mask-length:|(?:/\d+: \d+ *)+")


def parse_show_ip_route_summary(text: str) -> tuple[RouteTable, ...]:
    """Read the tables. What only splits a source's number (`Intra-area: 3`) is left out, and so are empty sources.

    Raises UnparsableOutput for a table that ends before its total.
    """
    tables: list[RouteTable] = []
    vrf: str | None = None
    sources: dict[str, int] = {}
    width = 0
    lines = filled(text, COMMAND, TERMINAL)
    for whole in lines:
        line = whole.strip()
        head, count = _VRF.fullmatch(line), _COUNT.fullmatch(line)
        if head and vrf is None:
            vrf, sources = head[1], {}
        elif vrf is None and not (_ABOVE if not tables else _LENGTHS).fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
        elif vrf is not None and count and count[1] == _TOTAL:
            if len(whole) < width:  # the numbers are aligned at their ends
                raise UnparsableOutput(COMMAND, line, "it ends inside a number")
            tables.append(RouteTable(vrf, "IPv4 Unicast", RouteSummary(sources, int(count[2]))))
            vrf = None
        elif vrf is not None and count:
            width = len(whole)
            sources |= {count[1]: int(count[2])} if int(count[2]) else {}
        elif vrf is not None and not _HEAD.fullmatch(line) and not _DETAIL.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
    if vrf is not None or not tables:
        raise UnparsableOutput(COMMAND, lines[-1], f"it ends before '{_TOTAL}'")
    return tuple(tables)
