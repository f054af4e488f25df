"""What a stop after the step comes to, for each job that runs; shared by the command line and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swimctl.models import Caller, Job
from swimctl.requests.documents import Document
from swimctl.states import StepStatus, step_name

if TYPE_CHECKING:
    from swimctl.store import Store

# From the activation to the end of the post-checks there is no safe point: the device's own timer runs.
_TO_THE_END = frozenset({"activation", "post-checks"})


@dataclass(frozen=True, slots=True)
class Stopping:
    """Who stops what: a batch, or, where that is None, single jobs. `jobs` are those that run."""

    batch_id: str | None
    stopped_by: str
    jobs: tuple[Job, ...]

    def document(self) -> Document:
        """Write it for a machine."""
        return {
            "batch_id": self.batch_id,
            "stopped_by": self.stopped_by,
            "jobs": [
                {"id": job.id, "device_hostname": job.device_name, "stops_after": _last_step(job)} for job in self.jobs
            ],
        }


def stop_after_step(
    store: Store, by: Caller, *, batch_id: str | None = None, job_ids: Sequence[int] | None = None
) -> Stopping:
    """Stop a batch, or single jobs, after the steps that they are in. NotFound. ConflictError: that cannot be."""
    if batch_id is None:
        jobs = store.stop_jobs(list(dict.fromkeys(job_ids or ())), by)
        return Stopping(None, jobs[0].stop_by if jobs else by.name, tuple(jobs))
    batch, running = store.stop_batch(batch_id, by)
    return Stopping(batch.id, batch.stopped_by or "", tuple(running))


def stops_after(job: Job) -> str:
    """Return where a job stops that was asked to."""
    last = _last_step(job)
    if last is None:
        return "goes on to its end: from the activation on, the device's own timer runs"
    return f"stops after {last}" if last else "stops before its next step"


def _last_step(job: Job) -> str | None:
    """Return the step after which it stops; empty where it is between two, None where it goes on to its end."""
    running = next((step.kind for step in job.steps if step.status is StepStatus.RUNNING), "")
    if running in _TO_THE_END:
        return None
    return step_name(running) if running else ""
