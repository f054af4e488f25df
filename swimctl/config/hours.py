"""When a window is open, as people write it: 22:00-04:00, Sat 22:00-04:00@Europe/Berlin, 2026-12-05 22:00/6h. Pure.

A clock on a wall skips an hour in spring and shows one twice in autumn. So every time on it is taken as the first
moment at which it shows that time or a later one, and from there on only moments in UTC are compared: a night of
22:00-04:00 is 5 hours long in spring, 7 in autumn. A length (`/6h`) is that long in any night.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol, Self
from zoneinfo import ZoneInfo

from swimctl.errors import UsageError
from swimctl.times.durations import read_duration, write_duration
from swimctl.times.moments import WEEKDAYS, read_date, weekday_named
from swimctl.times.wall import first_moment, zone_named

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7 * _DAY
_A_DAY: Final = r"[A-Za-z]+"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"([0-9]{1,2}):([0-9]{2})"
_TEXT: Final = re.compile(
    rf"(?:(?P<days>{_A_DAY}(?:[-,]{_A_DAY})*|{_DATE}) +)?{_TIME}"
    rf"(?:-(?:(?P<last>{_A_DAY}|{_DATE}) +)?{_TIME}|/(?P<length>[0-9a-z. ]+?))(?:@(?P<zone>\S+))?"
)
_CALENDAR: Final = "calendar:"
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
EXAMPLE: Final = (
    "write one as 22:00-04:00, Sat 22:00-04:00 or 2030-12-05 22:00/6h, each with its zone as 22:00-04:00@Europe/Berlin"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """From when on, and until when, a window is open: no longer at `closes`. `of` is which of several it is."""

    opens: datetime
    closes: datetime
    of: str = ""


class Openings(Protocol):
    """What opens and closes: one window, several, or those of a calendar."""

    def opening(self, now: datetime) -> Opening | None:
        """Return the opening that is open now, else the next one; both ends in UTC. None: it opens no more."""


@dataclass(frozen=True, slots=True)
class Window:
    """The same hours of every day, of some `days` of a week (Monday is 0), or of one `day`.

    `end` is a time, or how long it is open. `nights` is how many days after its start it ends; None: on the next day
    where `end` comes before `start`, else on the same one. No zone is that of the machine.
    """

    start: time
    end: time | timedelta
    zone: ZoneInfo | None = None
    days: tuple[int, ...] = ()
    day: date | None = None
    nights: int | None = None

    def __post_init__(self) -> None:
        if self.start == self.end and self.nights is None:
            raise UsageError(f"the window {str(self)!r} ends when it starts; {EXAMPLE}")
        if self._reach <= timedelta(0):
            raise UsageError(f"the window {str(self)!r} ends before it starts; {EXAMPLE}")
        if self.day is None and self._reach >= (_WEEK if self.days else _DAY):
            raise UsageError(f"the window {str(self)!r} never closes; {EXAMPLE}")

    def __str__(self) -> str:
        day = f"{self.day} " if self.day else f"{_days_written(self.days)} " if self.days else ""
        if isinstance(self.end, timedelta):
            end = f"/{write_duration(self.end)}"
        elif self.nights is None:
            end = f"-{self.end:%H:%M}"
        elif self.day:
            end = f"-{self.day + self.nights * _DAY} {self.end:%H:%M}"
        else:
            end = f"-{WEEKDAYS[(self.days[0] + self.nights) % 7]} {self.end:%H:%M}"
        return f"{day}{self.start:%H:%M}{end}" + (f"@{self.zone}" if self.zone else "")

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo | None = None) -> Self:
        """Read one window; `zone` is for a text that names none. UsageError."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise UsageError(f"{text!r} is not a window; {EXAMPLE}")
        said = f"the window {text!r}"
        hours = [int(number) for number in (found[2], found[3], found[5], found[6]) if number is not None]
        try:
            start, *end = (time(hour, minute) for hour, minute in zip(hours[::2], hours[1::2], strict=True))
        except ValueError:
            raise UsageError(f"{said} has no time of day (00:00 to 23:59); {EXAMPLE}") from None
        named = zone_named(found["zone"], said, EXAMPLE) if found["zone"] else zone
        days, day = _when(found["days"] or "", said)
        try:
            length = read_duration(found["length"]) if found["length"] else None
        except UsageError as error:
            raise UsageError(f"{said}: {error}; {EXAMPLE}") from None
        nights = _nights(found["last"], days, day, said, same_day=bool(end) and start < end[0])
        # Whoever writes `Sat 22:00-Sun 04:00` means what `Sat 22:00-04:00` says: it is one window, and reads as one.
        if nights is not None and end and nights == int(end[0] < start) and end[0] != start:
            nights = None
        return cls(start, end[0] if length is None else length, named, days, day, nights)

    def opening(self, now: datetime) -> Opening | None:
        """Return the opening that is open now, else the next one; both ends in UTC. None: it opens no more."""
        return next((one for one in self.from_(now) if now < one.closes), None)

    def from_(self, moment: datetime) -> Iterator[Opening]:
        """Yield its openings in their order, beginning before those that are open at a moment."""
        if self.day is not None:
            yield from self._of(self.day)
            return
        # What is open began so long ago at most; a zone that moves over the date line costs one day more.
        day = moment.astimezone(self.zone).date() - self._reach - 2 * _DAY
        while True:
            if not self.days or day.weekday() in self.days:
                yield from self._of(day)
            day += _DAY

    @property
    def touches_itself(self) -> bool:
        """Return whether one opening of it may begin before the one before it has ended."""
        return self.day is None and self._reach >= _DAY - timedelta(hours=4)

    @property
    def _reach(self) -> timedelta:
        """Return how long it is open by a clock that nobody changes."""
        if isinstance(self.end, timedelta):
            return self.end
        nights = self.nights if self.nights is not None else int(self.end < self.start)
        return datetime.combine(date.min, self.end) - datetime.combine(date.min, self.start) + nights * _DAY

    def _of(self, day: date) -> Iterator[Opening]:
        opens = first_moment(day, self.start, self.zone)
        if isinstance(self.end, timedelta):
            closes = opens + self.end
        else:
            nights = self.nights if self.nights is not None else int(self.end < self.start)
            closes = first_moment(day + nights * _DAY, self.end, self.zone)
        if opens < closes:  # a window that lies in the skipped hour as a whole does not open that day
            yield Opening(opens, closes, str(self))


