"""What a step is, and what it works with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from swimctl.checks.rules import Check
from swimctl.clock import Clock, Deadline, between_looks
from swimctl.config.settings import Settings
from swimctl.errors import LoginFailed, SessionLost, Stopped, Unreachable
from swimctl.images.turns import SiteTurns
from swimctl.models import Device, Image, Job, JobOptions
from swimctl.platforms.driver import Driver, DriverFactory
from swimctl.platforms.facts import Running
from swimctl.platforms.text import unread
from swimctl.sessions.connecting import connect
from swimctl.sessions.logins import DeviceLogins, answers
from swimctl.sessions.netconf import Models
from swimctl.sessions.one_look import forget, one_look
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.way import greets
from swimctl.states import JobStatus
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.reach import Images
from swimctl.steps.who import Met, Who, host_name
from swimctl.waiting import Waiting

# However fast the lab runs, no device is asked more often than this in real seconds: the asking costs more.
_SHORTEST_PAUSE = 0.2
_ATTEMPTS = 3
# So many lines that no parser knew are recorded of a job: more of them say no more.
_MOST_UNREAD = 50

RUNS: Final = "runs"
"""The kind of the events that say what each member runs: before the upgrade, and what was proved at its end."""

# Of the first login in a job's record; its value is a boot mark that says no more than that the device was up then.
ENTERED = "entered"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended well. `finished`: the whole job has, and the steps after it are skipped."""

    message: str
    finished: bool = False


