"""`show redundancy status` and `show system redundancy status`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import Redundancy
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show redundancy status"

_SECTION: Final = re.compile(r"(Redundancy +mode|(This|Other) +supervisor(?: *\((sup-\d+)\))?)", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Z][\w ]*?) *: *(\S.*)?", re.IGNORECASE)
_ASIDE: Final = re.compile(r"[- ]+|This +supervisor +is +not +up +and +running", re.IGNORECASE)
_STATES: Final = ("Active with HA standby", "Active with no standby", "HA standby", "Standby", "Active", "Not present")
_ABSENT: Final = re.compile(r"Not +present|N/A|Unknown", re.IGNORECASE)


def parse_show_redundancy_status(text: str) -> Redundancy:
    """Return the states of both supervisors, whichever of them was asked; `mode` is the operating one.

    `peer_state` is the other's, as printed: `HA standby`, or `Not present`; both states have to be there. `fields` are
    named by their section (`this: Internal state`), and `this` and `other` are the supervisors' slots.
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
            name = " ".join(entry[1].split())
            name = name.lower() if section == "mode" else name.capitalize()
            # The times of the system stand below the last supervisor, at the left.
            timed = section == "other" and re.search(r"time$", name)
            value = " ".join((entry[2] or "").split())
            fields.setdefault(name if timed else f"{section}: {name}", value)
        elif not _ASIDE.fullmatch(line):
            passed_over(COMMAND, line)
    own, other = _state(fields, "this"), _state(fields, "other")
    if own is None or other is None:
        raise UnparsableOutput(COMMAND, lines[-1], "it does not tell the state of both supervisors")
    if is_half(own, _STATES) or is_half(other, _STATES):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside a state")
    standby = "standby" in own.lower()
    return Redundancy(
        mode=fields.get("mode: operational"),
        active_state=other if standby else own,
        peer_state=own if standby else other,
        fields=fields,
    )


def _state(fields: dict[str, str], which: str) -> str | None:
    redundancy = fields.get(f"{which}: Redundancy state", "")
    supervisor = fields.get(f"{which}: Supervisor state")
    return redundancy if _ABSENT.fullmatch(redundancy) else supervisor or None
