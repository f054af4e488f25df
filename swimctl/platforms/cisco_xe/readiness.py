"""The readiness rules for Catalyst and other IOS-XE devices in install mode. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image, ImageKind
from swimctl.platforms.cisco_xe.facts import InstallSummary, Package, PackageState
from swimctl.platforms.cisco_xe.images import fits
from swimctl.platforms.cisco_xe.parsers.switch import CHASSIS, members_command
from swimctl.platforms.cisco_xe.units import ACTIVE, READY, STANDBY, Unit, without_standby
from swimctl.platforms.facts import BootSettings, InventoryItem, SoftwareVersion
from swimctl.platforms.rules import as_it_is, family, free_space, later, order, right_device, unpacked
from swimctl.platforms.versions import same_release

# Bit 6 of the configuration register: the startup configuration is ignored at the next boot.
_IGNORE_STARTUP = 0x40
# Its lowest four bits: 0 stays at the boot prompt.
_BOOT_FIELD = 0xF
ONE_RELEASE = "`install autoupgrade` on the device brings the members to one release"


@dataclass(frozen=True, slots=True)
class Flash:
    """One member's flash, in bytes. `free` None: the device does not say.

    `present` is what of the image's file is there; None where no copy goes, as a copy goes to the active member.
    """

    free: int | None
    present: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a device says before an upgrade. `flash` is by the names of the units."""

    version: SoftwareVersion
    units: tuple[Unit, ...]
    install: InstallSummary
    boot: BootSettings
    inventory: tuple[InventoryItem, ...]
    flash: Mapping[str, Flash]


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule but that of the privilege; a rule whose fact is missing has failed.

    `cleanup`: inactive releases will be removed first, so what they take up is measured after that, with `space`.
    """
    free = space(state.flash, state.install, image, policy)
    if cleanup:
        free = [later(finding) for finding in free]
    return [
        *identity(state.version, state.units, state.inventory, device),
        family(image, models(state.version), fits),
        *boots_packages(state),
        *_install_state(state, image, cleanup=cleanup),
        *free,
        _patched(state, image) if image.kind is ImageKind.PATCH else order(state.version.version, image, policy),
    ]


def identity(
    version: SoftwareVersion,
    units: tuple[Unit, ...],
    inventory: tuple[InventoryItem, ...],
    device: Device,
    mend: str = ONE_RELEASE,
) -> list[Finding]:
    """Apply the rules that hold even where nothing is left to do: the right device, and all of it.

    `mend` says how its members are brought to one release.
    """
    serials = {item.serial for item in inventory} | ({version.serial} if version.serial else set())
    return [*right_device(device, models(version), serials, version.serial), *_members(version, units, mend)]


def managed(version: SoftwareVersion) -> list[Finding]:
    """Refuse a router that its SD-WAN manager upgrades; empty for any other device. Nothing else is asked of it."""
    mode = version.operating_mode or ""
    if mode.casefold() != "controller-managed":
        return []
    return [
        Finding(
            "upgraded by itself",
            ok=False,
            seen=f"operating mode {mode}",
            needed="a router in autonomous mode: an SD-WAN manager has the configuration and software of the others",
            next_command="upgrade it in its manager; `platform: sdwan` for this host makes `--all` leave it out",
        )
    ]


def models(version: SoftwareVersion) -> tuple[str, ...]:
    """Return the hardware of every member, or of the chassis where there are none."""
    found = tuple(row.model for row in version.members)
    return found or ((version.model,) if version.model else ())


def _members(version: SoftwareVersion, units: tuple[Unit, ...], mend: str) -> Iterator[Finding]:
    odd = [f"{unit.label} {unit.state}" for unit in units if unit.state != READY]
    if not odd and without_standby(units):
        odd = ["none is the standby"]
    yield Finding(
        "stack members",
        not odd,
        ", ".join(odd) or f"{len(units)} ready",
        "every member Ready, and one the standby",
        _look_at_members(version),
    )
    versions = sorted({unit.version for unit in units if unit.version is not None})
    missing = [f"{unit.label} without a release" for unit in units if unit.version is None]
    yield Finding(
        "same release on every member",
        all(same_release(each, version.version) for each in versions) and not missing,
        ", ".join(versions + missing) or version.version,
        "one release on all members",
        mend,
    )


def _look_at_members(version: SoftwareVersion) -> str:
    command = members_command(version.model)
    if command == CHASSIS:
        return f"`{command}` and `show redundancy` on the device; bring the other chassis back"
    return (
        f"`{command}` (`show redundancy` with two supervisors) on the device; bring the member back or remove it with "
        "`no switch N provision`"
    )


def _mode(state: State) -> Iterator[Finding]:
    modes = {unit.label: unit.mode for unit in state.units if unit.mode} or {"device": state.version.mode or "unknown"}
    yield Finding(
        "install mode",
        all(mode == "INSTALL" for mode in modes.values()),
        ", ".join(f"{name} {mode}" for name, mode in modes.items()),
        "INSTALL on every member",
        "convert it in a maintenance window: `install add file flash:IMAGE activate commit`",
    )


def is_of(package: Package, image: Image) -> bool:
    """Return whether a row is the image's: that of its release, or of a patch's file in whichever folder."""
    if image.kind is ImageKind.PATCH:
        return package.name.replace(":", "/").rpartition("/")[2] == image.filename
    return package.kind == "IMG" and same_release(package.name, image.version)


def _patched(state: State, image: Image) -> Finding:
    """Refuse a patch of another release than the one that runs."""
    runs = [unit.version or "unknown" for unit in state.units]
    return Finding(
        "release of the patch",
        all(same_release(each, image.version) for each in runs),
        ", ".join(dict.fromkeys(runs)),
        f"{image.version}, which the patch is for",
        "`swimctl image list`, then choose a patch for the running release",
    )


def boots_packages(state: State) -> Iterator[Finding]:
    """Refuse what does not run, or would not boot, the packages that an install changes."""
    yield from _mode(state)
    yield from _boot(state)


def _install_state(state: State, image: Image, *, cleanup: bool) -> Iterator[Finding]:
    images = [p for p in state.install.packages if p.kind == "IMG"]
    open_ones = [f"{p.name} is {p.state.value}" for p in state.install.open_packages]
    if not open_ones and not any(p.state is PackageState.COMMITTED for p in images):
        open_ones = ["no committed image"]
    yield Finding(
        "no uncommitted install",
        not open_ones,
        ", ".join(open_ones) or "none",
        "all packages committed",
        "`install commit` on the device to keep it, or `install abort` to go back",
    )
    yield _timer(state.install)
    inactive = [p for p in state.install.packages if p.state is PackageState.INACTIVE]
    others = [p.name for p in inactive if not is_of(p, image)]
    what = image.filename if image.kind is ImageKind.PATCH else image.version
    yield Finding(
        "no other image added",
        cleanup or not others,
        ", ".join(others) or "none",
        f"none but {what}: the device refuses a second one, or would activate both",
        "run again with --cleanup-flash, or `install remove inactive` on the device",
    )


def _timer(install: InstallSummary) -> Finding:
    """Refuse while something would be taken back; a line on the timer of what is all committed says nothing."""
    runs = install.timer_runs is not False and bool(install.open_packages)
    if runs:
        seen = "may run" if install.timer_runs is None else "running"
        seen += "" if install.abort_timer is None else f", {install.abort_timer // 60} min left"
    else:
        seen = "not running" if install.timer_runs is False else "not running: everything is committed"
    return Finding(
        "auto-abort timer",
        not runs,
        seen,
        "not running",
        "`install commit` on the device to keep the running release, or `install abort` to go back",
    )


def _boot(state: State) -> Iterator[Finding]:
    # Each member boots by its own variable; `members` is empty where there is only one.
    settings = state.boot.members or {"": state.boot}
    first = {member: (own.variable or ("not set",))[0].split(",")[0].strip() for member, own in settings.items()}
    there = [unit for unit in state.units if unit.state == READY]
    first |= {unit.name: "unknown" for unit in there if not _is_told(unit, settings, alone=len(there) == 1)}
    wrong = {member: name for member, name in first.items() if not name.endswith(":packages.conf")}
    alike = len(set(first.values())) == 1
    seen = first.values() if alike else (f"{name}{_on(member)}" for member, name in (wrong or first).items())
    yield Finding(
        "boot variable",
        not wrong,
        ", ".join(dict.fromkeys(seen)),
        "packages.conf first",
        "`no boot system`, `boot system flash:packages.conf`, `write memory` on the device",
    )
    yield from boots_alone(state.boot, state.version)


def boots_alone(boot: BootSettings, version: SoftwareVersion) -> Iterator[Finding]:
    """Refuse a device that would wait at its boot prompt, or come up without its configuration."""
    # What is set for the next reload counts, in whichever of the two commands it stands.
    later = version.next_config_register or version.config_register
    registers = [int(text, 16) for text in (boot.config_register, later) if text]
    stops = boot.manual or any(register & _BOOT_FIELD == 0 for register in registers)
    known = boot.manual is not None or bool(registers)
    said = f" (register {', '.join(dict.fromkeys(map(hex, registers)))})" if registers else ""
    yield Finding(
        "boots by itself",
        known and not stops,
        f"manual boot{said}" if stops else "boots by itself" if known else "unknown",
        "no manual boot",
        "`no boot manual` (or `config-register 0x2102`), then `write memory` on the device",
    )
    ignored = boot.ignore_startup or any(register & _IGNORE_STARTUP for register in registers)
    known = boot.ignore_startup is not None or bool(registers)
    yield Finding(
        "startup configuration",
        known and not ignored,
        f"ignored at the next boot{said}" if ignored else "read at the next boot" if known else "unknown",
        "read at the next boot",
        "`no system ignore startupconfig switch all` (or `config-register 0x2102`), then `write memory`",
    )


def _is_told(unit: Unit, settings: Mapping[str, BootSettings], *, alone: bool) -> bool:
    """Return whether the settings have this unit's: by its number, or as those of the active one and the standby."""
    place = "standby" if unit.role == STANDBY else ""
    return alone or unit.name in settings or (place in settings and unit.role in {ACTIVE, STANDBY})


