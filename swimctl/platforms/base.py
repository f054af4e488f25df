"""What a platform's driver does for the steps, in words that every platform has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from swimctl.facts import HashResult, Installed, InstallOutcome, Running, Snapshot
from swimctl.models import Device, Finding, Image
from swimctl.settings import Settings
from swimctl.terminal import Answer


class Reply(Protocol):
    """What a dialogue printed; `dropped` is true where the session ended in it."""

    @property
    def text(self) -> str:
        """Tell what the device printed."""

    @property
    def dropped(self) -> bool:
        """Tell whether the session ended before the prompt came back."""


class Session(Protocol):
    """A terminal in privileged mode; see sessions.py, which makes them."""

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command that asks nothing and give back what it printed."""

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Run a command, answer its known questions, refuse any other."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of an install command. `dropped`: the session ended in it, so only the device can tell."""

    outcome: InstallOutcome
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """What the device's own log tells of an operation since a mark. None: the log cannot tell."""

    received: bool | None
    finished: bool | None


class Driver(Protocol):
    """A platform bound to one open session. Every method may raise any DeviceError."""

    def running(self) -> Running:
        """Tell what runs now on every member, and since when."""

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""

    def installed(self, image: Image) -> Installed:
        """Tell where the image's release stands on the device."""

    def snapshot(self, taken_at: str) -> Snapshot:
        """Take what must be as before after the upgrade."""

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""

    def unready(self) -> str | None:
        """Tell what is not back yet after a reload, None where all is."""

    def clean(self) -> str:
        """Remove what no install state needs; tell what came of it."""

    def file_size(self, image: Image) -> int | None:
        """Tell the size in bytes of the image's file on the device, None where there is none."""

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Let the device compute the hash of the image's file."""

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""

    def destination(self, image: Image) -> str:
        """Name the path that a transport writes to."""

    def save(self) -> None:
        """Save the running configuration."""

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members; the device does not reload."""

    def activate(self, image: Image) -> Sent:
        """Start the image with the device's own way back armed; the device reloads."""

    def add_activate_commit(self, image: Image) -> Sent:
        """Do all in one command, with no way back by itself; the device reloads."""

    def commit(self) -> Sent:
        """Keep what runs; disarms the way back."""

    def abort(self) -> Sent:
        """Go back to the committed release; the device reloads."""

    def log_mark(self) -> str | None:
        """Name the last line of the device's log, None where it keeps none."""

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Tell from the device's log whether an operation came after the mark, and whether it ended."""


# Makes a driver for one open session.
DriverFactory = Callable[[Session, Settings], Driver]
