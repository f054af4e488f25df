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
    HostKeyRefused,
    NotReady,
    OtherDevice,
    SessionLost,
    SwimctlError,
    UnexpectedPrompt,
    Unidentified,
    UnparsableOutput,
)
from swimctl.models import Outcome
from swimctl.platforms.base import Support, Trace
from swimctl.platforms.driver import PutsBack, Restores, TellsRunning
from swimctl.platforms.facts import Installed, Placement, Running, Snapshot
from swimctl.platforms.journal import Logged
from swimctl.steps import evidence, removal
from swimctl.steps.base import ENTERED, JobContext
from swimctl.steps.evidence import Unread, new_boot
from swimctl.steps.left_armed import left_armed
from swimctl.steps.others import at_work, told
from swimctl.steps.readiness import FOUND, baseline
from swimctl.steps.reload import boot_look, elapsed_since
from swimctl.steps.seeing import Table, readable
from swimctl.steps.send_once import answer_to, last_left, trace_of, was_sent
from swimctl.steps.target import is_patch, on_target

# Of the copy's beginning in a job's record; its value is the device's boot then.
COPY = "copy"
_UNREADABLE = (CommandRefused, UnparsableOutput)
# Something answers, and whether it is the device is not proved.
_NOT_KNOWN = (OtherDevice, Unidentified, HostKeyRefused)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a device said after a failure. `undone`: what was taken back, or why that did not work.

    `booted` is since the newest mark of its boot, `earlier` that it booted in this job before that, `doubt` that a
    member of it did, or that it may have. `others` is what somebody else began there since the baseline. `refused`: it
    did not take our command, so one that runs there is another's.
    """

    support: Support
    running: Running | Unread
    booted: bool | None
    earlier: bool
    doubt: str
    installed: Installed | Unread
    trace: Trace | Unread
    others: tuple[Logged, ...] = ()
    undone: str = ""
    refused: bool = False

    @property
    def under_way(self) -> bool | None:
        """Return whether an operation has not ended, ours or another's; None: that could not be read."""
        if any(not each.ended for each in self.others):
            return True
        return None if isinstance(self.trace, Unread) else self.trace.received is True and self.trace.finished is False

    def corrected(self, outcome: Outcome) -> Outcome:
        """Return the outcome, but for a device that booted earlier in this job, or in part, which is not untouched."""
        if outcome is not Outcome.UNTOUCHED or not (self.earlier or self.doubt):
            return outcome
        return Outcome.ROLLED_BACK if self.earlier else Outcome.UNKNOWN


def outcome_of_failure(context: JobContext, error: SwimctlError) -> tuple[Outcome, str]:
    """Return what the device is after this error, and what was sent, seen, waits in it, and comes next.

    It is asked of the device. Nobody asks one that was never entered, nor one that was just read to the end and
    refused by its readiness check: to both, nothing was sent that changes anything.
    """
    if isinstance(error, OtherDevice):
        outcome, said = Outcome.UNKNOWN, _told(context, "", None)
    elif was_sent(context, "activate"):
        outcome, said = _after_activation(context, error)
    elif was_sent(context, "add"):
        outcome, said = _after_add(context)
    elif never_entered(context.record.recall):
        outcome, said = Outcome.UNTOUCHED, f"no login to {context.device.name} in this job: nothing was sent to it"
    elif isinstance(error, NotReady) and context.record.recall(COPY) is None:
        outcome, said = Outcome.UNTOUCHED, ""
    else:
        outcome, said = what_it_is(context)
    return outcome, "; ".join(filter(None, (removal.told(context.record.recall), said)))


def never_entered(recall: Callable[[str], object]) -> bool:
    """Return whether nobody got into the device in this job, by its record; a record of an older swimctl counts too."""
    return all(recall(key) is None for key in (ENTERED, "baseline", COPY, "add sent", "activate sent"))


def nobody_could_ask(recall: Callable[[str], object]) -> Outcome:
    """Return what a device is of which only the job's record is there: one that was entered may be anything now."""
    return Outcome.UNTOUCHED if never_entered(recall) else Outcome.UNKNOWN


def _after_activation(context: JobContext, error: SwimctlError) -> tuple[Outcome, str]:
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
        under_way=asked.under_way,
        patch=is_patch(context.image),
        members=_present(before),
        said_committed=answer_to(context, "commit") is True,
    )
    corrected = asked.corrected(outcome)
    if corrected is Outcome.UNKNOWN:
        return corrected, _told(context, _seen(asked), _facts(asked.installed))
    booted = "it rebooted earlier in this job, and not in its activation" if corrected is not outcome else ""
    stays = f"the device was asked and stays on {before.version}" if _stays(corrected, asked) else ""
    return corrected, "; ".join(
        filter(None, (booted, stays, _unread_boot(asked), _armed(context, _facts(asked.installed))))
    )


