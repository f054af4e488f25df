"""What tells by its form that it belongs to a site: addresses, serial numbers, domains. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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


# Words that no device is told by: as a name of a host or a VRF they would take the words of an output with them.
COMMON: Final = frozenset(
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
ADDRESS: Final = re.compile(rf"{_LONE}(?:\d{{1,3}}\.){{3}}\d{{1,3}}{_BEHIND}")
_VERSION_BEFORE: Final = re.compile(
    r"(?:(?:version|release|firmware|revision|rev)\W{0,3}|^ *(?:IMG|SMU)\s+\S+\s+)$", re.IGNORECASE | re.MULTILINE
)
# Access points tell their releases as four numbers: the table of `show ap image`, to its end.
_ACCESS_POINTS: Final = re.compile(r"^AP Name +Primary Image .*(?:\n.*\S.*)*", re.MULTILINE)
MAC: Final = re.compile(
    rf"{_LONE}(?:[0-9a-f]{{4}}\.[0-9a-f]{{4}}\.[0-9a-f]{{4}}|(?:[0-9a-f]{{2}}[:-]){{5}}[0-9a-f]{{2}})(?![\w:-])",
    re.IGNORECASE,
)
_IPV6: Final = re.compile(rf"{_LONE}(?:[0-9a-f]{{0,4}}:){{2,7}}[0-9a-f]{{0,4}}(?![\w:.])", re.IGNORECASE)
_UUID: Final = re.compile(rf"{_LONE}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_BEHIND}", re.IGNORECASE)
# Cisco and Arista (place, year and week, number), and Juniper.
SERIAL: Final = re.compile(
    r"(?<![\w./-])(?:[A-Z]{3}\d{4}[0-9A-Z]{4}|[A-Z]{2}\d{10}|[A-Z]{2}\d{4}[A-Z]{2}\d{4})(?![\w./-])"
)
VENDORS: Final = re.compile(
    r"(?:.*[@.])?(?:cisco|juniper|arista|gnu|opensource|openssl|apache|kernel|redhat)\.(?:com|net|org)", re.IGNORECASE
)
_DOMAIN: Final = re.compile(
    r"(?<![\w/.-])(?:[A-Za-z0-9_-]+@)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+"
    r"(?:com|net|org|edu|gov|int|mil|local|localdomain|lan|corp|intern|internal|home|priv|private|example|test|invalid|"
    r"arpa|io|eu|us|uk|de|ch|at|fr|it|nl|be|es|se|no|fi|dk|cz|jp|cn|in|au|nz|ca|br|za)(?![\w-]|\.\w)",
    re.IGNORECASE,
)


def formed(text: str) -> Iterator[Found]:
    """Find what tells by its form what it is."""
    for match in MAC.finditer(text):
        yield Found(match.start(), match.end(), Kind.MAC)
    for match in _UUID.finditer(text):
        yield Found(match.start(), match.end(), Kind.WORD)
    releases = [table.span() for table in _ACCESS_POINTS.finditer(text)]
    for match in ADDRESS.finditer(text):
        if any(begin <= match.start() < end for begin, end in releases):
            continue
        if _is_address(match[0]) and not _VERSION_BEFORE.search(text[max(0, match.start() - 20) : match.start()]):
            yield Found(match.start(), match.end(), Kind.IPV4)
    for match in _IPV6.finditer(text):
        if ("::" in match[0] or match[0].count(":") == 7) and match[0].count("::") < 2 and match[0].strip(":"):
            yield Found(match.start(), match.end(), Kind.IPV6)
    for match in SERIAL.finditer(text):
        yield Found(match.start(), match.end(), Kind.WORD)
    for match in _DOMAIN.finditer(text):
        if not VENDORS.fullmatch(match[0]):
            yield Found(match.start(), match.end(), Kind.WORD)


def told_apart(word: str) -> bool:
    """Return whether a word can be looked for everywhere: neither short nor a word of the systems, and no address."""
    bare = word.strip("\"',;")
    return (
        len(bare) >= _SHORTEST
        and bare.casefold() not in COMMON
        and any(each.isalpha() for each in bare)
        and not ADDRESS.fullmatch(bare)
    )


def kind_of(word: str) -> Kind:
    """Return what a word is; what is no address of any kind, a mask too, is a word."""
    if MAC.fullmatch(word):
        return Kind.MAC
    if ADDRESS.fullmatch(word) and _is_address(word):
        return Kind.IPV4
    return Kind.WORD


def _is_address(text: str) -> bool:
    """Return whether it is an address of a device: no mask, no loopback."""
    octets = [int(each) for each in text.split(".")]
    padded = any(len(octet) > 1 and octet[0] == "0" for octet in text.split("."))
    return max(octets) <= 255 and octets[0] not in {0, 127, 255} and not padded
