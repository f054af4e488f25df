"""An ASR 9006 on paper: two route processors and a line card; its driver reads it without a lab."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from platforms.scripted_device import Paper, image

from swimctl.config.settings import Readiness, Settings
from swimctl.errors import SessionLost
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.cisco_xr.driver import CiscoXr
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

SIZE = 1_500_000_000
NAME = "asr9k-golden-x64-7.5.2-v1"
IMAGE = image("cisco_xr", f"{NAME}.iso", "asr9k", "7.5.2", SIZE)
DEVICE = Device(1, "edge-1", "cisco_xr", "192.0.2.20", model="ASR-9006-AC-V2", serial="FOX24100001")
NODES = ("0/RSP0/CPU0", "0/RSP1/CPU0", "0/0/CPU0")
ADD = f"install add source harddisk:/ {NAME}.iso"
COMMIT = "install commit"


def packages(which: str, *versions: str) -> str:
    """Write `show install active` or `committed` of the nodes, each with its release."""
    return "Label : 7.3.2\n\n" + "".join(
        f"Node {node} [RP]\n  Boot Partition: xr_lv0\n  {which} Packages: 2\n"
        f"        asr9k-xr-{version} version={version} [Boot image]\n"
        f"        asr9k-mgbl-x64-2.0.0.0-r{version.replace('.', '')}\n\n"
        for node, version in zip(NODES, versions, strict=True)
    )


def operation(number: int, command: str, *said: str) -> str:
    """Write one operation as the log has it."""
    lines = "".join(f"Mar 09 18:56:04 {each}\n" for each in said)
    return f"Mar 09 18:56:04 Install operation {number} started by admin:\n  {command}\n{lines}"


def ended(number: int, command: str, end: str = "finished successfully") -> str:
    """Write one that has ended."""
    return operation(number, command, f"Install operation {number} {end}", f"Ending operation {number}")


def background(number: int, command: str) -> str:
    """Write what a terminal shows when an operation goes on by itself."""
    return operation(number, command, "Install operation will continue in the background")


IDLE, BUSY = "No install operation in progress\n", "The install operation 26 is 30% complete\n"
OTHER = "Could not start this install operation. Install operation 18 is still in progress\n"
ROUTER = {
    "show version": (
        "Cisco IOS XR Software, Version 7.3.2\nCopyright (c) 2013-2021 by Cisco Systems, Inc.\n\n"
        "cisco ASR9K () processor\nSystem uptime is 3 weeks, 4 hours\n"
    ),
    "show user tasks": "Task:             pkg-mgmt  : READ    WRITE    EXECUTE    DEBUG\n",
    "show platform": (
        "Node              Type                       State             Config state\n"
        "--------------------------------------------------------------------------------\n"
        "0/RSP0/CPU0       A9K-RSP880-SE(Active)      IOS XR RUN        NSHUT\n"
        "0/RSP1/CPU0       A9K-RSP880-SE(Standby)     IOS XR RUN        NSHUT\n"
        "0/0/CPU0          A9K-24X10GE-1G-SE          IOS XR RUN        NSHUT\n"
        "0/PM0             PWR-2KW-AC-V2              OPERATIONAL       NSHUT\n"
        "0/PM1             PWR-2KW-AC-V2              POWERED_OFF       NSHUT\n"
    ),
    "admin show platform": (
        "Location  Card Type               HW State      SW State      Config State\n"
        "----------------------------------------------------------------------------\n"
        "0/RSP0    A9K-RSP880-SE           OPERATIONAL   OPERATIONAL   NSHUT\n"
    ),
    "show inventory": (
        'NAME: "0/RSP0", DESCR: "Route Switch Processor"\nPID: A9K-RSP880-SE     , VID: V01, SN: FOC24100002\n\n'
        'NAME: "Rack 0", DESCR: "ASR 9006 4 Line Card Slot Chassis with V2 AC PEM"\n'
        "PID: ASR-9006-AC-V2    , VID: V02, SN: FOX24100001\n"
    ),
    "show redundancy": (
        "Redundancy information for node 0/RSP0/CPU0:\n==========================================\n"
        "Node 0/RSP0/CPU0 is in ACTIVE role\nNode Redundancy Partner (0/RSP1/CPU0) is in STANDBY role\n"
        "Standby node in 0/RSP1/CPU0 is ready\nStandby node in 0/RSP1/CPU0 is NSR-not-configured\n\n"
        "Reload and boot info\n----------------------\nActive node booted Sat Mar  2 01:32:17 2024: 1 week ago\n"
    ),
    "show install active": packages("Active", "7.3.2", "7.3.2", "7.3.2"),
    "show install committed": packages("Committed", "7.3.2", "7.3.2", "7.3.2"),
    "show install inactive summary": "No inactive package(s) in software repository\n",
    "show install request": IDLE,
    "show install log": ended(25, COMMIT),
    "show filesystem location all": "".join(
        f"\n node:  node{node.replace('/', '_')}\n{'-' * 66}\nFile Systems:\n\n"
        "      Size(b)      Free(b)        Type  Flags  Prefixes\n"
        f"    480907264    478617600       flash     rw  /misc/config\n{disk}"
        for node, disk in (
            (NODES[0], "  24467337216   4000000000    harddisk     rw  harddisk:\n"),
            (NODES[1], "  24467337216   4100000000    harddisk     rw  harddisk:\n"),
            (NODES[2], ""),
        )
    ),
    "dir harddisk:": (
        "\nDirectory of harddisk:\n   12 -rw-r--r--. 1 382788 Jun 15 23:35 nvgen_bkup.log\n\n"
        "9948012 kbytes total (9396256 kbytes free)\n"
    ),
}
"""An image of SIZE fits with the default rule of space."""
ADDED = f"1 inactive package(s) found:\n    {NAME}\n"


@dataclass
class Terminal(Paper):
    """A router that is changed on paper: an empty text ends the session, two line ends at its end do so after it.

    `waits` is how long the driver waited, in device seconds.
    """

    waits: list[float] = field(default_factory=list)
    goes_down: bool = False

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        text = super().run(command, deadline, quiet=quiet)
        if not text:
            raise SessionLost(f"the session ended in '{command}'")
        return text.rstrip("\n")

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert closing is None
        text = super().run(command, deadline)
        for question in re.findall(r"^.*continue\?\n.*\[yes\]|^.*\[confirm\]|^.*\[no,yes\]", text, re.MULTILINE):
            assert matching(question, answers), question
        return Reply(text.rstrip("\n"), dropped=not text or text.endswith("\n\n"))

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        assert watch
        self.waits.append(seconds)
        return self.goes_down


def driver(answers: dict[str, str | list[str]], policy: Readiness | None = None) -> tuple[CiscoXr, Terminal]:
    """Put the real driver in front of a router on paper; unless it says otherwise its last operation is the 25th."""
    terminal = Terminal({"show install log": ended(25, COMMIT), **answers})
    return CiscoXr(terminal, Settings(readiness=policy or Readiness()), JobOptions()), terminal


def check(
    answers: dict[str, str], *, device: Device = DEVICE, image: Image = IMAGE, cleanup: bool = False
) -> list[Finding]:
    """Apply all rules to a router on paper."""
    return driver(dict(answers))[0].check(device, image, cleanup=cleanup)
