"""Post-Checks: prove the result on every member, compare with the baseline, then commit, or go back."""

from __future__ import annotations

from dataclasses import replace

from swimctl.errors import DeviceUnknown, SessionLost, StepFailed, Unreachable
from swimctl.platforms.driver import Compares
from swimctl.platforms.facts import Installed, Placement, Snapshot
from swimctl.states import JobStatus
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.checking import Watched
from swimctl.steps.comparison import changed_roles, went_down
from swimctl.steps.evidence import Pending, Seen, Then, Unread, Verdict, of_new_release
from swimctl.steps.going_back import complaint_of, go_back
from swimctl.steps.holding import hold, may_be_held, said_back, words_of
from swimctl.steps.keeping import keep
from swimctl.steps.left_armed import timer_left
from swimctl.steps.patience import Patience
from swimctl.steps.pausing import Parts, see_through, wanted
from swimctl.steps.readiness import baseline
from swimctl.steps.reload import BOOTING
from swimctl.steps.seeing import readable, see
from swimctl.steps.send_once import was_sent
from swimctl.steps.target import called
from swimctl.steps.waived import note_deviations
from swimctl.waivers import as_typed, how_to_waive

# Device seconds before the device goes back by itself in which nobody waits any more: what may be committed is.
_LAST = 300.0
# Device seconds between two looks of a job that has to leave its session meanwhile: each begins with a login.
_LOGIN_EVERY = 60.0


