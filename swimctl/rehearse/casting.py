"""Who plays whom: which device gets a twin, who stands in for one that would refuse, and who is not rehearsed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.mixed import mixed_fleet
from swimctl.models import Device, Image, JobOptions
from swimctl.rehearse.learned import Learned
from swimctl.rehearse.making import Conditions, NoTwin, make_twin
from swimctl.requests.looks import Checked
from swimctl.requests.plans import PlanItem
from swimctl.requests.preview import Preview, Row, Verdict
from swimctl.requests.usual import Took

# Device seconds of activation and post-checks in the lab beside the boot itself, measured there.
AROUND_THE_BOOT: Final[Mapping[str, float]] = {
    "cisco_xe": 500.0,
    "cisco_ios": 250.0,
    "cisco_nxos": 400.0,
    "cisco_xr": 560.0,
    "arista_eos": 280.0,
    "juniper_junos": 550.0,
}
# Device seconds of a copy beside its bytes: the device's own hash, and the looks around it.
_AROUND_THE_COPY: Final = 34.0
_SHORTEST_BOOT: Final = 30.0
_PLATFORMS: Final = 6


class Role(StrEnum):
    """What stands in the lab for a device."""

    TWIN = "twin"
    REFUSES = "refuses"  # as the device itself would, by what it was seen to lack
    AWAY = "away"  # nobody answers, as nobody could ask the device


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays a device: the lab device, and in what it is not like it."""

    row: Row
    role: Role
    spec: ChassisSpec
    unlike: tuple[str, ...] = ()

    @property
    def item(self) -> PlanItem:
        """Return what the device would get."""
        return self.row.item

    @property
    def name(self) -> str:
        """Return the name of the device."""
        return self.item.device.name


@dataclass(frozen=True, slots=True)
class Casting:
    """All who play, in the order of the plan, and why the others do not."""

    cast: tuple[Cast, ...]
    left_out: Mapping[str, str]
    options: JobOptions


def cast_of(
    preview: Preview,
    learned: Mapping[str, Learned],
    conditions: Conditions,
    unknown_images: frozenset[str],
    speed: float,
    unseen: float,
    *,
    asked: bool = True,
) -> Casting:
    """Return who plays whom. `unseen`: the device seconds from the activation on of what no record tells.

    `asked`: the devices themselves were. Else a device without an answer lacks a bundle, which says nothing of it.
    """
    cast, left_out = [], {}
    for row in preview.rows:
        item = row.item
        if item.refusal is not None or item.image is None:
            continue
        name = item.device.name
        if row.verdict is Verdict.UNASKED and not asked:
            left_out[name] = (row.answer.error if row.answer else None) or "it has no bundle"
            continue
        if row.verdict in {Verdict.UNASKED, Verdict.NOT_READY}:
            role = Role.AWAY if row.verdict is Verdict.UNASKED else Role.REFUSES
            cast.append(Cast(row, role, _anybody(item.device, conditions)))
            continue
        if name not in learned:
            left_out[name] = "nothing was learned about it"
        elif item.image.filename in unknown_images:
            left_out[name] = f"the lab cannot read the name of the image {item.image.filename}"
        else:
            paced = with_pace(conditions, row.took, item.image, item.device.platform, speed, unseen)
            try:
                twin = make_twin(learned[name], item.image, paced)
            except NoTwin as why:
                left_out[name] = str(why)
                continue
            cast.append(Cast(row, Role.TWIN, twin.spec, twin.unlike))
    return Casting(tuple(cast), left_out, preview.plan.request.options)


def with_pace(
    conditions: Conditions, took: Took | None, image: Image, platform: str, speed: float, unseen: float
) -> Conditions:
    """Return the conditions with the pace at which such a device copied and booted before; seconds of it are real."""
    rest = unseen if took is None or took.rest is None else took.rest * speed
    boot = max(_SHORTEST_BOOT, rest - AROUND_THE_BOOT[platform])
    if took is None or took.seconds_a_byte is None:
        return replace(conditions, boot_seconds=boot)
    copy = max(1.0, took.seconds_a_byte * image.size * speed - _AROUND_THE_COPY)
    return replace(conditions, boot_seconds=boot, transfer=image.size / copy)


def _anybody(device: Device, conditions: Conditions) -> ChassisSpec:
    """Return some device of this system: it will not get far."""
    one = next(spec for spec in mixed_fleet(_PLATFORMS) if spec.platform == device.platform)
    users = {conditions.user: (conditions.password, 15)}
    return replace(one, name=device.name, users=users, enable_secret=conditions.enable_secret)


def unlike_its_device(device: Checked, twin: Checked) -> tuple[str, ...]:
    """List where a twin answers a readiness check otherwise than its device: then it proves nothing for it."""
    if twin.error is not None:
        return (f"its twin could not be asked: {twin.error}",)
    said = {finding.rule: finding for finding in device.findings}
    found = [
        f"{finding.rule}: its twin says {finding.seen}, the device "
        + (said[finding.rule].seen if finding.rule in said else "was not asked that")
        for finding in twin.findings
        if not finding.passes
    ]
    if device.runs and twin.runs != device.runs:
        found.append(f"its twin runs {twin.runs}, the device {device.runs}")
    if bool(twin.already) != bool(device.already):
        found.append(
            f"its twin {'has' if twin.already else 'has not'} what it is to get, the device the other way round"
        )
    return tuple(found)
