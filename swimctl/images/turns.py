"""Who may copy an image now: so many at once in all, and so many at each site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

Wait = Callable[[], object]


class Turns:
    """So many at once; the others wait."""

    def __init__(self, most: int) -> None:
        self._left = threading.BoundedSemaphore(most)

    @contextmanager
    def one(self, wait: Wait) -> Iterator[None]:
        """Keep a turn while the context lasts; `wait` is called each second until there is one, and what it raises."""
        while not self._left.acquire(timeout=1.0):
            wait()
        try:
            yield
        finally:
            self._left.release()


class SiteTurns:
    """So many at once at each site: the way to it has room for no more. `most` 0: any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._sites: dict[str, Turns] = {}

    def one(self, site: str | None, wait: Wait) -> AbstractContextManager[None]:
        """Keep a turn at a site; a device of none waits for nobody."""
        if not (self._most and site):
            return nullcontext()
        with self._lock:
            turns = self._sites.setdefault(site, Turns(self._most))
        return turns.one(wait)
