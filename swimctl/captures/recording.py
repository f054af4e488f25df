"""Ask a device all that its upgrade would ask, and keep what it prints; a command that fails stops no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from swimctl.errors import DeadlineExceeded, DeviceError, LoginFailed, SessionLost, UnexpectedPrompt, UnparsableOutput
from swimctl.models import Device, Image, JobOptions
from swimctl.platforms import commands_of
from swimctl.platforms.base import Netconf, Reply, Session
from swimctl.platforms.commands import NETCONF
from swimctl.platforms.driver import AsksFirst
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Session as Terminal
from swimctl.steps.first_look import first_look

T = TypeVar("T")

# What closes a session: the next command gets another one.
_ENDS: Final = (DeadlineExceeded, UnexpectedPrompt, SessionLost)
# A device that ends so many sessions is left alone.
_MOST_SESSIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a device printed for a command; `failure` says why it printed nothing that ended.

    `private`: it is the configuration, which nobody may see. `offered`: False of a model that the device did not give,
    which not every device has.
    """

    command: str
    text: str
    failure: str = ""
    private: bool = False
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Capture:
    """What a device printed, in the order in which it was asked.

    `complete`: all that an upgrade needs was read. `known` are names and secrets that are known beforehand.
    """

    recorded: tuple[Recorded, ...]
    complete: bool
    known: frozenset[str] = frozenset()


class _KeptModels:
    """A way to a device's models that keeps each reply, and asks for none twice."""

    def __init__(self, way: Netconf, kept: dict[str, Recorded], why: Callable[[], str]) -> None:
        self._way = way
        self._kept = kept
        self._why = why

    def read(self, model: str, subtree: str, parse: Callable[[str], T]) -> T | None:
        """Get the subtree of a YANG model and parse the reply; see platforms.base.Netconf."""
        name = f"{NETCONF} {model}"
        if name not in self._kept:
            reply = self._way.read(model, subtree, str)
            self._kept[name] = (
                Recorded(name, "", self._why(), offered=False) if reply is None else Recorded(name, reply)
            )
        kept = self._kept[name]
        if not kept.offered:
            return None
        try:
            return parse(kept.text)
        except UnparsableOutput:
            return None  # whoever reads the bundle is told why

    def close(self) -> None:
        """End its session; the next reading opens another one."""
        self._way.close()


class Recording:
    """A session that keeps what is printed, and asks nothing twice. It is opened anew where a command closes it.

    `netconf` is the way to the device's models beside it, None where nobody is to take it.
    """

    def __init__(self, connect: Callable[[], Terminal]) -> None:
        self._connect = connect
        self._session: Terminal | None = None
        self._opened = 0
        self._kept: dict[str, Recorded] = {}
        self._errors: dict[str, DeviceError] = {}
        self._said = ""
        self.hostname = ""
        self.netconf: Netconf | None = None

    @property
    def kept(self) -> tuple[Recorded, ...]:
        """Return what was asked so far, in its order."""
        return tuple(self._kept.values())

    def beside(self, way: Netconf | None) -> None:
        """Keep what comes this way too."""
        self.netconf = None if way is None else _KeptModels(way, self._kept, lambda: self._said)

    def told(self, sentence: str) -> None:
        """Record why no models are read."""
        self._said = sentence

    def close(self) -> None:
        """End the session that is open."""
        if self._session is not None:
            self._session.close()
        self._session = None

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command once and return what it printed; raises what it raised then."""
        if command in self._errors:
            raise self._errors[command]
        if command not in self._kept:
            try:
                text = self._open().run(command, deadline, quiet=quiet)
            except DeviceError as error:
                self._kept[command] = Recorded(command, "", str(error), quiet)
                self._errors[command] = error
                if isinstance(error, _ENDS):
                    self.close()
                raise
            self._kept[command] = Recorded(command, text, private=quiet)
        return self._kept[command].text

    def converse(
        self,
        command: str,
        answers: Sequence[Answer],  # noqa: ARG002 - the signature is the session's
        deadline: float,  # noqa: ARG002 - as above
        *,
        closing: re.Pattern[str] | None = None,  # noqa: ARG002 - as above
    ) -> Reply:
        """Refuse: what asks may change something."""
        raise UnexpectedPrompt(f"'{command}' is not a command that only reads; it was not sent")

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        """Return whether the session ends by itself."""
        return self._open().ended_within(seconds, watch=watch)

    def _open(self) -> Terminal:
        if self._session is None:
            if self._opened == _MOST_SESSIONS:
                raise SessionLost(f"not asked: the device or a deadline ended {_MOST_SESSIONS} sessions before")
            try:
                self._session = self._connect()
            except LoginFailed:
                self._opened = _MOST_SESSIONS  # one more might lock the account
                raise
            self._opened += 1
            self.hostname = self.hostname or self._session.hostname
        return self._session


def record(
    session: Recording, make: Callable[[Session], AsksFirst], device: Device, *, username: str, seconds: float
) -> Capture:
    """Ask all that a readiness check asks, then what it did not come to.

    Raises Unreachable or LoginFailed where not even a first session was opened. `seconds` is the deadline of a command.
    """
    options = JobOptions(force=True)  # so that it goes on where nothing were to do
    complete = False
    # What it is lost in is kept, and the rest is asked in other sessions.
    with suppress(SessionLost):
        look = first_look(session, make, device, _any_image(device), options, username=username, taken_at="")
        complete = look.snapshot is not None and look.configuration is not None and not look.unreadable
    asked, platform = {each.command for each in session.kept}, commands_of(device.platform)
    if session.netconf is not None:
        for model in getattr(platform, "MODELS", ()):  # few systems have any that are read
            session.netconf.read(model.name, model.subtree, model.parser)
    for command in () if complete else platform.ASKED:
        if command in asked or f"{command} all-members" in asked:
            continue
        try:
            session.run(command, seconds)
        except DeviceError:
            continue  # it is kept with its reason
    return Capture(session.kept, complete)


def _any_image(device: Device) -> Image:
    """Make an image that no device runs or has: the rules are asked for their commands, not for their answers."""
    name = "swimctl-capture.bin"
    return Image(0, name, Path(name), device.platform, "", "0.0.0", 1, "", "", datetime.now(UTC))
