"""The members of a Catalyst 9000, their flash and configuration: all that installing changes, and what others do."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Protocol

from swimctl.lab.chassis import FOREVER, Chassis
from swimctl.lab.cisco_xe.configuration import first_configuration
from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.software import PACKAGES, PACKAGES_BYTES, Software
from swimctl.lab.cisco_xe.spec import SwitchSpec
from swimctl.lab.clock import LabClock
from swimctl.lab.flash import Flash, LabFile

LATE_MEMBER, INITIALIZING = 12.0, 25.0
"""Lab seconds after the switch answers again until the next member of a stack is seen; and then until it is Ready."""
SWITCHOVER = 20.0
"""Lab seconds until the standby that takes over answers."""


class Install(Protocol):
    """What is installed, as patches see it."""

    @property
    def running(self) -> Release:
        """Return what the active member runs."""

    def start_timer(self, minutes: int) -> None:
        """Arm the auto-abort timer."""


class Upgrade(Protocol):
    """An upgrade in service, as what is installed sees it."""

    ahead: Software | None

    @property
    def open(self) -> bool:
        """Return whether one is neither committed nor taken back."""

    def committed(self) -> None:
        """Close it, as all was committed."""

    def go_back(self) -> None:
        """Undo it."""


class Others(Protocol):
    """What others did to it."""

    other: bool
    dead: bool


class Installs(Protocol):
    """Who installs, as somebody at the console does."""

    def by_somebody(self, path: str, seconds: float) -> None:
        """Install without this session."""


class Stack(Chassis):
    """One switch, or one stack. `active` is the number of the member that answers; it changed `switchovers` times."""

    spec: SwitchSpec
    install: Install
    installer: Installs
    in_service: Upgrade
    strangers: Others

    def __init__(self, spec: SwitchSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.spec = spec
        self.configuration = first_configuration(spec)
        self.startup = self.configuration.copy()
        self._flash = {number: self._new_flash(number) for number in range(1, len(spec.members) + 1)}
        self._left_behind: set[int] = set()
        self.active = 1
        self.switchovers = 0
        self._took_over: float | None = None
        self._restarted: dict[int, float] = {}

    @property
    def unsaved(self) -> bool:
        """Return whether the running configuration is not the one that the next boot reads."""
        return self.configuration != self.startup

    @property
    def members(self) -> list[int]:
        """Number the members that are there; the active one always is."""
        return [number for number in self._flash if number == self.active or self._joined(number)]

    def _joined(self, number: int) -> bool:
        missing = self.strangers.dead or (self.degraded and self.spec.fault("member-missing"))
        if missing and number == self._last:
            return False
        return self._there_for(number) >= 0

    def _there_for(self, number: int) -> float:
        """Return the lab seconds since a member beside the active one was seen; less than 0: it is not yet."""
        own = self.clock.now() - self._restarted.get(number, -FOREVER) - self.spec.boot_time
        return min(own, self.since_up - LATE_MEMBER * (number - 1))

    @property
    def standby(self) -> int:
        """Return the number of the member that takes over, whether it is there or not."""
        return 1 if self.active != 1 else 2

    @property
    def hot(self) -> bool:
        """Return whether the standby could take over."""
        return self.standby in self.members and self.member_state(self.standby) == "Ready"

    @property
    def active_for(self) -> float:
        """Return the lab seconds since the active member is the active one."""
        return self.uptime if self._took_over is None else self.clock.now() - self._took_over

    @property
    def rejoin_seconds(self) -> float:
        """Return the lab seconds from the restart of one member until it is ready."""
        return self.spec.boot_time + INITIALIZING + 1

    @property
    def _last(self) -> int:
        return max((number for number in self._flash if number != self.active), default=1)

    def restart_member(self, number: int) -> None:
        """Restart a member that is not the active one."""
        self._restarted[number] = self.clock.now()

    def switch_over(self) -> None:
        """Make the standby active: sessions and the log are gone, and the one that was active starts anew."""
        self.restart_member(self.active)
        self.active, self._took_over = self.standby, self.clock.now()
        self.switchovers += 1
        self.reload_reason = "Image Install"
        self.buffer.clear()
        self.go_away(SWITCHOVER)

    def member_state(self, number: int) -> str:
        """Return the state of a member as `show switch` prints it; faults of members strike the last one."""
        last = number == self._last
        # Two that are upgraded in service work together in two releases.
        if self.lags(number) and not self.in_service.open:
            return "V-Mismatch"
        if number == self.active:
            return "Removed" if self.degraded and last and self.spec.fault("member-missing") else "Ready"
        return "Ready" if self._there_for(number) >= INITIALIZING else "Initializing"

    def lags(self, number: int) -> bool:
        """Return whether a member runs another release than the active one: by a fault, or as it has no such image."""
        fault = self.spec.fault("member-mismatch") and number == self._last
        return self.degraded and bool(fault or number in self._left_behind)

    def flash(self, member: int) -> Flash:
        """Return the flash of a member."""
        return self._flash[member]

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path as the switch writes it; raises ValueError for a file system that is not there."""
        text = path.strip().strip('"')
        if text.startswith("/"):
            text = "flash:" + text.removeprefix("/flash").removeprefix("/bootflash")
        system, colon, name = text.partition(":")
        if not colon:
            system, name = "flash", text
        wanted = re.sub(r"^flash(\d)$", r"flash-\1", system.lower())
        for member in self.members:
            if {wanted, system.lower()} & set(self.file_systems(member)):
                return member, name.strip("/")
        raise ValueError(path)

    def file_systems(self, member: int) -> tuple[str, ...]:
        """Return all names of a member's flash, the one in print first."""
        shape = self.spec.hardware.shape
        roots = ("flash", "bootflash") if shape is Shape.STACK else ("bootflash", "flash")
        called = roots[:1] if shape is Shape.STACK else roots
        numbered = tuple(f"{name}-{member}" for name in called if shape is not Shape.MODULAR)
        if member == self.active:
            return (*roots, *numbered) if len(self.members) > 1 else roots
        return (*numbered, *(f"stby-{name}" for name in called)) if member == self.standby else numbered

    def _new_flash(self, number: int) -> Flash:
        wall = self.clock.at(-self.spec.uptime)
        folder = LabFile("dc_profile_dir", 0, wall, directory=True)
        return self.filled_flash([*self._first_files(wall), folder], f"{folder.name}/capture-{number}.pcap", number)

    def _first_files(self, wall: datetime) -> list[LabFile]:
        software = self.spec.born_with
        if self.spec.mode == "BUNDLE":
            boots = [LabFile(software.image, software.size, wall)]
        else:
            boots = [*software.files(wall), LabFile(PACKAGES, PACKAGES_BYTES, wall)]
        old = LabFile(f"{software.family}.17.03.04.SPA.pkg.old", 900_000, wall)
        return [*boots, LabFile("vlan.dat", 1_024, wall), old]
