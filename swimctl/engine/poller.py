"""One thread that watches all jobs of a process that wait: for a moment, or for a device to greet again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from swimctl.clock import Clock, Deadline, real_seconds
from swimctl.sessions.targets import Target
from swimctl.sessions.way import Hop, silent, silent_behind, straight
from swimctl.steps.pausing import Pause

# So many devices are asked at once whether they greet, each for so many real seconds.
_AT_ONCE: Final = 100
# So many of those behind bastions and commands, each in a thread: a channel through a bastion's connection blocks one.
_BEHIND_AT_ONCE: Final = 16
_GREETS_WITHIN: Final = 3.0
# A clock of a test may go slower than the wall's: so often it is looked at, in real seconds.
_TICK: Final = 0.01
# Real seconds between two looks whether those who obey a stop are to be handed back.
_STOPPED: Final = 0.2


class Poller:
    """Hand jobs back when their time has come. It decides nothing: each job looks itself what it finds then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._asking = asyncio.Semaphore(_AT_ONCE)
        self._asking_behind = asyncio.Semaphore(_BEHIND_AT_ONCE)
        self._behind: ThreadPoolExecutor | None = None
        self._waiting: set[asyncio.Task[None]] = set()
        self._obeying: dict[threading.Event, set[asyncio.Task[None]]] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    def watch(self, pause: Pause, back: Callable[[], None], stop: threading.Event | None = None) -> None:
        """Call `back` once, in the poller's thread, when the pause is over; it must not block.

        A pause that obeys a stop is over at once when `stop` is set.
        """
        device = pause.silent
        hop = None if device is None else straight(device)
        # Both begin now, however many wait before it.
        over, most = (Deadline(self._clock, seconds, watch=True) for seconds in (pause.seconds, pause.most))

        async def wait() -> None:
            await self._until(over)
            while device is not None and not most.passed and await self._silent(device, hop):
                await self._until(Deadline(self._clock, min(pause.seconds, most.left), watch=True))

        def begin() -> None:
            task = loop.create_task(wait())
            self._waiting.add(task)  # the loop itself knows it only weakly
            if stop is not None and pause.obeys:
                self._obey(stop, task)

            def ended(task: asyncio.Task[None]) -> None:
                self._waiting.discard(task)
                if stop in self._obeying:
                    self._obeying[stop].discard(task)
                back()  # whatever happened to it: a job that is not handed back would never end

            task.add_done_callback(ended)

        loop = self._started()
        loop.call_soon_threadsafe(begin)

    def close(self) -> None:
        """End the thread; who still waits is handed back at once."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._behind = ThreadPoolExecutor(_BEHIND_AT_ONCE, "poller-behind")
                self._thread = threading.Thread(target=self._run, args=(self._loop,), name="poller", daemon=True)
                self._thread.start()
            return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        left = self._waiting | self._stopping
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        if self._behind is not None:
            self._behind.shutdown(wait=False, cancel_futures=True)
        loop.close()

    def _obey(self, stop: threading.Event, task: asyncio.Task[None]) -> None:
        """Have one look for all who obey this stop: each by itself would look as often as there are jobs."""
        if stop not in self._obeying:
            self._obeying[stop] = set()
            looking = asyncio.get_running_loop().create_task(self._end_at(stop))
            self._stopping.add(looking)
            looking.add_done_callback(self._stopping.discard)
        self._obeying[stop].add(task)

    async def _end_at(self, stop: threading.Event) -> None:
        while self._obeying[stop] and not stop.is_set():  # noqa: ASYNC110 - set by any thread
            await asyncio.sleep(_STOPPED)
        for task in self._obeying.pop(stop):
            task.cancel()

    async def _until(self, over: Deadline) -> None:
        while not over.passed:  # noqa: ASYNC110 - nobody tells when a clock has come so far
            await asyncio.sleep(max(real_seconds(self._clock, over.left), _TICK))

    async def _silent(self, device: Target, hop: Hop | None) -> bool:
        if hop is not None:
            async with self._asking:
                return await silent(hop, _GREETS_WITHIN)
        async with self._asking_behind:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._behind, silent_behind, device, _GREETS_WITHIN)
