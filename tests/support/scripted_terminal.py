r"""A terminal of paper: what it prints at each line that is typed is a script; no network, no device.

    device = PaperTerminal({"show clock": ["12:00:00 UTC\n", PROMPT]})
    session = device.session(tmp_path)
    assert session.run("show clock", 20) == "12:00:00 UTC"

A piece is read at a time; `NOTHING_YET` is a moment of silence, `GONE` ends the session there, and after the last piece
the terminal is silent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swimctl.clock import Clock, SystemClock
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript

PASSWORD, ENABLE_SECRET = "acc0unt-pass", "en4ble-secret"
PROMPT = "\nsw1#"
NOTHING_YET = ""
GONE = "the session ends here"


@dataclass
class _Channel:
    """The SSH channel, as far as a session looks at it."""

    pieces: list[str] = field(default_factory=list)
    closed: bool = False
    eof_received: bool = False
    news: threading.Event | None = None
    in_buffer: _Channel = field(init=False)

    def __post_init__(self) -> None:
        self.in_buffer = self

    def set_event(self, event: threading.Event) -> None:
        """Take the event that news sets; what is typed is answered before anybody waits for it."""
        self.news = event

    def recv_ready(self) -> bool:
        while self.pieces and not self.closed:
            if self.pieces[0] not in {NOTHING_YET, GONE}:
                return True
            self.closed = self.pieces.pop(0) == GONE
            return False
        return False

    def recv(self, most: int) -> bytes:
        piece = self.pieces.pop(0).encode()
        assert len(piece) <= most
        return piece


class PaperClock(SystemClock):
    """A time that passes only while the paper has nothing to print: no deadline is over because a machine is busy."""

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__()
        self._pieces = pieces
        self._passed, self._seen = 0.0, time.monotonic()

    def monotonic(self) -> float:
        now = time.monotonic()
        if not self._pieces:
            self._passed += now - self._seen
        self._seen = now
        return self._passed


class PaperTerminal:
    """What netmiko's connection is for a session. `typed` is all that was typed, in its order.

    A line that the script does not name is echoed and answered with the prompt, an empty one with that of the greeting.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str]] | None = None,
        *,
        greeting: Sequence[str] = (PROMPT,),
        platform: str = "cisco_xe",
        enable_secret: str | None = None,
    ) -> None:
        last = "".join(greeting).rsplit("\n", 1)[-1]
        self.script = {"": [f"\n{last}" if last else PROMPT], **(script or {})}
        self.typed: list[str] = []
        self.remote_conn = _Channel()
        self.closes = 0
        self._pieces = self.remote_conn.pieces
        self._pieces += greeting
        self._target = Target("sw1", "192.0.2.1", 22, platform, "netops", PASSWORD, enable_secret, {})

    @property
    def clock(self) -> PaperClock:
        """Return a time for a session of this terminal; what prints without an end needs another."""
        return PaperClock(self._pieces)

    @property
    def remote_conn_pre(self) -> PaperTerminal:
        return self

    def close(self) -> None:
        self.closes += 1
        self.remote_conn.closed = True

    def write_channel(self, text: str) -> None:
        if self.remote_conn.closed:
            raise OSError("the channel is closed")
        self.typed.append(text)
        line = text.removesuffix("\n")
        self._pieces += self.script.get(line, [line, PROMPT])

    def late(self, *pieces: str) -> None:
        """Print something by itself."""
        self._pieces += pieces

    def session(self, folder: Path, *, name: str = "sw1", clock: Clock | None = None) -> Session:
        """Open a session that stands at the prompt already; its transcript lies in the folder."""
        transcript = Transcript(folder / "transcript.log", SystemClock(), Redaction((PASSWORD, ENABLE_SECRET)))
        session = Session(self._target, clock or SystemClock(), transcript, self)
        self._pieces.clear()
        session.hostname = name
        return session

    def unopened(self, folder: Path) -> Session:
        """Return a session that has yet to find its prompt."""
        transcript = Transcript(folder / "transcript.log", SystemClock(), Redaction((PASSWORD, ENABLE_SECRET)))
        return Session(self._target, SystemClock(), transcript, self)
