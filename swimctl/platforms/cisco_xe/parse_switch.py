"""`show switch [detail]`, on wireless controllers `show chassis`: the members of a stack or of a pair."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Member
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show switch"

_HEADER: Final = re.compile(r"(?:Switch|Chassis)# +Role +Mac Address +Priority +Version +State(?: +IP)?", re.IGNORECASE)
_ABOVE: Final = re.compile(
    r"(?:Switch|Chassis)/Stack Mac Address *: *[0-9a-f.:]{14,17}.*|Mac persistency wait time *: .*|H/W +Current",
    re.IGNORECASE,
)
_ROW: Final = re.compile(r"(\*)? *(\d+) +([A-Za-z]\S*) +([0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}) +(\d+)(?: +(\S.*))")
# The hardware version may be missing (Provisioned), `V04`, `0` or `PP`; the state may be several words.
_HARDWARE_VERSION: Final = re.compile(r"(?:[A-Z]{0,2}\d[A-Z0-9]*|[A-Z]{1,2}) +(?=[A-Z])")
# Behind the state, wireless controllers print the address of the line between them.
_ADDRESS: Final = re.compile(r"\d+(?:\.\d+){3}")
_STATE: Final = re.compile(r"(?!(?:[A-Z]{0,2}\d[A-Z0-9]*|[A-Z]{1,2})$)[A-Z].*")
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
_PORTS: Final = re.compile(r"Stack Port Status +Neighbors")
_PORT_ROW: Final = re.compile(r"(\d+) +(?:OK|DOWN|ABSENT|\S+) .*", re.IGNORECASE)


def parse_show_switch(text: str) -> tuple[Member, ...]:
    """Read the members with their states as printed; with `detail`, every member must have its line of ports too."""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    header = next((number for number, line in enumerate(lines) if _HEADER.fullmatch(line)), None)
    if header is None:
        raise UnparsableOutput(COMMAND, _odd(lines), "there is no header 'Switch# Role Mac Address …'")
    odd = next((line for line in lines[:header] if not _ABOVE.fullmatch(line)), None)
    if odd is not None:
        raise UnparsableOutput(COMMAND, odd)
    members: list[Member] = []
    ports: list[str] = []
    for number, line in enumerate(lines[header + 1 :], header + 1):
        if not set(line) - {"-"}:
            continue
        if _PORTS.fullmatch(line):
            ports = lines[number + 1 :]
            break
        row = _ROW.fullmatch(line)
        if not row:
            raise UnparsableOutput(COMMAND, line, "a row of members does not read")
        state, *address = re.split(r" {2,}", _HARDWARE_VERSION.sub("", row[6], count=1))
        if (
            any(not _ADDRESS.fullmatch(each) for each in address)
            or is_half(state, STATES)
            or not _STATE.fullmatch(state)
        ):
            raise UnparsableOutput(COMMAND, line, "a row of members breaks off in its state")
        members.append(Member(int(row[2]), row[3], state, row[4].lower(), int(row[5]), active=bool(row[1])))
    if not members or len({member.number for member in members}) != len(members):
        raise UnparsableOutput(COMMAND, lines[header], "there are no members, or one twice")
    _check_ports(ports, members)
    return tuple(members)


def _odd(lines: list[str]) -> str:
    return next((line for line in lines if not _ABOVE.fullmatch(line)), lines[-1])


def _check_ports(lines: list[str], members: list[Member]) -> None:
    """Refuse a table of ports that breaks off in the middle, or that knows a member which the first does not."""
    rows = [line for line in lines if set(line) - {"-"} and not line.startswith("Switch#")]
    known = {member.number for member in members}
    for line in rows:
        found = _PORT_ROW.fullmatch(line)
        if not found or int(found[1]) not in known:
            raise UnparsableOutput("show switch detail", line, "a row of stack ports does not fit the members")
