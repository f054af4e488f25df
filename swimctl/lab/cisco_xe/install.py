"""The `install` commands of a lab switch, in both dialects, with the faults that make them fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from swimctl.lab.chassis import CRASH
from swimctl.lab.cisco_xe.in_service import InService
from swimctl.lab.cisco_xe.install_files import add_image, remove_inactive
from swimctl.lab.cisco_xe.install_words import REASONS, Verdict, Wording, agreed
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.ledger import Ledger
from swimctl.lab.cisco_xe.patches import is_patch, needs_reload
from swimctl.lab.cisco_xe.software import PACKAGES, Software
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.effects import Dialogue, Pause, Print

ACTIVATE_SECONDS, COMMIT_SECONDS = 90.0, 8.0
RELOAD_DELAY = 14.0
"""Lab seconds from the SUCCESS line to the drop; the prompt is back meanwhile."""
DEFAULT_TIMER = 120
_REJECTED = "User aborted the operation"


class Installer:
    """The `install` commands of one switch; they change what is installed there."""

    def __init__(self, switch: Stack, installed: Installed, in_service: InService) -> None:
        self._switch = switch
        self._installed = installed
        self._in_service = in_service
        self._operation: str | None = None
        self._reloads = False
        self.ledger = Ledger(switch.clock)

    @property
    def _lies(self) -> bool:
        return self._switch.spec.fault("does-nothing") is not None

    def by_somebody(self, path: str, seconds: float) -> None:
        """Start an `add` of somebody at the console: nothing else can be installed before that ends."""
        self._installed.log("INSTALL-5-INSTALL_START_INFO", f"Started install add {path}")
        self._operation = "add"

        def ends() -> None:
            self._operation = None
            self._installed.log("INSTALL-5-INSTALL_COMPLETED_INFO", "Completed install add")

        self._switch.later(seconds, ends)

    def add(self, path: str) -> Dialogue:
        """Run `install add file`."""

        def run(say: Wording) -> Verdict:
            if self._installed.booted is not None:
                return REASONS["bundle"]
            return (yield from self._add(path, say))

        yield from self._operate("add", run, path)

    def activate(self, minutes: int, *, ask: bool) -> Dialogue:
        """Run `install activate`."""
        yield from self._operate("activate", lambda say: self._activate(minutes, say, ask=ask))

    def activate_in_service(self, minutes: int) -> Dialogue:
        """Run `install activate issu`."""

        def run(say: Wording) -> Verdict:
            issu, added = self._in_service, self._installed.inactive
            if self._switch.unsaved:
                return REASONS["unsaved"]
            failed = self._fails("activate") or issu.refuses()
            if failed or (added is None and not self._lies):
                return failed or "No inactive package to activate"
            return (yield from issu.activate(None if self._lies else added, minutes, say))

        yield from self._operate("activate", run, in_service=True)

    def abort_in_service(self) -> Dialogue:
        """Run `install abort issu`."""

        def run(say: Wording) -> Verdict:
            if self._switch.unsaved:
                return REASONS["unsaved"]
            return (yield from self._in_service.abort(say))

        yield from self._operate("abort", run, in_service=True)

    def one_shot(self, path: str, *, ask: bool, commit: bool) -> Dialogue:
        """Run `install add file … activate [commit]`."""

        def run(say: Wording) -> Verdict:
            if self._switch.unsaved:
                return REASONS["unsaved"]
            failed = yield from self._add(path, say)
            if failed or not (self._installed.inactive or self._installed.patches.those("I") or self._lies):
                return failed  # the same image again: nothing to activate, and no reload
            return (yield from self._activate(None if commit else DEFAULT_TIMER, say, ask=ask))

        yield from self._operate("add_activate_commit" if commit else "add_activate", run, path)

    def commit(self) -> Dialogue:
        """Run `install commit`."""

        def run(say: Wording) -> Verdict:
            failed = self._fails("commit")
            if failed:
                return failed
            yield Print(say.stage("Commit"))
            yield Pause(COMMIT_SECONDS)
            if self._switch.drops.at("commit"):
                self._switch.cut_all()
            if not self._lies:
                self._installed.commit()
                self._installed.patches.commit()
            yield Print(say.finished("Commit"))
            return None

        yield from self._operate("commit", run)

    def abort(self, *, ask: bool) -> Dialogue:
        """Run `install abort`."""

        def run(say: Wording) -> Verdict:
            if self._installed.patches.those("U"):
                return (yield from self._abort_patches(say))
            return (yield from self._return("Abort", self._installed.committed_software, say, ask=ask))

        yield from self._operate("abort", run)

    def roll_back(self, to: Literal["base"] | int | None, *, ask: bool) -> Dialogue:
        """Run `install rollback to`: the base, the point of a number, or what is committed."""

        def run(say: Wording) -> Verdict:
            yield Print(f"install_rollback: Rolling back to {to or 'committed'}\n")
            if isinstance(to, int):
                found = next((software for number, _at, software in self._installed.points if number == to), None)
            else:
                found = self._installed.base if to == "base" else self._installed.committed_software
            if found is None or not all(found.whole(self._switch.flash(n)) for n in self._switch.members):
                return f"No rollback id {to} present"
            return (yield from self._return("Rollback", found, say, ask=ask))

        yield from self._operate("rollback", run)

    def stop_timer(self) -> Dialogue:
        """Run `install auto-abort-timer stop`."""

        def run(_say: Wording) -> Verdict:
            yield Pause(1)
            if not self._lies:
                self._installed.stop_timer()
            return None

        yield from self._operate("auto_abort_timer", run)

    def remove_inactive(self, *, ask: bool = True) -> Dialogue:
        """Run `install remove inactive`, which may be told not to ask."""
        yield from self._operate("remove", lambda say: remove_inactive(self._switch, self._installed, say, ask=ask))

    def _operate(
        self, operation: str, run: Callable[[Wording], Verdict], target: str = "", *, in_service: bool = False
    ) -> Dialogue:
        switch = self._switch
        units = [switch.spec.unit(number) for number in switch.members]
        say = Wording(operation, self._installed.running.new_dialect, units, switch.spec.unit_word, target)
        yield Print(say.start(self._stamp()))
        if self._operation or switch.spec.fault("busy-install"):
            yield Print(say.failed(REASONS["busy"], self._stamp()))
            return
        if not in_service and self._in_service.forbids(operation):
            yield Print(say.failed(REASONS["issu"], self._stamp()))
            return
        started = self._installed.log("INSTALL-5-INSTALL_START_INFO", f"Started install {operation} {target or 'NONE'}")
        self._operation, self._reloads = operation, False
        try:
            with self.ledger.operation(operation) as entry:
                yield Print(f"{started}\n")  # a terminal shows it in the middle of the command's own text
                failed = yield from run(say)
                entry.failed = failed is not None
        finally:
            self._operation = None
        if failed:
            self._installed.log(
                "INSTALL-3-OPERATION_ERROR_MESSAGE", f"Failed to install {operation} package, Error: {failed}"
            )
            yield Print(say.failed(failed, self._stamp()))
            return
        self._installed.log("INSTALL-5-INSTALL_COMPLETED_INFO", f"Completed install {operation}")
        yield Print(say.succeeded(self._stamp(), reloads=self._reloads))

    def _add(self, path: str, say: Wording) -> Verdict:
        switch = self._switch
        failed = self._fails("add")
        if failed:
            yield Pause(5)
            return failed
        file = switch.find(path)
        if file is None:
            return f"{path}: No such file or directory"
        yield Print(say.begin("add", "Adding"))
        if is_patch(file.name):
            return (yield from self._installed.patches.add(path, file, say))
        return (yield from add_image(self._switch, self._installed, path, file, say))

    def _activate(self, minutes: int | None, say: Wording, *, ask: bool) -> Verdict:
        """Activate what was added; `minutes` None: and commit it."""
        switch, added = self._switch, self._installed.inactive
        failed = self._fails("activate")
        if failed:
            yield Pause(5)
            return failed
        if switch.unsaved:
            return REASONS["unsaved"]
        if added is None and self._installed.patches.those("I"):
            return (yield from self._activate_patches(minutes, say, ask=ask))
        if added is None and not self._lies:
            return "No inactive package to activate"
        if self._installed.uncommitted:
            return "An activated and uncommitted package is present. Commit or abort it first"
        yield Print(say.begin("activate", "Activating"))
        packages = (added or self._installed.active).packages
        yield Print(
            "Following packages shall be activated:\n" + "".join(f"/flash/{each}\n" for each in packages) + "\n"
        )
        if ask and not (yield from agreed()):
            return _REJECTED
        yield Print(say.stage("Activate"))
        yield Pause(ACTIVATE_SECONDS)
        if switch.drops.at("activate"):
            switch.cut_all()
        yield Print(say.finished("Activate"))
        if minutes is None:
            yield Print(say.stage("Commit"))
            yield Pause(COMMIT_SECONDS)
            yield Print(say.finished("Commit"))
        if added is not None and not self._lies:
            self._reloads = True
            switch.later(RELOAD_DELAY, lambda: self._start_new(added, minutes))
        return None

    def _activate_patches(self, minutes: int | None, say: Wording, *, ask: bool) -> Verdict:
        switch, patches = self._switch, self._installed.patches
        reloads = any(needs_reload(name) for name in patches.those("I"))
        if reloads and ask and not (yield from agreed()):
            return _REJECTED
        failed = yield from patches.activate(minutes, say)
        if minutes is None:
            yield Print(say.stage("Commit"))
            yield Pause(COMMIT_SECONDS)
            yield Print(say.finished("Commit"))
        if reloads and not failed:
            self._reloads = True
            switch.later(RELOAD_DELAY, lambda: switch.reload("Image Install"))
        return failed

    def _abort_patches(self, say: Wording) -> Verdict:
        switch = self._switch
        yield Print(say.stage("Abort"))
        yield Pause(COMMIT_SECONDS)
        if not self._lies and self._installed.go_back_without_patches():
            self._reloads = True
            switch.later(RELOAD_DELAY, lambda: switch.reload("Install"))
        yield Print(say.finished("Abort"))
        return None

    def _start_new(self, added: Software, minutes: int | None) -> None:
        switch = self._switch

        def change() -> None:
            if switch.spec.fault("boots-old-image"):
                return
            if not any(path.endswith(f":{PACKAGES}") for path in switch.startup.boot_paths):
                switch.startup.boots(f"flash:{PACKAGES}")
            self._installed.start(added, minutes)
            switch.degraded = True

        reason = CRASH if switch.spec.fault("abnormal-reload") else "Image Install"
        switch.reload(reason, change, returns=not switch.spec.fault("never-returns"))

    def _return(self, stage: str, software: Software, say: Wording, *, ask: bool) -> Verdict:
        """Go back to an earlier release, by a reload."""
        switch = self._switch
        if self._lies:
            return None
        if self._installed.active == software:
            return "No uncommitted install to abort" if stage == "Abort" else "Already at the rollback point"
        if ask and not (yield from agreed()):
            return _REJECTED
        yield Print(say.stage(stage))
        yield Pause(ACTIVATE_SECONDS / 2)
        yield Print(say.finished(stage))
        self._reloads = True
        switch.later(RELOAD_DELAY, lambda: switch.reload("Install", lambda: self._installed.go_back(software)))
        return None

    def _fails(self, operation: str) -> str | None:
        fault = self._switch.spec.fault("install-fails")
        if fault is None:
            return None
        first, _, second = (fault.argument or "add").partition(":")
        where, why = (first, second) if first in {"add", "activate", "commit"} else ("add", first)
        return REASONS[why or "operation-failed"] if where == operation else None

    def _stamp(self) -> str:
        return self._switch.clock.wall().strftime("%a %b %d %H:%M:%S UTC %Y")
