"""CDP and LLDP neighbours, the short tables and the details."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import Neighbour
from swimctl.platforms.surroundings import cdp_codes, end_device_of_cdp, end_device_of_lldp
from swimctl.platforms.text import clean, filled, passed_over

_LOCAL: Final = r"(?P<local>(?:Eth|Ethernet|mgmt|sup-eth|Po|port-channel|Vlan|fc)\d[\d/.]*)"
_TOTAL: Final = re.compile(r"Total +(?:cdp +)?entries +displayed *: *(\d+)", re.IGNORECASE)
_CODES: Final = re.compile(r"Capability +Codes *:.*|(?:\w - [\w -]+,? *)+|(?:\([A-Z]\) [\w -]+,? *)+", re.IGNORECASE)

_CDP_HEAD: Final = re.compile(r"Device[ -]ID +Local +Intrfce +Hldtme +Capability +Platform +Port +ID.*", re.IGNORECASE)
_CDP_ROW: Final = re.compile(rf"(?P<name>.*?) *(?<!\S){_LOCAL} +\d{{1,3}} +(?P<rest>\S.*)", re.IGNORECASE)
_PORT: Final = re.compile(r"(?:Port )?\S+$")
_LLDP_HEAD: Final = re.compile(r"Device +ID +Local +Intf +Hold-time +Capability +Port +ID.*", re.IGNORECASE)
# A capability may stand apart: `BR T` (ntc-templates, cisco_nxos_show_lldp_neighbors; no second source).
_CAPABILITIES: Final = r"(?P<codes>[BRTCWPSO]{1,8}(?: +[BRTCWPSO])*)"
_LLDP_ROW: Final = re.compile(
    rf"(?P<name>.*?) *(?<!\S){_LOCAL} +\d+(?: +{_CAPABILITIES}(?= ))?(?: +(?P<rest>\S.*))?", re.IGNORECASE
)
# A port that did not fit stands below its row, far to the right.
_PORT_BELOW: Final = " " * 30
# A row of a kind of port that is not known here.
_LIKE_A_ROW: Final = re.compile(r"(?:.* )?[A-Za-z][A-Za-z-]*\d[\d/.]* +\d{1,5} +[A-Z].*")

_CDP_START: Final = re.compile(r"Device +ID *: *(\S+(?: \S+)*)(?: {2,}\S.*)?", re.IGNORECASE)
_CDP_PORTS: Final = re.compile(
    rf"Interface *: *{_LOCAL} *, *Port +ID *\(outgoing +port\) *: *(?P<port>\S.*)", re.IGNORECASE
)
_LLDP_START: Final = re.compile(r"Chassis +id *: *(\S.*)", re.IGNORECASE)
_LLDP_FIELD: Final = re.compile(r"(Port +id|Local +Port +id|System +Name) *: *(.*)", re.IGNORECASE)
_NAMELESS: Final = frozenset({"", "null", "not advertised"})


def parse_show_cdp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table; empty where it is. Name and own port of each row have to read.

    A long name has a line of its own above its row, a long port one below.
    """
    command = "show cdp neighbors"
    lines = [line.rstrip() for line in clean(text, command, TERMINAL) if line.strip()]
    found, total = _table(command, lines, _CDP_HEAD, _CDP_ROW)
    return _whole(command, lines[-1], found, total)


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table, which counts its rows. A device without LLDP raises CommandRefused."""
    command = "show lldp neighbors"
    lines = [line.rstrip() for line in clean(text, command, TERMINAL) if line.strip()]
    found, total = _table(command, lines, _LLDP_HEAD, _LLDP_ROW)
    if not found and total is None:
        raise UnparsableOutput(command, lines[-1], "it has neither rows nor the number of them")
    return _whole(command, lines[-1], found, total)


def _table(
    command: str, lines: list[str], header: re.Pattern[str], pattern: re.Pattern[str]
) -> tuple[list[Neighbour], int | None]:
    """Return the rows below the header, and how many the device counts."""
    start = _header(command, lines, header)
    rows = [pattern.fullmatch(line.strip()) for line in lines]
    found: list[Neighbour] = []
    total: int | None = None
    name = ""
    for number in range(start + 1, len(lines)):
        line, row = lines[number].strip(), rows[number]
        below = rows[number + 1] if number + 1 < len(lines) else None
        behind_row = rows[number - 1] is not None or number - 1 == start
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif total is not None:
            passed_over(command, line)
        elif row:
            if bool(row["name"]) is bool(name):
                raise UnparsableOutput(command, line, "it is not clear which name belongs to this row")
            found.append(Neighbour(name or row["name"], row["local"], _port(row), _is_end_device(row)))
            name = ""
        elif below and not below["name"]:
            if not (behind_row or lines[number - 1].startswith(_PORT_BELOW)):
                raise UnparsableOutput(command, line, "it is not clear which name belongs to the row below")
            name = line
        elif _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(command, line)
        elif found and behind_row and lines[number].startswith(_PORT_BELOW) and " " not in line:
            found[-1] = replace(found[-1], remote_interface=line)
        else:
            passed_over(command, line)
    return found, total


def _port(row: re.Match[str]) -> str:
    """Return the neighbour's port, empty where the row ends before it: CDP has capabilities and a platform first."""
    words = [word for word in (row["rest"] or "").split() if not re.fullmatch(r"[A-Za-z]", word)]
    if row.re is _LLDP_ROW:
        return (row["rest"] or "").strip()
    port = _PORT.search(row["rest"].strip())
    return port[0] if port and len(words) > 1 else ""


