"""Which addresses a host must reach by its own ping, as its inventory says."""

from __future__ import annotations

from nornir.core.inventory import Host

from swimctl.config.checks import Wrong, pinged
from swimctl.errors import InventoryError
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest


def pings_of(host: Host, where: Where) -> tuple[str, ...] | None:
    """Return what `swimctl: {checks: {ping: …}}` of a host, its groups or the defaults says; None: nobody does.

    InventoryError: it is said, and is no address.
    """
    said, who = nearest(host, where, "checks", ("ping",)).get("ping", (None, ""))
    if said is None:
        return None
    try:
        return tuple(pinged(said))
    except Wrong as error:
        raise InventoryError(f"{where}: swimctl.checks.ping of {who} {error}") from None
