"""A job that waits gives its thread back: it runs in parts, and says between them how long nothing is to be done.

A part is what a generator does up to its next `yield`. What a job knows stays in the generator, so that its deadlines
go on; no session may be open over a `yield`. After a crash nothing of it is there, and the job is resumed as any other:
from its record and from its device.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar

from swimctl.clock import Clock, real_seconds
from swimctl.sessions.targets import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pause:
    """How many device seconds a job waits at least. It looks itself what became of what it waits for.

    `silent`: a device that is away; its job may be left alone while its SSH does not greet, but for no more than `most`
    device seconds. `obeys`: a stop ends the wait. `begun`: the job is under way, so it goes before one that is not.
    `early`: it is, and its device was told nothing yet that has a timer, so it goes behind those that come back.
    """

    seconds: float
    silent: Target | None = None
    most: float = 0.0
    obeys: bool = False
    begun: bool = True
    early: bool = False

    def hold(self, clock: Clock, stop: threading.Event) -> None:
        """Wait in this thread, for a job that has one for itself."""
        if self.obeys:
            stop.wait(real_seconds(clock, self.seconds))
        else:
            clock.sleep(self.seconds)


# Of a job that shares its thread with others: whether one of them could go on at once if it had it.
WANTED: Final[ContextVar[Callable[[], bool] | None]] = ContextVar("whether others wait for this thread", default=None)


def shared() -> bool:
    """Return whether the thread of this job serves others while it waits."""
    return WANTED.get() is not None


def wanted() -> bool:
    """Return whether another job waits for this thread. Then a job leaves its session, too, and logs in again later."""
    others = WANTED.get()
    return others is not None and others()


# What runs in parts, and what it comes to.
Parts = Generator[Pause, None, T]


def see_through(parts: Parts[T], clock: Clock, stop: threading.Event) -> T:
    """Run all parts in this thread, with their pauses, and return what they come to."""
    while True:
        try:
            pause = next(parts)
        except StopIteration as end:
            result: T = end.value
            return result
        pause.hold(clock, stop)
