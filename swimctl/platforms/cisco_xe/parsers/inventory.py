"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.text import filled, passed_over, plain_words

COMMAND: Final = "show inventory"

_NAME: Final = re.compile(r'NAME: *"(.*?)",? *DESCR: *"(.*?)"?', re.IGNORECASE)
# The template of ntc-templates takes `SN: N/A` for `N` and passes over lines that it does not know, so not it.
_PID: Final = re.compile(r"PID: *(.*?),? *VID: *(.*?),? *SN: *(.*)", re.IGNORECASE)
_START: Final = re.compile(r"(?:NAME|PID) *:.*", re.IGNORECASE)
_ASIDE: Final = re.compile(r"INFO: .*|OID: .*|[-+*]{3,}.*", re.IGNORECASE)


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Return each pair of a NAME and a PID line; either without the other, or one that does not read, refuses.

    Product and serial number are empty where the device has none for a part.
    """
    items: list[InventoryItem] = []
    name: re.Match[str] | None = None
    for line in _joined(filled(text, COMMAND, TERMINAL)):
        product, begun = _PID.fullmatch(line), _NAME.fullmatch(line)
        if product and name is not None:
            items.append(InventoryItem(name[1].strip(), name[2].strip(), product[1].strip(), product[3]))
            name = None
        elif begun and name is None:
            name = begun
        elif _START.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
        elif not _ASIDE.fullmatch(line):
            passed_over(COMMAND, line)
    if name is not None or not items:
        raise UnparsableOutput(COMMAND, name[0] if name else "", "it ends before the PID line of a part")
    return tuple(items)


def _joined(lines: list[str]) -> list[str]:
    """Put a pair that is printed in two lines (`PID: …, VID: …,` and `SN: …`) into one."""
    joined: list[str] = []
    for line in map(plain_words, lines):
        if joined and re.match(r",? ?(?:SN|DESCR|VID):", line, re.IGNORECASE):
            joined[-1] = f"{joined[-1].rstrip(', ')}, {line.lstrip(', ')}"
        else:
            joined.append(line)
    return joined
