"""`show inventory`, `show inventory raw` and `admin show inventory`: parts with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.inventory import COMMAND, read_parts
from swimctl.platforms.text import filled

_NAME: Final = re.compile(r'NAME *: *"(?P<name>.*?)" *, *DESCR *: *"(?P<words>.*?)"?', re.IGNORECASE)
_PID: Final = re.compile(
    r"PID *: *(?P<pid>[^:]*?) *, *(?:VID *: *[^:]*?, *)?SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE
)
# The 64-bit admin's own form: `Name: Rack 0                Descr: ASR 9906 …`.
_ADMIN_NAME: Final = re.compile(r'Name *: *(?P<name>[^" ].*?) +Descr *: *(?P<words>.*)', re.IGNORECASE)
_ADMIN_PID: Final = re.compile(
    r"PID *: *(?P<pid>[^:,]*?) +VID *: *[^:,]*? +SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE
)


def parse_show_inventory(text: str, command: str = COMMAND) -> tuple[InventoryItem, ...]:
    """Return the parts; see `read_parts`. Model and serial number are empty where the device has none for a part."""
    lines = (line.strip() for line in filled(text, command, TERMINAL))
    return read_parts(lines, _name, _product, command=command)


def _name(line: str) -> tuple[str, str] | None:
    found = _NAME.fullmatch(line) or _ADMIN_NAME.fullmatch(line)
    return (_words(found["name"]), _words(found["words"])) if found else None


def _product(line: str) -> tuple[str, str] | None:
    found = _PID.fullmatch(line) or _ADMIN_PID.fullmatch(line)
    return (found["pid"], found["serial"]) if found else None


def _words(text: str) -> str:
    return " ".join(text.split())
