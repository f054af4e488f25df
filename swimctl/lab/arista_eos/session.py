"""One terminal of a lab Arista: its modes, and what becomes of a line."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable

from swimctl.lab.arista_eos import bash, structured
from swimctl.lab.arista_eos.boot_config import boot_system
from swimctl.lab.arista_eos.device import Arista
from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.grammar import Ambiguous, Filter, Grammar, Incomplete, Invalid, Match
from swimctl.lab.plain_commands import PRIVILEGED, USER, Words
from swimctl.lab.vty import Login, Vty

_SECTIONS = {"interface": "config-if", "vlan": "config-vlan", "mlag": "config-mlag", "router": "config-router",
             "management": "config-mgmt", "vrf": "config-vrf", "line": "config-line"}  # fmt: skip
_GLOBAL = (*_SECTIONS, "aaa", "alias", "banner", "clock", "daemon", "default", "enable", "event-handler", "hostname",
           "ip", "ipv6", "lldp", "logging", "no", "ntp", "queue-monitor", "service", "snmp-server", "spanning-tree",
           "tacacs-server", "transceiver", "username")  # fmt: skip
_BELOW = ("channel-group", "description", "domain-id", "idle-timeout", "ip", "ipv6", "lldp", "local-interface", "mlag",
          "mtu", "name", "no", "peer-address", "peer-link", "reload-delay", "shutdown", "spanning-tree", "speed",
          "switchport", "vrf")  # fmt: skip


_AS_JSON = re.compile(r"\s*\|\s*json\s*$", re.IGNORECASE)


Command = Callable[["CommandLine", Words], Dialogue]


class CommandLine(Vty):
    """A terminal of EOS. `mode` is "" in exec mode; `section` is the configuration line that a submode is below."""

    noise = "\nJan  1 00:00:00 switch Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet7, \n~#\x07"
    denied = "% Authorization denied for command\n"

    def __init__(self, switch: Arista, login: Login, *, exec_command: bool = False) -> None:
        super().__init__(switch, login, exec_command=exec_command)
        self.switch: Arista = switch
        self.mode = ""
        self.section = ""
        self.vrf = ""

    @property
    @abstractmethod
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""

    @property
    def prompt(self) -> str:
        """Return the prompt as it stands."""
        if self.mode == bash.MODE:
            return f"[{self.login.user}@{self.switch.hostname} ~]$ "
        if self.mode:
            return f"{self.switch.hostname}({self.mode})#"
        vrf = f"(vrf:{self.vrf})" if self.vrf else ""
        return f"{self.switch.hostname}{vrf}{'#' if self.privilege >= PRIVILEGED else '>'}"

    def ambiguous(self, line: str) -> str:  # noqa: ARG002 - the signature is Vty's
        """Return it as EOS does."""
        return "% Ambiguous command\n"

    def incomplete(self, line: str) -> str:  # noqa: ARG002 - as above
        """Return it as EOS does."""
        return "% Incomplete command\n"

    def invalid(self, line: str, column: int) -> str:
        """Return it as EOS does, by the number of the word; or that it is for those with more privilege."""
        if self.privilege < PRIVILEGED and self._known(line.partition("|")[0]):
            return "% Invalid input (privileged mode required)\n"
        place = len(line[:column].split())
        word = line[column:].split()[:1]
        return f"% Invalid input (at token {place}: '{word[0]}')\n" if word else "% Invalid input\n"

    def run(self, text: str) -> Dialogue:
        """Run one line; `| no-more` at its end asks for what a terminal without a pager does anyway."""
        if self.mode == bash.MODE:
            if text.strip() in {"exit", "logout"}:
                self.mode = ""
            else:
                yield Print(bash.answer(self.switch, text))
            return
        yield from super().run(re.sub(r"\s*\|\s*no-more\s*$", "", text))

    def parted(self, text: str) -> tuple[str, Filter | None]:
        """Leave `| json` to what the line does: it is no filter of the text."""
        return (text, None) if _AS_JSON.search(text) else super().parted(text)

    def understand(self, text: str) -> Dialogue | None:
        """Return what a line does; a configuration mode takes exec commands too."""
        words = text.strip()
        if not self.mode:
            return self._exec(text)
        if re.fullmatch(r"end?", words, re.IGNORECASE):
            self._leave()
            return None
        if re.fullmatch(r"exi?t?", words, re.IGNORECASE):
            if self.section:
                self.mode, self.section = "config", ""
            else:
                self._leave()
            return None
        if found := re.fullmatch(r"(no\s+)?boot\s+sys\w*(?:\s+(\S+))?", words, re.IGNORECASE):
            if not (found[1] or found[2]):
                raise Incomplete
            return boot_system(self.switch, "" if found[1] else found[2])
        return None if self._configure(words) else self._exec(text)

    def _leave(self) -> None:
        self.mode = self.section = ""
        self.switch.say("SYS-5-CONFIG_I", f"Configured from console by {self.login.user} on vty5 (192.0.2.9)")

    def _configure(self, line: str) -> bool:
        """Apply a configuration line. Return False if it is none."""
        word, _, rest = line.partition(" ")
        if self.section and word.lower() in _BELOW and word.lower() not in _SECTIONS:
            self.switch.configuration.below(self.section, line)
            return True
        if word.lower() not in _GLOBAL:
            return False
        if not rest.strip():
            raise Incomplete
        if word.lower() in {"no", "default"} and self.section:
            self.switch.configuration.below(self.section, line)
            return True
        self.switch.configuration.top(f"{word.lower()} {rest.strip()}")
        short = re.sub(r"^(?:Ethernet|Et)\s*", "Et", rest.strip(), flags=re.IGNORECASE)
        mode = _SECTIONS.get(word.lower())
        self.mode = f"{mode}-{re.sub(r'[^A-Za-z0-9/.-]', '', short)[:20]}" if mode else "config"
        self.section = f"{word.lower()} {rest.strip()}" if mode else ""
        return True

    def _exec(self, text: str) -> Dialogue:
        command = _AS_JSON.sub("", text)
        match = self._match(command, PRIVILEGED if self.privilege >= PRIVILEGED else USER)
        if command != text:
            return _say(structured.as_json(self.switch, match.target))
        return match.target(self, match.words)

    def _match(self, text: str, level: int) -> Match[Command]:
        return self.grammar.parse(text, level)

    def _known(self, text: str) -> bool:
        try:
            self._match(text, PRIVILEGED)
        except (Ambiguous, Incomplete, Invalid):
            return False
        return True


def _say(text: str) -> Dialogue:
    yield Print(text)
