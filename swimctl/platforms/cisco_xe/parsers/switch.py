"""`show switch [detail]`, on wireless controllers `show chassis`: the members of a stack or of a pair."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import Member
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show switch"
CHASSIS: Final = "show chassis"
# Wireless controllers call the members of their pair chassis.
_WIRELESS: Final = "C9800"

# A 3750 with 12.2(25)SE has no version of the hardware (three public repositories; `Slave` is a role there).
_HEADER: Final = re.compile(
    r"(?:Switch|Chassis) *# +Role +Mac +Address +Priority +(?:Version +)?State\b.*", re.IGNORECASE
)
_KNOWN: Final = re.compile(
    r"(?:Switch|Chassis)/Stack +Mac +Address *: .*|Mac +persist[ae]nc[ey] +wait +time *: .*|(?:H/W +)?Current|[- ]+"
    r"|Local +Redundancy +Port +Type *: .*",
    re.IGNORECASE,
)
_ROW: Final = re.compile(r"(\*)? *(\d+) +([A-Za-z]\S*) +([0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}) +(\d+) +(\S.*)")
_LIKE_A_ROW: Final = re.compile(r"\*? *\d.*")
# Behind the priority: `V04`, `0`, `PP`, or nothing (Provisioned).
_HARDWARE_VERSION: Final = re.compile(r"^(?:[A-Z]{0,2}\d[A-Z0-9]*|[A-Z]{1,2}) +(?=[A-Z])", re.IGNORECASE)
_STATE: Final = re.compile(r"(?!(?:[A-Z]{0,2}\d[A-Z0-9]*|[A-Z]{1,2})$)[A-Z].*")
# Behind the state, wireless controllers print the address of the line between them; no state has a word of digits.
_BEHIND: Final = re.compile(r"(?: {2,}\S.*| +\d\S*(?: .*)?)?")
STATES: Final = (
    "Ready",
    "Provisioned",
    "Unprovisioned",
    "V-Mismatch",
    "Ver Mismatch",
    "Version Mismatch",
    "Feature Mismatch",
    "SDM Mismatch",
    "HA sync in progress",
    "Initializing",
    "Progressing",
    "Syncing",
    "Waiting",
    "Removed",
    "Invalid",
)
_KNOWN_STATE: Final = re.compile(
    "|".join(each.replace(" ", " +") for each in sorted(STATES, key=len, reverse=True)), re.IGNORECASE
)
_PORTS: Final = re.compile(r"Stack +Port +Status +Neighbors\b.*", re.IGNORECASE)
_PORT_LINE: Final = re.compile(r"Switch *# .*|\d+ .*|[- ]+", re.IGNORECASE)
_ACTIVE: Final = frozenset({"active", "master"})


def members_command(model: str | None) -> str:
    """Return the command that lists the members of a device of this model."""
    return CHASSIS if (model or "").startswith(_WIRELESS) else COMMAND


def parse_show_chassis(text: str) -> tuple[Member, ...]:
    """Return the members of a pair of wireless controllers, as of `show switch`."""
    return parse_show_switch(text, CHASSIS)


def parse_show_switch(text: str, command: str = COMMAND) -> tuple[Member, ...]:
    """Return the members with their states as printed; each row below the header must read.

    `active` is the one with that role, whichever of them was asked: the star is where the terminal is
    (more/cisco_xe/show_switch/b_m01_iosxe_mock_quad). The table of stack ports that `detail` prints is not needed.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    members: list[Member] = []
    table = ports = False
    for line in lines:
        if _HEADER.fullmatch(line):
            table = True
        elif _PORTS.fullmatch(line):
            table, ports = False, True
        elif table and _LIKE_A_ROW.fullmatch(line):
            members.append(_member(command, line))
        elif not _KNOWN.fullmatch(line) and not (ports and _PORT_LINE.fullmatch(line)):
            passed_over(command, line)
    if not members or len({member.number for member in members}) != len(members):
        raise UnparsableOutput(command, lines[-1], "there is no table of members with rows, or one of them twice")
    return tuple(members)


def _member(command: str, line: str) -> Member:
    row = _ROW.fullmatch(line)
    if row is None:
        raise UnparsableOutput(command, line, "a row of members cannot be read")
    state = state_in(row[6])
    if state is None:
        raise UnparsableOutput(command, line, "a row of members breaks off in its state")
    return Member(int(row[2]), row[3], state, row[4].lower(), int(row[5]), active=row[3].casefold() in _ACTIVE)


def state_in(words: str) -> str | None:
    """Return the state of a member that stands in the rest of its row, perhaps behind the hardware's version.

    None where it is half, or is none. One that is not known ends at two blanks.
    """
    words = words.strip()
    for rest in (words, _HARDWARE_VERSION.sub("", words, count=1)):
        known = _KNOWN_STATE.match(rest)
        if known and _BEHIND.fullmatch(rest, known.end()):
            return " ".join(known[0].split())
    state = re.split(r" {2,}", _HARDWARE_VERSION.sub("", words, count=1))[0]
    return None if is_half(state, STATES) or not _STATE.fullmatch(state) else state
