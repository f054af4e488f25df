"""The routers that a lab device talks to, whatever system it runs: who they are, and since when they are there. Pure.

Two routers, core1 and core2, are behind its uplinks. They speak OSPF and IS-IS with it over its links, and BGP from
their loopbacks. After a boot each protocol needs its time; what a fault keeps away is always the first one, so that
no route is lost, and what is left is no mere beginning of what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swimctl.lab.chassis import Chassis
    from swimctl.lab.chassis_spec import ChassisSpec

BGP, OSPF, ISIS = "bgp", "ospf", "isis"
CONVERGED = {BGP: 45.0, OSPF: 30.0, ISIS: 20.0}
"""Lab seconds from the end of a boot until the neighbours of a protocol are there."""
LEARNED = 30.0
"""Lab seconds from the end of a boot until hosts have talked, and their addresses are known."""
BUSY = 150.0
"""Lab seconds from the end of a boot in which a device has more to do than usual."""
AS, ROUTER_ID = 64512, "203.0.113.7"
PREFIXES = 12
"""How many prefixes each router sends by BGP."""
_BEFORE = 300.0
"""How much shorter than the device its sessions are up, where it never reloaded here."""
_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86_400, 604_800, 31_536_000


@dataclass(frozen=True, slots=True)
class Link:
    """One way to a router: the port as the device spells it, the router's address on it, and whether it is up."""

    port: str
    address: str
    up: bool


@dataclass(frozen=True, slots=True)
class Router:
    """One router. `age` is for how many lab seconds its session is up; None: it is not."""

    name: str
    loopback: str
    address: str
    port: str
    mac: str
    age: float | None

    @property
    def up(self) -> bool:
        """Return whether its session is up."""
        return self.age is not None

    @property
    def seconds(self) -> int:
        """Return for how many seconds it is up, 0 where it is not."""
        return int(self.age or 0)


def routers(device: Chassis, protocol: str, links: Sequence[Link]) -> list[Router]:
    """List the routers that speak a protocol with a device that is configured for it."""
    return [_router(device, protocol, number, link) for number, link in enumerate(links, 1)]


def _router(device: Chassis, protocol: str, number: int, link: Link) -> Router:
    lost = number == 1 and device.degraded and device.spec.fault(f"{protocol}-lost")
    age = (device.uptime - _BEFORE if device.booted_at <= 0 else device.since_up) - CONVERGED[protocol]
    there = link.up and not lost and age >= 0
    mac = f"0c75.aa01.{number:04x}"
    return Router(f"core{number}", f"203.0.113.{number}", link.address, link.port, mac, age if there else None)


def configured(spec: ChassisSpec, **lines: Sequence[str]) -> list[str]:
    """Return the lines of a configuration for what a device speaks: those of each protocol by its name."""
    return [line for protocol, below in lines.items() if spec.speaks(protocol) for line in below]


def reaches(device: Chassis, address: str, links: Sequence[Link]) -> bool:
    """Return whether the routers answer a ping to an address; with `ping-lost` the first one does not."""
    lost = device.degraded and device.spec.fault("ping-lost") is not None
    return any(
        link.up and address in {link.address, f"203.0.113.{n}"} and not (lost and n == 1)
        for n, link in enumerate(links, 1)
    )


def busy(device: Chassis) -> bool:
    """Return whether a boot is not long ago, and the device works on it."""
    return device.since_up < BUSY


def hot(device: Chassis) -> bool:
    """Return whether the air at its inlet is too warm: `hot`, after the activation."""
    return device.degraded and device.spec.fault("hot") is not None


def errors(device: Chassis) -> int:
    """Return how many frames came damaged through its first uplink: `uplink-errors`, after the activation."""
    return int(device.since_up) if device.degraded and device.spec.fault("uplink-errors") else 0


def clock(seconds: int) -> str:
    """Write a time as 02:49:40."""
    return f"{seconds // _HOUR:02}:{seconds // _MINUTE % 60:02}:{seconds % 60:02}"


def age(seconds: int) -> str:
    """Write a time as the systems of Cisco do: 00:20:06, 2d14h, 3w0d, 1y10w."""
    if seconds < _DAY:
        return clock(seconds)
    if seconds < _WEEK:
        return f"{seconds // _DAY}d{seconds // _HOUR % 24:02}h"
    if seconds < _YEAR:
        return f"{seconds // _WEEK}w{seconds // _DAY % 7}d"
    return f"{seconds // _YEAR}y{seconds % _YEAR // _WEEK}w"


def packets(seconds: int) -> int:
    """Return about how many packets a session of BGP took in that time."""
    return 4 + seconds // 60
