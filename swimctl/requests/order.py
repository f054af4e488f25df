"""In which order and in which waves devices are upgraded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from swimctl.errors import SelectionError, UsageError
from swimctl.models import Device

_SIZE: Final = re.compile(r"([0-9]+)|([0-9]+(?:\.[0-9]+)?)%")
# A share of a few is no share: of two devices one is 50 %.
COUNTED_FROM: Final = 5


def in_order(
    devices: Sequence[Device], known: Sequence[Device] = ()
) -> tuple[list[Device], dict[str, tuple[str, ...]]]:
    """Return the devices with the far ones before those that feed them, else in the order given, and for each one the
    devices that it comes after.

    That is all that hangs on it, the farthest too, and also through those that are only `known`: what lies between may
    have ended before its time, or be in no need of an upgrade. SelectionError: devices hang on each other in a circle.
    """
    near = _near({device.name: device for device in (*known, *devices)}.values())
    among = {device.name for device in devices}
    before = {name: (_behind(name, near) & among) - {name} for name in among}
    left = {device.name: device for device in devices}
    ordered: list[Device] = []
    while left:
        ready = next((name for name in left if not before[name] & left.keys()), None)
        if ready is None:
            raise SelectionError(
                f"these devices depend on each other in a circle: {' → '.join(_circle(near, before, left))}; "
                "nothing was started; next: correct `depends_on` and `feeds` in the inventory"
            )
        ordered.append(left.pop(ready))
    places = {device.name: place for place, device in enumerate(ordered)}
    return ordered, {name: tuple(sorted(names, key=places.__getitem__)) for name, names in before.items()}


def wave_sizes(words: Sequence[str], total: int) -> list[int]:
    """Return how many devices each wave has; the last size repeats. UsageError: no number and no per cent."""
    sizes, left = list[int](), total
    for word in words or ("100%",):
        sizes.append(_size(word, total))
    waves = list[int]()
    while left > 0:
        waves.append(min(left, sizes[min(len(waves), len(sizes) - 1)]))
        left -= waves[-1]
    return waves


def wave_of_each(words: Sequence[str], total: int) -> list[int]:
    """Return the wave of each place in the order, from 1."""
    return [number for number, size in enumerate(wave_sizes(words, total), 1) for _ in range(size)]


def failures_allowed(text: str) -> tuple[int, float | None]:
    """Read `3` or `10%`: so many failures, or such a share of those tried, stop a batch; 0 never does. UsageError."""
    found = _SIZE.fullmatch(text.strip())
    if found and found[1] is not None:
        return int(found[1]), None
    if found and 0 < float(found[2]) <= 100:
        return 0, float(found[2])
    raise UsageError(f"max_failures {text!r} must be a number, 0 (never stop) or more, or a per cent such as 10%")


def too_many(tried: int, failed: int, most: int, percent: float | None) -> bool:
    """Return whether so many failures of so many that were tried are too many: `most` of them, or such a share."""
    if most and failed >= most:
        return True
    return percent is not None and failed > 0 and tried >= COUNTED_FROM and 100 * failed >= percent * tried


def _size(word: str, total: int) -> int:
    found = _SIZE.fullmatch(word.strip())
    if found and found[1] is not None and int(found[1]) > 0:
        return int(found[1])
    if found and found[2] is not None and 0 < float(found[2]) <= 100:
        return max(1, int(total * float(found[2]) / 100))
    raise UsageError(f"wave {word!r} must be a number of devices from 1, or a per cent such as 20%")


def _near(devices: Iterable[Device]) -> dict[str, set[str]]:
    """Return for each device which others hang on it directly; names that are no device's do not count."""
    devices = tuple(devices)
    near: dict[str, set[str]] = {device.name: set() for device in devices}
    for device in devices:
        for feeder in device.depends_on:
            if feeder in near:
                near[feeder].add(device.name)
        near[device.name].update(far for far in device.feeds if far in near)
    return near


def _behind(name: str, near: Mapping[str, set[str]]) -> set[str]:
    """Find all that hang on a device, over any number of others; itself only where it stands in a circle."""
    found, ahead = set[str](), [name]
    while ahead:
        new = near[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def _circle(near: Mapping[str, set[str]], before: Mapping[str, set[str]], left: Mapping[str, Device]) -> list[str]:
    """Walk from one that hangs on itself to one that hangs on it and so on, until a name comes again."""
    walked = [next(name for name in left if any(name in before[other] for other in before[name]))]
    while True:
        name = next(far for far in sorted(near[walked[-1]]) if walked[0] in _behind(far, near))
        if name in walked:
            return [*walked[walked.index(name) :], name]
        walked.append(name)
