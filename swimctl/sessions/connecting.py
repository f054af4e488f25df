"""The login to a device's terminal: from its way to a session in privileged mode."""

from __future__ import annotations

from collections.abc import Callable

from swimctl.clock import Clock, Deadline
from swimctl.descriptors import starved
from swimctl.errors import DeadlineExceeded, DeviceError, Unreachable
from swimctl.sessions.netmiko_terminal import LOST, terminal_over
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.watchdog import GRACE, watchdog
from swimctl.sessions.way import enter


def connect(
    target: Target,
    clock: Clock,
    transcript: Transcript,
    seconds: float,
    answer_within: float | None = None,
    accepted: Callable[[], None] | None = None,
) -> Session:
    """Log in within so many device seconds and reach privileged mode; `answer_within` as in `Session.prepare`.

    `accepted` is called once the device has taken the account, before anything is read from it.
    Raises what `way.enter` raises, LoginFailed (credentials or enable secret), UnexpectedPrompt, SessionLost or
    DeadlineExceeded.
    """
    deadline = Deadline(clock, seconds)
    transcript.note(f"connecting to {target.name} ({target.address}:{target.port}) as {target.username}")
    transport = enter(target, deadline)
    try:
        if accepted is not None:
            accepted()  # what fails here is ours, and says nothing of the device
    except BaseException:
        transport.close()
        raise
    try:
        with watchdog(max(1.0, deadline.left_real) + GRACE, transport.close) as bit:
            connection = terminal_over(transport, target)
        session = Session(target, clock, transcript, connection)
        session.prepare(deadline, answer_within)
    except (DeviceError, *LOST) as error:
        none_left = starved(error)  # asked before the socket is closed: that gives a descriptor back
        transport.close()
        if bit.is_set():
            raise DeadlineExceeded(f"no login to {target.name} within {deadline.told}") from error
        if isinstance(error, DeviceError):
            raise
        raise none_left or Unreachable(f"no SSH session to {target.name}: {_first_line(error)}") from error
    except BaseException:
        transport.close()
        raise
    return session


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0]
