"""What `show logging` tells of install operations. Pure; a log that was cleared or cut cannot tell, and says so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.platforms.base import Trace
from swimctl.platforms.journal import RELOADS, Logged

_MESSAGE: Final = re.compile(r"%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+:")
_STARTED: Final = re.compile(r"%INSTALL-\d-INSTALL_START_INFO:.*?Started install[_ ](\w+)", re.IGNORECASE)
_ENDED: Final = re.compile(
    r"%INSTALL-\d-(?:INSTALL_COMPLETED_INFO:.*?Completed install[_ ](\w+)"
    r"|OPERATION_\w*ERROR\w*:.*?Failed to install[_ ](\w+))",
    re.IGNORECASE,
)

# `Reload requested for 18:13:42 UTC …` is of `reload in 10`, and `reload cancel` takes it back: two public lab guides.
_RELOAD: Final = re.compile(r"%SYS-\d-(RELOAD|SCHEDULED_RELOAD): ", re.IGNORECASE)
_CANCELLED: Final = re.compile(r"%SYS-\d-SCHEDULED_RELOAD_CANCELLED:", re.IGNORECASE)
_DOES: Final = ("add", "activate", "commit", "abort", "rollback")


def last_line(log: str) -> str | None:
    """Return the newest message of the buffer, None where there is none."""
    messages = _messages(log)
    return messages[-1] if messages else None


def trace_operation(log: str, operation: str, mark: str | None) -> Trace:
    """Return whether `install <operation>` started after the message `mark`, and whether it ended.

    A start is proof wherever it is seen behind the mark. That none came is believed only while the mark itself is
    still in the buffer: otherwise the buffer was cleared, by a reload or by a person.
    """
    after = messages_after(log, mark)
    if after is None:
        return Trace(None, None)
    received = finished = False
    for message in after:
        if (started := _STARTED.search(message)) and _is(started.group(1), operation):
            received, finished = True, False
        elif (ended := _ENDED.search(message)) and received:
            finished = finished or _is(ended.group(1) or ended.group(2), operation)
    return Trace(received, finished)


def journal(log: str) -> tuple[Logged, ...]:
    """Return what the buffer names of installing and reloading, its other messages as entries without a meaning.

    What reloads has ended where it failed, or where another operation began after it: a device has one at a time, and a
    reload clears the buffer. `install remove` installs nothing.
    """
    entries: list[Logged] = []
    for message in _messages(log):
        if started := _STARTED.search(message):
            does = frozenset(each for each in _DOES if _is(started[1], each))
            does = does | {"abort"} if "rollback" in does else does
            entries = [replace(each, ended=True) if each.kind.startswith("install ") else each for each in entries]
            entries.append(Logged(message, does, f"install {started[1]}", message, ended=not does))
            continue
        if found := _ENDED.search(message):
            entries = [_ended(entry, found[1] or found[2], failed=found[2] is not None) for entry in entries]
        if _CANCELLED.search(message):
            entries = [replace(each, ended=True) if each.kind == "SCHEDULED_RELOAD" else each for each in entries]
        reload = _RELOAD.search(message)
        does = RELOADS if reload else frozenset()
        entries.append(Logged(message, does, reload[1].upper() if reload else "", message, ended=not does))
    return tuple(entries)


def _ended(entry: Logged, word: str, *, failed: bool) -> Logged:
    own = entry.kind == f"install {word}" and (failed or not entry.does & RELOADS)
    return replace(entry, ended=True) if own else entry


def messages_after(log: str, mark: str | None) -> list[str] | None:
    """Return what came after the message `mark`, None where that is no longer in the buffer."""
    messages = _messages(log)
    if mark is None or mark not in messages:
        return None
    return messages[len(messages) - messages[::-1].index(mark) :]


def _messages(log: str) -> list[str]:
    return [line.strip() for line in log.splitlines() if _MESSAGE.search(line)]


def _is(word: str, operation: str) -> bool:
    words, wanted = word.casefold().split("_"), operation.casefold()
    # `add_activate_commit` is one operation that does three; `auto_abort_timer` is no abort.
    return wanted == words[0] or (words[0] == "add" and wanted in words)
