"""Adding an image to a device that unpacks it before it is activated: once, and with the configuration saved."""

from __future__ import annotations

from swimctl.errors import SessionLost, StepFailed
from swimctl.platforms.base import Sent, Support
from swimctl.platforms.driver import Adds, Changes, Offers, Preserves, Saves
from swimctl.platforms.facts import Placement
from swimctl.steps.base import JobContext
from swimctl.steps.others import require_alone
from swimctl.steps.readiness import baseline
from swimctl.steps.send_once import send_once, wait_while_running, was_sent
from swimctl.steps.target import called


def add(context: JobContext, driver: Changes, installer: Adds) -> None:
    """Have the image added, once, and see that it is there; StepFailed where it is not."""
    if driver.installed(context.image).placement is not Placement.ABSENT:
        context.record.event("added", f"{called(context.image)} is already on all members")
        return
    if was_sent(context, "add"):

        def done() -> bool:
            return driver.installed(context.image).placement is not Placement.ABSENT

        if wait_while_running(context, driver, "add", context.settings.deadlines.add, done):
            if done():
                return
            raise StepFailed(
                f"the device took '{driver.support.add}' but has not added {called(context.image)}; nothing was "
                f"activated; next: {driver.support.look} on the device"
            )
    elif context.settings.activation.snapshot and isinstance(driver, Preserves):
        _preserve(context, driver, driver)
    require_alone(context, driver)
    save(context, driver)
    command, look = driver.support.add, driver.support.look
    context.record.say(f"{command} {called(context.image)}")
    sent = send_once(context, driver, "add", lambda: installer.add(context.image))
    if sent.dropped:
        raise SessionLost(f"the session ended in '{command}'")
    if sent.outcome.succeeded is not True:
        raise StepFailed(refused(driver.support, command, sent, "this job activated nothing"))
    if driver.installed(context.image).placement is Placement.ABSENT:
        raise StepFailed(
            f"'{command}' answered with success, but the device does not list {called(context.image)}; "
            f"nothing was activated; next: {look} on the device"
        )


def _preserve(context: JobContext, driver: Changes, keeper: Preserves) -> None:
    """Have the device keep a copy of what runs, once, unless it has one; without it nothing is added."""
    command = driver.support.preserve
    if not keeper.unpreserved():
        context.record.event("preserved", "the device already has a copy of the running system")
        return
    seconds = context.settings.deadlines.snapshot
    sure = was_sent(context, "preserve") and wait_while_running(
        context, driver, "preserve", seconds, lambda: not keeper.unpreserved()
    )
    if not sure:
        context.record.say(f"{command}: copying the running system")
        sent = send_once(context, driver, "preserve", keeper.preserve)
        if sent.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if sent.outcome.succeeded is not True:
            raise StepFailed(refused(driver.support, command, sent, "nothing was added"))
    if lacking := keeper.unpreserved():
        raise StepFailed(
            f"the device took '{command}' and has no copy of the running system; seen: {lacking}; needed: "
            f"{baseline(context).version} on every member; nothing was added; next: the same commands on the device"
        )


def save(context: JobContext, driver: Offers) -> None:
    """Save the configuration where a reload would lose it; a device that keeps it by itself has nothing to save."""
    if isinstance(driver, Saves):
        context.record.say("saving the configuration")
        driver.save()


def refused(support: Support, command: str, sent: Sent, state: str = "") -> str:
    """Return that a command failed, why, what became of the device, and what to do next."""
    why = sent.outcome.reason or (
        "the session ended before the device answered" if sent.dropped else "no word of success"
    )
    parts = (f"'{command}' failed: {why}", state, f"next: {support.look} on the device")
    return "; ".join(filter(None, parts))
