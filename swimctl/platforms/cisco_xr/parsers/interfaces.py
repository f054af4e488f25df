"""`show interfaces brief`, `show ip interface brief`, and the route summaries."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Interface, RouteSummary, RouteTable
from swimctl.platforms.text import filled, passed_over

_NAME: Final = r"(?P<name>[A-Za-z][\w-]*\d[\w/.:-]*)"
_NAMED: Final = re.compile(rf"{_NAME}(?: +\S.*)?")

_BRIEF_HEAD: Final = re.compile(
    r"Intf +Intf +LineP +Encap +MTU +BW(?: .*)?|(?P<below>Name +State +State +Type +\(byte\) +\(Kbps\)(?: .*)?)",
    re.IGNORECASE,
)
# The encapsulation behind the states tells that the second one is whole.
_BRIEF: Final = re.compile(rf"{_NAME} +(?P<state>[a-z][a-z-]*) +(?P<protocol>[a-z][a-z-]*) +\S.*", re.IGNORECASE)

_ADDRESS_HEAD: Final = re.compile(r"Interface +IP-Address +Status +Protocol(?: .*)?", re.IGNORECASE)
# `Up` has a capital here; IOS, whose table has two columns more, writes it small.
_ADDRESS: Final = re.compile(
    rf"{_NAME} +(?:\d+(?:\.\d+){{3}}|un\w+) +(?P<state>[A-Z][a-z]+(?: +[a-z]+)?) +"
    r"(?P<protocol>(?:Up|Down|[A-Z][a-z]+(?= )))(?: +\S.*)?"
)

_ROUTES_HEAD: Final = re.compile(
    r"Route +Source +Routes +Backup +Deleted +Memory ?\(bytes\)(?P<more>.*)", re.IGNORECASE
)
_ROUTES: Final = r"(?P<source>[A-Za-z]\S*(?: +\S+)*) +(?P<routes>\d+) +\d+ +\d+ +\d+"
_LIKE_ROUTES: Final = re.compile(r"[A-Za-z].* \d+(?: .*)?")
_TOTAL: Final = "total"
_FAMILY: Final = re.compile(r"(IPv[46]) +(Unicast|Multicast) *:(?: .*)?", re.IGNORECASE)
_VRF: Final = re.compile(r"VRF *: *(?:\*\*)?(\S+)(?: .*)?", re.IGNORECASE)


def parse_show_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces by their short names; `up` where both the interface and its line protocol are.

    Each line below the header that begins with an interface has to read up to both states.
    """
    command = "show interfaces brief"
    found: list[Interface] = []
    headed = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _BRIEF.fullmatch(line)
        if head := _BRIEF_HEAD.fullmatch(line):
            headed = headed or head["below"] is not None
        elif headed and row:
            found.append(_interface(row))
        elif headed and _NAMED.fullmatch(line):
            raise UnparsableOutput(command, line, "an interface's row cannot be read")
        elif set(line) - {"-", " "}:
            passed_over(command, line)
    return _any(command, lines, found)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces; `up` where both status and protocol are. With a filter (`| include`) there is no header.

    Each line that begins with an interface has to read up to both states.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _ADDRESS.fullmatch(line)
        if row:
            found.append(_interface(row))
        elif _NAMED.fullmatch(line):
            raise UnparsableOutput(command, line, "an interface's row cannot be read")
        elif not _ADDRESS_HEAD.fullmatch(line):
            passed_over(command, line)
    return _any(command, lines, found)


def _interface(row: re.Match[str]) -> Interface:
    state, protocol = " ".join(row["state"].split()), row["protocol"]
    return Interface(row["name"], state.lower() == protocol.lower() == "up", f"{state}/{protocol}")


def _any(command: str, lines: list[str], found: list[Interface]) -> tuple[Interface, ...]:
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)


def parse_show_route_summary(text: str) -> RouteSummary:
    """Return the routes of one table by their source; backup routes are not counted."""
    command = "show route summary"
    tables = _tables(text, command)
    if len(tables) > 1:
        raise UnparsableOutput(command, tables[1].family, "it is about several tables")
    return tables[0].routes


def parse_show_route_summary_all(text: str) -> tuple[RouteTable, ...]:
    """Return the routes of every VRF and address family that is printed."""
    return _tables(text, "show route afi-all safi-all summary")


def _tables(text: str, command: str) -> tuple[RouteTable, ...]:
    """Return the tables: each row of numbers has to read, and their sum has to be the total that ends the table."""
    tables: list[RouteTable] = []
    vrf = family = ""
    row: re.Pattern[str] | None = None
    sources: dict[str, int] = {}
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        read = row.fullmatch(line) if row else None
        if read:
            name, routes = " ".join(read["source"].split()), int(read["routes"])
            if name.lower() == _TOTAL:
                tables.append(_whole(command, line, RouteTable(vrf, family, RouteSummary(sources, routes))))
                row = None
            elif name in sources:
                raise UnparsableOutput(command, line, "a source comes twice")
            else:
                sources[name] = routes
        elif row is None and (head := _ROUTES_HEAD.fullmatch(line)):
            # A column more stands behind the four that are known.
            row, sources = re.compile(_ROUTES + r" +\S+" * len(head["more"].split()), re.IGNORECASE), {}
        elif row is not None and (_LIKE_ROUTES.fullmatch(line) or _FAMILY.fullmatch(line) or _VRF.fullmatch(line)):
            raise UnparsableOutput(command, line, "a row of its table cannot be read")
        elif named := _VRF.fullmatch(line):
            vrf, family = named[1], ""
        elif named := _FAMILY.fullmatch(line):
            family = f"{named[1]} {named[2]}"
        elif set(line) - {"-", " "}:
            passed_over(command, line)
    if row is not None or not tables:
        raise UnparsableOutput(command, lines[-1], "it ends before the total of a table")
    return tuple(tables)


def _whole(command: str, line: str, table: RouteTable) -> RouteTable:
    counted = sum(table.routes.sources.values())
    if counted != table.routes.total:
        raise UnparsableOutput(command, line, f"its rows have {counted} routes")
    return table
