"""Which parser reads which command, found by the words as people type them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from swimctl.errors import NotFound

Parser = Callable[[str], Any]

NETCONF: Final = "netconf"
_DATA_PIPES: Final = frozenset({"json", "display xml"})


@dataclass(frozen=True, slots=True, eq=False)  # what a command was found to be is kept, by the tables it was sought in
class Command:
    """One command in full words. `*` stands for one argument; `open_end`: any arguments may follow."""

    words: str
    parser: Parser
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A part of a YANG model, which is read by NETCONF; bundles and `swimctl parse` know it as `netconf NAME`."""

    name: str
    subtree: str
    parser: Parser

    @property
    def command(self) -> Command:
        """Return how it is found by its words."""
        return Command(f"{NETCONF} {self.name.lower()}", self.parser)


@lru_cache(maxsize=1024)
def find_command(commands: tuple[Command, ...], command: str, data: tuple[Command, ...] = ()) -> Command:
    """Find the entry for a command as typed: abbreviated, with arguments, with a filter (`| include …`).

    `data` are those that are read behind one of `_DATA_PIPES`. Raises NotFound with the known commands, or with those
    that an abbreviation could mean.
    """
    asked, _, how = command.partition("|")
    words = asked.lower().split()
    if " ".join(how.casefold().split()) in _DATA_PIPES:
        commands = data
    matches = [entry for entry in commands if _matches(entry, words)]
    if len(matches) > 1:
        exact = [entry for entry in matches if _typed_in_full(entry, words)]
        longest = max(len(_split(entry.words)) for entry in exact or matches)
        matches = [entry for entry in exact or matches if len(_split(entry.words)) == longest]
    if len(matches) == 1:
        return matches[0]
    known = matches or commands
    why = "may be one of several" if matches else "no parser reads it"
    raise NotFound(f"command '{command}': {why}; known: {', '.join(sorted(entry.words for entry in known))}")


@cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _matches(entry: Command, words: list[str]) -> bool:
    wanted = _split(entry.words)
    if len(words) < len(wanted) or (len(words) > len(wanted) and not entry.open_end):
        return False
    for full, word in zip(wanted, words, strict=False):  # noqa: SIM110 - asked of each command for each output
        if not full.startswith(word) and full != "*":
            return False
    return True


def _typed_in_full(entry: Command, words: list[str]) -> bool:
    return all(full in {"*", word} for full, word in zip(_split(entry.words), words, strict=False))