def _stays(outcome: Outcome, asked: _Asked) -> bool:
    return asked.refused and outcome is Outcome.UNTOUCHED


def _present(before: Snapshot) -> int:
    """Count the members of before; one that was never there is missed by nobody."""
    return sum(state != "Provisioned" for state in before.members.values())


def _undoable(asked: _Asked, before: Snapshot) -> bool:
    """Return whether what the activation left set may be taken back: it did not start, and nothing is under way."""
    running, installed = asked.running, asked.installed
    timer = isinstance(installed, Installed) and installed.timer_runs
    as_before = isinstance(running, Running) and on_target(running, before.version)
    return as_before and not timer and asked.under_way is False


def _after_add(context: JobContext) -> tuple[Outcome, str]:
    """Return what the adding left, once what the next reload would start is taken back."""
    try:
        before, table = baseline(context), Table(context)
        asked = context.again(lambda: _asked(context, "add", before, table, undo=_starts))
    except DeviceError as unanswered:
        return Outcome.UNKNOWN, _told(context, _unanswered("what its next reload starts", unanswered), None)
    installed, trace = asked.installed, asked.trace
    found = evidence.not_installed(
        context.image.version,
        before.version,
        asked.running,
        installed,
        booted=asked.booted,
        under_way=asked.under_way,
        members=_present(before),
        patch=is_patch(context.image),
    )
    outcome = asked.corrected(found)
    if outcome is Outcome.UNKNOWN:
        return outcome, _told(context, _seen(asked), _facts(installed))
    through = isinstance(trace, Trace) and (trace.received is False or bool(trace.finished))
    if answer_to(context, "add") is not False and asked.support.starts_added and not through:
        seen = (
            f"{_seen(asked)}, and what else it left is not known; its next reload may start {context.image.version}; "
            f"to prevent that: {asked.support.way_back}"
        )
        return Outcome.UNKNOWN, _told(context, seen, None)
    if outcome is Outcome.ROLLED_BACK:
        return outcome, f"it rebooted since the job began; nothing was activated; next: {asked.support.look}"
    return outcome, ""


def _starts(asked: _Asked, _before: Snapshot) -> bool:
    """Return whether what the next reload would start may be taken back: never under an operation that runs."""
    named = isinstance(asked.installed, Installed) and asked.installed.placement is Placement.NEXT
    return named and asked.under_way is not True


def what_it_is(context: JobContext) -> tuple[Outcome, str]:
    """Ask a device to which no installation was sent whether it is as before. Return its outcome and a text about it.

    It is where it runs what it ran, on the same boot, and where its next reload starts nothing else. Of a job that
    ended before a baseline was kept, a device that has not booted since the first login runs what it ran.
    """
    copied, table = context.record.recall(COPY) is not None, Table(context)
    after = "after the copy" if copied else "at the end"
    if context.refusals.count:
        return Outcome.UNKNOWN, f"its login is refused {after}, so it could not be asked; next: check its console"
    try:
        kept = context.record.recall("baseline")
        asked, runs = context.again(lambda: _stands(context, table))
    except DeviceError as unanswered:
        said = f"it does not answer {after}"
        if isinstance(unanswered, _UNREADABLE):
            said = f"what it runs {after} cannot be read"
        elif isinstance(unanswered, _NOT_KNOWN):
            said = f"it could not be asked {after}"
        return Outcome.UNKNOWN, f"{said}: {unanswered}; next: check its console"
    before = baseline(context) if kept is not None else None
    version, booted = before.version if before else runs, asked.booted
    found = evidence.not_installed(
        context.image.version,
        version,
        asked.running,
        asked.installed,
        booted=booted,
        under_way=asked.under_way,
        members=_present(before) if before else 1,
        patch=is_patch(context.image),
    )
    outcome = asked.corrected(found)
    look = f"{asked.support.look} on the device"
    if outcome is Outcome.UNTOUCHED:
        return outcome, ""
    if outcome is Outcome.ROLLED_BACK and before:
        when = "during the copy" if copied and not asked.earlier else "since the job began"
        return outcome, f"it rebooted {when}; nothing was activated; next: {look}"
    seen = _seen(asked)
    boot = {True: "it rebooted", False: "on the same boot", None: "whether it rebooted is not known"}[booted]
    return Outcome.UNKNOWN, (
        f"{after}, {seen}, {boot}; needed {version} on the same boot, and nothing else that its next reload starts; "
        f"next: {look}"
    )


def _unanswered(what: str, error: DeviceError) -> str:
    """Return that a device could not be asked, or, where it answered, that the answer cannot be read."""
    if isinstance(error, _UNREADABLE):
        return f"{what} cannot be read: {error}"
    return f"it could not be asked {what}: {error}"


def _stands(context: JobContext, table: Table) -> tuple[_Asked, str]:
    """Ask a device to which no installation was sent. Return its release, which must be readable."""
    with context.driver() as driver:
        running, booted, earlier, doubt = _boot(context, driver)
        nothing_sent = Trace(received=False, finished=None)
        found = table.read(driver)
        asked = _Asked(driver.support, running, booted, earlier, doubt, found, nothing_sent, at_work(context, driver))
        return asked, running.version


