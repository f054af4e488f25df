"""`show interfaces status`, `show etherchannel summary` and `show ip interface brief`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import Bundle
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import Interface
from swimctl.platforms.surroundings import mode_of_vlan
from swimctl.platforms.text import filled, passed_over

_PORT: Final = r"[A-Z][A-Za-z-]*\d[\d/.:]*"
_NAME: Final = rf"(?P<name>{_PORT})"
_NAMED: Final = re.compile(rf"{_NAME}(?: .*)?", re.IGNORECASE)

# EOS prints the same table with flags behind the type, NX-OS with ports of its own.
_STATUS_HEAD: Final = re.compile(r"Port +Name +Status +Vlan +Duplex +Speed +Type(?! +Flags\b)(?: .*)?", re.IGNORECASE)
_FOREIGN: Final = re.compile(r"mgmt\d|Eth\d|Ma\d")
_DUPLEX: Final = r"(?:a-)?(?:full|half|auto) +(?:a-)?(?:auto|\d[\w.]*)(?: +\S.*)?"
_KNOWN: Final = r"connected|notconnect|disabled|err-disabled|inactive|monitoring|suspended|faulty|up|down"
# The name is an operator's and may hold the words of other columns: the last that fits is the status. A colon
# and a word behind it are of a cable test (`connected: TDR`).
_STATUS_ROWS: Final = (
    re.compile(
        rf"{_NAME}(?: +\S.*)? +(?P<status>(?:{_KNOWN})(?: *:(?: +[A-Z]+)?)?) +(?P<vlan>pvlan +\S+|[\w,/-]+) +{_DUPLEX}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_NAME}(?: +\S.*)? +(?P<status>[a-z][A-Za-z-]*) +(?P<vlan>\d[\d,]*|trunk|routed|unassigned) +{_DUPLEX}"
    ),
)
_UP: Final = frozenset({"connected", "up", "monitoring"})

_BUNDLES: Final = re.compile(r"Number +of +channel-groups +in +use *: *(\d+)", re.IGNORECASE)
# Old switches, and switching modules of a 3640 and a 3725, name no protocol (two public repositories).
_BUNDLE_HEADER: Final = re.compile(r"Group +Port-channel +(?:Protocol +)?Ports\b.*", re.IGNORECASE)
_BUNDLE_LEGEND: Final = re.compile(
    r"(?:Flags *: *)?[\w/]+ +- +\S.*|Number +of +aggregators *:.*|[-+= ]+", re.IGNORECASE
)
_MEMBER: Final = re.compile(rf"({_PORT}) ?\([\w-]+\)")
_MEMBERS: Final = re.compile(rf"(?:{_MEMBER.pattern} *)+")
_BUNDLE: Final = re.compile(
    r"\d+ +(?P<name>[A-Z][A-Za-z-]*\d+) ?\(\w+\)(?: +(?:-|[A-Za-z]\w*))?"
    rf"(?P<members>(?: +{_MEMBER.pattern})*)"
)

_ADDRESSES: Final = re.compile(r"Interface +IP-Address +OK\? +Method +Status +Protocol\b.*", re.IGNORECASE)
# One name has blanks: the interface `Control Plane Interface` of a Catalyst 6500 (a public repository). A dialer is
# `up (spoofing)` in `show interfaces` (general knowledge).
_ADDRESS: Final = re.compile(
    r"(\S+|Control +Plane +Interface) +(\S+) +(?:YES|NO) +\S+ +"
    r"(administratively +down|\S+(?: +\S+)*?) +(up|down)(?: ?\(\w+\))?(?: {2,}\S.*)?",
    re.IGNORECASE,
)
_LIKE_AN_ADDRESS: Final = re.compile(r"\S+ +(?:\d+\.\d+\.\d+\.\d+|unassigned)(?: .*)?|.* (?:YES|NO) .*", re.IGNORECASE)


def parse_show_interfaces_status(text: str) -> tuple[Interface, ...]:
    """Return the ports; `up` where connected (or monitoring, which is up as a mirror's destination).

    Each row has to read up to its speed. A port is an access port where the column `Vlan` has a number.
    """
    command = "show interfaces status"
    found: list[Interface] = []
    table = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        if _STATUS_HEAD.fullmatch(line):
            table = True
        elif table and _NAMED.fullmatch(line):
            row = next((match for pattern in _STATUS_ROWS if (match := pattern.fullmatch(line))), None)
            if row is None or _FOREIGN.match(line):
                raise UnparsableOutput(command, line, "this is no port of this system, or its row cannot be read")
            status = row["status"].partition(":")[0].strip()
            found.append(Interface(row["name"], status.lower() in _UP, status, mode_of_vlan(row["vlan"])))
        elif set(line) - {"-", " "}:
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, lines[0], "there is no header 'Port Name Status …' with rows below")
    return tuple(found)


def parse_show_etherchannel_summary(text: str) -> tuple[Bundle, ...]:
    """Return the port-channels and their members, whatever their state; empty where the device counts none.

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
        elif headed and line[:1].isdecimal():
            raise UnparsableOutput(command, line, "this row cannot be read as a port-channel with its members")
        elif not _BUNDLE_LEGEND.fullmatch(line):
            passed_over(command, line)
    if not headed and wanted != 0:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Group  Port-channel …'")
    if wanted is not None and len(found) < wanted:
        raise UnparsableOutput(command, lines[-1], f"only {len(found)} of its {wanted} port-channels read")
    return tuple(found)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces; `up` where both status and protocol are. With a filter (`| include`) there is no header.

    Each row has to read. The template of ntc-templates passes over every status that it does not know, so not it.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        if row := _ADDRESS.fullmatch(line):
            status, protocol = " ".join(row[3].split()), row[4]
            name = " ".join(row[1].split())
            found.append(Interface(name, status.lower() == protocol.lower() == "up", f"{status}/{protocol}"))
        elif _ADDRESSES.fullmatch(line):
            continue
        elif _LIKE_AN_ADDRESS.fullmatch(line):
            raise UnparsableOutput(command, line)
        else:
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, lines[0], "there are no rows")
    return tuple(found)
