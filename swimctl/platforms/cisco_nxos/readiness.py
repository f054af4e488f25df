"""The readiness rules for Nexus switches that run from one image. Pure: a state in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, Image
from swimctl.platforms.cisco_nxos.facts import Feature, Incompatibility, InstallImpact, Module, NxosVersion, Vpc
from swimctl.platforms.cisco_nxos.images import fits
from swimctl.platforms.cisco_nxos.software import next_boot, not_at_work, releases, short_path
from swimctl.platforms.facts import BootSettings, Directory, InventoryItem, Redundancy
from swimctl.platforms.rules import family, free_space, no_clean_up, order, right_device, unpacked
from swimctl.platforms.versions import same_release

_BOOTFLASH = "bootflash:"


@dataclass(frozen=True, slots=True)
class State:
    """What a switch says before an upgrade.

    `flash` has the files of each supervisor: the first one's the copy goes to. `redundancy` is None where there is one
    supervisor, `vpc` where the feature is off.
    """

    version: NxosVersion
    modules: tuple[Module, ...]
    inventory: tuple[InventoryItem, ...]
    boot: BootSettings
    redundancy: Redundancy | None
    vpc: Vpc | None
    features: tuple[Feature, ...]
    flash: Mapping[str, Directory]


def rights(refused: str) -> Finding:
    """Return whether the account may change anything; `refused` is what the device said to `configure terminal`."""
    return Finding(
        "may configure",
        not refused,
        refused or "yes",
        "an account that may do this, on a device that allows it now",
        "wait while it replays its configuration; else give the account the role network-admin",
    )


def identity(
    version: NxosVersion, modules: tuple[Module, ...], inventory: tuple[InventoryItem, ...], device: Device
) -> list[Finding]:
    """Apply the rules that hold even where nothing is left to do: the right device, and all of it."""
    serials = {item.serial for item in inventory} | {version.serial or ""}
    odd = not_at_work(modules)
    running = releases(version, modules)
    versions = sorted(set(running.values()))
    told = ", ".join(versions) if len(versions) == 1 else ", ".join(f"{m} {v}" for m, v in running.items())
    return [
        *right_device(device, models(version, inventory), serials, version.serial),
        Finding(
            "modules",
            not odd,
            ", ".join(odd) or f"{len(modules)} at work",
            "every module ok, active or standby",
            "`show module` on the device; bring the module back, or `poweroff module N` it",
        ),
        Finding(
            "same release on every module",
            all(same_release(each, version.version) for each in versions),
            told,
            "one release on all modules",
            "`show module` and `show install all status` on the device",
        ),
    ]


def assess(state: State, device: Device, image: Image, policy: Readiness, *, cleanup: bool) -> list[Finding]:
    """Apply every rule but that of the rights; a rule whose fact is missing has failed."""
    return [
        *identity(state.version, state.modules, state.inventory, device),
        one_image(state.version),
        family(image, _hardware(state), fits),
        *_redundancy(state),
        *_boot(state),
        *space(state, image, policy),
        *_copies(state, image),
        order(state.version.version, image, policy),
        *vpc_peer(state.vpc),
        *_group(state.vpc, device),
        *no_clean_up(wanted=cleanup),
    ]


def models(version: NxosVersion, inventory: tuple[InventoryItem, ...]) -> tuple[str, ...]:
    """Return the model of the chassis, as its inventory and its version name it."""
    chassis = next((item.pid for item in inventory if item.name.lower().startswith("chassis")), "")
    return tuple(model for model in (chassis, version.model) if model)


def _hardware(state: State) -> list[str]:
    """Return what the image has to fit: the chassis, and the cards in it."""
    chassis = list(models(state.version, state.inventory)[:1])
    cards = [each.model for each in state.modules if each.model.startswith("N9K-X9") and each.name.isdecimal()]
    return chassis + [card for card in dict.fromkeys(cards) if card not in chassis]


def one_image(version: NxosVersion) -> Finding:
    """Return whether one image holds everything of the device; nothing else about it is asked where none does."""
    two, model = version.kickstart_version is not None, version.model or ""
    seen, cure = "kickstart and system image", "upgrade it by hand: `install all kickstart … system …`"
    # A leaf names `aci-n9000-dk9.14.0.1h.bin` as its kickstart's file (cisco_nxos/show_version/ntc_…_version1, and 16.0
    # in a public repository). Of all Nexus 9000 only those in ACI mode have a kickstart.
    if two and (model.startswith("N9K-") or "aci-" in (version.kickstart_image or "")):
        seen = f"a switch of an ACI fabric, {version.version}"
        cure = "its APIC upgrades it, with the fabric; `platform: aci` for this host makes `--all` leave it out"
    # `cisco MDS 9710 (10 Slot) Chassis` (a public collector of statistics; one source).
    elif model.startswith("MDS "):
        seen = f"a switch of a storage network, {model}: {seen}"
    return Finding("one image", not two, seen if two else "one image", "a Nexus that boots one image", cure)


def _redundancy(state: State) -> Iterator[Finding]:
    if state.redundancy is not None:
        yield Finding(
            "standby supervisor",
            state.redundancy.peer_state == "HA standby",
            state.redundancy.peer_state or "unknown",
            "HA standby",
            "`show system redundancy status` on the device; wait for it, or `reload module N`",
        )


def _boot(state: State) -> Iterator[Finding]:
    runs = short_path(state.version.system_image or "")
    wrong = {sup: path for sup, path in next_boot(state.boot).items() if path != runs or not runs}
    told = {f"{path or 'nothing'}{f' on {sup}' if sup else ''}" for sup, path in wrong.items()}
    yield Finding(
        "boot variable",
        not wrong,
        ", ".join(sorted(told)) or runs,
        f"{runs or 'the image file'} that runs, on every supervisor",
        f"`boot nxos {runs}` on the device, then `copy running-config startup-config`",
    )
    name = runs.removeprefix(_BOOTFLASH)
    lacking = [where for where, files in state.flash.items() if name not in {file.name for file in files.files}]
    yield Finding(
        "way back",
        bool(runs) and runs.startswith(_BOOTFLASH) and not lacking,
        f"{runs or 'no image file'} not in {', '.join(lacking) or _BOOTFLASH}"
        if lacking or not runs.startswith(_BOOTFLASH)
        else f"{runs} is there",
        "the file of the running release in bootflash, to go back to",
        f"copy it to {_BOOTFLASH} on the device",
    )


def space(state: State, image: Image, policy: Readiness) -> list[Finding]:
    """Apply the rule of free space to each supervisor's flash; the device takes the file to its standby itself."""
    return [
        free_space(
            f"free space in {where.rstrip(':/')}",
            files.free,
            *unpacked(image, files.size_of(image.filename) or 0, policy),
            f"`dir {where}` and `delete` on the device what is no longer needed",
        )
        for where, files in state.flash.items()
    ]


