"""The `install` commands of IOS-XE as dialogues: their questions, and how they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.base import Reply, Sent
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_outcome
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.terminal import Answer, answer

# A process that dies while the device asks leaves a command that has come and does nothing, and on some releases the
# install lock with it. So what can be told not to ask is told so; what was answered here was sure before: some releases
# ask all the same.
# device-facts: every question that was seen around an install, a save or a delete, with the one answer for it.
_INSTALL: Final[tuple[Answer, ...]] = (
    answer(r"do you want to proceed\??.*\[y/n\]", "y"),
    answer(r"changed boot config to \S*packages\.conf.*\[y/n\]", "y"),
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"press yes\(y\) to save.*\[y/n/q\]", "y"),
)
_CLOSING: Final = re.compile(r"^(?:SUCCESS|FAILED): (?:install_)?\w+", re.MULTILINE)
_UNKNOWN_WORD: Final = re.compile(r"^\s*% ?Invalid input detected\b", re.MULTILINE | re.IGNORECASE)
_BEGUN: Final = re.compile(r"^\s*install_\w+ ?: START\b", re.MULTILINE | re.IGNORECASE)


class Installer:
    """Give the `install` commands of one device."""

    def __init__(self, read: Reading) -> None:
        self._read = read

    def run(self, command: str, seconds: float, *, quietly: bool = False) -> Sent:
        """Return what the device says; an answer that cannot be read is no verdict: it may be at work.

        Nor is a refusal below the installer's START, whatever it is about. `quietly`: the command can be told not to
        ask.
        """
        reply = self.quietly(command, _INSTALL, seconds) if quietly else self._send(command, _INSTALL, seconds)
        try:
            return Sent(parse_install_outcome(reply.text), reply.dropped)
        except (CommandRefused, UnparsableOutput) as error:
            if reply.dropped:
                return Sent(InstallOutcome(operation=None, succeeded=None), dropped=True)
            refused = isinstance(error, CommandRefused) and not _BEGUN.search(reply.text)
            return Sent(InstallOutcome(operation=None, succeeded=False if refused else None, reason=str(error)))

    def quietly(self, command: str, answers: Sequence[Answer], seconds: float) -> Reply:
        """Send a command that is told not to ask; as it is where the release has no such word for it.

        That refusal is the terminal's, and where no START stands with it nothing was done. Cisco's reference lists the
        word behind `activate`; which releases know it behind `abort` and `remove inactive` stands nowhere.
        """
        reply = self._send(f"{command} prompt-level none", answers, seconds)
        if not reply.dropped and _UNKNOWN_WORD.search(reply.text) and not _BEGUN.search(reply.text):
            reply = self._send(command, answers, seconds)
        return reply

    def _send(self, command: str, answers: Sequence[Answer], seconds: float) -> Reply:
        return self._read.converse(command, answers, seconds, closing=_CLOSING)

    def add_activate_commit(self, path: str) -> Sent:
        """Do all in one command with the image's file at that path."""
        limits = self._read.limits
        return self.run(f"install add file {path} activate commit", limits.add + limits.activate, quietly=True)
