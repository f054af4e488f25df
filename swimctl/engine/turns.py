"""Whether a batch goes on, and whether one job of it may start now. Pure: how its jobs stand in, a verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from swimctl.config.windows import Shut, Wait
from swimctl.inventory.selection import some
from swimctl.models import Batch, Job, Outcome
from swimctl.requests import order
from swimctl.states import FINAL, JobStatus
from swimctl.store import First, Standing, Tally
from swimctl.waiting import Waiting, WaitKind


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a job does not start now, as the fact that is kept with it or, where it `ends`, as the reason of its end."""

    why: str = ""
    waiting: Waiting | None = None
    line: str = ""  # where it stops more than this job, why; that is told once
    leaves: bool = False  # it stays as it is, for whoever continues its batch

    @property
    def ends(self) -> bool:
        """Return whether it will not start at all."""
        return self.waiting is None and not self.leaves


def waits(kind: WaitKind, on: str = "", job: int | None = None, until: datetime | None = None) -> Hold:
    """Return that a job waits."""
    return Hold(waiting=Waiting(kind, on, job, until))


def until_open(slot: Wait | Shut) -> Waiting:
    """Return what an activation waits for that may not start yet."""
    if isinstance(slot, Shut):
        return Waiting(WaitKind.FREEZE, slot.why)
    if slot.frozen or not slot.window:
        return Waiting(WaitKind.FREEZE, slot.frozen, until=slot.at)
    return Waiting(WaitKind.WINDOW, slot.window, until=slot.at)


def left_by(who: str) -> str:
    """Return why a job was left between two steps: a person wanted it, or its process was to stop."""
    return f"stopped between two steps by {who}" if who else "stopped at a safe point"


def too_many(batch: Batch, tally: Tally) -> bool:
    """Return whether so many failures of so many that were tried stop the batch."""
    return order.too_many(tally.tried, tally.failed, batch.max_failures, batch.policy.max_failures_percent)


def stopped(batch: Batch, jobs: Sequence[Standing], wave: int) -> str | None:
    """Return why no more jobs of the batch are started, None where they are; counted in this wave and in the batch."""
    for what, counted in (("", jobs), (f" of wave {wave}", [job for job in jobs if job.wave == wave])):
        tried = [job for job in counted if job.attempted and job.status in FINAL]
        failed = [job.device_name for job in tried if job.status is JobStatus.FAILED]
        if not too_many(batch, Tally(len(tried), len(failed))):
            continue
        if batch.max_failures and len(failed) >= batch.max_failures:
            return f"{some(failed, 3)} failed and max_failures is {batch.max_failures}"
        most = batch.policy.max_failures_percent
        return f"{len(failed)} of {len(tried)} tried{what} failed ({some(failed, 3)}) and max_failures is {most:g}%"
    return None


def held(job: Job, jobs: Sequence[Standing]) -> Hold | None:
    """Return which other job of the batch this one waits for, or whose end holds it back; None: it may start."""
    by_id = {other.id: other for other in jobs}
    for number in job.after:
        far = by_id.get(number)
        if far is None:
            continue
        if far.status not in FINAL:
            return waits(WaitKind.FEEDER, far.device_name, far.id)
        if far.outcome is Outcome.UNKNOWN:
            return Hold(f"{far.device_name} depends on it and is in an unknown state")
    if job.redundancy_group is None:
        return None
    for partner in jobs:
        if partner.redundancy_group != job.redundancy_group or partner.id >= job.id:
            continue
        if partner.status not in FINAL:
            return waits(
                WaitKind.PARTNER, f"{partner.device_name} of redundancy group {job.redundancy_group}", partner.id
            )
        if partner.outcome not in {Outcome.UNTOUCHED, Outcome.UPGRADED}:
            return Hold(
                f"{partner.device_name} of redundancy group {job.redundancy_group} is {partner.outcome}, not proved "
                "healthy"
            )
    return None


def behind(first: First | None) -> Hold | None:
    """Return what a job waits for as long as the first of its kind is not proved; None: it may start."""
    if first is None:
        return None
    if first.failed:
        why = f"{first.device_name} was the first of its kind ({first.kind}) and failed"
        return Hold(why, line=why)
    if first.interrupted and first.elsewhere:  # in this batch, who runs it takes that up
        return Hold(
            f"job {first.job_id} on {first.device_name}, the first of its kind ({first.kind}), was interrupted; next: "
            f"`swimctl resume {first.job_id}`"
        )
    return waits(WaitKind.PILOT, str(first), first.job_id)


def failed_partners(job: Job, jobs: Sequence[Standing]) -> list[int]:
    """List the jobs of its group that failed without changing their devices: whether those are up, only they can say.

    One that could not be entered is untouched too, and may be down.
    """
    if job.redundancy_group is None:
        return []
    return [
        partner.id
        for partner in jobs
        if partner.redundancy_group == job.redundancy_group
        and partner.id < job.id
        and (partner.status, partner.attempted, partner.outcome) == (JobStatus.FAILED, True, Outcome.UNTOUCHED)
    ]


def unfinished_before(wave: int, jobs: Sequence[Standing]) -> list[str]:
    """Return the devices of earlier waves whose jobs have not ended."""
    return [job.device_name for job in jobs if job.wave < wave and job.status not in FINAL]
