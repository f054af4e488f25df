"""`show mlag`: how the pair of switches stands."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_eos import Mlag
from swimctl.platforms.text import filled

COMMAND: Final = "show mlag"

_HEADS: Final = ("MLAG Configuration:", "MLAG Status:", "MLAG Ports:")
_FIELD: Final = re.compile(r"([A-Za-z][\w -]*?) *:(?: +(\S.*))?")
_LAST: Final = "Active-full"


def parse_show_mlag(text: str) -> Mlag:
    """Read configuration, status and the number of ports by state, in the device's words and cases.

    Where MLAG is not configured, `state` is `Disabled` and the domain empty: the device says so, so it is no error.
    """
    sections: dict[str, dict[str, str]] = {}
    lines = [line.strip() for line in filled(text, COMMAND)]
    for line in lines:
        found = _FIELD.fullmatch(line)
        # Newer releases add remarks to a heading.
        head = next((each for each in _HEADS if line.startswith(each)), None)
        if head is not None and head not in sections:
            sections[head] = {}
        elif not sections or found is None:
            raise UnparsableOutput(COMMAND, line)
        else:
            sections[list(sections)[-1]][found[1]] = found[2] or ""
    if tuple(sections) != _HEADS or _LAST not in sections[_HEADS[2]] or not sections[_HEADS[1]].get("state"):
        raise UnparsableOutput(COMMAND, lines[-1], f"it ends before the state and the ports that are '{_LAST}'")
    # The numbers are aligned at their ends: a shorter last line lost a digit.
    *others, last = (len(line) for line in lines[-len(sections[_HEADS[2]]) :])
    if len(set(others)) == 1 and last < others[0]:
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside a number")
    configuration, status, ports = (sections[head] for head in _HEADS)
    odd = next((f"{name}: {number}" for name, number in ports.items() if not number.isdecimal()), None)
    if odd:
        raise UnparsableOutput(COMMAND, odd, "this is no number of ports")
    return Mlag(
        domain=configuration.get("domain-id", ""),
        state=status["state"],
        negotiation=status.get("negotiation status", ""),
        peer_link=configuration.get("peer-link", ""),
        peer_link_status=status.get("peer-link status", ""),
        ports={name: int(number) for name, number in ports.items()},
        fields={**configuration, **status},
    )
