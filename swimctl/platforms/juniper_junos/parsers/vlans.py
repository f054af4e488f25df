"""`show vlans`: which ports switch, and in how many VLANs each is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import Interface
from swimctl.platforms.juniper_junos.facts import Vlan
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.surroundings import ACCESS
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show vlans"

_HEAD: Final = re.compile(r"Routing +instance +VLAN +name +Tag +Interfaces.*", re.IGNORECASE)
# The column of the ports is far to the right.
_IN_COLUMN: Final = " " * 30
_IN_OLD_COLUMN: Final = " " * 10
# A unit, with a star where it is up: `ge-0/0/3.0*`, `ae0.0`, `vtep-14.32770*`.
_UNIT: Final = r"[a-z][\w/:-]*\d?\.\d+\*?"
_UNITS: Final = re.compile(rf"((?:{_UNIT}(?: *,)?(?: +|$))+)(?:\S.*)?")
# The form of an EX without ELS: a name and a tag, and below them the ports of the VLAN, or `None`.
_OLD_HEAD: Final = re.compile(r"Name +Tag +Interfaces.*", re.IGNORECASE)
_OLD_VLAN: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?: +(?P<tag>\d{1,4}|None))?(?: +(?P<rest>\S+\.\d+\*?.*))?", re.IGNORECASE
)
_NO_PORTS: Final = re.compile(r"None", re.IGNORECASE)
# Ports for management do not switch, though a VLAN of theirs is shown.
_MANAGEMENT: Final = re.compile(r"(?:me|vme|fxp|em)\d*")
_VLAN: Final = re.compile(r"\S+ +(?P<name>\S+) +(?P<tag>\d+|none|NA)(?: +(?P<rest>\S.*))?", re.IGNORECASE)
# One that has no tag; what is printed for it is not known.
_TAGLESS: Final = re.compile(r"\S+ +\S+")


def parse_show_vlans(text: str) -> tuple[Vlan, ...]:
    """Return the VLANs with their ports, spelled without unit and star; a line of a port has to read.

    The form is that of switches with ELS (captures/juniper_junos/show_vlans, and several public repositories), or that
    of an EX without it (Juniper's reference of the command for EX Series, and outputs of 12.x in public repositories).
    """
    lines = filled(text, COMMAND, TERMINAL)
    found: list[Vlan] = []
    row_of: re.Pattern[str] | None = None
    for whole in lines:
        line = whole.strip()
        units = _UNITS.fullmatch(line)
        row = row_of.fullmatch(line) if row_of else None
        if _HEAD.fullmatch(line) or _OLD_HEAD.fullmatch(line):
            row_of = _VLAN if _HEAD.fullmatch(line) else _OLD_VLAN
        elif row_of is None:
            passed_over(COMMAND, line)
        elif row_of is _OLD_VLAN and _NO_PORTS.fullmatch(line):
            continue
        elif row_of is _OLD_VLAN and whole.startswith(_IN_OLD_COLUMN) and not units:
            raise UnparsableOutput(COMMAND, line, "this cannot be read as ports of a VLAN")
        elif units and found:
            found[-1] = Vlan(found[-1].name, found[-1].tag, (*found[-1].ports, *_ports(units[1])))
        elif row:
            beside = _UNITS.fullmatch(row["rest"] or "")
            tag = int(row["tag"]) if (row["tag"] or "").isdecimal() else None
            found.append(Vlan(row["name"], tag, _ports(beside[1]) if beside else ()))
        elif whole.startswith(_IN_COLUMN) or _TAGLESS.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "this cannot be read as a VLAN, or as a port in one")
        else:
            passed_over(COMMAND, line)
    if row_of is None:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no header 'Routing instance VLAN name', or 'Name Tag'")
    return tuple(found)


def switching(vlans: tuple[Vlan, ...]) -> tuple[Interface, ...]:
    """Return the ports that switch, with their mode: in one VLAN it is an access port, in several a trunk. Pure.

    A port with a voice VLAN is in two, and counts as a trunk: the output does not tell the two apart.
    """
    ports = [port for vlan in vlans for port in vlan.ports]
    return tuple(
        Interface(port, up=True, mode=ACCESS if ports.count(port) == 1 else "trunk") for port in dict.fromkeys(ports)
    )


def _ports(units: str) -> tuple[str, ...]:
    ports = (unit.rstrip("*").rpartition(".")[0] for unit in units.replace(",", " ").split())
    return tuple(port for port in ports if not _MANAGEMENT.fullmatch(port))
