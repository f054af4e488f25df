"""A Catalyst 9000 as a state machine: power, time, log, accounts, flash. Pure but for the spool files of uploads."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from swimctl.lab.clock import LabClock
from swimctl.lab.configuration import IGNORED, Configuration, first_configuration
from swimctl.lab.drops import Drops
from swimctl.lab.effects import Cut, Down, SwitchEvent, Syslog, Up
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.install import Installer
from swimctl.lab.installed import IMAGE_BYTES, Installed
from swimctl.lab.software import Software
from swimctl.lab.spec import SwitchSpec
from swimctl.lab.upload import Upload

if TYPE_CHECKING:
    from swimctl.lab.session import Session

LOCKED_FOR = 900.0
EARLY_LOGINS = 3
EARLY = 60.0
SLOW = 20.0
LATE_MEMBER, INITIALIZING = 12.0, 25.0
"""Lab seconds after the switch answers again until the next member of a stack is seen; and then until it is Ready."""
IOS_START = 60.0
"""Lab seconds from the start of IOS-XE until the switch answers."""
NO_SPACE_FREE = 1_500_000
FOREVER = 1e12
ITSELF = "(switch)"
"""Who stands in the log for what the switch did by itself: reloads and returns, in one order with the commands."""
UP = "up"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who was let in."""

    user: str
    privilege: int


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """One command line that a switch received, `at` a lab second."""

    at: float
    line: str
    source: str


@dataclass
class _Due:
    at: float
    what: Callable[[], None]


