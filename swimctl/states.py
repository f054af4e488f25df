"""Job and step states, and the one table of moves between them. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from swimctl.errors import StaleClaim


class JobStatus(StrEnum):
    """The seven values of the REST contract; no others exist."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    DISTRIBUTING = "distributing"
    ACTIVATING = "activating"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """What a step of a job is in."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


# Of each kind of step, as the store keeps it, the name that people read; in the order of the standard workflow.
STEP_NAMES: Final[dict[str, str]] = {
    "readiness": "Readiness Check",
    "distribution": "Distribution",
    "activation": "Activation",
    "post-checks": "Post-Checks",
}


def step_name(kind: str) -> str:
    """Return the name that people read for a kind of step; a kind that nobody knows stands for itself."""
    return STEP_NAMES.get(kind, kind)


WAITING: Final = frozenset({JobStatus.PENDING, JobStatus.SCHEDULED})
RUNNING: Final = frozenset({JobStatus.DISTRIBUTING, JobStatus.ACTIVATING})
FINAL: Final = frozenset({JobStatus.SUCCESS, JobStatus.FAILED, JobStatus.CANCELLED})

# A waiting job may fail without running: the batch was stopped before its turn, or its schedule was missed.
TRANSITIONS: Final[dict[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.PENDING: frozenset({JobStatus.DISTRIBUTING, JobStatus.FAILED, JobStatus.CANCELLED}),
    JobStatus.SCHEDULED: frozenset({JobStatus.PENDING, JobStatus.DISTRIBUTING, JobStatus.FAILED, JobStatus.CANCELLED}),
    JobStatus.DISTRIBUTING: frozenset({JobStatus.ACTIVATING, JobStatus.SUCCESS, JobStatus.FAILED}),
    JobStatus.ACTIVATING: frozenset({JobStatus.SUCCESS, JobStatus.FAILED}),
    JobStatus.SUCCESS: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}


def check_move(old: JobStatus, new: JobStatus) -> None:
    """Raise StaleClaim where the table does not allow the move."""
    if new not in TRANSITIONS[old]:
        raise StaleClaim(f"a job that is '{old}' cannot become '{new}'")
