"""Within one look, a device is asked each thing once, whoever of those who look wants to know it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class _Look:
    """What was read by session and command, and when the first of it was."""

    texts: dict[tuple[object, str], str] = field(default_factory=dict)
    began: float = 0.0


_SEEN: ContextVar[_Look | None] = ContextVar("what was read in this look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Keep what a session reads, for all who ask for it, until something is sent that may change it.

    A look within a look is the same one. Whoever waits for a change looks anew each time: a look never spans a wait.
    """
    if _SEEN.get() is not None:
        yield
        return
    token = _SEEN.set(_Look())
    try:
        yield
    finally:
        _SEEN.reset(token)


def seen(session: object, command: str) -> str | None:
    """Return what the session read in this look, None where it was not asked."""
    looking = _SEEN.get()
    return None if looking is None else looking.texts.get((session, command))


def keep(session: object, command: str, text: str) -> None:
    """Keep an output for the rest of this look; outside of a look, keep nothing."""
    looking = _SEEN.get()
    if looking is not None:
        looking.began = looking.began if looking.texts else time.monotonic()
        looking.texts[session, command] = text


def forget() -> None:
    """Drop what was read: something was sent that may change it."""
    looking = _SEEN.get()
    if looking is not None:
        looking.texts.clear()


def age() -> float:
    """Return how many real seconds ago the oldest answer came that this look has, 0 where it has none."""
    looking = _SEEN.get()
    return time.monotonic() - looking.began if looking is not None and looking.texts else 0.0
