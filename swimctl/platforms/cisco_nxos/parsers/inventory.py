"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show inventory"

# Transceivers stand without quotation marks.
_NAME: Final = re.compile(
    r'NAME *: *(?:"(?P<quoted>.*?)"|(?P<bare>[^",]+?)) *, *DESCR *: *(?:"(?P<words>.*?)"?|(?P<plain>[^"]*))',
    re.IGNORECASE,
)
_PID: Final = re.compile(r"PID *: *(?P<pid>.*?) *, *VID *: *.*? *, *SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE)
# A slot without a card breaks its line behind `PID:`, and goes on with `, VID: V00 , SN:` (kstaniek/condoor-ng).
_HALF: Final = re.compile(r"PID *:(?!.*\bSN *:).*", re.IGNORECASE)
_START: Final = re.compile(r"(?:NAME|PID) *:.*", re.IGNORECASE)


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Return each pair of a NAME and a PID line; either without the other, or one that does not read, refuses.

    Model and serial number are empty where the device has none for a part.
    """
    items: list[InventoryItem] = []
    name: re.Match[str] | None = None
    for line in _joined([line.strip() for line in filled(text, COMMAND, TERMINAL)]):
        product, begun = _PID.fullmatch(line), _NAME.fullmatch(line)
        if product and name is not None:
            description = (name["words"] or name["plain"] or "").strip()
            items.append(
                InventoryItem(name["quoted"] or name["bare"] or "", description, product["pid"], product["serial"])
            )
            name = None
        elif begun and name is None:
            name = begun
        elif _START.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
        else:
            passed_over(COMMAND, line)
    if name is not None or not items:
        raise UnparsableOutput(COMMAND, name[0] if name else "", "it ends before the PID line of a part")
    return tuple(items)


def _joined(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if joined and _HALF.fullmatch(joined[-1]) and line.startswith(","):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined
