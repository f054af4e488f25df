"""From what was learned about a device to a lab device like it, and in what that one is not like it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from swimctl.errors import UsageError
from swimctl.lab.arista_eos.spec import HARDWARE as ARISTAS
from swimctl.lab.arista_eos.spec import AristaSpec
from swimctl.lab.chassis_spec import ChassisSpec, Held, StandIn
from swimctl.lab.cisco_ios.spec import MODELS as IOS_MODELS
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec
from swimctl.lab.cisco_nxos.spec import HARDWARE as NEXUSES
from swimctl.lab.cisco_nxos.spec import NexusSpec
from swimctl.lab.cisco_xe.models import MODELS, Model
from swimctl.lab.cisco_xe.spec import MemberSpec, Neighbour, Routes, SwitchSpec
from swimctl.lab.cisco_xr.spec import HARDWARE as ROUTERS
from swimctl.lab.cisco_xr.spec import RouterSpec
from swimctl.lab.juniper_junos.spec import HARDWARE as JUNIPERS
from swimctl.lab.juniper_junos.spec import JunosSpec
from swimctl.lab.juniper_junos.spec import MemberSpec as JunosMember
from swimctl.models import Image
from swimctl.platforms import fits
from swimctl.rehearse.learned import Learned, Part
from swimctl.rehearse.learning import contradictions

T = TypeVar("T")
# Routes of a lab Catalyst beside those of OSPF, as its summary counts them.
_OTHER_ROUTES: Final = 10
_ENDS: Final = ("cisco AIR-AP2802I-E-K9", "192.0.2.77", "Trans-Bridge")


class NoTwin(Exception):
    """No twin of a device can be made; says why."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a twin has that no device told: its account, its pace, what images stand for, and its faults.

    `boot_seconds` None: nobody knows how long it boots. `transfer` is in bytes a second.
    """

    user: str
    password: str
    enable_secret: str
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    transfer: float = 2e6
    boot_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A lab device, and sentences that say in what it is not like its device."""

    spec: ChassisSpec
    unlike: tuple[str, ...] = ()


def make_twin(learned: Learned, image: Image | None, conditions: Conditions) -> Twin:
    """Return a lab device like this one. NoTwin: too little is known of it, or the lab has no such device."""
    if learned.missing:
        raise NoTwin("; ".join(learned.missing))
    if odd := contradictions(learned):
        raise NoTwin(f"its outputs contradict each other: {'; '.join(odd)}")
    unlike: list[str] = []
    common: dict[str, Any] = {
        "users": {conditions.user: (conditions.password, 15)},
        "enable_secret": conditions.enable_secret,
        "stand_ins": conditions.stand_ins,
        "transfer": conditions.transfer,
        "boot_seconds": conditions.boot_seconds,
        "held": _held(learned, unlike),
    }
    if learned.uptime is not None:
        common["uptime"] = float(max(learned.uptime, 3_600))
    try:
        spec = _MAKERS[learned.platform](learned, image, common, unlike)
    except UsageError as error:
        raise NoTwin(str(error)) from error
    return Twin(spec, tuple(unlike))


def _held(learned: Learned, unlike: list[str]) -> dict[int, Held]:
    first = learned.disks[min(learned.disks)]
    held = {}
    for part in learned.parts:
        disk = learned.disks.get(part.number)
        if disk is None:
            unlike.append(f"flash of {part.number}: nobody told its space; it has that of the first one")
            disk = first
        files = disk.files
        if files is None and part.number != learned.parts[0].number:
            files = {name: size for name, size in (first.files or {}).items() if size}
            if files:
                unlike.append(f"files of {part.number}: nobody listed them; it has those of the first one")
        held[part.number] = Held(disk.total, disk.free, files or {})
    return held


def _hardware(
    table: Mapping[str, T],
    part: Part,
    learned: Learned,
    image: Image | None,
    unlike: list[str],
    like: Callable[[T], bool],
) -> T:
    """Return a model of the lab: this one, else one that boots the same images and is built alike."""
    if part.model in table:
        return table[part.model]
    family = image.family if image is not None else ""
    name = next(
        (name for name, one in table.items() if like(one) and family and fits(learned.platform, family, name)), None
    )
    if name is None:
        known = ", ".join(table)
        raise NoTwin(f"the lab has no {part.model}, and nothing that boots {family or 'such images'}; it has {known}")
    unlike.append(f"model of {part.number}: {name} stands in for {part.model}; its ports are others")
    return table[name]


def _short(port: str) -> str:
    return re.sub(r"^([A-Za-z]{2})[A-Za-z]*\s*", r"\1", port).lower()


