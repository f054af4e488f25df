"""What a lab Nexus is at the start: hardware, release, flash, accounts, vPC partner, faults."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.errors import UsageError
from swimctl.lab.chassis_spec import LoneChassisSpec
from swimctl.lab.images import name_image
from swimctl.lab.routing import BGP, OSPF


@dataclass(frozen=True, slots=True)
class Hardware:
    """One chassis. `boots` are the image families that it takes; a modular one has a card and supervisors in slots."""

    name: str
    printed: str
    boots: frozenset[str]
    ports: int
    uplinks: int
    description: str
    card: str = ""
    supervisor: str = ""

    @property
    def modular(self) -> bool:
        """Return whether cards stand in slots."""
        return bool(self.card)

    def port_names(self) -> list[str]:
        """List the short names of the ports, uplinks last."""
        return [f"Eth1/{number}" for number in range(1, self.ports + self.uplinks + 1)]


_BOTH = frozenset({"nxos", "nxos64-cs"})
HARDWARE = {
    each.name: each
    for each in (
        Hardware(
            "N9K-C93180YC-FX",
            "Nexus9000 C93180YC-FX",
            _BOTH,
            48,
            6,
            "48x10/25G + 6x40/100G Ethernet Module",
        ),
        Hardware(
            "N9K-C9372PX", "Nexus9000 C9372PX", frozenset({"nxos"}), 48, 6, "48x1/10G SFP+ + 6x40G Ethernet Module"
        ),
        Hardware(
            "N9K-C9504",
            "Nexus9000 C9504",
            _BOTH,
            36,
            0,
            "36x100G Ethernet Module",
            card="N9K-X9736C-FX",
            supervisor="N9K-SUP-B+",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NexusSpec(LoneChassisSpec):
    """All that a lab Nexus is made from.

    `version` is spelt as the device prints it. `vpc` is the number of its domain, None without a partner; `peer` and
    `keepalive` are what `show vpc` says of it. `issu`: it can be upgraded in service. `structured` off: it has no
    `| json`, as old releases.
    """

    hardware: Hardware
    supervisors: int = 1
    version: str = "9.3(5)"
    vpc: int | None = None
    peer: str = "peer adjacency formed ok"
    keepalive: str = "peer is alive"
    scp_server: bool = True
    issu: bool = False
    connected: int = 4
    structured: bool = True

    def __post_init__(self) -> None:
        """Refuse what no switch could be."""
        if name_image(self.image) is None or (self.supervisors > 1 and not self.hardware.modular):
            raise UsageError(f"lab switch {self.name}: no {self.hardware.name} of release {self.version!r}")

    @property
    def image(self) -> str:
        """Return the image file that it runs from at the start."""
        major, _, rest = self.version.partition(".")
        dotted = f"{major}.{rest.replace('(', '.').replace(')', '')}"
        wide = int(major) >= 10 if major.isdigit() else False
        return f"nxos64-cs.{dotted}.M.bin" if wide else f"nxos.{dotted}.bin"

    def ports_up(self) -> list[str]:
        """List the connected ports; a neighbour stands behind the first and the last one of them."""
        return self.hardware.port_names()[: self.connected]

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "cisco_nxos"

    @property
    def usual_routing(self) -> frozenset[str]:
        """Return what it speaks with routers where `routing` does not say."""
        return frozenset({OSPF, BGP})

    @property
    def role(self) -> str:
        """Return the role: leaf or spine."""
        return "spine" if self.hardware.modular else "leaf"
