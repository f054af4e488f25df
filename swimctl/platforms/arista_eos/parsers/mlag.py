"""`show mlag` and its `detail`: how the pair of switches stands, and whether its ports wait."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.facts import Mlag, MlagDelay
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show mlag"

# Newer releases add remarks to a heading.
_HEAD: Final = re.compile(r"MLAG +(Configuration|Status|Ports|Detailed +Status) *:.*", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z][\w ()/-]*?) *:(?: +(\S.*))?")
_STATES: Final = ("up", "down", "lowerlayerdown")
_STANDS: Final = ("active", "inactive", "disabled", "primary", "secondary")
_DETAILS: Final = "detailed status"
_SECONDS: Final = re.compile(r"(\d+) +seconds?", re.IGNORECASE)
_WAITS: Final = {"true": True, "false": False, "": None}


def parse_show_mlag(text: str) -> Mlag:
    """Return configuration, status and the number of ports by state, in the device's words and cases.

    The state has to be there, and where a domain is configured those of the negotiation and the peer link. Where MLAG
    is not configured, `state` is `Disabled` and the domain empty: the device says so, so it is no error.
    """
    sections, last = _sections(COMMAND, text)
    configuration, status = sections.get("configuration", {}), sections.get("status", {})
    domain, link = configuration.get("domain-id", ""), status.get("peer-link status", "")
    needed = ("state", "negotiation status", "peer-link status") if domain else ("state",)
    lacking = next((name for name in needed if not status.get(name)), "")
    if lacking or "configuration" not in sections or is_half(link, _STATES) or is_half(status["state"], _STANDS):
        raise UnparsableOutput(COMMAND, last, f"there is no '{lacking or 'peer-link status'}', or it cannot be read")
    ports = {name: number for name, number in sections.get("ports", {}).items() if number.isdecimal()}
    return Mlag(
        domain=domain,
        state=status["state"],
        negotiation=status.get("negotiation status", ""),
        peer_link=configuration.get("peer-link", ""),
        peer_link_status=link,
        ports={name: int(number) for name, number in ports.items()},
        fields={**configuration, **status},
    )


def parse_show_mlag_detail(text: str) -> MlagDelay:
    """Return how long the ports wait after a boot, and whether they do; the rest of it is that of `show mlag`.

    The delay of the MLAG ports has to be there.
    """
    command = f"{COMMAND} detail"
    sections, last = _sections(command, text)
    details = {name.lower(): value for name, value in sections.get(_DETAILS, {}).items()}
    delay = _SECONDS.fullmatch(details.get("reload delay", ""))
    others = _SECONDS.fullmatch(details.get("non-mlag reload delay", ""))
    waits = details.get("ports errdisabled", "").lower()
    if delay is None or waits not in _WAITS or (others is None and details.get("non-mlag reload delay")):
        raise UnparsableOutput(command, last, "there is no 'Reload delay', or a delay cannot be read")
    return MlagDelay(int(delay[1]), _WAITS[waits], int(others[1]) if others else None)


def _sections(command: str, text: str) -> tuple[dict[str, dict[str, str]], str]:
    """Return the fields below each heading, by its last words in small letters; and the last line."""
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        head, found = _HEAD.fullmatch(line), _FIELD.fullmatch(line)
        if head:
            section = sections.setdefault(" ".join(head[1].lower().split()), {})
        elif found and section is not None:
            section.setdefault(" ".join(found[1].split()), " ".join((found[2] or "").split()))
        else:
            passed_over(command, line)
    return sections, lines[-1]
