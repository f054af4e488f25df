"""Work that takes as long as devices take: in a thread that nobody waits for at the end of the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside:
    """Do such work, a few at a time; who comes later waits without holding a thread."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)

    async def do(self, work: Callable[[], T]) -> T:
        """Return what the work gives, or raise what it raises."""
        async with self._turns:
            return await _Once(work).result


class _Once(Generic[T]):
    """One piece of work in its own thread."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._loop = asyncio.get_running_loop()
        self.result: asyncio.Future[T] = self._loop.create_future()
        threading.Thread(target=self._run, args=(work,), name="dry run", daemon=True).start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            done = work()
        except Exception as error:  # noqa: BLE001  it is raised where the work is waited for
            self._tell(partial(self.result.set_exception, error))
        else:
            self._tell(partial(self.result.set_result, done))

    def _tell(self, tell: Callable[[], object]) -> None:
        def if_wanted() -> None:
            if not self.result.done():  # the client went away
                tell()

        with suppress(RuntimeError):  # the loop has ended before
            self._loop.call_soon_threadsafe(if_wanted)
