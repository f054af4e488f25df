"""The plain commands that several systems have alike: what they do to the terminal, or print of the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from swimctl.lab.effects import Ask, Dialogue, Hangup, Print
from swimctl.lab.vty import Vty

Words = Mapping[str, str]
Model = Mapping[str, object]
"""An output as data, by the names that the system gives them."""
Terminal = TypeVar("Terminal", bound=Vty)
Device = TypeVar("Device")
Device_co = TypeVar("Device_co", covariant=True)

USER, PRIVILEGED = 1, 15
"""The two levels of the lab's accounts, whatever a system calls them."""
SECRET_TRIES = 3


class TerminalOf(Protocol[Device_co]):
    """A terminal, by the device behind it."""

    @property
    def switch(self) -> Device_co:
        """Return the device."""


@dataclass(frozen=True, slots=True)
class Show(Generic[Device]):
    """A command that prints what `text` gives of the device; `model` gives the same as data, None: it has no such."""

    text: Callable[[Device], str]
    model: Callable[[Device], object] | None = None

    def __call__(self, session: TerminalOf[Device], words: Words) -> Dialogue:  # noqa: ARG002 - as every command
        """Print it for people."""
        yield Print(self.text(session.switch))


def authorized(command: Callable[[Terminal, Words], Dialogue], denied: str) -> Callable[[Terminal, Words], Dialogue]:
    """Make a command that is known to all and does nothing but deny itself to those who may not use it."""

    def run(session: Terminal, words: Words) -> Dialogue:
        if session.privilege < PRIVILEGED:
            yield Print(denied)
            return
        yield from command(session, words)

    return run


def enable(session: Vty, refused: str, *, empty_ends: bool) -> Dialogue:
    """Ask for the enable secret; `empty_ends`: who answers nothing is not asked again."""
    if session.privilege >= PRIVILEGED:
        return
    for _ in range(SECRET_TRIES):
        answer = yield Ask("Password: ", secret=True)
        if answer == session.chassis.spec.enable_secret:
            session.privilege = PRIVILEGED
            return
        if empty_ends and not answer:
            break
    yield Print(refused)


def disable(session: Vty, _words: Words) -> Dialogue:
    """Return the privilege back."""
    session.privilege = USER
    yield from ()


def privilege(session: Vty, _words: Words) -> Dialogue:
    """Run `show privilege`."""
    yield Print(f"Current privilege level is {session.privilege}\n")


def leave(session: Vty, _words: Words) -> Dialogue:
    """Run `exit`."""
    session.done = True
    yield Hangup() if session.exec_command else Print("")


def nothing(_session: Vty, _words: Words) -> Dialogue:
    """Accept a command that changes nothing that can be seen here."""
    yield from ()


def length(session: Vty, words: Words) -> Dialogue:
    """Set the number of lines of the screen; print nothing."""
    session.length = int(words["number"])
    yield from ()


def monitor(*, on: bool) -> Callable[[Vty, Words], Dialogue]:
    """Make `terminal monitor` or its opposite."""

    def run(session: Vty, _words: Words) -> Dialogue:
        session.monitor = on
        yield from ()

    return run
