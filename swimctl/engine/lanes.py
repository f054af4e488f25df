"""Run many jobs in parts on a few threads: who waits holds none, and who is under way goes first."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from typing import Final

from swimctl.clock import Clock, between_looks
from swimctl.steps.pausing import GLANCE, WANTED, Parts, Pause

# Jobs that wait for their turn look again so often together, in times a second: each look reads the store.
_LOOKS: Final = 50.0


@dataclass(order=True, slots=True)
class _Going:
    """A job on its way; the order of the jobs is kept among those that have not begun."""

    number: int
    parts: Parts[None] = field(compare=False)
    # What a part reads belongs to its job, whichever thread the next one gets.
    within: Context = field(compare=False)
    begun: bool = field(default=False, compare=False)
    early: bool = field(default=False, compare=False)  # it waits for what is before its activation
    beginning: bool = field(default=False, compare=False)  # it has a lane that is none of those kept


class Lanes:
    """Give each lane the next part that is due; a lane is a thread that calls `work`, and one more calls `look`.

    A job must not raise. At most `under_way` have begun and not ended. Where those are more than the lanes, a quarter
    of the lanes is kept for devices that come back: an uncommitted upgrade has a timer, and must not wait behind the
    copies of others.
    """

    def __init__(
        self,
        jobs: Iterable[Parts[None]],
        lanes: int,
        under_way: int,
        clock: Clock,
        watch: Callable[[Pause, Callable[[], None]], None],
    ) -> None:
        self._clock = clock
        self._watch = watch
        self._new = [_Going(number, parts, self._within()) for number, parts in enumerate(jobs)]  # a heap
        self._back: deque[_Going] = deque()  # those under way, as they come
        self._early: deque[_Going] = deque()
        self._looking: list[_Going] = []
        self._left = len(self._new)
        self._waiting = 0  # for their turn
        self._under_way = 0
        self._beginning = 0
        self._busy = 0  # lanes that have a part
        self._changed = threading.Condition()
        self.resize(lanes, under_way)

    def resize(self, lanes: int, under_way: int) -> None:
        """Limit how many lanes run parts from now on; who has one keeps it to its end. The caller adds lanes."""
        with self._changed:
            self._lanes, self._most = lanes, under_way
            enough = min(under_way, self._left) <= lanes
            self._most_beginning = lanes if enough else max(1, lanes - max(1, lanes // 4))
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait for so many real seconds at most; return whether all jobs have ended."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._left, seconds)

    def work(self) -> None:
        """Run parts until all jobs have ended."""
        while (going := self._next()) is not None:
            self._run(going, lanes=1)

    def look(self) -> None:
        """Run the parts that only look, twice a second, until all jobs have ended."""
        while not self.wait(GLANCE):
            with self._changed:
                looking, self._looking = self._looking, []
            for going in looking:
                self._run(going, lanes=0)

    def _run(self, going: _Going, *, lanes: int) -> None:
        """Run one part, which has so many lanes: one, or none where it only looks."""
        pause: Pause | None = None
        try:
            pause = going.within.run(next, going.parts, None)
        except StopIteration:
            pass
        finally:
            self._over(going, pause, lanes)

    def _within(self) -> Context:
        within = copy_context()
        within.run(WANTED.set, self._wanted)
        return within

    def _wanted(self) -> bool:
        """Return whether a job could go on that has no lane; asked without the lock, as no answer holds for long."""
        return bool(self._back) or self._may_begin()

    def _may_begin(self) -> bool:
        one = bool(self._early) or (bool(self._new) and self._under_way < self._most)
        return one and self._beginning < self._most_beginning

    def _next(self) -> _Going | None:
        with self._changed:
            while self._left:
                if self._busy < self._lanes and (self._back or self._may_begin()):
                    self._busy += 1
                    return self._back.popleft() if self._back else self._begin()
                self._changed.wait()
            return None

    def _begin(self) -> _Going:
        if self._early:
            going = self._early.popleft()
        else:
            going = heapq.heappop(self._new)
            self._under_way += 1
        self._beginning += 1
        going.beginning = True
        return going

    def _over(self, going: _Going, pause: Pause | None, lanes: int) -> None:
        """Count what a part ended with: None is the job's end. It gives its lanes back."""
        with self._changed:
            self._busy -= lanes
            self._beginning -= going.beginning
            going.beginning = False
            going.begun = pause is not None and (going.begun or pause.begun)
            if not going.begun:
                self._under_way -= 1
            if pause is None:
                self._left -= 1
            elif pause.looks:
                self._looking.append(going)
            else:
                going.early = going.begun and pause.early
                if going.early or not going.begun:
                    self._waiting += 1
                    shortest = between_looks(self._clock, self._waiting / _LOOKS)
                    pause = replace(pause, seconds=max(pause.seconds, shortest))
            self._changed.notify_all()
        if pause is not None and not pause.looks:
            self._watch(pause, lambda: self._take_up(going))

    def _take_up(self, going: _Going) -> None:
        with self._changed:
            if going.begun and not going.early:
                self._back.append(going)
            else:
                self._waiting -= 1
                if going.early:
                    self._early.append(going)
                else:
                    heapq.heappush(self._new, going)
            self._changed.notify_all()
