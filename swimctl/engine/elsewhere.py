"""Run jobs on workers of their sites: the coordinator's side. How workers are reached is `Crowd`'s: see dask_side.py.

A worker that dies is reported at once, and nothing goes on by itself: its job reads interrupted, and who resumes it
asks the device. One that is silent is not known to be dead: before its job goes on, what it was last permitted to send
must be too old to count, and have come into the device's log.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

from swimctl.clock import Clock, rfc3339
from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.engine.desk import Desk, Order
from swimctl.engine.turns import Hold, waits
from swimctl.errors import ConfigError
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Job
from swimctl.states import RUNNING
from swimctl.steps.pausing import Parts, Pause, see_through
from swimctl.steps.send_once import FRESH, LOG_LAG
from swimctl.store import Runner, Store
from swimctl.waiting import WaitKind

# Real seconds between looks at whether a worker has come to an end.
_LOOK: Final = 1.0
# Workers that may be gone one after the other before one of them begins with a job.
_MOST_GONE: Final = 5


class Work(Protocol):
    """An order that was given to a worker."""

    def ended(self) -> bool:
        """Return whether it came to an end."""

    def result(self) -> tuple[str, str]:
        """Return what ended it from outside, empty where nothing did, and the worker's answer. Before `drop` alone."""

    def drop(self) -> None:
        """Give it to nobody any more, and forget what it came to."""


class Crowd(Protocol):
    """The workers of all sites."""

    address: str

    def submit(self, site: str, order: Order) -> Work:
        """Return the work of an order, given to some worker of a site."""

    def places(self, site: str) -> int:
        """Return how many jobs the workers of a site can run at once; 0: there is none."""

    def close(self) -> None:
        """Leave them."""


class Opens(Protocol):
    """What reaches the workers, once it is needed."""

    def __call__(self, desk: Desk) -> Crowd:
        """Return the workers, who ask at this desk. ConfigError: they cannot be used, with the reason."""


