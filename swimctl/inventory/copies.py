"""What an inventory says of how an image gets onto a host."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast, get_args

from nornir.core.inventory import Host

from swimctl.config.settings import Transport
from swimctl.errors import InventoryError
from swimctl.inventory.accounts import Resolve
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest
from swimctl.inventory.relays import Relay, relay_of
from swimctl.inventory.sources import Source, Way, sources_of

_KEYS: Final = ("transport", "address", "vrf", "sources", "relay")
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
    VRF, or routing instance, in which it does; both empty where nobody says. `relay`: the one
    of its site, asked before all else; `sources`: from where it fetches, in order.
    """

    transport: Transport | None = None
    address: str = ""
    vrf: str = ""
    sources: tuple[Way, ...] = ()
    relay: Relay | None = None

    def ways(self, settings: Transport) -> tuple[Way, ...]:
        """Return each way of an image in its order; `settings` is the transport where the inventory names none.

        The relay comes first. A list that names `swimctl` or `push` says itself how it ends; behind any other comes
        what `transport` says.
        """
        first = () if self.relay is None else (self.relay,)
        ends = any(not isinstance(each, Source) for each in self.sources)
        return (*first, *self.sources, *(() if ends else _BEHIND[self.transport or settings]))

    @property
    def told(self) -> dict[str, Any]:
        """Return it in plain values, without passwords and tokens: whoever signs a plan signs it."""
        relay = self.relay
        return {
            "transport": self.transport,
            "address": self.address,
            "vrf": self.vrf,
            "sources": [
                [each.url, each.username, *each.host_keys] if isinstance(each, Source) else [str(each)]
                for each in self.sources
            ],
            "relay": [] if relay is None else [relay.url, relay.address, str(relay.trust or "")],
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the passwords of its sources and the token of its relay, which no record may show."""
        token = () if self.relay is None else (self.relay.token,)
        return (*(each.password for each in self.sources if isinstance(each, Source) and each.password), *token)


def copies_of(
    host: Host, where: Where, resolve: Resolve, placed: Callable[[str], Path], devices: Container[str]
) -> CopyPolicy:
    """Return what is said of a host, each key from the nearest that names it. InventoryError: it cannot be.

    `placed` finds a file that the inventory names; `devices` are those that it has.
    """
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
    said, who = found.get("relay", (None, ""))
    relay = relay_of(said, who, where, resolve, placed, devices) if who and said is not None else None
    return CopyPolicy(cast("Transport | None", transport), **words, sources=sources, relay=relay)
