"""A job that waits gives its thread back: it runs in parts, and says between them how long nothing is to be done.

A part is what a generator does up to its next `yield`. What a job knows stays in the generator, so that its deadlines
go on; no session may be open over a `yield`, but that of a device that fetches its image. After a crash nothing of it
is there, and the job is resumed as any other: from its record and from its device.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar

from swimctl.clock import Clock, between_looks, real_seconds
from swimctl.platforms.talk import Talk
from swimctl.sessions.targets import Target

T = TypeVar("T")

# Real seconds in which a device asks what it asks of a command that then runs for long; what it asks later is answered
# at the next look.
_TOGETHER: Final = 2.0
GLANCE: Final = 0.5
"""Real seconds between two looks at a device that is left alone."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How many device seconds a job waits at least. It looks itself what became of what it waits for.

    `silent`: a device that is away; its job may be left alone while its SSH does not greet, but for no more than `most`
    device seconds. `obeys`: a stop ends the wait. `begun`: the job is under way, so it goes before one that is not.
    `early`: it is, and its device was told nothing yet that has a timer, so it goes behind those that come back.
    `looks`: its next part asks nobody and waits for nobody, so that one thread can serve all of these.
    """

    seconds: float
    silent: Target | None = None
    most: float = 0.0
    obeys: bool = False
    begun: bool = True
    early: bool = False
    looks: bool = False

    def hold(self, clock: Clock, stop: threading.Event) -> None:
        """Wait in this thread, for a job that has one for itself."""
        if self.obeys:
            stop.wait(real_seconds(clock, self.seconds))
        else:
            clock.sleep(self.seconds)


# What comes next talks with a device again, and needs a thread for it.
_GOES_ON: Final = Pause(0.0, early=True)
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


def left_alone(talk: Talk[T], clock: Clock, *, looks: bool) -> Parts[T]:
    """Talk with a device that is left alone while it works, and return what that comes to.

    A thread that serves nobody else is kept: it hears at once what the device says. `looks`: no look at the device asks
    or waits for anybody.
    """
    began, alone = time.monotonic(), False
    try:
        while True:
            lull = next(talk)
            if not lull.seconds:
                if alone:
                    alone = False
                    yield _GOES_ON
            elif not shared() or time.monotonic() - began < _TOGETHER:
                lull.hold()
            else:
                alone = looks
                yield Pause(between_looks(clock, GLANCE), early=True, looks=looks)
    except StopIteration as end:
        result: T = end.value
        return result
    except Exception:
        if alone:
            yield _GOES_ON
        raise
