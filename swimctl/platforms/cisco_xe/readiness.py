"""The readiness rules for Catalyst and other IOS-XE devices in install mode. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from swimctl.errors import UnorderedVersions
from swimctl.facts import (
    BootSettings,
    InstallSummary,
    InventoryItem,
    Member,
    PackageState,
    SoftwareVersion,
)
from swimctl.models import Device, Finding, Image
from swimctl.platforms.cisco_xe.images import fits
from swimctl.settings import Readiness
from swimctl.versions import compare, same_release

# Bit 6 of the configuration register: the startup configuration is ignored at the next boot.
_IGNORE_STARTUP = 0x40
_EMPTY_MAC = "0000.0000.0000"


@dataclass(frozen=True, slots=True)
class State:
    """What a device says before an upgrade. `free` is bytes by member; `present` what of the image's file is there."""

    version: SoftwareVersion
    members: tuple[Member, ...]
    install: InstallSummary
    boot: BootSettings
    inventory: tuple[InventoryItem, ...]
    free: Mapping[int, int | None]
    present: int
    privilege: int


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule; a rule whose fact is missing has failed."""
    return [
        *_identity(state, device),
        *_family(state, image),
        *_members(state),
        *_mode(state),
        *_install_state(state, image, cleanup=cleanup),
        *_boot(state),
        *_space(state, image, policy),
        *_order(state, image, policy),
        Finding(
            "privilege",
            state.privilege >= policy.privilege,
            f"level {state.privilege}",
            f"level {policy.privilege}",
            "give the account that privilege, or set SWIMCTL_ENABLE_SECRET",
        ),
    ]


def models(state: State) -> tuple[str, ...]:
    """Name the hardware of every member, or of the chassis where there are none."""
    found = tuple(row.model for row in state.version.members)
    return found or ((state.version.model,) if state.version.model else ())


def _identity(state: State, device: Device) -> Iterator[Finding]:
    seen = models(state)
    if device.model:
        yield Finding(
            "model",
            device.model in seen,
            ", ".join(seen) or "no model",
            f"{device.model}, as the inventory says",
            "check address and `model` of this host in the inventory",
        )
    if device.serial:
        serials = {item.serial for item in state.inventory} | {state.version.serial or ""}
        yield Finding(
            "serial number",
            device.serial in serials,
            state.version.serial or "none",
            f"{device.serial}, as the inventory says",
            "check address and `serial` of this host in the inventory",
        )


def _family(state: State, image: Image) -> Iterator[Finding]:
    seen = models(state)
    verdicts = [fits(image.family, model) for model in seen]
    known = "cannot tell whether it fits" if None in verdicts or not seen else "does not fit"
    yield Finding(
        "image family",
        bool(verdicts) and all(verdicts),
        ", ".join(sorted(set(seen))) or "no model",
        f"hardware that {image.family} runs on ({known})" if not verdicts or not all(verdicts) else image.family,
        "`swimctl image list`, then choose an image of this hardware with --image",
    )


def _members(state: State) -> Iterator[Finding]:
    real = [m for m in state.members if not (m.state == "Provisioned" and m.mac == _EMPTY_MAC)]
    odd = [f"member {m.number} {m.state}" for m in real if m.state != "Ready"]
    yield Finding(
        "stack members",
        not odd,
        ", ".join(odd) or f"{max(len(real), 1)} ready",
        "every member Ready",
        "`show switch` on the device; bring the member back or remove it with `no switch N provision`",
    )
    versions = sorted({row.version for row in state.version.members})
    listed = {row.member for row in state.version.members}
    missing = [f"member {m.number}" for m in real if listed and m.number not in listed]
    yield Finding(
        "same release on every member",
        len(versions) <= 1 and not missing,
        ", ".join(versions + [f"{m} without a release" for m in missing]) or state.version.version,
        "one release on all members",
        "`install autoupgrade` on the device brings the members to one release",
    )


def _mode(state: State) -> Iterator[Finding]:
    modes = {f"member {row.member}": row.mode for row in state.version.members} or {"device": state.version.mode}
    yield Finding(
        "install mode",
        all(mode == "INSTALL" for mode in modes.values()),
        ", ".join(f"{name} {mode or 'unknown'}" for name, mode in modes.items()),
        "INSTALL on every member",
        "convert it in a maintenance window: `install add file flash:IMAGE activate commit`",
    )


def _install_state(state: State, image: Image, *, cleanup: bool) -> Iterator[Finding]:
    open_ones = [
        f"{p.name} is {p.state.value}"
        for p in state.install.packages
        if p.state in {PackageState.UNCOMMITTED, PackageState.DEACTIVATED}
    ]
    yield Finding(
        "no uncommitted install",
        not open_ones,
        ", ".join(open_ones) or "none",
        "all packages committed",
        "`install commit` on the device to keep it, or `install abort` to go back",
    )
    timer = state.install.abort_timer
    yield Finding(
        "auto-abort timer",
        timer is None,
        "not running" if timer is None else f"running, {timer // 60} min left",
        "not running",
        "`install commit` on the device to keep what runs, or `install abort` to go back",
    )
    others = [
        p.name
        for p in state.install.packages
        if p.kind == "IMG" and p.state is PackageState.INACTIVE and not same_release(p.name, image.version)
    ]
    yield Finding(
        "no other image added",
        cleanup or not others,
        ", ".join(others) or "none",
        f"none but {image.version}: the device refuses a second one, or would activate both",
        "run again with --cleanup-flash, or `install remove inactive` on the device",
    )


def _boot(state: State) -> Iterator[Finding]:
    variable = state.boot.variable
    names = [part.split(",")[0].strip() for part in variable or ()]
    first = names[0] if names else ""
    yield Finding(
        "boot variable",
        first.endswith(":packages.conf"),
        ", ".join(names) or "not set",
        "packages.conf first",
        "`no boot system`, `boot system flash:packages.conf`, `write memory` on the device",
    )
    yield Finding(
        "boots by itself",
        not state.boot.manual,
        "manual boot" if state.boot.manual else "boots by itself",
        "no manual boot",
        "`no boot manual`, then `write memory` on the device",
    )
    register = state.boot.config_register or state.version.config_register
    ignored = bool(state.boot.ignore_startup) or bool(register and int(register, 16) & _IGNORE_STARTUP)
    yield Finding(
        "startup configuration",
        not ignored,
        f"ignored at the next boot (register {register})" if ignored else "read at the next boot",
        "read at the next boot",
        "`no system ignore startupconfig switch all` (or `config-register 0x2102`), then `write memory`",
    )


def _space(state: State, image: Image, policy: Readiness) -> Iterator[Finding]:
    if any(
        p.state is PackageState.INACTIVE and p.kind == "IMG" and same_release(p.name, image.version)
        for p in state.install.packages
    ):
        return  # unpacked already: nothing more is written
    need = int(image.size * policy.space_factor) - state.present
    for member, free in sorted(state.free.items()):
        where = f"free flash on member {member}" if len(state.free) > 1 else "free flash"
        yield Finding(
            where,
            free is not None and free >= need,
            "unknown" if free is None else f"{free / 1e6:.1f} MB",
            f"{need / 1e6:.1f} MB ({policy.space_factor:g} times the image, less what is there of it)",
            "run again with --cleanup-flash, or `dir flash:` and `delete` on the device what is no longer needed",
        )


def _order(state: State, image: Image, policy: Readiness) -> Iterator[Finding]:
    running = state.version.version
    try:
        older = compare(image.version, running) < 0
        needed = f"{running} or newer" if older else image.version
    except UnorderedVersions:
        older, needed = True, "a release that can be compared with the running one"
    yield Finding(
        "not a downgrade",
        policy.allow_downgrade or not older,
        f"{running} to {image.version}",
        needed,
        "set swimctl.readiness.allow_downgrade: true if it is meant",
    )
