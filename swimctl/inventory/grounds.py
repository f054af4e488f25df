"""Where a device stands: in the network, or in a lab. What goes well in a lab proves nothing for the network."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final, Literal

from nornir.core.inventory import Host

from swimctl.errors import InventoryError
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest

Ground = Literal["real", "lab"]
REAL: Final[Ground] = "real"
LAB: Final[Ground] = "lab"


def ground_of(host: Host, address: str, where: Where) -> Ground:
    """Return what `swimctl: {pilot: {lab: …}}` of a host, its groups or the defaults says.

    Where nobody says anything, a device at an address of this machine itself is of a lab. InventoryError: it is said,
    and is neither true nor false.
    """
    said, who = nearest(host, where, "pilot", ("lab",)).get("lab", (None, ""))
    if said is None:
        return LAB if _of_this_machine(address) else REAL
    if not isinstance(said, bool):
        raise InventoryError(f"{where}: swimctl.pilot.lab of {who} must be true or false")
    return LAB if said else REAL


def _of_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address.casefold() == "localhost"
