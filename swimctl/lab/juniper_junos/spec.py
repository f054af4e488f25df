"""What a lab Juniper is at the start: hardware, release, flash, accounts, members, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass

from swimctl.errors import UsageError
from swimctl.lab.chassis_spec import ChassisSpec

_RELEASE = re.compile(r"\d\d\.\dR\d+(?:-S\d+)?\.\d+")


@dataclass(frozen=True, slots=True)
class Hardware:
    """One model. `old`: it has the older kind of Junos, whose installer boots once before the new release does.

    `on_host`: Junos is a guest there. Its installer stages a release on the host, which `show version` does not show.
    """

    name: str
    family: str
    ports: int
    old: bool = False
    on_host: bool = False

    @property
    def gives_power(self) -> bool:
        """Return whether its ports of copper give power."""
        return self.name.endswith("p")

    def port_names(self, member: int) -> list[str]:
        """List the ports of a member, uplinks last."""
        return [*(f"ge-{member}/0/{n}" for n in range(self.ports)), *(f"xe-{member}/2/{n}" for n in range(4))]


HARDWARE = {
    each.name: each
    for each in (
        Hardware("ex3400-24p", "junos-arm-32", 24),
        Hardware("ex3400-48p", "junos-arm-32", 48),
        Hardware("ex4300-48t", "jinstall-ex-4300", 48, old=True),
        Hardware("ex4300-48mp", "jinstall-host-ex-4300mp-x86-64", 48, on_host=True),
    )
}


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """One member of a Virtual Chassis, or a switch alone; members count from 0."""

    hardware: Hardware
    serial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JunosSpec(ChassisSpec):
    """All that a lab Juniper is made from.

    `version` is spelt as the device prints it. `odd_member`: what the last member runs instead. `connected`: so many
    ports of each member are up, counted from the first, and the first uplink. `lldp` off: the device has no such
    subsystem. `install_log` off: a host-based installer keeps no log. `structured` off: it has no `| display json`, as
    before Junos 14.2. An account of privilege 15 is of class super-user, another one of read-only; `root` gets a shell.
    """

    members: tuple[MemberSpec, ...]
    version: str = "20.4R3.8"
    odd_member: str = ""
    connected: int = 3
    lldp: bool = True
    interactive_log: bool = True
    install_log: bool = True
    structured: bool = True

    def __post_init__(self) -> None:
        """Refuse what no switch could be."""
        releases = [self.version, *([self.odd_member] if self.odd_member else [])]
        families = {member.hardware.family for member in self.members}
        if len(families) != 1 or not all(map(_RELEASE.fullmatch, releases)):
            raise UsageError(f"lab switch {self.name}: no Virtual Chassis of {sorted(families)} runs {releases}")

    @property
    def hardware(self) -> Hardware:
        """Return the model of the master."""
        return self.members[0].hardware

    @property
    def offers_netconf(self) -> bool:
        """Return whether it has NETCONF; what it calls its last reboot it says on the command line too."""
        return self.netconf

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "juniper_junos"

    @property
    def model(self) -> str:
        """Return the model of the master."""
        return self.hardware.name

    @property
    def serial(self) -> str:
        """Return the serial number of the master."""
        return self.members[0].serial

    @property
    def role(self) -> str:
        """Return what it is for."""
        return "access"
