"""Send a command that must not be sent twice: record it first, and after a doubt ask the device."""

from __future__ import annotations

from collections.abc import Callable

from swimctl.clock import Deadline
from swimctl.platforms.base import Driver, Sent
from swimctl.steps.base import Context

# The device's log says that it took the command at once; a moment more is for a log that lags.
_LOG_LAG = 15.0


def was_sent(context: Context, operation: str) -> bool:
    """Tell whether the record says that the command may have left."""
    return context.record.recall(f"{operation} sent") is not None


def send_once(context: Context, driver: Driver, operation: str, send: Callable[[], Sent]) -> Sent:
    """Record that the command leaves, then send it."""
    mark, command = driver.log_mark(), driver.support.command(operation)
    context.record.remember(f"{operation} sent", {"mark": mark, "command": command, "look": driver.support.look})
    context.record.event("sent", command)
    context.transcript.note(f"sending {command}, once")
    sent = send()
    context.record.event(
        "answered",
        f"{command}: {_verdict(sent)}",
        succeeded=sent.outcome.succeeded,
        reason=sent.outcome.reason,
        dropped=sent.dropped,
    )
    return sent


def wait_while_running(
    context: Context, driver: Driver, operation: str, seconds: float, done: Callable[[], bool]
) -> bool:
    """After a doubt, wait until the device is through with the command, or proves that it never came.

    True: it is through (`done`), or it came and ended. False: it never came, so it may be sent now. Where the
    device's log cannot tell, waits the whole deadline before it says False.
    """
    deadline, command = Deadline(context.clock, seconds), driver.support.command(operation)
    lag = Deadline(context.clock, _LOG_LAG)
    mark = (context.record.recall(f"{operation} sent") or {}).get("mark")
    while not done():
        trace = driver.trace(operation, mark)
        if trace.received and trace.finished:
            return True
        if trace.received is False and lag.passed:
            context.record.event("asked", f"the device's log shows that '{command}' never came")
            return False
        if deadline.passed:
            return bool(trace.received)
        context.record.say(f"asking the device whether {command} came and ended")
        context.pause(context.settings.login.poll)
    return True


def _verdict(sent: Sent) -> str:
    if sent.outcome.succeeded:
        return "SUCCESS" + (", nothing to change" if sent.outcome.no_change else "")
    if sent.outcome.succeeded is False:
        return f"FAILED: {sent.outcome.reason}"
    return "the session ended before an answer" if sent.dropped else "no answer"
