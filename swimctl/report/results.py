"""How jobs ended, in one word each, and what that makes of a batch. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from swimctl.models import Job, Outcome
from swimctl.states import FINAL, JobStatus

SUCCESS: Final = "success"
NOT_ATTEMPTED: Final = "not-attempted"
WAITING: Final = "waiting"
# What needs somebody first.
WORST_FIRST: Final = ("unknown", "interrupted", "failed", WAITING, "cancelled", NOT_ATTEMPTED, SUCCESS)


def result_of(job: Job) -> str:
    """Return in one word how a job ended, or that it did not."""
    if job.word != job.status.value:  # it says more than the status
        return job.word
    if job.status not in FINAL:
        return WAITING
    return NOT_ATTEMPTED if job.status is JobStatus.FAILED and not job.attempted else job.word


def counted(words: Sequence[str], skipped: int = 0) -> dict[str, int]:
    """Count results: the four that are always told, and those that there are; `skipped` devices got no job."""
    fixed = {word: words.count(word) for word in (SUCCESS, "failed", "unknown", NOT_ATTEMPTED)}
    fixed[NOT_ATTEMPTED] += skipped
    # These come only where there are some: a plain night's line has the four above and the time.
    return fixed | {word: words.count(word) for word in ("cancelled", "interrupted", WAITING) if word in words}


def exit_code_of(jobs: Sequence[Job], skipped: int = 0) -> int:
    """Return the exit code of a run that nobody stopped: the unknown first, then anything short of success."""
    if any(job.outcome is Outcome.UNKNOWN for job in jobs):
        return 4
    return 0 if not skipped and all(result_of(job) == SUCCESS for job in jobs) else 1


def remark(job: Job) -> str:
    """Return why a job failed, else what it waits for, else what its last step came to."""
    if job.error:
        return job.error
    if job.waiting is not None:
        return job.waiting.sentence()
    return next((step.message for step in reversed(job.steps) if step.message), "")


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Subtract two times where both are known."""
    return None if start is None or end is None else (end - start).total_seconds()


def run_seconds(jobs: Sequence[Job], now: datetime) -> float:
    """Measure a batch from its first start to its last end, or to now where one still runs; 0 where none began."""
    starts = [job.started_at for job in jobs if job.started_at]
    if not starts:
        return 0.0
    running = any(job.status not in FINAL and job.started_at for job in jobs)
    ends: Collection[datetime] = [job.finished_at for job in jobs if job.finished_at]
    return max(0.0, ((now if running or not ends else max(ends)) - min(starts)).total_seconds())
