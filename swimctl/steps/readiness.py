"""Readiness Check: is it the right device, can it take the image, and what does it look like before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from swimctl.checks.asking import Taken, Wanted
from swimctl.clock import rfc3339
from swimctl.errors import NotReady, StepFailed
from swimctl.platforms import configured
from swimctl.platforms.facts import Snapshot
from swimctl.sessions.redaction import MASK
from swimctl.states import JobStatus
from swimctl.steps.base import ENTERED, JobContext, StepResult
from swimctl.steps.baseline import keep_baseline, keep_log, kept_baseline, minutes_old
from swimctl.steps.evidence import new_boot
from swimctl.steps.first_look import FirstLook, first_look
from swimctl.steps.others import at_work
from swimctl.steps.reload import elapsed_since
from swimctl.steps.send_once import was_sent
from swimctl.steps.target import called
from swimctl.steps.waived import note_findings
from swimctl.steps.who import host_name
from swimctl.waivers import how_to_waive

# What the device boots by, where it names a secret, such as the password of a server: the way back needs it whole.
_BOOTS = "boots.txt"
# Of the boot that the baseline was taken on, in a job's record.
FOUND = "found"


class ReadinessCheck:
    """Look at everything that an upgrade could trip over, and keep the baseline."""

    kind = "readiness"
    job_status = JobStatus.DISTRIBUTING
    stop_before = True

    def run(self, context: JobContext) -> StepResult:
        """Refuse with every failed rule at once; end the job where the image already runs."""
        if was_sent(context, "activate"):
            return StepResult("the activation was sent before; asking the device how far it got")
        return context.again(lambda: self._check(context, "not ready, nothing was changed", first=True))

    def once_more(self, context: JobContext) -> StepResult | None:
        """Apply the rules again and take a new baseline right before an activation whose baseline is old.

        None where it is fresh; raises StepFailed where a rule holds no longer.
        """
        old = minutes_old(context.record.recall, context.clock)
        if old is None:
            return None
        when = f"{old:.0f} minutes ago" if old > 0 else "at a time that is not known"
        context.record.event("stale", f"the device was checked {when}; checking it again, right before the activation")
        return context.again(lambda: self._check(context, "no longer ready, nothing was activated"))

    def _check(self, context: JobContext, refusal: str, *, first: bool = False) -> StepResult:
        with context.session() as session:
            entered = context.record.recall(ENTERED)
            elapsed = None if entered is None else elapsed_since(context.clock, entered)
            if kept_baseline(context.record.recall) is not None:
                context.on(session)  # a resume: what another device is, or has already, says nothing
            context.record.say("reading the device")
            look = first_look(
                session,
                lambda open_one: context.make_driver(open_one, context.settings, context.options),
                context.device,
                context.image,
                context.options,
                username=context.target.username,
                taken_at=rfc3339(context.clock.now()),
                wanted=Wanted(
                    context.checks(), context.device.platform, context.settings.deadlines.command, context.device.model
                ),
                met=context.record.met(),
            )
        if look.closed:
            context.part()  # whoever is next needs a session that is open
        if first and context.images is not None:
            look = context.images.ruled(look, context.driver, context.device, context.image, context.settings)
        _keep_sighting(context, look)
        if look.already:
            return StepResult(look.already, finished=True)
        refused, findings = look.refused, look.findings
        # A line of the log that names a secret may not be kept: the log cannot tell then.
        log = look.log if look.log is None or context.redaction.text(look.log) == look.log else None
        for each in look.checks:
            if each.left_out:
                context.record.event("checks", each.left_out)
        held = sum(finding.ok for finding in findings)
        context.record.event("readiness", f"{held} of {len(findings)} rules hold")
        note_findings(context, findings)
        if refused or look.configuration is None or look.snapshot is None:
            # Where its session had to be closed, it booted since the first one, or its next reload may be somebody
            # else's, what it is now is asked once more.
            keep_log(context.record.remember, log)
            booted = bool(entered and look.running and new_boot(entered, look.running, elapsed))
            error = StepFailed if look.closed or booted or _disturbed(context) else NotReady
            parts = [f"{refusal}: {' | '.join(map(str, refused))}"]
            parts.append(how_to_waive(context.device.name, [(each.rule, each.seen) for each in refused]))
            raise error("; ".join(filter(None, parts)))
        before = kept_baseline(context.record.recall)
        if before and (gone := sorted(set(before.members) - set(look.snapshot.members))):
            raise StepFailed(
                f"{refusal}: member {', '.join(gone)} is gone since {before.taken_at}; seen "
                f"{', '.join(look.snapshot.members)}; needed: every member that was there; next: its power and cables, "
                "then `swimctl retry`, which takes the device as it is then"
            )
        if other := context.record.hold(look.snapshot.serials):
            keep_log(context.record.remember, log)
            raise StepFailed(
                f"{other} has this very device (serial number {look.snapshot.serials[0]}); needed: one job "
                f"at a time; {refusal}; next: `swimctl doctor` names devices that are in the inventory twice, "
                "`swimctl retry` when that job has ended"
            )
        if minutes_old(context.record.recall, context.clock) is not None:
            kept = configured(context.device.platform, look.configuration)
            taken = replace(
                look.snapshot,
                hostname=host_name(session.hostname),
                configuration=kept.digest,
                blocks=kept.blocks,
            )
            if why := taken.unread.get("serials"):
                context.record.event("who", f"no serial number can be read, so the host name identifies it: {why}")
            _keep_baseline(context, look.configuration, taken, log, [each for each in look.checks if not each.why])
        waived = f", {len(findings) - held} waived" if held < len(findings) else ""
        return StepResult(f"ready: {look.snapshot.version} to {called(context.image)}, {held} rules hold{waived}")


def _keep_sighting(context: JobContext, look: FirstLook) -> None:
    """Record what the device runs, for those who ask for that without a job."""
    if look.running is not None:
        context.tell_running(look.running)
        context.record.saw(look.running, look.snapshot.serials if look.snapshot else ())


def _disturbed(context: JobContext) -> bool:
    """Return whether somebody else is at work on a device that is refused, as far as its log tells."""
    with context.session() as session:
        return any(not each.ended for each in at_work(context, context.on(session)))


def _keep_baseline(
    context: JobContext, configuration: str, snapshot: Snapshot, log: str | None, checks: Sequence[Taken]
) -> None:
    context.record.say("saving the baseline")
    _write_private(context.folder / "running-config.txt", configuration)
    boots = context.redaction.text(snapshot.boots)
    if boots != snapshot.boots:
        _write_private(context.folder / _BOOTS, snapshot.boots)
    shown = replace(snapshot, boots=boots)
    keep_baseline(context.record.recall, context.record.remember, context.clock, shown, log, checks)
    mark = {"uptime": snapshot.uptime, "restarted_at": snapshot.restarted_at, "version": snapshot.version}
    context.record.remember(FOUND, {**context.clock.mark(), **mark})
    context.record.event(
        "baseline",
        f"{snapshot.version}, {len(snapshot.members)} members, {len(snapshot.interfaces_up)} interfaces up "
        f"({len(snapshot.access_up)} of them access ports), {len(snapshot.neighbours)} neighbours, "
        f"{sum(snapshot.routes.values())} routes"
        + (f", {len(checks)} check{'' if len(checks) == 1 else 's'}" if checks else ""),
    )


def baseline(context: JobContext) -> Snapshot:
    """Return the baseline that a readiness check kept last."""
    kept = kept_baseline(context.record.recall)
    if kept is None:
        raise StepFailed("no baseline was kept, so nothing could be compared; next: `swimctl retry`")
    return _with_boots(context, kept)


def _with_boots(context: JobContext, kept: Snapshot) -> Snapshot:
    """Return the baseline with what the device boots by as it is; without it where that is not there any more."""
    if MASK not in kept.boots:
        return kept
    try:
        return replace(kept, boots=(context.folder / _BOOTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return replace(kept, boots="")


def _write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone. StepFailed: without what the device was before, nothing goes on."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StepFailed(
            f"{path} cannot be written: {error.strerror}; needed: space there and the right to write, or another "
            "folder in `swimctl.jobs_dir`; next: correct that, then `swimctl retry`"
        ) from error
