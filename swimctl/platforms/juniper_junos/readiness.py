"""The readiness rules for Junos devices and Virtual Chassis. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image
from swimctl.platforms.facts import FileSystem, InventoryItem
from swimctl.platforms.juniper_junos.evidence import silent
from swimctl.platforms.juniper_junos.facts import (
    Alarm,
    Authorization,
    ChassisMember,
    NodeSnapshots,
    NodeSoftware,
    RoutingEngine,
)
from swimctl.platforms.juniper_junos.images import fits
from swimctl.platforms.rules import as_it_is, family, free_space, no_clean_up, order, right_device, unpacked
from swimctl.platforms.versions import same_release

FOLDER = "/var/tmp"  # noqa: S108 - the device's, where its package commands look
# What mounts a file system that others then show elsewhere: `/.mount/var` is `/var`.
_MOUNTS = "/.mount"
_INSTALLER = "a device that `request system software` upgrades"
_BY_HAND = "upgrade it by hand, as its release notes say"


@dataclass(frozen=True, slots=True)
class State:
    """What a device says before an upgrade. `nodes` and `free` are by node, `chassis` where there is only one.

    `free` are the bytes where packages go, None where the device does not say; `present` is what of the image's file
    is there, on the master.
    """

    nodes: Mapping[str, NodeSoftware]
    members: tuple[ChassisMember, ...]
    parts: tuple[InventoryItem, ...]
    engines: tuple[RoutingEngine, ...]
    alarms: tuple[Alarm, ...]
    reboots: tuple[str, ...]
    free: Mapping[str, int | None]
    present: int


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule but that of the account's rights; a rule whose fact is missing has failed."""
    return [
        *identity(state.nodes, state.members, state.parts, device),
        family(image, models(state.nodes), fits),
        *_installer(state, image),
        *_half_way(state, image),
        *space(state, image, policy),
        *no_clean_up(wanted=cleanup),
        order(next(iter(state.nodes.values())).version, image, policy),
    ]


def rights(account: Authorization) -> Finding:
    """Return whether the account may do what an upgrade needs."""
    may = account.login_class == "super-user" or "maintenance" in account.permissions
    return Finding(
        "rights",
        may,
        f"'{account.user}' of class {account.login_class}",
        "class super-user, or one with the permission maintenance",
        "`set system login user NAME class super-user` on the device, or log in as another",
    )


def identity(
    nodes: Mapping[str, NodeSoftware],
    members: Sequence[ChassisMember],
    parts: Sequence[InventoryItem],
    device: Device,
) -> list[Finding]:
    """Apply the rules that hold even where nothing is left to do: the right device, and all of it."""
    # `show version` has models in small letters, `show chassis hardware` and the labels have them in capitals.
    wanted = replace(device, model=device.model.lower()) if device.model else device
    chassis = next((part.serial for part in parts if part.name.endswith("Chassis")), None)
    serials = {part.serial for part in parts if part.serial} | {member.serial for member in members}
    found = [name.lower() for name in models(nodes)]
    return [*right_device(wanted, found, serials, chassis), *_members(nodes, members)]


def models(nodes: Mapping[str, NodeSoftware]) -> tuple[str, ...]:
    """Return the hardware of every node."""
    return tuple(node.model for node in nodes.values())


def not_there(nodes: Mapping[str, NodeSoftware], members: Sequence[ChassisMember]) -> list[str]:
    """Return the members that are not there, and those that do not say what they run."""
    odd = [f"fpc{member.number} {member.state}" for member in members if member.state != "Prsnt"]
    return [*odd, *(f"{name} not in 'show version'" for name in silent(nodes, members))]


def _members(nodes: Mapping[str, NodeSoftware], members: Sequence[ChassisMember]) -> Iterator[Finding]:
    odd = not_there(nodes, members)
    yield Finding(
        "members",
        not odd,
        ", ".join(odd) or f"{max(len(members), 1)} present",
        "every member Prsnt, and in 'show version'",
        "`show virtual-chassis` on the device; bring the member back, or `request virtual-chassis recycle member-id N`",
    )
    versions = sorted({node.version for node in nodes.values()})
    yield Finding(
        "same release on every member",
        len(versions) == 1,
        ", ".join(f"{name} {node.version}" for name, node in nodes.items()) if len(versions) > 1 else versions[0],
        "one release on all members",
        f"`request system software add {FOLDER}/PACKAGE member N reboot` brings a single member to the others' release",
    )


