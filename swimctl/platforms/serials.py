"""Which serial numbers tell a device from others: those of its chassis, its members, and the cards in them.

Optics, power supplies and fans are carried from one device to another, so they tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.facts import InventoryItem

# What stands there where a part has no serial number of its own: `BUILTIN` and `N/A` in captures of
# juniper_junos/show_chassis_hardware and cisco_nxos/show_inventory; the others are of virtual devices.
_NONE: Final = re.compile(r"|builtin|n/?a|none|unknown|unspecified|-+|0+", re.IGNORECASE)
# What is garbled or masked is no number: it would make another device of the one that it is of.
_NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9 ./:+_-]*")
_CHASSIS: Final = re.compile(r"\bchassis\b", re.IGNORECASE)
# What a chassis is named by without being it: `Chassis Fan Module`, `Chassis Power Supply` (captures of
# cisco_nxos/show_inventory). A fabric extender hangs on two switches, and both name it.
_OTHERS: Final = re.compile(r"\b(?:fan|power|psu|fex|fabric extender|transceiver|optics)\b", re.IGNORECASE)


def serials(*numbers: str | None) -> tuple[str, ...]:
    """Return those that are serial numbers, spelled alike, each once, in their order."""
    spelled = ((number or "").strip().upper() for number in numbers)
    return tuple(dict.fromkeys(each for each in spelled if _NUMBER.fullmatch(each) and not _NONE.fullmatch(each)))


def of_parts(items: Iterable[InventoryItem], names: re.Pattern[str]) -> tuple[str, ...]:
    """Return the serial numbers of the parts that the whole pattern matches by their name, or that are a chassis."""
    own = (item for item in items if not _OTHERS.search(_words(item)))
    return serials(*(item.serial for item in own if names.fullmatch(item.name) or _CHASSIS.search(_words(item))))


def read_serials(outputs: Iterable[tuple[str, ...]], known: Collection[str] = ()) -> tuple[str, ...]:
    """Return the serial numbers of the outputs, up to the one that has a number of `known`: no more is asked then.

    Where nothing is known yet, what reads is enough; else raises what an output does, as those found before it prove
    nothing alone.
    """
    found: tuple[str, ...] = ()
    try:
        for numbers in outputs:
            found = serials(*found, *numbers)
            if not set(known).isdisjoint(found):
                break
    except (CommandRefused, UnparsableOutput):
        if known or not found:
            raise
    return found


def _words(item: InventoryItem) -> str:
    return f"{item.name} {item.description}"
