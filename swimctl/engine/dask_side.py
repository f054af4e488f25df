"""Workers by Dask distributed. The only importer of it, and only where the runner is `swimctl_dask`.

Through the scheduler goes an Order and nothing else. A worker asks the coordinator for the rest, on a connection of
their own, on which both sides prove who they are. Both pickle what they say: who has a certificate of these nodes can
run any code on workers, as that is what Dask does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

try:
    from distributed import Client, Worker, get_worker
    from distributed.core import Server, Status
    from distributed.scheduler import KilledWorker
    from distributed.security import Security
except ImportError as missing:
    from swimctl.errors import ConfigError

    raise ConfigError(f"Dask is not installed ({missing.name}); next: `pip install 'swimctl[dask]'`") from missing

from swimctl.engine.desk import Desk, Order
from swimctl.engine.workplace import Workplace
from swimctl.errors import ConfigError, StoreError
from swimctl.inventory.plugins.workers import DaskRunner, require_tls

# Real seconds for one question of a worker.
_ANSWER: Final = 10.0
# Real seconds to reach a scheduler.
_CONNECT: Final = 30.0
# Threads that answer workers: each answer may wait for the disk.
_ANSWERING: Final = 16
# Real seconds for which is believed which workers are there.
_KNOWN: Final = 2.0
# Real seconds before a worker goes to a scheduler again.
_AGAIN: Final = 3.0
_RESOURCE: Final = "site:{}"
_ENDED: Final = frozenset({"finished", "error", "cancelled", "lost"})


log = logging.getLogger("swimctl.worker")


def security(ca: Path, cert: Path, key: Path) -> Security:
    """Return what proves all nodes to each other; without encryption nothing is spoken."""
    return Security(
        require_encryption=True,
        tls_ca_file=str(ca),
        **{f"tls_{whose}_cert": str(cert) for whose in ("client", "scheduler", "worker")},
        **{f"tls_{whose}_key": str(key) for whose in ("client", "scheduler", "worker")},
    )


class DaskCrowd:
    """The workers that a scheduler knows, as a coordinator sees them."""

    def __init__(self, options: DaskRunner, desk: Desk) -> None:
        """Reach the scheduler, and answer who asks from now on. ConfigError: it cannot be used."""
        _hush(logging.ERROR)  # what a user has to know, jobs say
        self._desk, self._options = desk, options
        self._secure = security(options.ca, options.cert, options.key)
        self._answering = ThreadPoolExecutor(_ANSWERING, thread_name_prefix="answers")
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}
        self._seen = -_KNOWN
        self._client = self._connect()
        try:
            self._server: Server = self._client.sync(self._listen, options.listen)
        except OSError as error:
            self._client.close()
            raise ConfigError(f"workers cannot be answered at {options.listen}: {error}") from error
        self.address = str(self._server.address)

    def submit(self, site: str, order: Order) -> DaskWork:
        """Return the work of an order, given to some worker of a site. It is never run again by Dask itself."""
        return DaskWork(
            self._there().submit(
                work,
                order,
                key=f"swimctl-{order.batch_id}-{order.job_id}-{order.lease}",
                resources={_RESOURCE.format(site): 1},
                retries=0,
                pure=False,
            ),
            site,
        )

    def places(self, site: str) -> int:
        """Return how many jobs the workers of a site can run at once."""
        with self._lock:
            if time.monotonic() - self._seen >= _KNOWN:
                self._places = self._there(locked=True).run_on_scheduler(_places)
                self._seen = time.monotonic()
            return self._places.get(_RESOURCE.format(site), 0)

    def close(self) -> None:
        """Answer nobody any more."""
        self._client.sync(self._server.close)
        self._client.close()
        self._answering.shutdown(wait=False, cancel_futures=True)

    def _connect(self) -> Client:
        scheduler = self._options.scheduler
        try:
            client = Client(scheduler, security=self._secure, set_as_default=False, timeout=_CONNECT)
            allowed = client.run_on_scheduler(_allowed_failures)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"the scheduler {scheduler} does not answer: {error}; next: see that it runs, and that its certificate "
                "and ours are of one authority"
            ) from error
        if allowed:
            client.close()
            raise ConfigError(
                f"the scheduler {scheduler} runs a task {allowed} times again when its worker dies; needed: "
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0 where it is started"
            )
        return client

    def _there(self, *, locked: bool = False) -> Client:
        """Return the client, a new one where the scheduler was gone for so long that the old one gave up."""
        if locked:
            if self._client.status in {"closed", "closing"}:
                self._client = self._connect()
            return self._client
        with self._lock:
            return self._there(locked=True)

    async def _listen(self, address: str) -> Server:
        arguments = self._secure.get_connection_args("client")
        server = Server({"swimctl": self._answer}, connection_args=arguments)
        await server.listen(address, **self._secure.get_listen_args("scheduler"))
        return server

    async def _answer(self, asked: bytes, comm: Any = None) -> bytes:  # noqa: ANN401, ARG002 - as Dask calls it
        return await asyncio.get_running_loop().run_in_executor(self._answering, self._replied, asked)

    def _replied(self, asked: bytes) -> bytes:
        return pickle.dumps(self._desk.reply(*pickle.loads(asked)))  # noqa: S301 - see the module's words


class DaskWork:
    """An order that was given to a worker."""

    def __init__(self, future: Any, site: str) -> None:  # noqa: ANN401 - Dask has no types
        self._future, self._site = future, site

    def ended(self) -> bool:
        """Return whether it came to an end."""
        return self._future.status in _ENDED

    def result(self) -> tuple[str, str]:
        """Return what ended it from outside, and the worker's answer."""
        try:
            return self._came_to()
        except Exception as problem:  # noqa: BLE001 - a worker or a scheduler that goes in this moment, in its words
            return f"what its worker of site {self._site} came to cannot be read: {problem}", ""

    def _came_to(self) -> tuple[str, str]:
        if self._future.status in {"cancelled", "lost"}:
            return "the scheduler is gone, or has forgotten this job", ""
        error = self._future.exception(timeout=_ANSWER)
        if isinstance(error, KilledWorker):
            gone = getattr(error.last_worker, "address", error.last_worker)
            return f"the worker {gone} of site {self._site} is gone, or was silent for too long", ""
        if error is not None:
            return f"its worker of site {self._site} failed: {type(error).__name__}: {error}", ""
        trouble, answer = self._future.result(timeout=_ANSWER)
        return str(trouble), str(answer)

    def drop(self) -> None:
        """Give it to nobody any more, and forget what it came to."""
        with suppress(Exception):  # a scheduler that is gone gives it to nobody either
            if not self.ended():
                self._future.cancel()
            self._future.release()


