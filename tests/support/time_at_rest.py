"""A lab and the swimctl beside it in a time that stands still while the process is at work: see rehearse/rest.py.

What a test shows does not hang then on how busy the machine is, nor on how many devices share it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import swimctl.clock
from swimctl.clock import Deadline, SystemClock, rfc3339
from swimctl.rehearse.rest import TICK, TimeAtRest
from swimctl.sessions import first_prompt, session, watchdog

# A deadline needs no room for a busy machine.
_SHORTEST = 5.0
# So many times longer may pass by the wall meanwhile.
_BY_THE_WALL = 6


class ClockAtRest(SystemClock):
    """swimctl's clock in such a time."""

    def __init__(self, at_rest: TimeAtRest, speed: float = 1.0) -> None:
        super().__init__(speed)
        self.at_rest = at_rest

    def monotonic(self) -> float:
        return self.at_rest.monotonic() * self.speed

    def mark(self) -> dict[str, str | float]:
        return {"at": rfc3339(datetime.now(UTC)), "ticks": self.at_rest.monotonic()}

    def since(self, mark: Mapping[str, Any]) -> float:
        return (self.at_rest.monotonic() - float(mark["ticks"])) * self.speed

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        stop, end = stop or threading.Event(), self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0 and not stop.wait(max(left / self.speed, TICK)):
            pass


def is_at_rest() -> bool:
    """Return whether such a time is in use here: then no swimctl of another process may meet its devices.

    That one lives by the wall, so their uptimes look too short to it, as if they had booted.
    """
    return not isinstance(swimctl.clock.SystemClock, type)


def _left_by_the_wall(deadline: Deadline) -> float:
    """Return the seconds that a socket or a library may wait, which knows the wall's time alone."""
    return _BY_THE_WALL * deadline.left / deadline._clock.speed


@contextmanager
def time_at_rest() -> Iterator[TimeAtRest]:
    """Let what opens a folder in this process, and its sessions, live in a time that stands still with its work."""
    at_rest = TimeAtRest()
    ticks = SimpleNamespace(monotonic=at_rest.monotonic)
    with contextlib.ExitStack() as stack:
        stack.callback(at_rest.end)
        stack.enter_context(patch.object(swimctl.clock, "SystemClock", partial(ClockAtRest, at_rest)))
        stack.enter_context(patch.object(swimctl.clock, "_SHORTEST_REAL", _SHORTEST))
        stack.enter_context(patch.object(Deadline, "left_real", property(_left_by_the_wall)))
        for module in (session, first_prompt, watchdog):
            stack.enter_context(patch.object(module, "time", ticks))
        yield at_rest
