"""CDP and LLDP neighbours, the short tables and the details."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import Neighbour
from swimctl.platforms.surroundings import cdp_codes, end_device_of_cdp, end_device_of_lldp
from swimctl.platforms.text import filled, passed_over, plain_words

_TOTAL: Final = re.compile(r"Total (?:cdp )?entries displayed: *(\d+)", re.IGNORECASE)
_CODES: Final = re.compile(
    r"Capability Codes:.*|(?:[A-Z] ?- ?[\w -]+,? *)+|(?:\([A-Z]\) [\w -]+,? *)+|Port ID|''", re.IGNORECASE
)

_CDP_HEADER: Final = re.compile(r"Device ID Local Int\w* Hold\w* Capability Platform.*", re.IGNORECASE)
# `R5.cisco.com Gig 0/0 125 R B CSR1000V Gig 0/0`; the name may stand on the line above, or be missing.
_CDP_ROW: Final = re.compile(
    r"(?P<name>.*?) ?(?<!\S)(?P<local>[A-Z][A-Za-z-]* ?\d+(?:/\d+)*(?:[.:]\d+)?) \d{1,3}(?: (?P<rest>\S.*))?"
)
_LIKE_A_CDP_ROW: Final = re.compile(r"(?:.* )?[A-Za-z][A-Za-z-]* ?\d+(?:/\d+)*(?:[.:]\d+)? \d{1,5}(?: .*)?")
_PORT_KIND: Final = re.compile(
    r"(?:(?i:Gig|Fas|Ten|Twe|Two|Fiv|For|Fif|Hun|Fou|Eth|Ser|Por|Virtual|Port|Gi)|[A-Z][a-z]+)$"
)
# A name in a line of its own has few words; more are a message, and whose row stands below is not known.
_MOST_WORDS: Final = 3

_LLDP_HEADER: Final = re.compile(r"Device ID Local Intf Hold-time Capability Port ID.*", re.IGNORECASE)
_KIND: Final = r"(?:Fas?|Gi|Te|Twe?|Two|Fi|Fo|Fou|Hu|Et|Ap|Po)"
# The name has twenty columns and touches the interface where it fills them.
_LLDP_ROW: Final = re.compile(
    rf"(?P<name>.*?) ?(?P<local>(?:(?<!\S)[A-Z][A-Za-z]{{1,3}}|{_KIND})\d+(?:/\d+)*(?:\.\d+)?) \d+"
    r"(?: (?P<codes>[A-Z](?:,[A-Z])*)(?= |$))?(?: (?P<port>\S.*))?"
)
_LIKE_AN_LLDP_ROW: Final = re.compile(r".*[A-Za-z]{2}\d+(?:/\d+)*(?:\.\d+)? \d+(?: .*)?")
_CAPABILITIES: Final = re.compile(r"(?:[A-Z],)+[A-Z]?")

# What stands behind two blanks is another column.
_CDP_START: Final = re.compile(r"Device +ID *: *(\S+(?: \S+)*)(?: {2,}\S.*)?", re.IGNORECASE)
_CDP_PORTS: Final = re.compile(
    r"Interface *: *(?P<local>[A-Za-z][A-Za-z-]* ?\d[\d/.:]*) *, *Port +ID *\(outgoing +port\) *: *"
    r"(?P<port>Port +\d+|\S+(?: \S+)*)(?: {2,}\S.*)?",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(r"Local +Intf *: *(\S+)(?: .*)?", re.IGNORECASE)
_LLDP_START: Final = re.compile(r"Chassis +id *: *(\S+(?: \S+)*)(?: {2,}\S.*)?", re.IGNORECASE)
_OTHER: Final = "this is the output of another system, or of another command"
# What NX-OS and IOS-XR print in a block, and what stands above the short tables.
_FOREIGN: Final = re.compile(
    r"(?:SysName|System +Name|Interface +address\(es\)|Local +Interface|Local +Port +id) *:.*"
    r"|Device +ID +Local +Int.*",
    re.IGNORECASE,
)
_LLDP_FIELD: Final = re.compile(r"(Port +id|System +Name) *(?:: *|- *not +advertised)(.*)", re.IGNORECASE)


def parse_show_cdp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table, empty where it is; name and own port of each row have to read.

    A device without CDP raises NotEnabled. Some neighbours have no name (cisco_xe/show_cdp_neighbors, a phone).
    """
    command = "show cdp neighbors"
    lines = _below(command, text, _CDP_HEADER)
    rows = [_CDP_ROW.fullmatch(line) for line in lines]
    found: list[Neighbour] = []
    total: int | None = None
    name = ""
    for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
        below = rows[number + 1] if number + 1 < len(rows) else None
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif total is None and row:
            codes = cdp_codes(row["rest"] or "")
            found.append(
                Neighbour(row["name"] or name, row["local"], _port(row["rest"] or ""), end_device_of_cdp(codes))
            )
            name = ""
        elif total is None and _LIKE_A_CDP_ROW.fullmatch(line):
            raise UnparsableOutput(command, line)
        elif total is None and below and not below["name"]:
            if len(line.split()) > _MOST_WORDS:
                raise UnparsableOutput(command, line, "it is not clear which name belongs to the row below")
            name = line
        elif not _CODES.fullmatch(line):
            passed_over(command, line)
    _check_total(command, found, total)
    # Without a port the row may be half, and with capabilities alone it is.
    if lines and (last := rows[-1]) and len(cdp_codes(last["rest"] or "")) == len((last["rest"] or "").split()):
        raise UnparsableOutput(command, lines[-1], "it ends inside a row")
    return tuple(found)


