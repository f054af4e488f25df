"""A clock on a wall: which moment it is when it shows a time, also where it skips an hour or shows one twice. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from swimctl.errors import UsageError

# Nearer to the ends of what a datetime can hold, sums overflow.
YEARS: Final = range(1970, 3000)


def first_moment(day: date, at: time, zone: ZoneInfo | None) -> datetime:
    """Return the first moment, in UTC, at which a clock shows this time, or a later one where it is skipped.

    No zone is that of this machine.
    """
    shown = datetime.combine(day, at)
    # The first of two such times is fold 0. timestamp() and not astimezone(): without a zone, both read the time as one
    # of this machine, but of the hour that is skipped astimezone() makes the wrong moment.
    late = _read(shown, zone, 0)
    if _shows(late, zone) == shown:
        return late
    # It is skipped. Read with the offset before the gap it comes out behind the change, with the one after it before.
    early = _read(shown, zone, 1)
    while (seconds := int((late - early).total_seconds())) > 1:
        middle = early + timedelta(seconds=seconds // 2)
        if _shows(middle, zone) < shown:
            early = middle
        else:
            late = middle
    return late


def readings(day: date, at: time, zone: ZoneInfo | None) -> tuple[datetime, ...]:
    """Return every moment, in UTC, at which a clock shows this time: one, two, or none where it is skipped."""
    shown = datetime.combine(day, at)
    found = (_read(shown, zone, fold) for fold in (0, 1))
    return tuple(dict.fromkeys(moment for moment in found if _shows(moment, zone) == shown))


def readings_of_skipped(day: date, at: time, zone: ZoneInfo | None) -> tuple[datetime, datetime]:
    """Return what a skipped time may have meant: with the offset after the gap, and with the one before it."""
    shown = datetime.combine(day, at)
    return _read(shown, zone, 1), _read(shown, zone, 0)


def zone_named(name: str, where: str, following: str) -> ZoneInfo:
    """Return a time zone. UsageError: this machine knows none of this name.

    `where` says in messages what has the name, `following` what to write.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        known = {zone.lower(): zone for zone in available_timezones()}
        if not known:
            raise UsageError(
                f"{where} has a time zone, and this machine knows none: `pip install tzdata`; {following}"
            ) from None
        near = get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {known[near[0]]}? " if near else ""
        raise UsageError(f"{where} has the unknown time zone {name!r}; {hint}{following}") from None


def _read(shown: datetime, zone: ZoneInfo | None, fold: int) -> datetime:
    return datetime.fromtimestamp(shown.replace(tzinfo=zone, fold=fold).timestamp(), UTC)


def _shows(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
