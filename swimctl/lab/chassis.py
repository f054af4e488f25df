"""What every lab device has, whatever system it runs: power, time, a log, accounts, flash, sessions that drop.

Pure but for the spool files of uploads. What a system does on it is its subclass's.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from swimctl.lab.chassis_spec import ChassisSpec, Held
from swimctl.lab.clock import LabClock
from swimctl.lab.drops import Drops
from swimctl.lab.effects import Cut, Down, SwitchEvent, Syslog, Up
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.netconf import Offered, of_models
from swimctl.lab.upload import Upload
from swimctl.lab.vty import Login, Vty
from swimctl.lab.web_api import WebApi

LOCKED_FOR = 900.0
EARLY_LOGINS = 3
EARLY = 60.0
SLOW_COPY, SLOW_FLASH = 20.0, 4.0
SLOWEST_COPY = 3_500.0
START = 60.0
"""Lab seconds from the start of the system until the device answers."""
NO_SPACE_FREE = 1_500_000
FOREVER = 1e12
ITSELF = "(switch)"
"""Who stands in the log for what the device did by itself: reloads and returns, in one order with the commands."""
UP = "up"
RELOAD_COMMAND = "Reload Command"
"""Why it reloaded, where somebody typed `reload`."""
CRASH = "Critical process fman_fp_image fault on fp_0_0 (rc=134)"
ABNORMAL = frozenset({"PowerOn", CRASH})
"""Reasons that a device does not call normal: a C9300 with 17.15.6 counts `PowerOn` among them, not `Image Install`."""


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """One command line that a device received, `at` a lab second."""

    at: float
    line: str
    source: str


@dataclass
class _Due:
    at: float
    what: Callable[[], None]


class Chassis(ABC):
    """One device. Everything that happens by itself happens in `advance`."""

    spec: ChassisSpec

    def __init__(self, spec: ChassisSpec, clock: LabClock, spool: Path | None = None) -> None:
        self.spec = spec
        self.name = spec.name
        self.clock = clock
        self.log: list[LoggedCommand] = []
        self.booted_at = -spec.uptime
        self.reload_reason = RELOAD_COMMAND
        self.abnormal = False
        self.reachable = True
        self.degraded = False
        self.corrupted = False
        self.buffer: list[str] = []
        self.scheduled_reload: float | None = None
        self._reload_timer: object = None
        self._spool = spool
        self._due: list[_Due] = []
        self._events: list[SwitchEvent] = []
        self.drops = Drops(spec.faults, self.cut_all)
        self._early_logins = 0
        self._locked_until = -FOREVER
        self.known_hosts: dict[str, str] = {}
        """Fingerprints of the host keys of the servers from which it copied, by address."""

    @abstractmethod
    def flash(self, member: int) -> Flash:
        """Return the flash of a member, or of a supervisor."""

    @abstractmethod
    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path as the device writes it: member and file name; ValueError for a file system that is not there."""

    @abstractmethod
    def terminal(self, login: Login, *, exec_command: bool) -> Vty:
        """Make a terminal."""

    @abstractmethod
    def start_up(self) -> bool:
        """Load while it is down what the next boot names; False: there is nothing to boot, and it stays down."""

    @property
    @abstractmethod
    def runs(self) -> Mapping[str, str]:
        """Return what every member really runs, whatever it prints, as the name of an image file spells it."""

    @property
    @abstractmethod
    def stays(self) -> str:
        """Return what it would run after a reload that nobody asked for."""

    @abstractmethod
    def came_up(self) -> None:
        """Do what the system does right after a boot."""

    def netconf(self, login: Login) -> Offered:  # noqa: ARG002 - of a system that asks who may do what
        """Return what NETCONF offers somebody, where its spec has it at all: no models, but the protocol."""
        return of_models(dict, ())

    @property
    def uncommitted(self) -> bool:
        """Return whether what runs was activated and is not kept yet."""
        return False

    @property
    def netconf_beside_terminal(self) -> bool:
        """Return whether NETCONF, where it is offered, is served on the port of the terminals too."""
        return False

    @property
    def api(self) -> WebApi | None:
        """Return the API over HTTP that such a device may offer; None where it has none here."""
        return None

    @property
    def serves_api(self) -> bool:
        """Return whether it is on in the configuration."""
        return False

    @property
    def serves_sftp(self) -> bool:
        """Return whether its SSH server has SFTP beside SCP."""
        return True

    def syslog(self, code: str, text: str) -> str:
        """Write a syslog message as this system prints it."""
        stamp = self.clock.wall().strftime("%b %e %H:%M:%S.%f")[:-3]
        return f"*{stamp}: %{code}: {text}"

    @property
    def transfer(self) -> float:
        """Return the bytes a lab second that a copy runs at."""
        if self.spec.fault("member-dies"):
            return SLOWEST_COPY
        return self.spec.transfer / (SLOW_COPY if self.spec.fault("slow-flash") else 1)

    @property
    def slowness(self) -> float:
        """Return how many times longer than usual it takes to read or write an image in its flash."""
        return SLOW_FLASH if self.spec.fault("slow-flash") else 1.0

    def filled_flash(self, files: Iterable[LabFile], filler: str, member: int = 1) -> Flash:
        """Make a flash with what it held before the lab's start, and a file that leaves free what its spec says."""
        held = self.spec.held.get(member, Held(self.spec.capacity, self.spec.free))
        flash, wall = Flash(held.capacity), self.clock.at(-self.spec.uptime)
        own = {file.name: file for file in files if not (held.files and file.name.endswith(".old"))}
        for file in {
            **own,
            **{name: self._first(name, size, own.get(name)) for name, size in held.files.items()},
        }.values():
            flash.files[file.name] = file
        wanted = NO_SPACE_FREE if self.spec.fault("no-space") else held.free
        if held.files:  # what it needs to boot may be more than it was seen to have
            flash.capacity += max(0, wanted - flash.free)
        if flash.free > wanted:
            flash.add(LabFile(filler, flash.free - wanted, wall))
        return flash

    def _first(self, name: str, size: int, own: LabFile | None) -> LabFile:
        """Return a file of the start by its name; one that is as long as what it stands for is that."""
        there = self.spec.stand_ins.get(name)
        known = there.digests if there is not None and there.size == size else {}
        content = None if own is None or own.size != size else own.content
        return LabFile(name, size, self.clock.at(-self.spec.uptime), content, told=known)

    @property
    def uptime(self) -> float:
        """Return the lab seconds since the system started, which is shortly before it answers, not when power came."""
        return self.clock.now() - self.started_at

    @property
    def started_at(self) -> float:
        """Return the lab second in which the system started."""
        return self.booted_at if self.booted_at <= 0 else self.booted_at + max(0.0, self.spec.boot_time - START)

    @property
    def since_up(self) -> float:
        """Return the lab seconds since the last reload ended; a device that never reloaded is up for ever."""
        return self.clock.now() - self.booted_at - self.spec.boot_time if self.booted_at > 0 else FOREVER

    def find(self, path: str) -> LabFile | None:
        """Find a file by its path; None: it is not there."""
        try:
            member, name = self.resolve(path)
        except ValueError:
            return None
        return self.flash(member).get(name)

    def receive(self, path: str, *, shown: bool = False) -> Upload:
        """Start an upload, which `dir` may show; raises ValueError for a path that cannot be written."""
        member, name = self.resolve(path)
        if not name or self._spool is None:
            raise ValueError(path)
        self.flash(member).delete(name)
        return Upload(self, member, name, self._spool / f"{self.name}-{uuid.uuid4().hex}", shown=shown)

    def login(self, user: str, password: str) -> Login | None:
        """Accept or refuse a login."""
        self.advance()
        now = self.clock.now()
        if self.spec.fault("refuse-login") or not self.reachable or now < self._locked_until:
            return None
        lockout = self.spec.fault("login-lockout")
        if lockout and self.booted_at > 0 and now < self.booted_at + self.spec.boot_time + EARLY:
            self._early_logins += 1
            if self._early_logins >= int(lockout.argument or EARLY_LOGINS):
                self._locked_until = now + LOCKED_FOR
                self.say("SEC_LOGIN-1-QUIET_MODE_ON", f"Still timeleft for watching failures is 0 secs, [user: {user}]")
            return None
        known = self.spec.users.get(user)
        if known is None or known[0] != password:
            return None
        return Login(user, known[1])

    def open(self, login: Login, exec_command: bool = False) -> Vty:
        """Open a terminal."""
        terminal = self.terminal(login, exec_command=exec_command)
        if self.drops.at("login"):
            terminal.done = True
            self.cut_all()
        elif self.uncommitted and self.drops.at("post"):
            self.later(5, self.cut_all)
        return terminal

    def note_command(self, line: str, source: str) -> None:
        """Write down a received line."""
        self.log.append(LoggedCommand(self.clock.now(), line, source))

    def say(self, code: str, text: str) -> str:
        """Log a syslog message and give its whole line."""
        line = self.syslog(code, text)
        self.buffer.append(line)
        del self.buffer[:-400]
        self._events.append(Syslog(line))
        return line

    def cut_all(self) -> None:
        """Drop every connection; the switch itself goes on."""
        self._events.append(Cut())

    def later(self, seconds: float, what: Callable[[], None]) -> _Due:
        """Schedule something to happen by itself."""
        due = _Due(self.clock.now() + seconds, what)
        self._due.append(due)
        return due

    def forget(self, due: object) -> None:
        """Cancel what `later` planned."""
        self._due = [each for each in self._due if each is not due]

    def advance(self) -> list[SwitchEvent]:
        """Run everything that is due, in its order. Return what can be seen of it from outside."""
        while True:
            now = self.clock.now()
            ripe = sorted((due for due in self._due if due.at <= now), key=lambda due: due.at)
            if not ripe:
                break
            self._due.remove(ripe[0])
            ripe[0].what()
        events, self._events = self._events, []
        return events

    def next_due(self) -> float | None:
        """Return the lab seconds until something happens by itself."""
        if self._events:
            return 0.0
        soonest = min((due.at for due in self._due), default=None)
        return None if soonest is None or soonest >= FOREVER else max(0.0, soonest - self.clock.now())

    def reload(self, reason: str, after: Callable[[], None] | None = None, *, returns: bool = True) -> None:
        """Go down now, and come back after the boot time; `after` happens while it is down.

        It stays down where nothing that is named for the next boot can be booted.
        """
        self.reachable = False
        self.scheduled_reload = None
        self._events.append(Down())
        self._due.clear()
        self.note_command(f"reload: {reason}", ITSELF)
        self.buffer.clear()
        self.reload_reason = reason
        self.abnormal = reason in ABNORMAL
        if after is not None:
            after()
        found = self.start_up()
        self.booted_at = self.clock.now()
        self._early_logins = 0
        if returns and found:
            self.later(self.spec.boot_time, self._come_up)

    def go_away(self, seconds: float) -> None:
        """Drop every connection and answer nobody for so many lab seconds, without a reload."""
        self.reachable = False
        self._events.append(Down())
        self.later(seconds, self._answer)

    def _answer(self) -> None:
        self.reachable = True
        self._events.append(Up())

    def schedule_reload(self, seconds: float) -> None:
        """Reload after so many lab seconds, instead of when it was to be before."""
        self.cancel_reload()
        self.scheduled_reload = self.clock.now() + seconds
        self._reload_timer = self.later(seconds, lambda: self.reload(RELOAD_COMMAND))

    def cancel_reload(self) -> bool:
        """Cancel a scheduled reload. Return False if there was none."""
        planned = self.scheduled_reload is not None
        self.forget(self._reload_timer)
        self.scheduled_reload = None
        return planned

    def _come_up(self) -> None:
        self.note_command(UP, ITSELF)
        self.came_up()
        self._answer()
