"""Post-Checks: prove the result on every member, compare with the baseline, then commit, or go back."""

from __future__ import annotations

from swimctl.clock import Deadline, rfc3339
from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    DeviceUnknown,
    SessionLost,
    StepFailed,
    UnexpectedPrompt,
    UnparsableOutput,
    Unreachable,
)
from swimctl.facts import Placement, Running, Snapshot
from swimctl.platforms.base import Driver
from swimctl.sessions import Session
from swimctl.settings import Tolerances
from swimctl.states import JobStatus
from swimctl.steps.base import Context, Outcome
from swimctl.steps.once import send_once, wait_while_running, was_sent
from swimctl.steps.readiness import baseline
from swimctl.steps.reload import NOT_BACK, boot_mark, wait_for_down, wait_for_reload
from swimctl.steps.target import called, is_applied, is_patch, on_target, runs_as_before

_AGAIN = (Unreachable, SessionLost, DeadlineExceeded, UnparsableOutput, CommandRefused, UnexpectedPrompt)


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
            return self._go_back(context, before, context.record.recall("complaint") or "an earlier check failed")
        complaint = self._look(context, before)
        if complaint:
            return self._go_back(context, before, complaint)
        try:
            self._keep(context)
        except (Unreachable, SessionLost) as error:
            # It went down once more, as some do that load other parts of themselves: what was seen holds no longer.
            context.record.event("session", f"{error}; looking once more")
            complaint = self._look(context, before)
            if complaint:
                return self._go_back(context, before, complaint)
            self._keep(context)
        noted = "".join(f"; {found}" for key in ("went down", "roles") if (found := context.record.recall(key)))
        return Outcome(f"{called(context.image)} runs committed on every member, and all is as before{noted}")

    def _keep(self, context: Context) -> None:
        context.again(lambda: self._commit(context))
        context.again(lambda: self._confirm(context))

    def look_again(self, context: Context) -> str:
        """Tell what is not as it must be some time after the commit, empty where all is; changes nothing."""
        complaint = self._look(context, baseline(context))
        if complaint:
            return complaint
        with context.driver() as driver:
            placement = driver.installed(context.image).placement
        return "" if placement is Placement.COMMITTED else f"{called(context.image)} is {placement}, not committed"

    def _look(self, context: Context, before: Snapshot) -> str:
        """Tell what is not as it must be, empty where all is; waits for what may still come."""
        ready = Deadline(context.clock, context.settings.deadlines.ready)
        patience = Deadline(context.clock, context.settings.tolerances.patience, watch=True)
        complaint = ""
        while True:
            try:
                with context.driver() as driver:
                    while True:
                        context.record.say("comparing with the baseline")
                        running = driver.running()
                        runs_target = on_target(running, context.image.version)
                        late = driver.unready() or _missing(before, running)
                        if not (runs_target or late):
                            # Another release runs: no waiting helps. Where it went back by itself, the reason is older.
                            return complaint or self._complaint(context, driver, before, late)
                        complaint = self._complaint(context, driver, before, late)
                        if not complaint or (ready if late else patience).passed:
                            return complaint
                        context.record.say(f"waiting: {complaint}")
                        context.pause(context.settings.login.poll)
            except _AGAIN as error:
                complaint = complaint or str(error)
                if ready.passed:
                    return complaint
                context.pause(context.settings.login.poll)

    def _complaint(self, context: Context, driver: Driver, before: Snapshot, late: str | None) -> str:
        running = driver.running()
        if not on_target(running, context.image.version):
            seen = ", ".join(f"{name}: {version}" for name, version in running.members.items())
            return f"seen {seen}; needed {context.image.version} on every member"
        if late:
            return f"not back: {late}"
        installed = driver.installed(context.image)
        if installed.placement not in {Placement.UNCOMMITTED, Placement.COMMITTED}:
            return f"the device calls {called(context.image)} {installed.placement}, not activated"
        after = driver.snapshot(rfc3339(context.clock.now()))
        if moved := changed_roles(before, after):
            context.record.remember("roles", moved)
        if context.options.issu and (whole := went_down(before, after)):
            context.record.remember("went down", whole)
        return compare_snapshots(before, after, context.settings.tolerances)

    def _commit(self, context: Context) -> None:
        with context.driver() as driver:

            def committed() -> bool:
                installed = driver.installed(context.image)
                return installed.placement is Placement.COMMITTED and installed.abort_timer is None

            if committed():
                context.record.event("committed", "the device says that it is committed")
                return
            command, look = driver.support.commit, driver.support.look
            context.record.say(command)
            if not (
                was_sent(context, "commit")
                and wait_while_running(context, driver, "commit", context.settings.deadlines.commit, committed)
            ):
                sent = send_once(context, driver, "commit", lambda: driver.commit(context.image))
                if sent.dropped and sent.outcome.succeeded is None:
                    raise SessionLost(f"the session ended in '{command}'")
                if sent.outcome.succeeded is False:
                    raise DeviceUnknown(
                        f"'{command}' failed: {sent.outcome.reason}; {context.device.name} runs "
                        f"{context.image.version} uncommitted: {driver.support.way_back}; "
                        f"next: {look}, then `{command}` on the device"
                    )

    def _confirm(self, context: Context) -> None:
        with context.driver() as driver:
            installed = driver.installed(context.image)
            running = driver.running()
            if (
                installed.placement is not Placement.COMMITTED
                or installed.abort_timer is not None
                or not on_target(running, context.image.version)
            ):
                raise DeviceUnknown(
                    f"at the end {context.device.name} runs {running.version}, {installed.placement}; needed "
                    f"{context.image.version}, committed, no timer; next: {driver.support.look} on the device"
                )

    def _go_back(self, context: Context, before: Snapshot, complaint: str) -> Outcome:
        context.record.event("complaint", complaint)
        context.record.remember("complaint", complaint)
        try:
            context.again(lambda: self._start_back(context, before, complaint))
        except NOT_BACK as error:
            if not was_sent(context, "abort"):
                raise DeviceUnknown(f"{complaint}; and no way back could be started: {error}") from error
            context.record.event("session", f"{error}; asking the device")
        return self._confirm_way_back(context, before, complaint)

    def _start_back(self, context: Context, before: Snapshot, complaint: str) -> None:
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
                    f"the device runs {before.version} again: {complaint}; why, its log may tell: "
                    f"{driver.support.look}, then `swimctl retry`"
                )
            if driver.installed(context.image).placement is Placement.COMMITTED and not driver.returns:
                raise StepFailed(
                    f"{called(context.image)} is committed, but {complaint}; nothing goes back by itself; next: "
                    f"{driver.support.look} on the device, then back by hand if it must: {driver.support.way_back}"
                )
            self._abort(context, session, driver, before)

    def _abort(self, context: Context, session: Session, driver: Driver, before: Snapshot) -> None:
        command = driver.support.back
        context.record.say(f"{command}: going back")
        context.record.remember("boot before abort", boot_mark(context, driver.running()))
        sent = send_once(context, driver, "abort", lambda: driver.back(before))
        if sent.dropped and sent.outcome.succeeded is None:
            raise SessionLost(f"the session ended in '{command}'")
        if sent.outcome.succeeded is False and not sent.dropped:
            raise DeviceUnknown(
                f"'{command}' failed: {sent.outcome.reason}; the way back: {driver.support.way_back}; "
                f"next: {driver.support.look} on the device"
            )
        if not (sent.dropped or is_patch(context.image)):
            wait_for_down(context, session, context.settings.deadlines.down)

    def _confirm_way_back(self, context: Context, before: Snapshot, complaint: str) -> Outcome:
        mark = context.record.recall("boot before abort") or {}
        patch = is_patch(context.image)

        def taken_back(driver: Driver, _now: Running) -> bool:
            return patch and not is_applied(driver, context.image)

        now, back = wait_for_reload(context, mark, seen_down=False, enough=taken_back)
        now = self._joined(context, before, now)
        kept = context.record.recall("complaint") or complaint
        if on_target(now, before.version) and (back or not patch):
            raise StepFailed(f"rolled back to {now.version}{' without the patch' if patch else ''}: {kept}")
        sent = context.record.recall("abort sent") or {}
        runs = ", ".join(f"{name}: {version}" for name, version in now.members.items())
        raise DeviceUnknown(
            f"'{sent.get('command', 'the way back')}' was sent because {kept}; now {runs or now.version} runs, not "
            f"{before.version}; next: {sent.get('look', '`show version`')} on the device"
        )

    def _joined(self, context: Context, before: Snapshot, now: Running) -> Running:
        """Wait for members that join later than the one that answers: without them nothing is proved."""
        ready = Deadline(context.clock, context.settings.deadlines.ready)
        while (late := _missing(before, now)) and not ready.passed:
            context.record.say(f"waiting: {late}")
            context.pause(context.settings.login.poll)
            try:
                with context.driver() as driver:
                    now = driver.running()
            except _AGAIN as error:
                context.record.event("session", f"{error}; looking once more")
        return now


def _missing(before: Snapshot, running: Running) -> str | None:
    """Tell which members have not joined yet: after a reload that may take longer than all else. Pure."""
    gone = [name for name, state in before.members.items() if state != "Provisioned" and name not in running.members]
    return f"{', '.join(gone)} not there" if gone else None


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
