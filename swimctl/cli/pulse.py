"""How long a step runs, against what is usual for it: the words, and when they are due. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime

from swimctl.cli.output import duration, local_time
from swimctl.models import Job, Pulse, Step, Usual
from swimctl.requests.telling import LATE, running_step, times_usual, usual_seconds


def spent(job: Job, step: Step, usual: Usual, now: datetime) -> str:
    """Write the time in the step against what is usual for it, where that is known."""
    if step.started_at is None:
        return ""
    seconds = duration((now - step.started_at).total_seconds())
    known = usual_seconds(job, step, usual)
    return seconds if known is None else f"{seconds} of ~{duration(known)}"


def standing(job: Job, pulse: Pulse, now: datetime) -> str:
    """Return what a running job is at, for how long, what is usual, and when it was last heard of."""
    step = running_step(job)
    if step is None:
        return ""
    told = [step.message, spent(job, step, pulse.usual, now)]
    if heard := pulse.last_events.get(job.id):
        told.append(f"last event {duration((now - heard).total_seconds())} ago")
    return "; ".join(word for word in told if word)


class Overdue:
    """Tell of a step that takes long: at twice its usual time, and each time that this doubles."""

    def __init__(self, usual: Usual) -> None:
        self._usual = usual
        self._told: dict[tuple[int, str, datetime | None], int] = {}

    def look(self, jobs: Sequence[Job], now: datetime) -> Iterator[str]:
        """Write a line for each step that has grown late since the last look."""
        for job in jobs:
            step = running_step(job)
            times = 0.0 if step is None else times_usual(job, step, self._usual, now)
            if step is None or times < LATE:
                continue
            doublings, key = int(math.log2(times)), (job.id, step.kind, step.started_at)
            if doublings <= self._told.get(key, 0):
                continue
            self._told[key] = doublings
            what = f": {step.message}" if step.message else ""
            since = f"takes long, {spent(job, step, self._usual, now)}, since {local_time(step.started_at)}"
            yield f"{local_time(now)}  {job.device_name}  {step.name}  {since}{what}"
