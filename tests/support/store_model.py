"""What a store should answer, in a few lines: all jobs, batches and runners in memory, with no file and no lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from swimctl.models import ExecutionMode
from swimctl.states import RUNNING, WAITING, JobStatus


class Made(Enum):
    """How a batch is asked for: by somebody who waits for it, for whoever serves, or for a time."""

    TERMINAL = "terminal"
    DETACHED = "detached"
    SCHEDULED = "scheduled"


@dataclass
class KnownBatch:
    made: Made
    mode: ExecutionMode
    created_at: datetime
    schedule_time: datetime | None
    owner: str | None


@dataclass
class Known:
    batch: str
    device: str
    group: str | None
    wave: int
    status: JobStatus
    holder: str | None = None
    attempted: bool = False


@dataclass
class Model:
    """`alive` gives for each living runner the process that it is of; a store's own presence is a runner too."""

    jobs: dict[int, Known] = field(default_factory=dict)
    batches: dict[str, KnownBatch] = field(default_factory=dict)
    alive: dict[str, int] = field(default_factory=dict)

    def die(self, *runners: str) -> None:
        for runner in runners:
            self.alive.pop(runner, None)

    def held_by(self, job_id: int, runner: str) -> bool:
        known = self.jobs[job_id]
        return known.status in RUNNING and known.holder == runner

    def others_own(self, batch: str, process: int) -> bool:
        """Return whether a living process other than this one has the batch."""
        return self.alive.get(self.batches[batch].owner or "", process) != process

    def blocker(self, job_id: int) -> int | None:
        """Return the running job in the way: on the device, else of the group."""
        mine = self.jobs[job_id]
        running = {other: known for other, known in self.jobs.items() if other != job_id and known.status in RUNNING}
        on_device = [other for other, known in running.items() if known.device == mine.device]
        in_group = [other for other, known in running.items() if mine.group and known.group == mine.group]
        return min(on_device, default=None) or min(in_group, default=None)

    def may_claim(self, job_id: int, process: int) -> bool:
        known = self.jobs[job_id]
        if known.status in RUNNING:
            return known.holder not in self.alive
        free = self.blocker(job_id) is None and not self.others_own(known.batch, process)
        return known.status in WAITING and free

    def due(self, now: datetime) -> list[int]:
        """List what is offered to anybody, in its order."""
        order = list(self.batches)
        found = [job_id for job_id in self.jobs if self._is_due(job_id, now)]
        return sorted(
            found,
            key=lambda job_id: (
                self.batches[self.jobs[job_id].batch].created_at,
                order.index(self.jobs[job_id].batch),
                job_id,
            ),
        )

    def _is_due(self, job_id: int, now: datetime) -> bool:
        known = self.jobs[job_id]
        batch = self.batches[known.batch]
        if known.status not in WAITING or batch.made is Made.TERMINAL or batch.owner in self.alive:
            return False
        if batch.schedule_time is not None and batch.schedule_time > now:
            return False
        running = {number: other for number, other in self.jobs.items() if other.status in RUNNING}
        return not any(
            batch.mode is ExecutionMode.SEQUENTIAL
            or other.wave < known.wave
            or (known.group is not None and other.group == known.group and number < job_id)
            for number, other in running.items()
            if other.batch == known.batch
        )

    def interrupted(self) -> set[int]:
        """Return what waits for `resume`."""
        return {job_id for job_id, known in self.jobs.items() if self._is_interrupted(known)}

    def _is_interrupted(self, known: Known) -> bool:
        if known.status in RUNNING:
            return known.holder not in self.alive
        batch = self.batches[known.batch]
        return known.status is JobStatus.PENDING and batch.made is Made.TERMINAL and batch.owner not in self.alive
