"""A job on a device of paper: its answers are a script, its clock jumps, its record is a dictionary; no network.

    job = Scripted(running=[UnparsableOutput(...), runs(NEW)], installed=[stands(Placement.UNCOMMITTED)])
    PostChecks().run(job.context)
    assert job.driver.asked == ["running", ...]

Each method of the driver answers by its list, one after the other; the last one stays. An exception in it is raised,
and what can be called is called with the clock. `logins` are of the sessions: None opens one, an exception is raised.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from swimctl.config.settings import Settings
from swimctl.errors import DeadlineExceeded, SessionLost
from swimctl.models import Device, Finding, Image, ImageKind, Job, JobOptions
from swimctl.platforms.base import Cleaned, Sent, Support, Trace
from swimctl.platforms.cisco_xe.driver import SUPPORT
from swimctl.platforms.driver import Driver
from swimctl.platforms.facts import HashResult, Installed, InstallOutcome, Placement, Running, Snapshot
from swimctl.platforms.journal import Logged
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.states import JobStatus
from swimctl.steps.base import JobContext
from swimctl.steps.pausing import Parts, see_through
from swimctl.steps.who import NOBODY, Met
from swimctl.waiting import Waiting

T = TypeVar("T")

OLD, NEW = "17.06.05", "17.12.04"
NAME = "sw1"
DAY = 86_400
STARTED = datetime(2031, 5, 4, 1, 30, tzinfo=UTC)
IMAGE = Image(
    1, "cat9k_iosxe.17.12.04.SPA.bin", Path("cat9k_iosxe.17.12.04.SPA.bin"), "cisco_xe", "cat9k_iosxe", NEW, 1_000_000,
    "a" * 128, "b" * 32, STARTED,
)  # fmt: skip
PATCH = replace(IMAGE, filename="cat9k_iosxe.17.06.05.CSC1.SPA.smu.bin", version=OLD, kind=ImageKind.PATCH)
BEFORE = Snapshot(
    taken_at="2031-05-04T01:00:00.000000Z",
    version=OLD,
    uptime=30 * DAY,
    restarted_at=None,
    members={"1": "Ready", "2": "Ready"},
    interfaces_up=("GigabitEthernet1/0/1", "TenGigabitEthernet1/1/1"),
    neighbours=("TenGigabitEthernet1/1/1 → core-1",),
    routes={"connected": 4, "ospf 1": 60},
    serials=("FOC1A", "FOC2B"),
    hostname=NAME,
)
AFTER = replace(BEFORE, version=NEW, uptime=300)


# Who looks at the clock so often, or asks so much, waits for what never comes.
_FOR_EVER = 20_000


class PaperClock:
    """A clock that stands still but for who waits. `speed` 1: device seconds are real ones."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.seconds = 0.0
        self.asked_for = 0

    def now(self) -> datetime:
        return STARTED + timedelta(seconds=self.seconds / self.speed)

    def monotonic(self) -> float:
        self.asked_for += 1
        assert self.asked_for < _FOR_EVER, "it waits for ever"
        return self.seconds

    def mark(self) -> dict[str, str | float]:
        return {"seconds": self.seconds}

    def since(self, mark: Mapping[str, Any]) -> float:
        return self.seconds - float(mark["seconds"])

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:  # noqa: ARG002 - Clock's
        self.seconds += max(0.0, seconds)


@dataclass
class PaperRecord:
    """A job's record: what it remembers (the first value stays), its events, and what it said."""

    memory: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    data: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    held_by: str = ""
    seen_before: Met = NOBODY
    permitting: Callable[[], object] = lambda: None

    def hold(self, serials: Sequence[str]) -> str:
        assert "" not in serials
        return self.held_by

    def say(self, message: str) -> None:
        assert message, "a step says nothing"
        self.said.append(message)

    def waits(self, waiting: Waiting) -> None:
        self.say(f"waiting: {waiting.sentence()}")

    def progress(self, percent: int, bytes_done: int = 0, bytes_total: int = 0) -> None:
        assert 0 <= percent <= 100
        assert bytes_done <= bytes_total

    def event(self, kind: str, message: str, **data: Any) -> None:
        assert message, kind
        self.data.append((kind, data))
        self.events.append((kind, message))

    def remember(self, key: str, value: Any) -> None:
        self.memory.setdefault(key, value)

    def met(self) -> Met:
        return self.seen_before

    def saw(self, running: Running, serials: Sequence[str]) -> None:
        assert running.version, serials

    def permit(self, command: str, key: str, facts: Mapping[str, Any]) -> None:
        self.permitting()
        self.remember(key, dict(facts))
        self.event("sent", command)

    def recall(self, key: str) -> Any | None:
        return self.memory.get(key)


