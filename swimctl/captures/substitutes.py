"""Other values in place of a site's own: of the same length and kind, the same one for the same value. Pure.

Each character becomes another of its kind (a letter, a digit), by a key and by what stands before it. So no two values
become one, a name that is cut off becomes the beginning of what the whole one becomes, and addresses of one net stay in
one net. Without the key nobody can tell the original.
"""

from __future__ import annotations

import hashlib
import hmac
import string
from collections.abc import Iterator
from typing import Final

_HEX: Final = "0123456789abcdef"
_KINDS: Final = (string.ascii_lowercase, string.digits)


class Substitutes:
    """Makes substitutes by one secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def word(self, text: str) -> str:
        """Return another name, serial number or sentence: letters for letters, digits for digits, the rest as it is."""
        return "".join(self._other(text))

    def mac(self, text: str) -> str:
        """Return another MAC address, in the notation of this one; one of a single digit throughout stays."""
        digits = "".join(each for each in text if each.isalnum()).lower()
        if len(set(digits)) == 1:
            return text
        other = iter([_turned(each, _HEX, self._number(f"mac{digits[:place]}")) for place, each in enumerate(digits)])
        new = "".join(next(other) if each.isalnum() else each for each in text)
        return new.upper() if text != text.lower() else new

    def ipv4(self, text: str) -> str:
        """Return another IPv4 address; an octet of 0 or 255 stays, as in nets and masks."""
        octets = text.split(".")
        others = [
            octet if octet in {"0", "255"} else str(_within(int(octet), self._number(f"ipv4{octets[:place]}")))
            for place, octet in enumerate(octets)
        ]
        return ".".join(others)

    def ipv6(self, text: str) -> str:
        """Return another IPv6 address; groups of zeros, and what makes an address link-local or multicast, stay."""
        groups = text.lower().split(":")
        others = [self._group(group, f"ipv6{groups[:place]}", first=place == 0) for place, group in enumerate(groups)]
        return ":".join(others).upper() if text != text.lower() else ":".join(others)

    def _group(self, group: str, before: str, *, first: bool) -> str:
        if not group.strip("0") or (first and group[:2] in {"fe", "ff"}):
            return group
        # A leading digit that is not zero stays so: a zero would not be printed.
        head = group[0] if group[0] == "0" else _turned(group[0], _HEX[1:], self._number(before))
        rest = (
            _turned(each, _HEX, self._number(f"{before}{group[:place]}")) for place, each in enumerate(group[1:], 1)
        )
        return head + "".join(rest)

    def _other(self, text: str) -> Iterator[str]:
        before = "word"
        for each in text:
            kind = next((kind for kind in _KINDS if each.lower() in kind), "")
            yield _as(_turned(each.lower(), kind, self._number(before)), each) if kind else each
            before += each.casefold()

    def _number(self, text: str) -> int:
        return int.from_bytes(hmac.digest(self._key, text.encode(), hashlib.sha256)[:8])


def _turned(each: str, kind: str, by: int) -> str:
    """Return the character that stands so much further on among its kind, never itself."""
    return kind[(kind.index(each) + 1 + by % (len(kind) - 1)) % len(kind)]


def _as(new: str, old: str) -> str:
    return new.upper() if old.isupper() else new


def _within(octet: int, by: int) -> int:
    """Return another octet with as many digits."""
    least, most = next(bounds for bounds in ((1, 9), (10, 99), (100, 254)) if octet <= bounds[1])
    size = most - least + 1
    return least + (octet - least + 1 + by % (size - 1)) % size