def evolved(nodes: Mapping[str, NodeSoftware]) -> list[Finding]:
    """Refuse Junos Evolved, which installs another way; empty for any other. Nothing else is asked of it."""
    found = sorted({node.version for node in nodes.values() if node.version.upper().endswith("-EVO")})
    return [Finding("installer", False, f"Junos Evolved {', '.join(found)}", _INSTALLER, _BY_HAND)] if found else []


def _installer(state: State, image: Image) -> Iterator[Finding]:
    host = "-vmhost-" in image.family
    yield Finding(
        "installer",
        not host,
        f"{image.family}: a VM host" if host else "request system software",
        _INSTALLER,
        _BY_HAND,
    )
    engines = len(state.engines)
    two = engines > 1 and len(state.members) <= 1
    yield Finding(
        "routing engines",
        engines > 0 and not two,
        str(engines),
        "one: with two, upgrade each alone, the backup first",
        _BY_HAND,
    )


def _half_way(state: State, image: Image) -> Iterator[Finding]:
    waiting = {name: node.pending for name, node in state.nodes.items() if node.pending}
    others = [f"{name} {release}" for name, release in waiting.items() if not same_release(release, image.version)]
    seen = others or [f"{name} {release}" for name, release in waiting.items()]
    yield Finding(
        "no other install pending",
        not others,
        ", ".join(seen) or "none",
        f"none but {image.version}: the next reboot would start it",
        "`request system software rollback` on the device takes it back",
    )
    yield Finding(
        "no reboot planned",
        not state.reboots,
        ", ".join(state.reboots) or "none",
        "none: it would start what is only added",
        "`clear system reboot` on the device",
    )
    backup = [alarm.description for alarm in state.alarms if "backup root" in alarm.description.lower()]
    yield Finding(
        "boots from its own partition",
        not backup,
        ", ".join(backup) or "no alarm says otherwise",
        "the primary partition: the other one is the way back where a boot fails",
        "`request system snapshot slice alternate` on the device, and `show chassis alarms` again",
    )


def space(state: State, image: Image, policy: Readiness) -> list[Finding]:
    """Apply the rule of free space to every member: the package goes to all of them."""
    master = next((f"fpc{member.number}" for member in state.members if member.role == "Master"), "")
    findings = []
    for name, node in state.nodes.items():
        there = state.present if len(state.nodes) == 1 or name == master else 0
        if node.pending and same_release(node.pending, image.version):
            # Only the file itself may have to be copied once more.
            need, why = as_it_is(image, there)[0] if there else 0, "added already"
        else:
            need, why = unpacked(image, there, policy)
        findings.append(
            free_space(
                "free space" if len(state.nodes) == 1 else f"free space on {name}",
                state.free.get(name),
                need,
                why,
                "`request system storage cleanup` on the device (it deletes old logs too), or `file delete` what is no "
                "longer needed",
            )
        )
    return findings


def snapshots(kept: Mapping[str, NodeSnapshots]) -> Finding:
    """Return whether the device can keep a snapshot of what runs, where one is asked for."""
    unreadable = [f"{name}: {words}" for name, node in kept.items() for words in node.unreadable]
    seen = [f"{name} {', '.join(node.releases) or 'none'}" for name, node in kept.items()]
    return Finding(
        "snapshots",
        bool(kept) and not unreadable,
        ", ".join(unreadable or seen) or "the device has no `show system snapshot`",
        "two root partitions, or recovery snapshots, that the device can read",
        "`show system snapshot` on the device; or `swimctl.activation.snapshot: false`",
    )


def free_for_packages(systems: Sequence[FileSystem]) -> int | None:
    """Return the bytes that are free where packages go: on the file system that is mounted nearest above."""
    above = {
        path: system.free
        for system in systems
        for mounted in system.prefixes
        if f"{FOLDER}/".startswith((path := mounted.removeprefix(_MOUNTS) or "/").rstrip("/") + "/")
    }
    return above[max(above, key=len)] if above else None
