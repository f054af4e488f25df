"""An MLAG peer on paper, and a terminal at a lab Arista without a network: what the driver is tried with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platforms.contract import platform
from platforms.scripted_device import Paper, image
from support.lab_terminal import AnyDesk, small

from swimctl.config.settings import Deadlines, Readiness, Settings
from swimctl.errors import SessionLost
from swimctl.lab.arista_eos.spec import HARDWARE, AristaSpec
from swimctl.lab.effects import Down
from swimctl.lab.images import make_image
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

SAMPLE = platform("arista_eos").sample
SIZE = 1_000_000_000
IMAGE = image("arista_eos", "EOS-4.31.6M.swi", "EOS", "4.31.6M", SIZE)
DEVICE = Device(
    1,
    "leaf-1",
    "arista_eos",
    "192.0.2.20",
    model="DCS-7050SX3-48YC8",
    serial="JPE24100001",
    redundancy_group="mlag-hall-7",
)
PEER = {
    "show privilege": SAMPLE("show_privilege/fifteen"),
    "show version": SAMPLE("show_version/switch"),
    "show inventory": SAMPLE("show_inventory/switch"),
    "show boot-config": SAMPLE("show_boot-config/set"),
    "show mlag": SAMPLE("show_mlag/active"),
    "show mlag detail": SAMPLE("show_mlag_detail/ports_wait"),
    "dir flash:": SAMPLE("dir/flash"),
}
"""It runs EOS-4.28.3M.swi from flash; an image of SIZE fits."""


def check(
    answers: dict[str, str],
    *,
    device: Device = DEVICE,
    image: Image = IMAGE,
    policy: Readiness | None = None,
    up: float = 3600,
    cleanup: bool = False,
) -> list[Finding]:
    """Apply all rules to a switch on paper."""
    settings = Settings(readiness=policy or Readiness(), deadlines=Deadlines(up=up))
    return AristaEos(Paper(answers), settings, JobOptions()).check(device, image, cleanup=cleanup)


class Desk(AnyDesk):
    """A lab Arista with the image on it, and the driver in front of it."""

    def __init__(self, folder: Path, *faults: str, **spec: Any) -> None:
        fields = small(*faults, **spec)
        hardware = HARDWARE["DCS-7050SX3-48YC8"]
        super().__init__(folder, AristaSpec("desk", hardware=hardware, number="JPE24000001", **fields))
        self.upload(IMAGE.filename, make_image(folder, IMAGE.filename, 60_000).read_bytes(), "/mnt/flash/")

    @property
    def untouched(self) -> bool:
        """Return whether it never went down, and boots what it runs."""
        went_down = any(isinstance(event, Down) for event in self.events)
        return not went_down and set(self.switch.runs.values()) == {self.switch.stays}

    def driver(self, lost: tuple[str, str] = ("", "")) -> AristaEos:
        """Log in anew; `lost` is the command whose session ends, and whether `before` or `after` it was taken."""
        self.log_in()
        return AristaEos(Typed(self, *lost), Settings(), JobOptions())


@dataclass
class Typed:
    """A session that types at a desk."""

    desk: Desk
    lost_in: str = ""
    when: str = ""

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        reply = self.converse(command, (), deadline)
        assert not quiet or command == "show running-config"
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        return reply.text

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert deadline > 0
        assert closing is None
        lost = bool(self.lost_in) and command.startswith(self.lost_in)
        if lost and self.when == "before":
            return Reply("", dropped=True)
        self.desk.say(command, ())
        assert not self.desk.out.endswith("]"), matching(self.desk.out, answers)
        self.desk.wait(5)
        return Reply(self.desk.out, dropped=lost or not self.desk.switch.reachable)