class PostChecks:
    """Look at everything that must be as wanted or as before; the device's own way back stays armed until then."""

    kind = "post-checks"
    job_status = JobStatus.ACTIVATING
    # The auto-abort timer runs: a stop here would undo the upgrade.
    stop_before = False

    def run(self, context: JobContext) -> StepResult:
        """End with the target committed on every member, or with the device back on what it ran."""
        return see_through(self.in_parts(context), context.clock, context.stop)

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Do the same, without a thread while the device is away, or late and others wait for the thread."""
        before = baseline(context)
        if was_sent(context, "abort"):
            yield from go_back(context, before, complaint_of(context))
        if said := said_back(context):
            yield from go_back(context, before, words_of(said))
        verdict, proof = yield from self._kept(context, before)
        worth = (context.record.recall("went down"), context.record.recall("roles"), verdict.told)
        noted = "".join(f"; {found}" for found in worth if found)
        how = f", proved by {proof}" if proof else ""
        if verdict.doubts:
            raise StepFailed(
                f"{called(context.image)} runs committed on every member{how}, but something could not be compared "
                f"with the baseline: {'; '.join(verdict.doubts)}{noted}; nothing goes back by itself; next: check that "
                f"on {context.device.name}; `swimctl job events {context.job.id}` has the baseline; you need no retry"
            )
        what = "all that must come back is back" if verdict.told else "all is as before"
        return StepResult(f"{called(context.image)} runs committed on every member{how}, and {what}{noted}")

    def _kept(self, context: JobContext, before: Snapshot) -> Parts[tuple[Verdict, str]]:
        """Commit where the look allows it; return that look, and by what the commit is proved.

        Where nothing allows it the device goes back, or DeviceUnknown is raised.
        """
        while True:
            verdict, proof = yield from self._kept_or_not(context, before)
            if proof is not None:
                return verdict, proof
            if not may_be_held(context, verdict):
                break
            if not (yield from hold(context, verdict)):
                break
        if verdict.then is Then.BACK:
            said = said_back(context)
            why = f"{words_of(said)}; {verdict.why}" if said else _complaint(context, verdict)
            yield from go_back(context, before, why)
        look = (context.record.recall("activate sent") or {}).get("look", "`show version`")
        raise DeviceUnknown(
            f"{context.device.name} was not committed, and did not go back: {verdict.why}; needed: "
            f"{context.image.version} on every member; next: {look} on the device"
        )

    def _kept_or_not(self, context: JobContext, before: Snapshot) -> Parts[tuple[Verdict, str | None]]:
        """Commit where the look allows it; return that look, and by what the commit is proved, None where none was."""
        for last in (False, True):
            try:
                with context.one_session():
                    verdict = yield from self._look(context, before)
                    _tell(context, verdict)
                    if verdict.then is not Then.KEEP:
                        return verdict, None
                    note_deviations(context, verdict.waived)
                    return verdict, keep(context)
            except (Unreachable, SessionLost) as error:
                if last:
                    raise
                # It went down once more, as some do that load other parts of themselves: what was seen holds no longer.
                context.record.event("session", f"{error}; asking again")
        raise AssertionError

    def look_again(self, context: JobContext) -> Parts[str]:
        """Return what is not as it must be some time after the commit, empty where all is; changes nothing."""
        verdict = yield from self._look(context, baseline(context))
        _tell(context, verdict)
        if verdict.why:
            return verdict.why
        with context.driver() as driver:
            installed = readable(lambda: driver.installed(context.image))
        if isinstance(installed, Unread):
            return f"whether {called(context.image)} is committed cannot be read: {installed.why}"
        placement = installed.placement
        return "" if placement is Placement.COMMITTED else f"{called(context.image)} is {placement}, not committed"

    def _look(self, context: JobContext, before: Snapshot) -> Parts[Verdict]:
        """Return what the device's state leads to; waits for what may still come.

        Where waiting might have helped, two looks in a row must say that it goes back: one alone may be of a device
        that answers slowly, and has been up for minutes longer at its second answer.
        """
        checks = Watched(context)
        try:
            return (yield from self._look_with(context, before, checks))
        finally:
            checks.tell()

    def _look_with(self, context: JobContext, before: Snapshot, checks: Watched) -> Parts[Verdict]:
        patience = Patience(context.clock, context.settings, before.hold)
        verdict, complaint = Verdict(Then.LEAVE), ""
        while True:
            pause = context.settings.login.poll
            try:
                with context.session() as session:
                    hurried = _hurries(context, Unread("it was not asked"))
                    patient = not (patience.ready_passed or hurried)
                    driver = checks.within(session, patient=patient, hurried=hurried)
                    while True:
                        context.record.say("comparing with the baseline")
                        seen, last = self._see(context, driver, before, checks), verdict
                        verdict = of_new_release(seen, context.image.version, before, called(context.image))
                        if checks.closed:
                            break  # whoever is next needs a session that is open
                        back = verdict.then is Then.BACK
                        if verdict.wait is Pending.NOTHING:
                            # Where it went back by itself, the reason is older.
                            return replace(verdict, why=complaint or verdict.why) if back else verdict
                        sure = not back or last.then is Then.BACK
                        if (patience.over(verdict.wait) and sure) or _hurries(context, seen.installed):
                            return verdict
                        complaint = verdict.why if back else complaint
                        context.record.say(f"waiting: {verdict.why or verdict.told}")
                        if wanted():
                            pause = max(pause, _LOGIN_EVERY)
                            break
                        context.pause(pause)
            except BOOTING as error:
                if patience.ready_passed or _hurries(context, Unread(str(error))):
                    return verdict if verdict.why else replace(verdict, why=f"nothing of it can be read: {error}")
            yield context.leave(pause)

    def _see(self, context: JobContext, driver: Compares, before: Snapshot, checks: Watched) -> Seen:
        seen, after = see(context, driver, before, checks)
        if after is not None and (moved := changed_roles(before, after)):
            context.record.remember("roles", moved)
        if after is not None and context.options.issu and (whole := went_down(before, after)):
            context.record.remember("went down", whole)
        return seen


def _complaint(context: JobContext, verdict: Verdict) -> str:
    """Return why the device goes back, with how to accept just that where somebody may."""
    found = [(each.finding, each.seen) for each in verdict.found]
    name = context.device.name
    told = [{"finding": what, "seen": seen, "waive": as_typed(name, what, seen)} for what, seen in found]
    if told:
        context.record.event("not as before", verdict.why, found=told)
    return "; ".join(filter(None, (verdict.why, how_to_waive(name, found))))


def _tell(context: JobContext, verdict: Verdict) -> None:
    if verdict.told:
        context.record.event("compared", verdict.told)


def _hurries(context: JobContext, installed: Installed | Unread) -> bool:
    """Return whether the device goes back by itself so soon that nothing more can be waited for."""
    told = installed if isinstance(installed, Installed) else None
    left = timer_left(context.record.recall, context.clock, told)
    return left is not None and left <= _LAST