def _below(command: str, text: str, header: re.Pattern[str]) -> list[str]:
    """Return the lines below the header, with one blank between words."""
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    for number, line in enumerate(lines):
        if header.fullmatch(line):
            return lines[number + 1 :]
        if not _CODES.fullmatch(line):
            passed_over(command, line)
    raise UnparsableOutput(command, lines[0], "there is no header 'Device ID …'")


def _port(rest: str) -> str:
    """Return the port at the end of a row, empty where there is only a platform.

    A full column of the platform touches it (`WS-C2950T-Fas 0/15`).
    """
    words = rest.split()[len(cdp_codes(rest)) :]
    if len(words) < 2:
        return ""
    if not re.match(r"\d", words[-1]):
        return words[-1]
    # A word of letters is the port's own (`InlinePort 1/1/lan`).
    kind = re.fullmatch(r"[A-Za-z]+", words[-2]) or _PORT_KIND.search(words[-2])
    return f"{kind[0]} {words[-1]}" if kind else words[-1]


def _check_total(command: str, found: list[Neighbour], total: int | None) -> None:
    if total is not None and len(found) < total:
        raise UnparsableOutput(command, "", f"only {len(found)} of its {total} entries read")


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Return the short table, empty where it is; name and own port of each row have to read.

    A device without LLDP raises NotEnabled. One source only of IOS-XE, and that a table without rows:
    cisco_xe/show_lldp_neighbors/genie_golden_output_1. Those with rows are of IOS.
    """
    command = "show lldp neighbors"
    found: list[Neighbour] = []
    total: int | None = None
    for line in _below(command, text, _LLDP_HEADER):
        row = _LLDP_ROW.fullmatch(line)
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif total is None and row and not _CAPABILITIES.fullmatch(row["port"] or ""):
            end_device = end_device_of_lldp(row["codes"] or "")
            found.append(Neighbour(row["name"], row["local"], row["port"] or "", end_device))
        elif total is None and _LIKE_AN_LLDP_ROW.fullmatch(line):
            raise UnparsableOutput(command, line)
        else:
            passed_over(command, line)
    _check_total(command, found, total)
    return tuple(found)


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each that starts with `Device ID:`; each has to name both its ports.

    Empty where the device counts none.
    """
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
                found.append(Neighbour(name, ports["local"], plain_words(ports["port"])))
            name, ports = begun[1], None
        elif closing := _TOTAL.fullmatch(plain_words(line)):
            total = int(closing[1])
        elif _FOREIGN.fullmatch(line):
            raise UnparsableOutput(command, line, _OTHER)
        elif name:
            ports = ports or _CDP_PORTS.fullmatch(line)
        elif set(line) - {"-"}:
            passed_over(command, line)
    if not found and total != 0:
        raise UnparsableOutput(command, lines[-1], "there is no 'Device ID:'")
    _check_total(command, found, total)
    return tuple(found)


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Return the neighbours, a block each with `Chassis id:`; older releases leave out the local interface.

    Each has to tell its port and its name, or that it tells none: it goes by its chassis id then. Empty where the
    device counts none.
    """
    command = "show lldp neighbors detail"
    found: list[Neighbour] = []
    local = chassis = ""
    told: dict[str, str] = {}
    behind = False  # a line behind the name: it is whole
    total: int | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in [*lines, "Chassis id: -"]:
        begun, own = _LLDP_START.fullmatch(line), _LOCAL.fullmatch(line)
        if (begun or own) and chassis:
            if not (behind and told.get("port id")):
                raise UnparsableOutput(command, line, f"the block of {chassis} does not tell its port and its name")
            found.append(Neighbour(told["system name"] or chassis, local, told["port id"]))
            local, chassis, told, behind = "", "", {}, False
        if own:
            local = own[1]
        elif begun:
            chassis = begun[1]
        elif closing := _TOTAL.fullmatch(plain_words(line)):
            total = int(closing[1])
        elif _FOREIGN.fullmatch(line) and not _LLDP_FIELD.fullmatch(line):
            raise UnparsableOutput(command, line, _OTHER)
        elif chassis:
            behind = behind or "system name" in told
            if field := _LLDP_FIELD.fullmatch(line):
                told.setdefault(" ".join(field[1].lower().split()), " ".join(field[2].split()))
        elif set(line) - {"-"} and not _CODES.fullmatch(plain_words(line)):
            passed_over(command, line)
    if not found and total != 0:
        raise UnparsableOutput(command, lines[-1], "there is no 'Chassis id:'")
    _check_total(command, found, total)
    return tuple(found)
