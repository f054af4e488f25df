"""Regular expressions that people write. Each has its time: one that goes back and forth for ever holds nobody up.

Python's own `re` keeps the whole process waiting meanwhile: a repeat in a repeat took 45 seconds on 26 letters and a
sign, and no other thread ran.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeVar

import regex

from swimctl.errors import ConfigError

SECONDS: Final = 2.0
"""What one expression may take on one text."""
_MEND: Final = "write it without a repeat in a repeat"

T = TypeVar("T")


def why_unreadable(pattern: str) -> str:
    """Return why a pattern is no regular expression, empty where it is one."""
    try:
        _compiled(pattern)
    except regex.error as error:
        return str(error)
    return ""


def groups(pattern: str) -> tuple[str, ...]:
    """Return the names of its groups."""
    return tuple(_compiled(pattern).groupindex)


def is_all(pattern: str, text: str) -> bool:
    """Return whether a text as a whole fits, in any case of letters. ConfigError: that takes too long."""
    return _bounded(pattern, lambda: _compiled(pattern, regex.IGNORECASE).fullmatch(text, timeout=SECONDS)) is not None


def begins_a_line(pattern: str, text: str) -> bool:
    """Return whether any line of a text begins so. ConfigError: that takes too long."""
    beginning = f"^(?:{pattern})"
    found = _bounded(pattern, lambda: _compiled(beginning, regex.MULTILINE).search(text, timeout=SECONDS))
    return found is not None


def named_groups(pattern: str, text: str) -> list[dict[str, Any]]:
    """Return the named groups of each match in a text, where `^` and `$` are the ends of a line. ConfigError."""
    compiled = _compiled(pattern, regex.MULTILINE)
    return _bounded(pattern, lambda: [each.groupdict() for each in compiled.finditer(text, timeout=SECONDS)])


class Bounded:
    """An expression in the place of one of `re`, for a library that asks it where a line begins to fit."""

    def __init__(self, pattern: str) -> None:
        """Compile it. ValueError: it is none."""
        if why := why_unreadable(pattern):
            raise ValueError(f"{pattern!r} cannot be read: {why}")
        self._pattern = pattern

    def match(self, text: str) -> Any:  # noqa: ANN401 - a match of the library
        """Return how the beginning of a text fits, None where it does not. ConfigError: that takes too long."""
        return _bounded(self._pattern, lambda: _compiled(self._pattern).match(text, timeout=SECONDS))


@cache
def _compiled(pattern: str, flags: int = 0) -> Any:  # noqa: ANN401 - the library has no types
    return regex.compile(pattern, flags)


def _bounded(pattern: str, run: Callable[[], T]) -> T:
    try:
        return run()
    except TimeoutError:
        raise ConfigError(
            f"the regular expression {pattern!r} takes more than {SECONDS:g} seconds on one text; {_MEND}"
        ) from None
