"""`show virtual-chassis`: the members of a Virtual Chassis, those that are missing too."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_junos import ChassisMember
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show virtual-chassis"

_ABOVE: Final = re.compile(
    r"(?:Preprovisioned )?Virtual Chassis|Virtual Chassis (?:ID|Mode): \S.*|Mstr +Mixed\b.*", re.IGNORECASE
)
_HEAD: Final = re.compile(r"Member ID +Status +Serial No +Model +prio +Role\b.*")
_ROW: Final = re.compile(
    r"(\d+) +\(FPC +\d+\) +(Prsnt|NotPrsnt|Unprvsnd|Inactive) +(\S+) +(\S+)"
    r"(?: +(\d+) +(Master|Backup|Linecard)\*?(?: .*)?)?"
)
# The further links of the member above.
_LINK: Final = re.compile(r"\d+ +(?:vcp-|et-|xe-)\S+")
_BELOW: Final = re.compile(r"Member ID for next new member: \d+ \(FPC \d+\)")


def parse_show_virtual_chassis(text: str) -> tuple[ChassisMember, ...]:
    """Read every member. A switch alone is a Virtual Chassis of one."""
    found: list[ChassisMember] = []
    header = False
    parts = by_node([line.strip() for line in filled(text, COMMAND, TERMINAL)])
    for line in (line for _, lines in parts for line in lines):
        row = _ROW.fullmatch(line)
        if row and header:
            if row[2] == "Prsnt" and row[6] is None:
                raise UnparsableOutput(COMMAND, line, "a member that is there has a role")
            found.append(ChassisMember(int(row[1]), row[2], row[3], row[4], row[6] or ""))
        elif not found and (_ABOVE.fullmatch(line) or _HEAD.fullmatch(line)):
            header = header or _HEAD.fullmatch(line) is not None
        elif not (found and (_LINK.fullmatch(line) or _BELOW.fullmatch(line))):
            raise UnparsableOutput(COMMAND, line)
    if not found:
        raise UnparsableOutput(COMMAND, "", "there is no member")
    return tuple(found)
