"""What an IOS-XE device prints and what its models say, weighed; either does without the other. Pure.

Where both read and disagree on what runs, or whether it is committed, neither is believed: a `doubt` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from swimctl.models import Image
from swimctl.platforms.cisco_xe.models import HardwareModel, InstallModel, VersionState
from swimctl.platforms.cisco_xe.parsers.version import is_stackable
from swimctl.platforms.facts import Installed, MemberSoftware, Placement, Running, SoftwareVersion
from swimctl.platforms.versions import same_release

# Seconds: the printed uptime is told to the minute, and what is read after it a moment later.
_SAME_BOOT = 150
_ACTIVE = frozenset({Placement.UNCOMMITTED, Placement.COMMITTED})


@dataclass(frozen=True, slots=True)
class Modelled:
    """What was read of the two models; None of one that was not."""

    hardware: HardwareModel | None = None
    install: InstallModel | None = None


def version_of(hardware: HardwareModel | None, install: InstallModel | None) -> SoftwareVersion | None:
    """Return what `show version` would say of what runs; None where the models do not tell it."""
    if hardware is None or install is None or hardware.uptime is None:
        return None
    rows: tuple[MemberSoftware, ...] = ()
    if is_stackable(hardware.model):
        rows = tuple(
            MemberSoftware(each.chassis, "", shortened(each.runs), "", each.boot_mode.upper() or None)
            for each in install.locations
        )
    mode = "INSTALL" if install.in_install_mode else None
    return SoftwareVersion(
        hardware.version,
        uptime=hardware.uptime,
        reload_reason=hardware.reason,
        model=hardware.model,
        mode=mode,
        members=rows,
    )


def weigh_running(printed: Running, models: Modelled) -> Running:
    """Return what runs by both.

    The uptime is the model's, to the second, where it fits the printed one. Where it does not, the device's clock was
    set since it booted, and what it prints does not depend on that.
    """
    hardware = models.hardware
    if hardware is None:
        return replace(printed, doubt=_odd_releases(printed, models))
    abnormal = (hardware.reason or "no reason given") if hardware.abnormal else ""
    uptime = printed.uptime
    if hardware.uptime is not None and (uptime is None or abs(hardware.uptime - uptime) <= _SAME_BOOT):
        uptime = hardware.uptime
    return replace(printed, uptime=uptime, abnormal=abnormal, doubt=_odd_releases(printed, models))


def weigh_installed(printed: Installed | None, models: Modelled, image: Image, running: Running) -> Installed | None:
    """Return where an image's release stands by both, or by the one that reads; None where neither does."""
    if models.install is None:
        return printed
    modelled = Installed(_placement(models.install, image, running), _time_left(models))
    modelled = replace(modelled, untimed=models.install.timer_runs and modelled.abort_timer is None)
    if printed is None:
        return None if len(running.members) > len(models.install.locations) else modelled
    timer = modelled if modelled.abort_timer is not None and modelled.placement is Placement.UNCOMMITTED else printed
    told = replace(printed, abort_timer=timer.abort_timer, untimed=timer.untimed)
    # What only lies on the flash is not started by anything, whatever it is called.
    if printed.placement is modelled.placement or not {printed.placement, modelled.placement} & _ACTIVE:
        return told
    doubt = (
        f"'show install summary' says that {image.version} is {printed.placement}, the model Cisco-IOS-XE-install-oper "
        f"that it is {modelled.placement}"
    )
    return replace(told, placement=Placement.UNCOMMITTED, doubt=doubt)


def _placement(install: InstallModel, image: Image, running: Running) -> Placement:
    states = {
        state
        for location in install.locations
        for version, state in location.versions
        if same_release(version, image.version)
    }
    everywhere = all(same_release(location.runs or "", image.version) for location in install.locations)
    runs = all(same_release(version, image.version) for version in running.members.values())
    if VersionState.UNCOMMITTED in states:
        return Placement.UNCOMMITTED
    if VersionState.COMMITTED in states and everywhere and runs:
        return Placement.COMMITTED
    there = {VersionState.COMMITTED, VersionState.MARKED, VersionState.INSTALLED}
    return Placement.ADDED if states & there else Placement.ABSENT


def _time_left(models: Modelled) -> int | None:
    """Return the seconds until the device goes back, by its own clock; None where no timer runs, or nobody can tell."""
    install, hardware = models.install, models.hardware
    if install is None or not install.timer_runs or install.timer_ends is None or hardware is None:
        return None
    return None if hardware.now is None else max(0, int((install.timer_ends - hardware.now).total_seconds()))


def _members(install: InstallModel) -> dict[str, str]:
    """Return what runs on each location as what the device prints names it: 2, R1; the only one is `chassis`."""
    locations = install.locations
    if len(locations) == 1:
        return {"chassis": shortened(locations[0].runs)}
    if len({location.chassis for location in locations}) > 1:
        return {str(location.chassis): shortened(location.runs) for location in locations}
    return {f"R{location.slot}": shortened(location.runs) for location in locations}


def _odd_releases(printed: Running, models: Modelled) -> str:
    hardware, install = models.hardware, models.install
    odd = []
    if hardware is not None and not same_release(hardware.version, printed.version):
        odd.append(f"it prints {printed.version}, its model device-hardware-oper says {hardware.version}")
    by_model = _members(install) if install is not None else {}
    odd += [
        f"{name} runs {version} as it prints, and {by_model[name]} by its model install-oper"
        for name, version in _alike(printed.members, by_model).items()
        if not same_release(version, by_model[name])
    ]
    if by_model and not any(same_release(printed.version, version) for version in by_model.values()) and not odd:
        odd.append(f"{printed.version} answers, and its model install-oper names {', '.join(by_model.values())}")
    return f"what the device prints and its models disagree: {'; '.join(odd)}" if odd else ""


def _alike(printed: Mapping[str, str], by_model: Mapping[str, str]) -> Mapping[str, str]:
    """Return the members that both name; where each names one, it is the same."""
    if len(printed) == len(by_model) == 1:
        return {next(iter(by_model)): next(iter(printed.values()))}
    return {name: version for name, version in printed.items() if name in by_model}


def shortened(version: str | None) -> str:
    """Return the three numbers of a package's release, 17.09.05 of 17.09.05.0.6411; empty where it is None."""
    return ".".join((version or "").split(".")[:3])
