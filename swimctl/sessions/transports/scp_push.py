"""Push an image over SCP, on a connection of its own: the control session idles out under a long copy."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import BinaryIO, Final

import paramiko

from swimctl.clock import Clock, Deadline
from swimctl.config.settings import Distribution
from swimctl.descriptors import starved
from swimctl.errors import TransferFailed
from swimctl.platforms import scp_server
from swimctl.sessions.targets import Target
from swimctl.sessions.transports.base import Login, Progress
from swimctl.sessions.transports.scp_sender import Refused, Sender
from swimctl.sessions.watchdog import watchdog
from swimctl.sessions.way import Transport, enter

_LOGIN_SECONDS = 60.0
# Real seconds between two looks at a copy that runs by itself.
_LOOK_EVERY: Final = 0.25


class _TooSlow(Exception):
    """Report that a copy stands still, or falls below the slowest rate allowed."""


class ScpPush:
    """Push with the classic SCP protocol; the device has to serve it, and to let the account write."""

    def send(
        self,
        source: Path,
        destination: str,
        target: Target,
        limits: Distribution,
        clock: Clock,
        progress: Progress,
        login: Login = contextlib.nullcontext,
    ) -> None:
        """Copy `source` to the device's path `destination`; it logs in within `login`."""
        size = source.stat().st_size
        sender = None
        with (
            source.open("rb", buffering=0) as file,
            contextlib.closing(_entered(target, clock, login)) as transport,
        ):
            whole = Deadline(clock, limits.stall + limits.slowest(size))
            try:
                sender = _begun(transport, file, size, destination, Deadline(clock, limits.stall))
            except (paramiko.SSHException, OSError, EOFError, _TooSlow) as error:
                failed: BaseException | None = error
            else:
                failed = _looked_after(sender, transport, whole, limits, clock, progress)
            if failed is None or (sender and sender.confirmed):
                progress(size)
                return
            hint = "" if sender and sender.sent else scp_server(target.platform)
            why = _reason(failed, "" if isinstance(failed, _TooSlow) else hint)
            raise TransferFailed(f"the copy of {source.name} to {target.name} failed: {why}") from failed


def _entered(target: Target, clock: Clock, login: Login) -> Transport:
    with login():
        return enter(target, Deadline(clock, _LOGIN_SECONDS), purpose=" for the copy")


def _begun(transport: Transport, file: BinaryIO, size: int, destination: str, deadline: Deadline) -> Sender:
    """Return the copy, which goes on by itself."""
    with watchdog(deadline.left_real, transport.close) as bit:
        try:
            channel = transport.open_session(timeout=max(1.0, deadline.left_real))
            sender = Sender(channel, transport.clear_to_send, file, size)
            transport.between_messages(sender.go_on)
            # The device reads the path as typed: quoting it would be part of the name.
            channel.exec_command(f"scp -t {destination}")
        except (paramiko.SSHException, OSError, EOFError) as error:
            if bit.is_set():
                raise _TooSlow(_stalled(deadline.seconds)) from error
            raise
    return sender


def _looked_after(
    sender: Sender, transport: Transport, whole: Deadline, limits: Distribution, clock: Clock, progress: Progress
) -> BaseException | None:
    """Wait for the end of a copy and tell of it meanwhile; return why it failed. Raises what `progress` raises."""
    stall, moved = Deadline(clock, limits.stall), 0
    while not sender.over.wait(max(0.05, min(_LOOK_EVERY, stall.left_real, whole.left_real))):
        if sender.moved != moved:
            stall, moved = Deadline(clock, limits.stall), sender.moved
            progress(sender.sent)
        if not transport.is_active():
            return sender.error or transport.get_exception() or EOFError()
        if stall.passed:
            return _TooSlow(_stalled(limits.stall))
        if whole.passed:
            return _TooSlow(f"slower than {limits.minimum_rate} MB/s on the whole")
    return sender.error


def _stalled(seconds: float) -> str:
    return f"no byte moved for {seconds:.0f}s"


def _reason(error: BaseException, server: str) -> str:
    """Return what went wrong; `server` is what may be off where not a byte was taken."""
    if none_left := starved(error):
        return str(none_left)
    without_a_word = "the device closed it without a word" if isinstance(error, Refused) else "the connection was lost"
    text = (isinstance(error, ConnectionError) and error.strerror) or str(error).strip() or without_a_word
    if "rivilege denied" in text:
        return "the device says 'Privilege denied.': the account needs privilege 15"
    return f"{text}; is {server} configured on the device?" if server else text
