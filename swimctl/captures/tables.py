"""What in the tables of an output belongs to a site: numbers below a heading, descriptions, neighbours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from swimctl.captures.forms import Found, Kind, kind_of

_SERIALS: Final = re.compile(r"\bserial(?:[- ](?:number|num|no\.?))?(?!\w)", re.IGNORECASE)
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
    """.split()  # noqa: SIM905 - a list of so many would be a page
)
_LABELLED: Final = re.compile(r"\s*[A-Za-z][\w ()/-]*\s*:(?=\s|$)")


def in_tables(text: str, command: str) -> Iterator[Found]:
    """Find serial numbers in their columns, and descriptions and neighbours where the command prints them."""
    yield from serials(text)
    if _DESCRIPTIONS.match(command):
        yield from _described(text)
    if _NEIGHBOURS.match(command):
        yield from _neighbouring(text)


def serials(text: str) -> Iterator[Found]:
    """Find below each heading of serial numbers the number that begins in its column, up to an empty line."""
    places: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        headings = [(match.start(), match.end()) for match in _SERIALS.finditer(line)] if ":" not in line else []
        if headings:
            places = headings
        elif not line.strip():
            places = []
        else:
            for start, end in places:
                for word in _TOKEN.finditer(line):
                    if start - 1 <= word.start() < end and _is_number(word[0]):
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
            if stands is None and status_at and re.match(r"\s\S", line[status_at:]):
                stands = status_at + 1  # a status that is not known yet begins where the heading says
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
            yield Found(start, start + (glued.start() if glued else len(bare)), kind_of(bare))
        at += len(line) + 1


def _is_number(word: str) -> bool:
    return len(word) >= 6 and any(each.isdigit() for each in word) and word[0].isalnum()
