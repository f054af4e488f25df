"""What came of a run: the counts, the exit code, the last line for machines, the table for people. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from swimctl.cli.output import duration
from swimctl.models import Job
from swimctl.models import Outcome as DeviceOutcome
from swimctl.report.results import counted, exit_code_of, remark, result_of, seconds_between
from swimctl.requests.documents import job_document
from swimctl.states import FINAL, RUNNING


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
        return counted([result_of(job) for job in self.jobs], len(self.skipped))

    def word(self, job: Job) -> str:
        """Return in one word how a job ended, or that it did not."""
        return result_of(job)

    @property
    def unfinished(self) -> tuple[Job, ...]:
        """List the jobs that wait for `swimctl resume`."""
        return tuple(job for job in self.jobs if job.status not in FINAL and job not in self.elsewhere)

    @property
    def elsewhere(self) -> tuple[Job, ...]:
        """List the jobs that another process runs: it took them up first, or they were given to it."""
        return tuple(job for job in self.jobs if job.status in RUNNING and not job.interrupted)

    @property
    def exit_code(self) -> int:
        """Choose the exit code: a stop that left jobs behind, then the unknown, then anything short of success."""
        if self.signal is not None and self.unfinished:
            return 128 + self.signal
        return exit_code_of(self.jobs, len(self.skipped))

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


COLUMNS = ("Job", "Device", "Result", "Target", "Time", "Remark")
