"""What steps of one's own have in common: what they know of their job, and what they send once and no more."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from swimctl.clock import rfc3339
from swimctl.config.flow_rules import places
from swimctl.config.own_steps import Own
from swimctl.config.references import resolve
from swimctl.errors import ConfigError, StepFailed
from swimctl.models import Batch
from swimctl.sessions.redaction import Redaction
from swimctl.states import JobStatus
from swimctl.steps.base import JobContext
from swimctl.steps.baseline import kept_baseline
from swimctl.steps.send_once import FRESH
from swimctl.steps.target import called

# What a job has come to, before the steps at its end run; in its record.
ENDING: Final = "ending"
# Characters of an output or an answer that are kept in an event.
KEPT: Final = 4000


def sent_key(name: str) -> str:
    """Return under which key a job remembers that a step's command, request or script may have left."""
    return f"own sent {name}"


def done_key(name: str) -> str:
    """Return under which key a job remembers what came of it."""
    return f"own done {name}"


def kept_key(word: str) -> str:
    """Return under which key a job remembers a value that a step kept for those after it."""
    return f"own kept {word}"


@dataclass(frozen=True, slots=True)
class About:
    """A step as it is written, and where it stands: its batch, the folder of config.yaml, the status of its job."""

    step: Own
    batch: Batch
    folder: Path
    job_status: JobStatus

    @property
    def then(self) -> str:
        """Return what to do when a failure of this step is mended: behind the upgrade, no new one does it."""
        return "`swimctl retry`" if self.job_status is JobStatus.DISTRIBUTING else "do by hand what it should do"

    def facts(self, context: JobContext, texts: Iterable[str], secrets: Container[str] = ()) -> dict[str, Any]:
        """Return what is known of the job now, by the words that may stand in braces.

        With what earlier steps kept, where a text names it. StepFailed: none of them has kept that.
        """
        facts = self._facts(context)
        for word in sorted({word for text in texts for word in places(text)}):
            if word not in facts and word not in secrets:
                facts[word] = context.record.recall(kept_key(word))
                if facts[word] is None:
                    raise StepFailed(f"{{{word}}} was kept by no step before; nothing was sent; next: do it by hand")
        return facts

    def _facts(self, context: JobContext) -> dict[str, Any]:
        device, job, now = context.device, context.job, context.clock.now()
        before, ending = kept_baseline(context.record.recall), context.record.recall(ENDING) or {}
        status = "running" if not ending else "failed" if ending["error"] else "success"
        return {
            "device": device.name,
            "address": device.address,
            "platform": device.platform,
            "model": device.model or "",
            "serial": device.serial or next(iter(before.serials if before else ()), ""),
            "site": device.site or "",
            "role": device.role or "",
            "job": job.id,
            "batch": self.batch.id,
            "workflow": self.batch.options.workflow,
            "step": self.step.name,
            "ticket": self.batch.policy.ticket,
            "comment": self.batch.policy.comment,
            "requested_by": self.batch.requested_by,
            "image": context.image.filename,
            "release": called(context.image),
            "runs": before.version if before else "",
            "status": status,
            "outcome": ending.get("outcome") or "",
            "error": ending.get("error") or "",
            "now": rfc3339(now),
            "until": rfc3339(now + timedelta(seconds=getattr(self.step, "lasts", 3600.0))),
        }

    def secrets(self, said: Mapping[str, object]) -> dict[str, str]:
        """Return the secrets of the step, read where they stand. StepFailed: one is not there."""
        try:
            return {
                name: resolve(where, f"secret {name!r} of step {self.step.name!r}", self.folder) or ""
                for name, where in said.items()
            }
        except ConfigError as missing:
            raise StepFailed(f"{missing}; nothing was sent; next: set it, then {self.then}") from None

    def once(self, context: JobContext, hide: Redaction, what: str, *, again: bool) -> None:
        """Have it recorded that `what` leaves now. StepFailed: it may have left before, and may not do so `again`.

        StaleClaim: the job is somebody else's by now.
        """
        key = sent_key(self.step.name)
        said = hide.text(what)
        if context.record.recall(key) is not None and not again:
            raise StepFailed(
                f"{self.step.name!r} is in doubt: '{said}' may have left, and its process ended before it recorded "
                f"what came of it; it is not done again; next: look whether it was done, then {self.then}"
            )
        started = time.monotonic()
        context.record.permit(said, key, {"what": said, "at": rfc3339(context.clock.now())})
        if time.monotonic() - started > FRESH:
            raise StepFailed(
                f"'{said}' was permitted, and more than {FRESH:.0f} s passed before it could leave: it did not; next: "
                f"{self.then}"
            )

    def done(self, context: JobContext) -> str | None:
        """Return what came of the step before its process ended; None: nothing was recorded."""
        found = context.record.recall(done_key(self.step.name))
        return None if found is None else str(found)


@dataclass(frozen=True)
class OwnStep:
    """What each step of one's own tells the engine of itself; what it does stands in its file."""

    about: About

    @property
    def kind(self) -> str:
        """Return the name of the step."""
        return self.about.step.name

    @property
    def job_status(self) -> JobStatus:
        """Return what the job is in meanwhile."""
        return self.about.job_status

    @property
    def stop_before(self) -> bool:
        """Return that a job may stop before it: nothing of it is begun twice."""
        return True


def lacks(text: str, contain: tuple[str, ...] | list[str]) -> list[str]:
    """Return the texts that an output should have and has not."""
    return [each for each in contain if each not in text]
