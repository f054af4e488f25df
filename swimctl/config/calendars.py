"""Calendars as windows and as freezes: iCalendar files that config.yaml names, read anew before anything starts.

A file that is not there, not whole or empty never means that something may start: who asks is told why not.
"""

from __future__ import annotations

import bisect
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from swimctl.config.hours import FromCalendar, Opening, Openings, Windows
from swimctl.config.settings import Settings
from swimctl.config.together import Together
from swimctl.config.windows import Freeze, Go, Never, Shut, Wait, gate
from swimctl.errors import CalendarUnread, ConfigError, UsageError
from swimctl.times.here import zone_here
from swimctl.times.wall import zone_named

_AHEAD: Final = timedelta(days=400)
_BEHIND: Final = timedelta(days=40)
_LARGEST: Final = 10_000_000  # bytes
# Real seconds for which a file is not read again.
FRESH: Final = 1.0
# Real seconds for which somebody who waits is told the same, and how many different answers are kept.
_WAITS: Final = 60.0
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """A window that a calendar lists: its openings, as far ahead as they were asked for."""

    name: str
    openings: tuple[Opening, ...]

    touches_itself = True

    def __str__(self) -> str:
        return self.name

    def from_(self, moment: datetime) -> Iterator[Opening]:
        """Yield its openings in their order, beginning before those that are open at a moment."""
        began = bisect.bisect_left([one.opens for one in self.openings], moment - _BEHIND)
        yield from self.openings[began:]


@dataclass(frozen=True, slots=True)
class _Read:
    """A calendar as it was read."""

    text: bytes
    at: float
    about: datetime
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """That somebody has to wait, as it was found at a moment; `ticks` are of a clock that nobody sets."""

    wait: Wait
    moment: datetime
    ticks: float


def bytes_of(path: Path) -> bytes:
    """Return what is in a calendar's file. ConfigError."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"it cannot be read: {error.strerror}; put it back, or take it out of config.yaml") from None
    if len(text) > _LARGEST:
        raise ConfigError(f"it is larger than {_LARGEST // 1_000_000} MB")
    return text


class Known:
    """What was read of calendars, for all who share it: each file is read once for them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.read: dict[Path, _Read] = {}
        self.unread: dict[Path, tuple[float, ConfigError]] = {}


