"""`show interfaces status` and `show ip interface brief`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import Interface
from swimctl.platforms.surroundings import MEMBER, mode_of_vlan
from swimctl.platforms.text import filled, passed_over

_STATUS_HEAD: Final = re.compile(r"Port +Name +Status +Vlan +Duplex +Speed +Type(?: .*)?", re.IGNORECASE)
_NAME: Final = r"(?P<port>[A-Z][A-Za-z-]*\d[\d/.]*)"
_NAMED: Final = re.compile(rf"{_NAME}(?: +\S.*)?")
# The table is also that of Cisco's IOS and NX-OS, whose ports are of other kinds (`Gi1/0/1`, `Eth1/1`).
# The name is the neighbour's or an operator's, and may hold the words of other columns: the last that fit decide.
_STATUS: Final = re.compile(
    rf"(?!(?:Fa|Gi|Te|Tw[eo]?|Fi|Fo|Hu|Eth)\d){_NAME}(?: +(?P<name>\S.*))? +"
    r"(?P<status>connected|notconnect|inactive|errdisabled|disabled|monitoring|xcvr\w*|up|down|unknown) +"
    r"(?P<bundle>in +)?(?P<vlan>[\w/.-]+) +(?:a-|A-)?(?:full|half|auto|unconf|unknown|n/a|N/A) +\S+(?: +\S.*)?"
)
_UP: Final = frozenset({"connected", "up", "monitoring"})

_BRIEF_HEAD: Final = re.compile(r"Interface +IP +Address +Status +Protocol +MTU.*|Address|[- ]+", re.IGNORECASE)
_BRIEF: Final = re.compile(
    rf"{_NAME} +(?:virtual +)?(?:\d+(?:\.\d+){{3}}(?:/\d+)?|unassigned|[a-z-]+) +(?P<status>admin +down|[a-z]+) +"
    r"(?P<protocol>[a-z]+) +(?:\d+|N/A|-)(?: +\S.*)?"
)


def parse_show_interfaces_status(text: str) -> tuple[Interface, ...]:
    """Return the ports by their short names; `up` where connected, or monitoring as a mirror's destination.

    Each line below the header that begins with a port has to read up to its speed. `mode` is what the column `Vlan`
    tells: a number, `trunk`, `routed`, or `in Po7` of a member (captures/arista_eos/show_interfaces_status).
    """
    command = "show interfaces status"
    found: list[Interface] = []
    header = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _STATUS.fullmatch(line)
        if row and header:
            mode = MEMBER if row["bundle"] else mode_of_vlan(row["vlan"])
            found.append(Interface(row["port"], row["status"] in _UP, row["status"], mode))
        elif _STATUS_HEAD.fullmatch(line):
            header = True
        elif header and _NAMED.fullmatch(line):
            raise UnparsableOutput(command, line, "a port's row cannot be read")
        else:
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Port Name Status', or no row below it")
    return tuple(found)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces; `up` where both status and protocol are. With a filter (`| include`) there is no header.

    Each line that begins with an interface has to read.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _BRIEF.fullmatch(line)
        if row:
            up = row["status"] == row["protocol"] == "up"
            found.append(Interface(row["port"], up, f"{' '.join(row['status'].split())}/{row['protocol']}"))
        elif _NAMED.fullmatch(line):
            raise UnparsableOutput(command, line, "an interface's row cannot be read")
        elif not _BRIEF_HEAD.fullmatch(line):
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)
