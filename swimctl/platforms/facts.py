"""What a device says of itself, read from its output. Frozen; every platform fills the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class MemberSoftware:
    """One row of the per-member table of `show version`."""

    member: int
    model: str
    version: str
    image: str
    mode: str | None
    active: bool = False


@dataclass(frozen=True, slots=True)
class SoftwareVersion:
    """What `show version` says. `uptime` is in seconds, to the minute. `restarted_at` is ISO, in the device's own zone.

    `parts` are the uptimes of those that tell their own, members or a control processor; None: one that cannot be read.
    `next_config_register` is set where the device says that the register changes at the next reload. `operating_mode`
    is a router's: `Autonomous`, or `Controller-Managed` in an SD-WAN.
    """

    version: str
    hostname: str | None = None
    uptime: int | None = None
    restarted_at: str | None = None
    reload_reason: str | None = None
    system_image: str | None = None
    model: str | None = None
    serial: str | None = None
    config_register: str | None = None
    next_config_register: str | None = None
    mode: str | None = None
    members: tuple[MemberSoftware, ...] = ()
    operating_mode: str | None = None
    parts: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """One NAME/PID pair of `show inventory`."""

    name: str
    description: str
    pid: str
    serial: str


@dataclass(frozen=True, slots=True)
class File:
    """One file or directory of a `dir`. `size` is in bytes."""

    name: str
    size: int
    is_directory: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """What `dir` says. Bytes; None where the device prints no trailer."""

    path: str
    files: tuple[File, ...]
    total: int | None
    free: int | None

    def size_of(self, name: str) -> int | None:
        """Return the size of a file in it, None where no file has that name."""
        return next((file.size for file in self.files if file.name == name and not file.is_directory), None)


@dataclass(frozen=True, slots=True)
class FileSystem:
    """One row of `show file systems`. Bytes; None where the device prints `-`."""

    prefixes: tuple[str, ...]
    kind: str
    flags: str
    size: int | None
    free: int | None
    default: bool = False


@dataclass(frozen=True, slots=True)
class BootSettings:
    """What happens at the next reload. None where the device does not say; `members` only where several are listed.

    `manual` and `ignore_startup` are true where they are on any member; `members` has each member's own, by its
    number or as `standby`.
    """

    variable: tuple[str, ...] | None
    manual: bool | None = None
    config_register: str | None = None
    ignore_startup: bool | None = None
    members: Mapping[str, BootSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HashResult:
    """What `verify` says. `matches` is None where no hash was given to compare, `digest` where none was printed."""

    path: str
    algorithm: str | None
    digest: str | None
    matches: bool | None


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """How an `install …` command ended.

    `succeeded` is None where neither a SUCCESS nor a FAILED line of the operation was seen: ask the device.
    `no_change` is a success that did nothing (and will not reload). `reload_announced`: the text said that
    the device reloads now.
    """

    operation: str | None
    succeeded: bool | None
    reason: str | None = None
    no_change: bool = False
    reload_announced: bool = False
    added_version: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface; `up` is true where it is connected (layer 2) or up/up (layer 3).

    `mode` is what the port does, where the output tells it: `access`, `trunk`, `routed`, `member` of a bundle.
    """

    name: str
    up: bool
    status: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One CDP or LLDP neighbour. `end_device`: it says that it is a phone, an access point or a host."""

    name: str
    local_interface: str
    remote_interface: str = ""
    end_device: bool = False


@dataclass(frozen=True, slots=True)
class Redundancy:
    """What `show redundancy` says of the two processors. Their `…_version` is as line 2 of `show version` spells it."""

    mode: str | None
    active_state: str | None
    peer_state: str | None
    last_switchover_reason: str | None = None
    active_version: str | None = None
    peer_version: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of `show platform` or `show module`. `state` is empty where the device prints none for it.

    `role` is `Active` or `Standby` where the device prints it behind the model (IOS-XR).
    """

    name: str
    model: str
    state: str = ""
    serial: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """What `show clock` says. `moment` is ISO without an offset, in the zone that is named.

    `trusted` is false where the device marks its time as not set by an authority (`*`).
    """

    moment: str
    zone: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """How `write memory` ended."""

    saved: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ImageName:
    """What a file name says. `family` is its prefix (`cat9k_iosxe`), `version` as `versions.release` spells it.

    `kind` is `image` for one that a device boots, `patch` for what mends the release `version`, `epld` and `kickstart`
    as NX-OS calls them.
    """

    platform: str
    family: str
    version: str
    kind: str = "image"


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """Number of routes by source (`connected`, `static`, `ospf 1` …) and in total."""

    sources: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What must be as before after an upgrade, taken before it and once more after it.

    `interfaces_up` are names; `neighbours` are `local interface → name`; `uptime` seconds as the device said at
    `taken_at` (RFC 3339, our clock). `boots` is the file that the device boots, where a way back has to name it.
    `roles` are of the members that have one: another member may lead after a reload, and that is no fault.
    `unread` names the fields above that could not be read, and why: they are empty here, which says nothing.
    `access_up` are those of `interfaces_up` that serve end devices, the others are uplinks; `end_devices` those of
    `neighbours` that are phones, access points and hosts. `hold` is how many seconds after a boot the device itself
    keeps ports down. A snapshot of an earlier swimctl has none of the three: all are uplinks. `serials` are those of
    the chassis, its members and their cards, empty where it has none (virtual devices) or nobody read them; `hostname`
    is that of its prompt. `configuration` is the digest of its configuration and `blocks` the headings of that, empty
    where nobody read it.
    """

    taken_at: str
    version: str
    uptime: int | None
    restarted_at: str | None
    members: Mapping[str, str]
    interfaces_up: tuple[str, ...]
    neighbours: tuple[str, ...]
    routes: Mapping[str, int]
    boots: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    access_up: tuple[str, ...] = ()
    end_devices: tuple[str, ...] = ()
    hold: int = 0
    serials: tuple[str, ...] = ()
    hostname: str = ""
    configuration: str = ""
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """What runs now and since when. `members` are `name → version`; `uptime` in seconds, to the minute.

    `abnormal` is the reason of the last reload where the device itself calls it abnormal. `doubt` is set where two
    sources of one device disagree on what runs: then neither proves anything. `parts` are the uptimes of its members,
    where they tell their own: one of them may boot while the device stays up. None: one that cannot be read.
    """

    version: str
    uptime: int | None
    restarted_at: str | None
    members: Mapping[str, str]
    abnormal: str = ""
    doubt: str = ""
    parts: tuple[int | None, ...] = ()


class Placement(StrEnum):
    """How far a release has got into a device.

    `added`: it is there, and nothing but an activation starts it. `next`: the next reload starts it, whatever its
    cause.
    """

    ABSENT = "absent"
    ADDED = "added"
    NEXT = "named for the next boot"
    UNCOMMITTED = "uncommitted"
    COMMITTED = "committed"


class Loading(StrEnum):
    """How far an access point is with an image."""

    HAS = "complete"
    LOADS = "loading"
    FAILED = "failed, may try again"
    CANNOT = "unable"
    NOT = "not loading"


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One that is joined to its controller. `said` is what the controller says of it, in its words."""

    name: str
    loading: Loading
    said: str


@dataclass(frozen=True, slots=True)
class Installed:
    """Where a release stands on a device. `abort_timer`: seconds until it goes back by itself, None if never.

    `untimed`: it goes back by itself, and when is not told. `doubt` is set where two sources of one device disagree on
    where it stands; `placement` is never `committed` then.
    """

    placement: Placement
    abort_timer: int | None = None
    untimed: bool = False
    doubt: str = ""

    @property
    def timer_runs(self) -> bool:
        """Return whether the device goes back by itself unless it is told not to."""
        return self.untimed or self.abort_timer is not None


@dataclass(frozen=True, slots=True)
class NodeFileSystems:
    """The file systems of one node (`show filesystem location all` of IOS-XR)."""

    node: str
    systems: tuple[FileSystem, ...]


@dataclass(frozen=True, slots=True)
class RouteTable:
    """The number of routes of one VRF (empty: none was named) and address family (`IPv4 Unicast`)."""

    vrf: str
    family: str
    routes: RouteSummary