def _catalyst(learned: Learned, image: Image | None, common: dict[str, Any], unlike: list[str]) -> ChassisSpec:
    ios = learned.platform == "cisco_ios"
    table: Mapping[str, Model] = IOS_MODELS if ios else MODELS
    lone = len(learned.parts) == 1
    models = [
        _hardware(table, part, learned, image, unlike, lambda model: lone or model.stackable) for part in learned.parts
    ]
    members = tuple(
        (IosMember if ios else MemberSpec)(model.name, part.serial, f"0c75.be{place:02x}.{place:02x}00")
        for place, (model, part) in enumerate(zip(models, learned.parts, strict=True))
    )
    every = [name for number, model in enumerate(models, 1) for name, _bank in model.ports(number)]
    by_short = {_short(name): name for name in every}
    up = tuple(by_short[_short(name)] for name in learned.ports_up if _short(name) in by_short)
    plugged: dict[tuple[str, str], Neighbour] = {}
    for one in learned.neighbours:
        local = by_short.get(_short(one.port))
        if local in up and local is not None:
            ends = _ENDS if one.end_device else ()
            plugged[local, one.name] = Neighbour(local, one.name, one.remote or "GigabitEthernet0", *ends)
    if len(plugged) < len(learned.neighbours):
        unlike.append(f"neighbours: {len(learned.neighbours) - len(plugged)} stand behind ports that the twin has not")
    fields: dict[str, Any] = {
        "version": learned.release,
        "connected": up,
        "neighbours": tuple(plugged.values()),
        "routes": Routes(ospf=max(0, (learned.routes or 0) - _OTHER_ROUTES)),
        "manual_boot": bool(learned.by_hand),
    }
    if ios:
        return IosSpec(learned.name, members, **fields, **common)  # type: ignore[arg-type] # made of IosMember above
    if names := _inactive(learned):
        unlike.append(f"inactive packages: the twin has none, its device {', '.join(names)}")
    spec = SwitchSpec(learned.name, members, mode=learned.mode or "INSTALL", **fields, **common)
    if learned.boots and _plain(learned.boots) != _plain((spec.boots,)):
        lines = ("no boot system", *(f"boot system {path}" for path in learned.boots))
        return SwitchSpec(learned.name, members, mode=spec.mode, config=lines, **fields, **common)
    return spec


def _inactive(learned: Learned) -> tuple[str, ...]:
    """Return the names of what was added to a device and is not active."""
    return tuple(name for name, state in learned.installed if state == "I")


def _plain(paths: tuple[str, ...]) -> list[str]:
    return [path.rpartition(":")[2].strip("/") for path in paths]


def _nexus(learned: Learned, image: Image | None, common: dict[str, Any], unlike: list[str]) -> ChassisSpec:
    first = learned.parts[0]
    modular = len(learned.parts) > 1
    hardware = _hardware(NEXUSES, first, learned, image, unlike, lambda one: one.modular is modular)
    fields: dict[str, Any] = {}
    if learned.pair is not None:
        fields = {"vpc": int(learned.pair.domain), "peer": learned.pair.partner, "keepalive": learned.pair.keepalive}
    spec = NexusSpec(
        learned.name,
        hardware=hardware,
        number=first.serial,
        supervisors=len(learned.parts),
        version=learned.release,
        connected=_connected(learned, hardware.port_names(), unlike),
        **fields,
        **common,
    )
    _unlike_boots(learned, spec.image, unlike)
    return spec


def _connected(learned: Learned, names: object, unlike: list[str]) -> int:
    """Return how many of these ports are up; a lab device of this system has its first ones up, and own neighbours."""
    ports = {_short(str(name)) for name in names} if isinstance(names, list | tuple) else set()
    count = sum(_short(name) in ports for name in learned.ports_up)
    if learned.neighbours:
        unlike.append("neighbours: the twin has its own ones, behind its first ports")
    return max(1, count)


def _unlike_boots(learned: Learned, image: str, unlike: list[str]) -> None:
    if learned.boots and _plain(learned.boots) != [image]:
        unlike.append(f"next boot: the twin boots {image}, its device {', '.join(learned.boots)}")


def _router(learned: Learned, image: Image | None, common: dict[str, Any], unlike: list[str]) -> ChassisSpec:
    whole = Part(1, learned.model, learned.serial, learned.release)
    hardware = _hardware(ROUTERS, whole, learned, image, unlike, lambda one: len(one.slots) == len(learned.parts))
    if learned.neighbours:
        unlike.append("neighbours: the twin has its own two")
    return RouterSpec(
        learned.name,
        hardware=hardware,
        number=learned.serial,
        version=learned.release,
        inactive=_inactive(learned),
        **common,
    )


def _arista(learned: Learned, image: Image | None, common: dict[str, Any], unlike: list[str]) -> ChassisSpec:
    hardware = _hardware(ARISTAS, learned.parts[0], learned, image, unlike, lambda one: one.name != "vEOS-lab")
    fields: dict[str, Any] = {}
    if (pair := learned.pair) is not None:
        fields = {"mlag": pair.domain, "peer": pair.keepalive.lower() == "connected"}
        fields |= {"reload_delay": pair.hold, "other_delay": pair.hold_of_others}
    boots = _plain(learned.boots)[0] if learned.boots else None
    usual = f"{hardware.family}-{learned.release}.swi"
    return AristaSpec(
        learned.name,
        hardware=hardware,
        number=learned.serial,
        version=learned.release,
        boots=None if boots == usual else boots,
        connected=_connected(learned, hardware.port_names()[: hardware.ports], unlike),
        **fields,
        **common,
    )


def _juniper(learned: Learned, image: Image | None, common: dict[str, Any], unlike: list[str]) -> ChassisSpec:
    members = tuple(
        JunosMember(_hardware(JUNIPERS, part, learned, image, unlike, lambda one: not one.on_host), part.serial)
        for part in learned.parts
    )
    last = learned.parts[-1].release
    if learned.neighbours:
        unlike.append("neighbours: the twin has its own ones")
    return JunosSpec(
        learned.name,
        members=members,
        version=learned.release,
        odd_member="" if last == learned.release else last,
        **common,
    )


_MAKERS: Final[Mapping[str, Callable[[Learned, Image | None, dict[str, Any], list[str]], ChassisSpec]]] = {
    "cisco_xe": _catalyst,
    "cisco_ios": _catalyst,
    "cisco_nxos": _nexus,
    "cisco_xr": _router,
    "arista_eos": _arista,
    "juniper_junos": _juniper,
}
