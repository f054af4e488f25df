"""One terminal of a lab Juniper: the shell of root, the command line, its configuration mode, and filters."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable

from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.grammar import Ambiguous, Filter, Grammar, Incomplete, Invalid
from swimctl.lab.juniper_junos import configuration
from swimctl.lab.juniper_junos.device import Juniper
from swimctl.lab.juniper_junos.structured import displayed
from swimctl.lab.plain_commands import Show, Words
from swimctl.lab.unix import Unix
from swimctl.lab.vty import Login, Vty

_PIPES = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')
_DISPLAY = re.compile(r"\s*disp(?:l(?:ay?)?)?\s+(xml|json|set)\s*")
_SHELL, _BOURNE, _CLI, _EDIT = "shell", "sh", "", "edit"
_UNIX = Unix(
    mount="/.mount/var",
    disk="/dev/gpt/var",
    member=0,
    unknown="{}: not found",
    missing="{}: No such file or directory",
    owner="admin wheel",
)


Command = Callable[["CommandLine", Words], Dialogue]
READ_ONLY, SUPER_USER = 1, 15
"""The classes of the lab's accounts."""


class CommandLine(Vty):
    """A terminal of Junos. `mode` is "" on the command line, `edit` while configuring, `shell` for root at first.

    It is `sh` in a Bourne shell that was started from the command line.
    """

    noise = "\n\nMessage from syslogd@switch at Jan  1 00:00:00  ...\nswitch fpc0 Resetting \n~#\x07"
    denied = "error: permission denied: show\n"

    def __init__(self, switch: Juniper, login: Login, *, exec_command: bool = False) -> None:
        super().__init__(switch, login, exec_command=exec_command)
        self.switch: Juniper = switch
        self.mode = _SHELL if login.user == "root" and not exec_command else _CLI
        switch.processes += 1
        self._process = switch.processes

    @property
    @abstractmethod
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""

    @property
    def prompt(self) -> str:
        """Return the prompt as it stands, below the role of what answers."""
        who = f"{self.login.user}@{self.switch.hostname}"
        if self.mode == _SHELL:
            return f"{who}:RE:0% "
        if self.mode == _BOURNE:
            return "$ "
        if self.mode == _EDIT:
            return f"\n{{master:0}}[edit]\n{who}# "
        return f"\n{{master:0}}\n{who}> "

    def banner(self) -> str:
        """Return what is printed before the first prompt."""
        return f"--- JUNOS {self.switch.running[0]} Kernel 32-bit\n"

    def ambiguous(self, line: str) -> str:
        """Return it as Junos does."""
        return f"{self._mark(len(line))}'{line.rsplit(maxsplit=1)[-1] if line.split() else line}' is ambiguous.\n"

    def incomplete(self, line: str) -> str:
        """Return it as Junos does."""
        return f"{self._mark(len(line))}syntax error, expecting <command>.\n"

    def invalid(self, line: str, column: int) -> str:
        """Return it as Junos does, with a mark below the character."""
        first = not line[:column].strip()
        return f"{self._mark(column)}{'unknown command.' if first else 'syntax error, expecting <command>.'}\n"

    def _mark(self, column: int) -> str:
        return f"{' ' * (len(self.prompt.rpartition(chr(10))[2]) + column)}^\n"

    def parted(self, text: str) -> tuple[str, Filter | None]:
        """Part a line into the command, with how it is displayed, and its filters, of which there may be several."""
        command, *pipes = _PIPES.split(text)
        column = len(command) + 1
        filters: list[Filter] = []
        for pipe in pipes:
            if found := _DISPLAY.fullmatch(pipe):
                if found[1] == "json" and not self.switch.spec.structured:
                    raise Invalid(column + found.start(1))
                command = f"{command.rstrip()} | display {found[1]}"
            else:
                filters.append(_filter(pipe, column))
            column += len(pipe) + 1

        def all_of_them(lines: list[str]) -> list[str]:
            for each in filters:
                lines = each(lines)
            return lines

        return command, all_of_them if filters else None

    def run(self, text: str) -> Dialogue:
        """Run one line; the command line's are written into its log first."""
        if self.mode == _SHELL:
            yield from self._shell(text.strip())
            return
        if self.mode == _BOURNE:
            if text.strip() == "exit":
                self.mode = _CLI
            else:
                yield Print(_UNIX.answer(self.switch, text))
            return
        if text.strip():
            self.switch.take_command(text, self.login.user, self._process)
        yield from super().run(text)

    def understand(self, text: str) -> Dialogue | None:
        """Return what a line does in this mode."""
        if self.mode == _EDIT:
            return self._edit(text.strip())
        if re.fullmatch(r"\s*conf(?:i(?:g(?:ure?)?)?)?(?: (?:private|exclusive))?\s*", text):
            if self.privilege < SUPER_USER:
                raise Invalid(0)
            self.mode = _EDIT
            return _say("Entering configuration mode\n")
        if self.privilege >= SUPER_USER and re.fullmatch(r"\s*start\s+shell\s+sh\s*", text):
            self.mode = _BOURNE
            return None
        return self._operational(text)

    def _operational(self, text: str) -> Dialogue:
        command, _, how = text.partition(" | display ")
        match = self.grammar.parse(command, self.privilege)
        return _say(self._displayed(match.target, how, len(command))) if how else match.target(self, match.words)

    def _displayed(self, command: object, how: str, column: int) -> str:
        """Return an output as XML, as JSON, or as the commands that make a configuration."""
        if not isinstance(command, Show):
            raise Invalid(column + len(" | "))
        if how == "set":
            shown = configuration.as_commands if command.text is configuration.as_text else command.text
            return shown(self.switch)
        return displayed(self.switch, command, how)

    def _shell(self, line: str) -> Dialogue:
        if line == "cli":
            self.mode = _CLI
        elif line in {"exit", "logout"}:
            self.done = True
        elif line:
            yield Print(f"{line.split(maxsplit=1)[0]}: Command not found.\n")

    def _edit(self, line: str) -> Dialogue | None:
        word, _, rest = line.partition(" ")
        changed = self.switch.candidate != self.switch.statements
        match word:
            case "set" if rest:
                self.switch.candidate.append(rest)
            case "delete" if rest:
                self.switch.candidate = [
                    each for each in self.switch.candidate if not f"{each} ".startswith(f"{rest} ")
                ]
            case "rollback":
                self.switch.candidate = list(self.switch.statements)
                return _say("load complete\n")
            case "commit":
                return self._commit(rest)
            case "show":
                return _say("".join(f"set {each}\n" for each in self.switch.candidate))
            case "run" if rest:
                return self._operational(rest)
            case "exit" | "quit":
                self.mode = _CLI
                left = "The configuration has been changed but not committed\n" if changed else ""
                return _say(f"{left}Exiting configuration mode\n")
            case "top" | "up":
                pass
            case "set" | "delete" | "run":
                raise Incomplete
            case _:
                raise Invalid(0)
        return None

    def _commit(self, how: str) -> Dialogue:
        if how == "check":
            return _say("configuration check succeeds\n")
        if how not in {"", "and-quit"}:
            raise Invalid(7)
        self.switch.statements = list(self.switch.candidate)
        names = [
            each.split()[2] for each in self.switch.candidate if re.fullmatch(r"system host-name [\w-]{1,60}", each)
        ]
        self.switch.hostname = names[-1] if names else self.switch.spec.name
        self.switch.say(f"mgd[{self._process}]", "UI_COMMIT: User requested 'commit' operation (comment: none)")
        if how:
            self.mode = _CLI
        return _say("commit complete\n" + ("Exiting configuration mode\n" if how else ""))


