"""A job's record in the store: all that its steps write and ask there while they run, with no secret in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from swimctl.clock import to_the_minute
from swimctl.engine.job_store import JobStore
from swimctl.errors import StaleClaim
from swimctl.platforms.facts import Running
from swimctl.sessions.redaction import Redaction
from swimctl.steps.baseline import is_baseline
from swimctl.steps.who import NOBODY, Met
from swimctl.store import Runner
from swimctl.store.seen import Seen
from swimctl.waiting import Waiting


def met(seen: Seen | None) -> Met:
    """Return what was seen of a device as its next look needs it."""
    return NOBODY if seen is None else Met(seen.serials, seen.by, to_the_minute(seen.at))


@dataclass(frozen=True)
class StoreRecord:
    """The record of a job that this runner holds. `lease`: what it may send with; see Store.lease."""

    store: JobStore
    runner: Runner
    job_id: int
    redaction: Redaction
    lease: int

    def say(self, message: str) -> None:
        """Report what the step is at."""
        self.store.say(self.job_id, self.runner, self.redaction.text(message))

    def waits(self, waiting: Waiting) -> None:
        """Report what the step waits for."""
        waiting = replace(waiting, on=self.redaction.text(waiting.on))
        self.store.say(self.job_id, self.runner, f"waiting: {waiting.sentence()}", waiting)

    def progress(self, percent: int, bytes_done: int = 0, bytes_total: int = 0) -> None:
        """Report how far the job is."""
        self.store.progress(self.job_id, self.runner, percent, bytes_done=bytes_done, bytes_total=bytes_total)

    def event(self, kind: str, message: str, **data: Any) -> None:  # noqa: ANN401 - JSON
        """Append a fact to the job's history."""
        self.store.record(self.job_id, kind, self.redaction.text(message), self.redaction.data(data))

    def remember(self, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """Keep a fact for a resume."""
        # What a later look is compared with stays as it is: a password may be the name of a port.
        self.store.remember(self.job_id, key, value if is_baseline(key) else self.redaction.data(value))

    def permit(self, command: str, key: str, facts: Mapping[str, Any]) -> None:
        """Record that a command leaves now. StaleClaim: it may not."""
        said, kept = self.redaction.text(command), self.redaction.data(dict(facts))
        self.store.permit(self.job_id, self.runner, self.lease, said, key, kept)

    def hold(self, serials: Sequence[str]) -> str:
        """Reserve the device by its serial numbers; return who has it already."""
        other = self.store.hold(self.job_id, self.runner, [f"serial {number}" for number in serials])
        if other is None:
            return ""
        interrupted = f", which was interrupted (`swimctl resume {other.id}`)," if other.interrupted else ""
        return f"job {other.id} on {other.device_name}{interrupted}"

    def recall(self, key: str) -> Any | None:  # noqa: ANN401 - JSON
        """Return what was remembered."""
        return self.store.recall(self.job_id, key)

    def met(self) -> Met:
        """Return which serial numbers were last seen at the job's device."""
        return met(self.store.seen_of_job(self.job_id))

    def saw(self, running: Running, serials: Sequence[str]) -> None:
        """Keep what the device runs."""
        members = self.redaction.data(dict(running.members))
        release, doubt = self.redaction.text(running.version), self.redaction.text(running.doubt)
        self.store.saw_in_job(self.job_id, release, members, doubt, list(serials))


@dataclass(frozen=True)
class RecordAfterwards(StoreRecord):
    """The record of a job that has ended: it may still be told of, it does not change, and nothing is sent for it."""

    lease: int = 0

    def say(self, message: str) -> None:
        """Report nothing: no step runs."""

    def waits(self, waiting: Waiting) -> None:
        """Report no wait."""

    def progress(self, percent: int, bytes_done: int = 0, bytes_total: int = 0) -> None:
        """Report no progress."""

    def permit(self, command: str, key: str, facts: Mapping[str, Any]) -> None:  # noqa: ARG002 - StoreRecord's
        """Refuse. StaleClaim."""
        raise StaleClaim(f"'{command}' is not sent: job {self.job_id} has ended")
