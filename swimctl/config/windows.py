"""Maintenance windows and change freezes: may an activation start now, and if not, when. Pure.

How a window is written, and when it opens, is in hours.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from swimctl.config.hours import Openings
from swimctl.errors import UsageError
from swimctl.times.wall import YEARS, first_moment

_DAY: Final = timedelta(days=1)
_MOST_OCCURRENCES: Final = 60  # looked at for one answer


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
        if start.year not in YEARS or end.year not in YEARS:
            raise UsageError(
                f"the freeze '{reason}' is not in the years {YEARS[0]} to {YEARS[-1]}: {_period(start, end)}"
            )
        return cls(
            start if isinstance(start, datetime) else first_moment(start, time(), zone),
            end if isinstance(end, datetime) else first_moment(end + _DAY, time(), zone),
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
    """It may start at `at`, not before. `frozen` is the reason of the freeze that it waits for, where that is one;
    `window` is which of several windows opens then.
    """

    at: datetime
    why: str
    frozen: str = ""
    window: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Shut:
    """It may not start now, and nobody can say when: what would tell cannot be read."""

    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """It will not be able to start any more."""

    why: str


def gate(
    now: datetime, needs: timedelta, *, window: Openings | None, until: datetime | None, freezes: Sequence[Freeze]
) -> Go | Wait | Never:
    """Return whether an activation that needs so long may start now: all of it in the window, before `until`, unfrozen.

    Who is told to wait is told the same at every moment of the wait. Never is therefore only for one that had its
    room in the open window and let it go by, or whose window opens no more: where a freeze took a part of the window,
    or the night is one that the change of the clocks made too short, the next one counts.
    """
    needs = max(needs, timedelta(0))
    if window is not None:
        found = window.opening(now)
        if found is None:
            return Never(f"the window {window} opens no more")
        opens, closes = found.opens, found.closes
        had_room = opens + needs <= closes and not any(freeze.hinders(opens, closes - opens) for freeze in freezes)
        if opens <= now and now + needs > closes and had_room:
            return _too_short(needs, min(closes, until or closes) - now)
    slot = _first_room(now, needs, window, freezes)
    if isinstance(slot, Never):
        return slot
    if until is not None and slot.at + needs > until:
        return _too_short(needs, until - slot.at)
    return slot if slot.at > now else Go()


def _first_room(now: datetime, needs: timedelta, window: Openings | None, freezes: Sequence[Freeze]) -> Wait | Never:
    """Find the first moment, now included, that has room behind it."""
    start, longest, frozen = now, timedelta(0), ""
    first = None if window is None else window.opening(now)
    is_open = first is not None and first.opens <= now
    why = f"the rest of the window {window} is too short" if is_open else f"the window {window} is not open"
    for _ in range(_MOST_OCCURRENCES):
        found = None if window is None else window.opening(start)
        if window is not None and found is None:
            break
        if found is not None:
            start = max(start, found.opens)
        while hindering := [freeze for freeze in freezes if freeze.hinders(start, needs)]:
            last = max(hindering, key=lambda freeze: freeze.end)
            frozen = last.reason
            start, why = last.end, f"frozen: {frozen}"  # a freeze explains the wait better than the night
        if found is None or (start < found.closes and start + needs <= found.closes):
            return Wait(start.astimezone(UTC), why, frozen, found.of if found else "")
        longest = max(longest, found.closes - found.opens)
        start = max(start, found.closes)
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
