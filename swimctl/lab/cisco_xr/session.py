"""One terminal of a lab router with IOS-XR: exec, and a configuration that changes nothing before it is committed."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable

from swimctl.lab.cisco_xr.device import Router
from swimctl.lab.cisco_xr.xml_agent import Agent
from swimctl.lab.configuration import Configuration
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.grammar import Filter, Grammar, Incomplete, Invalid
from swimctl.lab.plain_commands import Words
from swimctl.lab.vty import Login, Vty

_SECTIONS = {"interface": "config-if", "router": "config-router", "username": "config-un", "line": "config-line",
             "vrf": "config-vrf", "ntp": "config-ntp"}  # fmt: skip
_ALONE = frozenset({"cdp", "lldp", "shutdown"})
_BELOW = frozenset({"absolute-timeout", "description", "exec-timeout", "group", "ipv4", "ipv6", "password", "secret",
                    "session-timeout", "shutdown"})  # fmt: skip
_GLOBAL = (*_SECTIONS, *_BELOW, "cdp", "clock", "domain", "hostname", "lldp", "logging", "no", "service", "snmp-server",
           "ssh", "taskgroup", "telnet", "timestamp", "usergroup", "xml")  # fmt: skip
_UTILITY = re.compile(r"\s*\|\s*utility (head|tail) -n ?([1-9]\d{0,4})\s*$")
_LEAVE = "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:"


Command = Callable[["CommandLine", Words], Dialogue]
DENIED = "% This command is not authorized\n"


class CommandLine(Vty):
    """A terminal of IOS-XR. `target` is the configuration that a commit would make the running one, None in exec.

    `agent` takes the lines while it speaks XML. `stamped`: the time stands above each output.
    """

    noise = "\nRP/0/RP0/CPU0:Jan  1 00:00:00.000 UTC: pfm_node_rp[311]: %PLATFORM-PFM-4-FAULT : set|x\n~#\x07"
    denied = DENIED

    def __init__(self, router: Router, login: Login, *, exec_command: bool = False) -> None:
        super().__init__(router, login, exec_command=exec_command)
        self.router: Router = router
        self.target: Configuration | None = None
        self.mode = self.section = ""
        self.agent: Agent | None = None
        self.stamped = True

    @property
    @abstractmethod
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""

    @property
    def prompt(self) -> str:
        """Return the prompt as it stands."""
        if self.agent is not None:
            return self.agent.prompt
        return f"{self.router.node}:{self.router.hostname}{f'({self.mode})' if self.mode else ''}#"

    @property
    def echoes(self) -> bool:
        """Return whether what is typed is seen: not by the XML agent, whose clients read its answers whole."""
        return self.agent is None

    @property
    def stamp(self) -> str:
        """Return the line above an output; nothing where this terminal was told so."""
        if not self.stamped:
            return ""
        wall = self.router.clock.wall()
        return f"{wall:%a %b %e %H:%M:%S}.{wall.microsecond // 1000:03} UTC\n"

    def banner(self) -> str:
        """Return what is printed before the first prompt."""
        return "\n\n"

    def heard(self, message: str, *, at_margin: bool) -> str:
        """Show the installer's results on every terminal, glued to what stands there."""
        if "%" not in message:
            return f"{message}\n"
        return super().heard(message, at_margin=at_margin)

    def ambiguous(self, line: str) -> str:
        """Return it as IOS-XR does."""
        return f'% Ambiguous command:  "{line}"\n'

    def incomplete(self, line: str) -> str:  # noqa: ARG002 - the signature is Vty's
        """Return it as IOS-XR does."""
        return "% Incomplete command.\n"

    def invalid(self, line: str, column: int) -> str:  # noqa: ARG002 - as above
        """Return it as IOS-XR does, with a mark below the character."""
        return f"{' ' * (len(self.prompt) + column)}^\n% Invalid input detected at '^' marker.\n"

    def parted(self, text: str) -> tuple[str, Filter | None]:
        """Part a line into the command and its filter, which may be a program of the system below: `head` or `tail`."""
        if found := _UTILITY.search(text):
            count = int(found[2])
            shown = slice(count) if found[1] == "head" else slice(-count - 1, None)
            return text[: found.start()], lambda lines: lines[shown]
        return super().parted(text)

    def run(self, text: str) -> Dialogue:
        """Run one line; the XML agent takes its own as they are."""
        if self.agent is None:
            yield from super().run(text)
        elif text.strip() == "exit":
            self.agent = None
        else:
            yield Print(self.agent.take(text))

    def begin(self) -> None:
        """Enter the configuration."""
        self.target, self.mode, self.section = self.router.configuration.copy(), "config", ""

    def understand(self, text: str) -> Dialogue | None:
        """Return what a line does."""
        if self.target is None:
            match = self.grammar.parse(text, self.privilege)
            return match.target(self, match.words)
        words = text.strip()
        if re.fullmatch(r"end?|abort", words, re.IGNORECASE) or (words.lower() == "exit" and not self.section):
            return self._leave(self.target, asks=words.lower() != "abort")
        if words.lower() == "exit":
            self.mode, self.section = "config", ""
            return None
        if words.lower() == "commit":
            return self._commit(self.target)
        if words.lower().startswith("do "):
            match = self.grammar.parse(words[3:], self.privilege)
            return match.target(self, match.words)
        self._configure(self.target, words)
        return None

    def _configure(self, target: Configuration, text: str) -> None:
        word, _, rest = text.partition(" ")
        if word.lower() not in _GLOBAL:
            raise Invalid(0)
        if not rest.strip() and word.lower() not in _ALONE:
            raise Incomplete
        line = f"{word.lower()} {' '.join(rest.split())}".strip()
        if self.section and word.lower() in _BELOW | {"no"}:
            target.below(self.section, line)
            return
        target.top(line)
        mode = _SECTIONS.get(word.lower())
        self.mode, self.section = (mode, line) if mode else ("config", "")

    def _commit(self, target: Configuration) -> Dialogue:
        if self.privilege < 15:
            yield Print(DENIED)
            return
        self.router.configuration = target.copy()
        yield Print(self.stamp)

    def _leave(self, target: Configuration, *, asks: bool) -> Dialogue:
        if asks and target != self.router.configuration:
            answer = ((yield Ask(_LEAVE)).strip().lower() or "cancel")[:1]
            if answer not in {"y", "n"}:
                return
            if answer == "y":
                yield from self._commit(target)
        self.target, self.mode, self.section = None, "", ""
