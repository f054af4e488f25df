"""What a job asks of its store while it runs: so narrow that it can be asked from another machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from swimctl.models import Batch, Image, Job, Outcome, Usual
from swimctl.sessions.logins import LoginStore
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Runner
from swimctl.store.seen import Seen
from swimctl.waiting import Waiting


class JobStore(LoginStore, Protocol):
    """The store, for one who works at a job; see `swimctl.store` for what each call does and raises."""

    def job(self, job_id: int) -> Job:
        """Return how a job stands."""

    def batch(self, batch_id: str) -> Batch:
        """Return a batch as it is now."""

    def stop_asked(self, job_id: int) -> str:
        """Return who asked that a job stops after its step; empty where nobody did."""

    def image(self, ref: int) -> Image:
        """Return an image of the catalogue."""

    def usual_seconds(self) -> Usual:
        """Return how long steps usually take."""

    def lease(self, job_id: int, runner: Runner) -> int:
        """Return with which number the job may send."""

    def permit(
        self, job_id: int, runner: Runner, lease: int, command: str, key: str, facts: Mapping[str, Any]
    ) -> object:
        """Record that a command leaves now. StaleClaim: it may not."""

    def hold(self, job_id: int, runner: Runner, names: Sequence[str]) -> Job | None:
        """Reserve names of the device; return the job that has one already."""

    def release(self, job_id: int, runner: Runner, reason: str) -> object:
        """Leave the job at a safe point."""

    def move(
        self, job_id: int, runner: Runner, status: JobStatus, error: str | None = None, outcome: Outcome | None = None
    ) -> object:
        """Move the job to another state."""

    def step(self, job_id: int, runner: Runner, kind: str, status: StepStatus, message: str = "") -> object:
        """Record where a step is."""

    def say(self, job_id: int, runner: Runner, message: str, waiting: Waiting | None = None) -> object:
        """Record what the running step does now, or waits for."""

    def progress(
        self, job_id: int, runner: Runner, percent: int, *, bytes_done: int = 0, bytes_total: int = 0
    ) -> object:
        """Raise the job's progress."""

    def record(self, job_id: int, kind: str, message: str, data: Mapping[str, Any] | None = None) -> object:
        """Append an event."""

    def remember(self, job_id: int, key: str, value: Any) -> object:  # noqa: ANN401 - anything that JSON can say
        """Keep a value under a key."""

    def saw_in_job(
        self, job_id: int, release: str, members: Mapping[str, str], doubt: str, serials: Sequence[str]
    ) -> object:
        """Keep what the job's device runs."""

    def seen_of_job(self, job_id: int) -> Seen | None:
        """Return what was last seen of the job's device."""

    def recall(self, job_id: int, key: str) -> Any | None:  # noqa: ANN401 - anything that JSON can say
        """Return what is kept under a key."""
