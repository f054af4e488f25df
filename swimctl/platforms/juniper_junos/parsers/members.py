"""`show virtual-chassis`: the members of a Virtual Chassis, those that are missing too."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import ChassisMember
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show virtual-chassis"

_ABOVE: Final = re.compile(
    r"(?:Preprovisioned +)?Virtual +Chassis(?: +Fabric)?|Virtual +Chassis(?: +Fabric)? +(?:ID|Mode) *: *\S.*"
    r"|Mstr +Mixed\b.*|Member +ID +Status +Serial +No +Model +prio +Role\b.*",
    re.IGNORECASE,
)
# `0 (FPC 0)  Prsnt …`; of a router `0 (FPC  0- 11)  Prsnt …`.
_ROW: Final = re.compile(
    r"(\d+) +\(FPC +[\d -]+\) +(Prsnt|NotPrsnt|Unprvsnd|Inactive) +(\S+) +(\S+)"
    r"(?: +(\d+) +(Master|Primary|Backup|Linecard)\*?(?: .*)?)?",
    re.IGNORECASE,
)
_LIKE_A_ROW: Final = re.compile(r"\d+ +\(FPC\b.*|.*\b(?:Prsnt|NotPrsnt|Unprvsnd)\b.*", re.IGNORECASE)
# A switch that a preprovisioned Virtual Chassis does not take in has no number, and is no member of it (Juniper's guide
# for the EX4300 says so; a public collector of these outputs reads it so).
_STRANGER: Final = re.compile(r"(?:- +)?Unprvsnd +\S+(?: +\S+)?", re.IGNORECASE)
_STATES: Final = {each.lower(): each for each in ("Prsnt", "NotPrsnt", "Unprvsnd", "Inactive")}
# The further links of the member above.
_LINK: Final = re.compile(r"\d+ +(?:vcp-|et-|xe-)\S+", re.IGNORECASE)
_BELOW: Final = re.compile(r"Member +ID +for +next +new +member *: *\d+ +\(FPC +\d+\)", re.IGNORECASE)


def parse_show_virtual_chassis(text: str) -> tuple[ChassisMember, ...]:
    """Return every member with its state, serial number and model, and with its role where it is there.

    A switch alone is a Virtual Chassis of one. Each row of a member has to read, and each number stands once.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    found: list[ChassisMember] = []
    for line in lines:
        row = _ROW.fullmatch(line)
        if row is None and _LIKE_A_ROW.fullmatch(line) and not _STRANGER.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "the row of a member cannot be read")
        if row is None:
            if not any(known.fullmatch(line) for known in (_ABOVE, _LINK, _BELOW)):
                passed_over(COMMAND, line)
            continue
        state, role = _STATES[row[2].lower()], role_of(row[6] or "")
        if state == "Prsnt" and not role:
            raise UnparsableOutput(COMMAND, line, "a member that is there has a role")
        if any(member.number == int(row[1]) for member in found):
            raise UnparsableOutput(COMMAND, line, "the number of a member stands twice")
        found.append(ChassisMember(int(row[1]), state, row[3], row[4], role))
    if not found:
        raise UnparsableOutput(COMMAND, lines[0], "there is no member")
    return tuple(found)


def role_of(word: str) -> str:
    """Return the role of a member as the device words it, without the star of the one that answers.

    Newer releases may call the master primary: no output of one was found.
    """
    role = word.rstrip("*").capitalize()
    return "Master" if role == "Primary" else role
