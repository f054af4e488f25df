"""What `install` says, in the dialect of the release that runs it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from swimctl.lab.effects import Ask, Effect

Verdict: TypeAlias = Generator[Effect, str, str | None]
"""What an operation does, and the reason why it failed, None where it did not."""

REASONS = {
    "no-space": "/flash requires 2912703 KB of free space, but only 408260 KB is available",
    "unsaved": "System configuration has been modified. Please save configuration and resubmit command.",
    "issu": "Install ISSU in progress. Abort the ISSU upgrade to proceed",
    "busy": "Another install operation is in progress. Please try again after it is over.",
    "bad-image": "Image verification failed: the package is not valid for this platform",
    "running-package-missing": (
        "Install Operation failed as one or more package file(s) for running image is not present in the device"
    ),
    "operation-failed": "Operation could not be completed: package manager returned an error",
    "bundle": (
        "Booted in bundle mode. For Bundle-to-Install mode conversion, please use one-shot CLI - "
        "install add file <> activate commit"
    ),
    "added": (
        "Super package already added. Add operation not allowed. "
        "'install remove inactive' can be used to discard added packages"
    ),
}
PROCEED = "This operation may require a reload of the system. Do you want to proceed? [y/n]"
REMOVE = "\nDo you want to remove the above files? [y/n]"


def agreed() -> Generator[Effect, str, bool]:
    """Ask whether to go on."""
    answer = yield Ask(PROCEED, one_key=True)
    return answer.lower().startswith("y")


@dataclass(frozen=True)
class Wording:
    """One operation's lines. `new`: as since 17.9.5; `target` is the file or nothing, for the line of a failure.

    `units` are its members as the lists name them, `word` what stands before such a name: Switch, Chassis or nothing.
    """

    operation: str
    new: bool
    units: Sequence[str]
    word: str
    target: str = ""

    @property
    def numbers(self) -> str:
        """List the members."""
        return " ".join(self.units)

    def unit(self, at: int = 0) -> str:
        """Return one member, in the small letters of the older dialect."""
        return f"{self.word if self.new else self.word.lower()} {self.units[at]}"

    @property
    def _counted(self) -> list[tuple[int, str]]:
        # Supervisors are all members of chassis 1.
        return [(at + 1 if self.word else 1, self.unit(at)) for at in range(len(self.units))]

    def start(self, stamp: str) -> str:
        """Open the operation."""
        text = f"install_{self.operation}: START {stamp}\n"
        if self.new and self.operation.startswith("add_"):
            text += f"install_add: START {stamp}\n"
        return text

    def begin(self, name: str, doing: str) -> str:
        """Return what is at hand: `name` is the stage's operation, `doing` its verb."""
        if self.new:
            return f"install_{name}: {doing} IMG\n"
        text = f"install_{self.operation}: {doing} PACKAGE\n"
        return text + (
            f"install_{self.operation}: Checking whether new add is allowed ....\n" if name == "add" else "\n"
        )

    def syncing(self, path: str) -> str:
        """Begin to copy the image file to the other members."""
        if not self.word:
            return f"--- Starting initial file syncing ---\nCopying image file: {path} to standby\n"
        if not self.new:
            return (
                f"--- Starting initial file syncing ---\n"
                f"[1]: Copying {path} from {self.unit()} to {self.word.lower()} {self.numbers}\n"
            )
        return (
            f"--- Starting initial file syncing ---\nCopying {path} from {self.unit()} to {self.word} {self.numbers}\n"
        )

    def synced(self) -> str:
        """End that copy."""
        if not self.word:
            who = "Info: Finished copying to standby"
        elif self.new:
            who = f"Info: Finished copying to the selected {self.word}"
        else:
            who = f"[{self.numbers}]: Finished copying to {self.word.lower()}"
        return f"{who}\nFinished initial file syncing\n\n"

    def stage(self, name: str) -> str:
        """Open a stage on all members."""
        lines = [f"--- Starting {name} ---", f"Performing {name} on all members"]
        if not (self.new and name == "Add"):
            lines += [f"  [{number}] {name} package(s) on {unit}" for number, unit in self._counted]
        return "\n".join(lines) + "\n"

    def finished(self, name: str, version: str = "") -> str:
        """Close a stage; `version` is that of an image that was added."""
        package = " package(s)" if self.new else ""
        lines = [f"  [{number}] Finished {name}{package} on {unit}" for number, unit in self._counted]
        lines += [f"Checking status of {name} on [{self.numbers}]", f"{name}: Passed on [{self.numbers}]"]
        added = [f"Image added. Version: {version}"] if version else []
        closing = [self.close(name)]
        lines += [*added, "", *closing] if self.new else [*closing, "", *added]
        return "\n".join([*lines, "", ""])

    def patched(self, name: str, *, each: bool = True) -> str:
        """Write a stage of patches, from its beginning to its end."""
        stage, counted = f"SMU_{name.upper()}", self._counted if each else []
        lines = [f"--- Starting SMU {name} operation ---", f"Performing {stage} on all members"]
        lines += [f" [{number}] {stage} package(s) on {unit}" for number, unit in counted]
        lines += [f" [{number}] Finished {stage} on {unit}" for number, unit in counted]
        lines += [f"Checking status of {stage} on [{self.numbers}]", f"{stage}: Passed on [{self.numbers}]"]
        return "\n".join([*lines, f"Finished SMU {name} operation", ""])

    def close(self, name: str) -> str:
        """Return the lines that a stage is over."""
        return (
            f"Finished {name} operation" if self.new and name in {"Commit", "Abort", "Rollback"} else f"Finished {name}"
        )

    def unchanged(self, reason: str) -> str:
        """Return the lines that there was nothing to do, member by member."""
        return "".join(f" [{number}] {unit} Add succeed with reason: {reason}\n" for number, unit in self._counted)

    def no_space(self, needed: int, free: int, unit: str) -> str:
        """Return how much space is missing; bytes."""
        need, have = -(-needed // 1024), free // 1024
        if self.new:
            return f"/flash requires {need} KB of free space, but only {have} KB is available"
        return (
            f"There is not enough free disk available to perform this operation on {self.word.lower()} {unit}. "
            f"At least {need} KB of free disk is required"
        )

    def failed(self, reason: str, stamp: str) -> str:
        """Close the operation as failed."""
        if not self.new:
            return f"FAILED: install_{self.operation} : {reason}\n"
        name = self.operation if "_" in self.operation else f"install_{self.operation}"
        return f"  [1] {self.unit()} FAILED: {reason}\nFAILED: {' '.join(filter(None, (name, self.target, stamp)))}\n"

    def succeeded(self, stamp: str, *, reloads: bool) -> str:
        """Close the operation as done."""
        first = "Install will reload the system now!\n" if reloads and not self.new else ""
        return f"{first}SUCCESS: install_{self.operation}{' ' if self.new else '  '}{stamp}\n"
