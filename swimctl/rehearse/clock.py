"""The clock of a rehearsal: a night in minutes, in a time that stands still while this process is at work."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from swimctl.clock import SystemClock, rfc3339
from swimctl.rehearse.rest import TICK, TimeAtRest

# Real seconds between two looks at a time that may stand still.
_LOOK: Final = 0.05


class RehearsalClock(SystemClock):
    """Show a date that runs from `start` on. `pace` device seconds pass in each second of the time at rest.

    `speed` is that of the rehearsed swimctl, 1 in life: it relates device seconds and dates, as its own clock does.
    `looks`: device seconds between two looks of which a second of life lies. `leeway`: what a library waits for by the
    wall may take so many times longer, as this time stands still meanwhile.
    """

    leeway = 30.0

    def __init__(self, rest: TimeAtRest, pace: float, start: datetime, speed: float = 1.0) -> None:
        super().__init__(speed)
        self.rest, self.pace, self.start = rest, pace, start
        self.looks = max(speed, _LOOK * pace)
        self._begun = rest.monotonic()

    def restart(self, start: datetime) -> None:
        """Show this date from now on."""
        self.start, self._begun = start, self.rest.monotonic()

    @property
    def passed(self) -> float:
        """Return the device seconds since the start."""
        return (self.rest.monotonic() - self._begun) * self.pace

    def now(self) -> datetime:
        """Return the date that is played."""
        return self.start + timedelta(seconds=self.passed / self.speed)

    def monotonic(self) -> float:
        """Return device seconds since some moment."""
        return self.rest.monotonic() * self.pace

    def mark(self) -> dict[str, str | float]:
        """Write this moment down; it means something in this process alone."""
        return {"at": rfc3339(self.now()), "passed": self.passed}

    def since(self, mark: Mapping[str, Any]) -> float:
        """Return the device seconds since a mark."""
        if "passed" in mark:
            return self.passed - float(mark["passed"])
        return (self.now() - datetime.fromisoformat(str(mark["at"]))).total_seconds() * self.speed

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait so many device seconds, or until `stop` is set."""
        stop, end = stop or threading.Event(), self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0 and not stop.wait(max(left / self.pace, TICK)):
            pass
