"""End from outside what blocks inside a library: one thread for the process, which closes what outlives its time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

# Real seconds that a call into a library may outlive its deadline, so that what ends by itself says why.
GRACE: Final = 5.0


class _Watchdog:
    """Look after whatever has been given to it, and bite what is still there when its time is over.

    One thread for all: a timer for each command costs a thread's start, 0.14 ms on an idle machine and 50 ms beside
    four busy threads; this costs a microsecond.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: dict[object, tuple[float, Callable[[], object]]] = {}
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None

    def watch(self, key: object, seconds: float, bite: Callable[[], object]) -> None:
        """Call `bite` after so many real seconds, unless `key` is let go before."""
        end = time.monotonic() + seconds
        with self._changed:
            self._watched[key] = (end, bite)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="watchdog")
                self._thread.start()
            elif end < self._wakes_at:
                self._changed.notify()

    def let_go(self, key: object) -> None:
        """Forget what came to its end by itself."""
        with self._changed:
            self._watched.pop(key, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for key in [key for key, (end, _) in self._watched.items() if end <= now]:
                    _, bite = self._watched.pop(key)
                    # In a thread of its own: no close, however slow, keeps the others waiting.
                    threading.Thread(target=bite, daemon=True, name="watchdog-bite").start()
                self._wakes_at = min((end for end, _ in self._watched.values()), default=float("inf"))
                self._changed.wait(min(self._wakes_at - now, threading.TIMEOUT_MAX))


_WATCHDOG: Final = _Watchdog()


@contextlib.contextmanager
def watchdog(seconds: float, close: Callable[[], object]) -> Iterator[threading.Event]:
    """Close a connection from outside when the block takes longer than so many real seconds.

    A thread that waits inside a library cannot be stopped otherwise. The event tells that it bit.
    """
    bit = threading.Event()

    def bite() -> None:
        bit.set()
        with contextlib.suppress(Exception):
            close()

    _WATCHDOG.watch(bit, seconds, bite)
    try:
        yield bit
    finally:
        _WATCHDOG.let_go(bit)


def call_later(seconds: float, act: Callable[[], object]) -> None:
    """Call `act` after so many real seconds, in a thread of its own."""
    _WATCHDOG.watch(object(), seconds, act)
