"""What holds for every parser of a platform, whatever it is given; the platform's own test module names the cases."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

from hypothesis import strategies as st

from swimctl.errors import CommandRefused, SwimctlError, UnparsableOutput
from swimctl.platforms.commands import Command


@dataclass(frozen=True)
class Laws:
    """One platform: its package, its samples by name (`show_version/switch`), and what its terminal adds.

    `prompts` are of one device; `refusals` are texts that it answers to a command that it does not take.
    """

    package: ModuleType
    samples: dict[str, str]
    command_of: Callable[[str], str]
    syslog: Sequence[str]
    prompts: Sequence[str]
    refusals: Sequence[str]
    alike: Sequence[frozenset[str]] = ()

    def of(self, name: str) -> tuple[str, str]:
        """Give the command and the text of a sample."""
        return self.command_of(name.partition("/")[0]), self.samples[name]

    def answer(self, command: str, text: str) -> object:
        """Give the facts, or the kind of error where there are none."""
        try:
            return self.package.parse(command, text)
        except SwimctlError as error:
            return type(error)

    def parser_of(self, entry: Command) -> str:
        """Name the parser; two commands of one parser have one format."""
        return getattr(entry.parser, "__qualname__", "")

    def typed(self, entry: Command) -> str:
        """Give the words of a command with something for each argument."""
        return entry.words.replace("*", "x1")

    def check_every_parser_has_a_sample(self) -> None:
        """Compare the parsers of the table with those of the samples."""
        seen = {self.parser_of(self.package.find(self.of(name)[0])) for name in self.samples}
        assert {self.parser_of(entry) for entry in self.package.COMMANDS} == seen

    def check_syslog(self, name: str) -> None:
        """Put a syslog line at every place."""
        command, text = self.of(name)
        facts = self.package.parse(command, text)
        lines = text.split("\n")
        for place in range(len(lines) + 1):
            message = self.syslog[place % len(self.syslog)]
            found = self.answer(command, "\n".join([*lines[:place], message, *lines[place:]]))
            assert found == facts, (place, message)

    def check_decoration(self, name: str) -> None:
        """Put echo, prompts, other line ends and indentation around and into a sample."""
        command, text = self.of(name)
        facts = self.package.parse(command, text)
        unix = text.replace("\r", "")
        decorated = [
            *(f"{prompt}{command}\n{text}\n{prompt}" for prompt in self.prompts),
            *(f"{prompt}{command}\r\n\r\n{text}\r\n\r\n{prompt} " for prompt in self.prompts),
            f"{self.prompts[0]}{command}\n{text.rstrip()}\n{self.prompts[0][:3]}",
            f"{command}\n{text}",
            f"\n\n{text}\n\n",
            unix.replace("\n", "\r\n"),
            unix.replace("\n", "\r\r\n"),
            unix.replace("\n", "\n\n"),
            unix.replace("\n", "  \n"),
            textwrap.indent(unix, " " * 8),
        ]
        for each in decorated:
            assert self.answer(command, each) == facts, each[:100]

    def check_refusals(self, name: str) -> None:
        """Let the device refuse the command: alone, and behind a sample."""
        command, text = self.of(name)
        for refusal in self.refusals:
            for refused in (refusal, f"{text}\n{refusal}\n", f"{command}\n{refusal}\n\n{self.prompts[0]}"):
                found = self.answer(command, refused)
                assert isinstance(found, type), refused
                assert issubclass(found, CommandRefused), refused

    def check_other_commands(self, name: str) -> None:
        """Give a sample to every other parser."""
        command, text = self.of(name)
        same = {self.parser_of(self.package.find(command))}
        for alike in self.alike:
            same |= alike if same & alike else set()
        for entry in self.package.COMMANDS:
            if self.parser_of(entry) not in same:
                assert self.answer(self.typed(entry), text) in (UnparsableOutput, CommandRefused), entry.words

    def mixtures(self) -> st.SearchStrategy[str]:
        """Give any text, and lines and words of all samples in any order."""
        lines = [line for text in self.samples.values() for line in text.split("\n")]
        words = [word for text in self.samples.values() for word in text.split()]
        return st.one_of(
            st.text(),
            st.lists(st.sampled_from(lines), max_size=30).map("\n".join),
            st.lists(st.one_of(st.sampled_from(words), st.sampled_from(["\n", "\r", "\b", "%", "\t"]))).map(" ".join),
        )

    def check_garbled(self, data: st.DataObject) -> None:
        """Replace a piece of a sample by anything."""
        command, text = self.of(data.draw(st.sampled_from(sorted(self.samples))))
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        self.answer(command, text[:start] + data.draw(st.text(max_size=20)) + text[end:])
