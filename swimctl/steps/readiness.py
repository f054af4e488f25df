"""Readiness Check: is it the right device, can it take the image, and what does it look like before."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from swimctl.clock import rfc3339
from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.facts import Placement, Snapshot
from swimctl.platforms.base import Driver
from swimctl.platforms.rules import in_service, kind
from swimctl.states import JobStatus
from swimctl.steps.base import Context, Outcome
from swimctl.steps.once import was_sent
from swimctl.steps.target import called, is_patch, on_target


class ReadinessCheck:
    """Look at everything that an upgrade could trip over, and keep the baseline."""

    kind = "readiness"
    job_status = JobStatus.DISTRIBUTING
    stop_before = True

    def run(self, context: Context) -> Outcome:
        """Refuse with every failed rule at once; end the job where the image already runs."""
        if was_sent(context, "activate"):
            return Outcome("the activation was sent before; going on from what the device says")
        try:
            return context.again(lambda: self._check(context))
        except (CommandRefused, UnparsableOutput) as error:
            raise StepFailed(
                f"not ready, nothing was changed: {error}; needed: an output that can be read, as no rule is skipped; "
                f"next: give that command on {context.device.name} as '{context.target.username}' and look"
            ) from error

    def _check(self, context: Context) -> Outcome:
        with context.driver() as driver:
            context.record.say("reading the device")
            # The wrong device may run the target too, and a stack with a member missing does not run it as a whole.
            if all(finding.ok for finding in driver.identity(context.device)) and not context.options.force:
                running = driver.running()
                installed = driver.installed(context.image)
                if (
                    on_target(running, context.image.version)
                    and installed.placement is Placement.COMMITTED
                    and installed.abort_timer is None
                ):
                    what = called(context.image) if is_patch(context.image) else running.version
                    return Outcome(f"already runs {what}, committed, on every member", finished=True)
            options = context.options
            findings = driver.check(context.device, context.image, cleanup=options.cleanup_flash)
            findings += in_service(driver.support.issu, wanted=options.issu)
            findings += kind(context.image, driver.support.kinds)
            refused = [finding for finding in findings if not finding.ok]
            context.record.event("readiness", f"{len(findings) - len(refused)} of {len(findings)} rules hold")
            if refused:
                raise StepFailed(f"not ready, nothing was changed: {' | '.join(map(str, refused))}")
            if context.record.recall("baseline") is None:
                self._keep_baseline(context, driver)
            version = driver.running().version
        return Outcome(f"ready: {version} to {called(context.image)}, {len(findings)} rules hold")

    def _keep_baseline(self, context: Context, driver: Driver) -> None:
        context.record.say("keeping the baseline")
        configuration = driver.configuration()
        _write_private(context.folder / "running-config.txt", configuration)
        snapshot = driver.snapshot(rfc3339(context.clock.now()))
        context.record.remember("baseline", asdict(snapshot))
        context.record.event(
            "baseline",
            f"{snapshot.version}, {len(snapshot.members)} members, {len(snapshot.interfaces_up)} interfaces up, "
            f"{len(snapshot.neighbours)} neighbours, {sum(snapshot.routes.values())} routes",
        )


def baseline(context: Context) -> Snapshot:
    """Give back the baseline that the readiness check kept."""
    kept = context.record.recall("baseline")
    if not kept:
        raise StepFailed("no baseline was kept, so nothing could be compared; next: `swimctl retry`")
    return Snapshot(**{**kept, "interfaces_up": tuple(kept["interfaces_up"]), "neighbours": tuple(kept["neighbours"])})


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
