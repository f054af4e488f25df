"""`show chassis hardware`: the parts of the device with their part and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import InventoryItem
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show chassis hardware"

_TITLE: Final = "Hardware inventory:"
_HEAD: Final = re.compile(r" *Item +Version +Part number +Serial number +Description")
_COLUMNS: Final = ("Version", "Part number", "Serial number", "Description")
_ITEM: Final = re.compile(r"[A-Z][\w+/.-]*(?: [\w+/.-]+)*")


def parse_show_chassis_hardware(text: str) -> tuple[InventoryItem, ...]:
    """Read all parts; `name` tells where one sits (`FPC 0/MIC 1/PIC 2/Xcvr 0`), `pid` is the vendor's part number.

    The chassis has none: its model stands in `description`.
    """
    items: list[InventoryItem] = []
    for node, lines in by_node(filled(text, COMMAND, TERMINAL)):
        prefix = f"{node}/" if node else ""
        items += [InventoryItem(prefix + item.name, item.description, item.pid, item.serial) for item in _parts(lines)]
    return tuple(items)


def _parts(lines: list[str]) -> list[InventoryItem]:
    head = next((number for number, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    if head is None or any(line.strip() != _TITLE for line in lines[:head]):
        raise UnparsableOutput(COMMAND, lines[0] if lines else "", "there is no header 'Item Version …'")
    start = lines[head].index("Item")
    columns = [lines[head].index(name) for name in _COLUMNS]
    found: list[InventoryItem] = []
    above: list[tuple[int, str]] = []
    for line in lines[head + 1 :]:
        item, _, part, serial, description = _cells(line, columns)
        depth = len(item) - len(item.lstrip()) - start
        name = item.strip()
        if depth < 0 or not _ITEM.fullmatch(name):
            raise UnparsableOutput(COMMAND, line)
        above = [(at, each) for at, each in above if at < depth]
        above.append((depth, name))
        found.append(InventoryItem("/".join(each for _, each in above), description, part, serial))
    if not any(item.name == "Chassis" for item in found):
        raise UnparsableOutput(COMMAND, lines[-1], "there is no chassis")
    return found


def _cells(line: str, columns: list[int]) -> list[str]:
    """Cut at the columns of the header; a value that is too wide for its own is refused, not guessed."""
    if any(line[at - 1 : at].strip() for at in columns):
        raise UnparsableOutput(COMMAND, line, "it does not keep to the columns")
    ends = [*columns[1:], None]
    return [line[: columns[0]].rstrip(), *(line[at:end].strip() for at, end in zip(columns, ends, strict=True))]
