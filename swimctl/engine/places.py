"""How many devices of a worker talk at once: a job that waits gives its place to another one, and comes back for it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from swimctl.clock import Clock
from swimctl.steps.pausing import WANTED, Parts

T = TypeVar("T")


class Places:
    """So many places for the devices that talk; each job has a thread of its own, and needs a place for each part.

    As in Lanes: who comes back goes before who begins, and a quarter of the places is kept for those, as the timer of
    their upgrade runs.
    """

    def __init__(self, many: int) -> None:
        self._free = many
        self._may_begin = max(1, many - max(1, many // 4))
        self._waiting: Counter[bool] = Counter()  # by whether they come back
        self._changed = threading.Condition()

    def see_through(self, parts: Parts[T], clock: Clock, stop: threading.Event) -> T:
        """Run all parts in this thread, and return what they come to. No pause has a place, and no part that looks."""
        back, looks, before = False, False, WANTED.set(self._wanted)
        try:
            while True:
                with nullcontext() if looks else self._one(back=back):
                    try:
                        pause = next(parts)
                    except StopIteration as end:
                        result: T = end.value
                        return result
                back, looks = pause.begun and not pause.early, pause.looks
                pause.hold(clock, stop)
        finally:
            WANTED.reset(before)

    def _wanted(self) -> bool:
        """Return whether a job could go on that has no place; no answer holds for long."""
        return bool(self._waiting[True]) or (bool(self._waiting[False]) and self._may_begin > 0)

    @contextmanager
    def _one(self, *, back: bool) -> Iterator[None]:
        with self._changed:
            self._waiting[back] += 1
            while not self._free or (not back and (self._waiting[True] or not self._may_begin)):
                self._changed.wait()
            self._waiting[back] -= 1
            self._free -= 1
            self._may_begin -= not back
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._may_begin += not back
                self._changed.notify_all()
