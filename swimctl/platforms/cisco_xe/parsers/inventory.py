"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.inventory import COMMAND, read_parts
from swimctl.platforms.text import filled, plain_words

_NAME: Final = re.compile(r'NAME: *"(.*?)",? *DESCR: *"(.*?)"?', re.IGNORECASE)
# The template of ntc-templates takes `SN: N/A` for `N` and passes over lines that it does not know, so not it.
_PID: Final = re.compile(r"PID: *(.*?),? *VID: *(.*?),? *SN: *([^,]*?)(?:,.*)?", re.IGNORECASE)
_ASIDE: Final = re.compile(r"INFO: .*|OID: .*|[-+*]{3,}.*", re.IGNORECASE)


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Return the parts; see `read_parts`. Product and serial number are empty where the device has none for a part."""
    return read_parts(_joined(filled(text, COMMAND, TERMINAL)), _name, _product, aside=_ASIDE)


def _name(line: str) -> tuple[str, str] | None:
    found = _NAME.fullmatch(line)
    return (found[1].strip(), found[2].strip()) if found else None


def _product(line: str) -> tuple[str, str] | None:
    found = _PID.fullmatch(line)
    return (found[1].strip(), found[3]) if found else None


def _joined(lines: list[str]) -> list[str]:
    """Join an entry that is printed in two lines (`PID: …, VID: …,` and `SN: …`) into one."""
    joined: list[str] = []
    for line in map(plain_words, lines):
        if joined and re.match(r",? ?(?:SN|DESCR|VID):", line, re.IGNORECASE):
            joined[-1] = f"{joined[-1].rstrip(', ')}, {line.lstrip(', ')}"
        else:
            joined.append(line)
    return joined
