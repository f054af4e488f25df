"""Which image a device should run: its golden rules, the one that wins, and why the others do not. Pure.

A rule counts for a device that fits all that it names and may run its image, in the time for which it is valid. Of two
rules the one that names a model wins, then the one that names a group, then a site, then a role, then a tag, then the
one that has times; where both name the same, the more exact model (a whole name, then the pattern with more letters)
and the nearer group. Where they are equal in all of that, one for a family goes before one for all of a platform, and
an image that surely runs on the hardware before one of which nobody knows; what is equal even then is refused.

A rule without a file names a release. A device gets the image of that release which the catalogue has for it, where it
has one and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from swimctl.clock import to_the_minute
from swimctl.images.catalogue import why_absent
from swimctl.models import Device, Golden, Image, ImageKind
from swimctl.platforms import fits, takes
from swimctl.platforms.versions import same_release

_WILD: Final = re.compile(r"\[[^]]+\]|[*?]")
# How exact a rule is, from what counts most: model, letters of its pattern, group, site, role, tag, whether it has
# times, has a family, surely runs.
_Rank = tuple[int, int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of one rule for one device; `image` is None where the catalogue has none for it."""

    rule: Golden
    image: Image | None
    applies: bool
    wins: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The golden image of a device, or why there is none; the rules of its platform, the most exact first.

    `release` is the golden one, also where no image of it can be given; None where no rule wins.
    """

    image: Image | None
    refusal: str | None
    verdicts: tuple[Verdict, ...] = ()
    release: str | None = None

    @property
    def winner(self) -> Golden | None:
        """Return the rule that wins."""
        return next((verdict.rule for verdict in self.verdicts if verdict.wins), None)


def choose(device: Device, goldens: Iterable[Golden], images: Iterable[Image], now: datetime) -> Choice:
    """Choose the golden image of a device now, and say of every rule of its platform what comes of it."""
    by_id = {image.id: image for image in images}
    rules = sorted((rule for rule in goldens if takes(device.platform, rule.platform)), key=_name)
    refused = {rule: why for rule in rules if (why := _why_not(device, rule, by_id, now)) is not None}
    ranks = {rule: _rank(device, rule) for rule in rules if rule not in refused}
    applying = sorted(ranks, key=lambda rule: ranks[rule], reverse=True)
    best = [rule for rule in applying if ranks[rule] == ranks[applying[0]]]
    winner = _agreed(best, by_id)
    found = {rule: _image_of(device, rule, by_id) for rule in rules}
    verdicts = (
        *(Verdict(rule, found[rule][0], True, rule == winner, _standing(rule, best, winner)) for rule in applying),
        *(Verdict(rule, found[rule][0], False, False, why) for rule, why in refused.items()),
    )
    if winner is None:
        return Choice(None, _tie(device, best) if best else _nothing(device, refused), verdicts)
    image, refusal = found[winner]
    if image is not None:
        refusal = why_absent(image)
    return Choice(None if refusal else image, refusal, verdicts, _release_of(winner, by_id))


def model_fits(pattern: str, model: str) -> bool:
    """Return whether a model is one of those that a rule's pattern names, in capitals or not."""
    return fnmatchcase(model.casefold(), pattern.casefold())


def images_of(rule: Golden, images: Iterable[Image]) -> list[Image]:
    """Return the images of the release that a rule without a file names, for any device of its platform."""
    return [
        image
        for image in images
        if image.kind is ImageKind.IMAGE
        and takes(rule.platform, image.platform)
        and rule.family in {None, image.family}
        and same_release(image.version, str(rule.release))
    ]


def _why_not(device: Device, rule: Golden, images: Mapping[int, Image], now: datetime) -> str | None:
    """Return why a rule does not count for a device; None where it does."""
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
        return f"it does not have the tag {rule.tag}"
    image = None if rule.image_id is None else images.get(rule.image_id)
    if image is None and rule.image_id is not None:
        return f"image {rule.image_id} is no longer in the catalogue"
    what = f"the family {rule.family}" if image is None else image.filename
    return f"{what} does not run on {device.model}" if _runs(device, rule) is False else None


