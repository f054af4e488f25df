"""How many devices have answered, in one line that is gone when all have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from swimctl.cli import output

# Fewer have answered before anybody wonders.
_MANY: Final = 10


def counting(total: int, stream: TextIO) -> Callable[[int], None]:
    """Return what shows on a terminal how many have answered; the line is gone when all have."""
    if not output.is_terminal(stream) or total < _MANY:
        return lambda _: None

    def tell(done: int) -> None:
        output.write(stream, f"\r{done} of {total} have answered" if done < total else "\r\x1b[K")

    return tell
