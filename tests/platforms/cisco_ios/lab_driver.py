"""A driver in front of a lab device without a network: commands go straight in, sessions and power go at any one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.lab_terminal import AnyDesk

from swimctl.config.settings import Settings
from swimctl.errors import SessionLost, UnexpectedPrompt
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.effects import Ask, Pause, Print
from swimctl.lab.images import make_image
from swimctl.models import Device, Image, JobOptions
from swimctl.platforms.cisco_ios.choice import cisco
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

OLD, NEW = "15.2(7)E4", "15.2(7)E7"
OLD_FILE, NEW_FILE = "c2960x-universalk9-mz.152-7.E4.bin", "c2960x-universalk9-mz.152-7.E7.bin"
ARCHIVE = "c2960x-universalk9-tar.152-7.E7.tar"
SWITCH, ROUTER = "WS-C2960X-24TS-L", "CISCO1921/K9"
DEVICE = Device(1, "desk", "cisco_ios", "192.0.2.20")


class IosDesk(AnyDesk):
    """A device of classic IOS, with a driver at its terminal.

    `swaps` changes what a command prints: (words, other words). `deaf` are beginnings of lines that are swallowed.
    `asks` are questions that a command puts before all others. At command line `cut`, counted from 1, the session is
    lost, or with `power` the device loses its power; the line itself does not come.
    """

    def __init__(self, folder: Path, model: str = SWITCH, members: int = 1, **spec: Any) -> None:
        given = tuple(IosMember(model, f"FOC2701{n:03d}K", f"0c75.bd88.00{n:02x}") for n in range(1, members + 1))
        super().__init__(folder, IosSpec("desk", given, **{"boot_seconds": 300, **spec}))
        self.prepare()

    def prepare(self) -> None:
        """Begin to count, and change nothing yet."""
        self.typed: list[str] = []
        self.swaps: dict[str, tuple[str, str]] = {}
        self.deaf: tuple[str, ...] = ()
        self.asks: dict[str, str] = {}
        self.cut, self.power = 0, False

    def driver(self, **options: Any) -> Any:
        """Make the driver that this device needs, in a new session."""
        self.log_in()
        return cisco(self, Settings(), JobOptions(**options))

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command that asks nothing."""
        assert quiet is (command == "show running-config")
        return self.converse(command, (), deadline).text

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Run a command and answer it as a session does."""
        assert deadline > 0
        assert closing is None or command.startswith("install ")
        self.typed.append(command)
        if len(self.typed) == self.cut:
            if self.power:
                self.switch.reload("PowerOn")
            raise SessionLost("the line is gone")
        if command.startswith(self.deaf) and self.deaf:
            return Reply("")
        text = ""
        if command in self.asks:
            reply = self._reply(self.asks[command], answers)
            if reply == "n":
                return Reply(f"{self.asks[command]}n\n")
        dialogue = self.session.line(command)
        try:
            effect = next(dialogue)
            while True:
                answer = ""
                if isinstance(effect, Print):
                    text += effect.text
                elif isinstance(effect, Pause):
                    self.wait(effect.seconds)
                elif isinstance(effect, Ask):
                    answer = self._reply(effect.prompt, answers)
                    text += f"{effect.prompt}{answer}\n"
                effect = dialogue.send(answer)
        except StopIteration:
            pass
        words, others = self.swaps.get(command, ("", ""))
        assert words in text, (command, words, text)
        return Reply(text.replace(words, others) if words else text)

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        """Return whether it went down."""
        raise AssertionError((seconds, watch))

    def _reply(self, prompt: str, answers: Sequence[Answer]) -> str:
        known = matching(prompt.strip().rsplit("\n", 1)[-1], answers)
        if known is None:
            raise UnexpectedPrompt(f"asked: {prompt!r}")
        return known.reply

    def image(self, filename: str = NEW_FILE, version: str = NEW) -> Image:
        """Put an image onto the active member's flash, and give it as the catalogue has it."""
        path = make_image(self.folder, filename, 60_000)
        self.upload(filename, path.read_bytes())
        file = self.switch.flash(1).get(filename)
        family, _, _ = filename.partition("-mz")
        platform = "cisco_xe" if filename.startswith("cat9k") else "cisco_ios"
        family = family.partition("-tar")[0].partition(".")[0]
        added, digests = datetime(2031, 1, 1, tzinfo=UTC), file.digests
        return Image(1, filename, path, platform, family, version, 60_000, digests["sha512"], digests["md5"], added)

    @property
    def boots(self) -> list[str]:
        """Return the saved boot lines."""
        return [f"boot system {value}" for value in self.switch.startup.values("boot system")]


class BundleDesk(IosDesk):
    """A Catalyst 9300 in bundle mode."""

    def __init__(self, folder: Path, members: int = 1, **spec: Any) -> None:
        given = tuple(
            MemberSpec("C9300-24P", f"FLB2701{n:03d}K", f"0c75.bd89.00{n:02x}") for n in range(1, members + 1)
        )
        AnyDesk.__init__(self, folder, SwitchSpec("desk", given, mode="BUNDLE", **{"boot_seconds": 300, **spec}))
        self.prepare()
