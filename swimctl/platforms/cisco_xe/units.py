"""What of a device runs software of its own: switches of a stack, chassis of a pair, supervisors. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from swimctl.platforms.cisco_xe.facts import Member
from swimctl.platforms.cisco_xe.parsers.switch import members_command
from swimctl.platforms.facts import Redundancy, Slot, SoftwareVersion

READY: Final = "Ready"
PREPARED: Final = "Provisioned"
HOT: Final = "STANDBY HOT"
ACTIVE: Final = "Active"
STANDBY: Final = "Standby"
MASTER: Final = "Master"
"""What classic IOS calls the active one of a stack; there is no standby beside it."""
_EMPTY_MAC: Final = "0000.0000.0000"


@dataclass(frozen=True, slots=True)
class Unit:
    """One of them. `name` is as the lists of `install` have it, without what follows a `/`: 2, R1.

    `state` is READY where all is well, else in the device's words. `version`, `mode` None: the device does not tell.
    """

    name: str
    role: str = ""
    state: str = READY
    version: str | None = None
    mode: str | None = None

    @property
    def label(self) -> str:
        """Return its name for people."""
        return f"member {self.name}" if self.name.isdecimal() else self.name


def switches(
    version: SoftwareVersion, members: Sequence[Member], redundancy: Redundancy | None = None
) -> tuple[Unit, ...]:
    """Make units of the rows of `show switch`; the releases are those of `show version`, else of `show redundancy`.

    A number that was only prepared in the configuration has no hardware, and is none.
    """
    rows = {row.member: row for row in version.members}
    units = []
    for member in members:
        if member.state == PREPARED and member.mac == _EMPTY_MAC:
            continue
        row = rows.get(member.number)
        if row is not None:
            release, mode = row.version, row.mode
        elif rows or redundancy is None:
            release, mode = None, None
        else:
            release = _of_processor(version, redundancy, active=member.active)
            mode = version.mode if member.active else None
        units.append(Unit(str(member.number), member.role, member.state, release, mode))
    known = {unit.name for unit in units}
    lost = [row for row in version.members if str(row.member) not in known]
    state = f"not in '{members_command(version.model)}'" if members else READY
    return (*units, *(Unit(str(row.member), "", state, row.version, row.mode) for row in lost))


def supervisors(version: SoftwareVersion, slots: Sequence[Slot], redundancy: Redundancy) -> tuple[Unit, ...]:
    """Make units of the supervisors, or route processors, of one chassis."""
    units = []
    for slot in processors(slots):
        active = "active" in slot.state
        state = redundancy.active_state if active else redundancy.peer_state
        fine = state == ("ACTIVE" if active else HOT) and slot.state in {"ok, active", "ok, standby"}
        units.append(
            Unit(
                slot.name,
                ACTIVE if active else STANDBY,
                READY if fine else f"{state or 'unknown'} ({slot.state})",
                _of_processor(version, redundancy, active=active),
                version.mode if active else None,
            )
        )
    return tuple(units)


def processors(slots: Sequence[Slot]) -> list[Slot]:
    """Pick the supervisors, or route processors, of `show platform`."""
    return [slot for slot in slots if slot.name in {"R0", "R1"}]


def alone(version: SoftwareVersion) -> tuple[Unit, ...]:
    """Make the unit of a device that has only itself."""
    return (Unit("chassis", "", READY, version.version, version.mode),)


def without_standby(units: Collection[Unit]) -> bool:
    """Return whether there are several and none stands by for the active one, where any does at all."""
    return len(units) > 1 and not {STANDBY, MASTER} & {unit.role for unit in units}


def _of_processor(version: SoftwareVersion, redundancy: Redundancy, *, active: bool) -> str | None:
    """Return the release of one of two processors; `show version` is answered by the active one."""
    if active:
        return version.version
    # An engineering build has a label in `show version` and a number here: alike here is alike there.
    same = redundancy.peer_version is not None and redundancy.peer_version == redundancy.active_version
    return version.version if same else redundancy.peer_version
