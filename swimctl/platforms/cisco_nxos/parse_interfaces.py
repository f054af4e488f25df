"""`show interface status`, `show interface brief` and `show ip interface brief`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Interface
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

# Not those of IOS (`Gi1/0/1`) and EOS (`Et1`), whose tables are alike.
_NAME: Final = (
    r"(?P<name>(?:Eth|Ethernet|mgmt|Po|port-channel|Lo|loopback|Vlan|Tunnel|tunnel-te|nve|fc|vfc|vfc-po|san-port-channel|"
    r"Veth|Null|pw|mti|BDI|sup-eth|sup-fc|inband|control|IPStorage|Vft|Bdi|Tu|Fcpath)\d[\d/.]*)"
)

_STATUS_HEAD: Final = re.compile(r"Port +Name +Status +Vlan +Duplex +Speed +Type(?: .*)?")
_TUNNEL_HEAD: Final = re.compile(r"Interface +Name +Status +Reason +Reason description *")
# The name is an operator's and may hold the words of other columns: the last words that fit decide.
_STATUS: Final = re.compile(
    rf"{_NAME}(?: +\S.*)? +(?P<status>[A-Za-z][\w-]*) +(?!(?:auto|full|half) )[\w/-]+ +"
    r"(?:a-)?(?:full|half|auto|--) +[\w.-]+(?: +\S.*)?"
)
_TUNNEL_STATUS: Final = re.compile(rf"{_NAME} +\S.*? +(?P<status>connected|notconnec\w*|disabled|down|up) +\S.*")
_UP: Final = frozenset({"connected", "up", "monitorin", "monitoring"})

# The columns in front of the status, by the words of the header.
_STATE: Final = r"(?P<status>up|down|admin-down|[a-z][\w-]*)"
_BRIEF_TABLES: Final = (
    (re.compile(r"Port +VRF +Status +IP Address +Speed +MTU"), rf"{_NAME} +\S+ +{_STATE} +\S+ +\S+ +\S+"),
    (
        re.compile(
            r"(?:Ethernet|Port-channel|Veth\w*|Virtual Ethernet) +VLAN(?:/)? +Type +Mode +Status +Reason +Speed.*"
        ),
        rf"{_NAME} +\S+ +[a-z]\S* +[a-z]\S* +{_STATE} +\S.*",
    ),
    (
        re.compile(r"Interface +Status +(?:Description|Peer IP Address +VC ID|IP Address .*)"),
        rf"{_NAME} +{_STATE}(?: +\S.*)?",
    ),
    (re.compile(r"Interface +Secondary VLAN\(Type\) +Status +Reason"), rf"{_NAME} +\S+ +{_STATE}(?: +\S.*)?"),
    (re.compile(r"Port +Status +Reason +MTU(?: +VRF)?"), rf"{_NAME} +{_STATE}(?: +\S.*)?"),
    (
        re.compile(r"Interface +Vsan +Admin +Admin +Status +.*"),
        rf"{_NAME} +\S+ +\S+ +\S+ +(?P<status>[a-z]\w*)(?: +\S.*)?",
    ),
)
_SECOND_LINE: Final = re.compile(r"Interface(?: +Ch #)?|Interface +Mode.*|(?:Mode|Trunk|\(Mbps\)|Speed|Channel| )+")

_VRF: Final = re.compile(r'IP Interface Status for VRF "(.*)"(?: ?\(\d+\))?')
_BRIEF_HEAD: Final = re.compile(r"Interface +IP Address +Interface Status")
_ADDRESS: Final = re.compile(
    r"(?P<name>\S+) +\S.*? +(?P<status>protocol-(?:up|down)/link-(?:up|down)/admin-(?:up|down))"
)
_LENT: Final = re.compile(r"\(\S+\)")


def parse_show_interface_status(text: str) -> tuple[Interface, ...]:
    """Read the ports by their short names, and the tunnels below; `status` may be cut short, as the column is."""
    command = "show interface status"
    found: list[Interface] = []
    row: re.Pattern[str] | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        match = row.fullmatch(line) if row else None
        if match:
            found.append(Interface(match["name"], match["status"] in _UP, match["status"]))
        elif _STATUS_HEAD.fullmatch(line):
            row = _STATUS
        elif _TUNNEL_HEAD.fullmatch(line):
            row = _TUNNEL_STATUS
        elif set(line) - {"-"}:
            raise UnparsableOutput(command, line)
    return _any(command, lines, found)


def parse_show_interface_brief(text: str) -> tuple[Interface, ...]:
    """Read all tables of the command, each of its own columns; `status` is `up`, `down` and so on."""
    command = "show interface brief"
    found: list[Interface] = []
    row = ""
    second = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        head = next((pattern for header, pattern in _BRIEF_TABLES if header.fullmatch(line)), None)
        match = re.fullmatch(row, line) if row and not head else None
        if head:
            row, second = head, True
        elif match:
            found.append(Interface(match["name"], match["status"] in {*_UP, "trunking"}, match["status"]))
            second = False
        elif not (second and _SECOND_LINE.fullmatch(line)) and set(line) - {"-"}:
            raise UnparsableOutput(command, line)
    return _any(command, lines, found)


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Read the interfaces of all VRFs that are listed; `up` where protocol, link and administration are.

    Empty where the tables are.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    vrf = headed = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _ADDRESS.fullmatch(line)
        if _VRF.fullmatch(line):
            vrf, headed = True, False
        elif vrf and _BRIEF_HEAD.fullmatch(line):
            headed = True
        elif headed and row:
            found.append(Interface(row["name"], "down" not in row["status"], row["status"]))
        elif not (headed and found and _LENT.fullmatch(line)):
            raise UnparsableOutput(command, line)
    if not headed:
        raise UnparsableOutput(command, lines[-1], "it ends before the header of its table")
    return tuple(found)


def _any(command: str, lines: list[str], found: list[Interface]) -> tuple[Interface, ...]:
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)
