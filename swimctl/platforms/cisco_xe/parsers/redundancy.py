"""`show redundancy` and `show redundancy states`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import Redundancy
from swimctl.platforms.text import filled, is_half, passed_over, plain_words

_FIELD: Final = re.compile(r"([A-Z][\w ()/_.-]*?) *= *(.*)", re.IGNORECASE)
_SECTION: Final = re.compile(r"(Redundant System|Current Processor|Peer Processor) Information:", re.IGNORECASE)
_NO_PEER: Final = re.compile(
    r"Peer \(slot: *[^,)]*(?:, state: *([^)]+))?\) information is not available because "
    r"((?!it is in ').*|it is in '.+' state\b.*)",
    re.IGNORECASE,
)
_DISABLED: Final = re.compile(r"it is in '(.+?)' state", re.IGNORECASE)
# Those of the redundancy facility; all are in capitals.
_SOFTWARE_STATE: Final = re.compile(r"[A-Z]+(?:[ _-]+[A-Z]+)*")
_STATE: Final = re.compile(rf"\d+ *- *({_SOFTWARE_STATE.pattern})")
# A column of some releases cuts the line; the number of an engineering build ends with six digits.
_VERSION: Final = re.compile(r".*\bVersion ([^\s,]+:\d{6}|[^\s,]+(?=[, ]))(?:[, ].*)?", re.IGNORECASE)

_STATES: Final = (
    "ACTIVE",
    "ACTIVE-FAST",
    "ACTIVE-DRAIN",
    "ACTIVE_PRECONFIG",
    "ACTIVE_POSTCONFIG",
    "STANDBY HOT",
    "STANDBY COLD",
    "STANDBY COLD-CONFIG",
    "STANDBY COLD-FILESYS",
    "STANDBY COLD-BULK",
    "NEGOTIATION",
    "INITIALIZATION",
    "DISABLED",
)


def parse_show_redundancy(text: str) -> Redundancy:
    """Return what is known of both processors, whichever of them was asked. `mode` is the operating one.

    The states of both have to be told. `peer_state` is as printed: `STANDBY HOT`, or what keeps its information away
    (`DISABLED`). `fields` are the lines of the system and of the processor that was asked.
    """
    command = "show redundancy"
    sections: dict[str, dict[str, str]] = {}
    section = key = ""
    peer: tuple[str | None, str] | None = None
    for line in map(plain_words, filled(text, command, TERMINAL)):
        if head := _SECTION.fullmatch(line):
            section, key = head[1].lower(), ""
            sections[section] = {}
        elif missing := _NO_PEER.fullmatch(line):
            disabled = _DISABLED.search(missing[2])
            peer = (missing[1] or (disabled[1] if disabled else None), missing[2])
        elif entry := _FIELD.fullmatch(line):
            key = entry[1]
            sections.setdefault(section, {})[key] = entry[2]
        elif set(line) - {"-"} and key != "Image Version":  # that one goes on for some lines
            passed_over(command, line)
    current, beside = sections.get("current processor", {}), sections.get("peer processor", {})
    own = current.get("Current Software state")
    other = beside.get("Current Software state") or (peer[0] if peer else None)
    odd = [each for each in (own, other) if each is not None and not _is_software_state(each)]
    if own is None or (other is None and peer is None) or odd:
        raise UnparsableOutput(command, "".join(odd[:1]), "it does not give the states of both processors")
    versions = [_version(each) for each in (current, beside)]
    active, standby = (other, own) if own.startswith("STANDBY") else (own, other)
    if own.startswith("STANDBY"):
        versions.reverse()
    system = {**sections.get("", {}), **sections.get("redundant system", {})}
    return Redundancy(
        mode=system.get("Operating Redundancy Mode") or system.get("Redundancy Mode (Operational)"),
        active_state=active,
        peer_state=standby,
        last_switchover_reason=system.get("Last switchover reason"),
        active_version=versions[0],
        peer_version=versions[1],
        fields={**system, **current},
    )


def _is_software_state(words: str) -> bool:
    return _SOFTWARE_STATE.fullmatch(words) is not None and not is_half(words, _STATES)


def _version(processor: dict[str, str]) -> str | None:
    found = _VERSION.fullmatch(processor.get("Image Version", ""))
    return found[1] if found else None


def parse_show_redundancy_states(text: str) -> Redundancy:
    """Return the states of both units; both, and the mode that operates, have to be told.

    `active_state` and `peer_state` are as printed: `ACTIVE`, `STANDBY HOT`, `DISABLED`.
    """
    command = "show redundancy states"
    fields: dict[str, str] = {}
    for line in map(plain_words, filled(text, command, TERMINAL)):
        if entry := _FIELD.fullmatch(line):
            fields[entry[1]] = entry[2]
        else:
            passed_over(command, line)
    own, other = (_STATE.fullmatch(fields.get(name, "")) for name in ("my state", "peer state"))
    mode = fields.get("Redundancy Mode (Operational)")
    if (
        own is None
        or other is None
        or not (_is_software_state(own[1]) and _is_software_state(other[1]))
        or mode is None
        or list(fields)[-1] == "Redundancy Mode (Operational)"
    ):
        raise UnparsableOutput(
            command, next(iter(fields), ""), "it does not give the states of both units, and the mode"
        )
    active, standby = (other[1], own[1]) if own[1].startswith("STANDBY") else (own[1], other[1])
    return Redundancy(mode=mode, active_state=active, peer_state=standby, fields=fields)