class Elsewhere:
    """Hand claimed jobs to workers of their sites, and answer what these ask meanwhile."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        inventory: Inventory,
        clock: Clock,
        runner: Runner,
        opens: Callable[[Desk], Crowd],
    ) -> None:
        self._store, self._inventory, self._clock, self._runner = store, inventory, clock, runner
        self._desk = Desk(store, runner, settings, clock)
        self._opens = opens
        self._crowd: Crowd | None = None
        self._lock = threading.Lock()

    def connect(self) -> Crowd:
        """Return the workers. ConfigError: they cannot be reached, or not used."""
        with self._lock:
            if self._crowd is None:
                self._crowd = self._opens(self._desk)
            return self._crowd

    def close(self) -> None:
        """Answer nobody any more."""
        if self._crowd is not None:
            self._crowd.close()

    def hold(self, job: Job) -> Hold | None:
        """Return what keeps a job from starting: nobody is there to run it."""
        site = self._inventory.device(job.device_name).site
        if not site:
            return Hold(f"{_siteless(job)}; then `swimctl retry`")
        crowd = self.connect()
        try:
            places = crowd.places(site)
        except Exception:  # noqa: BLE001 - a scheduler that is away, in whichever words: then nobody is there
            places = 0
        return None if places else waits(WaitKind.WORKER, site)

    def go_through(self, batch: Batch, job: Job, stop: threading.Event) -> Parts[None]:
        """Have a claimed job run by a worker of its site. What ends that from outside leaves the job interrupted.

        Raises StaleClaim and StoreError, as JobRunner does.
        """
        site = self._inventory.device(job.device_name).site
        if not site:
            self._store.release(job.id, self._runner, _siteless(job))
            return
        trouble: str | None = None
        for _ in range(_MOST_GONE):
            if stop.is_set():
                break
            lease = self._lend(batch, job, stop)
            try:
                trouble = yield from self._given(site, job, lease, stop)
            finally:
                # However that ended: who has this lease is answered nothing any more.
                lent = self._desk.take_back(job.id, lease)
            if lent.failure is not None:
                raise lent.failure
            if lent.begun or trouble is None:
                break
            yield Pause(_LOOK * self._clock.speed)
        self.leave(job, "stopped before a worker began" if trouble is None else trouble)

    def _given(self, site: str, job: Job, lease: int, stop: threading.Event) -> Parts[str | None]:
        """Return what ended the work of a job that is given to a worker. None: nobody begins with it any more."""
        self._store.record(job.id, "lent", f"to a worker of site {site}", {"site": site, "lease": lease})
        try:
            work = self._submit("go", site, job, lease)
        except ConfigError as error:
            self.leave(job, str(error))
            return None
        said = False
        try:
            while not work.ended():
                begun = self._desk.begun(job.id, lease)
                if stop.is_set() and not begun:
                    return None
                if not begun and not said:
                    self._store.say(job.id, self._runner, f"waiting for a worker of site {site}")
                    said = True
                yield Pause(_LOOK * self._clock.speed)
            return work.result()[0]
        finally:
            work.drop()  # what it came to is forgotten then

    def since_permitted(self, job_id: int) -> float | None:
        """Return the real seconds since a worker was last permitted something; None: not by this process."""
        return self._desk.since_permitted(job_id)

    def leave(self, job: Job, trouble: str) -> None:
        """Leave a job that no worker has ended, as interrupted."""
        now = self._store.job(job.id)
        if now.status in RUNNING and not now.interrupted:
            self._store.release(job.id, self._runner, trouble or "its worker returned before the job had ended")

    def complaint(self, batch: Batch, job: Job, stop: threading.Event) -> Parts[str]:
        """Have a worker of its site look again at a device whose job has ended; see JobRunner.complaint."""
        return (yield from self._ask("complaint", batch, job, stop))

    def silent(self, batch: Batch, partner: Job, stop: threading.Event) -> str:
        """Have a worker of its site ask whether a device answers; see JobRunner.silent."""
        return see_through(self._ask("silent", batch, partner, stop), self._clock, stop)

    def _ask(self, what: str, batch: Batch, job: Job, stop: threading.Event) -> Parts[str]:
        """Wait for the answer; what ends that from outside is one, too: what could not be checked is not well."""
        if (hold := self.hold(job)) is not None:
            return f"could not be checked: {hold.why or f'no worker of site {hold.waiting and hold.waiting.on}'}"
        site = self._inventory.device(job.device_name).site or ""
        lease = self._lend(batch, job, stop, ended=True)
        try:
            work = self._submit(what, site, job, lease)
            while not (work.ended() or stop.is_set()):
                yield Pause(_LOOK / 5 * self._clock.speed, obeys=True)
            trouble, answer = work.result() if work.ended() else ("a stop was asked for", "")
            work.drop()
        except ConfigError as error:
            trouble, answer = str(error), ""
        finally:
            lent = self._desk.take_back(job.id, lease)
        if lent.failure is not None:
            raise lent.failure
        return f"could not be checked: {trouble}" if trouble else answer

    def _lend(self, batch: Batch, job: Job, stop: threading.Event, *, ended: bool = False) -> int:
        return self._desk.lend(batch, job, self._inventory.device(job.device_name), stop, ended=ended)

    def _submit(self, what: str, site: str, job: Job, lease: int) -> Work:
        """Return the work of an order that is given to a worker. ConfigError: none can be reached."""
        crowd = self.connect()
        try:
            return crowd.submit(site, Order(crowd.address, what, job.batch_id, job.id, lease))
        except Exception as error:
            raise ConfigError(f"no worker of site {site} can be reached: {error}") from error


def elsewhere(config: Config, store: Store, inventory: Inventory, clock: Clock, runner: Runner) -> Elsewhere:
    """Return what hands jobs to the workers that config.yaml names; they are reached once that is needed."""

    def opens(desk: Desk) -> Crowd:
        from swimctl.engine import dask_side

        if inventory.workers is None:
            raise ConfigError(f"{config.path}: runner: jobs run here, and there are no workers elsewhere")
        return dask_side.DaskCrowd(inventory.workers, desk)

    return Elsewhere(config.settings, store, inventory, clock, runner, opens)


def settled(store: Store, clock: Clock, job: Job, far: Elsewhere | None) -> Parts[None]:
    """Wait until nothing of what a worker elsewhere was permitted can still leave, or be missing in a device's log.

    It may only be silent: a permission counts for FRESH, and a device writes its log a moment after a command. Only who
    has permitted it knows how long ago that was; the time of day may have been set since. Everybody else waits for all
    of it.
    """
    events = store.events(job.id)
    sent = next((event for event in reversed(events) if event.kind == "sent"), None)
    if sent is None or not any(event.kind == "lent" for event in events):
        return
    whole = FRESH + LOG_LAG / clock.speed
    gone = far.since_permitted(job.id) if far is not None else None
    left = whole - (gone or 0.0)
    if left > 0:
        why = (
            f"a worker was permitted '{sent.message}' at {rfc3339(sent.at)}, and may only be silent: {left:.0f} s more"
        )
        store.record(job.id, "waiting", why)
        yield Pause(left * clock.speed, obeys=True)


def _siteless(job: Job) -> str:
    return f"{job.device_name} has no site in the inventory, so no worker can be found for it; give it a `site`"
