"""What a lab Arista is at the start: hardware, release, flash, accounts, MLAG partner, faults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from swimctl.errors import UsageError
from swimctl.lab.chassis_spec import LoneChassisSpec
from swimctl.lab.images import name_image
from swimctl.lab.routing import BGP, OSPF


@dataclass(frozen=True, slots=True)
class Hardware:
    """One model. `family` is the image that it is born with, `boots` are all those it takes."""

    name: str
    family: str
    boots: frozenset[str]
    ports: int
    uplinks: int
    description: str
    architecture: str = "i686"

    def port_names(self) -> tuple[str, ...]:
        """List the short names of the ports, uplinks last."""
        return _port_names(self.ports, self.uplinks)


@cache  # each row of a table of ports asks for it
def _port_names(ports: int, uplinks: int) -> tuple[str, ...]:
    lanes = (f"Et{number}/1" for number in range(ports + 1, ports + uplinks + 1))
    return (*(f"Et{number}" for number in range(1, ports + 1)), *lanes)


HARDWARE = {
    each.name: each
    for each in (
        Hardware(
            "DCS-7050SX3-48YC8",
            "EOS",
            frozenset({"EOS"}),
            48,
            8,
            "48-port SFP28 25GbE + 8-port QSFP100 1RU",
        ),
        Hardware(
            "DCS-7280SR3-48YC8",
            "EOS64",
            frozenset({"EOS", "EOS64"}),
            48,
            8,
            "48-port SFP28 25GbE + 8-port QSFP100 1RU, deep buffers",
            "x86_64",
        ),
        Hardware("vEOS-lab", "vEOS-lab", frozenset({"vEOS-lab"}), 8, 0, "vEOS", "x86_64"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AristaSpec(LoneChassisSpec):
    """All that a lab Arista is made from.

    `mlag` is the name of its domain, None without a partner; `peer` tells whether that one answers. `reload_delay` is
    how many lab seconds after a boot its ports in MLAGs stay down, `other_delay` the same for all others, None: as
    long. `fpga`: a new release reloads the switch a second time, so
    many lab seconds after it came up; None: it does not. `boots` is the file that the next boot names at the start,
    None: the one that runs. `structured` off: no output comes as data.
    """

    hardware: Hardware
    version: str = "4.28.3M"
    mlag: str | None = None
    peer: bool = True
    reload_delay: int = 300
    other_delay: int | None = None
    fpga: float | None = None
    boots: str | None = None
    connected: int = 4
    structured: bool = True

    def __post_init__(self) -> None:
        """Refuse what no switch could be."""
        if name_image(self.image) is None:
            raise UsageError(f"lab switch {self.name}: {self.version!r} is no release of EOS; written like 4.28.3M")

    @property
    def image(self) -> str:
        """Return the image file that it runs from at the start."""
        return f"{self.hardware.family}-{self.version}.swi"

    def ports_up(self) -> list[str]:
        """List the connected ports: the first ones, and two uplinks, which are the peer-link where there is a peer."""
        names = self.hardware.port_names()
        return [*names[: self.connected], *names[-2:]]

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "arista_eos"

    @property
    def usual_routing(self) -> frozenset[str]:
        """Return what it speaks with routers where `routing` does not say."""
        return frozenset({OSPF, BGP})

    @property
    def role(self) -> str:
        """Return what such a switch is for."""
        return "leaf"
