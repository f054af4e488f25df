"""`show redundancy status` and `show system redundancy status`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Redundancy
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show redundancy status"

_SECTION: Final = re.compile(r"(Redundancy mode|(This|Other) supervisor \((sup-\d+)\))", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Z][\w ]*?): *(\S.*)?", re.IGNORECASE)
_ASIDE: Final = re.compile(r"-+|This supervisor is not up and running", re.IGNORECASE)
_STATES: Final = ("Active with HA standby", "Active with no standby", "HA standby", "Standby", "Active", "Not present")
_ABSENT: Final = re.compile(r"Not present|N/A|Unknown", re.IGNORECASE)


def parse_show_redundancy_status(text: str) -> Redundancy:
    """Read both supervisors, whichever of them was asked; `mode` is the operating one.

    `peer_state` is the other's, as printed: `HA standby`, or `Not present`. `fields` are named by their section
    (`this: Internal state`), and `this` and `other` are the supervisors' slots.
    """
    fields: dict[str, str] = {}
    section = ""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        head, entry = _SECTION.fullmatch(line), _FIELD.fullmatch(line)
        if head:
            section = (head[2] or "mode").lower()
            if head[3]:
                fields[section] = head[3]
        elif section and entry:
            # The times of the system stand below the last supervisor, at the left.
            timed = section == "other" and re.search(r"time$", entry[1])
            fields[entry[1] if timed else f"{section}: {entry[1]}"] = entry[2] or ""
        elif not section or not _ASIDE.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
    mode, own, other = fields.get("mode: operational"), _state(fields, "this"), _state(fields, "other")
    if mode is None or own is None or other is None:
        raise UnparsableOutput(COMMAND, lines[-1], "it ends before the mode and the state of both supervisors")
    if is_half(fields[list(fields)[-1]], _STATES):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside a state")
    standby = "standby" in own.lower()
    return Redundancy(
        mode=mode, active_state=other if standby else own, peer_state=own if standby else other, fields=fields
    )


def _state(fields: dict[str, str], which: str) -> str | None:
    redundancy = fields.get(f"{which}: Redundancy state")
    if redundancy is None:
        return None
    if _ABSENT.fullmatch(redundancy):
        return redundancy
    # The internal state is the last line of a supervisor that is there.
    return fields.get(f"{which}: Supervisor state") if fields.get(f"{which}: Internal state") else None
