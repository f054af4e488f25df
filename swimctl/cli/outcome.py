"""What came of a run: the counts, the exit code, the last line for machines, the table for people. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from swimctl.cli.output import duration
from swimctl.models import Job
from swimctl.models import Outcome as DeviceOutcome
from swimctl.requests.documents import job_document
from swimctl.states import FINAL, JobStatus


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of one run over some jobs.

    Jobs whose device is in an unknown state are counted there, not in failed.
    `skipped` pairs a device's name with why it got no job; such a device counts as not attempted. `armed` tells what
    devices of unfinished jobs do by themselves meanwhile.
    """

    batch_id: str
    jobs: tuple[Job, ...]
    seconds: float
    skipped: tuple[tuple[str, str], ...] = ()
    signal: int | None = None
    armed: tuple[str, ...] = ()

    @property
    def unknown(self) -> frozenset[int]:
        """Number the jobs whose device is in an unknown state."""
        return frozenset(job.id for job in self.jobs if job.outcome is DeviceOutcome.UNKNOWN)

    @property
    def counts(self) -> dict[str, int]:
        """Count every job and skipped device once."""
        words = [self.word(job) for job in self.jobs]
        fixed = {word: words.count(word) for word in ("success", "failed", "unknown", "not-attempted")}
        fixed["not-attempted"] += len(self.skipped)
        # These come only where there are some: a plain night's line has the four above and the time.
        return fixed | {word: words.count(word) for word in ("cancelled", "interrupted", "waiting") if word in words}

    def word(self, job: Job) -> str:
        """Return in one word how a job ended, or that it did not."""
        if job.word != job.status.value:  # it says more than the status
            return job.word
        if job.status not in FINAL:
            return "waiting"
        return "not-attempted" if job.status is JobStatus.FAILED and not job.attempted else job.word

    @property
    def unfinished(self) -> tuple[Job, ...]:
        """List the jobs that wait for `swimctl resume`."""
        return tuple(job for job in self.jobs if job.status not in FINAL)

    @property
    def exit_code(self) -> int:
        """Choose the exit code: a stop that left jobs behind, then the unknown, then anything short of success."""
        if self.signal is not None and self.unfinished:
            return 128 + self.signal
        if self.unknown:
            return 4
        return 0 if self.counts["success"] == len(self.jobs) + len(self.skipped) else 1

    def summary_line(self) -> str:
        """Write the last line of a run without a terminal."""
        counts = self.counts
        fixed = [f"{word}={counts.pop(word)}" for word in ("success", "failed", "unknown", "not-attempted")]
        rest = [f"{word}={count}" for word, count in counts.items()]
        return " ".join([f"swimctl: batch={self.batch_id}", *fixed, f"duration={duration(self.seconds)}", *rest])

    def rows(self) -> list[tuple[object, ...]]:
        """Write the outcome table's rows: job, device, result, version, time, what to know."""
        rows: list[tuple[object, ...]] = [
            (
                job.id,
                job.device_name,
                self.word(job),
                job.image_version,
                duration(seconds_between(job.started_at, job.finished_at)),
                remark(job),
            )
            for job in self.jobs
        ]
        return rows + [("-", name, "skipped", "", "", reason) for name, reason in self.skipped]

    def document(self) -> dict[str, Any]:
        """Write the one JSON document that `--json` prints at the end."""
        return {
            "batch_id": self.batch_id,
            "status": "success" if self.exit_code == 0 else "stopped" if self.exit_code >= 128 else "failed",
            "exit_code": self.exit_code,
            "counts": {word.replace("-", "_"): count for word, count in self.counts.items()},
            "duration_seconds": round(self.seconds, 1),
            "jobs": [job_document(job) | {"result": self.word(job)} for job in self.jobs],
            "skipped": [{"device_hostname": name, "message": reason} for name, reason in self.skipped],
            "resume": [job.id for job in self.unfinished],
        }


def remark(job: Job) -> str:
    """Return why a job failed, else what it waits for, else what its last step came to."""
    if job.error:
        return job.error
    if job.waiting is not None:
        return job.waiting.sentence()
    return next((step.message for step in reversed(job.steps) if step.message), "")


COLUMNS = ("Job", "Device", "Result", "Target", "Time", "Remark")


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
