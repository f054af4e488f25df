"""`show interface status`, `show interface brief` and `show ip interface brief`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import Interface
from swimctl.platforms.surroundings import MEMBER
from swimctl.platforms.text import filled, passed_over

_NAME: Final = r"(?P<name>[A-Za-z][A-Za-z-]*\d[\d/.:]*)"
_NAMED: Final = re.compile(rf"{_NAME}(?: +\S.*)?")
# Those of IOS (`Gi1/0/1`) and EOS (`Et1`), whose table of `show interface status` is alike.
_FOREIGN: Final = r"(?!(?:Fa|Gi|Te|Tw[eo]?|Fi|Fo|Hu|Ap|Et|Ma)\d)"

_STATUS_HEAD: Final = re.compile(r"Port +Name +Status +Vlan +Duplex +Speed +Type(?: .*)?", re.IGNORECASE)
# Also without the last column and with the name `Tunnel 1` (one public repository).
_TUNNEL_HEAD: Final = re.compile(r" *Interface +Name +(Status) +Reason(?: .*)?", re.IGNORECASE)
# The name is an operator's and may hold the words of other columns: the last words that fit decide.
_STATUS: Final = re.compile(
    rf"{_FOREIGN}{_NAME}(?: +\S.*)? +(?P<status>(?!(?:auto|full|half|routed|trunk) )[A-Za-z][\w-]*) +"
    r"(?!(?:auto|full|half) )[\w/-]+ +"
    r"(?:a-)?(?:full|half|auto|--) +[\w.-]+(?: +\S.*)?"
)
# Its name may hold a word of the status as well, and the reason does: the column of the header decides.
_TUNNEL_ROW: Final = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]* ?\d[\d/.:]*) +\S.*")
_TUNNEL_STATUS: Final = re.compile(r"(?<= )(connected|notconnec\w*|disabled|down|up)(?= +\S)")
# Ports of a storage network stand in the table as sentences: `fc2/1 is up    Port mode is NP` (one public repository, a
# Nexus 5000), `san-port-channel 3 is down (No operational members)`, as `show interface` of theirs begins.
_SENTENCE: Final = re.compile(
    r"(?P<name>v?fc(?:-po)?[\d/:]+|san-port-channel +\d+) +is +(?P<status>[a-z]+)\b.*", re.IGNORECASE
)
_UP: Final = frozenset({"connected", "up", "monitorin", "monitoring", "trunking"})

# The columns in front of the status, by the words of the header.
_STATE: Final = r"(?P<status>[a-z][\w-]*)"
# Behind the speed: `10G(D) 11`.
_CHANNEL: Final = r"(?:\([A-Za-z]\) +(?P<channel>--|\d+)(?: .*)?)?"
_BRIEF_TABLES: Final = tuple(
    (re.compile(head, re.IGNORECASE), re.compile(row))
    for head, row in (
        (r"Port +VRF +Status +IP +Address +Speed +MTU.*", rf"{_NAME} +\S+ +{_STATE} +\S+ +\S+ +\S+(?: .*)?"),
        (
            r"(?:Ethernet|Port-channel|Veth\w*|Virtual +Ethernet) +VLAN(?:/)? +Type +Mode +Status +Reason +Speed.*",
            rf"{_NAME} +\S+ +[a-z]\S* +(?P<mode>[a-z]\S*) +{_STATE} +\S.*?{_CHANNEL}",
        ),
        (
            r"Interface +Status +(?:Description|Peer +IP +Address +VC +ID|IP +Address .*)(?: .*)?",
            rf"{_NAME} +{_STATE}(?: +\S.*)?",
        ),
        (r"Interface +Secondary +VLAN\(Type\) +Status +Reason.*", rf"{_NAME} +\S+ +{_STATE}(?: +\S.*)?"),
        (r"Port +Status +Reason +MTU.*", rf"{_NAME} +{_STATE}(?: +\S.*)?"),
        (r"Interface +Vsan +Admin +Admin +Status +.*", rf"{_NAME} +\S+ +\S+ +\S+ +{_STATE}(?: +\S.*)?"),
    )
)
_ANY_HEAD: Final = re.compile(r" *[A-Z][A-Za-z-]* +.*?(?P<status>\bStatus\b).*", re.IGNORECASE)
_ETHERNET: Final = "eth"
_SECOND_LINE: Final = re.compile(r"Interface(?: +Ch #)?|Interface +Mode.*|(?:Mode|Trunk|\(Mbps\)|Speed|Channel| )+")

_VRF: Final = re.compile(r'IP +Interface +Status +for +VRF +"(.*)"(?: ?\(\d+\))?', re.IGNORECASE)
_BRIEF_HEAD: Final = re.compile(r"Interface +IP +Address +Interface +Status.*", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"(?P<name>\S+) +\S.*? +(?P<status>protocol-(?:up|down)/link-(?:up|down)/admin-(?:up|down))(?: .*)?", re.IGNORECASE
)
_LENT: Final = re.compile(r"\(\S+\)")


def parse_show_interface_status(text: str) -> tuple[Interface, ...]:
    """Return the ports by their short names, and the tunnels below; `status` may be cut short, as the column is.

    Each line below a header that begins with a port has to read up to its status.
    """
    command = "show interface status"
    found: list[Interface] = []
    row: re.Pattern[str] | None = None
    tunnels = 0  # at which character their status stands
    lines = [line.rstrip() for line in filled(text, command, TERMINAL)]
    for whole in lines:
        line = whole.strip()
        if tunnels and (tunnel := _TUNNEL_ROW.fullmatch(whole)):
            # Where blanks were doubled no row stands below its header: then the first word that is a state.
            state = _TUNNEL_STATUS.match(whole, tunnels) or _TUNNEL_STATUS.search(whole, tunnel.end("name"))
            if not state:
                raise UnparsableOutput(command, line, "a tunnel's row cannot be read")
            found.append(Interface(tunnel["name"], state[1] in _UP, state[1]))
        elif match := (_SENTENCE.fullmatch(line) or row.fullmatch(line)) if row else None:
            found.append(Interface(match["name"], match["status"] in _UP, match["status"]))
        elif _STATUS_HEAD.fullmatch(line):
            row, tunnels = _STATUS, 0
        elif head := _TUNNEL_HEAD.fullmatch(whole):
            row, tunnels = None, head.start(1)
        elif (row or tunnels) and _NAMED.fullmatch(line):
            raise UnparsableOutput(command, line, "a port's row cannot be read")
        elif set(line) - {"-"}:
            passed_over(command, line)
    return _any(command, lines, found)


def parse_show_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces of all tables, each of its own columns; `status` is `up`, `down` and so on.

    Each row of a table with a status has to read up to it; a table without one is passed over. `mode` is the column of
    that name (`access`, `trunk`, `routed`, `fabric` …), or `member` where the last column names a port-channel
    (captures/cisco_nxos/show_interface_brief).
    """
    command = "show interface brief"
    found: list[Interface] = []
    table: re.Pattern[str] | int | None = None  # how a row reads, or at which character its status stands
    heading = seen = False  # `seen`: a table of this command; others of theirs look like a new one of it
    lines = [line.rstrip() for line in filled(text, command, TERMINAL)]
    for whole in lines:
        line = whole.strip()
        known = next((row for header, row in _BRIEF_TABLES if header.fullmatch(line)), None)
        if known is not None:
            table, heading, seen = known, True, True
        elif _NAMED.fullmatch(line):
            heading = False
            if table is None:
                passed_over(command, line)
            else:
                found.append(_brief(command, whole, table))
        elif seen and (status := _ANY_HEAD.fullmatch(whole)):
            table, heading = status.start("status"), True
        elif set(line) <= {"-", " "} or (heading and _SECOND_LINE.fullmatch(line)):
            continue
        else:
            table = table if heading or "  " not in line else None  # a header without a status
            passed_over(command, line)
    return _any(command, lines, found)


