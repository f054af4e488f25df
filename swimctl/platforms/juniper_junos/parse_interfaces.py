"""`show interfaces terse`: which ports are up."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Interface
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show interfaces terse"

_HEAD: Final = re.compile(r"Interface +Admin Link Proto +Local +Remote")
_ROW: Final = re.compile(r"([a-z][\w/.:-]*) +(up|down) +(up|down)(?: +\S.*)?")
# The further families and addresses of the unit above.
_FURTHER: Final = re.compile(r"\s+\S.*")


def parse_show_interfaces_terse(text: str) -> tuple[Interface, ...]:
    """Read ports and their units; `status` is that of the administrator and of the link."""
    lines = filled(text, COMMAND, TERMINAL)
    if not _HEAD.fullmatch(lines[0].strip()):
        raise UnparsableOutput(COMMAND, lines[0], "there is no header 'Interface Admin Link …'")
    found: list[Interface] = []
    for line in lines[1:]:
        if row := _ROW.fullmatch(line.rstrip()):
            found.append(Interface(row[1], row[2] == row[3] == "up", f"{row[2]}/{row[3]}"))
        elif not (found and _FURTHER.fullmatch(line)):
            raise UnparsableOutput(COMMAND, line)
    if not found:
        raise UnparsableOutput(COMMAND, lines[-1], "there are no rows")
    return tuple(found)
