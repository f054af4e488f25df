"""`show cdp neighbors detail`, `show lldp neighbors` and its `detail`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Neighbour
from swimctl.platforms.text import filled, passed_over

_CDP_TOTAL: Final = re.compile(r"Total +cdp +entries +displayed *: *(\d+)", re.IGNORECASE)
_LLDP_TOTAL: Final = re.compile(r"Total +entries +displayed *: *(\d+)", re.IGNORECASE)
_LEGEND: Final = re.compile(r"Capability +codes *:.*|(?:\(?[A-Z]\)? +(?:- +)?[\w -]+ *,? *)+|-+", re.IGNORECASE)

_CDP_KEYS: Final = {
    "device id": "name",
    "interface": "local",
    "port id (outgoing port)": "remote",
    "holdtime": "end",
}
_LLDP_KEYS: Final = {
    "local interface": "local",
    "chassis id": "chassis",
    "port id": "remote",
    "system name": "name",
    "hold time": "end",
}
# From here on a neighbour speaks in its own words, which may look like anything.
_FREE_TEXT: Final = re.compile(r"(?:Version *|System +Description) *: *", re.IGNORECASE)

_LLDP_HEAD: Final = re.compile(r"Device +ID +Local +Intf +Hold-time +Capability +Port +ID(?: .*)?", re.IGNORECASE)
# An interface is named by rack, slot, module and port at least; IOS, whose table this also is, has less of them.
_LLDP_ROW: Final = re.compile(
    r"(?:\[\w+\] *)?(?P<name>.*?) *(?P<local>[A-Z][A-Za-z-]*\d+(?:/\w+){3,}(?:\.\d+)?)(?:\[\S+\])? +\d+"
    r"(?: +(?:[A-Z](?: *,[A-Z])*|N/A)(?= |$))?(?: +(?P<port>\S.*))?",
    re.IGNORECASE,
)
_LIKE_A_ROW: Final = re.compile(r".*[A-Za-z]\d+/\S* .*|.* \d+ +(?:[A-Z](?:,[A-Z])*|N/A)(?: .*)?")


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each that starts with `Device ID:` and names both ports.

    Empty only where the device counts none.
    """
    command = "show cdp neighbors detail"
    blocks = _blocks(text, command, "device id", _CDP_KEYS, _CDP_TOTAL)
    for block in blocks:
        _check(command, block, ("name", "local", "remote"))
    return tuple(Neighbour(block["name"], block["local"], block["remote"]) for block in blocks)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each that starts with `Local Interface:` and names the chassis and its port.

    A neighbour that does not tell its name goes by its chassis id. Empty only where the device counts none.
    """
    command = "show lldp neighbors detail"
    blocks = _blocks(text, command, "local interface", _LLDP_KEYS, _LLDP_TOTAL)
    for block in blocks:
        _check(command, block, ("local", "chassis", "remote"))
    return tuple(Neighbour(block.get("name") or block["chassis"], block["local"], block["remote"]) for block in blocks)


def _blocks(
    text: str, command: str, first: str, keys: dict[str, str], closing: re.Pattern[str]
) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = []
    total: int | None = None
    free = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        key, colon, value = (" ".join(part.split()) for part in line.partition(":"))
        key = key.lower()
        if key == first and colon and value:
            blocks.append({keys[first]: value})
            free = False
        elif counted := closing.fullmatch(line):
            total = int(counted[1])
        elif not blocks and _LLDP_HEAD.fullmatch(line):
            raise UnparsableOutput(command, line, "it is the short table")
        elif not blocks:
            if not _LEGEND.fullmatch(line):
                passed_over(command, line)
        elif _FREE_TEXT.match(line):
            free = True
        elif colon and key in keys and (not free or keys[key] == "end"):
            blocks[-1].setdefault(keys[key], value)
            free = free and keys[key] != "end"
    if (not blocks and total != 0) or (total is not None and len(blocks) < total):
        raise UnparsableOutput(command, lines[-1], f"{len(blocks)} neighbours read, of {total} that it counts")
    return blocks


def _check(command: str, block: dict[str, str], needed: tuple[str, ...]) -> None:
    if not all(block.get(key) for key in needed):
        raise UnparsableOutput(command, next(iter(block.values())), "this neighbour's block does not name its ports")


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table, which counts its rows; name and own port of each row have to read.

    A device without LLDP raises NotEnabled.
    """
    command = "show lldp neighbors"
    found: list[Neighbour] = []
    header = False
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _LLDP_ROW.fullmatch(line)
        if _LLDP_HEAD.fullmatch(line):
            header = True
        elif counted := _LLDP_TOTAL.fullmatch(line):
            total = int(counted[1])
        elif header and row and total is None:
            found.append(Neighbour(row["name"], row["local"], (row["port"] or "").strip()))
        elif header and total is None and _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(command, line, "a neighbour's row cannot be read")
        elif not _LEGEND.fullmatch(line):
            passed_over(command, line)
    if not header:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Device ID …'")
    if total is None or len(found) < total:
        raise UnparsableOutput(command, lines[-1], f"{len(found)} neighbours read, of {total} that it counts")
    return tuple(found)
