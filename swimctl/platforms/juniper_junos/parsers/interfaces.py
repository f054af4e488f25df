"""`show interfaces terse`: which ports are up."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import Interface
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show interfaces terse"

_HEAD: Final = re.compile(r"Interface +Admin +Link +Proto +Local +Remote.*", re.IGNORECASE)
_ROW: Final = re.compile(r"([a-z][\w/.:-]*) +(up|down) +(up|down)(?: +\S.*)?")
# A port's name, or any name with the state of an administrator or a link behind it.
_LIKE_A_ROW: Final = re.compile(r"[a-z]+-?\d[\w/.:-]*(?: .*)?|[a-z][\w/.:-]* +(?:up|down)\b.*", re.IGNORECASE)


def parse_show_interfaces_terse(text: str) -> tuple[Interface, ...]:
    """Return ports and their units; `status` is that of the administrator and of the link.

    Each line below the header that begins with an interface has to read up to both. The further families and addresses
    of a unit stand below it, behind blanks.
    """
    lines = filled(text, COMMAND, TERMINAL)
    found: list[Interface] = []
    headed = False
    for line in lines:
        row = _ROW.fullmatch(line.rstrip())
        if _HEAD.fullmatch(line.strip()):
            headed = True
        elif not headed:
            passed_over(COMMAND, line)
        elif row:
            found.append(Interface(row[1], row[2] == row[3] == "up", f"{row[2]}/{row[3]}"))
        elif _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "the state of an interface cannot be read")
        elif not (found and line.startswith(" ")):
            passed_over(COMMAND, line)
    if not found:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no header 'Interface Admin Link …', or no row")
    return tuple(found)
