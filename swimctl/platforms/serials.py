"""Which serial numbers tell a device from others: those of its chassis, its members, and the cards in them.

Optics, power supplies and fans are carried from one device to another, so they tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from swimctl.facts import InventoryItem

# What stands there where a part has no serial number of its own: `BUILTIN` and `N/A` in captures of
# juniper_junos/show_chassis_hardware and cisco_nxos/show_inventory; the others are of virtual devices.
_NONE: Final = re.compile(r"|builtin|n/?a|none|unknown|unspecified|-+|0+", re.IGNORECASE)


def serials(*numbers: str | None) -> tuple[str, ...]:
    """Return those that are serial numbers, spelled alike, each once, in their order."""
    spelled = ((number or "").strip().upper() for number in numbers)
    return tuple(dict.fromkeys(number for number in spelled if not _NONE.fullmatch(number)))


def of_parts(items: Iterable[InventoryItem], names: re.Pattern[str]) -> tuple[str, ...]:
    """Return the serial numbers of the parts that the whole pattern matches by their name, or that are a chassis."""
    return serials(*(item.serial for item in items if names.fullmatch(item.name) or _is_chassis(item)))


def one_of(found: Collection[str], known: Collection[str]) -> bool:
    """Tell whether one of these was known, so that nothing more has to be asked."""
    return not set(known).isdisjoint(found)


def _is_chassis(item: InventoryItem) -> bool:
    return "chassis" in item.name.casefold().split() or "chassis" in item.description.casefold().split()
