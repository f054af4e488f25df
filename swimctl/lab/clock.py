"""The lab's time: seconds that run faster than real time, and the date that the switches show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_STANDS = 0.005
"""Real seconds until a clock that stood still is looked at again."""


class LabClock:
    """Count lab seconds since the lab was started, `speed` of them in each real second."""

    def __init__(self, speed: float, monotonic: Callable[[], float] = time.monotonic, epoch: datetime | None = None):
        self.speed = speed
        self._monotonic = monotonic
        self._start = monotonic()
        self._epoch = epoch or datetime.now(UTC)

    def set_to(self, date: datetime) -> LabClock:
        """Return a clock that counts on as this one does, and shows that date now."""
        other = LabClock(self.speed, self._monotonic, date - timedelta(seconds=self.now()))
        other._start = self._start
        return other

    def now(self) -> float:
        """Return the lab seconds since the start."""
        return (self._monotonic() - self._start) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait so many lab seconds, also where this clock stands still meanwhile."""
        end, least = self.now() + seconds, 0.0
        while (left := end - self.now()) > 0:
            await asyncio.sleep(max(left / self.speed, least))
            least = _STANDS

    def wall(self) -> datetime:
        """Return the UTC date and time that the switches show now."""
        return self.at(self.now())

    def at(self, moment: float) -> datetime:
        """Return the UTC date and time of a lab second; moments before the start are negative."""
        return self._epoch + timedelta(seconds=moment)
