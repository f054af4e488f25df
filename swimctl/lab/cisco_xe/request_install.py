"""`request platform software package` of a lab Catalyst 3850: packages for the next boot, and the way back."""

from __future__ import annotations

from swimctl.lab.cisco_xe.install import ACTIVATE_SECONDS
from swimctl.lab.cisco_xe.install_files import ADD_SECONDS, unpack
from swimctl.lab.cisco_xe.install_words import REASONS, Wording
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.software import Software
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.effects import Dialogue, Pause, Print


class Requester:
    """Those commands of one switch; what they name is started by the next reload, whatever its cause."""

    def __init__(self, switch: Stack, installed: Installed) -> None:
        self._switch = switch
        self._installed = installed
        self._busy = False

    @property
    def _lies(self) -> bool:
        return self._switch.spec.fault("does-nothing") is not None

    def install(self, path: str) -> Dialogue:
        """Run `request platform software package install switch all file`."""
        switch, numbers = self._switch, self._numbers()
        yield Print(self._locked("install "))
        failed = self._refused()
        file = switch.find(path)
        software = self._installed.read(file) if file else None
        if failed or file is None or software is None:
            yield Print(f"FAILED: {failed or f'{path} is not a valid super package'}\n")
            return
        self._busy = True
        try:
            yield Print(f"Expanding image file: {path}\n[{numbers}]: Expanding file\n")
            yield Pause(ADD_SECONDS * switch.slowness)
            if switch.drops.at("activate"):
                switch.cut_all()
            say = Wording("install", False, [switch.spec.unit(each) for each in switch.members], "Switch")
            lacking = None if self._lies else unpack(switch, file, software, say)
            if lacking:
                yield Print(f"FAILED: {lacking}\n")
                return
            yield Print(
                f"[{numbers}]: Finished expanding all-in-one software package in switch {numbers}\n"
                f"SUCCESS: Finished expanding all-in-one software package.\n[{numbers}]: Performing install\n"
            )
            yield Pause(ACTIVATE_SECONDS)
            if not self._lies:
                self._installed.provision(software)
            yield Print(self._done("install"))
        finally:
            self._busy = False

    def roll_back(self) -> Dialogue:
        """Run `request platform software package install switch all rollback`."""
        old: Software | None = self._installed.rolls_back_to
        yield Print(f"[1]: rollback package(s) on switch 1\n{self._locked('')}")
        yield Print("--- Starting preparation for software rollback ---\n")
        failed = self._refused()
        if old is None or failed:
            reason = failed or "No rollback file found for /tmp/sw/isos/packages.conf"
            yield Print(f"FAILED: {reason}\n  FAILED: rollback failed on switch 1\n")
            return
        yield Pause(ACTIVATE_SECONDS / 2)
        if not self._lies:
            self._installed.provision(old)
        yield Print(self._done("rollback"))

    def _refused(self) -> str | None:
        if self._busy or self._switch.spec.fault("busy-install"):
            return REASONS["busy"]
        fault = self._switch.spec.fault("install-fails")
        if fault is None:
            return None
        return REASONS.get((fault.argument or "").rpartition(":")[2], REASONS["operation-failed"])

    def _numbers(self) -> str:
        return " ".join(str(number) for number in self._switch.members)

    def _locked(self, what: str) -> str:
        return (
            f"--- Starting {what}local lock acquisition on switch 1 ---\n"
            f"Finished {what}local lock acquisition on switch 1\n\n"
        )

    def _done(self, what: str) -> str:
        numbers = self._numbers()
        each = "".join(f"[{number}]: Finished {what} successful on switch {number}\n" for number in numbers.split())
        return (
            f"SUCCESS: Software provisioned.  New software will load on reboot.\n{each}"
            f"Checking status of {what} on [{numbers}]\n[{numbers}]: Finished {what} in switch {numbers}\n"
            f"SUCCESS: Finished {what}: Success on [{numbers}]\n"
        )
