"""When a batch ends if it starts at a moment: its jobs played through in a simulation of moments. Pure.

It keeps the order that the engine keeps: waves and their soak, what comes after what, one of a redundancy group at a
time, as many devices under way as the batch allows, as many copies at a site and from the image server, and the gate
of window, end and freezes.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from swimctl.config.windows import Go, Never, Wait

Gate = Callable[[datetime, timedelta], Go | Wait | Never]

_ALWAYS: Final = Go()


@dataclass(frozen=True, slots=True)
class Ahead:
    """One job to come. Its parts are in real seconds: the check, the copy with its hash, and all from the activation.

    `needs` is what must fit into the window, in real seconds. `gate`: its own one, in place of the batch's. `fetches`:
    the device gets its image by itself, and nobody talks with it meanwhile. `served`: from swimctl's image server.
    """

    name: str
    check: float
    copy: float
    rest: float
    needs: float = 0.0
    wave: int = 1
    after: tuple[str, ...] = ()
    group: str | None = None
    site: str | None = None
    gate: Gate | None = None
    fetches: bool = False
    served: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """How a batch goes: how many at once, and what lies between its waves, in real seconds.

    `under_way` may have begun and not ended; `talking` of them may check and copy at once. `copies_per_site` 0: no
    limit. `served`: as many copies may come from the image server at once. `gated`: a job starts only where its
    activation may; else only the activation waits for that.
    """

    under_way: int
    talking: int
    copies_per_site: int = 0
    soak: float = 0.0
    gated: bool = True
    served: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """When one job starts, begins to copy, activates and ends."""

    starts: datetime
    copies: datetime
    activates: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Forecast:
    """What comes of a batch: the span of each job that fits, and why the others do not."""

    starts: datetime
    ends: datetime
    spans: Mapping[str, Span]
    unfit: Mapping[str, str]


def forecast(
    jobs: Sequence[Ahead], course: Course, start: datetime, gate: Gate = lambda _at, _needs: _ALWAYS
) -> Forecast:
    """Return how these jobs go in their order. A job that does not fit the window holds up nobody."""
    spans: dict[str, Span] = {}
    unfit: dict[str, str] = {}
    now = start
    waves = sorted({job.wave for job in jobs})
    before: list[Ahead] = []
    for wave in waves:
        these = [job for job in jobs if job.wave == wave]
        if before:
            again = [job.check for job in before if job.name in spans]
            now += timedelta(seconds=course.soak + _all_at_once(again, course.talking))
        played, before = _Wave(these, course, gate, {*spans, *unfit}), these
        now = played.run(now)
        spans |= played.spans
        unfit |= played.unfit
    return Forecast(start, max((span.ends for span in spans.values()), default=start), spans, unfit)


def _all_at_once(checks: Sequence[float], talking: int) -> float:
    """Return how long so many take to compare the devices of a wave with their baselines once more."""
    return max(*checks, sum(checks) / talking) if checks else 0.0


@dataclass
class _Wave:
    """One wave as it goes. What is due next lies in a heap of moments."""

    jobs: Sequence[Ahead]
    course: Course
    gate: Gate
    ended: set[str]
    spans: dict[str, Span] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._left = list(self.jobs)
        self._here = {job.name for job in self.jobs}
        self._due: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._number = count()
        self._under_way = self._talking = self._served = 0
        self._groups: set[str] = set()
        self._copying = Counter[str]()
        self._queue: list[tuple[Ahead, datetime]] = []
        self._woken: set[datetime] = set()
        self._closed: dict[tuple[Gate, float], Wait] = {}

    def run(self, now: datetime) -> datetime:
        """Play it through, and return when its last job has ended."""
        self._last = now
        self._start(now)
        while self._due:
            now, _, act = heapq.heappop(self._due)
            act(now)
            if not self._due or self._due[0][0] > now:  # all of this moment has happened
                self._copy(now)
                self._start(now)
        return self._last

    def _at(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._due, (moment, next(self._number), act))

    def _wake(self, moment: datetime) -> None:
        if moment not in self._woken:
            self._woken.add(moment)
            self._at(moment, self._woken.discard)

    def _start(self, now: datetime) -> None:
        """Start all that may start now, in their order; what waits for a time of the clock is looked at then."""
        for job in list(self._left):
            if self._under_way >= self.course.under_way or self._talking >= self.course.talking:
                return
            if job.group in self._groups or any(far in self._here and far not in self.ended for far in job.after):
                continue
            slot = self._slot(job, now) if self.course.gated else _ALWAYS
            if isinstance(slot, Wait):
                self._wake(max(slot.at, now + timedelta(seconds=1)))
                continue
            self._left.remove(job)
            if isinstance(slot, Never):
                self.unfit[job.name] = slot.why
                self.ended.add(job.name)
                self._wake(now)  # who waits for it may stand before it in the order
                continue
            self._under_way += 1
            self._talking += 1
            if job.group:
                self._groups.add(job.group)
            self._at(now + timedelta(seconds=job.check), self._checked(job, now))

    def _slot(self, job: Ahead, now: datetime) -> Go | Wait | Never:
        """Return when it may start. A gate says the same at every moment of a wait, so it is asked once for each."""
        key = (job.gate or self.gate, job.needs)
        known = self._closed.get(key)
        if known is not None and now < known.at:
            return known
        slot = key[0](now, timedelta(seconds=job.needs))
        if isinstance(slot, Wait):
            self._closed[key] = slot
        return slot

    def _checked(self, job: Ahead, started: datetime) -> Callable[[datetime], None]:
        def act(_now: datetime) -> None:
            self._talking -= 1  # who waits until it may copy holds nobody up
            self._queue.append((job, started))

        return act

    def _copy(self, now: datetime) -> None:
        """Start the copies for which there is room, in the order in which they came."""
        waiting = []
        for job, started in self._queue:
            most = self.course.copies_per_site if job.site and job.copy else 0
            talks = not job.fetches
            full = job.served and self.course.served is not None and self._served >= self.course.served
            site_full = most and self._copying[job.site or ""] >= most
            if full or site_full or (talks and self._talking >= self.course.talking):
                waiting.append((job, started))
                continue
            self._talking += talks
            self._served += job.served
            self._copying[job.site or ""] += 1
            self._at(now + timedelta(seconds=job.copy), self._copied(job, started, now))
        self._queue = waiting

    def _copied(self, job: Ahead, started: datetime, copies: datetime) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            self._copying[job.site or ""] -= 1
            self._talking -= not job.fetches
            self._served -= job.served
            self._activate(job, started, copies, now)

        return act

    def _activate(self, job: Ahead, started: datetime, copies: datetime, now: datetime) -> None:
        slot = self._slot(job, now) if job.rest else _ALWAYS
        if isinstance(slot, Never):
            self.unfit[job.name] = slot.why
            self._end(job, now)
            return
        begins = max(slot.at, now) if isinstance(slot, Wait) else now
        ends = begins + timedelta(seconds=job.rest)
        self.spans[job.name] = Span(started, copies, begins, ends)
        self._at(ends, lambda ended: self._end(job, ended))

    def _end(self, job: Ahead, now: datetime) -> None:
        self._last = now
        self._under_way -= 1
        self._groups.discard(job.group or "")
        self.ended.add(job.name)
