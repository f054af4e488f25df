"""Readiness Check: is it the right device, can it take the image, and what does it look like before."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from swimctl.clock import rfc3339
from swimctl.errors import NotReady, StepFailed
from swimctl.facts import Snapshot
from swimctl.states import JobStatus
from swimctl.steps.base import Context, Outcome
from swimctl.steps.first_look import first_look
from swimctl.steps.once import was_sent
from swimctl.steps.target import called

# Of the boot that the baseline was taken on, in a job's record.
FOUND = "found"


class ReadinessCheck:
    """Look at everything that an upgrade could trip over, and keep the baseline."""

    kind = "readiness"
    job_status = JobStatus.DISTRIBUTING
    stop_before = True

    def run(self, context: Context) -> Outcome:
        """Refuse with every failed rule at once; end the job where the image already runs."""
        if was_sent(context, "activate"):
            return Outcome("the activation was sent before; going on from what the device says")
        return context.again(lambda: self._check(context))

    def _check(self, context: Context) -> Outcome:
        with context.session() as session:
            context.record.say("reading the device")
            look = first_look(
                session,
                lambda open_one: context.make_driver(open_one, context.settings, context.options),
                context.device,
                context.image,
                context.options,
                username=context.target.username,
                taken_at=rfc3339(context.clock.now()),
            )
        if look.already:
            return Outcome(look.already, finished=True)
        refused, findings = look.refused, look.findings
        context.record.event("readiness", f"{len(findings) - len(refused)} of {len(findings)} rules hold")
        if refused or look.configuration is None or look.snapshot is None:
            # Where its session had to be closed, what the device is now is asked once more.
            refusal = StepFailed if look.closed else NotReady
            raise refusal(f"not ready, nothing was changed: {' | '.join(map(str, refused))}")
        if context.record.recall("baseline") is None:
            _keep_baseline(context, look.configuration, look.snapshot)
        return Outcome(f"ready: {look.snapshot.version} to {called(context.image)}, {len(findings)} rules hold")


def _keep_baseline(context: Context, configuration: str, snapshot: Snapshot) -> None:
    context.record.say("keeping the baseline")
    _write_private(context.folder / "running-config.txt", configuration)
    context.record.remember("baseline", asdict(snapshot))
    mark = {"uptime": snapshot.uptime, "restarted_at": snapshot.restarted_at, "version": snapshot.version}
    context.record.remember(FOUND, {**context.clock.mark(), **mark})
    context.record.event(
        "baseline",
        f"{snapshot.version}, {len(snapshot.members)} members, {len(snapshot.interfaces_up)} interfaces up "
        f"({len(snapshot.access_up)} of them access ports), {len(snapshot.neighbours)} neighbours, "
        f"{sum(snapshot.routes.values())} routes",
    )


def baseline(context: Context) -> Snapshot:
    """Give back the baseline that the readiness check kept."""
    kept = context.record.recall("baseline")
    if not kept:
        raise StepFailed("no baseline was kept, so nothing could be compared; next: `swimctl retry`")
    # JSON has no tuples; a baseline of an earlier swimctl lacks what was not read then.
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Snapshot(**fields)


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
