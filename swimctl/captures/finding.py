"""What of a device's outputs belongs to its site: names, numbers, addresses, secrets. Pure.

What is well known (masks, versions, models, file names, words of the system) is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from swimctl.captures.elements import in_elements
from swimctl.captures.forms import ADDRESS, COMMON, MAC, SERIAL, VENDORS, Found, Kind, formed, told_apart
from swimctl.captures.tables import in_tables, serials

# Fields of facts whose values are names or numbers of the site. `vrf` but for those that every device has.
_FIELDS: Final = frozenset({"serial", "serials", "hostname", "mac", "user", "domain", "vrf", "login_class"})
_PUBLIC: Final = frozenset({"model", "pid", "system_image", "version"})
# Classes whose `name` is another device's.
_NAMED: Final = frozenset({"Neighbour", "NxosNeighbour", "LldpNeighbour"})
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
        r"\b(?:user(?: ?name)?|login|account)[ \t]*:?[ \t]*['\"]([^'\"\s<>]+)",
        # Junos, behind `| display xml`.
        r"<(?:[\w-]*serial-number|[\w-]*host-name|[\w-]*system-name|domain-name|user)(?: [^>]*)?>([^<>\s]+)",
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


def found_in(text: str, command: str, known: Mapping[str, Kind]) -> list[Found]:
    """Return what of an output belongs to the site, in its order, none within another; `known` is found everywhere."""
    found = [*_marked(text, command), *formed(text), *_known(text, known)]
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
    marked = [text[each.start : each.end] for each in (*serials(text), *in_elements(text))]
    numbers = [match[0] for match in SERIAL.finditer(text)]
    return {
        word.strip("\"',;"): Kind.WORD
        for word in (*labelled, *marked, *numbers)
        if told_apart(word) and len(word.split()) == 1
    }


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
            if mine and isinstance(value, str) and told_apart(value) and not MAC.fullmatch(value):
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


def _known(text: str, known: Mapping[str, Kind]) -> Iterator[Found]:
    for word, kind in known.items():
        for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text, re.IGNORECASE):
            yield Found(match.start(), match.end(), kind)


def _marked(text: str, command: str) -> Iterator[Found]:
    """Find what stands behind a label, in a column or in an element that says what it is."""
    for pattern in _LABELS:
        for match in pattern.finditer(text):
            common = match[1].strip("\"',;").casefold() in COMMON
            if not (common or ADDRESS.fullmatch(match[1]) or VENDORS.fullmatch(match[1])):
                yield Found(match.start(1), match.end(1), Kind.WORD)
    yield from in_tables(text, command)
    yield from in_elements(text)