def _copies(state: State, image: Image) -> Iterator[Finding]:
    """Yield whether the device takes the file, where it is not there yet."""
    there = any(file.name == image.filename and file.size == image.size for file in state.flash[_BOOTFLASH].files)
    on = any(each.name.lower().replace("-", "") == "scpserver" and each.enabled for each in state.features)
    yield Finding(
        "SCP server",
        on or there,
        "on" if on else "off, and the image is there" if there else "off",
        "`feature scp-server`, as the image comes by SCP",
        "`feature scp-server` in configuration mode of the device",
    )


def vpc_peer(vpc: Vpc | None) -> list[Finding]:
    """Apply the rule of the vPC partner: while this switch is away it carries everything."""
    if vpc is None or not vpc.domain:
        return []
    wrong = [
        f"{what}: {seen}"
        for what, seen, good in (
            ("peer", vpc.peer_status, vpc.peer_status.startswith("peer adjacency formed ok")),
            ("keep-alive", vpc.keepalive, vpc.keepalive == "peer is alive"),
            ("consistency", vpc.consistency, vpc.consistency == "success"),
            ("role", vpc.role, vpc.role.startswith(("primary", "secondary"))),
        )
        if not good
    ]
    return [
        Finding(
            "vPC partner",
            not wrong,
            ", ".join(wrong) or f"{vpc.peer_status}, {vpc.keepalive}, role {vpc.role}",
            "adjacency formed, keep-alive, consistency success, a role",
            "`show vpc` and `show vpc consistency-parameters global` on both switches",
        )
    ]


def _group(vpc: Vpc | None, device: Device) -> Iterator[Finding]:
    if vpc is not None and vpc.domain:
        yield Finding(
            "redundancy group",
            device.redundancy_group is not None,
            device.redundancy_group or "none in the inventory",
            f"one that both switches of vPC domain {vpc.domain} have, so that never both are upgraded at once",
            f"`redundancy_group: vpc-{vpc.domain}` in the `data` of both hosts of the inventory",
        )


def rehearsed(
    impact: InstallImpact, lacks: tuple[Incompatibility, ...], image: Image, command: str, *, in_service: bool
) -> list[Finding]:
    """Apply the rules to what the installer foresees; modules may go down where it is not asked for in service."""
    found = [row.new for row in impact.images if row.image == "nxos"]
    other = sorted({new for new in found if not same_release(new, image.version)})
    stuck = [f"module {each.module}" for each in impact.modules if not each.bootable]
    down = [f"module {each.module} ({each.reason})" for each in impact.modules if each.disruptive]
    strict = [f"{each.service}: {each.description} ({each.mend})" for each in lacks if each.requirement == "STRICT"]
    return [
        Finding(
            "release in the file",
            bool(found) and not other,
            ", ".join(other or sorted(set(found))) or "none",
            image.version,
            "`swimctl image list`: the file holds another release than its name says",
        ),
        Finding(
            "bootable",
            not stuck,
            f"not {', '.join(stuck)}" if stuck else "every module",
            "every module",
            f"`{command}` on the device",
        ),
        Finding(
            "impact",
            not (in_service and impact.disruptive),
            f"disruptive: {', '.join(down) or 'all'}" if impact.disruptive else "non-disruptive",
            "every module non-disruptive, because of --issu" if in_service else "any",
            f"`{command}` on the device says why; run again without --issu in a window for a reload",
        ),
        Finding(
            "configuration that the image can use",
            not strict,
            " | ".join(strict) or "all",
            "no strict incompatibility",
            "do on the device what the brackets say, then `swimctl retry`",
        ),
    ]
