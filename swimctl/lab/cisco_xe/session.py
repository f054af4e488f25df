"""One terminal of a lab switch: modes, privilege, and what becomes of a line."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable

from swimctl.lab.cisco_xe import banner, tcl
from swimctl.lab.cisco_xe.configure import configure
from swimctl.lab.cisco_xe.modes import Modes
from swimctl.lab.effects import Ask, Dialogue
from swimctl.lab.grammar import Grammar, Invalid
from swimctl.lab.plain_commands import PRIVILEGED, USER, Words

QUIET = "file prompt quiet"


Command = Callable[["CommandLine", Words], Dialogue]


class CommandLine(Modes):
    """A terminal of IOS-XE."""

    def answers_itself(self, question: Ask) -> bool:
        """Spare the questions about files that `file prompt quiet` spares."""
        return question.about_file and self.switch.configuration.has(QUIET)

    def run(self, text: str) -> Dialogue:
        """Run one line; a Tcl shell and a banner take theirs as they are."""
        if self.mode == "tcl" and (yield from tcl.line(self, text)):
            return
        if self.banner_lines or (self.mode.startswith("config") and banner.begins(text.strip())):
            yield from banner.take(self, text if self.banner_lines else text.strip())
            return
        yield from super().run(text)

    def ambiguous(self, line: str) -> str:
        """Return it as IOS does."""
        return f'% Ambiguous command:  "{line}"\n'

    def incomplete(self, line: str) -> str:  # noqa: ARG002 - the signature is Vty's
        """Return it as IOS does."""
        return "% Incomplete command.\n\n"

    def invalid(self, line: str, column: int) -> str:  # noqa: ARG002 - as above
        """Return it as IOS does, with a mark below the character."""
        return f"{' ' * (len(self.prompt) + column)}^\n% Invalid input detected at '^' marker.\n\n"

    def understand(self, text: str) -> Dialogue | None:
        """Return what a line without a filter does in this mode."""
        if not self.mode.startswith("config"):
            return self._exec(text)
        start = len(text) - len(text.lstrip())
        words = text.strip()
        try:
            if do := re.match(r"do\s+(?=\S)", words):
                start += do.end()
                return self._exec(words[do.end() :])
            if re.fullmatch(r"end?", words, re.IGNORECASE):
                self.leave_configuration()
            elif re.fullmatch(r"exi?t?", words, re.IGNORECASE):
                if self.section:
                    self.mode, self.section = "config", ""
                else:
                    self.leave_configuration()
            else:
                configure(self, words)
        except Invalid as odd:
            raise Invalid(odd.column + start) from None
        return None

    def _exec(self, text: str) -> Dialogue:
        match = self.grammar.parse(text, PRIVILEGED if self.privilege >= PRIVILEGED else USER)
        return match.target(self, match.words)

    @property
    @abstractmethod
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""
