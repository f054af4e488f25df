"""The readiness rules for Cisco devices that boot by their boot variable. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image
from swimctl.platforms.cisco_ios.boot_lines import inside
from swimctl.platforms.cisco_xe.readiness import boots_alone, identity, models
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import BootSettings, FileSystem, InventoryItem, SoftwareVersion
from swimctl.platforms.rules import family, free_space, no_clean_up, order

# Boot field 1 of the configuration register: the first image of the flash, whatever the boot variable names.
_FIRST_OF_FLASH = 0x1
_BOOT_FIELD = 0xF
_FLASH = frozenset({"disk", "flash"})
ONE_RELEASE = (
    "copy the image that runs to that member's flash, `boot system switch all flash:IMAGE`, `write memory`, "
    "then `reload slot N`"
)


@dataclass(frozen=True, slots=True)
class MemberFlash:
    """One member's flash, in bytes: what is free (None: the device does not say), what the image still takes, and why.

    `boots` tells whether the file that runs is there.
    """

    name: str
    free: int | None
    need: int
    why: str
    boots: bool


@dataclass(frozen=True, slots=True)
class State:
    """What a device says before an upgrade. `flash` is by member."""

    version: SoftwareVersion
    units: tuple[Unit, ...]
    boot: BootSettings
    inventory: tuple[InventoryItem, ...]
    systems: Sequence[FileSystem]
    flash: Mapping[str, MemberFlash]


def assess(
    state: State,
    device: Device,
    image: Image,
    policy: Readiness,
    fits: Callable[[str, str], bool | None],
    *,
    cleanup: bool,
) -> list[Finding]:
    """Apply every rule but that of the privilege; a rule whose fact is missing has failed."""
    return [
        *identity(state.version, state.units, state.inventory, device, ONE_RELEASE),
        family(image, models(state.version), fits),
        *_one_mode(state.units),
        _one_processor(state),
        *_boot(state),
        *space(state.flash),
        order(state.version.version, image, policy),
        *no_clean_up(wanted=cleanup),
    ]


def first_named(boot: BootSettings) -> dict[str, str]:
    """Return the first file that each member boots next, without its file system; empty where none is named."""
    settings = boot.members or {"": boot}
    return {member: inside((own.variable or ("",))[0]) for member, own in settings.items()}


def space(flash: Mapping[str, MemberFlash]) -> list[Finding]:
    """Apply the rule of free space to every member."""
    return [
        free_space(
            f"free flash on {Unit(member).label}" if len(flash) > 1 else "free flash",
            there.free,
            there.need,
            there.why,
            f"`dir {there.name}` and `delete` on the device what is no longer needed",
        )
        for member, there in sorted(flash.items())
    ]


def _one_mode(units: Sequence[Unit]) -> Iterator[Finding]:
    modes = {unit.label: unit.mode for unit in units if unit.mode}
    if modes:
        yield Finding(
            "one mode on every member",
            len(set(modes.values())) == 1,
            ", ".join(f"{label} {mode}" for label, mode in modes.items()),
            "BUNDLE on every member, or INSTALL on every member",
            "bring the odd member to the mode of the others, then `reload slot N`",
        )


def _one_processor(state: State) -> Finding:
    """Refuse a second supervisor or route processor: the image would have to be on both, each with its own variable."""
    other = [unit.name for unit in state.units if len(state.units) > 1 and not unit.name.isdecimal()]
    # Classic IOS: the flash of a second supervisor (`slavebootflash:`, `slavedisk0:`); each has a `slavenvram:` too.
    other += [p for system in state.systems for p in system.prefixes if p.startswith("slave") and system.kind in _FLASH]
    return Finding(
        "one processor",
        not other,
        ", ".join(other) or "one",
        "a device without a second supervisor or route processor",
        "upgrade this one by hand: copy the image to both processors, `boot system`, `write memory`, `reload`",
    )


def _boot(state: State) -> Iterator[Finding]:
    runs = state.version.system_image or ""
    named = first_named(state.boot)
    odd = {member: name or "nothing" for member, name in named.items() if name != inside(runs)}
    on = {member: f" on {'member ' * member.isdecimal()}{member}" if member else "" for member in odd}
    # The spelling of the line is the device's; what is named here is what it lacks.
    line = "boot system switch all" if len(state.flash) > 1 else "boot system"
    yield Finding(
        "boot variable",
        bool(runs) and not odd,
        ", ".join(f"{name} first{on[member]}" for member, name in odd.items()) or inside(runs) or "unknown",
        f"{inside(runs) or 'the file that runs'}, which runs, first on every member",
        f"`{line} {runs or 'flash:IMAGE'}` as the first such line and `write memory` on the device",
    )
    gone = [there.name for there in state.flash.values() if not there.boots]
    yield Finding(
        "file of the running image",
        bool(runs) and not gone,
        f"not on {', '.join(gone)}" if gone else "there",
        f"{inside(runs) or 'it'} on the flash of every member: the way back boots it",
        "`copy` it back to that flash on the device",
    )
    yield from boots_alone(state.boot, state.version)
    register = state.version.next_config_register or state.version.config_register or state.boot.config_register
    yield Finding(
        "boot variable is used",
        state.boot.manual is not None if register is None else int(register, 16) & _BOOT_FIELD != _FIRST_OF_FLASH,
        f"register {register or 'not printed'}",
        "a configuration register whose last digit is 2 to F",
        "`config-register 0x2102` and `write memory` on the device",
    )
