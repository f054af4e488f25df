"""What an inventory says of how an image gets onto a host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, cast, get_args

from nornir.core.inventory import Host

from swimctl.config.settings import Transport
from swimctl.errors import InventoryError
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest

_KEYS: Final = ("transport", "address", "vrf")
# They become words of a command: no blank, nothing that ends it.
_WORD: Final = re.compile(r"[A-Za-z0-9][\w.:/-]{0,254}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """`swimctl: {distribution: …}` of a host: what it, the nearest of its groups or the defaults say.

    `transport` None: nobody says, so the settings do. `address`: where the device finds the image server; `vrf`: the
    VRF, or routing instance, in which it does; both empty where nobody says.
    """

    transport: Transport | None = None
    address: str = ""
    vrf: str = ""


def copies_of(host: Host, where: Where) -> CopyPolicy:
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
    return CopyPolicy(cast("Transport | None", transport), **words)