def _asked(
    context: JobContext, operation: str, before: Snapshot, table: Table, undo: Callable[[_Asked, Snapshot], bool]
) -> _Asked:
    """Ask the device, and undo what `undo` allows; each answer counts alone."""
    with context.driver() as driver:
        mark = (context.record.recall(f"{operation} sent") or {}).get("mark")
        trace = readable(lambda: trace_of(driver, operation, mark))
        seen = readable(lambda: _boot(context, driver))
        running, booted, earlier, doubt = (seen, None, False, "") if isinstance(seen, Unread) else seen
        installed = table.read(driver)
        refused = answer_to(context, operation) is False
        asked = _Asked(
            driver.support, running, booted, earlier, doubt, installed, trace, at_work(context, driver), refused=refused
        )
        if not undo(asked, before):
            return asked
        try:
            if isinstance(driver, PutsBack):
                # Where anybody may name what boots next, only what this job has named is its own.
                left = last_left(context, operation)
                undone = driver.put_back(before, left) if left else ""
                if not undone and _starts(asked, before):
                    sure = refused or left is not None
                    who = "was not named by this job" if sure else "may have been named by somebody else"
                    return replace(asked, undone=f"what its next reload starts {who}, so it stays")
            else:
                undone = driver.restore(before) if isinstance(driver, Restores) else ""
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


def _boot(context: JobContext, driver: TellsRunning) -> tuple[Running, bool | None, bool, str]:
    """Read what runs; return whether it booted since the newest mark, whether before that, and what is in doubt.

    The marks are of right before the activation, the copy, the baseline, and the first login. A member booted where it
    is up for less than the first of them is ago; where the device is up for about as long, it may have.
    """
    marks = [mark for mark in map(context.record.recall, ("boot", COPY, FOUND, ENTERED)) if mark is not None]
    if not marks:
        return driver.running(), None, False, ""
    since = elapsed_since(context.clock, marks[-1])
    running, booted = boot_look(context, driver, marks[0])
    perhaps = [mark for mark in marks[1:] if new_boot(mark, running, elapsed_since(context.clock, mark))]
    earlier = booted is False and any(boot_look(context, driver, mark)[1] for mark in perhaps)
    up = {"uptime": 0, "restarted_at": None}
    for part in running.parts:
        if part is None:
            return (
                running,
                booted,
                earlier,
                "whether a member rebooted is not known: its uptime cannot be read",
            )
        if new_boot(up, replace(running, uptime=part, restarted_at=None), since):
            return running, booted, earlier, "a member rebooted since the job began"
    if since is not None and running.uptime is not None and new_boot(up, running, since) is None:
        return running, booted, earlier, "whether it rebooted since the first login is not known"
    return running, booted, earlier, ""


def _last_words(context: JobContext) -> Installed | None:
    """Ask once for the state of the target and the time that is left. Return None if the device does not say."""
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
        runs = f"the running release cannot be read: {running.why}"
    else:
        runs = f"{', '.join(sorted(set(running.members.values())))} runs"
    if isinstance(installed, Unread):
        stands = f"the state of the image cannot be read: {installed.why}"
    else:
        stands = f"the image is {installed.placement}"
    doubt = asked.doubt if asked.booted is False else ""
    by_others = f"somebody else works on it: {told(asked.others)}" if asked.others else ""
    runs_there = isinstance(asked.trace, Trace) and asked.trace.received and asked.trace.finished is False
    if asked.refused and runs_there and not by_others:
        by_others = "its log shows an operation that has not ended, and ours was refused: somebody else may be at work"
    return "; ".join(filter(None, (f"seen: {runs}, {stands}", doubt, by_others, asked.undone)))


def _unread_boot(asked: _Asked) -> str:
    if not isinstance(asked.installed, Unread):
        return ""
    return (
        f"what its next reload starts cannot be read: {asked.installed.why}; next: {asked.support.look} on the device"
    )


def _facts(installed: Installed | Unread) -> Installed | None:
    return installed if isinstance(installed, Installed) else None


def _armed(context: JobContext, installed: Installed | None) -> str:
    return left_armed(context.record.recall, context.clock, context.device.name, installed)


def _told(context: JobContext, seen: str, installed: Installed | None) -> str:
    kept = [context.record.recall(f"{name} sent") or {} for name in ("add", "activate", "commit", "abort")]
    sent = [str(each.get("command", "an install command")) for each in kept if each]
    look = next((each["look"] for each in kept if "look" in each), "`show version`")
    parts = (
        f"sent: {', '.join(sent) or 'no command that starts another release'}",
        seen,
        _armed(context, installed),
        f"next, on its console: {look}",
    )
    return "; ".join(filter(None, parts))
