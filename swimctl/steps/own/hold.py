"""A wait for a person, who says that the job may go on. It holds neither a thread nor a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from swimctl.clock import rfc3339
from swimctl.config.own_steps import Hold
from swimctl.errors import StepFailed
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.own.facts import OwnStep
from swimctl.steps.pausing import Parts, Pause, see_through
from swimctl.store import answer_key
from swimctl.waiting import Waiting, WaitKind

# Real seconds between two looks whether somebody has answered.
_LOOK: Final = 1.0


@dataclass(frozen=True)
class HoldStep(OwnStep):
    """Wait until somebody answers, or nobody has in time."""

    said: Hold

    def run(self, context: JobContext) -> StepResult:
        """Wait in this thread."""
        return see_through(self.in_parts(context), context.clock, context.stop)

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Wait without a thread. StepFailed: somebody said no, or nobody said anything in time."""
        until = self._until(context)
        context.part()
        said = False
        while (answer := context.record.recall(answer_key(self.kind))) is None:
            if context.clock.now() >= until:
                raise StepFailed(
                    f"nobody released it until {rfc3339(until)}; needed: `swimctl release {context.job.id}` in "
                    f"{self.said.deadline:g} s; next: {self.about.then}"
                )
            if not said:
                on = f"{self.said.name}: {self.said.ask}" if self.said.ask else self.said.name
                context.record.waits(Waiting(WaitKind.PERSON, on, context.job.id, until))
                said = True
            yield Pause(_LOOK * context.clock.speed, obeys=True)
            context.checkpoint()
        return self._taken(answer)

    def _until(self, context: JobContext) -> datetime:
        """Return the end of the wait, which a resume does not begin anew."""
        key = f"own until {self.kind}"
        context.record.remember(key, rfc3339(context.clock.now() + timedelta(seconds=self.said.deadline)))
        return datetime.fromisoformat(str(context.record.recall(key)))

    def _taken(self, answer: dict[str, Any]) -> StepResult:
        who = f"{answer['by'] or 'somebody'}{': ' if answer['why'] else ''}{answer['why']}"
        if not answer["go"]:
            raise StepFailed(f"refused by {who}; next: {self.about.then}, when it may go on")
        return StepResult(f"released by {who}")
