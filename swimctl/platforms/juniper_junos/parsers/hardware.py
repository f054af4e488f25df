"""`show chassis hardware`: the parts of the device with their part and serial numbers."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.juniper_junos.nodes import parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show chassis hardware"

_TITLE: Final = re.compile(r"Hardware +inventory *:", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"(?P<item> *)Item {2,}(?P<version>Version) {2,}(?P<part>Part +number) {2,}(?P<serial>Serial +number) {2,}"
    r"(?P<description>Description).*",
    re.IGNORECASE,
)
_COLUMNS: Final = ("version", "part", "serial", "description")
_ITEM: Final = re.compile(r"[A-Z][\w+/.-]*(?: [\w+/.-]+)*")
# A row that does not keep to the columns, as one of its values is too wide: a part number tells what the others are.
_BY_PART: Final = re.compile(
    r" *(?P<item>[A-Z][\w+/.-]*(?: +[\w+/.-]+)*?)(?: +(?P<version>REV\S*(?: +(?!\d{3}-)\w{1,4})?))? +"
    r"(?P<part>\d{3}-\d{6}\S*|BUILTIN|[A-Z]+-[A-Z]+) +(?P<serial>\S+)(?: +(?P<description>\S.*))?",
    re.IGNORECASE,
)
_CHASSIS: Final = re.compile(r" *(?P<item>Chassis) {2,}(?P<serial>\S+) +(?P<description>\S.*)")
# An item with something behind it in a column of the header: what is not read of it may be a serial number.
_LIKE_A_PART: Final = re.compile(r" *[A-Z][\w+/.-]*(?: [\w+/.-]+)* {2,}(?=\S)")


def parse_show_chassis_hardware(text: str) -> tuple[InventoryItem, ...]:
    """Return all parts; `name` tells where one sits (`FPC 0/MIC 1/PIC 2/Xcvr 0`), `pid` is the vendor's part number.

    Each node has to name its chassis, which has no part number: its model is `description`. A row below the header has
    to read; part number, serial number and description are empty where a part has none, as a virtual chassis may.
    """
    items: list[InventoryItem] = []
    for node, lines in parts_of(COMMAND, filled(text, COMMAND, TERMINAL), _HEAD.fullmatch):
        prefix = f"{node}/" if node else ""
        items += [InventoryItem(prefix + item.name, item.description, item.pid, item.serial) for item in _parts(lines)]
    return tuple(items)


def _parts(lines: list[str]) -> list[InventoryItem]:
    found: list[InventoryItem] = []
    above: list[tuple[int, str]] = []
    header: re.Match[str] | None = None
    for line in _single_spaced(lines):
        if head := _HEAD.fullmatch(line):
            header = head
        elif header is None or (cells := _cells(line, header)) is None:
            if not _TITLE.fullmatch(line.strip()):
                passed_over(COMMAND, line)
        else:
            name, part, serial, description = cells
            depth = max(0, len(line) - len(line.lstrip()) - header.end("item"))
            above = [(at, each) for at, each in above if at < depth]
            above.append((depth, name))
            found.append(InventoryItem("/".join(each for _, each in above), description, part, serial))
    if header is None:
        raise UnparsableOutput(COMMAND, lines[0] if lines else "", "there is no header 'Item Version …'")
    if not any(item.name == "Chassis" for item in found):
        raise UnparsableOutput(COMMAND, lines[-1], "there is no chassis")
    return found


def _single_spaced(lines: list[str]) -> list[str]:
    """Return the lines as they were printed, where something made every gap in them wider by the same factor.

    The blank between `Part` and `number` tells by which.
    """
    header = next((head for line in lines if (head := _HEAD.fullmatch(line))), None)
    factor = header["part"].count(" ") if header else 1
    if factor == 1:
        return lines
    return [re.sub(r"(?<=\S) +(?=\S)", lambda gap: gap[0][::factor], line) for line in lines]


def _cells(line: str, header: re.Match[str]) -> tuple[str, str, str, str] | None:
    """Return item, part number, serial number and description; None for a line that is no row.

    Cut at the columns of the header, where the line keeps to them. A value too wide for its column is told apart only
    by the part number in front of it.
    """
    columns = [header.start(name) for name in _COLUMNS]
    item = line[: columns[0]].strip()
    if not any(line[at - 1 : at].strip() for at in columns) and _ITEM.fullmatch(item):
        ends = [*columns[2:], None]
        part, serial, description = (line[at:end].strip() for at, end in zip(columns[1:], ends, strict=True))
        return item, part, serial, description
    if row := _BY_PART.fullmatch(line) or _CHASSIS.fullmatch(line):
        told = row.groupdict("")
        return " ".join(told["item"].split()), told.get("part", ""), told["serial"], told["description"].strip()
    begun = _LIKE_A_PART.match(line)
    if begun and begun.end() in columns:
        raise UnparsableOutput(COMMAND, line, "a row does not keep to the columns")
    return None
