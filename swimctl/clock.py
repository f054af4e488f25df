"""Time as swimctl sees it: injected, so that tests and the lab run faster than real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

# A machine under load answers late whatever speed the lab runs at, so no deadline gets shorter than this in real
# seconds. In life (speed 1) it changes nothing: a deadline below it stays as it is.
_SHORTEST_REAL = 20.0


class Clock(Protocol):
    """What may ask for the time. Waits and deadlines are in device seconds, records in real UTC."""

    speed: float

    def now(self) -> datetime:
        """Return the real time, in UTC."""

    def monotonic(self) -> float:
        """Return device seconds since some moment; for waits and deadlines only."""

    def mark(self) -> dict[str, str | float]:
        """Write this moment down, as JSON can say it, for `since`."""

    def since(self, mark: Mapping[str, Any]) -> float:
        """Return the device seconds since a mark, also one of another process."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait so many device seconds, or until `stop` is set."""


class SystemClock:
    """Run device time `speed` times faster than real time; anything but 1 is for the lab."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> datetime:
        """Return the real time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return device seconds since some moment."""
        return time.monotonic() * self.speed

    def mark(self) -> dict[str, str | float]:
        """Write this moment down in both clocks of this machine."""
        return {"at": rfc3339(self.now()), "machine": _this_boot(), "ticks": _ticks()}

    def since(self, mark: Mapping[str, Any]) -> float:
        """Return the device seconds since a mark.

        While this machine stays up its own ticks decide, which nobody can set. Only after a restart of the machine,
        or for a mark without ticks, the time of day does.
        """
        if mark.get("machine") and mark["machine"] == _this_boot():
            return (_ticks() - float(mark["ticks"])) * self.speed
        return (self.now() - datetime.fromisoformat(str(mark["at"]))).total_seconds() * self.speed

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait so many device seconds, or until `stop` is set."""
        if stop is None:
            time.sleep(max(0.0, seconds) / self.speed)
        else:
            stop.wait(max(0.0, seconds) / self.speed)


def real_seconds(clock: Clock, seconds: float) -> float:
    """Return the real seconds that so many device seconds take at least: a rehearsal's clock stands still at times."""
    return seconds / float(getattr(clock, "pace", clock.speed))


def between_looks(clock: Clock, seconds: float) -> float:
    """Return the device seconds between two looks that are to lie so many real seconds apart.

    In a rehearsal those are longer, as its real seconds are short.
    """
    return seconds * float(getattr(clock, "looks", clock.speed))


class Limit(float):
    """So many device seconds, with the setting that they come from; what is reckoned from them has none."""

    setting = ""

    @classmethod
    def of(cls, seconds: float, setting: str) -> Limit:
        """Return seconds that know their setting."""
        limit = cls(seconds)
        limit.setting = setting
        return limit


class Deadline:
    """A moment after which waiting ends, `seconds` of device time from now.

    `watch`: no limit for one who may be late, but a time to look on for; it is kept as it is at any speed.
    """

    def __init__(self, clock: Clock, seconds: float, *, watch: bool = False) -> None:
        self._clock = clock
        self.seconds = seconds
        # In device time, as the clock may be one of a test; see _SHORTEST_REAL.
        shortest = 0.0 if watch else min(seconds, _SHORTEST_REAL) * clock.speed
        self._end = clock.monotonic() + max(seconds, shortest)

    @property
    def told(self) -> str:
        """Return how long it is, and by which setting where one alone sets it: `30s (swimctl.deadlines.connect)`."""
        setting = self.seconds.setting if isinstance(self.seconds, Limit) else ""
        return f"{self.seconds:.0f}s{f' ({setting})' if setting else ''}"

    @property
    def left(self) -> float:
        """Return the device seconds left, not below 0."""
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def left_real(self) -> float:
        """Return the real seconds left, for a library that waits by itself."""
        return real_seconds(self._clock, self.left) * float(getattr(self._clock, "leeway", 1.0))

    @property
    def passed(self) -> bool:
        """Return whether it is over."""
        return self.left <= 0


@cache
def _this_boot() -> str:
    """Return the boot of this machine that its ticks count from; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _ticks() -> float:
    """Return the seconds since this machine booted, those it slept through included; the same for every process."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def to_the_minute(at: datetime) -> str:
    """Write a time for people, in UTC, such as 2030-05-04T02:00Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def rfc3339(moment: datetime) -> str:
    """Write a time in UTC with microseconds, ending in Z; text order is time order."""
    # strftime writes the year 252 in three digits, which no reader takes.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
