"""A Catalyst 9000 as a state machine: its members, configuration and flash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from swimctl.lab.chassis import RELOAD_COMMAND
from swimctl.lab.cisco_xe.access_points import AccessPoints
from swimctl.lab.cisco_xe.configuration import IGNORED
from swimctl.lab.cisco_xe.in_service import InService
from swimctl.lab.cisco_xe.install import Installer
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.request_install import Requester
from swimctl.lab.cisco_xe.software import PACKAGES
from swimctl.lab.cisco_xe.spec import SwitchSpec
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.cisco_xe.strangers import OTHER_NAME, Strangers
from swimctl.lab.clock import LabClock
from swimctl.lab.configuration import Configuration
from swimctl.lab.vty import Login, Vty


class Switch(Stack):
    """One switch, or one stack."""

    def __init__(self, spec: SwitchSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.strangers: Strangers = Strangers(self)
        self.install: Installed = Installed(self)
        self.in_service: InService = InService(self, self.install)
        self.installer: Installer = Installer(self, self.install, self.in_service)
        self.requester: Requester = Requester(self, self.install)
        self.access_points: AccessPoints = AccessPoints(self, self.install)
        self.say("SYS-6-LOGGINGHOST_STARTSTOP", "Logging to host 192.0.2.5 port 514 started")

    @property
    def hostname(self) -> str:
        """Return the name in the prompt."""
        return OTHER_NAME if self.strangers.other else self.configuration.hostname

    def open(self, login: Login, exec_command: bool = False) -> Vty:
        """Open a terminal, of whichever device is there."""
        self.strangers.answer()
        return super().open(login, exec_command)

    def note_command(self, line: str, source: str) -> None:
        """Write down a received line."""
        super().note_command(line, source)
        self.strangers.noticed(line)

    def has_image(self, number: int) -> bool:
        """Return whether a member boots the image file that the active one does, in bundle mode from its own flash."""
        return self.install.booted is None or self._flash[number].get(self.install.booted_path) is not None

    @property
    def serves_sftp(self) -> bool:
        """Return that neither IOS-XE nor IOS serves SFTP: OpenSSH's scp needs `-O` there."""
        return False

    @property
    def runs(self) -> Mapping[str, str]:
        """Return what every member really runs."""
        return {str(number): self.install.member_release(number).padded for number in self.members}

    @property
    def stays(self) -> str:
        """Return the committed release, or that of the first image in the saved boot variable that boots."""
        if self.install.booted is None:
            return (self.install.provisioned or self.install.committed_software).release.padded
        found = (self.install.bootable(path) for path in self.startup.boot_paths)
        return next((software.release.padded for software in found if software), "nothing")

    def start_up(self) -> bool:
        """Load what the startup configuration names; it waits for somebody where it boots by hand."""
        manual, ignored = self.configuration.has("boot manual"), self.configuration.has(IGNORED)
        self.configuration = Configuration([f"{IGNORED} switch all"]) if ignored else self.startup.copy()
        paths, ran = self.startup.boot_paths or self.unnamed, self.install.running
        found = any(self.install.boot(path) for path in paths) and not manual
        self._took_over = None
        self._restarted.clear()
        self.in_service.forget()
        self._left_behind = {number for number in self._flash if number > 1 and not self.has_image(number)}
        self.strangers.booted(anew=self.install.running != self.spec.release)
        hangs = self.spec.fault("never-returns") and self.reload_reason == RELOAD_COMMAND
        return found and not (hangs and self.install.running != ran)

    @property
    def unnamed(self) -> list[str]:
        """List what is tried where nothing is named for the next boot."""
        return [f"flash:{PACKAGES}"]

    def came_up(self) -> None:
        """Arm the timer of an uncommitted release."""
        self.say("SYS-5-RESTART", "System restarted --")
        self.install.after_boot()

    @property
    def uncommitted(self) -> bool:
        """Return whether what runs was activated and is not kept yet."""
        return self.install.uncommitted or bool(self.install.patches.those("U"))
