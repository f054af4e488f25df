"""How all members are asked, and what several members or routing engines print: each below a heading with its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import ChassisMember
from swimctl.platforms.text import passed_over

# The base system of a router with guests calls its engines `bsys-re0` (Juniper/py-junos-eznc, facts of such a one).
_NUMBERED: Final = re.compile(r"((?:fpc|node|(?:bsys-|scc-)?re|member|lcc|sfc|gnf)\d[\w-]*|localre) *:", re.IGNORECASE)
# A rule of the width of a screen stands below the name of a node, and nowhere else.
_WIDE_RULE: Final = re.compile(r"-{60,}[- ]*")
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d) +(\d\d:\d\d:\d\d) +([A-Za-z0-9+-]+)")


def of_all(command: str, members: Sequence[ChassisMember]) -> str:
    """Return the command for all members of a Virtual Chassis; another device does not know the word."""
    return f"{command} all-members" if len(members) > 1 else command


def sections(command: str, lines: list[str]) -> list[tuple[str, list[str]]]:
    """Return what stands above all names, without a name, and then the lines of each node by its name.

    A name may stand without dashes below it, as installers print it, or with a line between. Raises UnparsableOutput
    for dashes whose name is not to be seen: it is not clear then whose the lines below them are.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        name = _NUMBERED.fullmatch(line.strip())
        if name:
            parts.append((name[1].lower(), []))
        elif _WIDE_RULE.fullmatch(line.strip()):
            if not parts[-1][0] or len(parts[-1][1]) > 1:
                raise UnparsableOutput(command, line, "the name of a member is missing above these dashes")
        else:
            parts[-1][1].append(line)
    return parts


def parts_of(command: str, lines: list[str], is_fact: Callable[[str], object]) -> list[tuple[str, list[str]]]:
    """Return the lines of each node by its name; one part without a name where none is named.

    What stands above the first name is of no node: it is passed over. Raises UnparsableOutput where a line there
    `is_fact`, and as `sections` does.
    """
    parts = sections(command, lines)
    if len(parts) == 1:
        return parts
    for line in parts[0][1]:
        if is_fact(line):
            raise UnparsableOutput(command, line, "it stands above the first member, and is of none")
        passed_over(command, line)
    return parts[1:]


def moment(text: str) -> tuple[str, str] | None:
    """Read `2020-03-26 08:16:41 UTC` into ISO and the name of the zone; None for anything else."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").isoformat(), found[3]
    except ValueError:
        return None
