"""What of a device's outputs belongs to its site: names, numbers, addresses, secrets. Pure.

What is well known (masks, versions, models, file names, words of the system) is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What is found; each has a substitute of its own form."""

    WORD = "word"
    MAC = "mac"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a text, from `start` to before `end`, that belongs to the site."""

    start: int
    end: int
    kind: Kind


# Fields of facts whose values are names or numbers of the site. `vrf` but for those that every device has.
_FIELDS: Final = frozenset({"serial", "serials", "hostname", "mac", "user", "domain", "vrf", "login_class"})
_PUBLIC: Final = frozenset({"model", "pid", "system_image", "version"})
# Classes whose `name` is another device's.
_NAMED: Final = frozenset({"Neighbour", "NxosNeighbour", "LldpNeighbour"})
# Words that no device is told by: as a name of a host or a VRF they would take the words of an output with them.
_COMMON: Final = frozenset(
    """
    switch router chassis device default management mgmt mgmt-vrf mgmtvrf global flash host hostname name standby
    active master backup member node none unknown all local root admin operator super-user read-only superuser inet
    inet6 vlan system console network owner builtin kernel reload mlag version software cisco arista juniper junos
    """.split()  # noqa: SIM905 - a list of so many would be a page
)
# A shorter name may be a word, a port or a slot (`R1`); it is replaced where an output calls it a name alone.
_SHORTEST: Final = 4

_LONE: Final = r"(?<![\w.:-])"
_BEHIND: Final = r"(?![\w-]|\.\w)"
_ADDRESS: Final = re.compile(rf"{_LONE}(?:\d{{1,3}}\.){{3}}\d{{1,3}}{_BEHIND}")
_VERSION_BEFORE: Final = re.compile(
    r"(?:(?:version|release|firmware|revision|rev)\W{0,3}|^ *(?:IMG|SMU)\s+\S+\s+)$", re.IGNORECASE | re.MULTILINE
)
_MAC: Final = re.compile(
    rf"{_LONE}(?:[0-9a-f]{{4}}\.[0-9a-f]{{4}}\.[0-9a-f]{{4}}|(?:[0-9a-f]{{2}}[:-]){{5}}[0-9a-f]{{2}})(?![\w:-])",
    re.IGNORECASE,
)
_IPV6: Final = re.compile(rf"{_LONE}(?:[0-9a-f]{{0,4}}:){{2,7}}[0-9a-f]{{0,4}}(?![\w:.])", re.IGNORECASE)
_UUID: Final = re.compile(rf"{_LONE}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_BEHIND}", re.IGNORECASE)
# Cisco and Arista (place, year and week, number), and Juniper.
_SERIAL: Final = re.compile(
    r"(?<![\w./-])(?:[A-Z]{3}\d{4}[0-9A-Z]{4}|[A-Z]{2}\d{10}|[A-Z]{2}\d{4}[A-Z]{2}\d{4})(?![\w./-])"
)
_VENDORS: Final = re.compile(
    r"(?:.*[@.])?(?:cisco|juniper|arista|gnu|opensource|openssl|apache|kernel|redhat)\.(?:com|net|org)", re.IGNORECASE
)
_DOMAIN: Final = re.compile(
    r"(?<![\w/.-])(?:[A-Za-z0-9_-]+@)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+"
    r"(?:com|net|org|edu|gov|int|mil|local|localdomain|lan|corp|intern|internal|home|priv|private|example|test|invalid|"
    r"arpa|io|eu|us|uk|de|ch|at|fr|it|nl|be|es|se|no|fi|dk|cz|jp|cn|in|au|nz|ca|br|za)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
# What an output itself calls a name, a number or a secret. The value is group 1.
_LABELS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        (
            r"\b(?:serial[ _]?(?:number|num|no\.?)?|SN|S/N|board ID|asset[ _]?(?:tag|id)|license udi)\"?"
            r"\s*[:=#]?[\s\"']*((?=[\w-]*\d)[A-Z0-9][\w-]{4,})"
        ),
        r"^\s*(\S+) uptime is\b",
        (
            r"\b(?:(?:host|device|system|sys|switch|node)[ _]?name|device id|fqdn|domain[ -]?(?:name|id)?)"
            r"\"?[ \t]*:[ \t\"']*(?!not\b)((?=[^\s\"',(]*[A-Za-z])[A-Za-z0-9][^\s\"',(]*)"
        ),
        r"\b(?:user(?: ?name)?|login|account)[ \t]*:?[ \t]*['\"]([^'\"\s]+)",
        r"\bby (?:user )?['\"]?([A-Za-z][\w.-]*)['\"]?(?= (?:on|via|from|at) (?:vty|console|con|tty|line|\d))",
        r"\b(?:vrf(?: name)?[ \t]*:[ \t]*|for vrf[ \t]+|table name is[ \t]+)[\"']?([A-Za-z0-9][\w.-]*)",
        r"^\s*(?!bgp\b|inet|mpls\b|iso\b|lsdist\b)([A-Za-z][\w-]*)\.(?:inet6?|inetflow|inet6flow|mpls|iso|bgp\w*|l2vpn|l3vpn|evpn)(?:\.\d)?:",
        r"\b(?:secret|password|community|key-string|passphrase)(?:[ \t]*[:=][ \t]*|[ \t]+\d[ \t]+)(\S+)",
        r"\b(?:location|contact)[ \t]*:[ \t]*(\S.*)",
        r"(?:^|[\s(])(?:ssh|scp|sftp|https?|ftp|tftp)://(?:[^@/\s]+@)?([^/\s:]+)",
    )
)
_CONFIGURED: Final = re.compile(
    r"^ *(?:hostname|switchname|username|ip domain[ -]name|ip domain name vrf \S+|dns domain|ip vrf|vrf definition|"
    r"vrf context|vrf instance|vrf|snmp-server contact|snmp-server location|domain-id|vpc domain|vtp domain)"
    r" +\"?([\w.@-]+)|^\s*(?:host-name|domain-name) \"?([^\s;\"]+)|^\s*user (\S+) \{",
    re.MULTILINE,
)
_SERIAL_COLUMN: Final = re.compile(r"\bserial(?:[- ](?:number|num|no\.?))?(?!\w)", re.IGNORECASE)
_DESCRIPTIONS: Final = re.compile(r"show int\w* (?:\S+ )*(?:status|description)", re.IGNORECASE)
_DESCRIPTION_COLUMN: Final = re.compile(r"(?<=\s)(?:name|description)(?=\s|$)", re.IGNORECASE)
_HEADING: Final = re.compile(r"\s*(?:port|interface)\b.*\b(?:status|vlan|protocol)\b", re.IGNORECASE)
# The word behind a description; a longer one is cut off in a narrow column.
_STATUS: Final = re.compile(
    r"(?<=\s)(?:connected|not ?connec\w*|disconnect\w*|disabled|err-?dis\w*|inactive|monitoring|suspend\w*|"
    r"faulty|sfp\w+|xcvr\w+|no\w*Mem\w*|link\w+|channel\w+|up|down)(?=[\s:]|$)",
    re.IGNORECASE,
)
_NEIGHBOURS: Final = re.compile(r"show (?:cdp|lldp) nei", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\S+")
# What stays of a table of neighbours: headings, ports, numbers, capabilities and labels. All else may be a name.
_KEPT: Final = re.compile(
    r"\bDevice[ -]ID\b.*\b(?:Port[ -]ID|Local|Platform)\b|\bLocal Interface +Parent\b|^\s*\{[a-z][\w:-]*\}|"
    r"^\s*[A-Z][\w /]+ - not advertised"
)
_ECHO: Final = re.compile(r"(?:(?<=[>#])|^)\s*sh\w*\s+(?:cdp|lldp)\b.*")
_PORT: Final = re.compile(
    r"(?:[A-Za-z]{2,3}|(?:Ten|Twenty ?Five|Forty|Hundred|Two|Five|Four|App)?-?Gig[A-Za-z]*|Fast?(?:Ethernet)?|"
    r"Eth(?:ernet)?|Serial|Multilink|Tunnel|Loopback|Vlan|BVI|Mgmt(?:Eth)?|Management|mgmt|Port-?[Cc]hannel|"
    r"Bundle-Ether|fxp|vme|me|em)[ -]?[\d/.:]*(?:/?(?:RS?P|CPU)\d+[\d/]*)*(?:\[\w+\]?)?"
)
_GLUED: Final = re.compile(r"(?<=.)(?:Gig?|Ten?|Fas?|Eth?|Hu|For?|Twe?|Po|mgmt)(?:\d+(?:/\d+)*)?$")
_PLAIN: Final = re.compile(r"\d{1,5}|\d+(?:/\d+)+(?:[.:]\d+)*|[A-Z](?:,[A-Z])*,?|-+|[^\w\s]+")
_WORDS: Final = frozenset(
    """
    capability capabilities codes code router trans bridge source route switch host igmp repeater phone remote cvta
    two-port mac relay remotely-managed-device physical docsis cable device wlan access point station other telephone
    id local intrf intf intrfce infrfce holdtme holdtime hldtme hold-time platform port port-id device-id parent
    interface chassis system name total entries displayed cdp lldp entry neighbors count last table change time ago
    ttl neighbor number of drops ageouts inserts deletes info n/a supports-stp-dispute sec not advertised detected
    outgoing half full auto mode off on yes no enabled disabled none duplex unidirectional native vlan eth gig
    """.split()  # noqa: SIM905 - as above
)
_LABELLED: Final = re.compile(r"\s*[A-Za-z][\w ()/-]*\s*:(?=\s|$)")


def found_in(text: str, command: str, known: Mapping[str, Kind]) -> list[Found]:
    """Return what of an output belongs to the site, in its order, none within another; `known` is found everywhere."""
    found = [*_marked(text, command), *_formed(text), *_known(text, known)]
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and each.start < kept[-1].end:
            if each.end <= kept[-1].end:
                continue
            each = Found(kept[-1].end, each.end, each.kind)  # noqa: PLW2901 - its rest
        kept.append(each)
    return kept


def names_in(text: str) -> dict[str, Kind]:
    """Return the names and numbers that an output calls so, to be found in all other outputs too."""
    labelled = [match[1] for pattern in _LABELS[:3] for match in pattern.finditer(text)]
    columns = [text[each.start : each.end] for each in _columns(text, _SERIAL_COLUMN, _is_number)]
    numbers = [match[0] for match in _SERIAL.finditer(text)]
    return {word.strip("\"',;"): Kind.WORD for word in (*labelled, *columns, *numbers) if told_apart(word)}


def names_in_configuration(text: str) -> dict[str, Kind]:
    """Return the names of the device, its users, VRFs and domains in a configuration."""
    found = [word for match in _CONFIGURED.finditer(text) for word in match.groups() if word]
    return {word: Kind.WORD for word in found if told_apart(word)}


def names_of(facts: Any) -> dict[str, Kind]:  # noqa: ANN401 - facts of any command
    """Return the names and numbers among the facts that a parser gave."""
    found: dict[str, Kind] = {}
    if is_dataclass(facts) and not isinstance(facts, type):
        for each in fields(facts):
            value = getattr(facts, each.name)
            mine = each.name in _FIELDS or (each.name == "name" and type(facts).__name__ in _NAMED)
            if mine and isinstance(value, str) and told_apart(value) and not _MAC.fullmatch(value):
                found[value] = Kind.WORD
            elif not isinstance(value, str):
                found |= names_of(value)
    elif isinstance(facts, tuple | list | set | frozenset):
        for value in facts:
            found |= names_of(value)
    elif isinstance(facts, Mapping):
        for value in facts.values():
            found |= names_of(value)
    return found


def public_of(facts: Any) -> set[str]:  # noqa: ANN401 - facts of any command
    """Return the models and files among the facts: a name that is part of one is not looked for everywhere."""
    if is_dataclass(facts) and not isinstance(facts, type):
        values = {each.name: getattr(facts, each.name) for each in fields(facts)}
        own = {value.casefold() for name, value in values.items() if name in _PUBLIC and isinstance(value, str)}
        return own.union(*(public_of(value) for value in values.values()))
    inside = facts.values() if isinstance(facts, Mapping) else facts if isinstance(facts, tuple | list) else ()
    return set[str]().union(*(public_of(value) for value in inside))


def told_apart(word: str) -> bool:
    """Tell whether a word can be looked for everywhere: neither short nor a word of the systems, and no address."""
    bare = word.strip("\"',;")
    return (
        len(bare) >= _SHORTEST
        and bare.casefold() not in _COMMON
        and any(each.isalpha() for each in bare)
        and not _ADDRESS.fullmatch(bare)
    )


def _known(text: str, known: Mapping[str, Kind]) -> Iterator[Found]:
    for word, kind in known.items():
        for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text, re.IGNORECASE):
            yield Found(match.start(), match.end(), kind)


def _formed(text: str) -> Iterator[Found]:
    """Find what tells by its form what it is."""
    for match in _MAC.finditer(text):
        yield Found(match.start(), match.end(), Kind.MAC)
    for match in _UUID.finditer(text):
        yield Found(match.start(), match.end(), Kind.WORD)
    for match in _ADDRESS.finditer(text):
        if _is_address(match[0]) and not _VERSION_BEFORE.search(text[max(0, match.start() - 20) : match.start()]):
            yield Found(match.start(), match.end(), Kind.IPV4)
    for match in _IPV6.finditer(text):
        if ("::" in match[0] or match[0].count(":") == 7) and match[0].count("::") < 2 and match[0].strip(":"):
            yield Found(match.start(), match.end(), Kind.IPV6)
    for match in _SERIAL.finditer(text):
        yield Found(match.start(), match.end(), Kind.WORD)
    for match in _DOMAIN.finditer(text):
        if not _VENDORS.fullmatch(match[0]):
            yield Found(match.start(), match.end(), Kind.WORD)


def _marked(text: str, command: str) -> Iterator[Found]:
    """Find what stands behind a label, or in a column, that says what it is."""
    for pattern in _LABELS:
        for match in pattern.finditer(text):
            common = match[1].strip("\"',;").casefold() in _COMMON
            if not (common or _ADDRESS.fullmatch(match[1]) or _VENDORS.fullmatch(match[1])):
                yield Found(match.start(1), match.end(1), Kind.WORD)
    yield from _columns(text, _SERIAL_COLUMN, _is_number)
    if _DESCRIPTIONS.match(command):
        yield from _described(text)
    if _NEIGHBOURS.match(command):
        yield from _neighbouring(text)


def _columns(text: str, heading: re.Pattern[str], fits: Any) -> Iterator[Found]:  # noqa: ANN401 - a predicate
    """Find below each such heading of a table the word that begins in its column, up to an empty line."""
    places: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        headings = [(match.start(), match.end()) for match in heading.finditer(line)] if ":" not in line else []
        if headings:
            places = headings
        elif not line.strip():
            places = []
        else:
            for start, end in places:
                for word in _TOKEN.finditer(line):
                    if start - 1 <= word.start() < end and fits(word[0]):
                        yield Found(at + word.start(), at + word.end(), Kind.WORD)
        at += len(line) + 1


def _described(text: str) -> Iterator[Found]:
    """Find the descriptions of ports: what stands between the port and its status, or else in their column."""
    column: int | None = None
    status_at = 0
    at = 0
    for line in text.split("\n"):
        heading = _DESCRIPTION_COLUMN.search(line) if _HEADING.match(line) else None
        port = _TOKEN.search(line)
        if heading:
            column, status_at = heading.start(), max(0, line.casefold().find("status") - 1)
        elif column is not None and port and set(line.split()[0]) != {"-"}:
            status = [match.start() for match in _STATUS.finditer(line, port.end())]
            stands = next((place for place in status if place >= status_at), status[-1] if status else None)
            start, end = (max(column, port.end()), len(line)) if stands is None else (port.end(), stands)
            cell = line[start:end]
            if cell.strip() and cell.strip() != "--":
                start += len(cell) - len(cell.lstrip())
                yield Found(at + start, at + start + len(cell.strip()), Kind.WORD)
        at += len(line) + 1


def _neighbouring(text: str) -> Iterator[Found]:
    """Find all that may be a name in a table of neighbours."""
    at = 0
    for line in text.split("\n"):
        label, echo = _LABELLED.match(line), _ECHO.search(line)
        first, last = label.end() if label else 0, echo.start() if echo else len(line)
        for word in () if _KEPT.search(line) else _TOKEN.finditer(line, first, last):
            bare = word[0].strip("(),:;'\"[]")
            if not bare or bare.casefold() in _WORDS or _PLAIN.fullmatch(bare) or _PORT.fullmatch(bare):
                continue
            # A long name runs into the port behind it.
            glued = _GLUED.search(bare)
            start = at + word.start() + word[0].index(bare)
            yield Found(start, start + (glued.start() if glued else len(bare)), _kind_of(bare))
        at += len(line) + 1


def _kind_of(word: str) -> Kind:
    if _MAC.fullmatch(word):
        return Kind.MAC
    if _ADDRESS.fullmatch(word) and _is_address(word):
        return Kind.IPV4
    return Kind.WORD


def _is_number(word: str) -> bool:
    return len(word) >= 6 and any(each.isdigit() for each in word) and word[0].isalnum()


def _is_address(text: str) -> bool:
    """Tell an address from a mask, a loopback and what is none."""
    octets = [int(each) for each in text.split(".")]
    padded = any(len(octet) > 1 and octet[0] == "0" for octet in text.split("."))
    return max(octets) <= 255 and octets[0] not in {0, 127, 255} and not padded
