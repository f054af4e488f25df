"""What only IOS-XE says of itself; everything else it says in the words of `platforms/facts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Member:
    """One row of `show switch`. `state` as printed: Ready, Provisioned, V-Mismatch, Removed and others."""

    number: int
    role: str
    state: str
    mac: str
    priority: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class ApImage:
    """One row of `show ap image`: releases as access points spell them, and the status as printed."""

    name: str
    running: str
    backup: str
    status: str
    version: str


class PackageState(StrEnum):
    """The one-letter states of `show install summary`."""

    INACTIVE = "I"
    UNCOMMITTED = "U"
    COMMITTED = "C"
    DEACTIVATED = "D"


@dataclass(frozen=True, slots=True)
class Package:
    """One row of `show install summary`. IMG rows carry a version with a build number, SMU rows a file."""

    members: tuple[str, ...]
    kind: str
    state: PackageState
    name: str


@dataclass(frozen=True, slots=True)
class InstallSummary:
    """What `show install summary` and its sisters say.

    `timer_runs` is what the auto-abort timer's line says, None where none was printed (older releases) or readable;
    `abort_timer` is the seconds left where that line tells them.
    """

    packages: tuple[Package, ...]
    timer_runs: bool | None = None
    abort_timer: int | None = None
    abort_operation: str | None = None

    @property
    def open_packages(self) -> tuple[Package, ...]:
        """Return those that are not committed one way or the other: they alone can be taken back by the timer."""
        open_states = (PackageState.UNCOMMITTED, PackageState.DEACTIVATED)
        return tuple(package for package in self.packages if package.state in open_states)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A port-channel and the ports in it, whatever their state."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VirtualLink:
    """One port of a StackWise Virtual link. `protocol` is what the legend above the table calls it: Bundled, Ready."""

    chassis: int
    port: str
    up: bool
    protocol: str


@dataclass(frozen=True, slots=True)
class DualActive:
    """What guards a StackWise Virtual pair against two active chassis. `ports` are (chassis, port, up).

    `recovery`: this chassis was the other active one, and has shut its ports.
    """

    ports: tuple[tuple[int, str, bool], ...]
    recovery: bool = False


@dataclass(frozen=True, slots=True)
class RollbackPoint:
    """One row of `show install rollback`. Ids may repeat."""

    id: int
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class RemoveOutcome:
    """How `install remove …` ended. `listed` are the files it asked about, `deleted` those it says are gone."""

    succeeded: bool | None
    reason: str | None = None
    listed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    rejected: bool = False
    nothing_to_remove: bool = False


@dataclass(frozen=True, slots=True)
class IssuState:
    """What `show issu state detail` or `rollback-timer` says. `rollback`: seconds left, None if none are told.

    `checks` are the device's own of whether it can, empty where it prints none. `reached` is how far an operation has
    come; `terminal` tells whether its two processors stand as they will stay, None where the device does not say.
    """

    in_progress: bool
    rollback: int | None = None
    status: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    reached: str = ""
    terminal: bool | None = None
