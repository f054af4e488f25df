"""Time as swimctl sees it: injected, so that tests and the lab run faster than life."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


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

    def __init__(self, speed: float = 1.0):
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


def rfc3339(moment: datetime) -> str:
    """Write a time in UTC with microseconds, ending in Z; text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