def runs(*releases: str, uptime: int | None = 300, restarted_at: str | None = None) -> Running:
    """Make what members 1, 2 … run."""
    return Running(releases[0], uptime, restarted_at, {str(n): each for n, each in enumerate(releases, 1)})


def stands(placement: Placement, timer: int | None = None, *, untold: bool = False) -> Installed:
    """Make where the image stands."""
    return Installed(placement, timer, untimed=untold)


def said(succeeded: bool | None, reason: str | None = None, *, dropped: bool = False, no_change: bool = False) -> Sent:
    """Make what a device says to a command."""
    return Sent(InstallOutcome("commit", succeeded, reason, no_change=no_change), dropped)


TARGET_RUNS = runs(NEW, NEW)
OLD_RUNS = runs(OLD, OLD)
SILENT = Trace(None, None)

_ANSWERS: Mapping[str, Any] = {
    "running": TARGET_RUNS,
    "unready": None,
    "serials": ("FOC1A",),
    "installed": stands(Placement.UNCOMMITTED, 3000),
    "snapshot": AFTER,
    "add": said(True),
    "activate": said(None, dropped=True),
    "commit": said(True),
    "back": said(None, dropped=True),
    "restore": "",
    "log_mark": "a line",
    "trace": SILENT,
    "save": None,
    "file_size": None,
    "destination": "flash:cat9k_iosxe.17.12.04.SPA.bin",
}


# What most tests must not come to: asked only where a script answers it.
_WHERE_SCRIPTED = {
    "clean",
    "space",
    "file_hash",
    "remove_file",
    "spread",
    "identity",
    "check",
    "configuration",
    "journal",
    "rehearse",
    "unpreserved",
    "preserve",
    "predownload",
    "access_points",
}


