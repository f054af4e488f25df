"""Activation: pass the point of no return once, and wait until the device proves that it reloaded."""

from __future__ import annotations

from swimctl.errors import DeviceUnknown, SessionLost, StepFailed
from swimctl.platforms.driver import (
    Activates,
    Adds,
    Changes,
    ChecksAgain,
    Offers,
    Rehearses,
    TellsInstalled,
)
from swimctl.platforms.facts import Placement, Running
from swimctl.platforms.versions import same_release
from swimctl.sessions.session import Session
from swimctl.states import JobStatus
from swimctl.steps.adding import add, refused, save
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.evidence import Unread
from swimctl.steps.others import require_alone
from swimctl.steps.pausing import Parts, see_through
from swimctl.steps.predownloading import ACCESS_POINTS
from swimctl.steps.readiness import ReadinessCheck, baseline
from swimctl.steps.reload import NOT_BACK, boot_look, boot_mark, wait_for_down, wait_for_reload
from swimctl.steps.seeing import readable
from swimctl.steps.send_once import answer_to, send_once, wait_while_running, was_sent
from swimctl.steps.target import called, is_applied, is_patch, on_target

# So many sessions may be lost, one after the other, before an activation is given up.
_SESSIONS = 3


class Activation:
    """Save, add, activate; then down, up, a newer boot, and no second reload."""

    kind = "activation"
    job_status = JobStatus.ACTIVATING
    stop_before = True

    def run(self, context: JobContext) -> StepResult:
        """End with the device on a boot newer than the baseline, whatever it runs: that is for the post-checks."""
        return see_through(self.in_parts(context), context.clock, context.stop)

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Do the same, without a thread while the device is away."""
        if not was_sent(context, "activate"):
            look = ReadinessCheck().once_more(context)
            if look is not None and look.finished:
                return look
        now, reloaded = yield from self._reload(context)
        if not reloaded:
            sent = context.record.recall("activate sent") or {}
            apart = ", ".join(f"{name}: {version}" for name, version in now.members.items())
            runs = apart if len(set(now.members.values())) > 1 else now.version
            answered = (
                "said that it succeeded" if answer_to(context, "activate") else "gave an answer that cannot be read"
            )
            raise StepFailed(
                f"{context.device.name} did not reload: it still runs {runs} since the same boot; seen: the activation "
                f"{answered}; needed: a newer boot{_in_service(context, ', or the image')}; next: "
                f"{sent.get('look', '`show version`')} on the device, then `swimctl retry`"
            )
        state = now.doubt or ("as wanted" if on_target(now, context.image.version) else f"not {context.image.version}")
        if is_patch(context.image):
            return StepResult(f"{called(context.image)} activated, up with {now.version}")
        return StepResult(f"{_in_service(context, 'in service, ') or 'reloaded and '}up with {now.version} ({state})")

    def _reload(self, context: JobContext) -> Parts[tuple[Running, bool]]:
        """Have it activated, whatever became of the sessions; return what runs after that, and whether it reloaded."""
        sessions = 0

        def arrived(driver: TellsInstalled, now: Running) -> bool:
            return _arrived(context, driver, now)

        while True:
            sessions += 1
            try:
                seen_down = self._send(context)
            except NOT_BACK as error:
                lost, last = isinstance(error, SessionLost), sessions == _SESSIONS
                mark = context.record.recall("boot") if was_sent(context, "activate") else None
                if mark is None and (last or not lost):
                    raise
                context.record.event("session", f"{error}; asking the device")
                if mark is None or (lost and not last):
                    continue
                # It may be reloading, and nobody can ask it before it is back.
                now, reloaded = yield from wait_for_reload(context, mark, seen_down=not lost, enough=arrived)
                if last or reloaded:
                    return now, reloaded
            else:
                mark = context.record.recall("boot") or {}
                return (yield from wait_for_reload(context, mark, seen_down=seen_down, enough=arrived))

    def _send(self, context: JobContext) -> bool:
        """Add and activate, or find out what became of that; return whether the device was seen to go down."""
        try:
            with context.session() as session:
                driver = context.on(session)
                if was_sent(context, "activate"):
                    return self._after_doubt(context, session, driver)
                if isinstance(driver, Adds) and driver.unpacks:
                    add(context, driver, driver)
                context.checkpoint()
                context.record.remember("boot", boot_mark(context, driver.running()))
                return self._activate(context, session, driver)
        finally:
            context.part()

    def _activate(self, context: JobContext, session: Session, driver: Activates) -> bool:
        command = driver.support.activate
        require_alone(context, driver)
        self._rehearse(context, driver)
        # Else it was saved just before the image was added; where access points loaded that, hours have passed.
        if not _unpacks(driver) or context.record.recall(ACCESS_POINTS) is not None:
            save(context, driver)
        context.record.say(f"{command} {called(context.image)}")
        sent = send_once(context, driver, "activate", lambda: driver.activate(context.image))
        if sent.dropped and sent.outcome.succeeded is None:
            raise SessionLost(f"the session ended in '{command}'")
        if sent.outcome.succeeded is False:
            # What the device is, it is asked where the job ends: whoever made it refuse may be changing that.
            raise StepFailed(refused(driver.support, command, sent))
        if sent.outcome.no_change:
            raise StepFailed(
                "the device says that there is nothing to change, and does not reload; "
                f"next: {driver.support.look} on the device"
            )
        if context.options.issu or is_patch(context.image):
            return sent.dropped  # perhaps nothing goes down
        return sent.dropped or wait_for_down(context, session, context.settings.deadlines.down)

    def _rehearse(self, context: JobContext, driver: Offers) -> None:
        """Have the device say what it would do, where it can; after a doubt its no may mean that it is at it."""
        if not isinstance(driver, Rehearses | ChecksAgain):
            return
        context.record.say("asking the device what the installation would do")
        findings = driver.rehearse(context.image) if isinstance(driver, Rehearses) else driver.check_again()
        refused = " | ".join(str(finding) for finding in findings if not finding.ok)
        if refused and was_sent(context, "activate"):
            raise DeviceUnknown(f"the activation may have arrived in a lost session, and now: {refused}")
        if refused:
            raise StepFailed(f"not activated: {refused}")
        context.record.event("rehearsed", "; ".join(map(str, findings)))

    def _after_doubt(self, context: JobContext, session: Session, driver: Activates) -> bool:
        """Find out what became of an activation that was sent in an earlier session, or meant to be."""
        mark = context.record.recall("boot")
        if mark is None:
            raise DeviceUnknown(
                "the activation is recorded as sent, but the boot before it is not; next: `show version` on the device"
            )

        def reloaded() -> bool:
            now, new_boot = boot_look(context, driver, mark)
            return bool(new_boot) or _arrived(context, driver, now)

        if reloaded():
            return True
        if wait_while_running(context, driver, "activate", context.settings.deadlines.activate, reloaded):
            return reloaded() or wait_for_down(context, session, context.settings.deadlines.down)
        if _unpacks(driver):
            _see_added(context, driver)
        context.checkpoint()
        return self._activate(context, session, driver)


def _unpacks(driver: Offers) -> bool:
    return isinstance(driver, Adds) and driver.unpacks


def _see_added(context: JobContext, driver: Changes) -> None:
    """Refuse to send once more an activation that never came, where what it would start is not proved to be there."""
    installed = readable(lambda: driver.installed(context.image))
    if isinstance(installed, Unread):
        raise StepFailed(
            f"the activation never arrived, and swimctl cannot read whether {called(context.image)} is still added: "
            f"{installed.why}; nothing was activated; next: {driver.support.look} on the device, then `swimctl retry`"
        )
    if installed.placement not in {Placement.ADDED, Placement.NEXT}:
        raise StepFailed("the image is no longer added on the device; next: `swimctl retry`")


def _arrived(context: JobContext, driver: TellsInstalled, now: Running) -> bool:
    """Return whether a patch, or an upgrade in service of the whole device, is there without a reload."""
    if is_patch(context.image):
        return is_applied(driver, context.image)
    version = context.image.version
    return context.options.issu and on_target(now, version) and not same_release(baseline(context).version, version)


def _in_service(context: JobContext, words: str) -> str:
    return words if context.options.issu or is_patch(context.image) else ""
