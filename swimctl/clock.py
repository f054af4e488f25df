"""Time as swimctl sees it: injected, so that tests and the lab run faster than life."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol

# A machine under load answers late whatever speed the lab runs at, so no deadline gets shorter than this in real
# seconds. In life (speed 1) it changes nothing: a deadline below it stays as it is.
_SHORTEST_REAL = 20.0


class Clock(Protocol):
    """What may ask for the time. Waits and deadlines are in device seconds, records in real UTC."""

    speed: float

    def now(self) -> datetime:
        """Tell the real time, in UTC."""

    def monotonic(self) -> float:
        """Tell device seconds since some moment; for waits and deadlines only."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait so many device seconds, or until `stop` is set."""


class SystemClock:
    """Run device time `speed` times faster than life; anything but 1 is for the lab."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> datetime:
        """Tell the real time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Tell device seconds since some moment."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait so many device seconds, or until `stop` is set."""
        if stop is None:
            time.sleep(max(0.0, seconds) / self.speed)
        else:
            stop.wait(max(0.0, seconds) / self.speed)


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
    def left(self) -> float:
        """Tell the device seconds left, not below 0."""
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def left_real(self) -> float:
        """Tell the real seconds left, for a library that waits by itself."""
        return self.left / self._clock.speed

    @property
    def passed(self) -> bool:
        """Tell whether it is over."""
        return self.left <= 0


def rfc3339(moment: datetime) -> str:
    """Write a time in UTC with microseconds, ending in Z; text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
