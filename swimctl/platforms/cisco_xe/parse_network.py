"""What is around the device: neighbours (CDP, LLDP), interfaces, routes."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Bundle, Interface, Neighbour, RouteSummary
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.surroundings import cdp_codes, end_device_of_cdp, end_device_of_lldp, mode_of_vlan
from swimctl.platforms.templates import rows
from swimctl.platforms.text import clean, filled

_CDP_HEADER: Final = re.compile(r"Device ID +Local Int\S* +Holdtme +Capability +Platform.*", re.IGNORECASE)
_CDP_ABOVE: Final = re.compile(r"Capability Codes:.*|(?:\w - [\w -]+,? *)+", re.IGNORECASE)
# `R5.cisco.com   Gig 0/0   125   R B   CSR1000V  Gig 0/0`; the name may stand on the line above, or be missing.
_CDP_ROW: Final = re.compile(
    r"(?P<name>.*?) *(?P<local>[A-Z][A-Za-z-]*? ?\d+(?:/\d+)*(?:[.:]\d+)?) +\d{1,3}(?: +(?P<rest>\S.*))?"
)
_PORT_KIND: Final = re.compile(r"(?:Gig|Fas|Ten|Twe|Two|Fiv|For|Fif|Hun|Fou|Eth|Ser|Por|Virtual|Port|[A-Z][a-z]+)$")
_LLDP_HEADER: Final = re.compile(r"Device ID +Local Intf +Hold-time +Capability +Port ID", re.IGNORECASE)
_LLDP_ABOVE: Final = re.compile(r"Capability codes:|(?:\([A-Z]\) [\w -]+,? *)+", re.IGNORECASE)
# The name has twenty columns and touches the interface where it fills them.
_LLDP_ROW: Final = re.compile(
    r"(?P<name>.*?) *(?P<local>[A-Z][A-Za-z]{1,3}\d+(?:/\d+)*(?:\.\d+)?) +\d+"
    r"(?: +(?P<codes>[A-Z](?:,[A-Z])*)(?= |$))?(?: +(?P<port>\S.*))?"
)
_CAPABILITIES: Final = re.compile(r"(?:[A-Z],)+[A-Z]?")
_LLDP_END: Final = re.compile(r"Time remaining: *\d+.*", re.IGNORECASE)
_TOTAL: Final = re.compile(r"Total (?:cdp )?entries displayed *: *(\d+)", re.IGNORECASE)

_BUNDLES: Final = re.compile(r"Number of channel-groups in use: *(\d+)", re.IGNORECASE)
_BUNDLE_HEADER: Final = re.compile(r"Group +Port-channel +Protocol +Ports", re.IGNORECASE)
_MEMBER: Final = re.compile(r"([A-Z][A-Za-z-]*\d[\d/.:]*) ?\([\w-]+\)")
_MEMBERS: Final = re.compile(rf"(?:{_MEMBER.pattern} *)+")
_BUNDLE: Final = re.compile(
    r"\d+ +(?P<name>[A-Z][A-Za-z-]*\d+) ?\(\w+\)(?: +(?:-|[A-Za-z]\w*))?(?P<members>(?: +"
    r"[A-Z][A-Za-z-]*\d[\d/.:]* ?\([\w-]+\))*)"
)

# NX-OS prints the same table.
_NXOS_PORT: Final = re.compile(r"mgmt\d|Eth\d")
_ADDRESSES: Final = re.compile(r"Interface +IP-Address +OK\? +Method +Status +Protocol", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(\S+) +(\S+) +(?:YES|NO) +\S+ +(\S.*?) +(up|down)", re.IGNORECASE)


def parse_show_cdp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table. Empty where the table is; a device without CDP raises NotEnabled."""
    command = "show cdp neighbors"
    lines = filled(text, command, TERMINAL)
    start = _header(command, lines, _CDP_HEADER, _CDP_ABOVE)
    found: list[Neighbour] = []
    total: int | None = None
    name = ""
    for line in (line.strip() for line in lines[start + 1 :]):
        row = _CDP_ROW.fullmatch(line)
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif row and total is None:
            rest = row["rest"] or ""
            end_device = end_device_of_cdp(cdp_codes(rest))
            found.append(Neighbour(row["name"] or name, row["local"], _last_port(rest), end_device))
            name = ""
        elif not found and not name and line in {"Port ID", "''"}:
            continue  # the header may be printed in two lines
        elif total is None and not name and not re.search(r" {2,}", line):
            name = line
        else:
            raise UnparsableOutput(command, line)
    _check_total(command, lines[-1], len(found), total)
    last = _CDP_ROW.fullmatch(lines[-1].strip())
    # Capabilities, and perhaps the platform: the port is missing.
    portless = last and len([word for word in (last["rest"] or "").split() if not re.fullmatch(r"[A-Zrs]", word)]) < 2
    if portless or (name and total is None):
        raise UnparsableOutput(command, lines[-1], "it ends inside a row")
    return tuple(found)


