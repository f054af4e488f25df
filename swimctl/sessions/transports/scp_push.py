"""Push an image over SCP, on a connection of its own: the control session idles out under a long copy."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Self

import paramiko
from scp import SCPClient, SCPException

from swimctl.clock import Clock, Deadline
from swimctl.config.settings import Distribution
from swimctl.descriptors import starved
from swimctl.errors import TransferFailed
from swimctl.platforms import scp_server
from swimctl.sessions.targets import Target
from swimctl.sessions.transports.base import Progress
from swimctl.sessions.way import enter

# A bigger read a packet's worth at a time saves calls; measured 178 against 154 MB/s with a 64 KB device window.
_CHUNK = 128 * 1024
_LOGIN_SECONDS = 60.0


class _Pace:
    """Close the connection of a copy that stands still, or that falls below the slowest rate allowed."""

    def __init__(self, size: int, limits: Distribution, clock: Clock, client: paramiko.Transport) -> None:
        self._clock = clock
        self._client = client
        self._whole = Deadline(clock, limits.stall + limits.slowest(size))
        self._limits = limits
        self._stall = Deadline(clock, limits.stall)
        self._done = threading.Event()
        self.verdict = ""
        self._watch = threading.Thread(target=self._run, daemon=True, name="copy-watchdog")

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def moved(self) -> None:
        self._stall = Deadline(self._clock, self._limits.stall)

    def _run(self) -> None:
        while not self._done.wait(max(0.05, min(1.0, self._stall.left_real, self._whole.left_real))):
            if self._stall.passed:
                self.verdict = f"no byte moved for {self._limits.stall:.0f}s"
            elif self._whole.passed:
                self.verdict = f"slower than {self._limits.minimum_rate} MB/s on the whole"
            if self.verdict:
                with contextlib.suppress(Exception):
                    self._client.close()
                return


class ScpPush:
    """Push with the classic SCP protocol; the device has to serve it, and to let the account write."""

    def send(
        self, source: Path, destination: str, target: Target, limits: Distribution, clock: Clock, progress: Progress
    ) -> None:
        """Copy `source` to the device's path `destination`."""
        size = source.stat().st_size
        raised: list[BaseException] = []
        begun = False
        deadline = Deadline(clock, _LOGIN_SECONDS)
        transport = enter(target, deadline, purpose=" for the copy")
        with contextlib.closing(transport), _Pace(size, limits, clock, transport) as pace:

            def report(_name: bytes, _size: int, sent: int) -> None:
                nonlocal begun
                begun = begun or sent > 0
                pace.moved()
                try:
                    progress(sent)
                except BaseException as error:  # kept to be raised as it is: scp would hide it behind its own
                    raised.append(error)
                    raise

            try:
                # The device reads the path as typed: quoting it would be part of the name.
                scp = SCPClient(
                    transport, buff_size=_CHUNK, socket_timeout=None, progress=report, sanitize=lambda path: path
                )
                scp.put(str(source), destination)
            except (SCPException, paramiko.SSHException, OSError, EOFError) as error:
                if raised:
                    raise raised[0] from None
                why = pace.verdict or _reason(error, "" if begun else scp_server(target.platform))
                raise TransferFailed(f"the copy of {source.name} to {target.name} failed: {why}") from error


def _reason(error: BaseException, server: str) -> str:
    """Return what went wrong; `server` is what may be off where not a byte was taken."""
    if none_left := starved(error):
        return str(none_left)
    text = str(error).strip() or "the connection was lost"
    if "rivilege denied" in text:
        return "the device says 'Privilege denied.': the account needs privilege 15"
    return f"{text}; is {server} configured on the device?" if server else text
