"""Maintenance windows and change freezes: may an activation start now, and if not, when. Pure.

A window is open every night (or day) between two times of a clock on a wall. Such a clock skips an hour in spring and
shows one twice in autumn, so every time on it is taken as the first moment at which it shows that time or a later one,
and from there on only moments in UTC are compared: a night of 22:00-04:00 is 5 hours long in spring, 7 in autumn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from swimctl.errors import UsageError

_TEXT: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})(?:@(\S+))?")
_EXAMPLE: Final = "write one as 22:00-04:00, or with its zone as 22:00-04:00@Europe/Berlin"
_DAY: Final = timedelta(days=1)
_YEARS: Final = range(1970, 3000)  # of freezes; nearer to the ends of what a datetime can hold, sums overflow
_MOST_OCCURRENCES: Final = 60  # looked at for one answer; a window opens once a day


@dataclass(frozen=True, slots=True)
class Window:
    """The same hours of every day, over midnight where `end` comes before `start`; no zone is that of the machine."""

    start: time
    end: time
    zone: ZoneInfo | None = None

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise UsageError(f"the window {str(self)!r} ends when it starts; {_EXAMPLE}")

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}" + (f"@{self.zone}" if self.zone else "")

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo | None = None) -> Self:
        """Read `22:00-04:00` or `22:00-04:00@Europe/Berlin`; `zone` is for a text that names none."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise UsageError(f"{text!r} is not a window; {_EXAMPLE}")
        *numbers, name = found.groups()
        hours = [int(number) for number in numbers]
        try:
            start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        except ValueError:
            raise UsageError(f"the window {text!r} has no time of day (00:00 to 23:59); {_EXAMPLE}") from None
        return cls(start, end, _zone(name, text) if name else zone)

    def opening(self, now: datetime) -> tuple[datetime, datetime]:
        """Return when the window that is open now opened and closes, else the next one; both in UTC.

        It is open from the first of them on, and no longer open at the second.
        """
        # What is open now began today or yesterday; a zone that moves over the date line costs one day more.
        day = now.astimezone(self.zone).date() - 2 * _DAY
        while True:
            opens = _moment(day, self.start, self.zone)
            closes = _moment(day if self.start < self.end else day + _DAY, self.end, self.zone)
            # A window that lies in the skipped hour as a whole does not open that day.
            if opens < closes and now < closes:
                return opens, closes
            day += _DAY


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which nothing is activated, from `start` on until just before `end`."""

    start: datetime
    end: datetime
    reason: str

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise UsageError(f"the freeze '{self.reason}' needs an offset, as in 2030-12-20T00:00+01:00")
        if self.start >= self.end:
            raise UsageError(
                f"the freeze '{self.reason}' must end after it starts, not {_period(self.start, self.end)}"
            )

    @classmethod
    def between(cls, start: date, end: date, reason: str, zone: ZoneInfo | None = None) -> Self:
        """Freeze from one time or date to another; of dates both days are frozen whole, as the zone counts them."""
        if start.year not in _YEARS or end.year not in _YEARS:
            raise UsageError(
                f"the freeze '{reason}' is not in the years {_YEARS[0]} to {_YEARS[-1]}: {_period(start, end)}"
            )
        return cls(
            start if isinstance(start, datetime) else _moment(start, time(), zone),
            end if isinstance(end, datetime) else _moment(end + _DAY, time(), zone),
            reason,
        )

    def hinders(self, start: datetime, needs: timedelta) -> bool:
        """Return whether work that starts then and takes so long would meet this freeze."""
        return start < self.end and (self.start <= start or self.start < start + needs)


@dataclass(frozen=True, slots=True)
class Go:
    """It may start now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It may start at `at`, not before. `frozen` is the reason of the freeze that it waits for, where that is one."""

    at: datetime
    why: str
    frozen: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """It will not be able to start any more."""

    why: str


def gate(
    now: datetime, needs: timedelta, *, window: Window | None, until: datetime | None, freezes: Sequence[Freeze]
) -> Go | Wait | Never:
    """Return whether an activation that needs so long may start now: all of it in the window, before `until`, unfrozen.

    Who is told to wait is told the same at every moment of the wait. Never is therefore only for one that had its
    room in the open window and let it go by: where a freeze took a part of the window, or the night is one that the
    change of the clocks made too short, the next one counts.
    """
    needs = max(needs, timedelta(0))
    if window is not None:
        opens, closes = window.opening(now)
        had_room = opens + needs <= closes and not any(freeze.hinders(opens, closes - opens) for freeze in freezes)
        if opens <= now and now + needs > closes and had_room:
            return _too_short(needs, min(closes, until or closes) - now)
    found = _first_room(now, needs, window, freezes)
    if isinstance(found, Never):
        return found
    if until is not None and found.at + needs > until:
        return _too_short(needs, until - found.at)
    return found if found.at > now else Go()


def _first_room(now: datetime, needs: timedelta, window: Window | None, freezes: Sequence[Freeze]) -> Wait | Never:
    """Find the first moment, now included, that has room behind it."""
    start, longest, frozen = now, timedelta(0), ""
    is_open = window is not None and window.opening(now)[0] <= now
    why = f"the rest of the window {window} is too short" if is_open else f"the window {window} is not open"
    for _ in range(_MOST_OCCURRENCES):
        opens, closes = (start, None) if window is None else window.opening(start)
        start = max(start, opens)
        while hindering := [freeze for freeze in freezes if freeze.hinders(start, needs)]:
            last = max(hindering, key=lambda freeze: freeze.end)
            frozen = last.reason
            start, why = last.end, f"frozen: {frozen}"  # a freeze explains the wait better than the night
        if closes is None or (start < closes and start + needs <= closes):
            return Wait(start.astimezone(UTC), why, frozen)
        longest = max(longest, closes - opens)
        start = max(start, closes)
    if longest < needs:
        return Never(
            f"the window {window} is never long enough: needs {_up(needs)}m, it is open for {_down(longest)}m at most"
        )
    return Never(f"the window {window} never has {_up(needs)}m outside a freeze; the last one is {why}")


def _period(start: date, end: date) -> str:
    return (
        f"from {start.isoformat()} to {end.isoformat()}; "
        "write one as from 2030-12-20T00:00+01:00 to 2031-01-06T06:00+01:00"
    )


def _too_short(needs: timedelta, left: timedelta) -> Never:
    return Never(f"window too short: needs {_up(needs)}m, {_down(max(left, timedelta(0)))}m left")


def _up(length: timedelta) -> int:
    return -(-length // timedelta(minutes=1))


def _down(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _moment(day: date, at: time, zone: ZoneInfo | None) -> datetime:
    """Find the first moment at which a clock on the wall shows this time, or a later one where it is skipped."""
    shown = datetime.combine(day, at)
    # The first of two such times is fold 0. timestamp() and not astimezone(): without a zone, both read the time as one
    # of this machine, but of the hour that is skipped astimezone() makes the wrong moment.
    late = datetime.fromtimestamp(shown.replace(tzinfo=zone).timestamp(), UTC)
    if _shows(late, zone) == shown:
        return late
    # It is skipped. Read with the offset before the gap it comes out behind the change, with the one after it before.
    early = datetime.fromtimestamp(shown.replace(tzinfo=zone, fold=1).timestamp(), UTC)
    while (seconds := int((late - early).total_seconds())) > 1:
        middle = early + timedelta(seconds=seconds // 2)
        if _shows(middle, zone) < shown:
            early = middle
        else:
            late = middle
    return late


def _shows(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        known = {zone.lower(): zone for zone in available_timezones()}
        if not known:
            raise UsageError(
                f"the window {text!r} has a time zone, and this machine knows none: `pip install tzdata`; {_EXAMPLE}"
            ) from None
        near = get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {known[near[0]]}? " if near else ""
        raise UsageError(f"the window {text!r} has the unknown time zone {name!r}; {hint}{_EXAMPLE}") from None
