"""Within one look, a device is asked each thing once, whoever of those who look wants to know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SEEN: ContextVar[dict[tuple[object, str], str] | None] = ContextVar("what was read in this look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Let what a session reads meanwhile serve all who ask for it, until something is sent that may change it.

    A look within a look is the same one. Whoever waits for a change looks anew each time: a look never spans a wait.
    """
    if _SEEN.get() is not None:
        yield
        return
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


def seen(session: object, command: str) -> str | None:
    """Return what the session read in this look, None where it was not asked."""
    return (_SEEN.get() or {}).get((session, command))


def keep(session: object, command: str, text: str) -> None:
    """Let an output serve the rest of this look; without one nothing is kept."""
    looking = _SEEN.get()
    if looking is not None:
        looking[session, command] = text


def forget() -> None:
    """Drop what was read: something was sent that may change it."""
    looking = _SEEN.get()
    if looking is not None:
        looking.clear()
