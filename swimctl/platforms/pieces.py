"""What a snapshot is made of, read piece by piece: one output that cannot be read takes no other with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from swimctl.errors import CommandRefused, UnparsableOutput

T = TypeVar("T")


class Pieces:
    """Read each piece for itself; `unread` names those that did not read, by their field of Snapshot, and why.

    `whole`: the first that cannot be read is raised instead.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self.unread: dict[str, str] = {}

    def read(self, field: str, read: Callable[[], T], instead: T) -> T:
        """Return what `read` gives, or `instead` where its output is refused or not readable."""
        try:
            return read()
        except (CommandRefused, UnparsableOutput) as error:
            if self._whole:
                raise
            self.unread[field] = str(error)
            return instead
