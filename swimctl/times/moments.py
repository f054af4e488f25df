"""Moments as people write them: 02:00, tomorrow 02:00, Sat 02:00, +2h, 2026-12-05 22:00, ISO 8601. Pure.

What could be two moments is refused, and both are named: a guess may reload a switch at noon.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from swimctl.errors import UsageError
from swimctl.times.durations import read_duration
from swimctl.times.wall import YEARS, first_moment, readings, readings_of_skipped, zone_named

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TEXT: Final = re.compile(
    r"(?:(?P<day>[A-Za-z]+|[0-9]{4}-[0-9]{2}-[0-9]{2}) +)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?:@(?P<zone>\S+))?"
)
_DAY: Final = timedelta(days=1)
_SMALL_HOURS: Final = 4  # until then, "tomorrow" is for many still the day that has begun
EXAMPLE: Final = "give it as 02:00, tomorrow 02:00, Sat 02:00, +2h, 2030-05-04T02:00+02:00 or 2030-05-04T00:00Z"


def read_moment(text: str, now: datetime, what: str, zone: ZoneInfo | None = None) -> datetime:
    """Read a moment, with the offset that it has there. UsageError: it is none, or could be two.

    `what` names it in messages, such as an option. `zone` is of a text that names none; None is that of this machine.
    """
    written = text.strip(" ")
    if written.startswith("+"):
        return _later(written, now, f"{what} {text!r}", zone)
    found = _TEXT.fullmatch(written)
    if found is None:
        return _iso(text, written, what)
    said = f"{what} {text!r}"
    if found["zone"]:
        zone = zone_named(found["zone"], said, EXAMPLE)
    try:
        at = time(int(found["hour"]), int(found["minute"]))
    except ValueError:
        raise UsageError(f"{said} has no time of day (00:00 to 23:59); {EXAMPLE}") from None
    days = _days(found["day"], now.astimezone(zone), said, at, zone)
    for day in days:
        moments = readings(day, at, zone)
        # Of a day that is to come only: what was skipped or doubled this morning disturbs nobody any more.
        if len(days) > 1 and (moments[-1] if moments else first_moment(day, at, zone)) <= now:
            continue
        return _the_one(moments, day, at, zone, said)
    raise UsageError(f"{said} is on no day to come; {EXAMPLE}")


def is_iso(text: str) -> bool:
    """Return whether a text is a moment that anybody reads as the same: ISO 8601, with its offset."""
    try:
        return datetime.fromisoformat(text.strip(" ")).utcoffset() is not None
    except ValueError:
        return False


def weekday_named(word: str) -> int | None:
    """Return the number of a weekday, Monday is 0; None: it is none."""
    name = word.lower()
    if name in _LONG:
        return _LONG.index(name)
    short = [day.lower() for day in WEEKDAYS]
    return short.index(name) if name in short else None


def read_date(text: str, said: str, following: str) -> date:
    """Read 2026-12-05. UsageError: no calendar has it, or its year is far away; `following` is what to write."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{said}: no calendar has the day {text}; {following}") from None
    if day.year not in YEARS:
        raise UsageError(f"{said} is not in the years {YEARS[0]} to {YEARS[-1]}; {following}")
    return day


def _later(written: str, now: datetime, said: str, zone: ZoneInfo | None) -> datetime:
    try:
        # In UTC: two hours are two hours, whatever a clock on the wall does meanwhile.
        return _there(now.astimezone(UTC) + read_duration(written[1:]), zone)
    except UsageError as error:
        raise UsageError(f"{said}: {error}") from None
    except OverflowError:
        raise UsageError(f"{said} is later than there is time; {EXAMPLE}") from None


def _iso(text: str, written: str, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError(f"{what} {text!r} is not a time; {EXAMPLE}") from None
    if moment.utcoffset() is None:
        raise UsageError(f"{what} {text!r} has no offset from UTC; {EXAMPLE}")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{what} {text!r} is not in the years 1 to 9999; {EXAMPLE}") from None
    return moment


def _days(word: str | None, local: datetime, said: str, at: time, zone: ZoneInfo | None) -> list[date]:
    """Return the days that are meant: of one that is named by no more than its time, the nearest one counts."""
    today = local.date()
    if word is None:
        return [today, today + _DAY, today + 2 * _DAY]
    if word[0].isdigit():
        return [read_date(word, said, EXAMPLE)]
    if word.lower() == "today":
        return [today]
    if word.lower() == "tomorrow":
        if local.hour < _SMALL_HOURS:
            both = " or ".join(_shown(first_moment(day, at, zone), zone) for day in (today, today + _DAY))
            raise UsageError(f"{said}: it is {local:%H:%M}, so that may be {both}; give one of them")
        return [today + _DAY]
    weekday = weekday_named(word)
    if weekday is None:
        raise UsageError(f"{said}: {word!r} is no day (today, tomorrow, {', '.join(WEEKDAYS)}); {EXAMPLE}")
    nearest = today + ((weekday - today.weekday()) % 7) * _DAY
    return [nearest, nearest + 7 * _DAY]


def _the_one(moments: tuple[datetime, ...], day: date, at: time, zone: ZoneInfo | None, said: str) -> datetime:
    if len(moments) == 1:
        return _there(moments[0], zone)
    where = f"in {zone}" if zone else "on this machine"
    if moments:
        both = " and ".join(_shown(moment, zone) for moment in moments)
        raise UsageError(f"{said}: the clocks {where} show {at:%H:%M} twice on {day}: {both}; give one of them")
    both = " or ".join(_shown(moment, zone) for moment in readings_of_skipped(day, at, zone))
    raise UsageError(f"{said}: the clocks {where} skip {at:%H:%M} on {day}; it may be {both}; give one of them")


def _there(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """Return a moment with its offset in a zone, not with the zone: what comes twice there equals nothing elsewhere."""
    local = moment.astimezone(zone)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)), fold=0)


def _shown(moment: datetime, zone: ZoneInfo | None) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")
