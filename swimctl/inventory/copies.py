"""What an inventory says of how an image gets onto a host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast, get_args

from nornir.core.inventory import Host

from swimctl.config.settings import Transport
from swimctl.errors import InventoryError
from swimctl.inventory.accounts import Resolve
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest
from swimctl.inventory.sources import Source, Way, sources_of

_KEYS: Final = ("transport", "address", "vrf", "sources")
# What `transport` means, for who lists no sources and behind those of who does.
_BEHIND: Final[Mapping[Transport, tuple[Way, ...]]] = {
    "push": ("push",),
    "pull": ("swimctl",),
    "auto": ("swimctl", "push"),
}
# They become words of a command: no blank, nothing that ends it.
_WORD: Final = re.compile(r"[A-Za-z0-9][\w.:/-]{0,254}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """`swimctl: {distribution: …}` of a host: what it, the nearest of its groups or the defaults say.

    `transport` None: nobody says, so the settings do. `address`: where the device finds the image server; `vrf`: the
    VRF, or routing instance, in which it does; both empty where nobody says. `sources`: from where it
    fetches, in order.
    """

    transport: Transport | None = None
    address: str = ""
    vrf: str = ""
    sources: tuple[Way, ...] = ()

    def ways(self, settings: Transport) -> tuple[Way, ...]:
        """Return each way of an image in its order; `settings` is the transport where the inventory names none.

        A list that names `swimctl` or `push` says itself how it ends; behind any other comes what `transport` says.
        """
        ends = any(not isinstance(each, Source) for each in self.sources)
        return self.sources if ends else (*self.sources, *_BEHIND[self.transport or settings])

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the passwords of its sources, which no record may show."""
        return tuple(each.password for each in self.sources if isinstance(each, Source) and each.password)


def copies_of(host: Host, where: Where, resolve: Resolve) -> CopyPolicy:
    """Return what is said of a host, each key from the nearest that names it. InventoryError: it cannot be."""
    found = nearest(host, where, "distribution", _KEYS)
    transport, who = found.get("transport", (None, ""))
    if transport is not None and transport not in get_args(Transport):
        known = ", ".join(get_args(Transport))
        raise InventoryError(f"{where}: swimctl.distribution.transport of {who} must be one of {known}")
    words = {}
    for key in ("address", "vrf"):
        word, who = found.get(key, ("", ""))
        if who and (not isinstance(word, str) or not _WORD.fullmatch(word)):
            raise InventoryError(f"{where}: swimctl.distribution.{key} of {who} must be one word, not {word!r}")
        words[key] = str(word)
    said, who = found.get("sources", (None, ""))
    sources = sources_of(said, who, where, resolve) if who else ()
    return CopyPolicy(cast("Transport | None", transport), **words, sources=sources)
