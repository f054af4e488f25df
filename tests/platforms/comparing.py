"""How a platform's `expected.py` compares facts with what the source of a capture keeps beside it.

An `ntc_` file is a list of rows, a `genie_` file a nested dictionary. A comparer gives pairs (ours, theirs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any
Pairs = Iterator[tuple[object, object]]


@dataclass(frozen=True)
class Wrong:
    """A line of a source's parse that is wrong, and why; the comparison has to fail for as long as it is there."""

    number: int
    line: str
    why: str


@dataclass(frozen=True)
class Captured:
    """How the facts of a platform's captures compare with what their sources say, by folder.

    `refused` are outputs that have to raise, with the reason; `wrong` are parses of a source, by the name of the
    capture. `transcripts` gives the command that a transcript answers, None where no parser reads it, and `ended`
    compares its facts with how its name says that it ended; `forms` are the shapes that one comes in. `asked` are
    commands that every output of another system is given to; `shared` folders have one format on several systems,
    `nothing` are outputs that say alike on all of them that there is nothing.
    """

    comparers: dict[str, Callable[[Any, Json], Pairs]]
    transcripts: Callable[[str], str | None]
    ended: Callable[[str, Any], Pairs]
    asked: frozenset[str]
    refused: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, Wrong] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    nothing: frozenset[str] = frozenset()
    forms: Callable[[str], Sequence[str]] = lambda text: (text,)


def values(node: Json, key: str) -> list[Json]:
    """Return all values of a key, however deep."""
    if isinstance(node, dict):
        own = [node[key]] if key in node else []
        return own + [found for name, child in node.items() if name != key for found in values(child, key)]
    if isinstance(node, list):
        return [found for child in node for found in values(child, key)]
    return []
