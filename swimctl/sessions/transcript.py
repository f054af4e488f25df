"""The record of what went over a device's terminal: one file a job, for its owner's eyes, without secrets."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from swimctl.clock import Clock, rfc3339
from swimctl.sessions.redaction import Pieces, Redaction

# Characters that are kept of what a terminal prints until something is typed there.
_MOST: Final = 16_000_000


class Transcript:
    """Append to one file, mode 0600; safe to share between a job's connections.

    `redaction` masks secrets in it. Never raises for a disk that is full: a record must not stop an upgrade that is
    past its point of no return; `broken` says so instead.
    """

    def __init__(self, path: Path, clock: Clock, redaction: Redaction) -> None:
        self.path = path
        self.redaction = redaction
        self._clock = clock
        self._lock = threading.Lock()
        self.broken = False

    def note(self, text: str) -> None:
        """Write a line of swimctl's own, with the time."""
        self._append(f"\n----- {rfc3339(self._clock.now())} {self.redaction.text(text)}\n")

    def terminal(self) -> Heard:
        """Return where what one terminal prints goes."""
        return Heard(self._append, Pieces(self.redaction))

    def _append(self, text: str) -> None:
        if not text:
            return
        try:
            with self._lock:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(handle, "a", encoding="utf-8") as f:
                    f.write(text)
        except OSError:
            self.broken = True


class Heard:
    """What one terminal prints, on its way into the transcript; what may become a secret waits for the next piece.

    Of what is printed without an end while nobody types, so much is written, and that the rest is not.
    """

    def __init__(self, write: Callable[[str], None], pieces: Pieces) -> None:
        self._write = write
        self._pieces = pieces
        self._since_typed = 0

    def add(self, text: str) -> None:
        """Write what the device printed."""
        before, self._since_typed = self._since_typed, self._since_typed + len(text)
        if self._since_typed <= _MOST:
            self._write(self._pieces.add(text))
        elif before <= _MOST:
            self.end()
            self._write("\n----- it prints on, which is not recorded until something is typed\n")

    def pause(self) -> None:
        """Write the line so far: the device waits for what is typed."""
        self._since_typed = 0
        self._write(self._pieces.pause())

    def end(self) -> None:
        """Write what was held back: before a note, and where the session ends."""
        self._write(self._pieces.end())
