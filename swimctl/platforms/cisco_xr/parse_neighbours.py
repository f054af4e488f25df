"""`show cdp neighbors detail`, `show lldp neighbors` and its `detail`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Neighbour
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

_CDP_TOTAL: Final = re.compile(r"Total cdp entries displayed *: *(\d+)", re.IGNORECASE)
_LLDP_TOTAL: Final = re.compile(r"Total entries displayed *: *(\d+)", re.IGNORECASE)
_LEGEND: Final = re.compile(r"Capability codes:.*|(?:\(?[A-Z]\)? (?:- )?[\w -]+,? *)+|-+", re.IGNORECASE)
_NOT_TOLD: Final = re.compile(r"(.+?) - not advertised")

_CDP_KEYS: Final = {"Device ID": "name", "Interface": "local", "Port ID (outgoing port)": "remote", "Holdtime": "end"}
_LLDP_KEYS: Final = {
    "Local Interface": "local",
    "Chassis id": "chassis",
    "Port id": "remote",
    "System Name": "name",
    "Hold Time": "end",
}
# From here on a neighbour speaks in its own words, which may look like anything.
_FREE_TEXT: Final = re.compile(r"(?:Version *|System Description): *")

_LLDP_HEAD: Final = re.compile(r"Device ID +Local Intf +Hold-time +Capability +Port ID", re.IGNORECASE)
# An interface is named by rack, slot, module and port at least; IOS, whose table this also is, has less of them.
_LLDP_ROW: Final = re.compile(
    r"(?:\[\w+\] *)?(?P<name>.*?) *(?P<local>[A-Z][A-Za-z-]*\d+(?:/\w+){3,}(?:\.\d+)?)(?:\[\S+\])? +\d+"
    r"(?: +(?:[A-Z](?:,[A-Z])*|N/A)(?= |$))?(?: +(?P<port>\S.*))?"
)


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Device ID:`. Empty only where the device counts none."""
    command = "show cdp neighbors detail"
    blocks = _blocks(text, command, "Device ID", _CDP_KEYS, _CDP_TOTAL)
    for block in blocks:
        _check(command, block, ("name", "local", "remote", "end"))
    return tuple(Neighbour(block["name"], block["local"], block["remote"]) for block in blocks)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Local Interface:`. Empty only where the device counts none.

    A neighbour that does not tell its name goes by its chassis id.
    """
    command = "show lldp neighbors detail"
    blocks = _blocks(text, command, "Local Interface", _LLDP_KEYS, _LLDP_TOTAL)
    for block in blocks:
        _check(command, block, ("local", "chassis", "remote", "end"))
    return tuple(Neighbour(block.get("name") or block["chassis"], block["local"], block["remote"]) for block in blocks)


def _blocks(
    text: str, command: str, first: str, keys: dict[str, str], closing: re.Pattern[str]
) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = []
    total: int | None = None
    free = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        key, colon, value = (part.strip() for part in line.partition(":"))
        if key == first and colon and value:
            blocks.append({keys[first]: value})
            free = False
        elif counted := closing.fullmatch(line):
            total = int(counted[1])
        elif not blocks:
            if not _LEGEND.fullmatch(line):
                raise UnparsableOutput(command, line, f"there is no '{first}:'")
        elif _FREE_TEXT.match(line):
            free = True
        elif colon and key in keys and (not free or keys[key] == "end"):
            blocks[-1].setdefault(keys[key], value)
        elif not (free or colon or _NOT_TOLD.fullmatch(line) or set(line) == {"-"}):
            raise UnparsableOutput(command, line)
    if (not blocks and total != 0) or (total is not None and len(blocks) < total):
        raise UnparsableOutput(command, lines[-1], f"{len(blocks)} neighbours read, of {total} that it counts")
    return blocks


def _check(command: str, block: dict[str, str], needed: tuple[str, ...]) -> None:
    if not all(block.get(key) for key in needed):
        raise UnparsableOutput(command, next(iter(block.values())), "this neighbour's block is cut off")


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table; it is whole only with its total. A device without LLDP raises NotEnabled."""
    command = "show lldp neighbors"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    found: list[Neighbour] = []
    header = False
    total: int | None = None
    for line in lines:
        row = _LLDP_ROW.fullmatch(line)
        if _LLDP_HEAD.fullmatch(line):
            header = True
        elif counted := _LLDP_TOTAL.fullmatch(line):
            total = int(counted[1])
        elif header and row and total is None:
            found.append(Neighbour(row["name"], row["local"], (row["port"] or "").strip()))
        elif header or not _LEGEND.fullmatch(line):
            raise UnparsableOutput(command, line)
    if not header or total is None or len(found) < total:
        raise UnparsableOutput(command, lines[-1], f"{len(found)} neighbours read, of {total} that it counts")
    return tuple(found)
