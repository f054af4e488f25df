"""The nodes of a router with 64-bit IOS-XR, its software, configuration and disks: all that its installer changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from swimctl.lab.chassis import Chassis
from swimctl.lab.cisco_xr.spec import RouterSpec
from swimctl.lab.clock import LabClock
from swimctl.lab.configuration import Configuration
from swimctl.lab.effects import Syslog
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.images import read_image
from swimctl.lab.routing import AS, configured

CARD_UP, STANDBY_UP, STANDBY_READY = 25.0, 12.0, 40.0
"""Lab seconds after a boot until the line card runs, the other processor does, and is ready to take over."""
CARD = "0/0/CPU0"
_NOT_KEPT = (
    "The software that is active is not committed. A reload boots the committed software; 'install commit' keeps this"
)


@dataclass(frozen=True, slots=True)
class Software:
    """A release, by the name of the image that brings it."""

    name: str
    version: str


_IMAGE: Final = re.compile(r".+-(\d+\.\d+\.\d+)(?:\.iso)?")


def _added(name: str, runs: str) -> Software:
    """Return what was added under a name: an image ends with its release, an optional package is of what `runs`."""
    found = _IMAGE.fullmatch(name)
    return Software(name, found[1] if found else runs)


class Nodes(Chassis):
    """One router, with one route processor or two, but for its installer."""

    spec: RouterSpec

    def __init__(self, spec: RouterSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.spec = spec
        self.configuration = _first_configuration(spec)
        self.active = self.committed = Software(f"{spec.hardware.iso.format(kind='mini')}-{spec.version}", spec.version)
        self.inactive = [_added(name, spec.version) for name in spec.inactive]
        self._next: Software | None = None
        self._flash = {number: self._new_flash(number) for number in range(1, len(spec.hardware.slots) + 1)}

    @property
    def hostname(self) -> str:
        """Return the name in the prompt."""
        return self.configuration.hostname

    @property
    def processors(self) -> list[str]:
        """Return the route processors that are there, the active one first."""
        names = [f"0/{slot}/CPU0" for slot in self.spec.hardware.slots]
        gone = self.degraded and self.spec.fault("member-missing")
        there = [] if gone or self.since_up < STANDBY_UP else names[1:]
        return [names[0], *there]

    @property
    def standby_ready(self) -> bool:
        """Return whether the other processor could take over."""
        return len(self.processors) > 1 and self.since_up >= STANDBY_READY

    @property
    def nodes(self) -> list[str]:
        """Return the nodes that run IOS-XR now."""
        return [*self.processors, *([CARD] if self.since_up >= CARD_UP else [])]

    def active_on(self, node: str) -> Software:
        """Return what a node runs; the last processor lags where a fault says so."""
        lags = self.degraded and self.spec.fault("member-mismatch")
        last = f"0/{self.spec.hardware.slots[-1]}/CPU0"
        return self.committed if lags and node == last and len(self.spec.hardware.slots) > 1 else self.active

    def flash(self, member: int) -> Flash:
        """Return the disk of a route processor."""
        return self._flash[member]

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path as the router writes it; raises ValueError for a file system that is not there."""
        system, colon, name = path.strip().strip('"').removeprefix("/").partition(":")
        if not colon or system.lower() != "harddisk":
            raise ValueError(path)
        return 1, name.strip("/")

    @property
    def node(self) -> str:
        """Return the active processor as prompts and messages do."""
        return f"RP/{self.processors[0]}"

    def syslog(self, code: str, text: str) -> str:
        """Write a syslog message as IOS-XR prints it."""
        wall = self.clock.wall()
        return (
            f"{self.node}:{wall:%b %e %H:%M:%S}.{wall.microsecond // 1000:03} UTC: sdr_instmgr[1291]: %{code} : {text}"
        )

    def tell(self, line: str) -> None:
        """Print a result of the installer on every terminal, whatever stands there."""
        self._events.append(Syslog(line))

    def read(self, file: LabFile) -> Software | None:
        """Return what an image file brings; None: it is none, is damaged, or is for other hardware."""
        image = None if file.damaged else read_image(file.head, file.name)
        if image is None or image.family != self.spec.hardware.family:
            return None
        return Software(file.name.removesuffix(".iso"), image.version)

    def activate(self, software: Software) -> None:
        """Reload into a release, without keeping it: any other reload boots the committed one."""

        def choose() -> None:
            if not self.spec.fault("boots-old-image"):
                self._next = software

        self.reload("Install operation", choose, returns=not self.spec.fault("never-returns"))

    @property
    def runs(self) -> Mapping[str, str]:
        """Return what every node really runs."""
        return {node: self.active_on(node).version for node in self.nodes}

    @property
    def stays(self) -> str:
        """Return the committed release."""
        return self.committed.version

    @property
    def uncommitted(self) -> bool:
        """Return whether what runs was activated and is not kept yet."""
        return self.active != self.committed

    def start_up(self) -> bool:
        """Load what was activated, else what is committed."""
        boots, self._next = self._next or self.committed, None
        self.degraded = boots != self.committed
        if boots != self.active:
            self.inactive = [each for each in self.inactive if each != boots]
            if self.active != self.committed:
                self.inactive.append(self.active)  # it was left by this reload
        self.active = boots
        return True

    def came_up(self) -> None:
        """Log that it is up, and what is not kept."""
        self.say("MGBL-SCONBKUP-6-INTERNAL_INFO", "System configuration completed")
        if self.uncommitted:
            self.say("INSTALL-INSTMGR-4-ACTIVE_SOFTWARE_COMMITTED_INFO", _NOT_KEPT)

    def _new_flash(self, number: int) -> Flash:
        wall = self.clock.at(-self.spec.uptime)
        files = [LabFile("nvgen_bkup.log", 382_788, wall), LabFile("showtech", 0, wall, directory=True)]
        return self.filled_flash(files, "showtech/showtech-install.tgz", number)


def _first_configuration(spec: RouterSpec) -> Configuration:
    return Configuration(
        [
            f"hostname {spec.name}",
            f"domain name {spec.domain}",
            *(line for user in spec.users for line in (f"username {user}", " group root-lr", " secret 10 $6$lab")),
            "cdp",
            "lldp",
            f"interface MgmtEth0/{spec.hardware.slots[0]}/CPU0/0",
            " ipv4 address 192.0.2.10 255.255.255.0",
            "interface TenGigE0/0/0/0",
            " ipv4 address 198.51.100.1 255.255.255.252",
            *configured(
                spec,
                ospf=["router ospf CORE", " area 0"],
                isis=["router isis CORE", " net 49.0001.1920.0200.2010.00"],
                bgp=[f"router bgp {AS}", *(f" neighbor 203.0.113.{number}" for number in (1, 2))],
            ),
            "ssh server v2",
            "xml agent tty",
        ]
    )
