"""Commit what runs, once, and prove that it is committed."""

from __future__ import annotations

from typing import Final

from swimctl.clock import Deadline
from swimctl.errors import DeadlineExceeded, DeviceUnknown, SessionLost, StepFailed, UnexpectedPrompt
from swimctl.platforms.base import Sent
from swimctl.platforms.driver import Changes, Commits, CommitsImage, Offers
from swimctl.platforms.facts import Installed, Placement
from swimctl.sessions.one_look import one_look
from swimctl.steps.base import JobContext
from swimctl.steps.evidence import Unread, committed
from swimctl.steps.seeing import Table, readable
from swimctl.steps.send_once import answer_to, send_once, wait_while_running, was_sent
from swimctl.steps.target import is_patch

# Device seconds that the install state may take to show a commit, or to read at all.
_LAG: Final = 60.0


def keep(context: JobContext) -> str:
    """Commit what runs; return by what that is proved, empty where the install state shows it.

    Raises DeviceUnknown where it is not proved, and what comes of a lost session.
    """
    before, after, handled = Table(context), Table(context), False

    def act() -> str:
        nonlocal handled
        with context.driver() as driver:
            if not handled:
                _commit(context, driver, before)
            handled = True  # a session that is lost from here on sends nothing again
            return _confirm(context, driver, after)

    try:
        return context.again(act)
    except (DeadlineExceeded, UnexpectedPrompt) as error:
        # The answer did not come; whether the commit did, the device tells.
        handled = True
        context.record.event("session", f"{error}; asking the device")
    return context.again(act)


def _commit(context: JobContext, driver: Changes, table: Table) -> None:
    now = table.read(driver)
    if _is_committed(now):
        context.record.event("committed", "the device says that it is committed")
        return
    if isinstance(now, Unread) and not driver.support.commit:
        return  # nothing has to be sent there to keep what runs
    seconds = context.settings.deadlines.commit

    def done() -> bool:
        return _is_committed(table.read(driver))

    if was_sent(context, "commit") and wait_while_running(context, driver, "commit", seconds, done):
        return
    _send(context, driver)
    if answer_to(context, "commit") is False and not done():
        raise DeviceUnknown(_refused(context, driver))


def _is_committed(table: Installed | Unread) -> bool:
    return isinstance(table, Installed) and table.placement is Placement.COMMITTED and not table.timer_runs


def _send(context: JobContext, driver: Changes) -> None:
    command = driver.support.command("commit")
    context.record.say(command)
    sent = send_once(context, driver, "commit", lambda: _commits(context, driver))
    if sent.dropped and sent.outcome.succeeded is None:
        raise SessionLost(f"the session ended in '{command}'")


def _commits(context: JobContext, driver: Offers) -> Sent:
    if isinstance(driver, Commits):
        return driver.commit()
    if isinstance(driver, CommitsImage):
        return driver.commit_image(context.image)
    raise StepFailed(f"{driver.support.name}: nothing is known that keeps what runs; next: {driver.support.look}")


def _refused(context: JobContext, driver: Offers) -> str:
    support = driver.support
    why = (context.record.recall("commit answered") or {}).get("reason") or "no reason given"
    by_hand = f", then `{support.commit}`" if support.commit else ""
    return (
        f"'{support.command('commit')}' failed: {why}; {context.device.name} runs {context.image.version}, not "
        f"committed; next: {support.look}{by_hand} on the device"
    )


def _confirm(context: JobContext, driver: Changes, table: Table) -> str:
    """Prove that what runs is committed; an install state that does not show it yet, or cannot be read, gets time."""
    lag, said = Deadline(context.clock, _LAG, watch=True), answer_to(context, "commit")
    ready = Deadline(context.clock, context.settings.deadlines.ready)
    while True:
        with one_look():
            running, installed = readable(driver.running), table.read(driver)
        proof = committed(running, installed, context.image.version, said=said, patch=is_patch(context.image))
        if proof.proved and not proof.by:
            context.tell_running(running)
            return ""
        if (ready if proof.doubt else lag).passed:
            break
        context.record.say(f"asking whether it is committed: {proof.by}")
        context.pause(context.settings.login.poll)
    if proof.proved:
        context.tell_running(running)
        context.record.event("committed", proof.by)
        return proof.by
    raise DeviceUnknown(
        f"it is not proved that {context.device.name} keeps {context.image.version}; seen at the end: {proof.by}; "
        f"needed {context.image.version} on every member, committed, no timer; next: {driver.support.look} on the "
        "device"
    )
