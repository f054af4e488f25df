"""A worker of a site: it works at what it is lent, with the inventory and the credentials that are here."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from swimctl import clock as clocks
from swimctl.config.calendars import Calendars, Known
from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.engine.desk import FILES, SHARED, Order, Task
from swimctl.engine.far_store import Ask, FarStore, untold
from swimctl.engine.jobs import JobRunner, Serving
from swimctl.engine.places import Places
from swimctl.errors import ConfigError, StaleClaim, StoreError, SwimctlError, TransferFailed
from swimctl.images.catalogue import hash_file
from swimctl.inventory.hosts import Inventory
from swimctl.models import Image
from swimctl.states import StepStatus
from swimctl.steps.pausing import see_through
from swimctl.store import Runner

# Real seconds between questions whether a stop was asked for.
_LOOK: Final = 2.0
# Bytes that are asked for at once: a long way answers so many in one round trip.
_PIECE: Final = 4 * 1024 * 1024
# A worker runs no job of its own: where the store wants to know who holds a job, the coordinator says so.
_NOBODY: Final = cast("Runner", None)


class _Ids:
    """Ids for an inventory of a worker; the coordinator's are in its store, and no job needs them here."""

    def device_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Return a number for each host."""
        return {name: number for number, name in enumerate(names, 1)}


class Workplace:
    """What all orders of one worker share. Its folder has a folder for each batch, and the images that came here."""

    def __init__(
        self, config: Config, site: str, folder: Path, images: Path | None = None, places: Places | None = None
    ) -> None:
        """`places`: where more jobs are under way than may talk at once; without it each has a place to its end."""
        self._see_through = see_through if places is None else places.see_through
        self.stopping = threading.Event()
        self.site = site
        self._config = config
        self._folder = folder
        self._images = images or folder / "images"
        self._inventory = Inventory.load(config, _Ids())
        self._serving = Serving.of(config.settings)
        self._calendars: dict[str, Known] = {}
        self._whole: dict[str, tuple[int, int]] = {}  # images that were hashed, with size and time of the file then
        self._fetching, self._telling, self._counting = threading.Lock(), threading.Lock(), threading.Lock()
        self.at_work = 0

    def close(self) -> None:
        """Serve no images any more."""
        self._serving.images.close()

    def do(self, order: Order, ask: Ask) -> tuple[str, str]:
        """Carry out an order. Return what ended it from outside, empty where nothing did, and the answer to it."""
        folder = self._folder / order.batch_id / str(order.job_id)
        clock = clocks.SystemClock(self._config.settings.clock_speed)
        store = FarStore(ask, order, folder / f"journal-{order.lease}.jsonl", clock, self._images)
        with self._counted():
            try:
                return "", self._do(order, store, folder.parent)
            except SwimctlError as error:
                return str(error), ""
            finally:
                store.close()

    def _do(self, order: Order, store: FarStore, folder: Path) -> str:
        if self.stopping.is_set():
            raise StoreError(f"this worker of site {self.site} is being stopped")
        task = store.begin()
        batch, job = task.batch, task.job
        config = self._configured(task, folder)
        self._same_device(task)
        self._tell_late(store, folder)
        clock = clocks.SystemClock(config.settings.clock_speed)
        # All jobs of a coordinator share what was read of its calendars.
        known = self._calendars.setdefault(order.coordinator, Known())
        calendars = Calendars(config.settings, store.calendar, zone=task.zone, known=known)
        runs = JobRunner(
            config, store, self._inventory, clock, _NOBODY, self._serving, calendars, lambda _: task.window
        )
        stop = threading.Event()
        if order.what == "complaint":
            return see_through(runs.complaint(batch, job, stop), clock, stop)
        if order.what == "silent":
            return runs.silent(batch, job, stop)
        shared = SharedFiles(store, folder / str(job.id))
        shared.fetch()
        store.before_sending = shared.send
        with self._watching(store, shared, stop):
            try:
                if any(s.kind == "distribution" and s.status is not StepStatus.SUCCESS for s in job.steps):
                    self._fetch(store, stop)
            except TransferFailed as error:
                runs.end_failed(job, str(error), cause=TransferFailed)
                return ""
            try:
                self._see_through(runs.go_through(batch, job, stop), clock, stop)
            except (StaleClaim, StoreError):
                raise
            except Exception as error:  # noqa: BLE001 - a defect in one job must end that job with a reason
                why = f"swimctl failed: {type(error).__name__}: {error}; please report it"
                runs.end_by_defect(batch, job, why, stop)
        shared.send()
        return ""

    def _configured(self, task: Task, folder: Path) -> Config:
        """Return this worker's configuration with the settings that are the coordinator's."""
        theirs = Settings.model_validate(dict(task.settings))
        shared = {key: getattr(theirs, key) for key in SHARED}
        return replace(self._config, settings=self._config.settings.model_copy(update={**shared, "jobs_dir": folder}))

    def _same_device(self, task: Task) -> None:
        """Refuse a job whose device is another one in the inventory of this worker. ConfigError, NotFound."""
        name = task.job.device_name
        place = self._inventory.device(name).place
        if place != task.place:
            raise ConfigError(
                f"{name} is at {place} in the inventory of this worker, and at {task.place} in the coordinator's; "
                "needed: the same; then start the worker anew"
            )

    def _tell_late(self, store: FarStore, folder: Path) -> None:
        """Report what nobody was there to hear, of all jobs of this batch."""
        with self._telling:
            for journal in sorted(folder.glob("*/journal-*.jsonl")):
                lines = untold(journal)
                for line in lines:
                    store.late(int(journal.parent.name), line, self.site)
                if lines:
                    journal.rename(journal.with_suffix(".told"))

    @contextmanager
    def _watching(self, store: FarStore, shared: SharedFiles, stop: threading.Event) -> Iterator[None]:
        """Hand on the coordinator's stop, and the transcript, while a job runs."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(_LOOK):
                try:
                    if self.stopping.is_set() or store.stopped():
                        stop.set()
                    shared.send()
                except SwimctlError:  # nobody answers, or the lease is over
                    stop.set()
                    return

        thread = threading.Thread(target=look, name="looks", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _fetch(self, store: FarStore, stop: threading.Event) -> None:
        """Have the job's image here, whole; it comes from the coordinator once. TransferFailed."""
        image, said = store.image(0), False
        while not self._fetching.acquire(timeout=1.0):
            if stop.is_set():
                return
            if not said:
                store.say(0, None, f"another job brings an image to this worker of site {self.site}")
                said = True
        try:
            if not self._is_whole(image):
                store.say(0, None, f"{image.filename} comes to this worker of site {self.site}")
                self._bring(store, image, stop)
        finally:
            self._fetching.release()

    def _is_whole(self, image: Image) -> bool:
        with suppress(OSError):
            seen = image.path.stat()
            mark = (seen.st_size, seen.st_mtime_ns)
            if seen.st_size == image.size and self._whole.get(image.sha512) != mark:
                if hash_file(image.path)[1] != image.sha512:
                    return False
                self._whole[image.sha512] = mark
            return seen.st_size == image.size
        return False

    def _bring(self, store: FarStore, image: Image, stop: threading.Event) -> None:
        part = image.path.with_name(f"{image.filename}.{os.getpid()}.part")
        digest = hashlib.sha512()
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                for at in range(0, image.size, _PIECE):
                    if stop.is_set():
                        return
                    piece = store.piece(at, _PIECE)
                    digest.update(piece)
                    file.write(piece)
            if digest.hexdigest() != image.sha512:
                raise TransferFailed(
                    f"what came of {image.filename} to this worker is not the image that was added; next: "
                    f"`swimctl image verify {image.id}` on the coordinator"
                )
            part.replace(image.path)
        except OSError as error:
            raise TransferFailed(f"{image.filename} cannot be kept in {part.parent}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self.at_work += 1
        try:
            yield
        finally:
            with self._counting:
                self.at_work -= 1


class SharedFiles:
    """The files of a job that the coordinator and the next worker need, too."""

    def __init__(self, store: FarStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._lock = threading.Lock()
        self._sent: dict[str, tuple[int, int]] = {}

    def fetch(self) -> None:
        """Bring here what an earlier worker has left; a transcript goes on where it is."""
        for name in FILES:
            path = self._folder / name
            if name == "transcript.log":
                self._sent[name] = (path.stat().st_size if path.is_file() else 0, 0)
            elif (text := self._store.kept(name)) is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(text)
                self._sent[name] = _mark(path)

    def send(self) -> None:
        """Give the coordinator what is new."""
        with self._lock:
            for name in FILES:
                path = self._folder / name
                if not path.is_file() or (mark := _mark(path))[0] == 0:
                    continue
                if name == "transcript.log":
                    self._send_rest(name, path)
                elif self._sent.get(name) != mark:
                    self._store.keep(name, path.read_bytes(), begin=True)
                    self._sent[name] = mark

    def _send_rest(self, name: str, path: Path) -> None:
        at = self._sent[name][0]
        with path.open("rb") as file:
            file.seek(at)
            while piece := file.read(_PIECE):
                self._store.keep(name, piece, begin=False)
                at += len(piece)
                self._sent[name] = (at, 0)


def _mark(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns
