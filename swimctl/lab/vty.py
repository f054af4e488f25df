"""A terminal without wires, for any system: a line in, effects out. What its lines mean is its subclass's."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.drops import Drops
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.grammar import Ambiguous, Filter, Incomplete, Invalid, read_filter

_SECRET = re.compile(r"\b(secret|password|community|key-string|key(?=\s+\d\s))\s+.*", re.IGNORECASE)
_MASK = "********"


def masked(line: str) -> str:
    """Hide the secret in a configuration line."""
    return _SECRET.sub(rf"\1 {_MASK}", line)


_GARBAGE = "\x07~#q 7Kx{}\nlorem 12 ipsum --- dolor\n@@@ 0x00000000 <fragment>\n"


def _cut(lines: list[str]) -> list[str]:
    """Break an output off within a row, that in its middle or the first below; between two rows it would not show."""
    text = "\n".join(lines)
    row = next((found for found in re.finditer(r"\S.*\S", text) if found.end() > len(text) // 2), None)
    return text[: sum(row.span()) // 2].rstrip().split("\n") if row else []


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who was let in."""

    user: str
    privilege: int


class Device(Protocol):
    """What a terminal of any system needs of its device."""

    booted_at: float
    drops: Drops

    @property
    def spec(self) -> ChassisSpec:
        """Return what it is made from."""

    def note_command(self, line: str, source: str) -> None:
        """Write down a received line."""


class Vty(ABC):
    """One terminal. `done`: it wants to be closed; `length` is that of its screen, 0 without a pager."""

    noise = "\n*Jan  1 00:00:00.000: %PLATFORM-4-ELEMENT_WARNING: Switch 1 R0/0: smand: 1/RP/0: \n~#\x07"
    """What `garbled-output` throws into the middle of an output."""
    denied = "Command authorization failed.\n"
    """How the system says that the account may not give a command."""

    def __init__(self, chassis: Device, login: Login, *, exec_command: bool = False) -> None:
        self.chassis = chassis
        self.login = login
        self.privilege = login.privilege
        self.length = 24
        self.monitor = False
        self.done = False
        self.exec_command = exec_command

    @property
    @abstractmethod
    def prompt(self) -> str:
        """Return the prompt as it stands."""

    @abstractmethod
    def understand(self, text: str) -> Dialogue | None:
        """Return what a line without a filter does, None for nothing; raise Ambiguous, Incomplete or Invalid."""

    @abstractmethod
    def ambiguous(self, line: str) -> str:
        """Return that a word fits more than one command."""

    @abstractmethod
    def incomplete(self, line: str) -> str:
        """Return that a command needs more words."""

    @abstractmethod
    def invalid(self, line: str, column: int) -> str:
        """Return at which character of what was typed a line goes wrong."""

    @property
    def echoes(self) -> bool:
        """Return whether what is typed is seen."""
        return True

    def banner(self) -> str:
        """Return what is printed before the first prompt."""
        return "\n"

    def answers_itself(self, question: Ask) -> bool:  # noqa: ARG002 - of a system that can be told so
        """Return whether a question is not even asked, with "" as its answer."""
        return False

    def heard(self, message: str, *, at_margin: bool) -> str:
        """Return what a message of the system looks like on this terminal, empty where it shows none."""
        return f"{'' if at_margin else chr(10)}{message}\n" if self.monitor else ""

    def line(self, text: str) -> Dialogue:
        """Run one line. It and the answers that it asks for are noted in the device's log, secrets masked.

        A blank one is no command: it brings the prompt again, and nobody is asked whether it is allowed.
        """
        source = self.login.user
        if self.chassis.drops.lose(text):
            return
        if text.strip():
            self.chassis.note_command(masked(text), source)
        dialogue = self.run(text)
        try:
            effect = next(dialogue)
            while True:
                quiet = isinstance(effect, Ask) and self.answers_itself(effect)
                answer = "" if quiet else (yield effect)
                if isinstance(effect, Ask) and answer:
                    self.chassis.note_command(_MASK if effect.secret else answer, source)
                effect = dialogue.send(answer)
        except StopIteration:
            return
        finally:
            dialogue.close()

    def run(self, text: str) -> Dialogue:
        """Run one line with its filter."""
        how = self._unreadable(text)
        instead = {"garbage": _GARBAGE, "empty": "", "refused": self.denied}.get(how)
        if instead is not None:
            yield Print(instead)
            return
        try:
            command, chosen = self.parted(text)
            if not command.strip() or command.lstrip().startswith("!"):
                return
            dialogue = self.understand(command)
            if dialogue is not None:
                whole = self._filtered(dialogue, chosen)
                yield from self._filtered(whole, _cut) if how == "cut" else whole
        except Ambiguous as unclear:
            yield Print(self.ambiguous(str(unclear)))
        except Incomplete:
            yield Print(self.incomplete(text))
        except Invalid as odd:
            yield Print(self.invalid(text, odd.column))

    def _unreadable(self, text: str) -> str:
        """Return how the answer to a line is spoilt, empty where it is not; see the fault of that name."""
        for fault in self.chassis.spec.faults:
            how, _, command = (fault.argument or "").partition(":")
            if fault.name == "unreadable" and self.chassis.booted_at > 0 and text.strip() == command.strip():
                return how
        return ""

    def parted(self, text: str) -> tuple[str, Filter | None]:
        """Part a line into the command and what filters its output; raise as `understand` does."""
        command, bar, rest = text.partition("|")
        return command, read_filter(rest, len(command) + 1) if bar and command.strip() else None

    def _filtered(self, dialogue: Dialogue, chosen: Filter | None) -> Dialogue:
        garbled = self.chassis.spec.fault("garbled-output") is not None
        kept: list[str] = []
        try:
            effect = next(dialogue)
            while True:
                answer = ""
                if isinstance(effect, Print) and chosen is not None:
                    kept.append(effect.text)
                elif isinstance(effect, Print) and garbled and len(effect.text) > 60:
                    middle = len(effect.text) // 2
                    yield Print(effect.text[:middle] + self.noise + effect.text[middle:])
                else:
                    answer = yield effect
                effect = dialogue.send(answer)
        except StopIteration:
            pass
        finally:
            dialogue.close()
        if chosen is not None:
            text = "\n".join(chosen("".join(kept).split("\n"))).rstrip("\n")
            yield Print(f"{text}\n" if text else "")
