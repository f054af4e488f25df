"""The record of what went over a device's terminal: one file a job, for its owner's eyes, without secrets."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from swimctl.clock import Clock, rfc3339

_MASK = "********"


class Transcript:
    """Append to one file, mode 0600; safe to share between a job's connections.

    Known secrets are masked wherever they appear. Never raises for a disk that is full: a record must not stop
    an upgrade that is past its point of no return; `broken` says so instead.
    """

    def __init__(self, path: Path, clock: Clock, secrets: tuple[str, ...] = ()) -> None:
        self.path = path
        self._clock = clock
        self._secrets = tuple(sorted({s for s in secrets if s}, key=len, reverse=True))
        self._lock = threading.Lock()
        self.broken = False

    def note(self, text: str) -> None:
        """Write a line of swimctl's own, with the time."""
        self._append(f"\n----- {rfc3339(self._clock.now())} {text}\n")

    def received(self, text: str) -> None:
        """Write what the device printed."""
        if text:
            self._append(text.replace("\r\n", "\n").replace("\r", "\n"))

    def _append(self, text: str) -> None:
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        try:
            with self._lock:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(handle, "a", encoding="utf-8") as f:
                    f.write(text)
        except OSError:
            self.broken = True
