"""`show feature`: what is switched on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_nxos import Feature
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show feature"

_HEAD: Final = re.compile(r"Feature Name +Instance +State", re.IGNORECASE)
# A feature may be `enabled(not-running)`.
_ROW: Final = re.compile(r"(?P<name>\S+) +(?P<instance>\d+) +(?P<state>(?:en|dis)\w*)(?P<note> *\(.*\))?")


def parse_show_feature(text: str) -> tuple[Feature, ...]:
    """Read every instance of every feature; one that is enabled and does not run is not enabled here."""
    found: list[Feature] = []
    headed = False
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        row = _ROW.fullmatch(line)
        if _HEAD.fullmatch(line):
            headed = True
        elif headed and row and not is_half(row["state"], ("enabled", "disabled")):
            found.append(Feature(row["name"], row["instance"], row["state"] == "enabled" and not row["note"]))
        elif not headed or set(line) - {"-", " "}:
            raise UnparsableOutput(COMMAND, line)
    if not found:
        raise UnparsableOutput(COMMAND, lines[-1], "there are no rows")
    return tuple(found)
