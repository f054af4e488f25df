"""The install manager of a lab switch: states, the `install` commands in both dialects, and the auto-abort timer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.flash import LabFile, NoSpace
from swimctl.lab.images import read_image
from swimctl.lab.release import Release, parse_release

if TYPE_CHECKING:
    from swimctl.lab.switch import Switch

Verdict: TypeAlias = Generator[Effect, str, str | None]
"""What an operation does, and the reason why it failed, None where it did not."""

ADD_SECONDS, ACTIVATE_SECONDS, COMMIT_SECONDS = 120.0, 90.0, 8.0
RELOAD_DELAY = 14.0
"""Lab seconds from the SUCCESS line to the drop; the prompt is back meanwhile."""
DEFAULT_TIMER = 120
SPREAD = 1.1
"""Unpacked, an image takes this times its size on every member, beside the file itself."""

_REASONS = {
    "no-space": "/flash requires 2912703 KB of free space, but only 408260 KB is available",
    "unsaved": "System configuration has been modified. Please save configuration and resubmit command.",
    "busy": "Another install operation is in progress. Please try again after it is over.",
    "bad-image": "Image verification failed: the package is not valid for this platform",
    "running-package-missing": (
        "Install Operation failed as one or more package file(s) for running image is not present in the device"
    ),
    "operation-failed": "Operation could not be completed: package manager returned an error",
}
_PROCEED = "This operation may require a reload of the system. Do you want to proceed? [y/n]"


@dataclass(frozen=True)
class Added:
    """An image that was added: its release, and the files that came of it."""

    release: Release
    files: tuple[str, ...]


class Install:
    """What is installed in which state, and the commands that change it."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self.running: Release = switch.spec.release
        self.committed: Release = switch.spec.release
        self.inactive: Added | None = None
        self.timer_ends: float | None = None
        self._timer: object = None
        self._previous: Added | None = None
        self._operation: str | None = None

    @property
    def uncommitted(self) -> bool:
        """Tell whether what runs is not committed."""
        return self.running != self.committed

    @property
    def awaits_checks(self) -> bool:
        """Tell whether an activated image waits for its commit."""
        return self.uncommitted

    def member_release(self, number: int) -> Release:
        """Tell what a member runs."""
        if self._switch.member_state(number) == "V-Mismatch":
            return self._previous.release if self._previous else self.committed
        return self.running

    def after_boot(self) -> None:
        """Arm the timer of an uncommitted image once it runs."""
        if self.timer_ends is not None:
            left = self.timer_ends - self._switch.clock.now()
            self._timer = self._switch.later(max(0.0, left), self._timer_fires)
            self._log(
                "INSTALL-5-INSTALL_AUTO_ABORT_TIMER_PROGRESS",
                f"Install auto abort timer will expire in {left:.0f} seconds",
            )

    def add(self, path: str) -> Dialogue:
        """Run `install add file`."""
        yield from self._operate("add", lambda say: self._add(path, say))

    def activate(self, minutes: int, *, ask: bool) -> Dialogue:
        """Run `install activate`."""
        yield from self._operate("activate", lambda say: self._activate(minutes, say, ask=ask, operation="activate"))

    def one_shot(self, path: str, *, ask: bool, commit: bool) -> Dialogue:
        """Run `install add file … activate [commit]`."""
        name = "add_activate_commit" if commit else "add_activate"

        def run(say: _Say) -> Verdict:
            failed = yield from self._add(path, say)
            if failed:
                return failed
            return (yield from self._activate(DEFAULT_TIMER, say, ask=ask, operation=name, commit=commit))

        yield from self._operate(name, run)

    def commit(self) -> Dialogue:
        """Run `install commit`."""

        def run(say: _Say) -> Verdict:
            if self._fails("commit"):
                return self._fails("commit")
            yield Print(say.stage("Commit"))
            yield Pause(COMMIT_SECONDS)
            if self._switch.drops_at("commit"):
                self._switch.cut_all()
            self._stop_timer()
            self.committed = self.running
            yield Print(say.finished("Commit"))
            return None

        yield from self._operate("commit", run)

    def abort(self, *, ask: bool, operation: str = "abort") -> Dialogue:
        """Run `install abort`, or a rollback to what is committed."""

        def run(say: _Say) -> Verdict:
            if not self.uncommitted:
                yield Print(say.stage("Abort"))
                return "No uncommitted install to abort"
            if ask and (yield from self._refused()):
                return "User aborted the operation"
            yield Print(say.stage("Abort"))
            yield Pause(ACTIVATE_SECONDS / 2)
            yield Print(say.finished("Abort"))
            self._switch.later(RELOAD_DELAY, self._go_back)
            return None

        yield from self._operate(operation, run)

    def stop_timer(self) -> Dialogue:
        """Run `install auto-abort-timer stop`."""

        def run(_say: _Say) -> Verdict:
            self._stop_timer()
            yield Pause(1)
            return None

        yield from self._operate("auto_abort_timer", run)

    def remove_inactive(self) -> Dialogue:
        """Run `install remove inactive`."""

        def run(say: _Say) -> Verdict:
            yield Print(
                "install_remove: Removing IMG\nCleaning up unnecessary package files\n"
                "No path specified, will use booted path /flash/packages.conf\n\nCleaning /flash\n"
                "  Scanning boot directory for packages ... done.\n  Preparing packages list to delete ...\n"
            )
            yield Pause(20)
            doomed = self._removable()
            for number in self._switch.members:
                kept = [f.name for f in self._switch.flash(number).listing() if f.name.endswith((".pkg", ".conf"))]
                for name in kept:
                    if name not in doomed:
                        yield Print(f"    [R{number - 1}]: /flash/{name} File is in use, will not delete.\n")
            if not doomed:
                yield Print("\nSUCCESS: No extra package or provisioning files found on media. Nothing to clean.\n\n")
                return None
            yield Print("\nThe following files will be deleted:\n")
            for number in self._switch.members:
                yield Print("".join(f"    [R{number - 1}]: /flash/{name}\n" for name in doomed))
            answer = yield Ask("\nDo you want to remove the above files? [y/n]")
            if not answer.lower().startswith("y"):
                yield Print("\n[1]  R0 Add succeed with reason: User Rejected Deletion\n")
                return None
            yield Print("\n")
            if not self._switch.spec.fault("does-nothing"):
                for name in doomed:
                    for number in self._switch.members:
                        self._switch.flash(number).delete(name)
                    yield Print(f"\nDeleting file /flash/{name} ... done.")
                self.inactive = None
            yield Print(
                "\nSUCCESS: Files deleted.\n\n--- Starting Post_Remove_Cleanup ---\n"
                f"Performing REMOVE_POSTCHECK on all members\n{say.close('Post_Remove_Cleanup')}\n"
            )
            return None

        yield from self._operate("remove", run)

    def _operate(self, operation: str, run: Callable[[_Say], Verdict]) -> Dialogue:
        switch = self._switch
        say = _Say(switch, operation, new=self.running.new_dialect, members=switch.members)
        yield Print(f"install_{operation}: START {_stamp(switch)}\n")
        if self._operation or switch.spec.fault("busy-install"):
            yield Print(say.failed(_REASONS["busy"]))
            return
        started = self._log("INSTALL-5-INSTALL_START_INFO", f"Started install {operation}")
        self._operation = operation
        try:
            yield Print(f"{started}\n")  # a terminal shows it in the middle of the command's own text
            failed = yield from run(say)
        finally:
            self._operation = None
        if failed:
            self._log("INSTALL-3-OPERATION_ERROR_MESSAGE", f"Failed to install {operation} package, Error: {failed}")
            yield Print(say.failed(failed))
            return
        self._log("INSTALL-5-INSTALL_COMPLETED_INFO", f"Completed install {operation}")
        if "activate" in operation and not say.new and not switch.spec.fault("does-nothing"):
            yield Print("Install will reload the system now!\n")
        yield Print(f"SUCCESS: install_{operation}{' ' if say.new else '  '}{_stamp(switch)}\n")

    def _add(self, path: str, say: _Say) -> Verdict:
        switch = self._switch
        if self._fails("add"):
            yield Pause(5)
            return self._fails("add")
        try:
            member, name = switch.resolve(path)
        except ValueError:
            return f"{path}: No such file or directory"
        file = switch.flash(member).get(name)
        if file is None:
            return f"File {path} not found on the device"
        image = read_image(file.head, name)
        if image is None or file.damaged or image.family != switch.spec.hardware.family:
            return _REASONS["bad-image"]
        release = parse_release(image.version, image.build)
        yield Print("install_add: Adding IMG\n" if say.new else f"install_{say.operation}: Adding PACKAGE\n")
        if release == self.running and not self.uncommitted:
            yield Print("[1] Add succeed with reason: Same Image File-No Change\n")
            return None
        if self.inactive is not None:
            if self.inactive.release == release:
                yield Print("[1] Add succeed with reason: Super package already added-No Change\n")
                return None
            return (
                "Super package already added. Add operation not allowed. "
                "'install remove inactive' can be used to discard added packages"
            )
        yield Print(f"--- Starting initial file syncing ---\nCopying {path} from switch 1 to switch {say.numbers}\n")
        yield Pause(ADD_SECONDS / 2 * self._slowness())
        if switch.drops_at("add"):
            switch.cut_all()
        yield Print("Info: Finished copying to the selected switch(es)\nFinished initial file syncing\n\n")
        yield Print(say.stage("Add", own=True))
        yield Pause(ADD_SECONDS / 2 * self._slowness())
        if not switch.spec.fault("does-nothing"):
            try:
                self._unpack(file, release)
            except NoSpace as full:
                need, free = int(full.needed / 1024), int(full.free / 1024)
                return f"/flash requires {need} KB of free space, but only {free} KB is available"
        yield Print(say.finished("Add", own=True, version=release.full))
        return None

    def _unpack(self, file: LabFile, release: Release) -> None:
        switch = self._switch
        package = LabFile(
            f"{switch.spec.hardware.family}-all.{release.padded}.SPA.pkg", int(file.size * SPREAD), switch.clock.wall()
        )
        plan = [(number, each) for number in switch.members for each in (file, package)]
        for number in switch.members:
            flash = switch.flash(number)
            need = sum(each.size for _, each in plan[:2] if flash.get(each.name) is None)
            if need > flash.free:
                raise NoSpace(need, flash.free)
        for number, each in plan:
            switch.flash(number).add(each)
        self.inactive = Added(release, (file.name, package.name))

    def _activate(self, minutes: int, say: _Say, *, ask: bool, operation: str, commit: bool = False) -> Verdict:
        switch = self._switch
        if self._fails("activate"):
            yield Pause(5)
            return self._fails("activate")
        if switch.unsaved:
            return _REASONS["unsaved"]
        lies = switch.spec.fault("does-nothing")
        if self.inactive is None and not lies:
            if commit:
                return None  # the same image was added: nothing to change
            return "No inactive package to activate"
        yield Print("install_activate: Activating IMG\n" if say.new else f"install_{operation}: Activating PACKAGE\n")
        names = self.inactive.files[-1:] if self.inactive else ("cat9k-rpbase.pkg",)
        yield Print("Following packages shall be activated:\n" + "".join(f"/flash/{name}\n" for name in names) + "\n")
        if ask and (yield from self._refused()):
            return "User aborted the operation"
        yield Print(say.stage("Activate"))
        yield Pause(ACTIVATE_SECONDS)
        if switch.drops_at("activate"):
            switch.cut_all()
        yield Print(say.finished("Activate"))
        if commit:
            yield Print(say.stage("Commit"))
            yield Pause(COMMIT_SECONDS)
            yield Print(say.finished("Commit"))
        if not lies:
            switch.later(RELOAD_DELAY, lambda: self._start_new(minutes, commit=commit))
        return None

    def _start_new(self, minutes: int, *, commit: bool) -> None:
        switch, added = self._switch, self.inactive
        if added is None:
            return

        def change() -> None:
            if switch.spec.fault("boots-old-image"):
                return
            self._previous = Added(self.running, ())
            self.running, self.inactive = added.release, None
            switch.degraded = True
            if commit:
                self.committed = self.running
            else:
                self.timer_ends = switch.clock.now() + minutes * 60

        switch.reload("Image Install", change, returns=not switch.spec.fault("never-returns"))

    def _go_back(self) -> None:
        def change() -> None:
            if self.uncommitted:
                packages = tuple(f.name for f in self._switch.flash(1).listing() if self.running.padded in f.name)
                self.inactive = Added(self.running, packages)
                self.running = self.committed
            self._stop_timer()
            self._switch.degraded = False

        self._switch.reload("Install", change)

    def _timer_fires(self) -> None:
        if self.timer_ends is not None and self.uncommitted:
            self._log("INSTALL-5-INSTALL_AUTO_ABORT_TIMER_PROGRESS", "Install auto abort timer has expired")
            self._go_back()

    def _stop_timer(self) -> None:
        self._switch.forget(self._timer)
        self.timer_ends = None

    def _refused(self) -> Generator[Effect, str, bool]:
        answer = yield Ask(_PROCEED)
        return not answer.lower().startswith("y")

    def _removable(self) -> list[str]:
        extra = [f.name for f in self._switch.flash(1).listing() if f.name.endswith(".old")]
        return extra + list(self.inactive.files if self.inactive else ())

    def _fails(self, operation: str) -> str | None:
        fault = self._switch.spec.fault("install-fails")
        if fault is None:
            return None
        first, _, second = (fault.argument or "add").partition(":")
        where, why = (first, second) if first in {"add", "activate", "commit"} else ("add", first)
        return _REASONS[why or "operation-failed"] if where == operation else None

    def _slowness(self) -> float:
        return 4.0 if self._switch.spec.fault("slow-flash") else 1.0

    def _log(self, code: str, text: str) -> str:
        engine = "install_mgr" if self.running.new_dialect else "install_engine"
        return self._switch.say(code, f"Switch 1 R0/0: {engine}: {text}")


