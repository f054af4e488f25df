"""Calendars as windows and as freezes: iCalendar files that config.yaml names, read anew before each decision.

A file that is not there, not whole or empty never means that something may start: who asks is told why not.
"""

from __future__ import annotations

import bisect
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from swimctl.config.hours import FromCalendar, Opening, Openings, Windows
from swimctl.config.settings import Settings
from swimctl.config.windows import Freeze, Go, Never, Shut, Wait, gate
from swimctl.errors import CalendarUnread, ConfigError, UsageError

_AHEAD: Final = timedelta(days=400)
_BEHIND: Final = timedelta(days=40)
_LARGEST: Final = 10_000_000  # bytes
_FRESH: Final = 1.0  # real seconds for which a file is not read again


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


class Calendars:
    """The calendars of one configuration. `read` returns what is in a file; see `bytes_of`."""

    def __init__(
        self, settings: Settings, read: Callable[[Path], bytes] = bytes_of, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._bytes = read
        self._ticks = ticks
        self._read: dict[Path, _Read] = {}

    @property
    def freeze(self) -> bool:
        """Return whether there is any freeze, or a calendar that may list one."""
        return bool(self._settings.freezes or self._settings.freeze_calendars)

    def windows(self, text: str, now: datetime) -> Openings:
        """Return windows as they are written, with those of calendars. UsageError, CalendarUnread."""
        found = Windows.parse(text)
        every = (self._of(each, now) if isinstance(each, FromCalendar) else each for each in found.all)
        return replace(found, all=tuple(every))

    def freezes(self, now: datetime) -> tuple[Freeze, ...]:
        """Return the freezes of config.yaml and of its calendars. CalendarUnread."""
        listed = [one for path in self._settings.freeze_calendars for one in self.openings(path, now)]
        return (*self._settings.freezes, *(Freeze(one.opens, one.closes, one.of) for one in listed))

    def gate(
        self, now: datetime, needs: timedelta, window: str | None, until: datetime | None
    ) -> Go | Wait | Never | Shut:
        """Return whether an activation that needs so long may start now; Shut where a calendar does not say."""
        try:
            opens = None if window is None else self.windows(window, now)
            return gate(now, needs, window=opens, until=until, freezes=self.freezes(now))
        except (CalendarUnread, UsageError) as error:  # or a zone that this machine does not know
            return Shut(str(error))

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
        """Return what a calendar lists from a while ago on, to a year ahead. CalendarUnread."""
        from swimctl.config.ical import occurrences

        known, ticks = self._read.get(path), self._ticks()
        near = known is not None and abs(now - known.about) < timedelta(days=1)
        if known is not None and near and 0 <= ticks - known.at < _FRESH:
            return known.openings
        try:
            text = self._bytes(path)
            if known is not None and near and known.text == text:
                self._read[path] = replace(known, at=ticks)
                return known.openings
            listed = occurrences(text, now - _BEHIND, now + _AHEAD)
        except ConfigError as error:
            self._read.pop(path, None)
            raise _unread(path, error) from None
        found = tuple(Opening(one.start, one.end, one.summary) for one in listed)
        self._read[path] = _Read(text, ticks, now, found)
        return found

    def _of(self, window: FromCalendar, now: datetime) -> Listed:
        path = self._settings.calendars.get(window.name)
        if path is None:
            known = ", ".join(sorted(self._settings.calendars)) or "none"
            raise UsageError(f"config.yaml names no calendar {window.name!r} (swimctl.calendars: {known})")
        return Listed(str(window), tuple(replace(one, of=f"{window} ({one.of})") for one in self.openings(path, now)))


def _unread(path: Path, error: ConfigError) -> CalendarUnread:
    return CalendarUnread(f"the calendar {path} does not count, so nothing is activated: {error}")
