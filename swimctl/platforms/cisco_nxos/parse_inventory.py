"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import InventoryItem
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show inventory"

# Transceivers stand without quotation marks.
_NAME: Final = re.compile(
    r'NAME: *(?:"(?P<quoted>.*?)"|(?P<bare>[^",]+?)) *, *DESCR: *(?:"(?P<words>.*?)"?|(?P<plain>[^"]*))', re.IGNORECASE
)
_PID: Final = re.compile(r"PID: *(.*?) *, *VID: *(.*?) *, *SN: *(.*)", re.IGNORECASE)


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Read pairs of a NAME and a PID line. A part without its PID line means that the output was cut off."""
    items: list[InventoryItem] = []
    name: re.Match[str] | None = None
    for line in (line.strip() for line in filled(text, COMMAND, TERMINAL)):
        product = _PID.fullmatch(line)
        if product and name is not None:
            description = (name["words"] or name["plain"] or "").strip()
            items.append(InventoryItem(name["quoted"] or name["bare"] or "", description, product[1], product[3]))
            name = None
        elif name is not None or (name := _NAME.fullmatch(line)) is None:
            raise UnparsableOutput(COMMAND, line)
    if name is not None or not items:
        raise UnparsableOutput(COMMAND, name[0] if name else "", "it ends before the PID line of a part")
    return tuple(items)
