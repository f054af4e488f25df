"""One terminal of a lab Nexus: its modes, and what becomes of a line."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from swimctl.lab.cisco_nxos.device import Nexus
from swimctl.lab.cisco_nxos.structured import structured
from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.grammar import Ambiguous, Filter, Grammar, Incomplete, Invalid
from swimctl.lab.plain_commands import Show, Words
from swimctl.lab.vty import Login, Vty

_SECTIONS = {"interface": "config-if", "vlan": "config-vlan", "vpc": "config-vpc-domain", "line": "config-line",
             "router": "config-router", "vrf": "config-vrf"}  # fmt: skip
_GLOBAL = (*_SECTIONS, "aaa", "banner", "boot", "cdp", "clock", "feature", "hostname", "ip", "ipv6", "lldp", "logging",
           "no", "ntp", "password", "snmp-server", "spanning-tree", "system", "tacacs-server", "username")  # fmt: skip
_BELOW = ("absolute-timeout", "channel-group", "description", "exec-timeout", "ip", "ipv6", "mtu", "name", "no",
          "peer-keepalive", "peer-switch", "role", "session-limit", "shutdown", "speed", "switchport", "vpc",
          "vrf")  # fmt: skip
_AS_DATA = re.compile(r"\s*\|\s*(json(?:-pretty)?(?:\s+native)?)\s*$", re.IGNORECASE)


Command = Callable[["CommandLine", Words], Dialogue]
DENIED = "% Permission denied for the role\n"


@dataclass(frozen=True, slots=True)
class Featured(Show["Nexus"]):
    """A show command that is there only while its feature is on."""

    feature: str = ""

    def __call__(self, session: CommandLine, words: Words) -> Dialogue:  # type: ignore[override] # it says what is missing
        """Print it for people."""
        on = self.on(session.switch)
        yield Print(self.text(session.switch) if on else session.invalid(" ".join(words), len("show ")))

    def on(self, switch: Nexus) -> bool:
        """Return whether it is there."""
        return switch.configuration.has(f"feature {self.feature}")


class CommandLine(Vty):
    """A terminal of NX-OS. `mode` is "" in exec mode; `section` is the configuration line that a submode is below."""

    noise = "\n2031 Jan  1 00:00:00 switch %$ VDC-1 %$ %USER-2-SYSTEM_MSG: <<%USBHSD-2-MOUNT>> logflash: \n~#\x07"
    denied = DENIED

    def __init__(self, switch: Nexus, login: Login, *, exec_command: bool = False) -> None:
        super().__init__(switch, login, exec_command=exec_command)
        self.switch: Nexus = switch
        self.mode = ""
        self.section = ""

    @property
    @abstractmethod
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""

    @property
    def prompt(self) -> str:
        """Return the prompt as it stands."""
        return f"{self.switch.hostname}{f'({self.mode})' if self.mode else ''}# "

    def banner(self) -> str:
        """Return what is printed before the first prompt."""
        return "Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.cisco.com/tac\n\n"

    def ambiguous(self, line: str) -> str:
        """Return it as NX-OS does."""
        return f"{' ' * (len(self.prompt) + len(line))}^\n% Ambiguous command at '^' marker.\n"

    def incomplete(self, line: str) -> str:
        """Return it as NX-OS does."""
        return f"{' ' * (len(self.prompt) + len(line))}^\n% Incomplete command at '^' marker.\n"

    def invalid(self, line: str, column: int) -> str:  # noqa: ARG002 - the signature is Vty's
        """Return it as NX-OS does, with a mark below the character."""
        return f"{' ' * (len(self.prompt) + column)}^\n% Invalid command at '^' marker.\n"

    def run(self, text: str) -> Dialogue:
        """Run one line; `| no-more` at its end asks for what this terminal does anyway."""
        yield from super().run(re.sub(r"\s*\|\s*no-more\s*$", "", text))

    def parted(self, text: str) -> tuple[str, Filter | None]:
        """Leave `| json` to what the line does: it is no filter of the text."""
        return (text, None) if self.switch.spec.structured and _AS_DATA.search(text) else super().parted(text)

    def understand(self, text: str) -> Dialogue | None:
        """Return what a line does; a configuration mode takes exec commands too."""
        if found := _AS_DATA.search(text):
            return self._as_data(text[: found.start()], found)
        if self.mode:
            if re.fullmatch(r"\s*end?\s*", text, re.IGNORECASE):
                self.mode = self.section = ""
                self.switch.say("VSHD-5-VSHD_SYSLOG_CONFIG_I", f"Configured from vty by {self.login.user} on 192.0.2.9")
                return None
            if re.fullmatch(r"\s*exi?t?\s*", text, re.IGNORECASE):
                self.mode, self.section = ("config" if self.section else ""), ""
                return None
            if (told := self._configure(text)) is not None:
                return _say(told)
        match = self.grammar.parse(text, self.privilege)
        return match.target(self, match.words)

    def _as_data(self, command: str, found: re.Match[str]) -> Dialogue:
        """Print an output as data; only those of show commands can be."""
        target = self.grammar.parse(command, self.privilege).target
        if not isinstance(target, Show) or (isinstance(target, Featured) and not target.on(self.switch)):
            raise Invalid(found.start(1))
        return _say(structured(self.switch, target, " ".join(found[1].lower().split())))

    def _configure(self, text: str) -> str | None:
        """Apply a line of configuration. Return what is printed, or None if it is no such line."""
        word, _, rest = text.strip().partition(" ")
        rest = " ".join(rest.split())
        for words, take in ((_BELOW if self.section else (), self._below), (_GLOBAL, self._top)):
            fitting = [word.lower()] if word.lower() in words else [w for w in words if w.startswith(word.lower())]
            if len(fitting) > 1:
                raise Ambiguous(text)
            if fitting and not rest and fitting[0] not in {"shutdown", "peer-switch"}:
                raise Incomplete
            if fitting:
                return take(fitting[0], rest)
        return None

    def _below(self, word: str, rest: str) -> str:
        self.switch.configuration.below(self.section, f"{word} {rest}".strip())
        return ""

    def _top(self, word: str, rest: str) -> str:
        switch = self.switch
        self.mode, self.section = "config", ""
        if word == "boot":
            image = re.fullmatch(r"nxos (?:bootflash:)?/*(\S+)", rest)
            if image is None:
                raise Invalid(len("boot "))
            if switch.holds(switch.flash(1).get(image[1])) is None:
                return f"ERROR: bootflash:/{image[1]} is no image that this switch boots\n"
            switch.boot_from(image[1])
            return "Performing image verification and compatibility check, please wait....\n"
        if word == "interface":
            port = re.fullmatch(r"([A-Za-z-]+) ?(\d[\d/.]*)", rest)
            if port is None:
                raise Invalid(len("interface "))
            rest = f"{'Ethernet' if 'ethernet'.startswith(port[1].lower()) else port[1]}{port[2]}"
        switch.configuration.top(f"{word} {rest}".strip())
        if mode := _SECTIONS.get(word):
            self.mode, self.section = mode, f"{word} {rest}"
        return ""


def _say(text: str) -> Dialogue:
    yield Print(text)
