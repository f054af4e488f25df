"""Run what is due for as long as a process serves: one look a second, one thread a batch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from swimctl.campaigns.nights import Nights
from swimctl.clock import Clock
from swimctl.engine.batches import Engine
from swimctl.errors import StaleClaim, StoreError, SwimctlError
from swimctl.models import Job
from swimctl.states import RUNNING, JobStatus
from swimctl.store import Store

LOOK_EVERY: Final = 1.0  # real seconds
MOST_BATCHES: Final = 50  # at the same time; the jobs of the others read `pending` until one ends
log = logging.getLogger("swimctl.engine.scheduler")


class Scheduler:
    """Take what waits and is due, and at the start what another process left half-way."""

    def __init__(self, engine: Engine, store: Store, clock: Clock, grace: float, nights: Nights | None = None) -> None:
        """`grace` is in real seconds: what stood still for longer before its activation is for people to take up.

        `nights` are those of campaigns: they begin when their windows open.
        """
        self._engine = engine
        self._store = store
        self._clock = clock
        self._grace = grace
        self._nights = nights
        self._running: dict[str, threading.Thread] = {}
        self.failure: StoreError | None = None

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set and every batch has come to a safe point.

        A store that cannot be written while a batch runs sets `stop` and is kept as `failure`: the jobs are as
        they are in the store, and whoever starts next takes them up.
        """
        try:
            self._start(self._left_half_way(), stop)
        except SwimctlError as error:
            log.error("interrupted jobs could not be continued: %s", error)  # noqa: TRY400 - its words say it all
        while not stop.is_set():
            self._running = {batch: thread for batch, thread in self._running.items() if thread.is_alive()}
            self._look_at_nights()
            try:
                self._start(self._engine.due(), stop)
            except SwimctlError as error:
                log.error("cannot look for jobs to run: %s", error)  # noqa: TRY400 - its words say it all
            stop.wait(LOOK_EVERY)
        for thread in self._running.values():
            thread.join()
        if self._nights is not None:
            self._end_nights(self._nights)

    @property
    def at_work(self) -> int:
        """Return how many batches are running."""
        return sum(thread.is_alive() for thread in self._running.values())

    def _look_at_nights(self) -> None:
        """Begin and close nights; what is wrong with them keeps no other job from its time."""
        try:
            if self._nights is not None:
                self._nights.tick()
        except SwimctlError as error:
            log.error("cannot look at campaigns: %s", error)  # noqa: TRY400 - its words say it all
        except Exception:
            log.exception("campaigns could not be looked at")

    def _end_nights(self, nights: Nights) -> None:
        """Close the nights that ended with this process, and send what is to be told."""
        try:
            nights.settle()
        except SwimctlError as error:
            log.error("nights of campaigns were not closed: %s", error)  # noqa: TRY400 - its words say it all
        nights.close()

    def _left_half_way(self) -> list[Job]:
        """List the interrupted jobs that a server may take up by itself.

        Those made in a terminal wait for the person there. One whose activation may have been sent is taken up
        however late: its device waits for a commit. Another only within the grace: nobody expects it at noon. Of the
        nights of campaigns all are: after their windows they end, and the next night comes.
        """
        now, found = self._clock.now(), []
        nights = {night.batch_id: self._store.left(night.batch_id) for night in self._store.open_nights()}
        for job in self._store.interrupted():
            if job.batch_id in nights:
                if job.id in nights[job.batch_id]:
                    found.append(job)
                continue
            batch = self._store.batch(job.batch_id)
            if job.status not in RUNNING or not (batch.detached or batch.schedule_time):
                continue
            if self._store.stop_asked(job.id):
                continue  # a person stopped it, and continues it
            events = self._store.events(job.id)
            idle = (now - events[-1].at).total_seconds() if events else 0.0
            if job.status is JobStatus.ACTIVATING or idle <= self._grace:
                found.append(job)
            else:
                log.warning(
                    "job %d on %s was interrupted %.0f minutes ago and is left: `swimctl resume %d`",
                    job.id, job.device_name, idle / 60, job.id,
                )  # fmt: skip
        return found

    def _start(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        for batch_id, group in groupby(jobs, lambda job: job.batch_id):
            if batch_id in self._running or len(self._running) >= MOST_BATCHES:
                continue
            thread = threading.Thread(target=self._run, args=(batch_id, list(group), stop), name=f"batch-{batch_id}")
            self._running[batch_id] = thread
            thread.start()

    def _run(self, batch_id: str, jobs: Sequence[Job], stop: threading.Event) -> None:
        try:
            self._engine.run(self._store.batch(batch_id), jobs, stop)
        except StaleClaim:
            return  # another process was faster with this batch, and runs it
        except StoreError as error:
            log.critical("the store fails, no job goes on without its record: %s", error)
            self.failure = self.failure or error
            stop.set()
        except Exception:
            log.exception("batch %s could not be run", batch_id)