@dataclass(frozen=True)
class _Say:
    """The wording of one operation in the dialect of the release that runs it."""

    switch: Switch
    operation: str
    new: bool
    members: list[int]

    @property
    def numbers(self) -> str:
        return " ".join(str(number) for number in self.members)

    def stage(self, name: str, *, own: bool = False) -> str:
        lines = [f"--- Starting {name} ---", f"Performing {name} on all members"]
        lines += [
            f"  [{number}] {name} package(s) on switch {number}" for number in self.members if not (own and self.new)
        ]
        return "\n".join(lines) + "\n"

    def finished(self, name: str, *, own: bool = False, version: str = "") -> str:
        word = "Switch" if self.new else "switch"
        lines = [
            f"  [{number}] Finished {name}{' package(s)' if own else ''} on {word} {number}" for number in self.members
        ]
        lines += [f"Checking status of {name} on [{self.numbers}]", f"{name}: Passed on [{self.numbers}]"]
        lines += [f"Image added. Version: {version}", ""] if version else []
        return "\n".join([*lines, self.close(name), "", ""])

    def close(self, name: str) -> str:
        return f"Finished {name} operation" if self.new and name == "Commit" else f"Finished {name}"

    def failed(self, reason: str) -> str:
        if self.new:
            name = self.operation.removeprefix("install_") if "_" in self.operation else f"install_{self.operation}"
            return f"  [1]  R0 FAILED: {reason}\nFAILED: {name} {_stamp(self.switch)}\n"
        return f"FAILED: install_{self.operation} : {reason}\n"


def _stamp(switch: Switch) -> str:
    return switch.clock.wall().strftime("%a %b %d %H:%M:%S UTC %Y")


def rows(install: Install) -> Iterator[tuple[str, str]]:
    """List the IMG rows of `show install summary`: state and version."""
    yield ("U" if install.uncommitted else "C"), install.running.full
    if install.inactive is not None:
        yield "I", install.inactive.release.full
