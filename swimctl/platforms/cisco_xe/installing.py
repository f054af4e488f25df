"""The `install` commands of IOS-XE as dialogues: their questions, and how they end."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import InstallOutcome
from swimctl.models import Image
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_xe.parse_install_outcome import parse_install_outcome
from swimctl.platforms.cisco_xe.reading import IosDevice
from swimctl.terminal import Answer, answer

# A process that dies while the device asks leaves a command that has come and does nothing. What was answered here
# was sure before: some releases ask all the same.
ASK_NOTHING: Final = " prompt-level none"
# device-facts: every question that was seen around an install, a save or a delete, with the one answer for it.
_INSTALL: Final[tuple[Answer, ...]] = (
    answer(r"do you want to proceed\??.*\[y/n\]", "y"),
    answer(r"changed boot config to \S*packages\.conf.*\[y/n\]", "y"),
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"press yes\(y\) to save.*\[y/n/q\]", "y"),
)
CLOSING: Final = re.compile(r"^(?:SUCCESS|FAILED): (?:install_)?\w+", re.MULTILINE)


class Installing(IosDevice):
    """A device that has the `install` commands."""

    def _install(self, command: str, seconds: float) -> Sent:
        """Return what the device says; an answer that does not read is no verdict: it may be at work."""
        reply = self._converse(command, _INSTALL, seconds, closing=CLOSING)
        try:
            return Sent(parse_install_outcome(reply.text), reply.dropped)
        except (CommandRefused, UnparsableOutput) as error:
            if reply.dropped:
                return Sent(InstallOutcome(operation=None, succeeded=None), dropped=True)
            refused = False if isinstance(error, CommandRefused) else None
            return Sent(InstallOutcome(operation=None, succeeded=refused, reason=str(error)))

    def _add_activate_commit(self, image: Image) -> Sent:
        return self._install(
            f"install add file {self.destination(image)} activate commit{ASK_NOTHING}",
            self._limits.add + self._limits.activate,
        )