@dataclass(frozen=True, slots=True)
class FromCalendar:
    """A window that a calendar of config.yaml lists, by its name there; config/calendars.py reads it."""

    name: str

    touches_itself = True

    def __str__(self) -> str:
        return f"{_CALENDAR}{self.name}"

    def from_(self, moment: datetime) -> Iterator[Opening]:
        """Raise UsageError: only config.yaml says where the calendar is."""
        raise UsageError(f"when {self} opened or opens around {moment:%Y-%m-%d} is in the calendar alone")


def in_zone(text: str, zone: str) -> str:
    """Return windows as they are written, with a zone for those that name none; empty: nobody knows which."""
    parts = [part.strip() for part in text.split(";")]
    return "; ".join(
        f"{part}@{zone}" if zone and "@" not in part and not part.startswith(_CALENDAR) else part for part in parts
    )


class Source(Protocol):
    """One of several windows."""

    @property
    def touches_itself(self) -> bool:
        """Return whether one opening of it may begin before the one before it has ended."""

    def from_(self, moment: datetime) -> Iterator[Opening]:
        """Yield its openings in their order, beginning before those that are open at a moment."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Several windows: open where one of them is, and from one into another where they touch."""

    all: tuple[Source, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.all))

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo | None = None) -> Self:
        """Read one window, or several with `;` between them; `calendar:NAME` is one of config.yaml. UsageError."""
        return cls(tuple(dict.fromkeys(_one(part.strip(), zone) for part in text.split(";"))))

    @property
    def zoneless(self) -> bool:
        """Return whether one of them goes by the clock of whoever reads it."""
        return any(isinstance(one, Window) and one.zone is None for one in self.all)

    def opening(self, now: datetime) -> Opening | None:
        """Return the opening that is open now, else the next one; both ends in UTC. None: none of them opens any more.

        Where they touch without end, it closes in four weeks.
        """
        if len(self.all) == 1 and not self.all[0].touches_itself:
            return next((one for one in self.all[0].from_(now) if now < one.closes), None)
        early = now - _WEEK - _DAY  # so that one that began with another window is seen as a whole
        return joined(heapq.merge(*(window.from_(early) for window in self.all), key=lambda one: one.opens), now)


def joined(openings: Iterator[Opening], now: datetime) -> Opening | None:
    """Return of openings in their order the one that is open now, else the next one; those that touch are one."""
    found: Opening | None = None
    for one in openings:
        if found is None or one.opens > found.closes:
            if found is not None and now < found.closes:
                return found
            found = one
        elif one.closes > found.closes:
            found = Opening(found.opens, one.closes, found.of)
        if found.closes > now + 4 * _WEEK:
            return found
    return found if found is not None and now < found.closes else None


def _one(text: str, zone: ZoneInfo | None) -> Window | FromCalendar:
    if not text.startswith(_CALENDAR):
        return Window.parse(text, zone)
    name = text.removeprefix(_CALENDAR)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{text!r} is not a window; write calendar:NAME, with a name of swimctl.calendars")
    return FromCalendar(name)


def _when(text: str, said: str) -> tuple[tuple[int, ...], date | None]:
    """Read the days of a week, or one day."""
    if not text:
        return (), None
    if text[0].isdigit():
        return (), read_date(text, said, EXAMPLE)
    found = set[int]()
    for part in text.split(","):
        first, *last = (_weekday(word, said) for word in part.split("-"))
        if len(last) > 1:
            raise UsageError(f"{said}: {part!r} are no days; {EXAMPLE}")
        found |= {(first + n) % 7 for n in range((last[0] - first) % 7 + 1)} if last else {first}
    return tuple(sorted(found)), None


def _weekday(word: str, said: str) -> int:
    number = weekday_named(word)
    if number is None:
        raise UsageError(f"{said}: {word!r} is no day of a week ({', '.join(WEEKDAYS)}); {EXAMPLE}")
    return number


def _nights(text: str | None, days: tuple[int, ...], day: date | None, said: str, *, same_day: bool) -> int | None:
    """Return how many days after the start the end is that is named with its day; None: it names none."""
    if text is None:
        return None
    if day is not None and text[0].isdigit():
        return (read_date(text, said, EXAMPLE) - day).days
    if len(days) != 1 or text[0].isdigit():
        raise UsageError(f"{said}: an end with a day needs a start with one day of the same kind; {EXAMPLE}")
    nights = (_weekday(text, said) - days[0]) % 7
    return nights if nights or same_day else 7


def _days_written(days: tuple[int, ...]) -> str:
    """Write days as they are read: Mon-Fri, Sat,Sun, Fri-Mon."""
    starts = [day for day in days if (day - 1) % 7 not in days] or [0]
    parts = []
    for start in starts:
        length = next(n for n in range(1, 8) if n == 7 or (start + n) % 7 not in days)
        last = (start + length - 1) % 7
        parts.append(
            WEEKDAYS[start] if length == 1 else f"{WEEKDAYS[start]}{',' if length == 2 else '-'}{WEEKDAYS[last]}"
        )
    return ",".join(parts)
