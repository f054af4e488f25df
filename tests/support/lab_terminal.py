"""A lab switch on a desk: typed at without a network, by a clock that only the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.session import CommandLine
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.clock import LabClock
from swimctl.lab.devices import device
from swimctl.lab.effects import Ask, Down, Fetch, Greet, Pause, Print, SwitchEvent, Up
from swimctl.lab.faults import parse_fault
from swimctl.lab.fetching import fetch
from swimctl.lab.images import make_image
from swimctl.lab.servers import greeted
from swimctl.lab.vty import Vty

OLD, NEW, OTHER = "17.06.05", "17.12.04", "17.09.04a"
STARTED = datetime(2031, 3, 4, 5, 6, 7, tzinfo=UTC)


class AnyDesk:
    """One device and one terminal at it. `out` is what the last command printed, questions and answers included."""

    def __init__(self, folder: Path, spec: ChassisSpec) -> None:
        self.folder = folder
        self.at = 0.0
        self.events: list[SwitchEvent] = []
        self.out = ""
        self.spec: Any = spec
        spool = folder / "spool"
        spool.mkdir(exist_ok=True)
        self.switch: Any = device(spec, LabClock(1, lambda: self.at, STARTED), spool)
        self.session: Any = self.log_in()

    def log_in(self, user: str = "admin", password: str = "admin") -> Vty:  # noqa: S107 the lab's own
        """Open another terminal and sit down at it."""
        login = self.switch.login(user, password)
        assert login is not None
        self.session = self.switch.open(login)
        return self.session

    def wait(self, seconds: float) -> list[SwitchEvent]:
        """Let time pass; give what happened."""
        end = self.at + seconds
        happened: list[SwitchEvent] = []
        while (due := self.switch.next_due()) is not None and self.at + due <= end:
            self.at += due
            happened += self.switch.advance()
        self.at = end
        happened += self.switch.advance()
        self.events += happened
        return happened

    def type(self, line: str, *answers: str) -> str:
        """Type a line and answer its questions; every answer must be asked for."""
        given = self.say(line, answers)
        assert not given, f"nothing asked for {given}: {self.out}"
        return self.out

    def _show(self, text: str) -> None:
        self.out += text

    def say(self, line: str, answers: Sequence[str]) -> list[str]:
        """Type a line and answer what it asks, with Return once the answers are used up; give those left over."""
        given = list(answers)
        self.out = ""
        dialogue = self.session.line(line)
        try:
            effect = next(dialogue)
            while True:
                answer = ""
                if isinstance(effect, Print):
                    self.out += effect.text
                elif isinstance(effect, Pause):
                    self.wait(effect.seconds)
                elif isinstance(effect, Ask):
                    answer = given.pop(0) if given else ""
                    self.out += f"{effect.prompt}{'' if effect.secret else answer}\n"
                elif isinstance(effect, Fetch):
                    answer = asyncio.run(fetch(effect, LabClock(1000), self._show))
                elif isinstance(effect, Greet):
                    answer = asyncio.run(greeted(effect.url))
                effect = dialogue.send(answer)
        except StopIteration:
            pass
        return given

    def lines(self, *lines: str) -> str:
        """Type lines without questions; give what all of them printed."""
        return "".join(self.type(line) for line in lines)

    def upload(self, name: str, data: bytes, path: str = "flash:/") -> None:
        """Send bytes as a file."""
        incoming = self.switch.receive(path + name)
        try:
            for at in range(0, len(data), 32_768):
                incoming.write(data[at : at + 32_768])
        finally:
            incoming.close()

    def restart(self) -> None:
        """Wait until the switch went down and came up, and log in again."""
        happened = self.wait(20 + self.spec.boot_time)
        assert [type(event) for event in happened if isinstance(event, Down | Up)] == [Down, Up]
        self.wait(120)
        self.log_in()


def small(*faults: str, **spec: Any) -> dict[str, Any]:
    """Return the fields of a device with these faults that boots soon, and has room for a few images."""
    parsed = tuple(parse_fault(text) for text in faults)
    return {"faults": parsed, "boot_seconds": 300, "capacity": 20_000_000, "free": 9_000_000, **spec}


class Desk(AnyDesk):
    """A Catalyst, or a stack of them."""

    session: CommandLine

    def __init__(self, folder: Path, *faults: str, members: int = 1, model: str = "C9300-24P", **spec: Any) -> None:
        given = tuple(
            MemberSpec(model, f"FLB2701{number:03d}K", f"0c75.bd77.00{number:02x}") for number in range(1, members + 1)
        )
        parsed = tuple(parse_fault(text) for text in faults)
        fields = {"version": OLD, "faults": parsed, "boot_seconds": 400, **spec}
        super().__init__(folder, SwitchSpec("desk", given, **fields))

    def put(self, version: str = NEW, size: int = 60_000, family: str = "cat9k_iosxe") -> str:
        """Copy an image onto flash: as another copy would, through an upload. Gives its name."""
        image = make_image(self.folder, f"{family}.{version}.SPA.bin", size)
        self.upload(image.name, image.read_bytes())
        return image.name

    def upgrade(self, version: str = NEW, minutes: int = 60) -> None:
        """Add and activate an image, and wait until the switch is back."""
        self.type(f"install add file flash:{self.put(version)}")
        assert "SUCCESS: install_add" in self.out, self.out
        self.type(f"install activate auto-abort-timer {minutes}", "y")
        assert "SUCCESS: install_activate" in self.out, self.out
        self.restart()

    def states(self) -> list[list[str]]:
        """Return the rows of `show install summary`: state and release."""
        rows = [line.split() for line in self.type("show install summary").splitlines() if line.startswith("IMG")]
        return [[state, ".".join(version.split(".")[:3])] for _, state, version in rows]


def all_of(texts: Sequence[str], out: str) -> bool:
    """Return whether texts come in an output in this order."""
    at = 0
    for text in texts:
        at = out.find(text, at)
        if at < 0:
            return False
        at += len(text)
    return True