class Switch:
    """One switch, or one stack. Everything that happens by itself happens in `advance`."""

    def __init__(self, spec: SwitchSpec, clock: LabClock, spool: Path | None = None) -> None:
        self.spec = spec
        self.name = spec.name
        self.clock = clock
        self.log: list[LoggedCommand] = []
        self.configuration = first_configuration(spec)
        self.startup = self.configuration.copy()
        self.booted_at = -spec.uptime
        self.reload_reason = "Reload Command"
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
        self._flash = {number: self._new_flash(number) for number in range(1, len(spec.members) + 1)}
        self.install: Installed = Installed(self)
        self.installer: Installer = Installer(self, self.install)
        self.say("SYS-6-LOGGINGHOST_STARTSTOP", "Logging to host 192.0.2.5 port 514 started")

    @property
    def hostname(self) -> str:
        """Give the name in the prompt."""
        return self.configuration.hostname

    @property
    def unsaved(self) -> bool:
        """Tell whether the running configuration is not the one that the next boot reads."""
        return self.configuration != self.startup

    @property
    def members(self) -> list[int]:
        """Number the members that are there; the active one always is."""
        return [number for number in self._flash if number == 1 or self._joined(number)]

    def _joined(self, number: int) -> bool:
        if self.degraded and self.spec.fault("member-missing") and number == len(self.spec.members):
            return False
        return self._since_up >= LATE_MEMBER * (number - 1)

    @property
    def _since_up(self) -> float:
        """Tell the lab seconds since the last reload ended; a switch that never reloaded is up for ever."""
        return self.clock.now() - self.booted_at - self.spec.boot_time if self.booted_at > 0 else FOREVER

    def member_state(self, number: int) -> str:
        """Tell the state of a member as `show switch` prints it; faults of members strike the last one."""
        last = number == len(self.spec.members)
        if self.degraded and last and self.spec.fault("member-mismatch"):
            return "V-Mismatch"
        if number == 1:
            return "Removed" if self.degraded and last and self.spec.fault("member-missing") else "Ready"
        return "Ready" if self._since_up >= LATE_MEMBER * (number - 1) + INITIALIZING else "Initializing"

    @property
    def transfer(self) -> float:
        """Tell the bytes a lab second that a copy runs at."""
        return self.spec.transfer / (SLOW if self.spec.fault("slow-flash") else 1)

    @property
    def uptime(self) -> float:
        """Tell the lab seconds since IOS-XE started, which is shortly before it answers, not when power came."""
        return self.clock.now() - self.started_at

    @property
    def started_at(self) -> float:
        """Tell the lab second in which IOS-XE started."""
        return self.booted_at if self.booted_at <= 0 else self.booted_at + max(0.0, self.spec.boot_time - IOS_START)

    def flash(self, member: int) -> Flash:
        """Give the flash of a member."""
        return self._flash[member]

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path as the switch writes it; raises ValueError for a file system that is not there."""
        text = path.strip().strip('"')
        if text.startswith("/"):
            text = "flash:" + text.removeprefix("/flash").removeprefix("/bootflash")
        system, colon, name = text.partition(":")
        if not colon:
            system, name = "flash", text
        member = 1
        stem, dash, number = system.lower().partition("-")
        if dash and number.isdigit():
            member = int(number)
        elif stem.startswith("flash") and stem[5:].isdigit():
            stem, member = "flash", int(stem[5:])
        if stem not in {"flash", "bootflash"} or member not in self.members:
            raise ValueError(path)
        return member, name.strip("/")

    def find(self, path: str) -> LabFile | None:
        """Find a file by its path; None: it is not there."""
        try:
            member, name = self.resolve(path)
        except ValueError:
            return None
        return self.flash(member).get(name)

    def receive(self, path: str) -> Upload:
        """Begin to take a file; raises ValueError for a path that cannot be written."""
        member, name = self.resolve(path)
        if not name or self._spool is None:
            raise ValueError(path)
        self.flash(member).delete(name)
        return Upload(self, member, name, self._spool / f"{self.name}-{uuid.uuid4().hex}")

    def login(self, user: str, password: str) -> Login | None:
        """Let somebody in, or not."""
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

    def open(self, login: Login, exec_command: bool = False) -> Session:
        """Open a terminal."""
        from swimctl.lab.session import Session

        session = Session(self, login, exec_command=exec_command)
        if self.drops.at("login"):
            session.done = True
            self.cut_all()
        elif self.install.uncommitted and self.drops.at("post"):
            self.later(5, self.cut_all)
        return session

    def note_command(self, line: str, source: str) -> None:
        """Write down a received line."""
        self.log.append(LoggedCommand(self.clock.now(), line, source))

    def say(self, code: str, text: str) -> str:
        """Log a syslog message and give its whole line."""
        stamp = self.clock.wall().strftime("%b %e %H:%M:%S.%f")[:-3]
        line = f"*{stamp}: %{code}: {text}"
        self.buffer.append(line)
        del self.buffer[:-400]
        self._events.append(Syslog(line))
        return line

    def cut_all(self) -> None:
        """Drop every connection; the switch itself goes on."""
        self._events.append(Cut())

    def later(self, seconds: float, what: Callable[[], None]) -> _Due:
        """Let something happen by itself."""
        due = _Due(self.clock.now() + seconds, what)
        self._due.append(due)
        return due

    def forget(self, due: object) -> None:
        """Take back what `later` planned."""
        self._due = [each for each in self._due if each is not due]

    def advance(self) -> list[SwitchEvent]:
        """Let everything that is due happen, in its order; tell what can be seen of it from outside."""
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
        """Tell the lab seconds until something happens by itself."""
        if self._events:
            return 0.0
        soonest = min((due.at for due in self._due), default=None)
        return None if soonest is None or soonest >= FOREVER else max(0.0, soonest - self.clock.now())

    def reload(self, reason: str, after: Callable[[], None] | None = None, *, returns: bool = True) -> None:
        """Go down now, and come back after the boot time; `after` happens while it is down.

        It stays down where it boots by hand, or where nothing that the configuration names can be booted.
        """
        self.reachable = False
        self.scheduled_reload = None
        self._events.append(Down())
        self._due.clear()
        self.note_command(f"reload: {reason}", ITSELF)
        self.buffer.clear()
        self.reload_reason = reason
        if after is not None:
            after()
        manual, ignored = self.configuration.has("boot manual"), self.configuration.has(IGNORED)
        self.configuration = Configuration([f"{IGNORED} switch all"]) if ignored else self.startup.copy()
        paths = self.startup.boot_paths or ["flash:packages.conf"]
        found = any(self.install.boot(path) for path in paths)
        self.booted_at = self.clock.now()
        self._early_logins = 0
        if returns and found and not manual:
            self.later(self.spec.boot_time, self._come_up)

    def schedule_reload(self, seconds: float) -> None:
        """Reload after so many lab seconds, instead of when it was to be before."""
        self.cancel_reload()
        self.scheduled_reload = self.clock.now() + seconds
        self._reload_timer = self.later(seconds, lambda: self.reload("Reload Command"))

    def cancel_reload(self) -> bool:
        """Take back a scheduled reload; False: there was none."""
        planned = self.scheduled_reload is not None
        self.forget(self._reload_timer)
        self.scheduled_reload = None
        return planned

    def _come_up(self) -> None:
        self.reachable = True
        self.note_command(UP, ITSELF)
        self.say("SYS-5-RESTART", "System restarted --")
        self.install.after_boot()
        self._events.append(Up())

    def _new_flash(self, number: int) -> Flash:
        flash = Flash(self.spec.capacity)
        wall = self.clock.at(-self.spec.uptime)
        spec = self.spec
        software = Software(spec.hardware.family, spec.release, IMAGE_BYTES)
        for file in software.files(wall):
            flash.add(file)
        if spec.mode == "BUNDLE":
            flash.add(LabFile(software.image, software.size, wall))
        flash.add(LabFile("packages.conf", 7_523, wall))
        flash.add(LabFile("vlan.dat", 1_024, wall))
        flash.add(LabFile(f"{software.family}.17.03.04.SPA.pkg.old", 900_000, wall))
        wanted = NO_SPACE_FREE if self.spec.fault("no-space") else self.spec.free
        filler = flash.free - wanted
        if filler > 0:
            flash.add(LabFile("dc_profile_dir", 0, wall, directory=True))
            flash.add(LabFile(f"dc_profile_dir/capture-{number}.pcap", filler, wall))
        return flash
