"""`show ip route summary`: the routes by source, of one VRF or of all."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import RouteSummary, RouteTable
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show ip route summary"

_VRF: Final = re.compile(r"VRF(?: +name)? *: *(\S+)", re.IGNORECASE)
_HEAD: Final = re.compile(r"Route +Source +Number +Of +Routes.*|-+(?: +-+)+", re.IGNORECASE)
_COUNT: Final = re.compile(r"([A-Za-z][A-Za-z0-9 ()/-]*?) +(\d+)(?: {2,}\S.*)?")
_TOTAL: Final = "total routes"
# What only splits a source's number, and the numbers by length: `Intra-area: 3 Inter-area: 0`, `/24: 3`.
# Beside them what model of routing runs.
_DETAIL: Final = re.compile(
    r"(?:[A-Z/][\w-]*(?: +[\w-]+)? *: *\d+ *)+|Number +of +routes +per +mask-length *:"
    r"|(?:Operating|Configured) +routing +protocol +model *: .*|! .*",
    re.IGNORECASE,
)


def parse_show_ip_route_summary(text: str) -> tuple[RouteTable, ...]:
    """Return the tables. What only splits a source's number is left out, and so are empty sources.

    Raises UnparsableOutput for a table without its total. One source only: more/arista_eos/show_ip_route_summary/01.
    """
    tables: list[RouteTable] = []
    vrf: str | None = None
    sources: dict[str, int] = {}
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        head, count = _VRF.fullmatch(line), _COUNT.fullmatch(line)
        if head and vrf is None:
            vrf, sources = head[1], {}
        elif _DETAIL.fullmatch(line) or _HEAD.fullmatch(line):
            continue
        elif vrf is not None and count and " ".join(count[1].lower().split()) == _TOTAL:
            tables.append(RouteTable(vrf, "IPv4 Unicast", RouteSummary(sources, int(count[2]))))
            vrf = None
        elif vrf is not None and count:
            sources |= {" ".join(count[1].split()): int(count[2])} if int(count[2]) else {}
        else:
            passed_over(COMMAND, line)
    if vrf is not None or not tables:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no 'VRF:', or no 'Total Routes' below one")
    return tuple(tables)
