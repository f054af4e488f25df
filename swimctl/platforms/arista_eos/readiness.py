"""The readiness rules for Arista EOS. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image
from swimctl.platforms.arista_eos.facts import Mlag, MlagDelay
from swimctl.platforms.arista_eos.images import fits, read_filename
from swimctl.platforms.facts import BootSettings, Directory, InventoryItem, SoftwareVersion
from swimctl.platforms.rules import as_it_is, family, free_space, no_clean_up, order, right_device
from swimctl.platforms.versions import same_release

_SWITCH_IMAGE = ".swi"


@dataclass(frozen=True, slots=True)
class State:
    """What a switch says before an upgrade.

    `boots_there` tells whether the file that the next boot names is on the flash. `delay` is None without a partner;
    `patience` is how many seconds swimctl gives a device to be up again.
    """

    version: SoftwareVersion
    inventory: tuple[InventoryItem, ...]
    boot: BootSettings
    boots_there: bool
    flash: Directory
    mlag: Mlag
    delay: MlagDelay | None
    patience: float


def identity(version: SoftwareVersion, inventory: tuple[InventoryItem, ...], device: Device) -> list[Finding]:
    """Apply the rules that hold even where nothing is left to do: the right device, and all of it."""
    system = [item for item in inventory if item.name == "System"]
    serials = {version.serial or "", *(item.serial for item in system)} - {""}
    supervisors = [item.name for item in inventory if item.name.startswith("Card ") and "SUP" in item.pid.upper()]
    return [
        *right_device(device, models(version, inventory), serials, version.serial),
        Finding(
            "one supervisor",
            len(supervisors) <= 1,
            f"{len(supervisors)} supervisors" if supervisors else "one",
            "one: swimctl does not prove the image on a second one",
            "upgrade it by hand: `install source flash:IMAGE` takes the image to both, then `reload`",
        ),
    ]


def models(version: SoftwareVersion, inventory: tuple[InventoryItem, ...]) -> tuple[str, ...]:
    """Return the model, as its version and its inventory name it."""
    names = [version.model or "", *(item.pid for item in inventory if item.name == "System")]
    return tuple(dict.fromkeys(filter(None, names)))


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule but that of the privilege; a rule whose fact is missing has failed."""
    return [
        *identity(state.version, state.inventory, device),
        _file(image),
        family(image, [state.version.model] if state.version.model else [], fits),
        _boot(state),
        space(state.flash, image),
        order(state.version.version, image, policy),
        *partner(state.mlag),
        *_pair(state, device),
        *no_clean_up(wanted=cleanup),
    ]


def space(flash: Directory, image: Image) -> Finding:
    """Apply the rule of free space: a switch boots the file as it is, so it takes no more than its own size."""
    return free_space(
        "free flash",
        flash.free,
        *as_it_is(image, flash.size_of(image.filename) or 0),
        "`dir flash:` and `delete` on the device what is no longer needed, but not the image that runs",
    )


def partner(mlag: Mlag) -> list[Finding]:
    """Apply the rule of the MLAG partner: while this switch is away it carries everything."""
    if not mlag.domain:
        return []
    wrong = [
        f"{what} {seen or 'not printed'}"
        for what, seen, good in (
            ("state", mlag.state, "active"),
            ("negotiation", mlag.negotiation, "connected"),
            ("peer-link", mlag.peer_link_status, "up"),
            # Older releases do not print it.
            ("peer-config", mlag.fields.get("peer-config", "consistent"), "consistent"),
        )
        if seen.casefold() != good
    ]
    ports = ", ".join(f"{number} {name}" for name, number in mlag.ports.items() if number)
    return [
        Finding(
            "MLAG partner",
            not wrong,
            ", ".join(wrong) or f"active and connected; ports: {ports or 'none'}",
            "state active, negotiation connected, peer-link up, peer-config consistent",
            "`show mlag` and `show mlag config-sanity` on both switches",
        )
    ]


def release_named(path: str) -> str | None:
    """Return the release of the image that a boot setting names, None where the file's name does not tell it."""
    found = read_filename(path.rpartition("/")[2].rpartition(":")[2])
    return found.version if found is not None else None


def _file(image: Image) -> Finding:
    return Finding(
        "image file",
        image.filename.endswith(_SWITCH_IMAGE),
        image.filename,
        f"a `{_SWITCH_IMAGE}` that a switch boots",
        "a container is upgraded by starting it from the new image",
    )


def _boot(state: State) -> Finding:
    """Refuse where the next boot would not start what runs: somebody is half-way through an upgrade of their own.

    A file whose name tells no release (`EOS.swi`) may hold what runs; that it is there has to do.
    """
    named = next(iter(state.boot.variable or ()), "")
    release, runs = release_named(named), state.version.version
    other = release is not None and not same_release(release, runs)
    seen = f"{named}, while {runs} runs" if other else named if state.boots_there else f"{named}, which is not there"
    return Finding(
        "boot image",
        bool(named) and state.boots_there and not other,
        seen if named else "not set",
        f"an image of {runs} on the flash, which is the way back",
        "`boot system flash:IMAGE` with the image that runs, in configuration mode; then `show boot-config`",
    )


def _pair(state: State, device: Device) -> Iterator[Finding]:
    if not state.mlag.domain:
        return
    yield Finding(
        "redundancy group",
        device.redundancy_group is not None,
        device.redundancy_group or "none in the inventory",
        f"one that both switches of MLAG domain {state.mlag.domain} have, so that never both are upgraded at once",
        f"`redundancy_group: mlag-{state.mlag.domain}` in the `data` of both hosts of the inventory",
    )
    seconds = state.delay.longest if state.delay else None
    yield Finding(
        "MLAG reload delay",
        seconds is not None and seconds < state.patience,
        "unknown" if seconds is None else f"{seconds} s",
        f"less than {state.patience:.0f} s (swimctl.deadlines.up), within which a device must be up again",
        "set swimctl.deadlines.up to some minutes more than the longer of the two delays, or shorten "
        "`reload-delay mlag` and `reload-delay non-mlag` on the switch",
    )
