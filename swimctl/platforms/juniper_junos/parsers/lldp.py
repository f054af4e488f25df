"""`show lldp neighbors`: what is around the device."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import Neighbour
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

_COMMAND: Final = "show lldp neighbors"

# Its last columns have to be apart: in a table that lost its blanks a port and a name cannot be told from each other.
# Junos 10 has no name at all (an EX4200, in a public repository).
_HEAD: Final = re.compile(
    r" *Local +Interface +(?P<parent>Parent +Interface {2,})?Chassis +Id {2,}"
    r"Port +info(?: {2,}(?P<name>System +Name).*)?",
    re.IGNORECASE,
)
# `vme` is the one port of a Virtual Chassis for management.
_LOCAL: Final = r"(?P<local>[a-z]+[\w-]*\d[\d/:.]*|vme(?:\.0)?)"
_PARENT: Final = r"(?P<parent>-|[a-z]+\d+(?:\.\d+)?) +"
_NEIGHBOUR: Final = r"(?P<chassis>\w{1,2}(?::\w{1,2}){5}|\S+)(?: +(?P<rest>\S.*))?"
_ROW: Final = re.compile(rf" *{_LOCAL} +{_NEIGHBOUR}")
_ROW_WITH_PARENT: Final = re.compile(rf" *{_LOCAL} +{_PARENT}{_NEIGHBOUR}")
_LIKE_A_ROW: Final = re.compile(rf" *{_LOCAL}(?: .*)?", re.IGNORECASE)


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the rows of the table; each line below its header that begins with a port has to read.

    A neighbour that does not tell its name goes by its chassis id. A header without a row says nothing: the device does
    not count its neighbours.
    """
    lines = filled(text, _COMMAND, TERMINAL)
    found: list[Neighbour] = []
    header: re.Match[str] | None = None
    for line in lines:
        if head := _HEAD.fullmatch(line):
            header = head
        elif header and _LIKE_A_ROW.fullmatch(line):
            found.append(_neighbour(line, header))
        else:
            passed_over(_COMMAND, line)
    if not found:
        why = "there are no rows" if header else "there is no header 'Local Interface …'"
        raise UnparsableOutput(_COMMAND, lines[-1], why)
    return tuple(found)


def _neighbour(line: str, header: re.Match[str]) -> Neighbour:
    row = (_ROW_WITH_PARENT if header["parent"] else _ROW).fullmatch(line)
    if row is None:
        raise UnparsableOutput(_COMMAND, line, "a neighbour cannot be read")
    rest = row["rest"] or ""
    port, name = _port_and_name(rest, header.start("name") - row.start("rest")) if header["name"] else (rest, "")
    if not port and not name:
        raise UnparsableOutput(_COMMAND, line, "it ends inside a row")
    return Neighbour(name or row["chassis"], row["local"], port)


def _port_and_name(rest: str, names_at: int) -> tuple[str, str]:
    """Cut at the column of the names, else at the widest gap, which has to be one; a name has no blanks where none is.

    A port that fills or leaves its column pushes the name to the right.
    """
    if names_at > 0 and (names_at >= len(rest) or (rest[names_at - 1] == " " and rest[names_at] != " ")):
        return rest[:names_at].strip(), rest[names_at:].strip()
    gaps = sorted(re.findall(r" +", rest), key=len)
    if len(gaps) > 1 and len(gaps[-1]) > len(gaps[-2]):
        port, _, name = rest.partition(gaps[-1])
    else:
        port, _, name = rest.rpartition(" ") if gaps else (rest, "", "")
    return port.strip(), name.strip()
