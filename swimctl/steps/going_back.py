"""Go back to what ran before, once, and prove that the device runs it again."""

from __future__ import annotations

from typing import NoReturn

from swimctl.clock import Deadline
from swimctl.errors import DeviceUnknown, SessionLost, StepFailed, SwimctlError
from swimctl.platforms.base import Sent
from swimctl.platforms.driver import Aborts, Changes, Offers, Returns, TellsInstalled
from swimctl.platforms.facts import Installed, Placement, Running, Snapshot
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.evidence import Unread, missing, went_back
from swimctl.steps.pausing import Parts
from swimctl.steps.reload import BOOTING, NOT_BACK, boot_mark, wait_for_down, wait_for_reload
from swimctl.steps.seeing import Table
from swimctl.steps.send_once import answer_to, send_once, wait_while_running, was_sent
from swimctl.steps.target import called, is_applied, is_patch, runs_as_before


def go_back(context: JobContext, before: Snapshot, complaint: str) -> Parts[NoReturn]:
    """Return the device to its old release because of a complaint, without a thread while it is away.

    Raises StepFailed where it is back, DeviceUnknown where not.
    """
    context.record.event("complaint", complaint)
    context.record.remember("complaint", complaint)
    table = Table(context)
    try:
        context.again(lambda: _start(context, before, complaint, table))
    except NOT_BACK as error:
        if not was_sent(context, "abort"):
            raise DeviceUnknown(f"{complaint}; and no way back could be started: {error}") from error
        context.record.event("session", f"{error}; asking the device")
    raise (yield from _confirm(context, before))


def _start(context: JobContext, before: Snapshot, complaint: str, table: Table) -> None:
    with context.session() as session:
        driver = context.on(session)
        if was_sent(context, "abort"):
            deadline = context.settings.deadlines.commit
            if wait_while_running(
                context, driver, "abort", deadline, lambda: runs_as_before(driver, context.image, before)
            ):
                return
        elif runs_as_before(driver, context.image, before):
            raise StepFailed(
                f"the device runs {before.version} again: {complaint}; its log may say why: "
                f"{driver.support.look}, then `swimctl retry`"
            )
        if _is_committed(context, table.read(driver)) and not isinstance(driver, Returns):
            raise StepFailed(
                f"{called(context.image)} is committed, but {complaint}; nothing goes back by itself; next: "
                f"{driver.support.look} on the device, then, to go back by hand: {driver.support.way_back}"
            )
        _send(context, session, driver, before)


def _is_committed(context: JobContext, installed: Installed | Unread) -> bool:
    """Return whether the target is committed: by the install state, else by the commit's own word."""
    if isinstance(installed, Installed):
        return installed.placement is Placement.COMMITTED
    return answer_to(context, "commit") is True


def _send(context: JobContext, session: Session, driver: Changes, before: Snapshot) -> None:
    support = driver.support
    command = support.command("abort")
    context.record.say(f"{command}: going back")
    context.record.remember("boot before abort", boot_mark(context, driver.running()))
    sent = send_once(context, driver, "abort", lambda: _goes_back(driver, before))
    if sent.dropped and sent.outcome.succeeded is None:
        raise SessionLost(f"the session ended in '{command}'")
    if sent.outcome.succeeded is False and not sent.dropped:
        raise DeviceUnknown(
            f"'{command}' failed: {sent.outcome.reason or 'no reason given'}; it was sent because "
            f"{complaint_of(context)}; the way back: {support.way_back}; next: {support.look} on the device"
        )
    if not (sent.dropped or is_patch(context.image)):
        wait_for_down(context, session, context.settings.deadlines.down)


def _goes_back(driver: Offers, before: Snapshot) -> Sent:
    if isinstance(driver, Returns):
        return driver.back(before)
    if isinstance(driver, Aborts):
        return driver.abort()
    raise StepFailed(f"{driver.support.name}: no way back is known; next: {driver.support.look}")


def complaint_of(context: JobContext) -> str:
    """Return why the device was to go back, as the job remembers it."""
    return str(context.record.recall("complaint") or "an earlier check failed")


def _confirm(context: JobContext, before: Snapshot) -> Parts[SwimctlError]:
    """Return how it ends."""
    mark = context.record.recall("boot before abort") or {}
    patch = is_patch(context.image)

    def taken_back(driver: TellsInstalled, _now: Running) -> bool:
        return patch and not is_applied(driver, context.image)

    now, reloaded = yield from wait_for_reload(context, mark, seen_down=False, enough=taken_back)
    now = yield from _joined(context, before, now)
    context.tell_running(now)
    kept = complaint_of(context)
    late = missing(before, now)
    if not late and went_back(now, before, reloaded=reloaded, patch=patch):
        return StepFailed(f"rolled back to {now.version}{' without the patch' if patch else ''}: {kept}")
    sent = context.record.recall("abort sent") or {}
    runs = ", ".join(f"{name}: {version}" for name, version in now.members.items())
    seen = f"{runs or now.version} runs{f' ({late})' if late else ''}"
    return DeviceUnknown(
        f"'{sent.get('command', 'the way back')}' was sent because {kept}; now {seen}, needed: {before.version} on "
        f"every member; next: {sent.get('look', '`show version`')} on the device"
    )


def _joined(context: JobContext, before: Snapshot, now: Running) -> Parts[Running]:
    """Wait for members that join later than the one that answers: without them nothing is proved."""
    ready = Deadline(context.clock, context.settings.deadlines.ready)
    while (late := missing(before, now)) and not ready.passed:
        context.record.say(f"waiting: {late}")
        yield context.leave(context.settings.login.poll)
        try:
            with context.driver() as driver:
                now = driver.running()
        except BOOTING as error:
            context.record.event("session", f"{error}; asking again")
    return now
