"""Plain lines instead of the live view: one line a change, for logs, pipes and screen readers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from swimctl.cli.output import local_time
from swimctl.models import Job, Step
from swimctl.report.words import size
from swimctl.states import FINAL, WAITING, StepStatus

_QUARTERS = 4


def changes(before: Sequence[Job], after: Sequence[Job], now: datetime) -> Iterator[str]:
    """Write what differs between two looks at the same jobs: time, device, step, status or message.

    A copy is told of in quarters: a line a megabyte would bury the rest.
    """
    known = {job.id: job for job in before}
    for job in after:
        old = known.get(job.id)
        for moment, what in _differences(old, job, now):
            yield f"{local_time(moment or now)}  {job.device_name}  {what}"


def _differences(old: Job | None, job: Job, now: datetime) -> Iterator[tuple[datetime | None, str]]:
    old_steps = {step.kind: step for step in old.steps} if old else {}
    for step in job.steps:
        yield from _step_differences(old_steps.get(step.kind), step)
    quarter = _quarter(job)
    if 0 < quarter < _QUARTERS and quarter != (_quarter(old) if old else 0) and job.status not in FINAL:
        yield None, f"{job.current_step}  {size(job.bytes_done)} of {size(job.bytes_total)} copied"
    if job.waiting is not None and job.status in WAITING and (old is None or old.waiting != job.waiting):
        yield None, f"waits: {job.waiting.sentence(now)}"
    if old is None or old.status is not job.status or old.interrupted is not job.interrupted:
        ended = job.finished_at if job.status in FINAL else None
        yield ended, f"{job.word}: {job.error}" if job.error else job.word


def _step_differences(old: Step | None, step: Step) -> Iterator[tuple[datetime | None, str]]:
    if step.status is StepStatus.PENDING or step.status is StepStatus.SKIPPED:
        return
    if old is not None and (old.status, old.message) == (step.status, step.message):
        return
    started = step.status is StepStatus.RUNNING and (old is None or old.status is not StepStatus.RUNNING)
    moment = step.started_at if started and not step.message else step.finished_at
    yield moment, f"{step.name}  {step.status.value}" + (f": {step.message}" if step.message else "")


def _quarter(job: Job) -> int:
    return job.bytes_done * _QUARTERS // job.bytes_total if job.bytes_total else 0
