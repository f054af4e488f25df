"""`show inventory`, `show inventory raw` and `admin show inventory`: parts with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show inventory"

_NAME: Final = re.compile(r'NAME *: *"(?P<name>.*?)" *, *DESCR *: *"(?P<words>.*?)"?', re.IGNORECASE)
_PID: Final = re.compile(
    r"PID *: *(?P<pid>[^:]*?) *, *(?:VID *: *[^:]*?, *)?SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE
)
# The 64-bit admin's own form: `Name: Rack 0                Descr: ASR 9906 …`.
_ADMIN_NAME: Final = re.compile(r'Name *: *(?P<name>[^" ].*?) +Descr *: *(?P<words>.*)', re.IGNORECASE)
_ADMIN_PID: Final = re.compile(
    r"PID *: *(?P<pid>[^:,]*?) +VID *: *[^:,]*? +SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE
)
_START: Final = re.compile(r"(?:NAME|PID) *:.*", re.IGNORECASE)


def parse_show_inventory(text: str, command: str = COMMAND) -> tuple[InventoryItem, ...]:
    """Return each pair of a NAME and a PID line; either without the other, or one that does not read, refuses.

    Model and serial number are empty where the device has none for a part.
    """
    items: list[InventoryItem] = []
    name: re.Match[str] | None = None
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        product = _PID.fullmatch(line) or _ADMIN_PID.fullmatch(line)
        begun = _NAME.fullmatch(line) or _ADMIN_NAME.fullmatch(line)
        if product and name is not None:
            items.append(InventoryItem(_words(name["name"]), _words(name["words"]), product["pid"], product["serial"]))
            name = None
        elif begun and name is None:
            name = begun
        elif _START.fullmatch(line):
            raise UnparsableOutput(command, line)
        else:
            passed_over(command, line)
    if name is not None or not items:
        raise UnparsableOutput(command, name[0] if name else "", "it ends before the PID line of a part")
    return tuple(items)


def _words(text: str) -> str:
    return " ".join(text.split())