class JobRecord(Protocol):
    """Where a job's facts go; durable before a method returns."""

    def say(self, message: str) -> None:
        """Report what the step is at."""

    def waits(self, waiting: Waiting) -> None:
        """Report what the step waits for, until it says something else."""

    def progress(self, percent: int, bytes_done: int = 0, bytes_total: int = 0) -> None:
        """Report how far the job is, 0 to 100."""

    def event(self, kind: str, message: str, **data: Any) -> None:  # noqa: ANN401 - JSON
        """Append a fact to the job's history."""

    def remember(self, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """Keep a fact for a resume; the first value of a key stays."""

    def permit(self, command: str, key: str, facts: Mapping[str, Any]) -> None:
        """Record that a command leaves now that cannot be taken back, with facts as `remember` keeps them.

        StaleClaim: somebody else may have the job by now, so it may not leave, and nothing is recorded.
        """

    def hold(self, serials: Sequence[str]) -> str:
        """Reserve the device by its serial numbers until the job ends.

        Return the name of another job that has it already.
        """

    def recall(self, key: str) -> Any | None:  # noqa: ANN401 - JSON
        """Return what was remembered, None where nothing was."""

    def met(self) -> Met:
        """Return which serial numbers were last seen at the job's device."""

    def saw(self, running: Running, serials: Sequence[str]) -> None:
        """Keep what the job's device runs, for those who ask for that without a job."""


@dataclass
class Refusals:
    """Refused logins one after the other: too many of them, or too close together, lock the account."""

    count: int = 0
    wait: Deadline | None = None


@dataclass
class _Shared:
    """A session that several may use, one after the other; it is closed by `opened`. `known`: it said who it is.

    `heard` is when the device last answered in a session of this job that has ended.
    """

    wanted: bool = False
    session: Session | None = None
    known: Session | None = None
    heard: datetime | None = None
    opened: ExitStack = field(default_factory=ExitStack)

    def end(self) -> None:
        """Close it; the next one who asks gets a new one."""
        self.session = None
        self.opened.close()


@dataclass(frozen=True)
class JobContext:
    """One job at work: device, image, record, and the way to a session."""

    job: Job
    device: Device
    image: Image
    options: JobOptions
    settings: Settings
    clock: Clock
    target: Target
    make_driver: DriverFactory
    record: JobRecord
    folder: Path
    transcript: Transcript
    stop: threading.Event
    # Of the job and not of a wait: two waits that each begin anew would ask too often together.
    refusals: Refusals = field(default_factory=Refusals)
    passed_over: set[tuple[str, str]] = field(default_factory=set)
    # Of the job as well: what a device does not offer is asked for once. None: nobody is to read models.
    models: Models | None = None
    # What counts refused logins of all devices; None: nobody does.
    logins: DeviceLogins | None = None
    # Where its device may fetch the image; None: it is pushed.
    images: Images | None = None
    # Who of its site may copy at once.
    sites: SiteTurns = field(default_factory=lambda: SiteTurns(0))
    # Raises StepFailed where its batch is over: no copy may begin then.
    in_time: Callable[[JobContext], object] = lambda _context: None
    # What is checked by rules; asked before an upgrade alone, so that no mistake in them stops a job behind it.
    checks: Callable[[], tuple[Check, ...]] = tuple
    who: Who = field(default_factory=Who)
    _shared: _Shared = field(default_factory=_Shared)

    @property
    def redaction(self) -> Redaction:
        """Return what masks this device's secrets."""
        return self.transcript.redaction

    @contextmanager
    def driver(self) -> Iterator[Driver]:
        """Open a session of its own; none is kept over a step, as a reload kills what is kept."""
        with self.session() as session:
            yield self.on(session)

    def on(self, session: Session) -> Driver:
        """Make the driver of a session, once it has said who it is; raises OtherDevice."""
        driver = self.make_driver(session, self.settings, self.options)
        if self._shared.known is session:
            return driver
        told = self.who.ask(self.record.recall, driver, host_name(session.hostname), self.target)
        if told and ("who", told) not in self.passed_over:
            self.passed_over.add(("who", told))
            self.record.event("who", f"it is {self.device.name} {told}")
        self._shared.known = session
        return driver

    @contextmanager
    def one_session(self) -> Iterator[None]:
        """Share one session among all who ask for one meanwhile; after an error in it, or a `part`, a new one."""
        before, self._shared.wanted = self._shared.wanted, True
        try:
            with one_look():
                yield
        finally:
            self._shared.wanted = before
            self.part()

    def part(self) -> None:
        """End the session that is shared, before a long wait and where a reload may have killed it."""
        forget()
        self._shared.end()

    @contextmanager
    def session(self, attempts: int = _ATTEMPTS) -> Iterator[Session]:
        """Open a session for one who needs it beside its driver, or give the one that is shared.

        What is read in it is read once, until something is sent or waited for.
        """
        shared = self._shared
        if not shared.wanted:
            with one_look(), self._opened(attempts) as session:
                yield session
            return
        if shared.session is None:
            shared.session = shared.opened.enter_context(self._opened(attempts))
        try:
            yield shared.session
        except BaseException:
            shared.end()
            raise

    @contextmanager
    def beside(self) -> Iterator[Driver]:
        """Open a session of its own beside the one in which a command runs; it is tried once."""
        with self._opened(1) as session:
            known = self._shared.known
            driver = self.on(session)
            self._shared.known = known
            yield driver

    @contextmanager
    def _opened(self, attempts: int) -> Iterator[Session]:
        """Open a session; a line that drops at once is tried again.

        So is a login that is refused after an activation: the device may not reach yet what knows its accounts.
        """
        attempt = 1
        while True:
            try:
                session = self._login()
                break
            except LoginFailed as error:
                last = attempts == 1 or self.refusals.count >= self.settings.login.refusals
                if last or self.record.recall("activate sent") is None:
                    raise
                self.record.event("session", f"{error}; waiting, so that the account does not lock")
            except (Unreachable, SessionLost) as error:
                if attempt == attempts:
                    raise
                self.record.event("session", f"{error}; trying again")
                self.pause(self.settings.login.poll * attempt)
                attempt += 1
        if self.record.recall(ENTERED) is None:
            self.record.remember(ENTERED, {**self.clock.mark(), "uptime": 0, "restarted_at": None})
        beside = self.models.beside() if self.models else nullcontext()
        try:
            with session, self._noting_unread(), beside as session.netconf:
                yield session
        finally:
            self._shared.heard = session.last_answer

    def tell_running(self, running: object) -> None:
        """Record what each member runs, where that could be read."""
        if isinstance(running, Running):
            self.record.event(RUNS, f"runs {running.version}", members=dict(running.members))

    @property
    def heard(self) -> datetime | None:
        """Return when the device last answered in a session of this process; None: there was none."""
        shared = self._shared.session
        return self._shared.heard if shared is None else shared.last_answer

    @contextmanager
    def _noting_unread(self) -> Iterator[None]:
        """Record each line of output that no parser knew meanwhile, once a job: the device may have news for people."""
        with unread() as passed:
            try:
                yield
            finally:
                for command, line in passed:
                    if (command, line) not in self.passed_over and len(self.passed_over) < _MOST_UNREAD:
                        self.passed_over.add((command, line))
                        self.record.event("unread", f"'{command}': a line that swimctl does not know: {line}")

    def _login(self) -> Session:
        """Log in, not too soon after a refusal, and not at all after too many."""
        login, limits, refusals = self.settings.login, self.settings.deadlines, self.refusals
        if refusals.count >= login.refusals:
            raise LoginFailed(f"{self.device.name} refused {refusals.count} logins; one more might lock the account")
        if refusals.wait is not None:
            self.pause(refusals.wait.left)
        try:
            with self.counted() as accepted:
                session = connect(self.target, self.clock, self.transcript, limits.connect, limits.setup, accepted)
        except LoginFailed:
            seconds = min(login.backoff_first * 2**refusals.count, login.backoff_most)
            refusals.count, refusals.wait = refusals.count + 1, Deadline(self.clock, seconds, watch=True)
            raise
        refusals.count, refusals.wait = 0, None
        return session

    def counted(self) -> AbstractContextManager[Callable[[], None] | None]:
        """Have a login counted with those of all devices, but not one after an activation.

        There a device refuses whom it does not know yet, and it must be entered whatever others say.
        """
        if self.logins is None or self.record.recall("activate sent") is not None:
            return nullcontext()
        return self.logins.login(self.device, lambda: answers(self.target, self.clock, self.settings))

    def again(self, act: Callable[[], T]) -> T:
        """Do in a session of its own what may be done twice; once more where that session is lost."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return act()
            except SessionLost as error:
                if attempt == _ATTEMPTS:
                    raise
                self.record.event("session", f"{error}; asking again")
                self.pause(self.settings.login.poll)
        raise AssertionError

    def listening(self) -> bool:
        """Return whether the device's SSH greets on its way; WayLost, OutOfDescriptors: it was not asked."""
        return greets(self.target, 3.0)

    def pause(self, seconds: float) -> None:
        """Wait so many device seconds before the device is asked again, anew."""
        forget()
        self.clock.sleep(self._at_least(seconds))

    def leave(self, seconds: float, *, silent_for: float = 0.0) -> Pause:
        """Return such a pause of a job that gives its thread back; its session is ended.

        `silent_for`: the device is away, and need not be looked at before it greets or so many device seconds are over.
        """
        self.part()
        silent = self.target if silent_for else None
        return Pause(self._at_least(seconds), silent=silent, most=silent_for)

    def _at_least(self, seconds: float) -> float:
        return max(seconds, between_looks(self.clock, _SHORTEST_PAUSE))

    def waiting(self, what: Waiting) -> Callable[[], None]:
        """Return what to call each second of a wait: a stop is obeyed, and what it waits for is said once."""
        said: list[Waiting] = []

        def wait() -> None:
            self.checkpoint()
            if not said:
                said.append(what)
                self.part()  # it would idle out meanwhile
                self.record.waits(what)

        return wait

    def checkpoint(self) -> None:
        """Leave here if a stop was asked for; only where a resume can go on."""
        if self.stop.is_set():
            raise Stopped(f"stopped at a safe point; `swimctl resume {self.job.id}` continues it")


class Step(Protocol):
    """One step of a workflow. Looks, acts only where needed, and looks again."""

    @property
    def kind(self) -> str:
        """Return under what it stands in a job."""

    @property
    def job_status(self) -> JobStatus:
        """Return what the job is in meanwhile."""

    @property
    def stop_before(self) -> bool:
        """Return whether a job may stop before it."""

    def run(self, context: JobContext) -> StepResult:
        """Do the step; raises a DeviceError where it cannot be proved to have worked."""


@runtime_checkable
class InParts(Protocol):
    """A step that waits long, and gives its thread back meanwhile."""

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Do the step as `run` does."""


StepFactory = Callable[[], Step]
