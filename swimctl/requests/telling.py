"""What a job is at, in the facts that every view shows: the step, how late it is, what an event tells. Pure."""

from __future__ import annotations

from datetime import datetime

from swimctl.models import Event, Job, Step, Usual
from swimctl.states import RUNNING, StepStatus
from swimctl.waiting import OF_PEOPLE

# A step that takes so many times as long as usual is worth a word.
LATE = 2.0


def running_step(job: Job) -> Step | None:
    """Return the step that runs; None for a job that waits, has ended, or that nobody runs any more."""
    if job.status not in RUNNING or job.interrupted:
        return None
    return next((step for step in job.steps if step.status is StepStatus.RUNNING), None)


def usual_seconds(job: Job, step: Step, usual: Usual) -> float | None:
    """Return the seconds that are usual; None where nobody knows, as of a person who is waited for."""
    person = job.waiting is not None and job.waiting.kind in OF_PEOPLE
    return None if person else usual.get((step.kind, job.image_family))


def times_usual(job: Job, step: Step, usual: Usual, now: datetime) -> float:
    """Return how many times its usual time the step has taken; 0 where that is not known."""
    known = usual_seconds(job, step, usual)
    if not known or step.started_at is None:
        return 0.0
    return (now - step.started_at).total_seconds() / known


def event_text(event: Event) -> str:
    """Return what an event tells: its facts (which step, which status) before its message."""
    facts = [str(event.data[key]) for key in ("step", "to", "status") if event.data.get(key)]
    return ": ".join(dict.fromkeys(word for word in (" ".join(facts), event.message) if word))
