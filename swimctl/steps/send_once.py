"""Send a command that must not be sent twice: record it first, and after a doubt ask the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, takewhile

from swimctl.clock import Deadline
from swimctl.errors import CommandRefused, SessionLost, UnparsableOutput
from swimctl.platforms.base import Sent, Trace
from swimctl.platforms.driver import Arms, NamesNextBoot, Offers, PutsBack, Sends, Traces
from swimctl.platforms.facts import InstallOutcome
from swimctl.sessions.one_look import forget
from swimctl.steps.base import JobContext
from swimctl.steps.target import called

# The device's log says that it took the command at once; a moment more is for a log that lags.
LOG_LAG = 15.0
# Real seconds for which a permission to send counts. A process that stood still, or a machine that slept, longer than
# that may wake when somebody else has the job. Whoever takes a job from one who is only silent must wait for longer.
FRESH = 30.0


def was_sent(context: JobContext, operation: str) -> bool:
    """Return whether the record says that the command may have left."""
    return context.record.recall(f"{operation} sent") is not None


def answer_to(context: JobContext, operation: str) -> bool | None:
    """Return what the device said to the command: success, failure, or None where it said neither."""
    verdict: bool | None = (context.record.recall(f"{operation} answered") or {}).get("succeeded")
    return verdict


def send_once(context: JobContext, driver: Sends, operation: str, send: Callable[[], Sent]) -> Sent:
    """Have it permitted and recorded that the command leaves, send it, and record what the device said.

    An error text of the device is a failure; an answer that cannot be read is none, with the reason. StaleClaim: this
    job is somebody else's by now. SessionLost: what was permitted is too old to count. Nothing was sent in both cases.
    """
    mark, support = driver.log_mark(), driver.support
    if mark is not None and context.redaction.text(mark) != mark:
        mark = None  # it names a secret and may not be kept: the log cannot tell then
    command = support.command(operation)
    # The first record stays for the mark in it; a command that never came is sent again, and its timer starts then.
    again = " again" if was_sent(context, operation) else ""
    started = context.clock.mark()
    context.record.permit(
        command,
        f"{operation} sent{again}",
        {
            "mark": mark,
            "command": command,
            "look": support.look,
            # For left_armed.py, which speaks of the device where nobody can ask it.
            "target": called(context.image),
            "activate": support.activate,
            "commit": support.commit,
            "back": support.back,
            "way_back": support.way_back,
            "user": context.target.username,
            "started": started,
            "armed": driver.armed_for() if operation == "activate" and isinstance(driver, Arms) else None,
        },
    )
    waited = context.clock.since(started) / context.clock.speed
    if waited > FRESH:
        raise SessionLost(
            f"'{command}' was permitted, and {waited:.0f} s passed before it could be sent (at most {FRESH:.0f} s): "
            "it was not sent"
        )
    context.transcript.note(f"sending {command}, once")
    try:
        sent = send()
    except CommandRefused as error:
        sent = Sent(InstallOutcome(None, succeeded=False, reason=str(error)))
    except UnparsableOutput as error:
        sent = Sent(InstallOutcome(None, succeeded=None, reason=str(error)))
    finally:
        _keep_left(context, driver, operation)
    outcome = sent.outcome
    if outcome.succeeded is not None:
        context.record.remember(f"{operation} answered", {"succeeded": outcome.succeeded, "reason": outcome.reason})
    context.record.event(
        "answered",
        f"{command}: {_verdict(sent)}",
        succeeded=outcome.succeeded,
        reason=outcome.reason,
        dropped=sent.dropped,
    )
    return sent


def last_left(context: JobContext, operation: str) -> str | None:
    """Return what the newest command that named something for the next boot left there.

    Empty: it was put back. None: no record says that one did, and a process that was killed wrote none.
    """
    left = _all_left(context, operation)
    return left[-1] if left else None


def wait_while_running(
    context: JobContext, driver: Offers, operation: str, seconds: float, done: Callable[[], bool]
) -> bool:
    """After a doubt, wait until the device is through with the command, or proves that it never came.

    True: it is through (`done`), or it came and ended: who asks then asks anew. False: it never came, so it may be
    sent now. Where the device's log cannot tell, waits the whole deadline before it says False.
    """
    deadline, command = Deadline(context.clock, seconds), driver.support.command(operation)
    lag = Deadline(context.clock, LOG_LAG)
    mark = (context.record.recall(f"{operation} sent") or {}).get("mark")
    while not done():
        trace = trace_of(driver, operation, mark)
        forget()  # what `done` has read may be from before what the log tells
        if trace.received and trace.finished:
            return True
        if trace.received is False and lag.passed:
            context.record.event("asked", f"the device's log shows that '{command}' never came")
            return False
        if deadline.passed:
            return bool(trace.received)
        context.record.say(f"asking the device whether {command} arrived and ended")
        context.pause(context.settings.login.poll)
    return True


def trace_of(driver: Offers, operation: str, mark: str | None) -> Trace:
    """Return from the device whether an operation came after the mark, and whether it ended; nothing where none can."""
    if isinstance(driver, Traces):
        return driver.trace(operation, mark)
    if driver.support.names_first and isinstance(driver, NamesNextBoot):
        return Trace(received=False if driver.next_boot().starts == mark else None, finished=None)
    return Trace(None, None)


def _keep_left(context: JobContext, driver: Sends, operation: str) -> None:
    """Remember what the command left named for the next boot, also where its session ended; each of them stays."""
    left = driver.left if isinstance(driver, PutsBack) else None
    if left is not None:
        context.record.remember(_left_key(operation, len(_all_left(context, operation))), left)


def _all_left(context: JobContext, operation: str) -> list[str]:
    kept: Iterator[str | None] = (context.record.recall(_left_key(operation, number)) for number in count())
    return [left for left in takewhile(lambda left: left is not None, kept) if left is not None]


def _left_key(operation: str, number: int) -> str:
    return f"{operation} left {number}"


def _verdict(sent: Sent) -> str:
    if sent.outcome.succeeded:
        return "SUCCESS" + (", nothing to change" if sent.outcome.no_change else "")
    if sent.outcome.succeeded is False:
        return f"FAILED: {sent.outcome.reason}"
    if sent.dropped:
        return "the session ended before an answer"
    return f"an answer that cannot be read: {sent.outcome.reason}" if sent.outcome.reason else "no answer"
