"""Post-Checks: prove the result on every member, compare with the baseline, then commit, or go back."""

from __future__ import annotations

from dataclasses import replace

from swimctl.clock import Deadline
from swimctl.errors import DeviceUnknown, SessionLost, StepFailed, Unreachable
from swimctl.facts import Installed, Placement, Snapshot
from swimctl.platforms.base import Driver
from swimctl.settings import Tolerances
from swimctl.states import JobStatus
from swimctl.steps.base import Context, Outcome
from swimctl.steps.evidence import Seen, Then, Unread, Verdict, Wait, of_new_release
from swimctl.steps.going_back import complaint_of, go_back
from swimctl.steps.keeping import keep
from swimctl.steps.left_armed import timer_left
from swimctl.steps.once import was_sent
from swimctl.steps.readiness import baseline
from swimctl.steps.reload import BOOTING
from swimctl.steps.seeing import readable, see
from swimctl.steps.target import called

# Device seconds before the device goes back by itself in which nobody waits any more: what may be committed is.
_LAST = 300.0


class PostChecks:
    """Look at everything that must be as wanted or as before; the device's own way back stays armed until then."""

    kind = "post-checks"
    job_status = JobStatus.ACTIVATING
    # The auto-abort timer runs: a stop here would undo the upgrade.
    stop_before = False

    def run(self, context: Context) -> Outcome:
        """End with the target committed on every member, or with the device back on what it ran."""
        before = baseline(context)
        if was_sent(context, "abort"):
            go_back(context, before, complaint_of(context))
        verdict = self._judged(context, before)
        try:
            proof = keep(context)
        except (Unreachable, SessionLost) as error:
            # It went down once more, as some do that load other parts of themselves: what was seen holds no longer.
            context.record.event("session", f"{error}; looking once more")
            verdict = self._judged(context, before)
            proof = keep(context)
        noted = "".join(f"; {found}" for key in ("went down", "roles") if (found := context.record.recall(key)))
        how = f", proved by {proof}" if proof else ""
        if verdict.doubts:
            raise StepFailed(
                f"{called(context.image)} runs committed on every member{how}, but not all could be compared with the "
                f"time before: {'; '.join(verdict.doubts)}{noted}; nothing goes back by itself; next: look at that on "
                f"{context.device.name}, `swimctl job events {context.job.id}` has the baseline; no retry is needed"
            )
        return Outcome(f"{called(context.image)} runs committed on every member{how}, and all is as before{noted}")

    def _judged(self, context: Context, before: Snapshot) -> Verdict:
        """Return what allows the commit; goes back, or raises, where nothing does."""
        verdict = self._look(context, before)
        if verdict.then is Then.BACK:
            go_back(context, before, verdict.why)
        if verdict.then is Then.LEAVE:
            look = (context.record.recall("activate sent") or {}).get("look", "`show version`")
            raise DeviceUnknown(
                f"{context.device.name} was neither committed nor taken back: {verdict.why}; needed: "
                f"{context.image.version} on every member; next: {look} on the device"
            )
        return verdict

    def look_again(self, context: Context) -> str:
        """Tell what is not as it must be some time after the commit, empty where all is; changes nothing."""
        verdict = self._look(context, baseline(context))
        if verdict.why:
            return verdict.why
        with context.driver() as driver:
            installed = readable(lambda: driver.installed(context.image))
        if isinstance(installed, Unread):
            return f"whether {called(context.image)} is committed does not read: {installed.why}"
        placement = installed.placement
        return "" if placement is Placement.COMMITTED else f"{called(context.image)} is {placement}, not committed"

    def _look(self, context: Context, before: Snapshot) -> Verdict:
        """Return what the device's state leads to; waits for what may still come."""
        ready = Deadline(context.clock, context.settings.deadlines.ready)
        patience = Deadline(context.clock, context.settings.tolerances.patience, watch=True)
        verdict, complaint = Verdict(Then.LEAVE), ""
        while True:
            try:
                with context.driver() as driver:
                    while True:
                        context.record.say("comparing with the baseline")
                        seen = self._see(context, driver, before)
                        verdict = of_new_release(seen, context.image.version, before, called(context.image))
                        back = verdict.then is Then.BACK
                        if verdict.wait is Wait.NOTHING:
                            # Where it went back by itself, the reason is older.
                            return replace(verdict, why=complaint or verdict.why) if back else verdict
                        over = ready if verdict.wait is Wait.READY else patience
                        if over.passed or _hurries(context, seen.installed):
                            return verdict
                        complaint = verdict.why if back else complaint
                        context.record.say(f"waiting: {verdict.why}")
                        context.pause(context.settings.login.poll)
            except BOOTING as error:
                if ready.passed or _hurries(context, Unread(str(error))):
                    return verdict if verdict.why else replace(verdict, why=f"nothing of it can be read: {error}")
                context.pause(context.settings.login.poll)

    def _see(self, context: Context, driver: Driver, before: Snapshot) -> Seen:
        tolerances = context.settings.tolerances
        seen, after = see(context, driver, before, lambda then, now: compare_snapshots(then, now, tolerances))
        if after is not None and (moved := changed_roles(before, after)):
            context.record.remember("roles", moved)
        if after is not None and context.options.issu and (whole := went_down(before, after)):
            context.record.remember("went down", whole)
        return seen


def _hurries(context: Context, installed: Installed | Unread) -> bool:
    """Tell whether the device goes back by itself so soon that nothing more can be waited for."""
    told = installed if isinstance(installed, Installed) else None
    left = timer_left(context.record.recall, context.clock, told)
    return left is not None and left <= _LAST


def went_down(before: Snapshot, after: Snapshot) -> str:
    """Tell that a device's own uptime began anew, empty where it went on or is not told: worth knowing. Pure."""
    if before.uptime is None or after.uptime is None or after.uptime >= before.uptime:
        return ""
    return "its own uptime began anew"


def changed_roles(before: Snapshot, after: Snapshot) -> str:
    """Tell which members have another role than before, empty where none has: worth knowing, and no fault. Pure."""
    moved = [(name, before.roles.get(name), role) for name, role in after.roles.items()]
    return ", ".join(f"{name} was {old} and is {new}" for name, old, new in moved if old and old != new)


def compare_snapshots(before: Snapshot, after: Snapshot, tolerances: Tolerances) -> str:
    """Tell what is missing after the upgrade beyond what is tolerated, empty where nothing is. Pure."""
    complaints = []
    gone = sorted(set(before.members) - set(after.members))
    changed = [f"{m} {s}" for m, s in after.members.items() if m in before.members and before.members[m] != s]
    if gone or changed:
        complaints.append(f"members not as before: {', '.join([f'{m} gone' for m in gone] + changed)}")
    for what, then, now, most in (
        ("interfaces", before.interfaces_up, after.interfaces_up, tolerances.interfaces_lost),
        ("neighbours", before.neighbours, after.neighbours, tolerances.neighbours_lost),
    ):
        lost = sorted(set(then) - set(now))
        if len(lost) > most:
            names = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
            complaints.append(f"{len(lost)} {what} lost (tolerated {most}): {names}")
    routes, now_routes = sum(before.routes.values()), sum(after.routes.values())
    if routes and 100 * (routes - now_routes) / routes > tolerances.routes_lost_percent:
        complaints.append(f"routes fell from {routes} to {now_routes} (tolerated {tolerances.routes_lost_percent:g} %)")
    return "; ".join(complaints)
