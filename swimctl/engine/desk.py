"""Where a coordinator answers workers elsewhere: the one who has the store lends a job, with its lease, and answers.

Who has no lease of a job, or an older one, is answered nothing any more. No transport is here: `Desk.reply` takes and
gives plain values.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from swimctl import __version__, errors
from swimctl.clock import Clock
from swimctl.config.calendars import bytes_of
from swimctl.config.settings import Settings
from swimctl.errors import ConfigError, StaleClaim, StoreError, SwimctlError
from swimctl.models import Batch, Device, Image, Job
from swimctl.requests.plans import zoned
from swimctl.store import Runner, Store
from swimctl.times.here import zone_here

# What may be asked, by what it takes before its own arguments.
_OF_THE_HOLDER: Final = frozenset({"move", "step", "say", "progress", "release", "hold"})
_OF_THE_JOB: Final = frozenset({"job", "remember", "recall", "saw_in_job", "seen_of_job", "stop_asked"})
_OF_ALL: Final = frozenset(
    {"usual_seconds", "begin_login", "end_login", "leave_login", "login_proved", "login_refusals"}
)
# So many answers are kept for who asks again.
_LAST: Final = 50
# Answered anew each time: an answer of one of these is large, or is not for everybody who has its number.
_ANEW: Final = frozenset({"begin", "piece", "kept", "calendar"})
# What a job leaves in its folder, and the next worker may need.
FILES: Final = ("transcript.log", "running-config.txt", "boots.txt")
# Settings that are the coordinator's: those left out say how a worker itself is set up.
SHARED: Final = frozenset(
    {
        "clock_speed", "freeze", "freeze_calendars", "calendars",
        "readiness", "distribution", "activation", "deadlines", "login", "evidence",
        "tolerances", "workflows", "checks",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What goes through the scheduler: where to ask for the rest, and with which number. No name, no secret."""

    coordinator: str
    what: str
    batch_id: str
    job_id: int
    lease: int


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to begin. `settings` are those of SHARED, `zone` is the time zone of the coordinator.

    `window` is the device's own one, as the coordinator's inventory has it.
    """

    batch: Batch
    job: Job
    place: str
    image: Image
    settings: Mapping[str, Any]
    zone: str = ""
    window: str | None = None


@dataclass(eq=False)
class Lent:
    """A job in somebody's hands. `failure`: the store could not be written, so that nothing may go on.

    `begun_by` is the mark of the worker that has begun, empty where none has.
    """

    batch: Batch
    job: Job
    place: str
    stop: threading.Event
    window: str | None = None
    begun_by: str = ""
    failure: StoreError | None = None
    answered: dict[int, tuple[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def begun(self) -> bool:
        """Return whether a worker has begun."""
        return bool(self.begun_by)


class Desk:
    """Answer those who work at this runner's jobs on other machines."""

    def __init__(self, store: Store, runner: Runner, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._runner = runner
        self._settings = settings
        self._clock = clock
        self._permitted: dict[int, Mapping[str, Any]] = {}
        self._lent: dict[tuple[int, int], Lent] = {}
        self._lock = threading.Lock()
        self._visits = count(1)

    def lend(self, batch: Batch, job: Job, device: Device, stop: threading.Event, *, ended: bool = False) -> int:
        """Return the lease with which a job may be worked at from now on; older ones are over.

        `ended`: the job is, and its device is only looked at. With such a number nothing of the job is changed.
        """
        lease = -next(self._visits) if ended else self._store.lease(job.id, self._runner)
        with self._lock:
            for old in [key for key in self._lent if key[0] == job.id and not ended and key[1] > 0]:
                del self._lent[old]
            self._lent[job.id, lease] = Lent(batch, job, device.place, stop, device.window)
        return lease

    def begun(self, job_id: int, lease: int) -> bool:
        """Return whether a worker has begun with a lease."""
        with self._lock:
            return (job_id, lease) in self._lent and self._lent[job_id, lease].begun

    def since_permitted(self, job_id: int) -> float | None:
        """Return the real seconds since a worker was last permitted something here; None: another process did it.

        They are counted by the ticks of this machine, which nobody can set.
        """
        with self._lock:
            mark = self._permitted.get(job_id)
        return None if mark is None else self._clock.since(mark) / self._clock.speed

    def take_back(self, job_id: int, lease: int) -> Lent:
        """Answer nobody any more who has this lease; return what became of it."""
        with self._lock:
            lent = self._lent.pop((job_id, lease))
        with lent.lock:  # an answer that is being made is the last one
            return lent

    def reply(
        self, job_id: int, lease: int, number: int, what: str, given: Sequence[Any], named: Mapping[str, Any]
    ) -> tuple[str, Any]:
        """Answer question `number` of a lease: with nothing and the answer, or with an error's class and its words.

        Who asks the same question again, as the answer was lost on its way, is given the same answer.
        """
        with self._lock:
            lent = self._lent.get((job_id, lease))
        try:
            if lent is None:
                raise StaleClaim(f"lease {lease} of job {job_id} is over; another one goes on, or the job waits for it")
            with lent.lock:
                if what in _ANEW:
                    return self._answered(lent, job_id, lease, what, given, named)
                if number not in lent.answered:
                    lent.answered[number] = self._answered(lent, job_id, lease, what, given, named)
                    if len(lent.answered) > _LAST:
                        del lent.answered[min(lent.answered)]
                return lent.answered[number]
        except SwimctlError as error:
            return type(error).__name__, str(error)

    def _answered(
        self, lent: Lent, job_id: int, lease: int, what: str, given: Sequence[Any], named: Mapping[str, Any]
    ) -> tuple[str, Any]:
        try:
            with self._lock:
                if (job_id, lease) not in self._lent:
                    raise StaleClaim(f"lease {lease} of job {job_id} is over")
            return "", self._answer(lent, lease, what, given, named)
        except SwimctlError as error:
            if type(error) is StoreError:
                lent.failure = error
            return type(error).__name__, str(error)

    def _answer(self, lent: Lent, lease: int, what: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the store answers
        job_id = lent.job.id
        if what == "begin":
            return self._begin(lent, *given)
        if what == "stopped":
            return lent.stop.is_set()
        if what == "batch":
            return _zoned(self._store.batch(lent.batch.id))
        if what == "permit" and lease > 0:
            self._store.permit(job_id, self._runner, lease, *given)
            with self._lock:
                self._permitted[job_id] = self._clock.mark()
            return None
        if what in _OF_THE_HOLDER and lease > 0:
            return getattr(self._store, what)(job_id, self._runner, *given, **named)
        if what == "record":
            self._store.record(job_id, *given)
            return None
        if what in _OF_THE_JOB:
            return getattr(self._store, what)(job_id, *given, **named)
        if what in _OF_ALL:
            return getattr(self._store, what)(*given, **named)
        if what in {"keep", "kept", "piece", "late", "calendar"}:
            return getattr(self, f"_{what}")(lent, *given)
        raise ConfigError(f"a worker asked for '{what}', which is not answered; use one swimctl everywhere")

    def _begin(self, lent: Lent, version: str, worker: str) -> Task:
        """Answer the first question; only one worker may begin with a lease, whatever a scheduler does."""
        if lent.begun_by not in {"", worker}:
            raise StaleClaim(f"job {lent.job.id} was begun with this lease; a scheduler gave it to a second worker")
        lent.begun_by = worker
        if version != __version__:
            raise ConfigError(f"its worker is swimctl {version}, this is {__version__}; needed: the same everywhere")
        shared = self._settings.model_dump(mode="json", include={*SHARED} - {"freeze"}, by_alias=True)
        # A freeze of whole days is one of the days here.
        shared["freeze"] = [
            {"from": one.start.isoformat(), "to": one.end.isoformat(), "reason": one.reason}
            for one in self._settings.freezes
        ]
        image = self._store.image(lent.job.image_id)
        return Task(_zoned(lent.batch), lent.job, lent.place, image, shared, zone_here(), lent.window)

    def _keep(self, lent: Lent, name: str, text: bytes, begin: bool) -> None:
        """Write a file of the job, from its beginning or behind what is there."""
        path = self._settings.jobs_dir / str(lent.job.id) / _known(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        how = os.O_TRUNC if begin else os.O_APPEND
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb") as file:
            file.write(text)

    def _kept(self, lent: Lent, name: str) -> bytes | None:
        """Return a file of the job; None where there is none."""
        path = self._settings.jobs_dir / str(lent.job.id) / _known(name)
        return path.read_bytes() if path.is_file() else None

    def _piece(self, lent: Lent, at: int, size: int) -> bytes:
        """Return bytes of the job's image."""
        image = self._store.image(lent.job.image_id)
        try:
            with image.path.open("rb") as file:
                file.seek(at)
                return file.read(size)
        except OSError as error:
            raise ConfigError(f"the image {image.path} cannot be read here: {error.strerror}") from error

    def _calendar(self, lent: Lent, name: str) -> bytes:  # noqa: ARG002 - the same for all
        """Return a calendar of config.yaml, as it is now."""
        path = Path(name)
        if path not in {*self._settings.calendars.values(), *self._settings.freeze_calendars}:
            raise ConfigError(f"config.yaml names no calendar {name}")
        return bytes_of(path)

    def _late(self, lent: Lent, job_id: int, noted: Mapping[str, Any], site: str) -> None:
        """Record what a worker noted of a job of this batch when nobody answered it; once, however often it is told."""
        mark = [noted["lease"], noted["n"]]
        if self._store.job(job_id).batch_id != lent.batch.id:
            return
        if any(event.data.get("noted") == mark for event in self._store.events(job_id) if event.kind == "late"):
            return
        what = " ".join(map(str, (noted["what"], *noted["given"])))
        message = f"a worker of site {site} noted at {noted['at']}, when nobody answered it: {what}"
        self._store.record(job_id, "late", message, {"noted": mark})


def _zoned(batch: Batch) -> Batch:
    """Return a batch whose window is the same time on a worker in another zone."""
    return replace(batch, policy=zoned(batch.policy))


def _known(name: str) -> str:
    if name not in FILES:
        raise ConfigError(f"'{name}' is no file of a job that workers share")
    return name


def raised(name: str, words: str) -> SwimctlError:
    """Make an error again of its class and its words."""
    kind = getattr(errors, name, None)
    known = isinstance(kind, type) and issubclass(kind, SwimctlError) and kind is not errors.UnparsableOutput
    return kind(words) if known and kind is not None else StoreError(words)