def _header(command: str, lines: list[str], header: re.Pattern[str], above: re.Pattern[str]) -> int:
    for number, line in enumerate(lines):
        if header.fullmatch(line.strip()):
            return number
        if not above.fullmatch(line.strip()):
            raise UnparsableOutput(command, line, "there is no header 'Device ID …'")
    raise UnparsableOutput(command, lines[-1], "it ends before the header 'Device ID …'")


def _last_port(rest: str) -> str:
    """Take the port from the end of a row; a full column of the platform touches it (`WS-C2950T-Fas 0/15`)."""
    words = rest.split()
    if len(words) < 2 or not re.match(r"\d", words[-1]):
        return words[-1] if words else ""
    kind = _PORT_KIND.search(words[-2])
    return f"{kind[0]} {words[-1]}" if kind else words[-1]


def _check_total(command: str, last: str, found: int, total: int | None) -> None:
    if total is not None and found < total:
        raise UnparsableOutput(command, last, f"only {found} of its {total} entries read")


def parse_show_lldp_neighbors(text: str) -> tuple[Neighbour, ...]:
    """Read the short table. Empty where the table is; a device without LLDP raises NotEnabled."""
    command = "show lldp neighbors"
    lines = filled(text, command, TERMINAL)
    start = _header(command, lines, _LLDP_HEADER, _LLDP_ABOVE)
    found: list[Neighbour] = []
    total: int | None = None
    for line in (line.strip() for line in lines[start + 1 :]):
        row = _LLDP_ROW.fullmatch(line)
        if closing := _TOTAL.fullmatch(line):
            total = int(closing[1])
        elif row and total is None and not _CAPABILITIES.fullmatch(row["port"] or ""):
            end_device = end_device_of_lldp(row["codes"] or "")
            found.append(Neighbour(row["name"], row["local"], (row["port"] or "").strip(), end_device))
        else:
            raise UnparsableOutput(command, line)
    _check_total(command, lines[-1], len(found), total)
    return tuple(found)


