"""`show incompatibility nxos …`: what of the configuration an image cannot do."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import Incompatibility
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show incompatibility nxos"

_SECTION: Final = re.compile(
    r"Checking +(?:incompatible +configuration\(s\)|dynamic +incompatib\w+) *:?(?: .*)?", re.IGNORECASE
)
_NONE: Final = re.compile(r"No +incompatible +configurations? *\.?(?: .*)?", re.IGNORECASE)
_ENTRY: Final = re.compile(r"\d+ *\) *Service *: *(\S+) *, *Capability *: *(\S+)", re.IGNORECASE)
_LIKE_AN_ENTRY: Final = re.compile(r"\d+ *\).*|Service *:.*", re.IGNORECASE)
_FIELDS: Final = {
    "description": re.compile(r"Description *: *(.*)", re.IGNORECASE),
    "requirement": re.compile(r"Capability +requirement *: *(.*)", re.IGNORECASE),
    "mend": re.compile(r"(?:Enable */ *)?Disable +command *: *(.*)", re.IGNORECASE),
}
# The sentence that stands above the entries wherever there are some.
_ABOVE: Final = re.compile(r"The +following +configurations? .*incompatible.*", re.IGNORECASE)


def parse_show_incompatibility(text: str) -> tuple[Incompatibility, ...]:
    """Return every entry; each section has some, or says that there are none. Long words go on in the next line.

    Service and requirement (STRICT or LOOSE) of each entry have to be there.
    """
    entries: list[dict[str, str]] = []
    told: list[bool] = []  # whether each section has told its result
    last = ""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        part = next(((name, found[1]) for name, each in _FIELDS.items() if (found := each.fullmatch(line))), None)
        if _SECTION.fullmatch(line):
            told.append(False)
            last = ""
        elif told and _NONE.fullmatch(line):
            told[-1], last = True, ""
        elif told and (entry := _ENTRY.fullmatch(line)):
            entries.append({"service": entry[1], "capability": entry[2]})
            told[-1], last = True, "entry"
        elif part and last:
            last = part[0]
            entries[-1].setdefault(*part)
        elif _LIKE_AN_ENTRY.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "an entry cannot be read")
        elif last in {"description", "mend"}:
            entries[-1][last] = f"{entries[-1][last]} {line}".strip()
        elif not _ABOVE.fullmatch(line) and set(line) - {"-"}:
            passed_over(COMMAND, line)
    if not told or not all(told):
        raise UnparsableOutput(COMMAND, lines[-1], "a section has neither entries nor the words that there are none")
    return tuple(_incompatibility(each) for each in entries)


def _incompatibility(told: dict[str, str]) -> Incompatibility:
    requirement = told.get("requirement", "").upper()
    if requirement not in {"STRICT", "LOOSE"}:
        raise UnparsableOutput(COMMAND, requirement, f"of {told['service']} it does not say whether it is strict")
    return Incompatibility(
        told["service"], told["capability"], requirement, told.get("description", ""), told.get("mend", "")
    )
