"""`show mlag` and its `detail`: how the pair of switches stands, and whether its ports wait."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_eos import Mlag, MlagDelay
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show mlag"

_HEADS: Final = ("MLAG Configuration:", "MLAG Status:", "MLAG Ports:")
_FIELD: Final = re.compile(r"([A-Za-z][\w -]*?) *:(?: +(\S.*))?")
_LAST: Final = "Active-full"

_DETAIL: Final = "MLAG Detailed Status:"
# It stands below all that is read of the details, on every release.
_BEHIND: Final = "Heartbeats sent/received"
_SECONDS: Final = re.compile(r"(\d+) seconds")


def parse_show_mlag(text: str) -> Mlag:
    """Read configuration, status and the number of ports by state, in the device's words and cases.

    Where MLAG is not configured, `state` is `Disabled` and the domain empty: the device says so, so it is no error.
    """
    sections: dict[str, dict[str, str]] = {}
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
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


def parse_show_mlag_detail(text: str) -> MlagDelay:
    """Read how long the ports wait after a boot, and whether they do; the rest of it is that of `show mlag`."""
    command = f"{COMMAND} detail"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    start = next((at for at, line in enumerate(lines) if line.startswith(_DETAIL)), None)
    if lines[0] != _HEADS[0] or start is None:
        raise UnparsableOutput(command, lines[-1], f"there is no '{_DETAIL}'")
    details: dict[str, str] = {}
    for line in lines[start + 1 :]:
        name, colon, value = line.partition(":")
        if not colon:
            raise UnparsableOutput(command, line)
        details[name.strip()] = value.strip()
    delay, waits = _SECONDS.fullmatch(details.get("Reload delay", "")), details.get("Ports errdisabled")
    if delay is None or not details.get(_BEHIND) or waits not in {None, "True", "False"}:
        raise UnparsableOutput(command, lines[-1], f"there is no 'Reload delay', or it ends before '{_BEHIND}'")
    return MlagDelay(int(delay[1]), waits == "True" if waits is not None else None)
