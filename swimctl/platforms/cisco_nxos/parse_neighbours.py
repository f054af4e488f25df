"""CDP and LLDP neighbours, the short tables and the details."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Neighbour
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import clean, filled

_LOCAL: Final = r"(?P<local>(?:Eth|Ethernet|mgmt|sup-eth)\d[\d/]*)"
_TOTAL: Final = re.compile(r"Total (?:cdp )?entries displayed *: *(\d+)", re.IGNORECASE)
_CODES: Final = re.compile(r"Capability Codes:.*|(?:\w - [\w -]+,? *)+|(?:\([A-Z]\) [\w -]+,? *)+", re.IGNORECASE)

_CDP_HEAD: Final = re.compile(r"Device[ -]ID +Local Intrfce +Hldtme +Capability +Platform +Port ID")
_CDP_ROW: Final = re.compile(rf"(?P<name>.*?) *(?<!\S){_LOCAL} +\d{{1,3}} +(?P<rest>\S.*)")
_PORT: Final = re.compile(r"(?:Port )?\S+$")

_LLDP_HEAD: Final = re.compile(r"Device ID +Local Intf +Hold-time +Capability +Port ID")
_LLDP_ROW: Final = re.compile(rf"(?P<name>.*?) *(?<!\S){_LOCAL} +\d+(?: +[A-Z]{{1,8}}(?= ))?(?: +(?P<port>\S.*))?")

_CDP_START: Final = re.compile(r"Device ID: *(\S.*)")
_CDP_PORTS: Final = re.compile(rf"Interface: {_LOCAL}, *Port ID \(outgoing port\): *(?P<port>\S.*)")
_CDP_HOLD: Final = re.compile(r"Holdtime: \d+ sec")
_CDP_END: Final = re.compile(r"Advertisement Version: *\d+")
_LLDP_START: Final = re.compile(r"Chassis id: *(\S.*)")
_LLDP_FIELD: Final = re.compile(r"(Port id|Local Port id|System Name|Time remaining): *(.*)")
_LLDP_END: Final = re.compile(r"\d+ seconds")
_NAMELESS: Final = frozenset({"", "null", "not advertised"})


def parse_show_cdp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table. Empty where it is.

    A long name has a line of its own above its row, a long port one below.
    """
    command = "show cdp neighbors"
    lines = [line for line in clean(text, command, TERMINAL) if line.strip()]
    start = _header(command, lines, _CDP_HEAD)
    found: list[Neighbour] = []
    total: int | None = None
    name, portless = "", False
    for number, whole in enumerate(lines[start + 1 :], start + 1):
        line = whole.strip()
        row = _CDP_ROW.fullmatch(line)
        below = _CDP_ROW.fullmatch(lines[number + 1].strip()) if number + 1 < len(lines) else None
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif row and total is None and bool(row["name"]) is not bool(name):
            port = _PORT.search(row["rest"])
            portless = len([word for word in row["rest"].split() if not re.fullmatch(r"[A-Za-z]", word)]) < 2
            found.append(Neighbour(name or row["name"], row["local"], port[0] if port else ""))
            name = ""
        elif total is None and not name and not row and " " not in line and below and not below["name"]:
            name = line
        elif total is None and not name and not row and found and whole[0] == " " and " " not in line:
            found[-1] = Neighbour(found[-1].name, found[-1].local_interface, line)
            portless = False
        else:
            raise UnparsableOutput(command, line)
    if portless and total is None:  # the last row has a platform, and its port is not there
        raise UnparsableOutput(command, lines[-1], "it ends inside a row")
    return _whole(command, lines[-1], found, total)


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table; its count of entries closes it. A device without LLDP raises CommandRefused."""
    command = "show lldp neighbors"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    start = _header(command, lines, _LLDP_HEAD)
    found: list[Neighbour] = []
    total: int | None = None
    name = ""
    for line in lines[start + 1 :]:
        row = _LLDP_ROW.fullmatch(line)
        if (closing := _TOTAL.fullmatch(line)) and not name:
            total = int(closing[1])
        elif row and total is None and not (name and row["name"]):
            found.append(Neighbour(name or row["name"], row["local"], (row["port"] or "").strip()))
            name = ""
        elif total is None and not name and "  " not in line:
            name = line
        else:
            raise UnparsableOutput(command, line)
    if total is None:
        raise UnparsableOutput(command, lines[-1], "it ends before the number of entries")
    return _whole(command, lines[-1], found, total)


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Device ID:`; each goes on at least to its `Advertisement Version`."""
    command = "show cdp neighbors detail"
    found: list[Neighbour] = []
    name, ports, held = "", None, False
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        if begun := _CDP_START.fullmatch(line):
            if name:
                raise UnparsableOutput(command, line, "the block before it is cut off")
            name, ports, held = begun[1], None, False
        elif closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif name:
            ports = ports or _CDP_PORTS.fullmatch(line)
            held = held or _CDP_HOLD.fullmatch(line) is not None
            if ports and held and _CDP_END.fullmatch(line):
                found.append(Neighbour(name, ports["local"], ports["port"]))
                name = ""
        elif not found and set(line) - {"-"}:
            raise UnparsableOutput(command, line)
    if name or not (found or total == 0):
        raise UnparsableOutput(command, lines[-1], "it ends inside the block of a neighbour")
    return _whole(command, lines[-1], found, total)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Chassis id:`; a neighbour that does not tell its name goes by that id."""
    command = "show lldp neighbors detail"
    found: list[Neighbour] = []
    chassis, fields = "", dict[str, str]()
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        entry = _LLDP_FIELD.fullmatch(line)
        if begun := _LLDP_START.fullmatch(line):
            if chassis:
                raise UnparsableOutput(command, line, "the block before it is cut off")
            chassis, fields = begun[1].strip(), {}
        elif closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif chassis and entry:
            fields.setdefault(entry[1], entry[2].strip())
            if entry[1] == "Time remaining" and _LLDP_END.fullmatch(entry[2]):
                found.append(_lldp(command, line, chassis, fields))
                chassis = ""
        elif not chassis and not found and not _CODES.fullmatch(line) and not _LLDP_HEAD.fullmatch(line):
            raise UnparsableOutput(command, line)
    if chassis or total is None:
        raise UnparsableOutput(command, lines[-1], "it ends before the number of entries")
    return _whole(command, lines[-1], found, total)


def _lldp(command: str, line: str, chassis: str, fields: dict[str, str]) -> Neighbour:
    local = re.fullmatch(_LOCAL, fields.get("Local Port id", ""))
    if local is None or "Port id" not in fields:
        raise UnparsableOutput(command, line, "a neighbour has no local port")
    name = fields.get("System Name", "")
    return Neighbour(chassis if name in _NAMELESS else name, local["local"], fields["Port id"])


def _header(command: str, lines: list[str], header: re.Pattern[str]) -> int:
    for number, line in enumerate(lines):
        if header.fullmatch(line.strip()):
            return number
        if not _CODES.fullmatch(line.strip()):
            raise UnparsableOutput(command, line, "there is no header 'Device ID …'")
    raise UnparsableOutput(command, lines[-1], "it ends before the header 'Device ID …'")


def _whole(command: str, last: str, found: list[Neighbour], total: int | None) -> tuple[Neighbour, ...]:
    if total is not None and len(found) < total:
        raise UnparsableOutput(command, last, f"only {len(found)} of its {total} entries read")
    return tuple(found)
