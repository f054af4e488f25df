"""Spread the jobs of a wave over the threads of Nornir's runner; how many talk at once may change meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from nornir.core.task import Result, Task

from swimctl.clock import Clock
from swimctl.engine.lanes import Lanes
from swimctl.engine.poller import Poller
from swimctl.errors import StoreError
from swimctl.inventory.hosts import Inventory
from swimctl.steps.pausing import Parts, see_through

# Threads of one batch whose jobs run on workers elsewhere.
_FAR_LANES: Final = 8
# Real seconds between looks whether somebody has changed the limits.
_LOOK: Final = 1.0


class Limits(NamedTuple):
    """How many devices talk at the same time, and how many may have begun and not ended."""

    workers: int
    under_way: int


Work = Callable[[str], Parts[None]]
Steered = Callable[[Limits], Limits]


def _unchanged(limits: Limits) -> Limits:
    return limits


class Spread:
    """What one process runs its jobs on. `far`: the jobs themselves run on workers elsewhere."""

    def __init__(self, inventory: Inventory, clock: Clock, poller: Poller, *, far: bool) -> None:
        self._inventory, self._clock, self._poller, self._far = inventory, clock, poller, far

    def go(
        self, names: Sequence[str], limits: Limits, work: Work, stop: threading.Event, steered: Steered = _unchanged
    ) -> None:
        """Go through each device's `work`, which must not raise.

        `steered` takes the limits and returns those of now.
        """

        def through(name: str) -> None:
            see_through(work(name), self._clock, stop)

        few = limits.workers == 1 or len(names) == 1
        if not few and not self._inventory.threaded:
            # Each with a thread of its own, by a plug-in of the user's: then a job waits where it is.
            self._on_each(names, limits.workers, through)
            return
        left: Sequence[str] = names
        if few:
            left, limits = self._one_by_one(names, limits, through, steered)
        if left:
            self._in_lanes(left, limits, work, stop, steered)

    def _one_by_one(
        self, names: Sequence[str], limits: Limits, through: Callable[[str], None], steered: Steered
    ) -> tuple[Sequence[str], Limits]:
        """Go through one device at a time, where each waits where it is; return who is left for more at once."""
        left, now = [*names], limits

        def one(name: str) -> None:
            nonlocal now
            if name != names[0] and now == limits:
                with suppress(StoreError):  # its job hears of it, too
                    now = steered(now)
            if now.workers == limits.workers:
                left.remove(name)
                through(name)

        self._on_each(names, limits.workers, one)
        return left, now

    def _in_lanes(
        self, names: Sequence[str], limits: Limits, work: Work, stop: threading.Event, steered: Steered
    ) -> None:
        """Go through many at once. A lane is a thread of Nornir's runner; one that is no longer wanted stands still."""

        def threads(limits: Limits) -> int:
            # Who only waits for workers elsewhere needs no thread for each.
            return min(len(names), min(limits.workers, _FAR_LANES) if self._far else limits.workers)

        def run(some: Sequence[str]) -> None:
            self._on_each(some, len(some), lambda _: lanes.work())

        made = threads(limits)
        lanes = Lanes(map(work, names), made, limits.under_way, self._clock, partial(self._poller.watch, stop=stop))

        def steer(limits: Limits) -> None:
            more = list[threading.Thread]()
            there = made
            while not lanes.wait(_LOOK):
                before = limits
                with suppress(StoreError):  # who runs the jobs hears of it, too
                    limits = steered(limits)
                if limits == before:
                    continue
                lanes.resize(threads(limits), limits.under_way)
                if added := names[there : threads(limits)]:
                    more.append(threading.Thread(target=run, args=(added,), name="more lanes"))
                    more[-1].start()
                    there += len(added)
            for thread in more:
                thread.join()

        beside = [threading.Thread(target=lanes.look, name="looks", daemon=True)]
        if steered is not _unchanged:
            beside.append(threading.Thread(target=steer, args=(limits,), name="steering", daemon=True))
        for thread in beside:
            thread.start()
        run(names[:made])
        for thread in beside:
            thread.join()

    def _on_each(self, names: Sequence[str], workers: int, work: Callable[[str], object]) -> None:
        """Call `work` for each device in Nornir's runner; it must not raise."""

        def task(task: Task) -> Result:
            # The one task handed to Nornir catches everything: what it lets out would lose the whole run's results.
            work(task.host.name)
            return Result(host=task.host)

        self._inventory.nornir(names, workers).run(task=task, on_failed=True)
