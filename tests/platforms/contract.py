"""What every platform's folder of tests has to give, and how its parsers are asked.

`cases.py` of a folder has `CASES`, `expected.py` has `CAPTURED`, `bent.py` has `BENT` and `UNREAD`; the suite finds
them by the platform's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from platforms.comparing import Captured
from platforms.material import samples

from swimctl.errors import SwimctlError
from swimctl.platforms import _PLATFORMS, commands_of
from swimctl.platforms.commands import Command


@dataclass(frozen=True)
class Cases:
    """What a platform's terminal adds to an output, and which of its commands need more than their folder's name.

    `prompts` are of one device; `above` is what it can put between the echo and an output; `refusals` are texts that it
    answers to a command that it does not take, `denied` the one to a command that the account may not give. `pager` is
    what stands at the end of a page, and what takes that back. `alike` are parsers of one format, `aside` facts that
    echo and syslog may add to, `untold` those (`parser.field`) of whose end an output says nothing, with the reason:
    they may be half.
    """

    syslog: Sequence[str]
    prompts: Sequence[str]
    refusals: Sequence[str]
    denied: str
    pager: tuple[str, str]
    above: Sequence[str] = ()
    commands: dict[str, str] = field(default_factory=dict)
    alike: Sequence[frozenset[str]] = ()
    aside: frozenset[str] = frozenset()
    untold: dict[str, str] = field(default_factory=dict)

    def command_of(self, folder: str) -> str:
        """Return the command whose output lies in a folder of samples or captures."""
        return self.commands.get(folder) or folder.replace("_", " ")


class Platform:
    """One platform as the suite tries it: its package, its samples and its cases."""

    def __init__(self, name: str):
        self.name = name
        self.commands: ModuleType = commands_of(name)

    @cached_property
    def cases(self) -> Cases:
        """Load the cases; a platform without them fails every test that needs them."""
        found: Cases = import_module(f"platforms.{self.name}.cases").CASES
        return found

    @cached_property
    def bent(self) -> dict[str, str]:
        """Load the faults of test_metamorphic.py that are right as they are, with the reason of each."""
        found: dict[str, str] = import_module(f"platforms.{self.name}.bent").BENT
        return found

    @cached_property
    def refused(self) -> dict[str, str]:
        """Load the captures that have to raise, with the reason of each."""
        unread: dict[str, str] = import_module(f"platforms.{self.name}.bent").UNREAD
        return {**self.captured.refused, **unread}

    @cached_property
    def captured(self) -> Captured:
        """Load how its captures are compared."""
        found: Captured = import_module(f"platforms.{self.name}.expected").CAPTURED
        return found

    @cached_property
    def samples(self) -> dict[str, str]:
        """Return the samples by name."""
        return samples(self.name)

    @cached_property
    def one_of_each(self) -> tuple[str, ...]:
        """Name a sample of each parser, for `make test`; `make prove` takes all."""
        firsts = {parser_of(self.commands.find(self.of(name)[0])): name for name in reversed(self.samples)}
        return tuple(sorted(firsts.values()))

    def sample(self, name: str) -> str:
        """Return a sample by its name: `show_version/switch`."""
        return self.samples[name]

    def read(self, name: str) -> Any:
        """Read a sample by the parser of its command."""
        return self.commands.parse(*self.of(name))

    def of(self, name: str) -> tuple[str, str]:
        """Return the command and the text of a sample."""
        return self.cases.command_of(name.partition("/")[0]), self.samples[name]

    def answer(self, command: str, text: str) -> object:
        """Return the facts, or the kind of error where there are none."""
        try:
            return self.commands.parse(command, text)
        except SwimctlError as error:
            return type(error)

    def knows(self, command: str) -> bool:
        """Return whether a parser reads the command."""
        try:
            self.commands.find(command)
        except SwimctlError:
            return False
        return True

    def typed(self, entry: Command) -> str:
        """Return the words of a command with something for each argument."""
        return entry.words.replace("*", "x1")

    def same(self, facts: object, found: object) -> bool:
        """Compare facts, but for those that what stands around an output may add to."""
        if found == facts or type(found) is not type(facts) or not is_dataclass(facts):
            return found == facts
        return all(
            getattr(facts, each.name) == getattr(found, each.name)
            for each in fields(facts)
            if each.name not in self.cases.aside
        )

    def kin(self) -> list[Platform]:
        """Return the platforms whose commands these very parsers read, itself among them."""
        return [other for other in map(platform, names()) if other.commands.COMMANDS is self.commands.COMMANDS]

    def lacking(self) -> list[str]:
        """Return what the platform's folder lacks: samples at all, or one for a parser, here or with its kin."""
        if not self.samples:
            return [f"tests/platforms/{self.name}/samples has no sample"]
        seen = {parser_of(self.commands.find(own.of(name)[0])) for own in self.kin() for name in own.samples}
        wanted = {parser_of(entry): entry.words for entry in self.commands.COMMANDS}
        return [f"no sample for '{words}' ({parser})" for parser, words in wanted.items() if parser not in seen]


def parser_of(entry: Command) -> str:
    """Return the name of the parser; two commands of one parser have one format."""
    return getattr(entry.parser, "__qualname__", "")


@cache
def platform(name: str) -> Platform:
    """Return a platform by its canonical name."""
    return Platform(name)


def names() -> tuple[str, ...]:
    """Return every platform that is registered."""
    return tuple(_PLATFORMS)
