"""swimctl serve: the REST API with runner and scheduler, until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl import descriptors
from swimctl.cli import output
from swimctl.cli.context import Opened, of
from swimctl.errors import StoreError, StoreReplaced

if TYPE_CHECKING:
    import ssl

    from swimctl.engine.scheduler import Scheduler

app = typer.Typer()
log = logging.getLogger("swimctl.serve")

_LOOK_EVERY = 1.0  # real seconds between looks at whether the store's file is still the one that is open
_TOLD_FOR = 15.0  # real seconds in which clients are answered why, where the store has failed


@app.command()
def serve(
    ctx: typer.Context,
    *,
    bind: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port. 0: a free one.")] = 8080,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key, PEM.")] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help=("Listen outside this machine without TLS. Anybody there can read tokens.")),
    ] = False,
    no_runner: Annotated[
        bool, typer.Option("--no-runner", help="Only answer requests. Another process runs the jobs.")
    ] = False,
    grace: Annotated[
        str,
        typer.Option(metavar="TIME", help=("At the end: how long running jobs may take to a safe point.")),
    ] = "10m",
) -> None:
    """Answer the REST API, and run jobs, until SIGTERM or Ctrl-C.

    At the end it starts no new steps. The next start continues jobs that did not reach a safe point.
    """
    from swimctl.api.server import check_binding
    from swimctl.times.durations import read_duration
    from swimctl.tls import tls_context

    context = of(ctx)
    until_safe = read_duration(grace, bare="s").total_seconds()
    tls = tls_context(tls_cert, tls_key)
    check_binding(bind, encrypted=tls is not None, insecure=insecure)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("swimctl").setLevel(logging.INFO if context.verbose else logging.WARNING)
    with context.open() as opened:
        if no_runner:
            opened.store.require_whole()  # what runs jobs does so by itself
        service = _Serving(opened, grace=until_safe, runs=not no_runner, verbose=context.verbose)
        code = asyncio.run(service.serve(bind, port, tls))
    raise typer.Exit(code)


class _Serving:
    """One run of the server: API in the loop, scheduler in a thread, and their end."""

    def __init__(self, opened: Opened, *, grace: float, runs: bool, verbose: bool) -> None:
        self._opened = opened
        self._grace = grace
        self._verbose = verbose
        self._scheduler = self._make_scheduler() if runs else None
        self._stop = threading.Event()
        self._signals = 0
        self._signalled = asyncio.Event()
        self._failure: StoreError | None = None
        self._descriptors = descriptors.raised_limit()

    async def serve(self, bind: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Serve until a signal or a failing store, and give the exit code."""
        from swimctl.api import Backend
        from swimctl.api.server import listening
        from swimctl.web import add_pages

        opened, loop, asked = self._opened, asyncio.get_running_loop(), asyncio.Event()
        settings = opened.config.settings
        backend = Backend(
            opened.service,
            opened.accounts,
            opened.store,
            opened.inventory,
            opened.clock,
            opened.campaigns,
            hidden=tuple(
                dict.fromkeys(
                    str(p)
                    for p in (
                        settings.jobs_dir,
                        settings.store.parent,
                        opened.config.path.parent,
                        *(file.parent for file in (*settings.freeze_calendars, *settings.calendars.values())),
                    )
                )
            ),
            checker=None if self._scheduler is None else opened.engine,
            proxies=settings.trusted_proxies,
            docs_url=settings.docs_url or "",
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ask_to_stop, asked, number)
        most = descriptors.connections(self._descriptors)
        async with listening(backend, bind, port, tls, most=most, access_log=self._verbose, more=add_pages) as url:
            worker = None if self._scheduler is None else self._run(self._scheduler, loop, asked)
            self._greet(url)
            watch = asyncio.create_task(self._watch_store(asked))
            await asked.wait()
            watch.cancel()
            backend.stopping = True
            self._stop.set()
            if worker is not None:
                await self._finish(worker)
            failure = self._failure or (None if self._scheduler is None else self._scheduler.failure)
            if failure is not None:
                await self._tell_clients()
                raise failure
        return 0

    async def _tell_clients(self) -> None:
        """Answer with what is wrong for a while, until a signal: a refused connection would tell a client nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TOLD_FOR):
                await self._signalled.wait()

    async def _watch_store(self, asked: asyncio.Event) -> None:
        """End the server where another file was put at the store's path: nobody would find what it records."""
        said = ""  # of a disk that fails on, once
        while True:
            try:
                await asyncio.to_thread(self._opened.store.require_in_place)
                said = ""
            except StoreReplaced as error:
                log.critical("%s", error)
                self._failure = error
                asked.set()
                return
            except StoreError as error:  # a disk that fails now may be well in a moment
                if str(error) != said:
                    log.error("%s", error)  # noqa: TRY400 - its words say it all
                said = str(error)
            await asyncio.sleep(_LOOK_EVERY)

    def _make_scheduler(self) -> Scheduler:
        from swimctl.engine.scheduler import Scheduler

        opened = self._opened
        nights = opened.campaigns.nights()
        grace = opened.config.settings.schedule_grace
        return Scheduler(opened.engine.prepared(), opened.store, opened.clock, grace, nights)

    def _run(self, scheduler: Scheduler, loop: asyncio.AbstractEventLoop, asked: asyncio.Event) -> asyncio.Future[None]:
        """Run the scheduler in a thread that ends with the process, whatever its jobs do."""
        done: asyncio.Future[None] = loop.create_future()

        def end() -> None:
            asked.set()
            if not done.done():
                done.set_result(None)

        def work() -> None:
            try:
                scheduler.run(self._stop)
            finally:
                with suppress(RuntimeError):  # the loop has ended before
                    loop.call_soon_threadsafe(end)

        threading.Thread(target=work, name="scheduler", daemon=True).start()
        return done

    async def _finish(self, worker: asyncio.Future[None]) -> None:
        """Wait for safe points while status is still answered. After the grace the process ends where it stands."""
        try:
            async with asyncio.timeout(self._grace):
                await asyncio.shield(worker)
        except TimeoutError:
            output.note(
                f"swimctl serve: not every device reached a safe point within {self._grace:.0f} s; the next start "
                "continues their jobs"
            )
            _end_now()

    def _ask_to_stop(self, asked: asyncio.Event, number: int) -> None:
        self._signals += 1
        if self._signals > 1:
            _end_now()
        at_work = 0 if self._scheduler is None else self._scheduler.at_work
        waiting = f"; {at_work} batches continue to a safe point, at most {self._grace:.0f} s" if at_work else ""
        output.note(f"swimctl serve: {signal.Signals(number).name}: no new work starts{waiting}")
        self._signalled.set()
        asked.set()

    def _greet(self, url: str) -> None:
        nobody = not self._opened.accounts.users()  # asked before anybody can know the URL
        output.note(f"swimctl serve: listening on {url}, documentation: {url}/api/docs")
        if self._scheduler is None:
            output.note("swimctl serve: --no-runner: jobs wait for another `serve` or `run-scheduled`")
        limit, settings = self._descriptors, self._opened.config.settings
        pulls, workers = settings.distribution.transport != "push", settings.workers
        enough = descriptors.jobs(limit, descriptors.fetches(limit, settings.image_server.copies) if pulls else 0)
        if self._scheduler is not None and enough < workers:
            output.note(
                f"swimctl serve: {limit} file descriptors are enough for {enough} devices at once, not for {workers}: "
                "raise the limit (`ulimit -n`; LimitNOFILE= of the unit), or lower `swimctl.workers`"
            )
        if nobody:
            output.note("swimctl serve: nobody can log in yet: `swimctl user add NAME`")


def _end_now() -> None:
    """End without waiting for any thread. The store is safe at every moment; the kernel frees the runner's lock."""
    sys.stderr.flush()
    os._exit(0)
