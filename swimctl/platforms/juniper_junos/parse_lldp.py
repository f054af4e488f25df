"""`show lldp neighbors`: what is around the device."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Neighbour
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

_HEAD: Final = re.compile(r" *Local Interface +(?:Parent Interface +)?Chassis Id +Port info +System Name")
_LOCAL: Final = r"(?P<local>[a-z]+[\w-]*\d[\d/:.]*)"
_ROW: Final = re.compile(
    rf" *{_LOCAL} +(?:(?P<parent>-|[a-z]+\d+(?:\.\d+)?) +)?"
    r"(?P<chassis>\w{1,2}(?::\w{1,2}){5}|\S+)(?: +(?P<rest>\S.*))?"
)


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the table. A neighbour that does not tell its name goes by its chassis id.

    A header without a row says nothing: the device does not count its neighbours.
    """
    command = "show lldp neighbors"
    lines = filled(text, command, TERMINAL)
    if not _HEAD.fullmatch(lines[0]):
        raise UnparsableOutput(command, lines[0], "there is no header 'Local Interface …'")
    names_at = lines[0].index("System Name")
    found: list[Neighbour] = []
    for line in lines[1:]:
        row = _ROW.fullmatch(line)
        if row is None or (row["parent"] is None and "Parent" in lines[0]):
            raise UnparsableOutput(command, line)
        port, name = _port_and_name(row["rest"] or "", names_at - row.start("rest"))
        if not port and not name:
            raise UnparsableOutput(command, line, "it ends inside a row")
        found.append(Neighbour(name or row["chassis"], row["local"], port))
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)


def _port_and_name(rest: str, names_at: int) -> tuple[str, str]:
    """Cut at the column of the names; a port that fills or leaves its column is cut at its blanks."""
    if names_at > 0 and (names_at >= len(rest) or rest[names_at - 1] == " "):
        return rest[:names_at].strip(), rest[names_at:].strip()
    port, _, name = rest.partition("  ") if "  " in rest else rest.rpartition(" ")
    return port.strip(), name.strip()
