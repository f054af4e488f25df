"""The ledger of install operations that a switch's models show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from swimctl.lab.clock import LabClock

_PARAMETERS = {
    "add": "add-param",
    "commit": "commit-param",
    "abort": "cancel-param",
    "rollback": "rollback-param",
    "remove": "remove-param",
}
"""Operation -> the container that tells it in the model; all others activate."""


@dataclass
class Entry:
    """One operation, at lab seconds. `parameters` is the container that tells which it is."""

    began: float
    parameters: str
    ended: float | None = None
    failed: bool = True


class Ledger:
    """The operations since the lab's start, oldest first."""

    def __init__(self, clock: LabClock) -> None:
        self._clock = clock
        self.entries: list[Entry] = []

    @contextmanager
    def operation(self, name: str) -> Iterator[Entry]:
        """Keep an operation for as long as it runs; it has failed unless somebody says otherwise."""
        entry = Entry(self._clock.now(), _PARAMETERS.get(name, "act-param"))
        self.entries.append(entry)
        try:
            yield entry
        finally:
            entry.ended = self._clock.now()
