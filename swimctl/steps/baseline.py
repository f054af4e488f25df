"""The baseline in a job's record: what must be as before. One that is too old for an activation gets a successor.

What a job remembers never changes, so each has a key of its own, and the newest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any, Final

from swimctl.checks.asking import Taken, taken_of
from swimctl.clock import Clock
from swimctl.platforms.facts import Snapshot

Recall = Callable[[str], Any]
Remember = Callable[[str, Any], None]
# Device seconds after which a baseline says too little of what the device is right before its activation.
_OLD: Final = 600.0
_KEY: Final = "baseline"


def keep_baseline(
    recall: Recall,
    remember: Remember,
    clock: Clock,
    taken: Snapshot,
    log: str | None,
    checks: Sequence[Taken] = (),
) -> None:
    """Keep one more baseline, with the moment that it is of, and the mark that its device's log had then.

    `checks` are the answers of its checks, with their rules: those of that moment are compared, whatever becomes of
    the settings.
    """
    key = next(key for key in _keys() if recall(key) is None)
    remember(f"{key} taken", clock.mark())
    if log is not None:
        remember(f"{key} log", log)
    if checks:
        remember(f"{key} checks", [each.document() for each in checks])
    remember(key, asdict(taken))


def keep_log(remember: Remember, log: str | None) -> None:
    """Keep the mark of a log alone, of a device that is refused: who is at work on it is asked at the job's end."""
    if log is not None:
        remember(f"{_KEY} log", log)


def kept_baseline(recall: Recall) -> Snapshot | None:
    """Return the newest baseline that the record remembers, None where it remembers none."""
    found = _newest(recall)
    if found is None:
        return None
    kept = recall(found)
    # JSON has no tuples; a baseline of an earlier swimctl lacks what was not read then.
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Snapshot(**fields)


def kept_checks(recall: Recall) -> tuple[Taken, ...]:
    """Return what the checks of the newest baseline were told."""
    found = _newest(recall)
    return tuple(map(taken_of, (recall(f"{found} checks") if found else None) or ()))


def release_before(recall: Recall) -> str:
    """Return the release of the newest baseline, empty where none is remembered."""
    found = _newest(recall)
    return "" if found is None else str(recall(found).get("version", ""))


def minutes_old(recall: Recall, clock: Clock) -> float | None:
    """Return how many device minutes old the newest baseline is where that is too much, None where it is fresh.

    One whose age is not known, as the clock of this machine was set back or nobody noted it, is too old.
    """
    found = _newest(recall)
    mark = None if found is None else recall(f"{found} taken")
    age = -1.0 if mark is None else clock.since(mark)
    return None if 0 <= age <= _OLD else age / 60


def log_marks(recall: Recall) -> tuple[str | None, str | None]:
    """Return the marks that the device's log had at the first and at the newest baseline, None where there was none."""
    return recall(f"{_KEY} log"), recall(f"{_newest(recall) or _KEY} log")


def is_baseline(key: str) -> bool:
    """Return whether a baseline is remembered by this key."""
    return key.startswith(_KEY)


def _newest(recall: Recall) -> str | None:
    newest = None
    for key in _keys():
        if recall(key) is None:
            return newest
        newest = key
    raise AssertionError


def _keys() -> Iterator[str]:
    yield _KEY
    yield from (f"{_KEY} {number}" for number in count(2))
