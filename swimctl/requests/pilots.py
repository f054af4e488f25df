"""The first of its kind goes alone: of which kind each upgrade of a plan is, and which device is the first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from swimctl.errors import UsageError
from swimctl.inventory.selection import some
from swimctl.models import Image, ImageKind
from swimctl.platforms.versions import train
from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest
from swimctl.store import Kind

Pilots = Literal["real", "all", "never"]


def kind_of(image: Image, ground: str) -> Kind:
    """Return what a good upgrade to this image proves. A patch proves nothing of whole images.

    The image knows the system: an inventory may call IOS-XE `cisco_ios`.
    """
    family = image.family if image.kind is ImageKind.IMAGE else f"{image.family} {image.kind}"
    return Kind(ground, image.platform, family, train(image.version))


def need_proof(kinds: Iterable[Kind], request: UpgradeRequest, steps: Collection[object], pilots: Pilots) -> set[Kind]:
    """Return the kinds whose first device has to go alone unless they are proved; `--no-pilot` does not count here."""
    if pilots == "never" or not request.options.activate or "activation" not in steps:
        return set()
    return {kind for kind in kinds if pilots == "all" or kind.ground == "real"}


def led(
    items: Iterable[PlanItem], kinds: Mapping[str, Kind], unproved: Collection[Kind], there: Collection[str] = ()
) -> tuple[PlanItem, ...]:
    """Return the items with their kinds, and with the device that goes first where that kind has no proof yet.

    A device that is `there` already proves nothing: the next one goes first.
    """
    first: dict[Kind, str] = {}
    found = []
    for item in items:
        kind = kinds.get(item.device.name)
        if kind is not None and kind in unproved and item.device.name not in there:
            first.setdefault(kind, item.device.name)
        found.append(replace(item, kind=kind, pilot="" if kind is None else first.get(kind, "")))
    return tuple(found)


def led_past(plan: Plan, there: Collection[str]) -> Plan:
    """Return a plan in which no device goes first that is there already."""
    kinds = {item.device.name: item.kind for item in plan.items if item.kind}
    unproved = {item.kind for item in plan.items if item.kind and item.pilot}
    return replace(plan, items=led(plan.items, kinds, unproved, there))


def require_staging(plan: Plan) -> None:
    """Refuse to copy now and activate later where the first of a kind goes alone. UsageError.

    The others would begin with their copies when it is upgraded: in the window, for which copies were to be over.
    """
    policy = plan.request.policy
    late = [item for item in plan.accepted if item.follows]
    if not policy.stage_now or not late or not (policy.window or any(item.device.window for item in plan.accepted)):
        return
    first, names = late[0].follows, some([item.device.name for item in late], 3)
    raise UsageError(
        f"--stage-now would copy to {names} only when {first} is upgraded, which "
        f"goes alone: no {late[0].kind} was upgraded by this store yet; nothing was made; next: copy to all now with "
        "--no-activate, then the same command without --stage-now; or --no-pilot"
    )


def reasons(plan: Plan) -> dict[str, str]:
    """Return of each device that goes alone why, and how many follow it."""
    alone = {item.device.name: item.kind for item in plan.accepted if item.pilot == item.device.name}
    behind = Counter(item.follows for item in plan.accepted if item.follows)
    return {name: _reason(kind, behind[name]) for name, kind in alone.items()}


def _reason(kind: Kind | None, behind: int) -> str:
    why = f"no {kind} was upgraded by this store yet"
    if not behind:
        return why
    others = "1 other follows" if behind == 1 else f"{behind:,} others follow"
    return f"goes alone, as {why}; {others} when it is upgraded"
