"""Lengths of time as people write them, everywhere in one way: 90s, 10m, 1h30m, 2d, 1w. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from swimctl.errors import UsageError

_UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_NUMBER: Final = r"([0-9]{1,9}(?:\.[0-9]{1,3})?)"
# Each unit once, the largest first: 5m1h is a slip, and of 1h30 nobody knows whether it is minutes.
_TEXT: Final = re.compile(
    rf"(?:{_NUMBER} ?w)? ?(?:{_NUMBER} ?d)? ?(?:{_NUMBER} ?h)? ?(?:{_NUMBER} ?m(?:in)?)? ?(?:{_NUMBER} ?s)?"
)
_BARE: Final = re.compile(_NUMBER)
_LONGEST: Final = timedelta(days=36_525)
EXAMPLE: Final = "90s, 10m, 1h30m, 2d or 1w"


def read_duration(text: str, bare: str = "") -> timedelta:
    """Read `90s`, `10m`, `1h30m`, `2d`, `1w`, also with spaces. UsageError.

    `bare` is the unit of a number alone, where it has one; else such a number is refused.
    """
    written = text.strip(" ")
    alone = _BARE.fullmatch(written)
    if alone and not bare:
        raise UsageError(f"{text!r} has no unit; write {written}s, {written}m, {written}h or {written}d")
    found = _TEXT.fullmatch(f"{written}{bare}" if alone else written)
    if found is None or not any(found.groups()):
        raise UsageError(f"{text!r} is not a length of time; write {EXAMPLE}")
    # In whole milliseconds: a sum of floats would not be what was written.
    parts = [round(float(part or 0) * 1000) * unit for part, unit in zip(found.groups(), _UNITS.values(), strict=True)]
    try:
        length = timedelta(milliseconds=sum(parts))
    except OverflowError:
        length = timedelta.max
    if length > _LONGEST:
        raise UsageError(f"{text!r} is longer than a hundred years; write {EXAMPLE}")
    return length


def write_duration(length: timedelta) -> str:
    """Write a length so that it reads as the same: 1h30m. Weeks are written as days, as people count nights."""
    milliseconds = length // timedelta(milliseconds=1)
    words = []
    for unit in ("d", "h", "m"):
        number, milliseconds = divmod(milliseconds, 1000 * _UNITS[unit])
        words += [f"{number}{unit}"] if number else []
    if milliseconds or not words:
        words.append(f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + "s")
    return "".join(words)
