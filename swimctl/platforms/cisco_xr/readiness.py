"""The readiness rules for 64-bit IOS-XR. Pure: a state in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image
from swimctl.platforms.cisco_xr.facts import InstallActivity, PackageList
from swimctl.platforms.cisco_xr.images import fits
from swimctl.platforms.cisco_xr.software import ISO, boot_images, contents
from swimctl.platforms.facts import InventoryItem, Redundancy, Slot, SoftwareVersion
from swimctl.platforms.rules import family, free_space, later, order, right_device, unpacked

EVOLVED: Final = "64-bit"
RUNS: Final = "IOS XR RUN"
READY: Final = "STANDBY, ready"
_KINDS: Final = {
    "classic": "classic IOS XR (32-bit), which swimctl does not install; upgrade it by hand",
    "LNT": "IOS XR 7 (LNT), which swimctl does not install yet; by hand: `install replace /harddisk:/IMAGE.iso`",
}
_RIGHTS: Final = ("READ", "WRITE", "EXECUTE")
_CPU: Final = re.compile(r"\d+/(?:(?P<processor>RS?P|CB)?\d+)/CPU\d+")
_GOOD: Final = frozenset({RUNS, "OPERATIONAL", "OK", "READY", "POWERED_ON", "UP", "PRESENT", "N/A"})
# Somebody switched it off: no fault, and nothing to wait for.
_OFF: Final = frozenset({"UNPOWERED", "POWERED_OFF", "ADMIN DOWN", "SHUT DOWN", "SHUTDOWN", "DISABLED"})


@dataclass(frozen=True, slots=True)
class Flash:
    """The `harddisk:` of one route processor, in bytes. `free` None: the device does not say.

    `present` is what of the image's file is there; None where no copy goes, as a copy goes to the active one.
    """

    free: int | None
    present: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a device says before an upgrade. `flash` is by route processor."""

    version: SoftwareVersion
    inventory: tuple[InventoryItem, ...]
    slots: tuple[Slot, ...]
    redundancy: Redundancy
    active: PackageList
    committed: PackageList
    activity: InstallActivity
    flash: Mapping[str, Flash]


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule but those of the account; a rule whose fact is missing has failed."""
    free = space(state.flash, image, policy)
    if cleanup:
        free = [later(finding) for finding in free]
    return [
        *identity(state.version, state.inventory, state.slots, state.active, device),
        family(image, models(state.inventory), fits),
        _iso(image),
        *_nodes(state.slots),
        _redundant(state.slots, state.redundancy),
        *_installs(state),
        *free,
        order(state.version.version, image, policy),
    ]


def rights(tasks: Mapping[str, tuple[str, ...]]) -> Finding:
    """Return whether the account may install."""
    own = tasks.get("pkg-mgmt", ())
    return Finding(
        "privilege",
        all(right in own for right in _RIGHTS),
        f"task pkg-mgmt: {' '.join(own) or 'none'}",
        f"task pkg-mgmt: {' '.join(_RIGHTS)}",
        "give the account that task (group root-lr has it); `show user tasks` on the device",
    )


def installer(version: SoftwareVersion) -> Finding:
    """Return whether the device installs as 64-bit IOS-XR does; nothing else about it is read where it does not."""
    return Finding(
        "kind of IOS XR",
        version.mode == EVOLVED,
        version.mode or "unknown",
        "64-bit IOS XR, with `install add` and `install activate`",
        _KINDS.get(version.mode or "", "`show version` on the device"),
    )


def identity(
    version: SoftwareVersion,
    inventory: tuple[InventoryItem, ...],
    slots: tuple[Slot, ...],
    active: PackageList,
    device: Device,
) -> list[Finding]:
    """Apply the rules that hold even where nothing is left to do: the right device, and all of it."""
    serials = {item.serial for item in inventory}
    racks = [item.serial for item in _racks(inventory)]
    return [
        installer(version),
        *right_device(device, models(inventory), serials, ", ".join(racks) or None),
        _alike(slots, active),
    ]


def models(inventory: tuple[InventoryItem, ...]) -> tuple[str, ...]:
    """Return the chassis."""
    return tuple(item.pid for item in _racks(inventory))


def nodes(slots: tuple[Slot, ...]) -> dict[str, str]:
    """Return the state of each node that runs IOS XR, those that somebody switched off left out."""
    return {slot.name: slot.state for slot in slots if _CPU.fullmatch(slot.name) and slot.state not in _OFF}


def processors(slots: tuple[Slot, ...]) -> tuple[str, ...]:
    """Return the route processors among the nodes."""
    return tuple(name for name in nodes(slots) if (found := _CPU.fullmatch(name)) and found["processor"])


def late(slots: tuple[Slot, ...], redundancy: Redundancy, active: PackageList) -> str | None:
    """Return what is not back yet after a reload, None where all is."""
    known = boot_images(active)
    found = [f"{name} {state}" for name, state in nodes(slots).items() if state != RUNS]
    found += [f"{name} not in 'show install active' yet" for name in nodes(slots) if name not in known]
    if len(processors(slots)) > 1 and redundancy.peer_state != READY:
        found.append(f"standby processor: {redundancy.peer_state}")
    return ", ".join(found) or None


def space(flash: Mapping[str, Flash], image: Image, policy: Readiness) -> list[Finding]:
    """Apply the rule of free space to every route processor."""
    return [
        free_space(
            f"free harddisk: of {node}",
            there.free,
            *unpacked(image, there.present or 0, policy),
            "`dir harddisk:` and `delete` on the device what is no longer needed",
        )
        for node, there in sorted(flash.items())
    ] or [Finding("free harddisk:", ok=False, seen="unknown", needed="a harddisk:", next_command="`show filesystem`")]


def _racks(inventory: tuple[InventoryItem, ...]) -> list[InventoryItem]:
    return [item for item in inventory if re.fullmatch(r"Rack \d+|chassis\b.*", item.name)]


def _iso(image: Image) -> Finding:
    return Finding(
        "image file",
        image.filename.endswith(ISO) and not image.family.endswith("-px"),
        image.filename,
        "a whole image for the 64-bit system, golden or mini (….iso)",
        "`swimctl image list`, then choose such an image with --image",
    )


def _nodes(slots: tuple[Slot, ...]) -> Iterator[Finding]:
    wanted = nodes(slots)
    odd = [f"{name} {state}" for name, state in wanted.items() if state != RUNS]
    odd += [
        f"{slot.name} {slot.state or 'unknown'}"
        for slot in slots
        if slot.name not in wanted and slot.state not in _GOOD | _OFF
    ]
    yield Finding(
        "nodes",
        bool(processors(slots)) and not odd,
        ", ".join(odd) or (f"{len(wanted)} running" if processors(slots) else "no route processor"),
        f"every node {RUNS}, every other part in order",
        "`show platform` and `show alarms brief system active` on the device",
    )


def _redundant(slots: tuple[Slot, ...], redundancy: Redundancy) -> Finding:
    alone = len(processors(slots)) == 1
    state = redundancy.peer_state or "unknown"
    return Finding(
        "standby processor",
        alone or state == READY,
        "none in this chassis" if alone else state,
        READY,
        "`show redundancy` on the device; wait until the standby is ready, or take it out",
    )


def _alike(slots: tuple[Slot, ...], active: PackageList) -> Finding:
    images = boot_images(active)
    versions = sorted(set(images.values()))
    missing = [f"{name} without a release" for name in nodes(slots) if name not in images]
    return Finding(
        "same release on every node",
        len(versions) == 1 and not missing,
        ", ".join(versions + missing),
        "one release on all nodes",
        "`show install active` on the device; `admin hw-module location NODE reload` loads the others' release",
    )


def _installs(state: State) -> Iterator[Finding]:
    active, committed = contents(state.active), contents(state.committed)
    only = sorted({name for _, name in active - committed}) or sorted({name for _, name in committed - active})
    yield Finding(
        "no uncommitted install",
        active == committed,
        f"not both active and committed: {', '.join(only)}" if only else "none",
        "the active packages committed, on every node",
        "`install commit` on the device to keep the running release, or a reload to go back to the committed one",
    )
    at = "" if state.activity.id is None else f" {state.activity.id}"
    yield Finding(
        "no install operation in progress",
        not state.activity.running,
        f"operation{at} in progress" if state.activity.running else "none",
        "none",
        "`show install request` on the device; wait until it has ended",
    )