class PaperDriver:
    """A driver whose answers are a script; `asked` is every method that was called, in its order.

    It has all that some platforms have, so that each test may script it. Its way back (`back` in a script) leads away
    from a committed release only where it `returns`.
    """

    def __init__(
        self,
        clock: PaperClock,
        script: Mapping[str, Sequence[Any]],
        support: Support = SUPPORT,
        *,
        unpacks: bool = True,
        returns: bool = False,
        armed: float | None = 3600,
    ) -> None:
        known = set(_ANSWERS) | _WHERE_SCRIPTED
        assert set(script) <= known, f"no such method: {set(script) - known}"
        self.support, self.unpacks = support, unpacks
        if returns:
            self.back = lambda before: self.abort() if before else None
        self.asked: list[str] = []
        self.marks: list[str | None] = []
        self._clock, self._armed = clock, armed
        self._script = {name: list(answers) for name, answers in script.items()}

    def _answer(self, name: str) -> Any:
        self.asked.append(name)
        assert len(self.asked) < _FOR_EVER, "it asks for ever"
        assert name in self._script or name in _ANSWERS, f"nobody asks for {name}"
        answers = self._script[name] if name in self._script else [_ANSWERS[name]]
        assert answers, f"the script of {name} is empty"
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer(self._clock)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def times(self, name: str) -> int:
        """Count how often a method was called."""
        return self.asked.count(name)

    def armed_for(self) -> float | None:
        return self._armed

    def running(self) -> Running:
        return cast("Running", self._answer("running"))

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield who it is. Every session asks, so it is in `asked` only where it is scripted."""
        scripted = "serials" in self._script
        yield cast("tuple[str, ...]", self._answer("serials") if scripted else _ANSWERS["serials"])

    def unready(self) -> str | None:
        return cast("str | None", self._answer("unready"))

    def installed(self, image: Image) -> Installed:
        assert image
        return cast("Installed", self._answer("installed"))

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        assert taken_at
        assert not whole, "after the reload each piece stands for itself"
        return cast("Snapshot", self._answer("snapshot"))

    def save(self) -> None:
        self._answer("save")

    def add(self, image: Image) -> Sent:
        assert image
        return cast("Sent", self._answer("add"))

    def activate(self, image: Image) -> Sent:
        assert image
        return cast("Sent", self._answer("activate"))

    def commit(self) -> Sent:
        return cast("Sent", self._answer("commit"))

    def abort(self) -> Sent:
        return cast("Sent", self._answer("back"))

    def restore(self, before: Snapshot) -> str:
        assert before
        return cast("str", self._answer("restore"))

    def log_mark(self) -> str | None:
        return cast("str | None", self._answer("log_mark"))

    def trace(self, operation: str, mark: str | None) -> Trace:
        assert operation in {"preserve", "add", "activate", "commit", "abort"}
        assert mark is None or mark
        self.marks.append(mark)
        return cast("Trace", self._answer("trace"))

    def journal(self) -> tuple[Logged, ...]:
        """Return what its log has. Asked before everything, so it is in `asked` only where it is scripted."""
        return cast("tuple[Logged, ...]", self._answer("journal")) if "journal" in self._script else ()

    def file_size(self, image: Image) -> int | None:
        assert image
        return cast("int | None", self._answer("file_size"))

    def destination(self, image: Image) -> str:
        assert image
        return cast("str", self._answer("destination"))

    def identity(self, device: Device) -> list[Finding]:
        assert device
        return cast("list[Finding]", self._answer("identity"))

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        assert device
        assert image
        assert cleanup in {True, False}
        return cast("list[Finding]", self._answer("check"))

    def configuration(self) -> str:
        return cast("str", self._answer("configuration"))

    def space(self, image: Image) -> list[Finding]:
        assert image
        return cast("list[Finding]", self._answer("space"))

    def clean(self) -> Cleaned:
        return cast("Cleaned", self._answer("clean"))

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        assert image
        assert algorithm in self.support.hashes
        return cast("HashResult", self._answer("file_hash"))

    def remove_file(self, image: Image) -> None:
        assert image
        self._answer("remove_file")

    def spread(self, image: Image) -> str:
        assert image
        return cast("str", self._answer("spread"))


class Rehearsing(PaperDriver):
    """A driver whose device tells beforehand what an installation would do."""

    def rehearse(self, image: Image) -> list[Finding]:
        assert image
        return cast("list[Finding]", self._answer("rehearse"))


class Preserving(PaperDriver):
    """A driver whose device keeps a copy of what runs."""

    def unpreserved(self) -> str:
        return cast("str", self._answer("unpreserved"))

    def preserve(self) -> Sent:
        return cast("Sent", self._answer("preserve"))


@dataclass
class PaperSession:
    """A session that ends when its script says so: within a wait, or never. `watched` are the waits to look on for.

    `says` are the answers to commands that are no method of the driver, one after the other; the last one stays. Each
    command is in `heard`. One that does not end closes the session.
    """

    clock: PaperClock
    ends: list[bool]
    watched: list[float] = field(default_factory=list)
    hostname: str = NAME
    says: dict[str, list[Any]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    closed: bool = False

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert not quiet
        assert not self.closed, "the session was closed"
        self.heard.append(command)
        answers = self.says[command]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer(self.clock)
        if isinstance(answer, Exception):
            self.closed = isinstance(answer, DeadlineExceeded)
            raise answer
        return cast("str", answer)

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        assert watch in {True, False}
        if watch:
            self.watched.append(seconds)
        ended = self.ends.pop(0) if self.ends else False
        self.clock.sleep(1.0 if ended else seconds)
        return ended


@dataclass(frozen=True)
class PaperContext(JobContext):
    """A context whose sessions are the script's."""

    script: Any = None

    @contextmanager
    def session(self, attempts: int = 3) -> Iterator[Session]:
        assert attempts >= 1
        script = cast("Scripted", self.script)
        script.opened += 1
        script.attempts.append(attempts)
        login = script.logins.pop(0) if len(script.logins) > 1 else script.logins[0]
        if isinstance(login, Exception):
            self.clock.sleep(30.0)
            raise login
        name = script.names.pop(0) if len(script.names) > 1 else script.names[0]
        try:
            yield cast(
                "Session", PaperSession(script.clock, script.ends, script.watched, name, script.says, script.heard)
            )
        finally:
            self._shared.heard = script.clock.now()

    def on(self, session: Session) -> Driver:
        assert isinstance(session, PaperSession)
        return super().on(session)

    def listening(self) -> bool:
        script = cast("Scripted", self.script)
        greets = script.ports.pop(0) if len(script.ports) > 1 else script.ports[0]
        if isinstance(greets, Exception):
            raise greets
        return greets