def _is_end_device(row: re.Match[str]) -> bool:
    if row.re is _LLDP_ROW:
        return end_device_of_lldp((row["codes"] or "").upper())
    return end_device_of_cdp(cdp_codes(row["rest"]))


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each that starts with `Device ID:`; each has to name both its ports."""
    command = "show cdp neighbors detail"
    found: list[Neighbour] = []
    name, ports = "", None
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in [*lines, "Device ID: -"]:
        if begun := _CDP_START.fullmatch(line):
            if name and ports is None:
                raise UnparsableOutput(command, line, f"the block of {name} does not name its ports")
            if name and ports is not None:
                found.append(Neighbour(name, ports["local"], ports["port"]))
            name, ports = begun[1], None
        elif closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif name:
            ports = ports or _CDP_PORTS.fullmatch(line)
        elif set(line) - {"-"}:
            passed_over(command, line)
    if not found and total != 0:
        raise UnparsableOutput(command, lines[-1], "there is no 'Device ID:'")
    return _whole(command, lines[-1], found, total)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each that starts with `Chassis id:` and names both ports and the system.

    A neighbour that does not tell its name goes by its chassis id.
    """
    command = "show lldp neighbors detail"
    found: list[Neighbour] = []
    chassis, fields = "", dict[str, str]()
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in [*lines, "Chassis id: -"]:
        if begun := _LLDP_START.fullmatch(line):
            if chassis:
                found.append(_lldp(command, chassis, fields))
            chassis, fields = begun[1].strip(), {}
        elif closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif chassis and (entry := _LLDP_FIELD.fullmatch(line)):
            fields.setdefault(" ".join(entry[1].lower().split()), " ".join(entry[2].split()))
        elif not chassis and not _CODES.fullmatch(line) and not _LLDP_HEAD.fullmatch(line):
            passed_over(command, line)
    if not found and total != 0:
        raise UnparsableOutput(command, lines[-1], "there is no 'Chassis id:'")
    return _whole(command, lines[-1], found, total)


def _lldp(command: str, chassis: str, fields: dict[str, str]) -> Neighbour:
    local = re.fullmatch(_LOCAL, fields.get("local port id", ""), re.IGNORECASE)
    if local is None or not {"port id", "system name"} <= set(fields):
        raise UnparsableOutput(command, chassis, "this neighbour's block does not name its ports and its system")
    name = fields["system name"]
    return Neighbour(chassis if name.lower() in _NAMELESS else name, local["local"], fields["port id"])


def _header(command: str, lines: list[str], header: re.Pattern[str]) -> int:
    for number, line in enumerate(lines):
        if header.fullmatch(line.strip()):
            return number
        if not _CODES.fullmatch(line.strip()):
            passed_over(command, line)
    raise UnparsableOutput(command, lines[-1], "there is no header 'Device ID …'")


def _whole(command: str, last: str, found: list[Neighbour], total: int | None) -> tuple[Neighbour, ...]:
    if total is not None and len(found) < total:
        raise UnparsableOutput(command, last, f"only {len(found)} of its {total} entries read")
    return tuple(found)
