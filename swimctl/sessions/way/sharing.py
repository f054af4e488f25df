"""What many connections of one process spare each other: calls of the system, and fights for the interpreter.

Thirty copies that each had a thread ready took 7 CPU seconds a GB on two idle cores, where one alone took 2.5: a call
of the system gives Python's lock away, and a thread on the other core takes it at once (docs/performance.md).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from swimctl.sessions.way.streams import Stream

_AHEAD: Final = 65_536  # bytes
# Real seconds that somebody waits for the one who has the turn.
_PATIENCE: Final = 5.0


class Turn:
    """Serve one thread at a time, for what is worth being done in one go.

    It is a courtesy and no lock: whoever finds that it must wait for a device passes it on, and goes on without it.
    Who hangs and cannot find that out has it no longer than the `patience` of the next one: a bastion that takes no
    bytes holds whoever else sends through it in a lock of paramiko, and is not to hold copies that have another way.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._free = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and have it for this block, or until this thread passes it on."""
        free = self._free
        while not free.acquire(timeout=self._patience):
            if self._free is free:
                self._free = threading.Lock()  # whoever hangs keeps the old one
            free = self._free
        self._mine.turn = free
        try:
            yield
        finally:
            self.pass_on()

    def pass_on(self) -> None:
        """Give it back, if this thread has it; else nothing happens."""
        free: threading.Lock | None = getattr(self._mine, "turn", None)
        if free is not None:
            self._mine.turn = None
            free.release()


turn: Final = Turn()


class ReadAhead:
    """A stream as paramiko reads it, which asks for the head of each message and then for its rest: one call for both.

    Only the thread that reads may call `recv`.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._recv, self._send = stream.recv, stream.send
        self.settimeout, self.close = stream.settimeout, stream.close
        self._kept, self._at = b"", 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever paramiko asks of a socket
        return getattr(self._stream, name)

    def recv(self, most: int, /) -> bytes:
        """Return what has come, at most so many bytes; empty at the end."""
        if self._at == len(self._kept):
            self._kept, self._at = self._recv(max(most, _AHEAD)), 0
        part = self._kept[self._at : self._at + most]
        self._at += len(part)
        return part

    def send(self, data: bytes, /) -> int:
        """Send some of the bytes and return how many. TimeoutError: the other side takes none now; others go on."""
        try:
            return self._send(data)
        except TimeoutError:
            turn.pass_on()
            raise
