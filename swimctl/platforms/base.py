"""What a driver works with, and what it gives back: sessions, verdicts, and its platform in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from swimctl.models import ImageKind
from swimctl.platforms.evidence import Decision, Evidence
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.talk import Talk
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

    def close(self) -> None:
        """End its session; the next reading opens another one."""


@runtime_checkable
class OffersNetconf(Protocol):
    """A session beside which models may be read."""

    @property
    def netconf(self) -> Netconf | None:
        """Return the way to the models; None where nobody is to take it."""


@runtime_checkable
class Talks(Protocol):
    """A session that may be left alone while a command runs in it for long."""

    def talk(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Talk[Reply]:
        """Do as `Session.converse` does, from one lull to the next."""


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
    `starts_added`: what was added, the next reload starts, whatever its cause. `names_first`: each operation begins by
    naming another image for the next boot, so one that names what it named before shows that none came. `look` names,
    in backquotes, what to read on the device when something went wrong. `hashes` are the algorithms that the device can
    compute over a file, the best one first. `issu` says how it is upgraded in service where that is asked for; empty:
    it never is.
    `reinstalls`: what runs already can be installed once more. `preserve` makes a copy of what runs, and `predownload`
    has access points load what was added, where that is asked for. `evidence` names what it reads for each decision
    after the point of no return. `kinds` are those of the images that it installs. `refuses` are sentences.
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
    predownload: str = ""
    starts_added: bool = False
    names_first: bool = False
    reinstalls: bool = False
    evidence: Mapping[Decision, Evidence] = field(default_factory=dict)
    kinds: frozenset[ImageKind] = frozenset({ImageKind.IMAGE})
    refuses: tuple[str, ...] = ()

    def command(self, operation: str) -> str:
        """Return the command of an operation that is sent at most once.

        They are preserve, add, predownload, activate, commit and abort; a platform that has no command for one gives
        its own name.
        """
        command = {
            "preserve": self.preserve,
            "add": self.add,
            "predownload": self.predownload,
            "activate": self.activate,
            "commit": self.commit,
            "abort": self.back,
        }[operation]
        return command or operation
