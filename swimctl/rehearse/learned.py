"""What was learned about a device: facts, each with the command that told it, and what nobody could read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a stack or pair, one supervisor or processor, or the whole of a lone device."""

    number: int
    model: str
    serial: str
    release: str


@dataclass(frozen=True, slots=True)
class Disk:
    """The flash of one part, in bytes. `files` are by name; None: only its space was told."""

    total: int
    free: int
    files: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A partner in another chassis: its domain, and what the device says of it."""

    domain: str
    partner: str
    keepalive: str = ""
    hold: int = 0
    hold_of_others: int | None = None


@dataclass(frozen=True, slots=True)
class Plugged:
    """A neighbour behind a port. `end_device`: a phone, an access point, a host."""

    port: str
    name: str
    remote: str = ""
    end_device: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """A device as its outputs tell it. What is None or empty was not told, and `unread` says what could not be read.

    `installed` are releases with their state in the device's letters. `boots` is what the next boot starts;
    `by_hand`: it waits for somebody there. `sources` names for each fact the command that told it.
    """

    name: str
    platform: str
    release: str = ""
    model: str = ""
    serial: str = ""
    mode: str = ""
    uptime: int | None = None
    parts: tuple[Part, ...] = ()
    disks: Mapping[int, Disk] = field(default_factory=dict)
    installed: tuple[tuple[str, str], ...] = ()
    timer_runs: bool | None = None
    boots: tuple[str, ...] | None = None
    by_hand: bool | None = None
    ports_up: tuple[str, ...] = ()
    neighbours: tuple[Plugged, ...] = ()
    routes: int | None = None
    pair: Pair | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """List what no twin can do without and nobody read, with the reason."""
        needed = {
            "release": self.release,
            "model": self.model,
            "serial": self.serial,
            "parts": self.parts,
            "disks": self.disks,
        }
        return tuple(
            f"{name}: {self.unread.get(name, 'no output told it')}" for name, value in needed.items() if not value
        )

    def document(self) -> dict[str, Any]:
        """Write it as JSON."""
        told = asdict(self)
        told["disks"] = {str(number): disk for number, disk in told["disks"].items()}
        return told
