"""What a platform's driver does for the steps, in words that every platform has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from swimctl.config.settings import Settings
from swimctl.models import Device, Finding, Image, ImageKind, JobOptions
from swimctl.platforms.evidence import Decision, Evidence
from swimctl.platforms.facts import HashResult, Installed, InstallOutcome, Running, Snapshot
from swimctl.platforms.terminal import Answer

T = TypeVar("T")


class Reply(Protocol):
    """What a dialogue printed; `dropped` is true where the session ended in it."""

    @property
    def text(self) -> str:
        """Return what the device printed."""

    @property
    def dropped(self) -> bool:
        """Return whether the session ended before the prompt came back."""


class Session(Protocol):
    """A terminal in privileged mode; see sessions.py, which makes them."""

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command that asks nothing and give back what it printed."""

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Run a command, answer its known questions, refuse any other."""

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        """Return whether the device ends the session within so many device seconds, typing nothing; see Deadline."""


class Netconf(Protocol):
    """What a device answers by NETCONF, beside a terminal; see netconf.py."""

    def read(self, model: str, subtree: str, parse: Callable[[str], T]) -> T | None:
        """Get the subtree of a YANG model and parse the reply.

        None where it could not be got, or `parse` raised UnparsableOutput: that is told once, and not tried at every
        look.
        """


@runtime_checkable
class OffersNetconf(Protocol):
    """A session beside which models may be read."""

    @property
    def netconf(self) -> Netconf | None:
        """Return the way to the models; None where nobody is to take it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of an install command. `dropped`: the session ended in it, so only the device can tell."""

    outcome: InstallOutcome
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a clean-up removed, by the device's own words; `complaint` is why it did not end well, else empty."""

    removed: tuple[str, ...] = ()
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What the device's own log tells of an operation since a mark. None: the log cannot tell."""

    received: bool | None
    finished: bool | None


@dataclass(frozen=True, slots=True)
class Support:
    """What a driver offers, in commands and words for people: messages name them, the support matrix lists them.

    The commands are those that a person would type; an empty one is not needed there, or not offered (`clean`).
    `starts_added`: what was added, the next reload starts, whatever its cause. `look` names, in backquotes, what to
    read on the device when something went wrong. `hashes` are the algorithms that the device can compute over a
    file, the best one first. `issu` says how it is upgraded in service where that is asked for; empty: it never is.
    `reinstalls`: what runs already can be installed once more. `preserve` makes a copy of what runs, where that is
    asked for. `evidence` names what it reads for each decision after the point of no return. `kinds` are those of
    the images that it installs. `refuses` are sentences.
    """

    name: str
    add: str
    activate: str
    commit: str
    back: str
    look: str
    way_back: str
    hashes: tuple[str, ...]
    members: str
    clean: str = ""
    issu: str = ""
    preserve: str = ""
    starts_added: bool = False
    reinstalls: bool = False
    evidence: Mapping[Decision, Evidence] = field(default_factory=dict)
    kinds: frozenset[ImageKind] = frozenset({ImageKind.IMAGE})
    refuses: tuple[str, ...] = ()

    def command(self, operation: str) -> str:
        """Return the command of an operation that is sent at most once: preserve, add, activate, commit or abort.

        Where the platform has no command for it, its own name.
        """
        command = {
            "preserve": self.preserve,
            "add": self.add,
            "activate": self.activate,
            "commit": self.commit,
            "abort": self.back,
        }[operation]
        return command or operation


class Driver(Protocol):
    """A platform bound to one open session. Every method may raise any DeviceError."""

    @property
    def support(self) -> Support:
        """Return what this driver offers."""

    @property
    def unpacks(self) -> bool:
        """Return whether `add` comes before `activate`; else `activate` does all that there is to do."""

    @property
    def returns(self) -> bool:
        """Return whether `back` also leads away from a committed release."""

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""

    def serials(self, known: Collection[str] = ()) -> tuple[str, ...]:
        """Read the serial numbers of the chassis, its members and their cards, by more than one output where it can.

        Where an output names one of `known`, no other is asked for. Empty where the device has none.
        """

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Take what must be as before after the upgrade.

        What does not read raises; without `whole` only the release does, and the rest is named in `unread`.
        """

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""

    def clean(self) -> Cleaned:
        """Remove what no install state needs. Where it raises, what is gone is not known."""

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Let the device compute the hash of the image's file."""

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""

    def spread(self, image: Image) -> str:
        """Put the verified image onto all other members, each of which proves it by its own hash; tell what was done.

        Empty where the device does so itself, or has no others.
        """

    def save(self) -> None:
        """Save the running configuration."""

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members; the device does not reload."""

    def activate(self, image: Image) -> Sent:
        """Start the image, with the device's own way back armed where it has one; the device reloads.

        Where the device refuses, what it boots next is what it was before.
        """

    def commit(self, image: Image) -> Sent:
        """Keep what runs; disarms the way back."""

    def back(self, before: Snapshot) -> Sent:
        """Go back to what ran before the activation; the device reloads."""

    def restore(self, before: Snapshot) -> str:
        """Take back what a failed activation left set on a device that runs what it ran before; tell what was done.

        The next boot starts what it would have started before. Nothing reloads; empty where nothing was left.
        """

    def log_mark(self) -> str | None:
        """Return the last line of the device's log, None where it keeps none."""

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether an operation came after the mark, and whether it ended."""


@runtime_checkable
class Arms(Protocol):
    """A driver whose device goes back by itself unless what it activates is committed in time."""

    def armed_for(self) -> float | None:
        """Return the seconds from the activation until the device goes back, None where nothing is armed."""


@runtime_checkable
class Rehearses(Protocol):
    """A driver whose device can tell what an installation would do, once the image's file is on it."""

    def rehearse(self, image: Image) -> list[Finding]:
        """Let the device look at the file and apply the rules to what it says; changes nothing."""


@runtime_checkable
class Preserves(Protocol):
    """A driver whose device can keep a copy of what runs, and boot that where nothing else boots."""

    def unpreserved(self) -> str:
        """Return which members keep no copy of what runs and by which command that is seen, empty where all do."""

    def preserve(self) -> Sent:
        """Make such a copy on every member."""


# Makes a driver for one open session.
DriverFactory = Callable[[Session, Settings, JobOptions], Driver]
