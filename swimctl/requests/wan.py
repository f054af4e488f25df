"""How many bytes of a plan cross the WAN, and to which site. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swimctl.inventory.relays import RELAYED

_OURS = frozenset({"", "push", "swimctl"})


@dataclass(frozen=True, slots=True)
class Carried:
    """The bytes that one device still has to get, of which image, and from where; see `Row.origin`."""

    site: str
    origin: str
    image: int
    size: int


def bytes_over_wan(carried: Iterable[Carried]) -> Mapping[str, int]:
    """Return the bytes that leave this machine, by site; those for devices of no site stand under an empty name.

    A relay gets an image once for all of its devices: it counts for the site of the first of them. What devices fetch
    from a server of the user's own does not leave this machine at all.
    """
    sums: Counter[str] = Counter()
    relayed: set[tuple[str, int]] = set()
    for each in carried:
        if each.origin.startswith(RELAYED):
            if (each.origin, each.image) in relayed:
                continue
            relayed.add((each.origin, each.image))
        elif each.origin not in _OURS:
            continue
        sums[each.site] += each.size
    return {site: size for site, size in sorted(sums.items()) if size}