def parse_show_cdp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Device ID:`. Empty where the device counts none."""
    command = "show cdp neighbors detail"
    lines = clean(text, command, TERMINAL)
    if (total := _total(lines)) == 0 and _says_only_total(lines):
        return ()
    found = tuple(
        Neighbour(row["NEIGHBOR_NAME"], row["LOCAL_INTERFACE"].strip(), row["NEIGHBOR_INTERFACE"].strip())
        for row in rows("show_cdp_neighbors_detail", lines, command)
    )
    started = sum(line.strip().startswith("Device ID:") for line in lines)
    if started != len(found) or not all(neighbour.local_interface for neighbour in found):
        raise UnparsableOutput(command, lines[-1], f"only {len(found)} of its {started} neighbours read")
    _check_total(command, lines[-1], len(found), total)
    return found


def parse_show_lldp_neighbors_detail(text: str) -> tuple[Neighbour, ...]:
    """Read the blocks that start with `Chassis id:`; older releases leave out the local interface.

    A neighbour that does not tell its name goes by its chassis id.
    """
    command = "show lldp neighbors detail"
    lines = clean(text, command, TERMINAL)
    if (total := _total(lines)) == 0 and _says_only_total(lines):
        return ()
    found = tuple(
        Neighbour(
            row["NEIGHBOR_NAME"].strip() or row["CHASSIS_ID"].strip(),
            row["LOCAL_INTERFACE"],
            row["NEIGHBOR_PORT_ID"].strip() or row["NEIGHBOR_INTERFACE"].strip(),
        )
        for row in rows("show_lldp_neighbors_detail", lines, command)
    )
    started = sum(line.strip().lower().startswith("chassis id:") for line in lines)
    ended = sum(_LLDP_END.fullmatch(line.strip()) is not None for line in lines)
    if started != len(found) or ended < started:
        raise UnparsableOutput(command, lines[-1], f"only {min(len(found), ended)} of its {started} neighbours read")
    _check_total(command, lines[-1], len(found), total)
    return found


def _total(lines: list[str]) -> int | None:
    return next((int(closing[1]) for line in lines if (closing := _TOTAL.fullmatch(line.strip()))), None)


def _says_only_total(lines: list[str]) -> bool:
    return all(not line.strip() or _TOTAL.fullmatch(line.strip()) for line in lines)


def parse_show_interfaces_status(text: str) -> tuple[Interface, ...]:
    """Read the table of switch ports; `up` where connected (or monitoring, which is up as a mirror's destination).

    A port is an access port where the column `Vlan` has a number.
    """
    command = "show interfaces status"
    found = rows("show_interfaces_status", clean(text, command, TERMINAL), command)
    foreign = next((row["PORT"] for row in found if _NXOS_PORT.match(row["PORT"])), None)
    if foreign is not None:
        raise UnparsableOutput(command, foreign, "this is a port of another operating system")
    return tuple(
        Interface(
            row["PORT"], row["STATUS"] in {"connected", "up", "monitoring"}, row["STATUS"], mode_of_vlan(row["VLAN_ID"])
        )
        for row in found
    )


def parse_show_etherchannel_summary(text: str) -> tuple[Bundle, ...]:
    """Read the port-channels and their members, whatever their state; empty where the device counts none.

    The legend of the flags stands above the table, and on some releases below it too
    (captures/cisco_ios/show_etherchannel_summary).
    """
    command = "show etherchannel summary"
    found: list[Bundle] = []
    wanted: int | None = None
    headed = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _BUNDLE.fullmatch(line)
        if counted := _BUNDLES.fullmatch(line):
            wanted = int(counted[1])
        elif _BUNDLE_HEADER.fullmatch(line):
            headed = True
        elif headed and row:
            found.append(Bundle(row["name"], tuple(_MEMBER.findall(row["members"]))))
        elif headed and found and _MEMBERS.fullmatch(line):
            found[-1] = Bundle(found[-1].name, (*found[-1].members, *_MEMBER.findall(line)))
        elif headed and line[:1].isdigit():
            raise UnparsableOutput(command, line, "this row does not read as a port-channel with its members")
    if not headed and wanted != 0:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Group  Port-channel …'")
    if wanted is not None and len(found) < wanted:
        raise UnparsableOutput(command, lines[-1], f"only {len(found)} of its {wanted} port-channels read")
    return tuple(found)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Read the interfaces; `up` where both status and protocol are. With a filter (`| include`) there is no header.

    The template of ntc-templates passes over every status that it does not know, so not it.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        row = _ADDRESS.fullmatch(line)
        if row:
            status, protocol = row[3].lower(), row[4].lower()
            found.append(Interface(row[1], status == protocol == "up", f"{row[3]}/{row[4]}"))
        elif found or not _ADDRESSES.fullmatch(line):
            raise UnparsableOutput(command, line)
    if not found:
        raise UnparsableOutput(command, "", "there are no rows")
    return tuple(found)


def parse_show_ip_route_summary(text: str) -> RouteSummary:
    """Read the number of routes (networks and subnets) by source; the line `Total` has to be there."""
    command = "show ip route summary"
    lines = clean(text, command, TERMINAL)
    counts: dict[str, int] = {}
    for row in rows("show_ip_route_summary", lines, command):
        source = " ".join(row["ROUTE_SOURCE"].split())
        if source in counts:
            raise UnparsableOutput(command, source, "a source is listed twice")
        counts[source] = int(row["NETWORKS"] or 0) + int(row["SUBNETS"] or 0)
    total = counts.pop("Total", None)
    if total is None:
        raise UnparsableOutput(command, lines[-1], "it ends before the line 'Total'")
    return RouteSummary(counts, total)
