"""One terminal of a lab switch: modes, privilege, and what becomes of a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swimctl.lab import banner, tcl
from swimctl.lab.commands import PRIVILEGED, USER, exec_grammar
from swimctl.lab.configure import configure
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.grammar import Ambiguous, Filter, Incomplete, Invalid, read_filter

if TYPE_CHECKING:
    from swimctl.lab.switch import Login, Switch

CONFIG_NAME = 20
"""Characters of the host name that a configuration prompt has room for."""
QUIET = "file prompt quiet"
_SECRET = re.compile(r"\b(secret|password|community|key-string|key(?=\s+\d\s))\s+.*", re.IGNORECASE)
_MASK = "********"
_NOISE = "\n*Jan  1 00:00:00.000: %PLATFORM-4-ELEMENT_WARNING: Switch 1 R0/0: smand: 1/RP/0: \n~#\x07"


def masked(line: str) -> str:
    """Hide the secret in a configuration line."""
    return _SECRET.sub(rf"\1 {_MASK}", line)


class Session:
    """A terminal without wires: a line in, effects out. `done`: it wants to be closed.

    `mode` is "" in exec mode, else what stands in the prompt's brackets; `section` is the configuration line that a
    submode is below.
    """

    def __init__(self, switch: Switch, login: Login, *, exec_command: bool = False) -> None:
        self.switch: Switch = switch
        self.login = login
        self.privilege = login.privilege
        self.mode = ""
        self.section = ""
        self.length = 24
        self.monitor = False
        self.done = False
        self.exec_command = exec_command
        self.script: list[str] = []
        self.banner_lines: list[str] = []

    @property
    def prompt(self) -> str:
        """Give the prompt as it stands."""
        name = self.switch.hostname
        if self.banner_lines:
            return ""
        if self.mode == "tcl":
            return "+>(tcl)#" if self.script else f"{name}(tcl)#"
        if self.mode:
            return f"{name[:CONFIG_NAME]}({self.mode})#"
        return f"{name}{'#' if self.privilege >= PRIVILEGED else '>'}"

    def banner(self) -> str:
        """Give what is printed before the first prompt."""
        return "\n"

    def line(self, text: str) -> Dialogue:
        """Run one line. It and the answers that it asks for are noted in the switch's log, secrets masked."""
        source = self.login.user
        if self.switch.drops.lose(text):
            return
        self.switch.note_command(masked(text), source)
        dialogue = self._run(text)
        try:
            effect = next(dialogue)
            while True:
                quiet = isinstance(effect, Ask) and effect.about_file and self.switch.configuration.has(QUIET)
                answer = "" if quiet else (yield effect)
                if isinstance(effect, Ask) and answer:
                    self.switch.note_command(_MASK if effect.secret else answer, source)
                effect = dialogue.send(answer)
        except StopIteration:
            return
        finally:
            dialogue.close()

    def _run(self, text: str) -> Dialogue:
        if self.mode == "tcl" and (yield from tcl.line(self, text)):
            return
        if self.banner_lines or (self.mode.startswith("config") and banner.begins(text.strip())):
            yield from banner.take(self, text if self.banner_lines else text.strip())
            return
        command, bar, rest = text.partition("|")
        if not command.strip() or command.lstrip().startswith("!"):
            return
        try:
            chosen = read_filter(rest, len(command) + 1) if bar else None
            dialogue = self._understand(command)
            if dialogue is not None:
                yield from self._filtered(dialogue, chosen)
        except Ambiguous as unclear:
            yield Print(f'% Ambiguous command:  "{unclear}"\n')
        except Incomplete:
            yield Print("% Incomplete command.\n\n")
        except Invalid as odd:
            yield Print(f"{' ' * (len(self.prompt) + odd.column)}^\n% Invalid input detected at '^' marker.\n\n")

    def _understand(self, text: str) -> Dialogue | None:
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

    def leave_configuration(self) -> None:
        """Go back to exec mode, with the syslog line that comes of it."""
        self.mode = self.section = ""
        self.switch.say("SYS-5-CONFIG_I", f"Configured from console by {self.login.user} on vty0 (192.0.2.9)")

    def _exec(self, text: str) -> Dialogue:
        match = exec_grammar().parse(text, PRIVILEGED if self.privilege >= PRIVILEGED else USER)
        return match.target(self, match.words)

    def _filtered(self, dialogue: Dialogue, chosen: Filter | None) -> Dialogue:
        garbled = self.switch.spec.fault("garbled-output") is not None
        kept: list[str] = []
        try:
            effect = next(dialogue)
            while True:
                answer = ""
                if isinstance(effect, Print) and chosen is not None:
                    kept.append(effect.text)
                elif isinstance(effect, Print) and garbled and len(effect.text) > 60:
                    middle = len(effect.text) // 2
                    yield Print(effect.text[:middle] + _NOISE + effect.text[middle:])
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
