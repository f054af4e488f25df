"""What any lab device is made from, whatever system it runs."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from swimctl.lab.faults import SEEN_IN_MODELS, Fault
from swimctl.lab.forms import Form, Output

CAPACITY = 36_000_000
"""Bytes of flash: a life-size 11 GB, scaled to image files of about 3 MB."""
RATE = 40_000
"""Bytes a lab second at which a copy goes: an image of 3 MB takes 75, as one of 1 GB does in life at 13 MB/s."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a small file stands for once it has come: `size` bytes with these hashes, by algorithm in hex."""

    sent: int
    size: int
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """What the flash of one member has at the start: its bytes, those that are free, and files by name."""

    capacity: int
    free: int
    files: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChassisSpec(ABC):
    """What any lab device is made from; two with equal specs and clocks behave equally.

    `capacity` and `free` are bytes of each flash. `users` maps a name to a password and a privilege level.
    `ssh_port`: where the SSH servers listen from which it copies, as nobody may listen at 22 of loopback;
    `boot_seconds` None: six to eight minutes, always the same for a name. `uptime` is in seconds before the lab's
    start, `transfer` in bytes a lab second. `routing` is what it speaks with routers (bgp, ospf, isis), None:
    what such a device usually does. `netconf`: NETCONF is on, and `web_api` its API over HTTP, where such a
    device has any. `held` is what flashes have, by member, in place of `capacity` and `free`; `stand_ins` are files, by
    name, that are sent small and count as large. `forms` names the form in which it prints an output; of all others it
    has one by its name and release.
    """

    name: str = field(kw_only=False)
    capacity: int = CAPACITY
    free: int = 20_000_000
    users: Mapping[str, tuple[str, int]] = field(default_factory=lambda: {"admin": ("admin", 15)})
    enable_secret: str = "enable"  # noqa: S105 the lab's own, printed in its inventory
    faults: tuple[Fault, ...] = ()
    boot_seconds: float | None = None
    uptime: float = 1_900_000
    transfer: float = 15_000_000
    domain: str = "lab.example"
    authentication: tuple[str, ...] = ("password", "keyboard-interactive")
    netconf: bool = False
    web_api: bool = False
    routing: frozenset[str] | None = None
    ssh_port: int = 22
    forms: Mapping[Output[Any], Form[Any]] = field(default_factory=dict)
    held: Mapping[int, Held] = field(default_factory=dict)
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)

    @property
    @abstractmethod
    def platform(self) -> str:
        """Return the platform as an inventory does."""

    @property
    @abstractmethod
    def model(self) -> str:
        """Return the model as the device prints it."""

    @property
    @abstractmethod
    def serial(self) -> str:
        """Return the serial number of the chassis."""

    @property
    @abstractmethod
    def role(self) -> str:
        """Return what such a device is for in a network: access, core, leaf, edge."""

    @property
    def boot_time(self) -> float:
        """Return the lab seconds from going down to answering again."""
        return 360 + zlib.crc32(self.name.encode()) % 121 if self.boot_seconds is None else self.boot_seconds

    @property
    def offers_netconf(self) -> bool:
        """Return whether it has NETCONF; a fault that shows in models alone needs it."""
        return self.netconf or any(fault.name in SEEN_IN_MODELS for fault in self.faults)

    @property
    def usual_routing(self) -> frozenset[str]:
        """Return what it speaks with routers where `routing` does not say."""
        return frozenset({"ospf"})

    def speaks(self, protocol: str) -> bool:
        """Return whether it speaks a protocol with routers; a fault that takes one away needs it."""
        spoken = self.usual_routing if self.routing is None else self.routing
        return protocol in spoken or self.fault(f"{protocol}-lost") is not None

    def fault(self, name: str) -> Fault | None:
        """Return the fault of that name, if this device has it."""
        return next((fault for fault in self.faults if fault.name == name), None)


class Named(Protocol):
    """Hardware as a row of its table."""

    @property
    def name(self) -> str:
        """Return the model as the device prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneChassisSpec(ChassisSpec):
    """A device of one chassis, not of members. `number` is the serial number of that."""

    hardware: Named
    number: str

    @property
    def model(self) -> str:
        """Return the model as the device prints it."""
        return self.hardware.name

    @property
    def serial(self) -> str:
        """Return the serial number of the chassis."""
        return self.number
