"""The time zone of this machine, by its name: what was asked for here may be read elsewhere."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LOCALTIME: Final = Path("/etc/localtime")
_TIMEZONE: Final = Path("/etc/timezone")
_IN: Final = "zoneinfo/"
_SAME_AS_UTC: Final = frozenset({"", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "UCT", "Zulu", "Universal"})


def zone_here() -> str:
    """Return the name of this machine's zone, such as Europe/Berlin; empty where it has none that is known."""
    return _zone(os.environ.get("TZ"))


@lru_cache(maxsize=4)
def _zone(said: str | None) -> str:
    for name in _candidates(said):
        plain = "UTC" if name in _SAME_AS_UTC else name
        if _is_here(plain):
            return plain
    return ""


def _candidates(said: str | None) -> list[str]:
    """Return what may be its name, the surest first."""
    if said is not None:
        return [said.removeprefix(":").rpartition(_IN)[2]]
    found = []
    with suppress(OSError):
        target = str(_LOCALTIME.resolve())
        if _IN in target:
            found.append(target.rpartition(_IN)[2].removeprefix("posix/"))
    with suppress(OSError):
        found.append(_TIMEZONE.read_text(encoding="utf-8").strip() or "UTC")
    return found


def _is_here(name: str) -> bool:
    """Return whether a zone shows what the clock here shows, in each month of some years: a file may be of old."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    now = datetime.now(UTC)
    moments = (now + timedelta(days=30 * month) for month in range(-12, 37))
    return all(moment.astimezone(zone).utcoffset() == moment.astimezone().utcoffset() for moment in moments)
