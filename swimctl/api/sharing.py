"""One answer for all who ask the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Sharing(Generic[T]):
    """Let requests that ask the same share one answer, and never one whose making began before they asked.

    Fifty clients that follow one batch cost little more than one; who cancels and then looks sees what was cancelled.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}
        self._next: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return the next answer whose making begins; raises what `make` raised."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._turn(key, make))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, if nobody waits any more
        return await asyncio.shield(task)

    async def _turn(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        before = self._running.get(key)
        if before is not None:
            with suppress(Exception):  # its own askers are told
                await asyncio.shield(before)
        task = self._running[key] = self._next.pop(key)
        try:
            return await make()
        finally:
            if self._running.get(key) is task:
                del self._running[key]
