"""What a device is when its job has failed: asked of the device, never guessed; what was left half-done is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    DeviceError,
    DeviceUnknown,
    SessionLost,
    SwimctlError,
    UnexpectedPrompt,
    UnparsableOutput,
)
from swimctl.facts import Installed, Placement, Running, Snapshot
from swimctl.models import Outcome
from swimctl.platforms.base import Driver, Support, Trace
from swimctl.steps import evidence
from swimctl.steps.base import Context
from swimctl.steps.evidence import Unread
from swimctl.steps.left_armed import left_armed
from swimctl.steps.once import answer_to, was_sent
from swimctl.steps.readiness import baseline
from swimctl.steps.reload import boot_look
from swimctl.steps.seeing import Table, readable
from swimctl.steps.target import is_patch, on_target

# Of the copy's beginning in a job's record; its value is the device's boot then.
COPY = "copy"
_UNREADABLE = (CommandRefused, UnparsableOutput)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a device said after a failure. `undone`: what was taken back, or why that did not work."""

    support: Support
    running: Running | Unread
    booted: bool | None
    installed: Installed | Unread
    trace: Trace | Unread
    undone: str = ""


def outcome_of_failure(context: Context, error: SwimctlError) -> tuple[Outcome, str]:
    """Tell what the device is after this error, and what was sent, seen, waits in it, and comes next.

    Where nothing was sent that changes a device, it is as it was. Else only the device can tell.
    """
    if was_sent(context, "activate"):
        return _after_activation(context, error)
    if was_sent(context, "add"):
        return _after_add(context)
    return _after_copy(context) if context.record.recall(COPY) is not None else (Outcome.UNTOUCHED, "")


def nobody_could_ask(context_recall: Callable[[str], object]) -> Outcome:
    """Tell what a device is of which only the job's record is there: what was sent decides whether it may differ."""
    sent = any(context_recall(key) is not None for key in ("activate sent", "add sent", COPY))
    return Outcome.UNKNOWN if sent else Outcome.UNTOUCHED


def _after_activation(context: Context, error: SwimctlError) -> tuple[Outcome, str]:
    if isinstance(error, DeviceUnknown):
        return Outcome.UNKNOWN, _told(context, "", _last_words(context))
    try:
        before, table = baseline(context), Table(context)
        asked = context.again(lambda: _asked(context, "activate", before, table, undo=_undoable))
    except DeviceError as unanswered:
        return Outcome.UNKNOWN, _told(context, _unanswered("what it is now", unanswered), None)
    outcome = evidence.outcome(
        context.image.version,
        before.version,
        asked.running,
        asked.installed,
        booted=asked.booted,
        under_way=_under_way(asked.trace),
        patch=is_patch(context.image),
        # One that was never there is missed by nobody.
        members=sum(state != "Provisioned" for state in before.members.values()),
        said_committed=answer_to(context, "commit") is True,
    )
    if outcome is Outcome.UNKNOWN:
        return outcome, _told(context, _seen(asked), _facts(asked.installed))
    return outcome, "; ".join(filter(None, (_unread_boot(asked), _armed(context, _facts(asked.installed)))))


def _undoable(asked: _Asked, before: Snapshot) -> bool:
    """Tell whether what the activation left set may be taken back: it did not start, and nothing is under way."""
    running, installed = asked.running, asked.installed
    timer = isinstance(installed, Installed) and installed.timer_runs
    as_before = isinstance(running, Running) and on_target(running, before.version)
    return as_before and not timer and _under_way(asked.trace) is False


def _after_add(context: Context) -> tuple[Outcome, str]:
    """Tell what the adding left, once what the next reload would start is taken back."""
    try:
        before, table = baseline(context), Table(context)
        asked = context.again(lambda: _asked(context, "add", before, table, undo=_starts))
    except DeviceError as unanswered:
        return Outcome.UNKNOWN, _told(context, _unanswered("what its next reload starts", unanswered), None)
    installed, trace = asked.installed, asked.trace
    if isinstance(installed, Unread) or installed.placement not in {Placement.ABSENT, Placement.ADDED}:
        return Outcome.UNKNOWN, _told(context, _seen(asked), _facts(installed))
    through = isinstance(trace, Trace) and (trace.received is False or bool(trace.finished))
    if answer_to(context, "add") is not False and asked.support.starts_added and not through:
        seen = (
            f"{_seen(asked)}, and what else it left cannot be told; its next reload may start {context.image.version}; "
            f"to prevent that: {asked.support.way_back}"
        )
        return Outcome.UNKNOWN, _told(context, seen, None)
    return Outcome.UNTOUCHED, ""


def _starts(asked: _Asked, _before: Snapshot) -> bool:
    return isinstance(asked.installed, Installed) and asked.installed.placement is Placement.NEXT


