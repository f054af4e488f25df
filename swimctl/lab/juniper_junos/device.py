"""An EX switch or Virtual Chassis as a state machine: what each member runs, and what its next boot starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.images import DEFAULT_SIZE, LabImage, read_image
from swimctl.lab.juniper_junos.spec import JunosSpec
from swimctl.lab.routing import CONVERGED

FOLDER = "/var/tmp/"  # noqa: S108 - the device's
LATE_MEMBER = 12.0
"""Lab seconds after the master answers again until the next member has joined."""
# What an engine calls its last reboot: before the lab began, after a command, and after a crash.
POWERED_ON, BY_COMMAND, PANIC = (
    "0x1:power cycle/failure",
    "Router rebooted after a normal shutdown.",
    "0x1000:reboot due to panic",
)
_SETS = "packages/"
_KEPT_COMMANDS = 600


class Juniper(Chassis):
    """One switch, or one Virtual Chassis. Member 0 is the master.

    `waits` is what the next boot of a member starts, `previous` what a rollback starts. `plan` is who asked for a
    reboot at a time to come, `reboot_reason` what the engines say of the last one. `kept` is what a snapshot of each
    member holds, where one was made. `statements` are what was configured and committed, `candidate` what will be.
    `protocols` are those that it speaks with routers.
    """

    spec: JunosSpec

    def __init__(self, spec: JunosSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.spec = spec
        self.protocols = frozenset(each for each in CONVERGED if spec.speaks(each))
        self.hostname = spec.name
        numbers = range(len(spec.members))
        self.running = dict.fromkeys(numbers, spec.version)
        if spec.odd_member:
            self.running[numbers[-1]] = spec.odd_member
        self.waits: dict[int, str] = {}
        self.previous: dict[int, str] = {}
        self.kept: dict[int, tuple[str, datetime]] = {}
        self.statements: list[str] = []
        self.candidate: list[str] = []
        self.commands: list[str] = []
        self.install_log = ""
        self.plan = ""
        self.reboot_reason = POWERED_ON
        self.processes = 20_100
        self._going_back = False
        self._flash = {number: self._new_flash(number) for number in numbers}

    @property
    def members(self) -> list[int]:
        """Number the members that have joined."""
        return [number for number in self.running if self._joined(number)]

    def _joined(self, number: int) -> bool:
        if self.degraded and self.spec.fault("member-missing") and number and number == len(self.running) - 1:
            return False
        return number == 0 or self.since_up >= LATE_MEMBER * number

    def flash(self, member: int) -> Flash:
        """Return the flash of a member."""
        return self._flash[member]

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path: member and file name; raises ValueError for what is not where packages go."""
        text = path.strip().strip('"')
        node, colon, rest = text.partition(":")
        member = 0
        if colon:
            if not (node.startswith("fpc") and node[3:].isdigit() and int(node[3:]) in self.members):
                raise ValueError(path)
            member, text = int(node[3:]), rest
        if not f"{text}/".startswith(FOLDER):
            raise ValueError(path)
        return member, text.removeprefix(FOLDER.rstrip("/")).strip("/")

    @property
    def netconf_beside_terminal(self) -> bool:
        """Return that `system services netconf ssh` serves it on the port of SSH too."""
        return True

    @property
    def runs(self) -> Mapping[str, str]:
        """Return what every member really runs."""
        return {f"fpc{number}": self.running[number] for number in self.members}

    @property
    def stays(self) -> str:
        """Return what the next boot starts; several releases where members differ."""
        return ", ".join(sorted({self.waits.get(number, self.running[number]) for number in self.members}))

    def syslog(self, code: str, text: str) -> str:
        """Write a syslog line as Junos does: the daemon, and a tag."""
        return f"{self.clock.wall():%b %e %H:%M:%S}  {self.hostname} {code}: {text}"

    def take_command(self, line: str, user: str, process: int) -> None:
        """Write a command line into the log of commands, as the process of its session does before it runs it."""
        if self.spec.interactive_log:
            said = f"UI_CMDLINE_READ_LINE: User '{user}', command '{line.strip()} '"
            self.commands.append(self.syslog(f"mgd[{process}]", said))
            del self.commands[:-_KEPT_COMMANDS]

    def package(self, path: str) -> tuple[LabFile | None, LabImage | None]:
        """Find a package's file, and return what it holds; no image: it is damaged, or none."""
        file = self.find(path)
        if file is None or file.directory:
            return None, None
        return file, None if file.damaged else read_image(file.head, file.name)

    def unpack(self, number: int, release: str, size: int) -> None:
        """Stage a release for the next boot of a member; raises NoSpace."""
        self._flash[number].add(LabFile(f"{_SETS}{release}", size, self.clock.wall()))
        self.waits[number] = release
        self._going_back = False

    def roll_back(self, number: int) -> str | None:
        """Remove what waits on a member, else stage the release before.

        Return the staged release, or None if something was removed.

        Raises LookupError where there is neither.
        """
        if number in self.waits:
            waited = self.waits.pop(number)
            if waited != self.previous.get(number):
                self._flash[number].delete(f"{_SETS}{waited}")
            return None
        self.waits[number] = self.previous[number]
        self._going_back = True
        return self.waits[number]

    def start_up(self) -> bool:
        """Start what waits on every member, on the first reboot whatever its cause."""
        self.plan = ""
        adding = bool(self.waits) and not self._going_back
        lagging = len(self.running) - 1 if adding and self.spec.fault("member-mismatch") else 0
        for number, release in self.waits.items():
            if adding and (self.spec.fault("boots-old-image") or (lagging and number == lagging)):
                self._flash[number].delete(f"{_SETS}{release}")
                continue
            if (oldest := self.previous.get(number)) not in {None, release}:
                self._flash[number].delete(f"{_SETS}{oldest}")
            self.previous[number], self.running[number] = self.running[number], release
        if self.waits:
            self.degraded = adding and not self.spec.fault("boots-old-image")
        self.waits.clear()
        return True

    def came_up(self) -> None:
        """Log it."""
        self.say("eventd[4711]", "SYSTEM_OPERATIONAL: System is operational")

    def reboot(self, user: str) -> None:
        """Reboot all members at once."""
        adding = bool(self.waits) and not self._going_back
        down = adding and self.spec.fault("never-returns")
        self.reboot_reason = PANIC if adding and self.spec.fault("abnormal-reload") else BY_COMMAND
        self.reload(f"reboot requested by {user}", returns=not down)

    def _new_flash(self, number: int) -> Flash:
        running = LabFile(f"{_SETS}{self.running[number]}", DEFAULT_SIZE, self.clock.at(-self.spec.uptime))
        return self.filled_flash([running], f"log/cores-{number}.tgz", number)
