"""A time for a lab and the swimctl beside it, in one process, that stands still while the process is at work.

By the wall a lab device's minutes pass while swimctl, in the next thread, waits for a processor: its timers end and its
boots are over before anybody could look. Here they pass only while every thread waits: for a moment to come, or for
the other side. So what a test shows does not hang on how busy the machine is, nor on how many devices share it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import swimctl.clock
from swimctl.clock import Deadline, SystemClock, rfc3339
from swimctl.sessions import first_prompt, session, watchdog

_TICK = 0.008
# So much of its wall time passes for a process at work: what waits for a time while another thread never rests ends.
_CREEP = 0.02
# A deadline needs no room for a busy machine.
_SHORTEST = 5.0
# So many times longer may pass by the wall meanwhile.
_BY_THE_WALL = 6


class _Threads:
    """The other threads of this process, as the kernel sees them."""

    def __init__(self) -> None:
        self._own = threading.get_native_id()
        self._files: dict[str, int] = {}
        self._last = ""  # who was seen at work: probably it still is

    @property
    def all_wait(self) -> bool:
        """Return whether none of them runs, or would run if it were given a processor or its disk."""
        if self._last and not self._waits(self._last):
            return False
        here = set(os.listdir("/proc/self/task")) - {str(self._own)}  # noqa: PTH208 - names, hundreds of times a second
        for gone in self._files.keys() - here:
            os.close(self._files.pop(gone))
        self._last = next((each for each in here if not self._waits(each)), "")
        return not self._last

    def _waits(self, thread: str) -> bool:
        try:
            file = self._files.get(thread)
            if file is None:
                file = self._files[thread] = os.open(f"/proc/self/task/{thread}/stat", os.O_RDONLY)
            state = os.pread(file, 256, 0).rpartition(b") ")[2][:1]
        except OSError:  # it has ended
            if thread in self._files:
                os.close(self._files.pop(thread))
            return True
        return state not in b"RD"

    def close(self) -> None:
        """Give the files back."""
        while self._files:
            os.close(self._files.popitem()[1])


class TimeAtRest:
    """Count the seconds in which this process waited."""

    def __init__(self) -> None:
        self._now = time.monotonic()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="time at rest", daemon=True)
        self._thread.start()

    def monotonic(self) -> float:
        """Return the seconds that have passed, since some moment."""
        return self._now

    def end(self) -> None:
        """Let this time stand still for ever."""
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        threads = _Threads()
        with contextlib.closing(threads):
            last, used = time.monotonic(), _used_by_others()
            while not self._ends.is_set():
                time.sleep(_TICK)
                wall, others = time.monotonic(), _used_by_others()
                # Who was called late was called by a machine that had no time, not by one at rest.
                passed = min(wall - last, 2 * _TICK)
                rest, creep = passed - (others - used), _CREEP * passed
                # The threads are looked at last: most often they were at work for the whole tick.
                self._now += rest if rest > creep and threads.all_wait else creep
                last, used = time.monotonic(), _used_by_others()


def _used_by_others() -> float:
    """Return the seconds of CPU that all threads but the caller's have used."""
    return time.process_time() - time.thread_time()


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
        while (left := end - self.monotonic()) > 0 and not stop.wait(max(left / self.speed, _TICK)):
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
