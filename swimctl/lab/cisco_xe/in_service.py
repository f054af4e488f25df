"""Upgrades in service of a lab switch: the standby reloads and takes over, then the one that was active reloads."""

from __future__ import annotations

from datetime import datetime

from swimctl.lab.cisco_xe.install_words import REASONS, Verdict, Wording, agreed
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.software import Software
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.effects import Dialogue, Pause, Print

ADDED, STANDBY, OVER, BACK = "Added", "Standby activated", "Active switched-over", "Abort started"
CHECK_SECONDS, INSTALL_SECONDS = 10.0, 40.0
RELOAD_DELAY = 14.0
"""Lab seconds from the SUCCESS line until the standby takes over; the prompt is back meanwhile."""
_RULE = "=" * 51


class InService:
    """How far such an upgrade has come.

    `steps` are the states that it passed, none where it is not open; `previous` is how the last one ended. `ahead` is
    what the standby runs while it is another release than the active one's.
    """

    def __init__(self, switch: Stack, installed: Installed) -> None:
        self._switch = switch
        self._installed = installed
        self.steps: list[str] = []
        self.began: list[tuple[str, datetime]] = []
        self.previous = "N/A"
        self.ahead: Software | None = None

    @property
    def open(self) -> bool:
        """Return whether one is neither committed nor taken back."""
        return bool(self.steps)

    def forbids(self, operation: str) -> bool:
        """Return whether an open one keeps an install command away; a commit, until nothing restarts any more."""
        if operation == "commit":
            return self.open and not (self.steps[-1] == OVER and self._switch.hot)
        return self.open and operation != "auto_abort_timer"

    def refuses(self) -> str | None:
        """Return why none can begin."""
        if self.open:
            return REASONS["issu"]
        failed = [name for name, fine in self.checks().items() if not fine]
        return f"ISSU is not possible: {', '.join(failed)}: No" if failed else None

    def checks(self) -> dict[str, bool]:
        """Return what the switch checks before one, in its order."""
        switch = self._switch
        two = len(switch.spec.members) == 2 and not switch.spec.hardware.stackable
        return {
            "Platform ISSU Support": not switch.spec.hardware.stackable,
            "Standby Online": two and switch.hot,
            "Autoboot Enabled": not switch.configuration.has("boot manual"),
            "SSO Mode": two and switch.hot,
            "Install Boot": self._installed.booted is None,
            "Valid Boot Media": True,
        }

    def activate(self, added: Software | None, minutes: int, say: Wording) -> Verdict:
        """Run `install activate issu`; with nothing `added` it only says that it did."""
        switch = self._switch
        yield Print(say.begin("activate", "Activating").replace("IMG", "ISSU").replace("PACKAGE", "ISSU"))
        if not (yield from agreed()):
            return "User aborted the operation"
        yield Print(_stage(0, "System Level Sanity Check"))
        yield Pause(CHECK_SECONDS)
        if added is None:
            return None
        self._step(ADDED, f"Activate location standby {switch.spec.unit(switch.standby)}")
        yield Print(_stage(1, "Installing software on Standby"))
        yield Pause(INSTALL_SECONDS)
        if switch.drops.at("activate"):
            switch.cut_all()
        yield Print(_stage(2, "Restarting Standby"))
        self.ahead = None if switch.spec.fault("boots-old-image") else added
        yield from self._restart_standby()
        if self.ahead is None:
            self._close("Failed")
            return "Standby did not come up with the new software"
        self._step(STANDBY, f"Activate location active {switch.spec.unit(switch.active)}")
        yield Print(_stage(3, "Installing software on Active"))
        yield Pause(INSTALL_SECONDS)
        yield Print(_stage(4, "Restarting Active (switchover to standby)"))
        switch.later(RELOAD_DELAY, lambda: self._take_over(added, minutes))
        return None

    def abort(self, say: Wording) -> Verdict:
        """Run `install abort issu`."""
        if not self.open:
            return "No ISSU operation is in progress"
        if not (yield from agreed()):
            return "User aborted the operation"
        yield Print(say.stage("Abort"))
        self.go_back()
        yield Pause(self._switch.rejoin_seconds + RELOAD_DELAY)
        return None

    def go_back(self) -> None:
        """Undo what is not committed: the standby first, then it takes over."""
        switch, installed = self._switch, self._installed
        self._step(BACK, "Abort")
        installed.stop_timer()
        self.ahead = installed.committed_software
        switch.restart_member(switch.standby)
        if installed.uncommitted:
            switch.later(switch.rejoin_seconds, self._take_back)
        else:
            switch.later(switch.rejoin_seconds, lambda: self._close("Aborted"))

    def committed(self) -> None:
        """Record that what it brought is kept."""
        if self.open:
            self._close("Successful")

    def forget(self) -> None:
        """Record that the whole switch reloaded: what is active boots on both."""
        self.ahead = None
        if self.open and not self._installed.uncommitted:
            self._close("Failed")

    def _take_over(self, added: Software, minutes: int) -> None:
        self.ahead = None
        self._installed.start(added, minutes)
        self._switch.degraded = True
        self._switch.switch_over()
        self._installed.after_boot()
        self._step(OVER, "Switchover")

    def _take_back(self) -> None:
        self.ahead = None
        self._installed.go_back(self._installed.committed_software)
        self._switch.switch_over()
        self._switch.later(self._switch.rejoin_seconds, lambda: self._close("Aborted"))

    def _restart_standby(self) -> Dialogue:
        self._switch.restart_member(self._switch.standby)
        yield Pause(self._switch.rejoin_seconds)

    def _step(self, state: str, operation: str) -> None:
        self.steps.append(state)
        self.began.append((operation, self._switch.clock.wall()))

    def _close(self, ended: str) -> None:
        self.steps, self.began, self.ahead, self.previous = [], [], None, ended


def _stage(number: int, name: str) -> str:
    return f"\nSTAGE {number}: {name}\n{_RULE}\n"
