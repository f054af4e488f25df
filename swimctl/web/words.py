"""How facts read on a page: lengths of time, and which colour a word has. Pure."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Final

from swimctl.waiting import span

_TONES: Final = {
    "unknown": "bad",
    "failed": "bad",
    "interrupted": "warn",
    "not compliant": "bad",
    "other release": "warn",
    "no golden release": "idle",
    "activating": "run",
    "distributing": "run",
    "running": "run",
    "success": "good",
    "upgraded": "good",
    "compliant": "good",
    "rolled back": "warn",
    "paused": "warn",
    "stopping": "warn",
    "waits for approval": "warn",
    "halted": "bad",
    "held back": "bad",
    "gets no job": "warn",
    "unapproved": "warn",
    "unreleased": "warn",
    "blocked": "warn",
    "finished": "good",
    "there": "good",
    "tonight": "run",
}


def tone(word: str) -> str:
    """Return the tone of a word: `good`, `bad`, `warn`, `run`, or `idle` of all that is neither."""
    return _TONES.get(word, "idle")


def clock(at: datetime | None) -> str:
    """Write a moment; a browser that runs our script shows it in its own zone."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(at: datetime | None, now: datetime) -> str:
    """Write how long ago something was."""
    return "" if at is None else f"{span((now - at).total_seconds())} ago"


def took(start: datetime | None, end: datetime | None) -> str:
    """Write how long something took; empty where one end is not known."""
    return "" if start is None or end is None else span((end - start).total_seconds())


def plain(text: object) -> str:
    """Leave out what could turn text from a device around or hide it: control characters but line ends and tabs."""
    return "".join(
        one for one in str(text) if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs"}
    )
