"""Configuration mode of a lab switch: which lines it takes, and into which submode they lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.models import SPEEDS
from swimctl.lab.grammar import Ambiguous, Incomplete, Invalid

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.modes import Modes

_SECTIONS = {
    "interface": "config-if", "line": "config-line", "vlan": "config-vlan", "router": "config-router",
    "class-map": "config-cmap", "policy-map": "config-pmap", "archive": "config-archive", "redundancy": "config-red",
    "vrf": "config-vrf", "route-map": "config-route-map",
}  # fmt: skip
_GLOBAL = (*_SECTIONS, "aaa", "access-list", "alias", "banner", "boot", "cdp", "clock", "config-register", "crypto",
           "default", "enable", "errdisable", "event", "exception", "file", "hostname", "ip", "ipv6", "key", "license",
           "lldp", "logging", "mac", "monitor", "mls", "no", "ntp", "port-channel", "privilege", "radius", "scheduler",
           "service", "snmp-server", "spanning-tree", "stack-mac", "switch", "system", "tacacs", "tacacs-server",
           "track", "transceiver", "udld", "username", "vtp")  # fmt: skip
_BELOW = ("absolute-timeout", "access-class", "access-group", "address-family", "auto-cost", "bandwidth", "cdp",
          "channel-group", "default", "description", "duplex", "encapsulation", "exec-timeout", "exit-address-family",
          "history", "ip", "ipv6", "length", "lldp", "load-interval", "log", "logging", "login", "mode", "mtu",
          "name", "neighbor", "network", "no", "password", "path", "power", "privilege", "rd", "router-id",
          "session-timeout", "shutdown", "spanning-tree", "speed", "standby", "stopbits", "storm-control",
          "switchport", "transport", "width")  # fmt: skip
_ALONE = frozenset({"shutdown", "archive", "redundancy", "exit-address-family"})


def configure(session: Modes, text: str) -> None:
    """Apply one line; raise Ambiguous, Incomplete or Invalid as an exec command would."""
    word, _blank, rest = text.strip().partition(" ")
    rest = " ".join(rest.split())
    if session.section and word.lower() not in _SECTIONS and (known := _fitting(word, _BELOW)):
        _needs(known, text, rest)
        session.switch.configuration.below(session.section, f"{known[0]} {rest}".strip())
        return
    known = _fitting(word, _GLOBAL)
    if not known:
        raise Invalid(0)
    _needs(known, text, rest)
    line = _spelled_out(known[0], rest)
    session.switch.configuration.top(line)
    mode = _SECTIONS.get(known[0])
    if known[0] == "ip" and rest.startswith("access-list"):
        mode = "config-ext-nacl" if "extended" in rest else "config-std-nacl"
    session.mode, session.section = (mode, line) if mode else ("config", "")


def _needs(known: list[str], text: str, rest: str) -> None:
    if len(known) > 1:
        raise Ambiguous(text.strip())
    if not rest and known[0] not in _ALONE:
        raise Incomplete


def _fitting(word: str, words: tuple[str, ...]) -> list[str]:
    """Find the commands that a word may stand for: itself alone, where it is one."""
    if word.lower() in words:
        return [word.lower()]
    return [each for each in words if each.startswith(word.lower())]


def _spelled_out(command: str, rest: str) -> str:
    """Write a line as the running configuration has it, where it was shortened."""
    if command == "interface":
        match = re.fullmatch(r"([A-Za-z-]+) ?(\d[\d/.]*)", rest)
        if match is None:
            raise Invalid(len("interface "))
        kinds = [
            kind for kind in (*SPEEDS, "Vlan", "Loopback", "Port-channel") if kind.lower().startswith(match[1].lower())
        ]
        if not kinds:
            raise Invalid(len("interface "))
        return f"interface {kinds[0]}{match[2]}"
    for short, whole in ((r"sys\w*", "system"), (r"man\w*", "manual")):
        if command == "boot" or (command == "no" and rest.startswith("boot ")):
            rest = re.sub(rf"^(boot )?{short}\b", rf"\g<1>{whole}", rest)
    if command in {"system", "no"}:
        rest = re.sub(r"^(system )?ign\w* start\w*", r"\g<1>ignore startupconfig", rest)
    return f"{command} {rest}".strip()
