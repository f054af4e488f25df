"""What a device's own log names of installing and reloading, and which of it nobody here has asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

RELOADS: Final = frozenset({"activate", "abort"})
"""The operations that a reload belongs to, and that a reload by hand may be."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of a device's log, `key` names it as `log_mark` does.

    `does` are the operations that it begins (add, activate, commit, abort), empty where it is about none of them,
    `kind` the command in its words, `said` what the log says of it. `ended`: nothing of it is to come any more.
    """

    key: str
    does: frozenset[str] = frozenset()
    kind: str = ""
    said: str = ""
    ended: bool = True


@dataclass(frozen=True, slots=True)
class NextBoot:
    """What the next boot starts, empty where nothing is named; `command` is the one that names it."""

    starts: str
    command: str


def others(
    log: Sequence[Logged], mark: str | None, ours: Iterable[tuple[str, str | None]], first: str | None = None
) -> tuple[Logged, ...]:
    """Return what somebody else began after a mark, and what was begun before it and has not ended.

    Of the latter only what reloads, and what came after the mark `first`: what never ended before that is of old.
    Nothing where the mark is no longer in the log.
    `ours` are the operations that were sent from here, each with the mark that was taken right before. The first entry
    of each kind behind it is its own; where that mark is gone, every entry that does the same may be.
    """
    since = _after(log, mark)
    if since is None:
        return ()
    own: set[str] = set()
    for operation, sent in ours:
        behind = _after(log, sent)
        kinds: set[str] = set()
        for entry in since if behind is None else behind:
            if operation in entry.does and (behind is None or entry.kind not in kinds):
                own.add(entry.key)
                kinds.add(entry.kind)
    known = {entry.key for entry in _after(log, first) or ()}
    earlier = [
        entry
        for entry in log[: len(log) - len(since)]
        if not entry.ended and (entry.does & RELOADS or entry.key in known)
    ]
    return tuple(entry for entry in (*earlier, *since) if entry.does and entry.key not in own)


def of_next_boot(mark: str, now: NextBoot) -> tuple[Logged, ...]:
    """Return the journal of a device that keeps none: what its next boot starts, at the mark and now."""
    starts = now.starts
    said = f"the next boot starts {starts or 'no image that is named'}, and started {mark or 'none that was named'}"
    named = Logged(starts, RELOADS, now.command, said, ended=False)
    return (Logged(mark),) if starts == mark else (Logged(mark), named)


def _after(log: Sequence[Logged], mark: str | None) -> Sequence[Logged] | None:
    keys = [entry.key for entry in log]
    if mark is None or mark not in keys:
        return None
    return log[len(keys) - keys[::-1].index(mark) :]
