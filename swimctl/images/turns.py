"""Who may copy an image now: so many at once in all, and so many at each site."""

from __future__ import annotations

import threading


class Turns:
    """So many at once; the others ask again."""

    def __init__(self, most: int) -> None:
        self._left = threading.BoundedSemaphore(most)

    def take(self) -> bool:
        """Return whether there was a turn left: it is the caller's until `leave`."""
        return self._left.acquire(blocking=False)

    def leave(self) -> None:
        """Give a turn back."""
        self._left.release()


class SiteTurns:
    """So many at once at each site: the way to it has room for no more. `most` 0: any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._sites: dict[str, Turns] = {}

    def of(self, site: str | None) -> Turns | None:
        """Return the turns of a site; None: a device there waits for nobody, as one of no site."""
        if not (self._most and site):
            return None
        with self._lock:
            return self._sites.setdefault(site, Turns(self._most))