def _on(member: str) -> str:
    return f" on {Unit(member).label}" if member[-1:].isdecimal() else f" on the {member or 'active one'}"


def space(
    flash: Mapping[str, Flash], install: InstallSummary, image: Image, policy: Readiness, *, cleaned: bool = False
) -> list[Finding]:
    """Apply the rule of free space to every member. `cleaned`: inactive releases were just removed."""
    added = [p for p in install.packages if p.state is PackageState.INACTIVE and is_of(p, image)]
    findings = []
    for member, there in sorted(flash.items()):
        if any(_is_on(package, member, alone=len(flash) == 1) for package in added):
            # Only the file itself may have to be copied once more.
            need, why = 0 if there.present is None else as_it_is(image, there.present)[0], "unpacked already"
        else:
            need, why = unpacked(image, there.present or 0, policy)
        findings.append(
            free_space(
                f"free flash on {Unit(member).label}" if len(flash) > 1 else "free flash",
                there.free,
                need,
                why,
                ("" if cleaned else "run again with --cleanup-flash, or ")
                + "`dir flash:` and `delete` on the device what is no longer needed",
            )
        )
    return findings or [Finding("free flash", ok=False, seen="unknown", needed="a flash", next_command="`dir flash:`")]


def _is_on(package: Package, member: str, *, alone: bool) -> bool:
    return alone or member in {name.partition("/")[0] for name in package.members}
