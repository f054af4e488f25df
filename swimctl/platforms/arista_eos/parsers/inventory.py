"""`show inventory`: the parts of the device with their product and serial numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show inventory"

_SYSTEM: Final = re.compile(r"System +information(?: .*)?", re.IGNORECASE)
_HEADING: Final = re.compile(r"System +has +(?:\d+ +)?(?P<what>\S.*)|Subcomponent +serial +numbers", re.IGNORECASE)
_DASHES: Final = re.compile(r" *-{3,}(?: +-+)*")
_COLUMNS: Final = re.compile(
    r" *(?:Model(?: +Description)?(?: +\S+)?|Description"
    r"|HW +Version +Serial +Number +Mfg +Date(?: +Epoch)?|Slot +Model +Serial.*"
    r"|Module +.*Serial +Number.*|Module +Model.*|Type +Count|Port +Manufacturer +.*|Component +Serial.*|Mount +Type.*"
    r"|Size \(GB\))",
    re.IGNORECASE,
)
_MADE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MADE_HEAD: Final = re.compile(r" *HW +Version", re.IGNORECASE)
_LIKE_A_MODEL: Final = re.compile(r"\S*(?:[\d-]|EOS)\S*(?: |$)", re.IGNORECASE)
_NOTHING: Final = re.compile(r" *\S+ +(?:\d+ +)?Not +(?:Present|Inserted)(?: .*)?", re.IGNORECASE)
_LIKE_A_CARD: Final = re.compile(r"(?:\d+|[A-Z]\w*\d) +\S*\d\S*-\S+.*|(?:\d+|[A-Z]\w*\d) +[A-Z]+-\S+.*")
_PORT: Final = re.compile(r"\d+(?:/\d+)*")


def parse_show_inventory(text: str) -> tuple[InventoryItem, ...]:
    """Read the system and its cards, power supplies, fans and transceivers; what is not present is left out.

    The system's model has to be there, and each card that is inserted has to read; other parts that cannot be read are
    passed over.
    """
    lines = filled(text, COMMAND, TERMINAL)
    start = next((at for at, line in enumerate(lines) if _SYSTEM.fullmatch(line.strip())), None)
    if start is None:
        raise UnparsableOutput(COMMAND, lines[0], "there is no 'System information'")
    for line in lines[:start]:
        passed_over(COMMAND, line)
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in lines[start + 1 :]:
        if found := _HEADING.fullmatch(line.strip()):
            sections.append((" ".join((found["what"] or "").lower().split()), []))
        else:
            sections[-1][1].append(line)
    items = [_system(sections[0][1])]
    for what, body in sections[1:]:
        read = next((reader for words, reader in _READERS if words in what), None)
        if read is not None:
            for line, cells in _rows(body):
                if item := read(line, cells):
                    items.append(item)
                else:
                    passed_over(COMMAND, line)
    return tuple(items)


def _system(body: list[str]) -> InventoryItem:
    """Read model, description and serial number; the two may stand under headings of their own, or under one."""
    split = next((at for at, line in enumerate(body) if _MADE_HEAD.match(line)), len(body))
    told = [line.strip() for line in body[:split] if not _DASHES.fullmatch(line) and not _COLUMNS.fullmatch(line)]
    start = next((at for at, line in enumerate(told) if _LIKE_A_MODEL.match(line)), len(told))
    product = told[start:]
    # Without headings the last line is that of the serial number.
    made = [cells for _, cells in _rows(body[split:])] or [product.pop().split() for _ in product[1:][-1:]]
    if not product or len(made) > 1:
        raise UnparsableOutput(COMMAND, body[0] if body else "System information", "the system's model cannot be read")
    model, *words = " ".join(product).split()
    words_made = [cell for cell in made[0] if cell] if made else []
    date = next((at for at, word in enumerate(words_made) if _MADE.fullmatch(word)), len(words_made))
    if made and not (1 <= date <= 2):
        raise UnparsableOutput(COMMAND, " ".join(words_made), "the system's serial number cannot be read")
    return InventoryItem("System", " ".join(words), model, words_made[date - 1] if made else "")


def _rows(body: list[str]) -> list[tuple[str, list[str]]]:
    """Cut the rows below a line of dashes into cells."""
    found: list[tuple[str, list[str]]] = []
    dashes = ""
    for line in body:
        if _DASHES.fullmatch(line):
            dashes = line
        elif not _COLUMNS.fullmatch(line) and not _NOTHING.fullmatch(line):
            found.append((line, _cells(line, dashes)))
    return found


def _cells(line: str, dashes: str) -> list[str]:
    """Cut at the columns of the dashes; where a row does not keep to them (a copy that lost blanks), at its blanks."""
    starts = [found.start() for found in re.finditer(r"-+", dashes)]
    words = line.strip()
    if starts and (len(line) > starts[-1] or "  " in words) and not any(line[at - 1 : at].strip() for at in starts[1:]):
        return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return re.split(r" {2,}", words) if "  " in words else words.split()


def _card(line: str, cells: list[str]) -> InventoryItem | None:
    made = next((at for at, cell in enumerate(cells) if _MADE.fullmatch(cell)), None)
    if made != 4 or not all(cells[:5]):
        if _LIKE_A_CARD.fullmatch(line.strip()):
            raise UnparsableOutput(COMMAND, line, "this card cannot be read")
        return None
    return InventoryItem(f"Card {cells[0]}", "", cells[1], cells[3])


def _supply(_line: str, cells: list[str]) -> InventoryItem | None:
    if len(cells) != 3 or not _PORT.fullmatch(cells[0]) or not cells[1]:
        return None
    return InventoryItem(f"Power supply {cells[0]}", "", cells[1], cells[2])


def _fan(_line: str, cells: list[str]) -> InventoryItem | None:
    if len(cells) != 4 or not _PORT.fullmatch(cells[0]) or not cells[1].isdecimal():
        return None
    return InventoryItem(f"Fan {cells[0]}", "", cells[2], cells[3])


def _transceiver(_line: str, cells: list[str]) -> InventoryItem | None:
    if len(cells) < 3 or not _PORT.fullmatch(cells[0]) or is_half(" ".join(cells[1:]).strip(), ("Not Present",)):
        return None
    port, *words = cells
    # In a copy that lost its columns a maker may be of several words, and the revision may be missing.
    two_words = [word.lower() for word in words[:2]] == ["arista", "networks"]
    makers = 2 if two_words else max(1, len(words) - 3)
    maker = " ".join(words[:makers])
    model, serial = [*words[makers:], ""][:2]
    return InventoryItem(f"Transceiver {port}", maker, model, serial)


_READERS: Final[tuple[tuple[str, Callable[[str, list[str]], InventoryItem | None]], ...]] = (
    ("card slot", _card),
    ("power supply", _supply),
    ("power-supply", _supply),
    ("fan module", _fan),
    ("transceiver", _transceiver),
)
