"""A Nexus 9504 on paper: two supervisors, a line card, a vPC partner; its driver reads it without a lab."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from platforms.contract import platform
from platforms.scripted_device import Paper, image

from swimctl.config.settings import Readiness, Settings
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.cisco_nxos.driver import CiscoNxos
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

SAMPLE = platform("cisco_nxos").sample
SIZE = 1_000_000_000
IMAGE = image("cisco_nxos", "nxos64-cs.10.3.4a.M.bin", "nxos64-cs", "10.3(4a)", SIZE)
DEVICE = Device(
    1, "spine-1", "cisco_nxos", "192.0.2.20", model="N9K-C9504", serial="FOX24100001", redundancy_group="vpc-7"
)

_MODULES = "\n".join(
    line
    for line in SAMPLE("show_module/chassis").split("\n")
    if not line.startswith(("2    36", "2    NA", "2    00", "3    "))
)
_VERSION = (
    SAMPLE("show_version/one_image")
    .replace("10.3(4a) [Maintenance Release]", "9.3(5)")
    .replace("nxos64-cs.10.3.4a.M.bin", "nxos.9.3.5.bin")
    .replace("Nexus9000 C93180YC-FX Chassis", "Nexus9000 C9504 (4 Slot) Chassis")
    .replace("FDO24100001", "FOX24100001")
)
_BOOT = """\
Current Boot Variables:

sup-1
NXOS variable = bootflash:/nxos.9.3.5.bin
sup-2
NXOS variable = bootflash:/nxos.9.3.5.bin

Boot Variables on next reload:

sup-1
NXOS variable = bootflash:/nxos.9.3.5.bin
sup-2
NXOS variable = bootflash:/nxos.9.3.5.bin
"""
_INVENTORY = """\
NAME: "Chassis",  DESCR: "Nexus9000 C9504 (4 slot) Chassis"
PID: N9K-C9504           ,  VID: V02 ,  SN: FOX24100001
"""
_REDUNDANCY = (
    SAMPLE("show_redundancy_status/two")
    .replace("Redundancy state:   Standby", "Redundancy state:   X")
    .replace("Redundancy state:   Active", "Redundancy state:   Standby")
    .replace("Redundancy state:   X", "Redundancy state:   Active")
    .replace("HA standby\n      Internal state:   HA standby", "Y")
    .replace("Active\n      Internal state:   Active with HA standby", "HA standby\n      Internal state:   HA standby")
    .replace("Supervisor state:   Y", "Supervisor state:   Active\n      Internal state:   Active with HA standby")
)
IMPACT = f"show install all impact nxos bootflash:{IMAGE.filename}"
INSTALL = f"install all nxos bootflash:{IMAGE.filename}"
LACKS = f"show incompatibility nxos bootflash:{IMAGE.filename}"
SAVE = "copy running-config startup-config"
SWITCH = {
    "configure terminal": "Enter configuration commands, one per line. End with CNTL/Z.\n",
    "end": "",
    "show version": _VERSION,
    "show module": _MODULES,
    "show inventory": _INVENTORY,
    "show boot": _BOOT,
    "show system redundancy status": _REDUNDANCY,
    "show vpc": SAMPLE("show_vpc/pair"),
    "show feature": SAMPLE("show_feature/leaf"),
    "dir bootflash:": SAMPLE("dir/bootflash"),
    "dir bootflash://sup-standby/": SAMPLE("dir/bootflash").replace("sup-local", "sup-standby"),
    SAVE: SAMPLE("copy_running-config_startup-config/saved"),
    IMPACT: SAMPLE("show_install_all_impact/disruptive").replace("9.3(5)", "10.3(4a)"),
    LACKS: SAMPLE("show_incompatibility_nxos/none"),
}
"""An image of SIZE fits with the default rule of space, and the partner is well."""


@dataclass
class Terminal(Paper):
    """Installs on paper, and says whether the session `dropped` in it."""

    dropped: bool = False

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        text = self.run(command, deadline)
        for question in re.findall(r"^.*\(y/n\)\?.*$", text, re.MULTILINE):
            assert matching(question, answers), question
        assert closing is not None
        return Reply(text, self.dropped)


def driver(
    answers: dict[str, str | list[str]], policy: Readiness | None = None, *, dropped: bool = False, issu: bool = False
) -> tuple[CiscoNxos, Terminal]:
    """Put the real driver in front of a switch on paper."""
    terminal = Terminal(answers, dropped=dropped)
    return CiscoNxos(terminal, Settings(readiness=policy or Readiness()), JobOptions(issu=issu)), terminal


def check(
    answers: dict[str, str], *, device: Device = DEVICE, image: Image = IMAGE, cleanup: bool = False
) -> list[Finding]:
    """Apply all rules to a switch on paper."""
    return driver(dict(answers))[0].check(device, image, cleanup=cleanup)
