"""A time for a lab and the swimctl beside it, in one process, that stands still while the process is at work.

By the wall a lab device's minutes pass while swimctl, in the next thread, waits for a processor: its timers end and its
boots are over before anybody could look. Here they pass only while every thread waits: for a moment to come, or for
the other side. So what comes of it does not hang on how busy the machine is, nor on how many devices share it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

TICK: Final = 0.008
# So much of its wall time passes for a process at work: what waits for a time while another thread never rests ends.
_CREEP: Final = 0.02
_THREADS: Final = "/proc/self/task"


class _Threads:
    """The other threads of this process, as the kernel sees them; a system that shows none of them calls all idle."""

    def __init__(self) -> None:
        self._own = threading.get_native_id()
        self._files: dict[str, int] = {}
        self._here: set[str] = set()
        self._last = ""  # who was seen at work: probably it still is

    @property
    def all_wait(self) -> bool:
        """Return whether none of them runs, or would run if it were given a processor or its disk."""
        if self._last and not self._waits(self._last):
            return False
        try:
            # Who has ended is found out by the look at it, and who came by the number of links: two more than threads.
            if os.stat(_THREADS).st_nlink - 3 != len(self._here):  # noqa: PTH116 - hundreds of times a second
                self._here = set(os.listdir(_THREADS)) - {str(self._own)}  # noqa: PTH208 - as above
        except OSError:
            return True
        for gone in self._files.keys() - self._here:
            os.close(self._files.pop(gone))
        self._last = next((each for each in self._here if not self._waits(each)), "")
        return not self._last

    def _waits(self, thread: str) -> bool:
        try:
            file = self._files.get(thread)
            if file is None:
                file = self._files[thread] = os.open(f"{_THREADS}/{thread}/stat", os.O_RDONLY)
            state = os.pread(file, 256, 0).rpartition(b") ")[2][:1]
        except OSError:  # it has ended
            self._here = set()
            if thread in self._files:
                os.close(self._files.pop(thread))
            return True
        return state not in b"RD"

    def close(self) -> None:
        """Close the files."""
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
        """Stop this time for ever."""
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        threads = _Threads()
        with contextlib.closing(threads):
            last, used = time.monotonic(), _used_by_others()
            while not self._ends.is_set():
                time.sleep(TICK)
                wall, others = time.monotonic(), _used_by_others()
                # Who was called late was called by a machine that had no time, not by one at rest.
                passed = min(wall - last, 2 * TICK)
                rest, creep = passed - (others - used), _CREEP * passed
                # The threads are looked at last: most often they were at work for the whole tick.
                self._now += rest if rest > creep and threads.all_wait else creep
                last, used = time.monotonic(), _used_by_others()


def _used_by_others() -> float:
    """Return the seconds of CPU that all threads but the caller's have used."""
    return time.process_time() - time.thread_time()


@contextmanager
def at_rest() -> Iterator[TimeAtRest]:
    """Yield such a time, which stands still at the end."""
    made = TimeAtRest()
    try:
        yield made
    finally:
        made.end()
