"""The installer of a lab router: operations with an id, that go on by themselves and tell their end to everybody."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeAlias

from swimctl.lab.cisco_xr.forms import INDENT, STAMP
from swimctl.lab.cisco_xr.nodes import Nodes, Software
from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.flash import NoSpace

Work: TypeAlias = Callable[[], str | None]
"""What an operation does at its end; gives the reason where it cannot."""

SECONDS = {"add": 120.0, "activate": 90.0, "commit": 8.0, "remove": 20.0}
RELOAD_DELAY = 14.0
"""Lab seconds from the end of an activation to the drop."""
_FIRST = 24
_ELSEWHERE = "install add source tftp://192.0.2.5/ asr9k-px.tar"
_REASONS = {
    "no-space": "No space left in the software repository of node 0/0",
    "unsaved": "The target configuration of another session is not committed",
    "busy": "The install infrastructure is not ready, as a node is restarting",
    "bad-image": "The image is invalid: its signature does not verify",
    "running-package-missing": "A package of the active software is not in the repository",
    "operation-failed": "An exception is hit while executing the install operation",
}
_CONFIRM = " [yes/no]:[yes] "


@dataclass
class Operation:
    """One operation: what was typed, and what it wrote so far."""

    number: int
    user: str
    command: str
    lines: list[str] = field(default_factory=list)
    succeeded: bool | None = None

    @property
    def kind(self) -> str:
        """Return what it does: add, activate, commit, remove."""
        return self.command.split()[1]


class Installer:
    """The operations of one router, one at a time."""

    def __init__(self, router: Nodes) -> None:
        self._router = router
        self.operations: list[Operation] = []
        self.reload_pending = False
        self._enter("root", "install commit")
        self._close(self.operations[0], None)
        if router.spec.fault("busy-install"):
            self._enter("other", _ELSEWHERE)

    @property
    def current(self) -> Operation | None:
        """Return the operation that runs."""
        return next((each for each in self.operations if each.succeeded is None), None)

    def stop(self) -> None:
        """End what runs, as the power goes."""
        self.reload_pending = False
        if self.current is not None and not self._router.spec.fault("busy-install"):
            self._close(self.current, "The operation was interrupted by a reload")

    def add(self, user: str, path: str, name: str) -> Dialogue:
        """Run `install add source`."""
        router = self._router

        def work() -> str | None:
            file = router.find(f"{path.rstrip('/')}/{name}")
            if file is None:
                return f'Package "{name}" is not found in {path}'
            software = router.read(file)
            if software is None:
                return f'Package "{name}" is invalid: {name} is corrupt, or is not for this platform'
            if software not in router.inactive:
                router.inactive.append(software)
            return None

        yield from self._operate(user, f"install add source {path} {name}", work)

    def activate(self, user: str, what: str, *, ask: bool) -> Dialogue:
        """Run `install activate`, by a package's name or by `id N`."""
        router = self._router

        def work() -> str | None:
            software = self._named(what)
            if software is None:
                return f"No inactive package is named by '{what}'"
            self.reload_pending = True
            router.later(RELOAD_DELAY, lambda: router.activate(software))
            return None

        command = f"install activate {what}{'' if ask else ' noprompt'}"
        yield from self._operate(user, command, work, packages=self._named(what), ask=ask)

    def commit(self, user: str) -> Dialogue:
        """Run `install commit`."""
        router = self._router

        def work() -> str | None:
            router.committed = router.active
            return None

        yield from self._operate(user, "install commit", work)

    def remove_inactive(self, user: str) -> Dialogue:
        """Run `install remove inactive all`."""

        def work() -> str | None:
            self._router.inactive.clear()
            return None

        yield from self._operate(user, "install remove inactive all", work)

    def _operate(
        self, user: str, command: str, work: Work, *, packages: Software | None = None, ask: bool = False
    ) -> Dialogue:
        router = self._router
        if self.current is not None or self.reload_pending:
            number = self.operations[-1].number
            yield Print(f"Could not start this install operation. Install operation {number} is still in progress\n")
            return
        operation = self._enter(user, command)
        yield Print("".join(f"{line}\n" for line in operation.lines))
        if packages is not None:
            yield Print(self._note(operation, "Package list:") + self._note(operation, f"    {packages.name}"))
        if ask and not (yield from self._agreed()):
            self._close(operation, "The operation was stopped by the user")
            yield Print(f"{operation.lines[-1]}\n")
            return
        yield Pause(2)
        if operation.succeeded is not None:  # a reload came in between
            return
        yield Print(self._note(operation, "Install operation will continue in the background"))
        seconds = SECONDS[operation.kind] * router.slowness
        if router.drops.at(operation.kind):
            router.later(seconds / 2, router.cut_all)
        router.later(seconds, lambda: self._end(operation, work))

    def _agreed(self) -> Generator[Effect, str, bool]:
        yield Print("\nThis install operation will reload the sdr, continue?\n")
        answer = yield Ask(_CONFIRM)
        return answer.strip().lower() in {"", "y", "ye", "yes"}

    def _end(self, operation: Operation, work: Work) -> None:
        failed = self._fails(operation.kind)
        if failed is None and not self._router.spec.fault("does-nothing"):
            try:
                failed = work()
            except NoSpace:
                failed = _REASONS["no-space"]
        told = len(operation.lines)
        self._close(operation, failed)
        for line in operation.lines[told:]:
            self._router.tell(line)

    def _fails(self, kind: str) -> str | None:
        fault = self._router.spec.fault("install-fails")
        if fault is None:
            return None
        words = (fault.argument or "add").split(":")
        where = words[0] if words[0] in SECONDS else "add"
        why = words[-1] if words[-1] in _REASONS else "operation-failed"
        return _REASONS[why] if where == kind else None

    def _named(self, what: str) -> Software | None:
        name = what
        if what.startswith("id "):
            number = int(what.removeprefix("id "))
            operation = next((each for each in self.operations if each.number == number and each.kind == "add"), None)
            name = operation.command.split()[-1] if operation else ""
        wanted = name.removesuffix(".iso")
        return next((each for each in self._router.inactive if each.name == wanted), None)

    def _enter(self, user: str, command: str) -> Operation:
        operation = Operation(_FIRST + len(self.operations), user, command)
        self.operations.append(operation)
        self._note(operation, f"Install operation {operation.number} started by {user}:")
        operation.lines.append(INDENT.of(self._router.spec, self._router.active.version) + command)
        return operation

    def _close(self, operation: Operation, failed: str | None) -> None:
        operation.succeeded = failed is None
        if failed is not None:
            self._note(operation, f"ERROR! {failed}")
        end = "finished successfully" if failed is None else "aborted"
        self._note(operation, f"Install operation {operation.number} {end}")

    def _note(self, operation: Operation, text: str) -> str:
        stamp = STAMP.of(self._router.spec, self._router.active.version)
        operation.lines.append(f"{self._router.clock.wall():{stamp}} {text}")
        return f"{operation.lines[-1]}\n"