def _say(text: str) -> Dialogue:
    yield Print(text)


def _filter(text: str, column: int) -> Filter:
    verb, _, wanted = text.strip().partition(" ")
    wanted = wanted.strip().strip('"')
    known = ("count", "display", "except", "find", "last", "match", "no-more", "trim")
    fitting = [name for name in known if verb and name.startswith(verb)]
    if not verb:
        raise Incomplete
    if not fitting:
        raise Invalid(column)
    if len(fitting) > 1:
        raise Ambiguous(verb)
    return _make_filter(fitting[0], wanted, column)


def _make_filter(name: str, wanted: str, column: int) -> Filter:
    if name == "no-more":
        return lambda lines: lines
    if name == "count":
        return lambda lines: [f"Count: {len([line for line in lines if line])} lines"]
    if name == "last":
        number = int(wanted[:6]) if wanted[:6].isdigit() else 24
        return lambda lines: [line for line in lines if line][-number:]
    if name not in {"match", "except", "find"}:
        raise Invalid(column)
    if not wanted:
        raise Incomplete
    try:
        search: Callable[[str], object] = re.compile(wanted, re.IGNORECASE).search
    except re.error:
        search = re.compile(re.escape(wanted), re.IGNORECASE).search
    if name == "match":
        return lambda lines: [line for line in lines if search(line)]
    if name == "except":
        return lambda lines: [line for line in lines if not search(line)]
    return lambda lines: lines[next((at for at, line in enumerate(lines) if search(line)), len(lines)) :]
