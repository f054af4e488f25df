"""What a device is when its job has failed: asked of the device, never guessed; what was left half-done is undone."""

from __future__ import annotations

from swimctl.errors import (
    DeadlineExceeded,
    DeviceError,
    DeviceUnknown,
    SessionLost,
    StepFailed,
    SwimctlError,
    Unreachable,
)
from swimctl.facts import Installed, Placement, Running, Snapshot
from swimctl.models import Outcome
from swimctl.steps.base import Context
from swimctl.steps.once import was_sent
from swimctl.steps.readiness import baseline
from swimctl.steps.reload import look
from swimctl.steps.target import is_patch, on_target
from swimctl.versions import same_release


def outcome_of_failure(context: Context, error: SwimctlError) -> tuple[Outcome, str]:
    """Tell what the device is after this error, and where that is unknown, what was sent, seen, and comes next.

    Until an activation may have left, nothing that runs was changed; but what was added may start at the next reload.
    After it only the device can tell.
    """
    if not was_sent(context, "activate"):
        return _added_only(context, error) if was_sent(context, "add") else (Outcome.UNTOUCHED, "")
    if isinstance(error, DeviceUnknown):
        return Outcome.UNKNOWN, _told(context, "")
    try:
        before = baseline(context)
        running, booted, installed, under_way = context.again(lambda: _asked(context, before))
    except (DeviceError, StepFailed) as unanswered:
        return Outcome.UNKNOWN, _told(context, f"it could not be asked what it is now: {unanswered}")
    outcome = judge(
        context.image.version,
        before.version,
        running,
        installed,
        booted=booted,
        under_way=under_way,
        patch=is_patch(context.image),
        # One that was never there is missed by nobody.
        members=sum(state != "Provisioned" for state in before.members.values()),
    )
    seen = f"seen: {running.version} runs, the image is {installed.placement}"
    return outcome, _told(context, seen) if outcome is Outcome.UNKNOWN else ""


def _added_only(context: Context, error: SwimctlError) -> tuple[Outcome, str]:
    """Take back what was added where the next reload would start it, and tell what is left of it."""
    try:
        installed, runs_still = context.again(lambda: _after_add(context))
    except (DeviceError, StepFailed) as unanswered:
        return Outcome.UNTOUCHED, _told(context, f"it could not be asked what its next reload starts: {unanswered}")
    if installed.placement is Placement.NEXT:
        return Outcome.UNKNOWN, _told(context, f"seen: {context.image.version} is {installed.placement}")
    if runs_still and isinstance(error, SessionLost | DeadlineExceeded | Unreachable):
        return Outcome.UNTOUCHED, _told(context, "it cannot be told whether that still runs, nor what it leaves")
    return Outcome.UNTOUCHED, ""


def _after_add(context: Context) -> tuple[Installed, bool]:
    """Tell where the image stands once what the next reload would start is taken back, and whether more may come."""
    with context.driver() as driver:
        installed = driver.installed(context.image)
        if installed.placement is Placement.NEXT:
            if restored := driver.restore(baseline(context)):
                context.record.event("restored", restored)
            return driver.installed(context.image), False
        trace = driver.trace("add", (context.record.recall("add sent") or {}).get("mark"))
        return installed, trace.received is not False and not trace.finished


def _asked(context: Context, before: Snapshot) -> tuple[Running, bool | None, Installed, bool]:
    with context.driver() as driver:
        mark = (context.record.recall("activate sent") or {}).get("mark")
        trace = driver.trace("activate", mark)
        under_way = trace.received is True and trace.finished is False
        boot = context.record.recall("boot")
        running, booted = (driver.running(), None) if boot is None else look(context, driver, boot)
        installed = driver.installed(context.image)
        if on_target(running, before.version) and not under_way and installed.abort_timer is None:
            restored = driver.restore(before)
            if restored:
                context.record.event("restored", restored)
                installed = driver.installed(context.image)
        return running, booted, installed, under_way


def judge(
    target: str,
    before: str,
    running: Running,
    installed: Installed,
    *,
    booted: bool | None,
    under_way: bool,
    members: int,
    patch: bool = False,
) -> Outcome:
    """Judge by what the device says of itself. Pure. `under_way`: its log knows of an activation without an end.

    A `patch` is for the release that runs: where it stands tells of it, and the release does not.

    `members` is how many there were before: those that are gone say nothing of what they run.
    """
    if installed.abort_timer is not None or under_way or len(running.members) < members:
        return Outcome.UNKNOWN
    committed = installed.placement is Placement.COMMITTED
    same = same_release(target, before) and not patch
    if on_target(running, target) and committed and not same:
        return Outcome.UPGRADED
    as_before = committed if same else installed.placement in {Placement.ABSENT, Placement.ADDED}
    if on_target(running, before) and as_before:
        if booted is False:
            return Outcome.UNTOUCHED
        if booted is True:
            return Outcome.ROLLED_BACK
    return Outcome.UNKNOWN


def _told(context: Context, seen: str) -> str:
    kept = [context.record.recall(f"{name} sent") or {} for name in ("add", "activate", "commit", "abort")]
    sent = [str(each.get("command", "an install command")) for each in kept if each]
    look = next((each["look"] for each in kept if "look" in each), "`show version`")
    return "; ".join(part for part in (f"sent: {', '.join(sent)}", seen, f"next, on its console: {look}") if part)
