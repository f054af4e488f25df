"""What a job removed from its device's flash: in its record as soon as the device said so, and told at its end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final

from swimctl.inventory.selection import some
from swimctl.steps.base import JobRecord

# Memories `removed 1`, `removed 2` … are lists of names; `removed 1 begun` is the command of one, before it left.
_NAMED: Final = 6


def begin(record: JobRecord, command: str) -> str:
    """Record that a removal is about to begin. Return the key for `end`."""
    key = next(key for number in count(1) if record.recall(f"{(key := f'removed {number}')} begun") is None)
    record.remember(f"{key} begun", command)
    return key


def end(record: JobRecord, key: str, names: tuple[str, ...]) -> None:
    """Record what a removal deleted, by the device's own words."""
    record.remember(key, list(names))
    record.event("removed", some(names, _NAMED) if names else "nothing was removed")


def told(recall: Callable[[str], Any]) -> str:
    """Return what was removed, for people; empty where nothing was, or may have been."""
    names: list[str] = []
    unsure: list[str] = []
    for number in count(1):
        command = recall(f"removed {number} begun")
        if command is None:
            break
        gone = recall(f"removed {number}")
        unsure += [command] if gone is None else []
        names += gone or []
    parts = [f"removed from its flash: {some(names, _NAMED)}"] if names else []
    if unsure:
        parts.append(f"what `{unsure[0]}` removed is not known, because its end was not seen: check its flash")
    return "; ".join(parts)