class Scripted:
    """A job on a device of paper. `memory` is what its record remembers already, beside the baseline.

    `ends` are the answers of `ended_within`, False when they are used up; `ports` tell whether the SSH port greets,
    `names` are the host names in the prompts of the sessions; `says` are answers to commands by their words.
    """

    def __init__(
        self,
        *,
        image: Image = IMAGE,
        before: Snapshot = BEFORE,
        options: JobOptions | None = None,
        settings: Settings | None = None,
        support: Support = SUPPORT,
        unpacks: bool = True,
        returns: bool = False,
        armed: float | None = 3600,
        memory: Mapping[str, Any] | None = None,
        logins: Sequence[Exception | None] = (None,),
        ends: Sequence[bool] = (),
        ports: Sequence[bool | Exception] = (True,),
        names: Sequence[str] = (NAME,),
        says: Mapping[str, Sequence[Any]] | None = None,
        speed: float = 1.0,
        folder: Path | None = None,
        kind: type[PaperDriver] = PaperDriver,
        **script: Sequence[Any],
    ) -> None:
        self.clock = PaperClock(speed)
        found = {
            "seconds": 0.0,
            "uptime": before.uptime,
            "restarted_at": before.restarted_at,
            "version": before.version,
        }
        kept = {"baseline": asdict(before), "baseline taken": {"seconds": 0.0}, "found": found}
        log = {"baseline log": "read"} if "journal" in script else {}
        self.record = PaperRecord({**kept, **log, **(memory or {})})
        self.driver = kind(self.clock, script, support, unpacks=unpacks, returns=returns, armed=armed)
        self.logins, self.ends, self.ports = list(logins), list(ends), list(ports)
        self.names = list(names)
        self.says = {command: list(answers) for command, answers in (says or {}).items()}
        self.heard: list[str] = []
        self.opened = 0
        self.attempts: list[int] = []
        self.watched: list[float] = []
        device = Device(1, NAME, "cisco_xe", "192.0.2.1")
        self.context: JobContext = PaperContext(
            job=Job(7, "b" * 32, 1, NAME, 1, image.filename, image.version, JobStatus.ACTIVATING, 0, (), STARTED),
            device=device,
            image=image,
            options=options or JobOptions(),
            settings=settings or Settings(),
            clock=self.clock,
            target=Target(NAME, "192.0.2.1", 22, "cisco_xe", "netops", "secret", None, {}),
            make_driver=lambda _session, _settings, _options: self.driver,
            record=self.record,
            folder=folder or Path("/nowhere"),
            transcript=cast("Transcript", PaperTranscript()),
            stop=threading.Event(),
            script=self,
        )

    def through(self, parts: Parts[T]) -> T:
        """Return what these parts come to, with all of their pauses."""
        return see_through(parts, self.clock, self.context.stop)

    @property
    def waited(self) -> float:
        """Return the device seconds that went by."""
        return self.clock.seconds

    def sent(self, operation: str) -> bool:
        """Return whether a command was sent."""
        return f"{operation} sent" in self.record.memory

    def told(self, kind: str) -> list[str]:
        """List the events of a kind."""
        return [message for each, message in self.record.events if each == kind]


class PaperTranscript:
    """A transcript that keeps its notes in memory."""

    redaction = Redaction(("secret",))

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        assert text
        self.notes.append(text)


def activated(support: Support = SUPPORT, *, at: float = 0.0, armed: float | None = 3600) -> dict[str, Any]:
    """Make what a record remembers after an activation that was sent at that device second."""
    return {
        "boot": {"seconds": at, "uptime": 30 * DAY, "restarted_at": None, "version": OLD},
        "activate sent": {
            "mark": "a line",
            "command": support.activate,
            "look": support.look,
            "target": NEW,
            "activate": support.activate,
            "commit": support.commit,
            "back": support.back,
            "way_back": support.way_back,
            "user": "netops",
            "started": {"seconds": at},
            "armed": armed,
        },
    }


LOST = SessionLost("the session to sw1 ended")