def _runs(device: Device, rule: Golden | Image) -> bool | None:
    if device.model is None or rule.family is None:
        return None
    return fits(rule.platform, rule.family, device.model)


def _agreed(best: list[Golden], images: Mapping[int, Image]) -> Golden | None:
    """Return the rule that wins among equals that want the same, one with a file before one without."""
    files = [rule for rule in best if rule.image_id is not None]
    wanted = {(_release_of(rule, images), rule.family) for rule in best}
    if len(wanted) != 1 or len({rule.image_id for rule in files}) > 1:
        return None
    return (files or best)[0]


def _release_of(rule: Golden, images: Mapping[int, Image]) -> str:
    return images[rule.image_id].version if rule.image_id is not None else str(rule.release)


def _image_of(device: Device, rule: Golden, images: Mapping[int, Image]) -> tuple[Image | None, str | None]:
    """Return the image that a rule comes to for a device, or why there is none; its file is not looked at."""
    if rule.release is None:
        return images.get(rule.image_id or 0), None
    of_it = [image for image in images_of(rule, images.values()) if takes(device.platform, image.platform)]
    fitting = [image for image in of_it if _runs(device, image) is not False]
    fitting = [image for image in fitting if _runs(device, image)] or fitting
    if len(fitting) == 1:
        return fitting[0], None
    golden = f"golden for it is {rule.what} (for {rule.whom})"
    if fitting:
        several = " and ".join(f"image {image.id} ({image.filename})" for image in fitting)
        return (
            None,
            f"{golden}, of which the catalogue has {several}; `swimctl image golden ID` for one, or use --image",
        )
    unfit = "".join(f"; {image.filename} does not run on {device.model}" for image in of_it)
    return None, (
        f"{golden}, of which no image for {device.model or device.platform} is in the catalogue{unfit}; "
        "`swimctl image add FILE`, or use --image"
    )


def _rank(device: Device, rule: Golden) -> _Rank:
    """Rank a rule that counts; the greater wins."""
    model = (0, 0) if rule.model is None else (1 if _WILD.search(rule.model) else 2, len(_WILD.sub("", rule.model)))
    group = 0 if rule.group is None else len(device.groups) - device.groups.index(rule.group)
    named = (rule.site is not None, rule.role is not None, rule.tag is not None)
    timed = rule.valid_from is not None or rule.valid_until is not None
    site, role, tag = map(int, named)
    family = rule.family is not None
    return (*model, group, site, role, tag, int(timed), int(family), int(_runs(device, rule) is True))


def _name(rule: Golden) -> tuple[bool, int, str, str, str, str]:
    """Order rules in one way, whatever order they come in: those with a file first."""
    bare = rule.image_id is None
    return bare, rule.image_id or 0, rule.release or "", rule.platform, rule.family or "", rule.whom


def _standing(rule: Golden, best: list[Golden], winner: Golden | None) -> str:
    if rule not in best:
        first = winner or best[0]
        return f"less exact than {first.what} for {first.whom}"
    if winner is None:
        return "as exact as another"
    if rule == winner:
        return "the most exact"
    return f"the same {'release' if rule.image_id is None else 'image'} as the most exact rule"


def _tie(device: Device, best: list[Golden]) -> str:
    rules = " and ".join(f"{rule.what} ({rule.family or rule.platform}) for {rule.whom}" for rule in best)
    unknown = device.model is None or any(_runs(device, rule) is None for rule in best)
    what = "add data.model, or use --image" if unknown else "make one of them more exact, or use --image"
    return f"golden rules are equally exact: {rules}; {what}"


def _nothing(device: Device, refused: Mapping[Golden, str]) -> str:
    if not refused:
        return f"no golden image for {device.platform}: `swimctl image golden ID`, or use --image"
    rules = "; ".join(f"{rule.what} for {rule.whom}: {why}" for rule, why in list(refused.items())[:3])
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    what = f"no golden image for {device.model or device.platform}"
    return f"{what}: {rules}{more}; `swimctl image golden --explain DEVICE`, or use --image"
