"""`show interfaces brief`, `show ip interface brief`, and the route summaries."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Interface, RouteSummary, RouteTable
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

_BRIEF_HEAD: Final = re.compile(r"Intf +Intf +LineP +Encap +MTU +BW|Name +State +State +Type \(byte\) +\(Kbps\)|-+")
_BRIEF: Final = re.compile(
    r"([A-Za-z][\w/.-]*\d[\w/.:-]*) +([a-z][a-z-]*) +([a-z][a-z-]*) +\S.*?"
    r"(?: +(?:\d+|[Uu]nknown|N/A|-)){2}"
)

_ADDRESS_HEAD: Final = re.compile(r"Interface +IP-Address +Status +Protocol(?: +Vrf-Name)?", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"([A-Za-z][\w/.-]*\d[\w/.:-]*) +(?:\d+(?:\.\d+){3}|un\w+) +([A-Z][a-z]+(?: [a-z]+)?) +([A-Z][a-z]+)(?: +(\S+))?"
)

_ROUTES_HEAD: Final = re.compile(r"Route Source +Routes +Backup +Deleted +Memory ?\(bytes\)")
_ROUTES: Final = re.compile(r"([A-Za-z]\S*(?: \S+)*) +(\d+) +(\d+) +(\d+) +(\d+)")
_FAMILY: Final = re.compile(r"(IPv[46] (?:Unicast|Multicast)):")
_VRF: Final = re.compile(r"VRF: *(?:\*\*)?(\S+)")


def parse_show_interface_brief(text: str) -> tuple[Interface, ...]:
    """Read the interfaces by their short names; `up` where both the interface and its line protocol are."""
    return _interfaces(text, "show interfaces brief", _BRIEF_HEAD, _BRIEF)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Read the interfaces; `up` where both status and protocol are. With a filter (`| include`) there is no header."""
    return _interfaces(text, "show ip interface brief", _ADDRESS_HEAD, _ADDRESS)


def _interfaces(text: str, command: str, head: re.Pattern[str], entry: re.Pattern[str]) -> tuple[Interface, ...]:
    found: list[Interface] = []
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        row = entry.fullmatch(line)
        if row:
            up = row[2].lower() == row[3].lower() == "up"
            found.append(Interface(row[1], up, f"{row[2]}/{row[3]}"))
        elif found or not head.fullmatch(line):
            raise UnparsableOutput(command, line)
    if not found:
        raise UnparsableOutput(command, "", "there are no rows")
    return tuple(found)


def parse_show_route_summary(text: str) -> RouteSummary:
    """Read the routes of one table by their source; backup routes are not counted."""
    command = "show route summary"
    tables = _tables(text, command)
    if len(tables) > 1:
        raise UnparsableOutput(command, tables[1].family, "it is about several tables")
    return tables[0].routes


def parse_show_route_summary_all(text: str) -> tuple[RouteTable, ...]:
    """Read the routes of every VRF and address family that is printed; one without its total was cut off."""
    return _tables(text, "show route afi-all safi-all summary")


def _tables(text: str, command: str) -> tuple[RouteTable, ...]:
    tables: list[RouteTable] = []
    vrf = family = ""
    sources: dict[str, int] | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _ROUTES.fullmatch(line)
        if sources is not None and row:
            if row[1] == "Total":
                tables.append(RouteTable(vrf, family, RouteSummary(sources, int(row[2]))))
                sources = None
            elif row[1] in sources:
                raise UnparsableOutput(command, line, "a source comes twice")
            else:
                sources[row[1]] = int(row[2])
        elif sources is not None:
            raise UnparsableOutput(command, line)
        elif _ROUTES_HEAD.fullmatch(line):
            sources = {}
        elif named := _VRF.fullmatch(line):
            vrf, family = named[1], ""
        elif named := _FAMILY.fullmatch(line):
            family = named[1]
        elif set(line) != {"-"}:
            raise UnparsableOutput(command, line)
    if sources is not None or not tables:
        raise UnparsableOutput(command, lines[-1], "it ends before the total of a table")
    return tuple(tables)