def _hush(level: int) -> None:
    for name in ("distributed", "distributed.client", "distributed.worker", "tornado"):
        logging.getLogger(name).setLevel(level)


def _allowed_failures(dask_scheduler: Any) -> int:  # noqa: ANN401 - Dask has no types
    return int(dask_scheduler.allowed_failures)


def _places(dask_scheduler: Any) -> dict[str, int]:  # noqa: ANN401
    found: dict[str, int] = {}
    for worker in dask_scheduler.workers.values():
        for name, amount in worker.resources.items():
            found[name] = found.get(name, 0) + (int(amount) if worker.status is Status.running else 0)
    return found


def work(order: Order) -> tuple[str, str]:
    """Carry out an order on this worker."""
    worker: Any = get_worker()
    place: Workplace | None = getattr(worker, "swimctl", None)
    if place is None:
        return "its worker was not started by `swimctl worker`", ""

    async def asked(question: bytes) -> bytes:
        answer: bytes = await worker.rpc(order.coordinator).swimctl(asked=question)
        return answer

    def ask(order: Order, number: int, what: str, given: Sequence[Any], named: Mapping[str, Any]) -> tuple[str, Any]:
        question = pickle.dumps((order.job_id, order.lease, number, what, given, named))
        future = asyncio.run_coroutine_threadsafe(asked(question), worker.loop.asyncio_loop)
        try:
            error, answer = pickle.loads(future.result(_ANSWER))  # noqa: S301 - see the module's words
        finally:
            future.cancel()
        return error, answer

    return place.do(order, ask)


async def serve(place: Workplace, scheduler: str, secure: Security, places: int, scratch: Path) -> None:
    """Be a worker of a site until a signal. StoreError: the scheduler does not answer at the beginning.

    A scheduler that let go of it, or was started anew, is gone to again. The first signal lets the jobs come to a safe
    point, a second one ends this process at once.
    """
    require_tls(scheduler, "--scheduler")
    _hush(logging.WARNING)
    asked = asyncio.Event()

    def stop() -> None:
        if asked.is_set():
            os._exit(1)  # as a death, which the coordinator knows what to do about
        place.stopping.set()
        asked.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    first = True
    while not asked.is_set():
        worker: Any = Worker(
            scheduler,
            nthreads=places,
            resources={_RESOURCE.format(place.site): places},
            security=secure,
            memory_limit=0,
            local_directory=str(scratch),
            dashboard=False,
            death_timeout=_CONNECT,
        )
        worker.swimctl = place
        try:
            async with worker:
                first = False
                await _until(worker, asked, place)
        except (OSError, TimeoutError, RuntimeError) as error:
            if first:
                raise StoreError(f"the scheduler {scheduler} does not answer: {error}") from error
        if not asked.is_set():
            log.warning("the scheduler %s let go of this worker; it is asked again", scheduler)
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), _AGAIN)


async def _until(worker: Any, asked: asyncio.Event, place: Workplace) -> None:  # noqa: ANN401 - Dask has no types
    """Wait until the scheduler lets go, or a signal has come and the jobs are at a safe point."""
    gone, signalled = asyncio.create_task(worker.finished()), asyncio.create_task(asked.wait())
    await asyncio.wait({gone, signalled}, return_when=asyncio.FIRST_COMPLETED)
    if asked.is_set():
        worker.status = Status.paused  # gets nothing new
        while place.at_work:  # noqa: ASYNC110 - counted by threads
            await asyncio.sleep(0.2)
    signalled.cancel()


def run(place: Workplace, scheduler: str, proofs: tuple[Path, Path, Path], places: int, scratch: Path) -> None:
    """Serve in this thread."""
    try:
        asyncio.run(serve(place, scheduler, security(*proofs), places, scratch))
    finally:
        place.close()
