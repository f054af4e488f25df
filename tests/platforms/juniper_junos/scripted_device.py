"""A Virtual Chassis of two on paper, read by its driver; and a driver at a lab device, without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platforms import scripted_device
from platforms.contract import platform
from platforms.scripted_device import Paper

from swimctl.config.settings import Readiness, Settings
from swimctl.lab.clock import LabClock
from swimctl.lab.effects import Ask, Pause, Print
from swimctl.lab.faults import parse_fault
from swimctl.lab.images import make_image
from swimctl.lab.juniper_junos.machine import Machine
from swimctl.lab.juniper_junos.spec import HARDWARE, JunosSpec, MemberSpec
from swimctl.models import Device, Image, JobOptions
from swimctl.platforms.juniper_junos.driver import JuniperJunos
from swimctl.platforms.juniper_junos.readiness import FOLDER
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

SAMPLE = platform("juniper_junos").sample
STARTED = datetime(2031, 3, 4, 5, 6, 7, tzinfo=UTC)
SIZE = 400_000_000
DEVICE = Device(1, "hall-7", "juniper_junos", "192.0.2.20", model="EX3400-48P", serial="NX0000000001")


def image(filename: str, family: str, version: str, size: int = SIZE) -> Image:
    """Make an image of Junos."""
    return scripted_device.image("juniper_junos", filename, family, version, size)


IMAGE = image("junos-arm-32-22.2R1.9.tgz", "junos-arm-32", "22.2R1")
OLD_KIND = image("jinstall-ex-4300-21.4R3-S2.5-signed.tgz", "jinstall-ex-4300", "21.4R3-S2")
ON_HOST = image(
    "jinstall-host-ex-4300mp-x86-64-21.4R3-S4.18-secure-signed.tgz", "jinstall-host-ex-4300mp-x86-64", "21.4R3-S4"
)
_STORAGE = "\n".join(
    f"""\
fpc{member}:
--------------------------------------------------------------------------
Filesystem       1024-blocks       Used      Avail  Capacity   Mounted on
/dev/gpt/junos       2000000     900000    1100000       45%  /.mount
tmpfs                 300000          0     300000        0%  /.mount/tmp
"""
    for member in (0, 1)
)
_HARDWARE = """\
Hardware inventory:
Item             Version  Part number  Serial number     Description
Chassis                                NX0000000001      Virtual Chassis
FPC 0            REV 10   650-000001   NX0000000001      EX3400-48P
FPC 1            REV 10   650-000002   NX0000000002      EX3400-24P
"""
PAIR = {
    "show cli authorization": SAMPLE("show_cli_authorization/super_user"),
    "show virtual-chassis": SAMPLE("show_virtual-chassis/three").replace(
        "2 (FPC 2)  NotPrsnt NX0000000003 ex3400-24p\n", ""
    ),
    "show version all-members": SAMPLE("show_version/pending").replace("Pending: 22.2R1.9\n", ""),
    "show system uptime all-members": SAMPLE("show_system_uptime/members"),
    "show chassis hardware": _HARDWARE,
    "show chassis routing-engine": SAMPLE("show_chassis_routing-engine/two"),
    "show chassis alarms": SAMPLE("show_chassis_alarms/none"),
    "show system reboot": SAMPLE("show_system_reboot/none"),
    "show system storage detail all-members": _STORAGE,
    "file list /var/tmp detail": SAMPLE("file_list/detail_none").replace(f"{FOLDER}/empty", FOLDER),
}
"""Two members; an image of SIZE fits with the default rule of space."""


def reader(answers: dict[str, str], policy: Readiness | None = None) -> JuniperJunos:
    """Put the real driver in front of a device on paper, which keeps no log of installations."""
    no_log = {"show log install | last 400": "error: could not resolve file install\n"}
    return JuniperJunos(
        Paper({**no_log, **answers}, configuration="show configuration"),
        Settings(readiness=policy or Readiness()),
        JobOptions(),
    )


@dataclass
class Time:
    """Lab seconds since the start."""

    at: float = 0.0


@dataclass
class Desk:
    """A lab device and a terminal at it, by a clock that only the test moves; the driver takes it for a session."""

    device: Machine
    time: Time
    sent: list[str] = field(default_factory=list)
    out: str = ""

    def wait(self, seconds: float) -> None:
        """Let time pass, in steps: what is due may plan more."""
        end = self.time.at + seconds
        while (due := self.device.next_due()) is not None and self.time.at + due <= end:
            self.time.at += due
            self.device.advance()
        self.time.at = end
        self.device.advance()

    def log_in(self, user: str = "admin", password: str = "admin") -> None:  # noqa: S107 the lab's own
        """Sit down at another terminal."""
        login = self.device.login(user, password)
        assert login is not None
        self.terminal = self.device.open(login)

    def type(self, line: str, answers: Sequence[Answer] | Sequence[str] = ()) -> str:
        """Type a line and answer what it asks; give what it printed."""
        given, self.out = list(answers), ""
        self.sent.append(line)
        dialogue = self.terminal.line(line)
        try:
            effect = next(dialogue)
            while True:
                reply = ""
                if isinstance(effect, Print):
                    self.out += effect.text
                elif isinstance(effect, Pause):
                    self.wait(effect.seconds)
                elif isinstance(effect, Ask):
                    reply = self._reply(effect.prompt, given)
                    self.out += f"{effect.prompt}{reply}\n"
                effect = dialogue.send(reply)
        except StopIteration:
            return self.out

    def _reply(self, question: str, given: list[Any]) -> str:
        if given and isinstance(given[0], str):
            return str(given.pop(0))
        known = matching(question, given)
        assert not given or known is not None, question
        return known.reply if known else ""

    def run(self, command: str, _deadline: float, *, quiet: bool = False) -> str:
        assert quiet is (command == "show configuration")
        return f"{self.type(command)}{self.terminal.prompt.rpartition(chr(10))[0]}"

    def converse(
        self, command: str, answers: Sequence[Answer], _deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert closing is None
        return Reply(self.type(command, answers), dropped=False)


def desk(folder: Path, *faults: str, models: Sequence[str] = ("ex3400-24p",), **spec: Any) -> Desk:
    """Make a device that stands for itself; serial numbers and names do not matter."""
    members = tuple(MemberSpec(HARDWARE[model], f"NX0255500{place}") for place, model in enumerate(models))
    parsed = tuple(parse_fault(text) for text in faults)
    made = JunosSpec("hall-9", members=members, faults=parsed, boot_seconds=300, **spec)
    (folder / "spool").mkdir(exist_ok=True)
    time = Time()
    at = Desk(Machine(made, LabClock(1, lambda: time.at, STARTED), folder / "spool"), time)
    at.log_in()
    return at


def put(at: Desk, folder: Path, wanted: Image) -> Image:
    """Copy a package onto the device, and give it as the catalogue has it."""
    path = make_image(folder, wanted.filename, 60_000)
    upload = at.device.receive(f"{FOLDER}/{path.name}")
    upload.write(path.read_bytes())
    upload.close()
    return image(wanted.filename, wanted.family, wanted.version, 60_000)


def changer(at: Desk) -> JuniperJunos:
    """Put the real driver in front of a lab device."""
    return JuniperJunos(at, Settings(), JobOptions())
