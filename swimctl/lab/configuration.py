"""The configuration of a lab device: lines in order, some with lines below them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

_SINGLE = ("hostname", "enable secret", "ip domain name", "ip domain-name", "config-register", "logging buffered",
           "snmp-server location", "snmp-server contact", "clock timezone")  # fmt: skip
"""Global commands of which the last one counts alone."""

_SINGLE_BELOW = ("description", "exec-timeout", "ip address", "speed", "duplex", "length", "width", "switchport mode",
                 "switchport access vlan", "transport input", "name")  # fmt: skip


class Configuration:
    """Global lines and the lines below each. Two are equal where nothing would have to be saved."""

    def __init__(self, lines: Iterable[str] = (), single: tuple[str, ...] = ()) -> None:
        self.sections: dict[str, list[str]] = {}
        self._single = (*_SINGLE, *single)
        section = ""
        for line in lines:
            if line.startswith(" ") and section:
                self.below(section, line.strip())
            elif line.strip() not in {"", "!"}:
                section = line.strip()
                self.top(section)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Configuration) and self.sections == other.sections

    __hash__ = None  # type: ignore[assignment] # it changes, so it is no key

    def copy(self) -> Configuration:
        """Return one that changes by itself."""
        return copy.deepcopy(self)

    def top(self, line: str) -> None:
        """Apply a global command; `no X` and `default X` remove what begins with X."""
        for negation in ("no ", "default "):
            if line.startswith(negation):
                wanted = line.removeprefix(negation).strip()
                self.sections = {each: below for each, below in self.sections.items() if not _begins(each, wanted)}
                return
        for single in _beginnings(line, self._single):
            self.sections = {each: below for each, below in self.sections.items() if not _begins(each, single)}
        self.sections.setdefault(line, [])

    def below(self, section: str, line: str) -> None:
        """Apply a command of a section."""
        lines = self.sections.setdefault(section, [])
        if line.startswith("no "):
            wanted = line.removeprefix("no ").strip()
            wanted = "shutdown" if len(wanted) > 2 and "shutdown".startswith(wanted) else wanted
            lines[:] = [each for each in lines if not _begins(each, wanted)]
            return
        for single in _beginnings(line, _SINGLE_BELOW):
            lines[:] = [each for each in lines if not _begins(each, single)]
        if line not in lines:
            lines.append(line)

    def has(self, command: str) -> bool:
        """Return whether a global command is there, whatever follows it."""
        return any(_begins(line, command) for line in self.sections)

    def values(self, command: str) -> Iterator[str]:
        """Yield what follows each occurrence of a global command."""
        return (line[len(command) :].strip() for line in tuple(self.sections) if _begins(line, command))

    @property
    def hostname(self) -> str:
        """Return the name in the prompt; a switch without one is called Switch."""
        return next(self.values("hostname"), "Switch")

    @property
    def boot_paths(self) -> list[str]:
        """List what the next boot tries, in its order."""
        paths = []
        for value in self.values("boot system"):
            words = value.split()
            if words[:1] == ["switch"]:
                words = words[2:]
            if words[:1] == ["flash"]:
                words = words[1:]
            paths += [path for path in ";".join(words).split(";") if path]
        return paths

    def boots(self, path: str) -> None:
        """Set what is booted, as `install` does when it turns a switch from bundle to install mode."""
        self.top("no boot system")
        self.sections[f"boot system {path}"] = []

    @property
    def text(self) -> str:
        """Write it as `show running-config` does, without its heading."""
        lines = ["!"]
        for top, below in self.sections.items():
            lines += [top, *(f" {line}" for line in below), "!"]
        return "\n".join([*lines, "end", ""])


def _begins(line: str, command: str) -> bool:
    return line == command or line.startswith(f"{command} ")


def _beginnings(line: str, commands: tuple[str, ...]) -> list[str]:
    # Asked of all at once first: hardly any line begins with one of them, and a switch has hundreds of lines.
    return [command for command in commands if _begins(line, command)] if line.startswith(commands) else []