def _after_copy(context: Context) -> tuple[Outcome, str]:
    """Tell whether the device still runs what it ran when the copy began, on the same boot."""
    try:
        before = baseline(context)
        running, booted, look = context.again(lambda: _runs(context))
    except DeviceError as unanswered:
        unread = isinstance(unanswered, _UNREADABLE)
        said = "what it runs after the copy does not read" if unread else "it does not answer after the copy"
        return Outcome.UNKNOWN, f"{said}: {unanswered}; next: look at its console"
    if on_target(running, before.version) and booted is False:
        return Outcome.UNTOUCHED, ""
    if on_target(running, before.version) and booted:
        return Outcome.ROLLED_BACK, f"it booted anew while it took the file; nothing was activated; next: {look}"
    seen = ", ".join(f"{name}: {version}" for name, version in running.members.items())
    return Outcome.UNKNOWN, f"after the copy, seen {seen}; needed {before.version} on the same boot; next: {look}"


def _unanswered(what: str, error: DeviceError) -> str:
    """Return that a device could not be asked, or, where it answered, that the answer does not read."""
    if isinstance(error, _UNREADABLE):
        return f"{what} does not read: {error}"
    return f"it could not be asked {what}: {error}"


def _runs(context: Context) -> tuple[Running, bool | None, str]:
    with context.driver() as driver:
        running, booted = boot_look(context, driver, context.record.recall(COPY) or {})
        return running, booted, f"{driver.support.look} on the device"


def _asked(
    context: Context, operation: str, before: Snapshot, table: Table, undo: Callable[[_Asked, Snapshot], bool]
) -> _Asked:
    """Ask the device, and take back what `undo` says may be; each answer stands for itself."""
    with context.driver() as driver:
        mark = (context.record.recall(f"{operation} sent") or {}).get("mark")
        trace = readable(lambda: driver.trace(operation, mark))
        seen = readable(lambda: _boot(context, driver))
        running, booted = (seen, None) if isinstance(seen, Unread) else seen
        installed = table.read(driver)
        asked = _Asked(driver.support, running, booted, installed, trace)
        if not undo(asked, before):
            return asked
        try:
            undone = driver.restore(before)
        except (SessionLost, DeadlineExceeded, UnexpectedPrompt) as error:
            return replace(
                asked, installed=Unread(str(error)), undone=f"whether it was taken back is not known: {error}"
            )
        except DeviceError as error:
            return replace(asked, undone=f"what it left set could not be taken back: {error}")
        if undone:
            context.record.event("restored", undone)
            return replace(asked, installed=table.read(driver), undone=undone)
        return asked


def _boot(context: Context, driver: Driver) -> tuple[Running, bool | None]:
    mark = context.record.recall("boot")
    return (driver.running(), None) if mark is None else boot_look(context, driver, mark)


def _under_way(trace: Trace | Unread) -> bool | None:
    return None if isinstance(trace, Unread) else trace.received is True and trace.finished is False


def _last_words(context: Context) -> Installed | None:
    """Ask once where the target stands, for the time that is left; None where the device does not say."""
    if context.refusals.count:
        return None  # one more login might lock the account
    try:
        with context.session(attempts=1) as session:
            return context.on(session).installed(context.image)
    except DeviceError:
        return None


def _seen(asked: _Asked) -> str:
    running, installed = asked.running, asked.installed
    if isinstance(running, Unread):
        runs = f"what runs does not read: {running.why}"
    else:
        runs = f"{', '.join(sorted(set(running.members.values())))} runs"
    if isinstance(installed, Unread):
        stands = f"where the image stands does not read: {installed.why}"
    else:
        stands = f"the image is {installed.placement}"
    return "; ".join(filter(None, (f"seen: {runs}, {stands}", asked.undone)))


def _unread_boot(asked: _Asked) -> str:
    if not isinstance(asked.installed, Unread):
        return ""
    return f"what its next reload starts does not read: {asked.installed.why}; next: {asked.support.look} on the device"


def _facts(installed: Installed | Unread) -> Installed | None:
    return installed if isinstance(installed, Installed) else None


def _armed(context: Context, installed: Installed | None) -> str:
    return left_armed(context.record.recall, context.clock, context.device.name, installed)


def _told(context: Context, seen: str, installed: Installed | None) -> str:
    kept = [context.record.recall(f"{name} sent") or {} for name in ("add", "activate", "commit", "abort")]
    sent = [str(each.get("command", "an install command")) for each in kept if each]
    look = next((each["look"] for each in kept if "look" in each), "`show version`")
    parts = (f"sent: {', '.join(sent)}", seen, _armed(context, installed), f"next, on its console: {look}")
    return "; ".join(filter(None, parts))
