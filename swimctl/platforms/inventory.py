"""`show inventory` as all of Cisco's systems print it: a NAME line and a PID line for each part. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.text import passed_over

# What a line tells: name and description, or product and serial number; None for any other line.
Tells = Callable[[str], tuple[str, str] | None]

COMMAND: Final = "show inventory"
_START: Final = re.compile(r"(?:NAME|PID) *:.*", re.IGNORECASE)


def read_parts(
    lines: Iterable[str], names: Tells, products: Tells, *, command: str = COMMAND, aside: re.Pattern[str] | None = None
) -> tuple[InventoryItem, ...]:
    """Return each pair of a NAME and a PID line; either without the other, or one that cannot be read, refuses.

    `aside` matches lines that are known to tell nothing of a part.
    """
    items: list[InventoryItem] = []
    head, name = "", None
    for line in lines:
        product, begun = products(line), names(line)
        if product and name is not None:
            items.append(InventoryItem(*name, *product))
            head, name = "", None
        elif begun and name is None:
            head, name = line, begun
        elif _START.fullmatch(line):
            raise UnparsableOutput(command, line)
        elif aside is None or not aside.fullmatch(line):
            passed_over(command, line)
    if name is not None or not items:
        raise UnparsableOutput(command, head, "it ends before the PID line of a part")
    return tuple(items)
