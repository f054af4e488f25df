"""The end of a job: its outcome, and the steps of its workflow that run at each end, whatever came before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from swimctl.advice import with_next
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Own
from swimctl.engine.job_store import JobStore
from swimctl.errors import StaleClaim, StepFailed, StoreError, SwimctlError
from swimctl.models import Batch, Job, Outcome
from swimctl.states import StepStatus
from swimctl.steps import STEPS, JobContext, Step
from swimctl.steps.own import own_steps
from swimctl.steps.own.facts import ENDING, sent_key
from swimctl.store import Runner

# Of a step that a resume does not run again.
ENDED = frozenset({StepStatus.SUCCESS, StepStatus.SKIPPED})


@dataclass(frozen=True, slots=True)
class Ending:
    """What a job has come to: what its device is, and the error, empty where there is none."""

    outcome: Outcome
    error: str = ""


@dataclass(frozen=True)
class Closing:
    """What is left to do once all other steps of a job have ended.

    What the job came to is recorded before the first of these steps. A process that takes the job up then runs none of
    the steps before again, but the rest of these.
    """

    store: JobStore
    runner: Runner
    batch: Batch
    context: JobContext
    folder: Callable[[], Path]

    @cached_property
    def flow(self) -> Flow:
        """Return the steps of the batch, as they were when it was made."""
        return Flow.of(self.batch.flow)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Return all steps that the job may have, those of swimctl by their kind, the others by their name."""
        return {**STEPS, **own_steps(self.batch, self.flow, self.folder())} if self.flow.own else STEPS

    @property
    def may_fail(self) -> frozenset[str]:
        """Return the names of the steps whose failure is only told."""
        return frozenset(step.name for step in self.flow.own if step.may_fail)

    def forgiven(self, error: SwimctlError) -> str:
        """Return what is recorded of a step that failed, and may."""
        return self.context.redaction.text(f"failed, and may: {error}")

    @property
    def kinds(self) -> frozenset[str]:
        """Return under what the steps stand that run at each end."""
        return frozenset(step.name for step in self.flow.always)

    @cached_property
    def begun(self) -> Ending | None:
        """Return what the job had come to, if a process before this one has come to these steps."""
        kept = self.context.record.recall(ENDING) if self.flow.always else None
        return None if kept is None else Ending(Outcome(kept["outcome"]), kept["error"])

    def run(self, ending: Ending) -> Ending:
        """Run them, each once, and return what the job comes to with them. StaleClaim, StoreError."""
        if not self.flow.always:
            return ending
        if self.begun is None:
            self.context.record.remember(ENDING, {"outcome": ending.outcome.value, "error": ending.error})
        failed = [why for step in self.flow.always if (why := self._one(step))]
        error = "; ".join([*filter(None, [ending.error]), *failed])
        return Ending(ending.outcome, with_next(error, SwimctlError, self.context.device.name) if error else "")

    def _one(self, said: Own) -> str:
        """Run one of them; return why it failed, empty where it did not."""
        job, store, runner = self.context.job, self.store, self.runner
        statuses = {step.kind: step.status for step in store.job(job.id).steps}
        if statuses.get(said.name) in ENDED:
            return ""
        # One that failed, and may, reads skipped as well: what it sent may have been done all the same.
        sent = bool(said.after) and self.context.record.recall(sent_key(said.after)) is not None
        if said.after and not sent and statuses.get(said.after) in {StepStatus.PENDING, StepStatus.SKIPPED}:
            store.step(job.id, runner, said.name, StepStatus.SKIPPED, f"{said.after!r} was not run, or sent nothing")
            return ""
        store.step(job.id, runner, said.name, StepStatus.RUNNING)
        self.context.transcript.note(f"step: {said.name}")
        self.context.part()
        try:
            message = self.steps[said.name].run(self.context).message
        except (StaleClaim, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - what ends a job must end it, whatever one of its last steps does
            why = str(error) if isinstance(error, SwimctlError) else f"{type(error).__name__}: {error}"
            text = self.context.redaction.text(why)
            if said.may_fail:
                store.step(job.id, runner, said.name, StepStatus.SKIPPED, self.forgiven(SwimctlError(why)))
                return ""
            store.step(job.id, runner, said.name, StepStatus.FAILED, text)
            return f"{said.name!r}, which runs at each end, failed: {text}"
        finally:
            self.context.part()
        store.step(job.id, runner, said.name, StepStatus.SUCCESS, self.context.redaction.text(message))
        return ""


def left_open(store: JobStore, job: Job) -> str:
    """Return which steps that run at each end of a job could not, where something of it had begun; else nothing."""
    if all(step.kind in STEPS for step in job.steps):
        return ""
    names = {step.name for step in Flow.of(store.batch(job.batch_id).flow).always}
    steps = store.job(job.id).steps
    open_ = [step.kind for step in steps if step.kind in names and step.status not in ENDED]
    if not open_ or all(step.status is StepStatus.PENDING for step in steps):
        return ""
    return f"not run at its end: {', '.join(map(repr, open_))}; do by hand what they do"


def no_such_step(kinds: list[str]) -> StepFailed:
    """Return that a job has steps of another swimctl."""
    return StepFailed(
        f"the job has steps that this swimctl does not know: {', '.join(map(repr, kinds))}; it knows "
        f"{', '.join(map(repr, STEPS))}; no step was run; next: `swimctl --version` on every machine that uses this "
        "store must say the same, then `swimctl retry`"
    )


def was_worked_on(job: Job) -> bool:
    """Return whether a copy, a clean-up or a hash was asked of the device: such things have crashed some."""
    return any(step.kind == "distribution" and step.status is StepStatus.SUCCESS for step in job.steps)


def not_as_it_was() -> StepFailed:
    """Return that only the copy is proved."""
    return StepFailed(
        "the image is on the device, verified by its own hash, but it is not proved that the device is as before"
    )


def unproved() -> StepFailed:
    """Return that an activation was sent, and nothing proved what it did."""
    return StepFailed(
        "the activation was sent, and no post-checks proved its result; needed: Post-Checks that succeed; "
        "next: check what the device runs, then `swimctl retry`"
    )
