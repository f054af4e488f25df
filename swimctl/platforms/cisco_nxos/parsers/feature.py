"""`show feature`: what is switched on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import Feature
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show feature"

_HEAD: Final = re.compile(r"Feature +Name +Instance +State(?: +\S.*)?", re.IGNORECASE)
# A feature may be `enabled(not-running)`.
_ROW: Final = re.compile(
    r"(?P<name>\S+) +(?P<instance>\d+) +(?P<state>enabled|disabled)(?P<note> *\(.*\))?(?: +\S.*)?", re.IGNORECASE
)
_LIKE_A_ROW: Final = re.compile(r"\S+ +\d+ +\S+.*")


def parse_show_feature(text: str) -> tuple[Feature, ...]:
    """Return every instance of every feature; one that is enabled and does not run is not enabled here."""
    found: list[Feature] = []
    headed = False
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        row = _ROW.fullmatch(line)
        if _HEAD.fullmatch(line):
            headed = True
        elif headed and row:
            found.append(Feature(row["name"], row["instance"], row["state"].lower() == "enabled" and not row["note"]))
        elif headed and _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
        elif set(line) - {"-", " "}:
            passed_over(COMMAND, line)
    if not found:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no header 'Feature Name', or no row below it")
    return tuple(found)
