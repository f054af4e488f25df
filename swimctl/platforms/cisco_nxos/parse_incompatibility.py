"""`show incompatibility nxos …`: what of the configuration an image cannot do."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_nxos import Incompatibility
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show incompatibility nxos"

_SECTION: Final = re.compile(r"Checking (?:incompatible configuration\(s\)|dynamic incompatibilit\w+):?", re.IGNORECASE)
_NONE: Final = re.compile(r"No incompatible configurations\.?", re.IGNORECASE)
_ENTRY: Final = re.compile(r"\d+\) *Service *: *(\S+) *, *Capability *: *(\S+)", re.IGNORECASE)
_FIELDS: Final = {
    "description": re.compile(r"Description *: *(.*)", re.IGNORECASE),
    "requirement": re.compile(r"Capability requirement *: *(STRICT|LOOSE)", re.IGNORECASE),
    "mend": re.compile(r"(?:Enable/)?Disable command *: *(.*)", re.IGNORECASE),
}


def parse_show_incompatibility(text: str) -> tuple[Incompatibility, ...]:
    """Read every entry; each section has some, or says that there are none. Long words go on in the next line."""
    entries: list[dict[str, str]] = []
    last = "start"
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        entry = _ENTRY.fullmatch(line)
        part = next(((name, found[1]) for name, each in _FIELDS.items() if (found := each.fullmatch(line))), None)
        if _SECTION.fullmatch(line) and last in {"start", "none", "mend"}:
            last = "section"
        elif _NONE.fullmatch(line) and last == "section":
            last = "none"
        elif entry and last in {"section", "mend"}:
            entries.append({"service": entry[1], "capability": entry[2]})
            last = "entry"
        elif part and last in {"entry", *_FIELDS} and part[0] not in entries[-1]:
            last = part[0]
            entries[-1][last] = part[1]
        elif last in {"description", "mend"} and not part:
            entries[-1][last] = f"{entries[-1][last]} {line}".strip()
        elif last != "section" or set(line) - {"-"}:
            raise UnparsableOutput(COMMAND, line)
    if last not in {"none", "mend"} or any(set(_FIELDS) - set(each) for each in entries):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends before its result")
    return tuple(Incompatibility(**each) for each in entries)