def _brief(command: str, whole: str, table: re.Pattern[str] | int) -> Interface:
    """Read a row by the words of its table's header, or by the place of the status in a header that is not known."""
    if isinstance(table, int):
        name, state = _NAMED.fullmatch(whole.strip()), re.match(r"[a-z][\w-]*(?= |$)", whole[table:])
        if name is None or state is None or whole[table - 1] != " ":
            raise UnparsableOutput(command, whole, "an interface's row cannot be read")
        return Interface(name["name"], state[0] in _UP, state[0])
    row = table.fullmatch(whole.strip())
    if row is None:
        raise UnparsableOutput(command, whole, "an interface's row cannot be read")
    return Interface(row["name"], row["status"] in _UP, row["status"], _mode(row))


def _mode(row: re.Match[str]) -> str:
    told = row.groupdict()
    channel, mode = told.get("channel"), (told.get("mode") or "").lower()
    if channel is None and row["name"].lower().startswith(_ETHERNET):
        return ""  # it ends before the column that tells whether it is in a port-channel
    return MEMBER if channel and channel.isdecimal() else mode


def parse_show_ip_interface_brief(text: str) -> tuple[Interface, ...]:
    """Return the interfaces of all VRFs that are listed; `up` where protocol, link and administration are.

    Empty where the tables are.
    """
    command = "show ip interface brief"
    found: list[Interface] = []
    headed = False
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        row = _ADDRESS.fullmatch(line)
        if _BRIEF_HEAD.fullmatch(line):
            headed = True
        elif headed and row:
            found.append(Interface(row["name"], "down" not in row["status"].lower(), row["status"]))
        elif headed and _NAMED.fullmatch(line) and not _VRF.fullmatch(line):
            raise UnparsableOutput(command, line, "an interface's row cannot be read")
        elif not _VRF.fullmatch(line) and not _LENT.fullmatch(line):
            passed_over(command, line)
    if not headed:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Interface IP +Address Interface Status'")
    return tuple(found)


def _any(command: str, lines: list[str], found: list[Interface]) -> tuple[Interface, ...]:
    if not found:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(found)
