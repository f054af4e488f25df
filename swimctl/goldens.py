"""Which image a device should run: its golden rules, the one that wins, and why the others do not. Pure.

A rule counts for a device that fits all that it names and may run its image, in the time for which it is valid. Of two
rules the one that names a model wins, then the one that names a group, then a site, then a role, then a tag, then the
one that has times; where both name the same, the more exact model (a whole name, then the pattern with more letters)
and the nearer group. Where they are equal in all of that, an image that surely runs on the hardware goes before one of
which nobody knows; what is equal even then is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from swimctl.catalogue import why_absent
from swimctl.clock import to_the_minute
from swimctl.models import Device, Golden, Image
from swimctl.platforms import fits, takes

_WILD: Final = re.compile(r"\[[^]]+\]|[*?]")
# How particular a rule is, from what counts most: model, letters of its pattern, group, site, role, tag, whether it has
# times, surely runs.
_Rank = tuple[int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of one rule for one device; `image` is None for one that is no longer in the catalogue."""

    rule: Golden
    image: Image | None
    applies: bool
    wins: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The golden image of a device, or why there is none; the rules of its platform, the most particular first."""

    image: Image | None
    refusal: str | None
    verdicts: tuple[Verdict, ...] = ()


def choose(device: Device, goldens: Iterable[Golden], images: Iterable[Image], now: datetime) -> Choice:
    """Choose the golden image of a device now, and say of every rule of its platform what comes of it."""
    by_id = {image.id: image for image in images}
    rules = sorted((rule for rule in goldens if takes(device.platform, rule.platform)), key=_name)
    refused = {rule: why for rule in rules if (why := _why_not(device, rule, by_id, now)) is not None}
    ranks = {rule: _rank(device, rule) for rule in rules if rule not in refused}
    applying = sorted(ranks, key=lambda rule: ranks[rule], reverse=True)
    best = [rule for rule in applying if ranks[rule] == ranks[applying[0]]]
    alike = {rule.image_id for rule in best}
    winner = best[0] if len(alike) == 1 else None
    verdicts = (
        *(Verdict(rule, by_id[rule.image_id], True, rule == winner, _standing(rule, best)) for rule in applying),
        *(Verdict(rule, by_id.get(rule.image_id), False, False, why) for rule, why in refused.items()),
    )
    if winner is not None:
        absent = why_absent(by_id[winner.image_id])
        return Choice(None if absent else by_id[winner.image_id], absent, verdicts)
    return Choice(None, _tie(device, best) if best else _nothing(device, refused), verdicts)


def model_fits(pattern: str, model: str) -> bool:
    """Tell whether a model is one of those that a rule's pattern names, in capitals or not."""
    return fnmatchcase(model.casefold(), pattern.casefold())


def _why_not(device: Device, rule: Golden, images: Mapping[int, Image], now: datetime) -> str | None:
    """Say why a rule does not count for a device; None where it does."""
    if rule.valid_from is not None and now < rule.valid_from:
        return f"it is not valid before {to_the_minute(rule.valid_from)}"
    if rule.valid_until is not None and now >= rule.valid_until:
        return f"it is not valid since {to_the_minute(rule.valid_until)}"
    if rule.model is not None and device.model is None:
        return "the inventory does not say its model (data.model)"
    if rule.model is not None and not model_fits(rule.model, device.model or ""):
        return f"its model is {device.model}"
    if rule.group is not None and rule.group not in device.groups:
        return f"it is not in group {rule.group}"
    for what, wanted, has in (("site", rule.site, device.site), ("role", rule.role, device.role)):
        if wanted is not None and has is None:
            return f"the inventory does not say its {what} (data.{what})"
        if wanted is not None and wanted != has:
            return f"its {what} is {has}"
    if rule.tag is not None and rule.tag not in device.tags:
        return f"it has not the tag {rule.tag}"
    image = images.get(rule.image_id)
    if image is None:
        return f"image {rule.image_id} is no longer in the catalogue"
    return f"{image.filename} does not run on {device.model}" if _runs(device, rule) is False else None


def _runs(device: Device, rule: Golden) -> bool | None:
    return None if device.model is None else fits(rule.platform, rule.family, device.model)


def _rank(device: Device, rule: Golden) -> _Rank:
    """Rank a rule that counts; the greater wins."""
    model = (0, 0) if rule.model is None else (1 if _WILD.search(rule.model) else 2, len(_WILD.sub("", rule.model)))
    group = 0 if rule.group is None else len(device.groups) - device.groups.index(rule.group)
    named = (rule.site is not None, rule.role is not None, rule.tag is not None)
    timed = rule.valid_from is not None or rule.valid_until is not None
    site, role, tag = map(int, named)
    return (*model, group, site, role, tag, int(timed), int(_runs(device, rule) is True))


def _name(rule: Golden) -> tuple[int, str, str]:
    """Order rules in one way, whatever order they come in."""
    return rule.image_id, rule.family, rule.whom


def _standing(rule: Golden, best: list[Golden]) -> str:
    if rule not in best:
        return f"less particular than image {best[0].image_id} for {best[0].whom}"
    if len({each.image_id for each in best}) > 1:
        return "as particular as another"
    return "the most particular" if rule == best[0] else "the same image as the most particular"


def _tie(device: Device, best: list[Golden]) -> str:
    rules = " and ".join(f"image {rule.image_id} ({rule.family}) for {rule.whom}" for rule in best)
    unknown = device.model is None or any(_runs(device, rule) is None for rule in best)
    what = "add data.model, or use --image" if unknown else "make one of them more particular, or use --image"
    return f"golden rules are equally particular: {rules}; {what}"


def _nothing(device: Device, refused: Mapping[Golden, str]) -> str:
    if not refused:
        return f"no golden image for {device.platform}: `swimctl image golden ID`, or use --image"
    rules = "; ".join(f"image {rule.image_id} for {rule.whom}: {why}" for rule, why in list(refused.items())[:3])
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    what = f"no golden image for {device.model or device.platform}"
    return f"{what}: {rules}{more}; `swimctl image golden --explain DEVICE`, or use --image"
