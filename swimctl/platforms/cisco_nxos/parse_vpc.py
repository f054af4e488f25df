"""`show vpc`: the pair of switches, the links between them, and the port channels over both."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_nxos import Vpc, VpcPort
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show vpc"

_LEGEND: Final = re.compile(r"Legend:|\(\*\) - local vPC is down.*|-[- ]*", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z][\w /+-]*?(?: \(.*?\))?) *: *(.*)")
_LINKS: Final = re.compile(r"vPC Peer-link status", re.IGNORECASE)
_PORTS: Final = re.compile(r"vPC status", re.IGNORECASE)
_HEADER: Final = re.compile(
    r"id +Port +Status +(?:Consistency +Reason +)?Active vlans(?: +vPC\+ Attr\w*)?", re.IGNORECASE
)
_LINK: Final = re.compile(r"(?P<id>\d+) +(?P<port>[A-Za-z]\S*) +(?P<status>[a-z]+\*?)(?: +(?P<vlans>\S+))?")
_PORT: Final = re.compile(
    r"(?P<id>\d+) +(?P<port>[A-Za-z]\S*) +(?P<status>[a-z]+\*?) +"
    r"(?P<consistency>success|failed|Not(?: Applicable)?)(?: +(?P<reason>\S.*?))??"
    r"(?: +(?P<vlans>[\d,.-]+))?(?: +DF: .*)?"
)
_VLANS: Final = re.compile(r"[\d,. -]+")
_WORDS: Final = re.compile(r"[A-Za-z][\w ,.()/-]*")
# What stands below the rows; with FabricPath (vPC+) a row goes on with the MAC address of its switch id.
_HINT: Final = re.compile(
    r'FP MAC: .*|Please check "show vpc consistency-parameters.*|consistency reason of down vpc.*|any vpc\.',
    re.IGNORECASE,
)
_VALUES: Final = ("Enabled", "Disabled", "success", "failed", "Disabled (due to peer configuration)")
_NEEDED: Final = ("vPC domain id", "Peer status", "vPC keep-alive status", "vPC role")


def parse_show_vpc(text: str) -> Vpc:
    """Read the pair, its peer links and its vPCs; there have to be as many vPCs as the device counts."""
    fields: dict[str, str] = {}
    links: list[VpcPort] = []
    ports: list[VpcPort] = []
    part, last = "", ""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        entry = _FIELD.fullmatch(line)
        row = {"links": _LINK, "ports": _PORT}[part].fullmatch(line) if part else None
        if _LINKS.fullmatch(line) or _PORTS.fullmatch(line):
            part = "links" if _LINKS.fullmatch(line) else "ports"
        elif row and part == "links":
            links.append(VpcPort(row["id"], row["port"], row["status"]))
        elif row:
            ports.append(VpcPort(row["id"], row["port"], row["status"], row["consistency"], row["reason"] or ""))
        elif part == "ports" and ports and not _HINT.fullmatch(line) and _WORDS.fullmatch(line) and ":" not in line:
            if not _HEADER.fullmatch(line):
                ports[-1] = _continued(ports[-1], line)
        elif not part and entry and not _LEGEND.fullmatch(line):
            last = entry[1]
            fields[last] = entry[2].strip()
        elif not (_LEGEND if not part else _HEADER).fullmatch(line) and not _goes_on(line, part, last, links, ports):
            raise UnparsableOutput(COMMAND, line)
    counted = next((fields[name] for name in fields if re.fullmatch(r"Number of vPCs? configured", name)), None)
    if not all(fields.get(name) for name in _NEEDED) or counted != str(len(ports)):
        raise UnparsableOutput(COMMAND, lines[-1], f"{len(ports)} vPCs read, of {counted or '?'} that it counts")
    if (not part and is_half(fields[last], _VALUES)) or any(port.consistency == "Not" for port in ports):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside a value")
    if any(is_half(port.status.rstrip("*"), ("up", "down")) for port in (*links, *ports)):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside the status of a port")
    domain = fields["vPC domain id"]
    return Vpc(
        domain=domain if domain.isdigit() else "",
        role=fields["vPC role"],
        peer_status=fields["Peer status"],
        keepalive=fields["vPC keep-alive status"],
        consistency=fields.get("Configuration consistency status", ""),
        peer_links=tuple(links),
        ports=tuple(ports),
        fields=fields,
    )


def _goes_on(line: str, part: str, last: str, links: list[VpcPort], ports: list[VpcPort]) -> bool:
    """Tell a line that carries on a list of VLANs, or stands below the tables, from one that is foreign."""
    if _HINT.fullmatch(line):
        return part == "ports"
    started = {"": bool(last), "links": bool(links), "ports": bool(ports)}[part]
    return bool(set(line) <= set("- ") if part else False) or (started and _VLANS.fullmatch(line) is not None)


def _continued(port: VpcPort, words: str) -> VpcPort:
    """Add the words of a narrow column's next line; `Not` and `Applicable` are in two lines of theirs."""
    consistency, reason = port.consistency, re.sub(r" +[\d,.-]+$", "", words)
    if consistency == "Not" and reason.startswith("Applicable"):
        consistency, reason = "Not Applicable", reason.removeprefix("Applicable").strip()
    reason = " ".join(f"{port.reason} {reason}".split())
    return VpcPort(port.id, port.port, port.status, consistency, reason)