class Calendars:
    """The calendars of one configuration. `read` returns what is in a file; see `bytes_of`.

    `zone` is where the configuration is, if not here: times without a zone are of that one.
    """

    def __init__(
        self,
        settings: Settings,
        read: Callable[[Path], bytes] = bytes_of,
        ticks: Callable[[], float] = time.monotonic,
        *,
        zone: str = "",
        known: Known | None = None,
    ) -> None:
        self._settings = settings
        self._bytes = read
        self._ticks = ticks
        self._zone = zone
        self._known, self._shared = known or Known(), known is not None
        self._waits: dict[tuple[object, ...], _Told] = {}

    @property
    def freeze(self) -> bool:
        """Return whether there is any freeze, or a calendar that may list one."""
        return bool(self._settings.freezes or self._settings.freeze_calendars)

    def windows(self, text: str, now: datetime, zone: str = "") -> Openings:
        """Return windows as they are written, with those of calendars. UsageError, CalendarUnread.

        `zone` is for those that name none. A calendar that was read a moment ago is not read again.
        """
        found = Windows.parse(text, self._zone_of(zone or self._zone))
        every = (self._of(each, now) if isinstance(each, FromCalendar) else each for each in found.all)
        return replace(found, all=tuple(every))

    def freezes(self, now: datetime) -> tuple[Freeze, ...]:
        """Return the freezes of config.yaml and of its calendars. CalendarUnread."""
        listed = [one for path in self._settings.freeze_calendars for one in self.openings(path, now)]
        return (*self._settings.freezes, *(Freeze(one.opens, one.closes, one.of) for one in listed))

    def together(self, batch: str | None, own: str | None, now: datetime, zone: str = "") -> Openings | None:
        """Return the hours of a batch's window and of a device's own one, as `windows`; None: there is neither.

        `zone` is of the batch.
        """
        whole = None if batch is None else self.windows(batch, now, zone)
        return whole if own is None else Together(whole, self.windows(own, now))

    def gate(
        self,
        now: datetime,
        needs: timedelta,
        window: str | None,
        until: datetime | None,
        zone: str = "",
        own: str | None = None,
        *,
        frozen: bool = True,
    ) -> Go | Wait | Never | Shut:
        """Return whether an activation that needs so long may start now; Shut where a calendar does not say.

        `own` is the window of the device itself: both must be open. Without `frozen`, freezes do not count.

        Who waits is told so for a minute, as long as it is not the time: that is the same for all who ask the same.
        Nobody starts, or never starts, by what was read before: for this all is read anew.
        """
        asked, ticks = (needs, window, until, zone, own, frozen), self._ticks()
        known = self._waits.get(asked)
        if known is not None and 0 <= ticks - known.ticks < _WAITS and known.moment <= now < known.wait.at:
            return known.wait
        try:
            opens = self.together(window, own, now, zone)
            freezes = self.freezes(now) if frozen else ()
            told = gate(now, needs, window=opens, until=until, freezes=freezes)
        except (CalendarUnread, UsageError) as error:  # or a zone that this machine does not know
            return Shut(str(error))
        if isinstance(told, Wait):
            if len(self._waits) >= _MOST:
                self._waits.clear()
            self._waits[asked] = _Told(told, now, ticks)
        return told

    def marks(self) -> dict[str, str]:
        """Return the SHA-256 of each file, by the setting that names it. CalendarUnread."""
        named = {f"swimctl.calendars.{name}": path for name, path in self._settings.calendars.items()}
        named |= {f"swimctl.freeze_calendars {path}": path for path in self._settings.freeze_calendars}
        marks = {}
        for setting, path in named.items():
            try:
                marks[setting] = hashlib.sha256(self._bytes(path)).hexdigest()
            except ConfigError as error:
                raise _unread(path, error) from None
        return marks

    def openings(self, path: Path, now: datetime) -> tuple[Opening, ...]:
        """Return what a calendar lists from a while ago on, to a year ahead. CalendarUnread.

        One that was read a moment ago is not read again. Nor is one that others could not read just now.
        """
        with self._known.lock:
            return self._openings(path, now)

    def _openings(self, path: Path, now: datetime) -> tuple[Opening, ...]:
        from swimctl.config.ical import occurrences

        known, ticks = self._known.read.get(path), self._ticks()
        tried, problem = self._known.unread.get(path, (ticks, None))
        if problem is not None and self._shared and 0 <= ticks - tried < FRESH:
            raise _unread(path, problem)
        near = known is not None and abs(now - known.about) < timedelta(days=1)
        if known is not None and near and 0 <= ticks - known.at < FRESH:
            return known.openings
        try:
            text = self._bytes(path)
            if known is not None and near and known.text == text:
                self._known.read[path] = replace(known, at=ticks)
                return known.openings
            listed = occurrences(text, now - _BEHIND, now + _AHEAD, self._zone_of(self._zone))
        except ConfigError as error:
            self._known.read.pop(path, None)
            self._known.unread[path] = (ticks, error)
            raise _unread(path, error) from None
        found = tuple(Opening(one.start, one.end, one.summary) for one in listed)
        self._known.unread.pop(path, None)
        self._known.read[path] = _Read(text, ticks, now, found)
        return found

    def _zone_of(self, name: str) -> ZoneInfo | None:
        """Return the zone of a name; None is that of this machine, which needs no name in messages. UsageError."""
        if not name or name == zone_here():
            return None
        return zone_named(name, "what was asked for elsewhere", "write windows with their zone")

    def _of(self, window: FromCalendar, now: datetime) -> Listed:
        path = self._settings.calendars.get(window.name)
        if path is None:
            known = ", ".join(sorted(self._settings.calendars)) or "none"
            raise UsageError(f"config.yaml names no calendar {window.name!r} (swimctl.calendars: {known})")
        return Listed(str(window), tuple(replace(one, of=f"{window} ({one.of})") for one in self.openings(path, now)))


def _unread(path: Path, error: ConfigError) -> CalendarUnread:
    return CalendarUnread(f"the calendar {path} does not count, so nothing is activated: {error}")
