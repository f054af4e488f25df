"""Outputs that a device gives as data too (`… | json`, `… | display xml`): both are read, each without the other too.

The data comes first where it is there. A device that refuses the pipe, or answers text to it, is asked no more in the
same session.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.terminal import Terminal
from swimctl.platforms.text import clean

T = TypeVar("T")

# Seconds between two looks at one uptime, with all that a slow terminal takes; another boot is much younger.
_SAME_BOOT = 600


def read_object(text: str, command: str, terminal: Terminal) -> Mapping[str, Any]:
    """Return the object that `command | json` printed; raises UnparsableOutput for text or half an object."""
    said = "\n".join(clean(text, command, terminal))
    start = re.search(r"^\s*\{", said, re.MULTILINE)
    if start is None:
        raise UnparsableOutput(command, said.strip().split("\n")[0], "it is no data")
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(said, start.end() - 1)
    except ValueError as error:
        raise UnparsableOutput(command, "", f"its data cannot be read: {error}") from None
    if not isinstance(found, dict) or "errors" in found:
        raise UnparsableOutput(command, "", "the device has no data for it")
    return found


@dataclass(frozen=True, slots=True)
class Both(Generic[T]):
    """What a device says as data and as text; None of what cannot be read, and `why` for the text."""

    told: T | None
    printed: T | None
    why: CommandRefused | UnparsableOutput | None = None

    def one(self) -> T:
        """Return what the text says, for it tells more, else what the data says; raises where neither reads."""
        if self.printed is not None:
            return self.printed
        if self.told is not None:
            return self.told
        raise self.why or UnparsableOutput("", "", "neither text nor data reads")


class Structured:
    """Read outputs of one session in both forms; `show` runs a command, `pipe` behind one asks for data."""

    def __init__(self, show: Callable[[str], str], pipe: str = "json") -> None:
        self._show = show
        self._pipe = pipe
        self._lacking: set[str] = set()

    def both(self, command: str, parse: Callable[[str], T], parse_data: Callable[[str], T]) -> Both[T]:
        """Ask for the data, then for the text."""
        told: T | None = None
        if command not in self._lacking:
            try:
                told = parse_data(self._show(f"{command} | {self._pipe}"))
            except (CommandRefused, UnparsableOutput):
                self._lacking.add(command)
        try:
            return Both(told, parse(self._show(command)))
        except (CommandRefused, UnparsableOutput) as error:
            return Both(told, None, error)

    def either(self, command: str, parse: Callable[[str], T], parse_data: Callable[[str], T]) -> T:
        """Return what the text says, where that cannot be read what the data says; raises the text's error."""
        try:
            return parse(self._show(command))
        except (CommandRefused, UnparsableOutput) as error:
            try:
                return parse_data(self._show(f"{command} | {self._pipe}"))
            except (CommandRefused, UnparsableOutput):
                raise error from None


def same_boot(one: int | None, other: int | None) -> bool:
    """Return whether two uptimes can be of one boot; what is not told contradicts nothing."""
    return one is None or other is None or abs(one - other) <= _SAME_BOOT
