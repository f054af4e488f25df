"""SMUs of a lab switch: patches of the release that runs, one row each in `show install summary`.

Whether one needs a reload is told by its defect's number: an odd one does.
"""

from __future__ import annotations

import re

from swimctl.lab.cisco_xe.install_words import REASONS, Verdict, Wording
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.effects import Pause, Print
from swimctl.lab.flash import Flash, LabFile

_NAME = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)\.(?P<version>\d\d\.\d\d\.\d\d[a-z]?)\.CSC[a-z]{2}\d{4}(?P<last>\d)\.SPA\.smu\.bin"
)
SECONDS = 8.0


def is_patch(name: str) -> bool:
    """Return whether a file is a SMU by its name."""
    return name.endswith(".smu.bin")


class Patches:
    """File name -> the letter of its state."""

    def __init__(self, switch: Stack) -> None:
        self._switch = switch
        self.states: dict[str, str] = {}

    def those(self, letter: str) -> list[str]:
        """List those in a state."""
        return [name for name, state in self.states.items() if state == letter]

    def add(self, path: str, file: LabFile, say: Wording) -> Verdict:
        """Copy a patch to all members."""
        switch, lies = self._switch, self._switch.spec.fault("does-nothing")
        found = _NAME.fullmatch(file.name)
        wanted = (switch.spec.hardware.family, switch.install.running.padded)
        if file.damaged or found is None or (found["family"], found["version"]) != wanted:
            return REASONS["bad-image"]
        if file.name in self.states:
            yield Print(say.unchanged("SMU Already Added-No Change"))
            return None
        yield Print(say.syncing(path))
        yield Pause(SECONDS)
        if switch.drops.at("add"):
            switch.cut_all()
        others = [switch.flash(number) for number in switch.members]
        lacking: list[Flash] = [flash for flash in others if flash.get(file.name) is None]
        for flash in lacking:
            if file.size > flash.free:
                return say.no_space(file.size, flash.free, switch.spec.unit(switch.members[others.index(flash)]))
        for flash in lacking:
            flash.add(file)
        yield Print(f"{say.synced()}{say.patched('Add', each=False)}\n")
        if not lies:
            self.states[file.name] = "I"
        return None

    def activate(self, minutes: int | None, say: Wording) -> Verdict:
        """Activate what was added; `minutes` None: and commit it."""
        yield Print(f"install_{'activate' if say.new else say.operation}: Activating SMU\n")
        yield Pause(SECONDS)
        if self._switch.drops.at("activate"):
            self._switch.cut_all()
        yield Print(say.patched("Activate"))
        if not self._switch.spec.fault("does-nothing"):
            self._move("I", "U" if minutes is not None else "C")
            self._switch.degraded = True
            if minutes is not None:
                self._switch.install.start_timer(minutes)
        return None

    def commit(self) -> None:
        """Keep what is activated."""
        self._move("U", "C")

    def back(self) -> bool:
        """Remove what is activated. Return whether the switch reloads for it."""
        self._switch.degraded = False
        reloads = any(needs_reload(name) for name in self.those("U"))
        self._move("U", "I")
        return reloads

    def _move(self, old: str, new: str) -> None:
        for name in self.those(old):
            self.states[name] = new


def needs_reload(name: str) -> bool:
    """Return whether a patch takes effect by a reload."""
    found = _NAME.fullmatch(name)
    return found is not None and int(found["last"]) % 2 == 1
