"""The command tree: words that may be shortened, arguments, and where a line goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_PIECE = re.compile(r"\[|\]|[^\[\]\s]+")


class Ambiguous(Exception):
    """Return that a word fits more than one command."""


class Incomplete(Exception):
    """Return that a command needs more words."""


class Invalid(Exception):
    """Say at which character a line goes wrong."""

    def __init__(self, column: int):
        self.column = column
        super().__init__(f"at column {column}")


@dataclass
class _Node(Generic[T]):
    words: dict[str, _Node[T]] = field(default_factory=dict)
    argument: tuple[str, _Node[T]] | None = None
    bounds: tuple[int, int] | None = None
    leaf: T | None = None
    level: int = 15


@dataclass(frozen=True)
class Match(Generic[T]):
    """A line that was understood: what to run, and the words by name (keywords stand for themselves)."""

    target: T
    words: Mapping[str, str]


class Grammar(Generic[T]):
    """Commands by pattern.

    A pattern has keywords, `<argument>`, `<number:1-9>`, and `[optional words]`, which may nest.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, pattern: str, target: T, level: int = 1) -> None:
        """Teach a command to users of at least this privilege level."""
        pieces = _PIECE.findall(pattern)
        for words in set(_expand(iter(pieces))):
            self._teach(words, target, level)

    def _teach(self, words: tuple[str, ...], target: T, level: int) -> None:
        node = self._root
        for word in words:
            node.level = min(node.level, level)
            if word.startswith("<"):
                name, _colon, bounds = word[1:-1].partition(":")
                if node.argument is None:
                    node.argument = (name, _Node())
                    least, _dash, most = bounds.partition("-")
                    node.bounds = (int(least), int(most)) if most else None
                node = node.argument[1]
            else:
                node = node.words.setdefault(word, _Node())
        node.level = min(node.level, level)
        node.leaf = target

    def parse(self, line: str, level: int) -> Match[T]:
        """Understand a line as a user of this level may type it; raise Ambiguous, Incomplete or Invalid."""
        node, words = self._root, {}
        for typed in re.finditer(r'"[^"]*"|\S+', line):
            word = typed.group()
            fitting = [
                name for name, child in node.words.items() if name.startswith(word.lower()) and child.level <= level
            ]
            if word.lower() in fitting:
                fitting = [word.lower()]
            if len(fitting) == 1:
                words[fitting[0]] = word
                node = node.words[fitting[0]]
            elif fitting and node.argument is None:
                raise Ambiguous(line.strip())
            elif node.argument is not None and _within(word, node.bounds):
                words[node.argument[0]] = word.strip('"')
                node = node.argument[1]
            else:
                raise Invalid(typed.start())
        if node.leaf is None or node.level > level:
            raise Incomplete
        return Match(node.leaf, words)


def _within(word: str, bounds: tuple[int, int] | None) -> bool:
    if bounds is None:
        return True
    return word.isascii() and word.isdigit() and bounds[0] <= int(word[:9]) <= bounds[1]


def _expand(pieces: Iterator[str]) -> list[tuple[str, ...]]:
    """Write out every form of a pattern with optional parts."""
    forms: list[tuple[str, ...]] = [()]
    for piece in pieces:
        if piece == "]":
            break
        if piece == "[":
            inner = _expand(pieces)
            forms = [*forms, *(form + more for form in forms for more in inner)]
        else:
            forms = [(*form, piece) for form in forms]
    return forms


Filter = Callable[[list[str]], list[str]]
_FILTERS = ("append", "begin", "count", "exclude", "include", "redirect", "section", "tee")


def read_filter(text: str, column: int) -> Filter:
    """Understand what follows a `|`; raise Ambiguous, Incomplete or Invalid. `column` is where it starts."""
    verb, _blank, wanted = text.lstrip().partition(" ")
    wanted = wanted.lstrip()  # a blank at the end is part of what is looked for
    start = column + len(text) - len(text.lstrip())
    fitting = [name for name in _FILTERS if verb and name.startswith(verb.lower())]
    if not verb:
        raise Incomplete
    if not fitting or fitting[0] in {"append", "redirect", "tee"}:
        raise Invalid(start)
    if not wanted:
        raise Incomplete
    try:
        search = re.compile(wanted).search
    except re.error:
        search = re.compile(re.escape(wanted)).search
    if fitting[0] == "include":
        return lambda lines: [line for line in lines if search(line)]
    if fitting[0] == "exclude":
        return lambda lines: [line for line in lines if not search(line)]
    if fitting[0] == "count":
        return lambda lines: [f"Number of lines which match regexp = {sum(1 for line in lines if search(line))}"]
    if fitting[0] == "begin":
        return lambda lines: lines[next((at for at, line in enumerate(lines) if search(line)), len(lines)) :]
    return lambda lines: _section(lines, search)


def _section(lines: list[str], search: Callable[[str], object]) -> list[str]:
    kept: list[str] = []
    inside = False
    for line in lines:
        if not line.startswith(" "):
            inside = bool(search(line))
        if inside or search(line):
            kept.append(line)
    return kept
