"""How a report writes times, lengths, and text that may come from a device. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

# What a terminal, a browser or an XML parser would obey or choke on; and marks that turn the direction of text around.
_UNSAFE: Final = dict.fromkeys(
    (
        *(code for code in range(32) if code not in {9, 10}),
        *range(0x7F, 0xA0),
        0x061C,
        *range(0x200E, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFFFE,
        0xFFFF,
    ),
    "\N{REPLACEMENT CHARACTER}",
)
_SIZES: Final = ("B", "kB", "MB", "GB", "TB")
_WORDS: Final = {"not-attempted": "not attempted"}


class Form(StrEnum):
    """How a report is written."""

    HTML = "html"
    MD = "md"
    JSON = "json"
    JUNIT = "junit"
    CSV = "csv"


def shown(text: object) -> str:
    """Return text as it may be shown anywhere; a return before a line's end goes."""
    return str(text).replace("\r\n", "\n").translate(_UNSAFE)


def one_line(text: object) -> str:
    """Return such text in one line."""
    return " ".join(shown(text).split())


def moment(at: datetime | None) -> str:
    """Write a time with its day and its offset, local; empty for None."""
    return "" if at is None else at.astimezone().isoformat(sep=" ", timespec="seconds")


def clock(at: datetime | None) -> str:
    """Write a time of a day, local; empty for None."""
    return "" if at is None else f"{at.astimezone():%H:%M:%S}"


def length(seconds: float | None) -> str:
    """Write seconds for people: 45 s, 8 min 12 s, 1 h 05 min. Empty for None."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def size(count: float) -> str:
    """Write bytes for people, in powers of 1000 as vendors do: 512 B, 1.2 GB."""
    power = 0
    while count >= 999.95 and power < len(_SIZES) - 1:
        count /= 1000
        power += 1
    return f"{count:.1f} {_SIZES[power]}" if power else f"{count:.0f} B"


def word(result: str) -> str:
    """Write a result for people."""
    return _WORDS.get(result, result)


def devices(count: int) -> str:
    """Write how many devices there are."""
    return f"{count} device{'' if count == 1 else 's'}"
