"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.inventory import COMMAND, read_parts
from swimctl.platforms.text import filled

# Transceivers stand without quotation marks.
_NAME: Final = re.compile(
    r'NAME *: *(?:"(?P<quoted>.*?)"|(?P<bare>[^",]+?)) *, *DESCR *: *(?:"(?P<words>.*?)"?|(?P<plain>[^"]*))',
    re.IGNORECASE,
)
_PID: Final = re.compile(r"PID *: *(?P<pid>.*?) *, *VID *: *.*? *, *SN *: *(?P<serial>\S*)(?: .*)?", re.IGNORECASE)
# A slot without a card breaks its line behind `PID:`, and goes on with `, VID: V00 , SN:` (kstaniek/condoor-ng).
_HALF: Final = re.compile(r"PID *:(?!.*\bSN *:).*", re.IGNORECASE)


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Return the parts; see `read_parts`. Model and serial number are empty where the device has none for a part."""
    lines = _joined([line.strip() for line in filled(text, COMMAND, TERMINAL)])
    return read_parts(lines, _name, _product)


def _name(line: str) -> tuple[str, str] | None:
    found = _NAME.fullmatch(line)
    if found is None:
        return None
    return found["quoted"] or found["bare"] or "", (found["words"] or found["plain"] or "").strip()


def _product(line: str) -> tuple[str, str] | None:
    found = _PID.fullmatch(line)
    return (found["pid"], found["serial"]) if found else None


def _joined(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if joined and _HALF.fullmatch(joined[-1]) and line.startswith(","):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined
