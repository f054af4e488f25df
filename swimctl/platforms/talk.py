"""A dialogue with a device that may be left alone while the device says nothing: it runs from one lull to the next."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lull:
    """Nothing is to be done before `news` is set, or for so many real seconds; a later look is late, and not wrong.

    No seconds: the device has ended, and whoever talked with it goes on.
    """

    seconds: float
    news: threading.Event

    def hold(self) -> None:
        """Wait in this thread."""
        if self.seconds:
            self.news.wait(self.seconds)


# What talks with a device, and what it comes to.
Talk = Generator[Lull, None, T]


def talked(talk: Talk[T]) -> T:
    """Talk to the end in this thread, and return what it comes to."""
    while True:
        try:
            lull = next(talk)
        except StopIteration as end:
            result: T = end.value
            return result
        lull.hold()
