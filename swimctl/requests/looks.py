"""Ask devices whether they are ready, many at once, changing nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from swimctl.advice import advice, says_next
from swimctl.errors import SwimctlError
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.waivers import Waiver, as_typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from swimctl.steps.first_look import FirstLook


T = TypeVar("T")
R = TypeVar("R")


class Checker(Protocol):
    """What looks at one device as a job would."""

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Return its first look; raises a SwimctlError where the device cannot be asked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one device said, or why it could not be asked. `already`: a job would have nothing to do, and says this.

    With `error` comes what to do about it, `mend`; `defect`: it is swimctl that failed, and not the device. `runs`,
    `serials`, `held`, `cleanable`, `origin` and `commands` are as in its first look, empty or None where it did not
    tell. `left_out` are sentences of checks by rules that this device cannot answer.
    """

    device: Device
    findings: tuple[Finding, ...] = ()
    already: str = ""
    error: str | None = None
    mend: str = ""
    defect: bool = False
    runs: str = ""
    serials: tuple[str, ...] = ()
    held: int | None = None
    cleanable: tuple[str, ...] = ()
    origin: str = ""
    commands: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Return whether nothing lacks. A device that could not be asked is not ready."""
        return self.error is None and all(finding.passes for finding in self.findings)

    @property
    def lacks(self) -> tuple[Finding, ...]:
        """List the rules that do not hold and that nobody waived."""
        return tuple(finding for finding in self.findings if not finding.passes)

    @property
    def waived(self) -> tuple[Waiver, ...]:
        """List what was found and somebody waived."""
        return tuple(finding.waived for finding in self.findings if finding.waived is not None)

    def document(self) -> dict[str, Any]:
        """Write the answer as JSON."""
        return {
            "ready": self.ready,
            "already": self.already,
            "error": self.error,
            "next": self.mend,
            "findings": [
                {
                    "rule": finding.rule,
                    "ok": finding.ok,
                    "seen": finding.seen,
                    "needed": finding.needed,
                    "next": finding.next_command,
                    "waive": "" if finding.ok else as_typed(self.device.name, finding.rule, finding.seen),
                    "waived": None if finding.waived is None else asdict(finding.waived),
                }
                for finding in self.findings
            ],
        }


def check_devices(
    checker: Checker,
    wanted: Sequence[tuple[Device, Image | None]],
    options: JobOptions,
    workers: int,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Checked]:
    """Check all devices, `workers` at once, as jobs with these options would.

    Return them in the given order. `progress` is called with the number that is done.
    """
    return each(wanted, lambda one: _check(checker, *one, options), workers, progress)


def each(
    wanted: Sequence[T], ask: Callable[[T], R], workers: int, progress: Callable[[int], None] = lambda _: None
) -> list[R]:
    """Ask of all, `workers` at once, and return the answers in their order. `ask` must not raise."""
    todo: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[tuple[int, R]] = SimpleQueue()
    for number in range(len(wanted)):
        todo.put(number)

    def work() -> None:
        while True:
            try:
                number = todo.get_nowait()
            except Empty:
                return
            done.put((number, ask(wanted[number])))

    # Daemons, so that Ctrl-C need not wait for devices that do not answer: nothing is written to them.
    for _ in range(min(workers, len(wanted))):
        threading.Thread(target=work, daemon=True).start()
    answers: dict[int, R] = {}
    while len(answers) < len(wanted):
        number, answer = done.get()
        answers[number] = answer
        progress(len(answers))
    return [answers[number] for number in range(len(wanted))]


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why a device could not be asked, and what to do about it; `defect`: swimctl failed, and not the device."""

    error: str
    mend: str
    defect: bool = False

    @property
    def sentence(self) -> str:
        """Return both as one sentence."""
        return self.error if says_next(self.error) else f"{self.error}; next: {self.mend}"


def attempt(device: Device, ask: Callable[[], R]) -> R | Unasked:
    """Return what asking a device gives, or why it could not be asked. No job stands behind it: nothing is retried."""
    try:
        return ask()
    except SwimctlError as error:
        return Unasked(str(error), advice(type(error), device.name, "ask again"))
    except Exception as error:  # noqa: BLE001  a defect met on one device must not hide the others' answers
        why = f"swimctl failed: {type(error).__name__}: {error}"
        return Unasked(why, "please report it, with --verbose", defect=True)


def _check(checker: Checker, device: Device, image: Image | None, options: JobOptions) -> Checked:
    look = attempt(device, lambda: checker.check(device, image, options))
    if isinstance(look, Unasked):
        return Checked(device, error=look.error, mend=look.mend, defect=look.defect)
    return Checked(
        device,
        look.findings,
        look.already,
        runs=look.running.version if look.running else "",
        serials=look.snapshot.serials if look.snapshot else (),
        held=look.held,
        cleanable=look.cleanable,
        origin=look.origin,
        commands=look.commands,
        left_out=tuple(each.left_out for each in look.checks if each.left_out),
    )
