"""What in XML belongs to a site: the text of elements whose name says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from swimctl.captures.forms import ADDRESS, COMMON, Found, Kind, kind_of

# The names are those of YANG models: `serial-number`, `host-name`, `user-name`, `udi-sn`, `device-id`.
_NAMED: Final = re.compile(
    r"<(?:[\w.-]+:)?(?P<name>(?:[\w.-]*-)?(?:serial(?:-n\w+)?|sn|host-?name|(?:user|login)(?:-?(?:name|id))?|account"
    r"|(?:system|device|node|chassis|switch|host|domain|vrf)-?(?:name|id)|domain|vrf|password|secret|community|key"
    r"|contact|location|description|asset(?:-(?:id|tag))?|address|url|uri|peer|neighbou?r(?:-name)?))"
    r"(?:\s[^<>]*)?>\s*(?P<text>[^<\s][^<]*?)\s*</",
    re.IGNORECASE,
)
# A shorter number is one of a slot, a member or a VLAN.
_NUMBER: Final = 6
# An entity is one character: letters of its name are none of the site's.
_PIECE: Final = re.compile(r"&#?\w+;|&|[^&]+")


def in_elements(text: str) -> Iterator[Found]:
    """Find the text of such elements, but for masks, short numbers, and the words that every device has."""
    if "</" not in text:
        return
    for match in _NAMED.finditer(text):
        text_of = match["text"]
        mask = ADDRESS.fullmatch(text_of) and kind_of(text_of) is Kind.WORD
        if mask or text_of.casefold() in COMMON or (text_of.isdigit() and len(text_of) < _NUMBER):
            continue
        for piece in _PIECE.finditer(text, match.start("text"), match.end("text")):
            if not piece[0].startswith("&"):
                yield Found(piece.start(), piece.end(), kind_of(piece[0]))
