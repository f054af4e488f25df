"""What only Junos says of itself; the rest of its facts are those of `platforms/facts.py`.

Where several members or routing engines answer, `node` is the name that the device gives each (`fpc0`, `node1`, `re0`),
and empty where it names none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from swimctl.platforms.facts import InstallOutcome


@dataclass(frozen=True, slots=True)
class FileNames:
    """What `file list` says without `detail`: names alone, those of folders with a `/` at their ends.

    `path` is the folder; empty where the names are paths themselves.
    """

    path: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeUptime:
    """What `show system uptime` says of one node. Moments are ISO, in the device's own zone; `uptime` in seconds.

    `synchronised` tells whether its time comes from NTP; None where the device does not say.
    """

    node: str
    now: str
    zone: str
    booted_at: str
    uptime: int
    configured_at: str | None = None
    configured_by: str | None = None
    synchronised: bool | None = None


@dataclass(frozen=True, slots=True)
class NodeSoftware:
    """What one node runs. `pending` was added to it, and its next reboot starts that; None: what runs stays.

    `by_log`: only the installer's log names what is pending, and nothing shows that it was taken back.
    """

    node: str
    hostname: str
    model: str
    version: str
    pending: str | None = None
    by_log: bool = False


@dataclass(frozen=True, slots=True)
class ChassisMember:
    """One member of `show virtual-chassis`. `state` and `role` as printed: Prsnt, NotPrsnt; Master, Backup, Linecard.

    `role` is empty for one that is not there.
    """

    number: int
    state: str
    serial: str
    model: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the account of this session may do. `login_class` is `super-user`, `read-only`, or one of the site's own."""

    user: str
    login_class: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutingEngine:
    """One engine of `show chassis routing-engine`. `state` is Master, Backup or another of the device's words.

    `slot` and `state` are empty where the device has only one. `started_at` is ISO, in the device's own zone.
    """

    node: str
    slot: str
    state: str
    model: str = ""
    serial: str = ""
    started_at: str | None = None
    uptime: int | None = None
    reload_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of `show chassis alarms` or `show system alarms`. `at` is ISO, in the device's own zone."""

    node: str
    at: str
    severity: str
    description: str


@dataclass(frozen=True, slots=True)
class NodeSnapshots:
    """Which releases one node can boot from where what runs does not: those of `show system snapshot`.

    `recovery`: they are recovery snapshots; else they are those of both root partitions, what runs among them.
    `unreadable` are the device's words for what it cannot look into.
    """

    node: str
    recovery: bool
    releases: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SoftwareRequest(InstallOutcome):
    """How `request system software …` ended.

    `succeeded` is None where the device said neither: ask it. It is false where one of several members failed, and
    `members` has each one's own. `reboot_required`: what was installed runs after a reboot only. `already_pending`: it
    was not started, as an earlier installation waits for its reboot. `on_host`: a host-based installer staged it, so
    that `show version` does not name it.
    """

    reboot_required: bool = False
    already_pending: bool = False
    on_host: bool = False
    members: Mapping[str, InstallOutcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RebootRequest(InstallOutcome):
    """How `request system reboot`, `halt` or `power-off` ended; `succeeded` is None where it ends at the question.

    `at` is the moment that the device names for it, ISO, in its own zone.
    """

    at: str | None = None


@dataclass(frozen=True, slots=True)
class Vlan:
    """One VLAN and the ports in it, without their units. `tag` is None where it has none."""

    name: str
    tag: int | None
    ports: tuple[str, ...] = ()
