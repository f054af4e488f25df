"""`show inventory`, `show inventory raw` and `admin show inventory`: parts with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import InventoryItem
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show inventory"

_NAME: Final = re.compile(r'NAME: *"(.*?)" *, *DESCR: *"(.*?)"?')
_PID: Final = re.compile(r"PID: *(.*?) *, *VID: *(.*?) *, *SN: *(.*)")
# The 64-bit admin's own form: `Name: Rack 0                Descr: ASR 9906 …`.
_ADMIN_NAME: Final = re.compile(r"Name: *(\S.*?) +Descr: *(.*)")
_ADMIN_PID: Final = re.compile(r"PID: *(.*?) +VID: *(.*?) +SN: *(.*)")


def parse_show_inventory(text: str, command: str = COMMAND) -> tuple[InventoryItem, ...]:
    """Read pairs of a NAME and a PID line. A part without its PID line means that the output was cut off."""
    items: list[InventoryItem] = []
    name: re.Match[str] | None = None
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        product = _PID.fullmatch(line) or _ADMIN_PID.fullmatch(line)
        if product and name is not None:
            items.append(InventoryItem(name[1], name[2].strip(), product[1], product[3].strip()))
            name = None
        elif name is not None or (name := _NAME.fullmatch(line) or _ADMIN_NAME.fullmatch(line)) is None:
            raise UnparsableOutput(command, line)
    if name is not None or not items:
        raise UnparsableOutput(command, name[0] if name else "", "it ends before the PID line of a part")
    return tuple(items)
