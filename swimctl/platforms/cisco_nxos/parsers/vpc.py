"""`show vpc`: the pair of switches, the links between them, and the port channels over both."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import Vpc, VpcPort
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.text import clean, is_half, passed_over

COMMAND: Final = "show vpc"

_LEGEND: Final = re.compile(r"Legend *:|\(\*\) *- *local vPC is down.*|-[- ]*", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z][\w /+-]*?(?: \(.*?\))?) *: *(.*)")
_LINKS: Final = re.compile(r"vPC +Peer-link +status(?: .*)?", re.IGNORECASE)
_PORTS: Final = re.compile(r"vPC +status(?: .*)?", re.IGNORECASE)
_HEADER: Final = re.compile(r"id +Port +Status +(?:Consistency +Reason +)?Active +vlans.*", re.IGNORECASE)
_ROW: Final = re.compile(r"\d+ +[A-Za-z].*")
_LINK: Final = re.compile(r"(?P<id>\d+) +(?P<port>[A-Za-z]\S*) +(?P<status>[a-z]+\*?)(?: +\S.*)?", re.IGNORECASE)
_PORT: Final = re.compile(
    r"(?P<id>\d+) +(?P<port>[A-Za-z]\S*) +(?P<status>[a-z]+\*?) +"
    r"(?P<consistency>success|failed|Not(?: +Applicable)?)(?: +(?P<reason>\S.*?))??"
    r"(?: +(?P<vlans>[\d,.-]+))?(?: +DF: .*)?",
    re.IGNORECASE,
)
_VLANS: Final = re.compile(r"[\d,. -]+")
_WORDS: Final = re.compile(r"[A-Za-z][\w ,.()/-]*")
# What stands below the rows; with FabricPath (vPC+) a row goes on with the MAC address of its switch id.
_HINT: Final = re.compile(
    r'FP MAC: .*|Please check "show vpc consistency-parameters.*|consistency reason of down vpc.*|any vpc\.',
    re.IGNORECASE,
)
_NEEDED: Final = ("vPC domain id", "Peer status", "vPC keep-alive status", "vPC role")
_CONSISTENCY: Final = "Configuration consistency status"
_COUNTS: Final = ("Number of vPCs configured", "Number of vPC configured")
# A value goes on in the next line where its own fills 80 columns (`… configuration incompatibl` and `e` below).
_COLUMNS: Final = 79


def parse_show_vpc(text: str) -> Vpc:
    """Return the pair, its peer links and its vPCs; there have to be as many vPCs as the device counts.

    Domain, role and the states of partner and keep-alive have to be there, and each row of links and vPCs must read
    up to its status. `fields` has every other line in the device's words.
    """
    fields: dict[str, str] = {}
    links: list[VpcPort] = []
    ports: list[VpcPort] = []
    part, last, full = "", "", False
    for raw in (line for line in clean(text, COMMAND, TERMINAL) if line.strip()):
        line = raw.strip()
        entry = _FIELD.fullmatch(line)
        if _LINKS.fullmatch(line) or _PORTS.fullmatch(line):
            part = "links" if _LINKS.fullmatch(line) else "ports"
        elif part and _ROW.fullmatch(line):
            _add_row(line, links if part == "links" else ports, _LINK if part == "links" else _PORT)
        elif part:
            _go_on(raw, part, links, ports)
        elif entry and not _LEGEND.fullmatch(line):
            last, full = _known(entry[1]), len(raw.rstrip()) >= _COLUMNS
            fields.setdefault(last, " ".join(entry[2].split()))
        elif last and full and not _LEGEND.fullmatch(line):
            fields[last], full = f"{fields[last]}{line}", False
        elif not _LEGEND.fullmatch(line):
            passed_over(COMMAND, line)
    lacking = [name for name in _NEEDED if not fields.get(name)]
    if lacking:
        raise UnparsableOutput(COMMAND, "", f"there is no '{lacking[0]}'")
    counted = next((fields[name] for name in _COUNTS if name in fields), "")
    if counted != str(len(ports)):
        raise UnparsableOutput(COMMAND, "", f"{len(ports)} vPCs read, of {counted or '?'} that it counts")
    domain = fields["vPC domain id"]
    return Vpc(
        domain="" if domain.lower().startswith("not configured") else domain,
        role=fields["vPC role"],
        peer_status=fields["Peer status"],
        keepalive=fields["vPC keep-alive status"],
        consistency=fields.get(_CONSISTENCY, ""),
        peer_links=tuple(links),
        ports=tuple(ports),
        fields=fields,
    )


def _known(name: str) -> str:
    """Spell the name of a field that is needed as `_NEEDED` does."""
    words = " ".join(name.split())
    return next((each for each in (*_NEEDED, _CONSISTENCY, *_COUNTS) if each.lower() == words.lower()), words)


def _add_row(line: str, rows: list[VpcPort], pattern: re.Pattern[str]) -> None:
    row = pattern.fullmatch(line)
    if row is None or is_half(row["status"].rstrip("*"), ("up", "down")):
        raise UnparsableOutput(COMMAND, line, "a row of its tables cannot be read")
    told = {name: " ".join((value or "").split()) for name, value in row.groupdict().items()}
    rows.append(VpcPort(row["id"], row["port"], row["status"], told.get("consistency", ""), told.get("reason", "")))


def _go_on(raw: str, part: str, links: list[VpcPort], ports: list[VpcPort]) -> None:
    """Add the words of a narrow column's next line; pass over what is no part of a row."""
    line = raw.strip()
    foreign = _HINT.fullmatch(line) or _HEADER.fullmatch(line) or set(line) <= set("- ")
    if part == "ports" and ports and not foreign and raw[0] == " " and _WORDS.fullmatch(line) and ":" not in line:
        ports[-1] = _continued(ports[-1], line)
    elif not foreign and not ((links or ports) and _VLANS.fullmatch(line)):
        passed_over(COMMAND, line)


def _continued(port: VpcPort, words: str) -> VpcPort:
    """Add the words of a narrow column's next line; `Not` and `Applicable` are in two lines of theirs."""
    consistency, reason = port.consistency, re.sub(r" +[\d,.-]+$", "", words)
    if consistency == "Not" and reason.startswith("Applicable"):
        consistency, reason = "Not Applicable", reason.removeprefix("Applicable").strip()
    reason = " ".join(f"{port.reason} {reason}".split())
    return VpcPort(port.id, port.port, port.status, consistency, reason)
