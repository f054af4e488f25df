"""What a report says: the facts of a batch and of each of its devices. Frozen; every form is made of these alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from swimctl.models import Batch, Event, Job
from swimctl.report.results import WORST_FIRST, counted, exit_code_of, result_of
from swimctl.waivers import Waiver

UNTOLD: Final = "0" * 64
"""In the place of the digest of all facts, where some are left out: who guessed those could prove it by a digest."""


def _natural(name: str) -> list[tuple[str, int, str]]:
    """Return what puts names in an order in which their numbers count as numbers."""
    return [(text, int(digits or 0), digits) for text, digits in re.findall(r"([^0-9]*)([0-9]{0,18})", name.casefold())]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a job's time: a step by its kind, or `waiting`. Without `until` it is not over."""

    kind: str
    name: str
    since: datetime
    until: datetime | None
    status: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a device did not answer: from its last answer to its first. Without `until` it is not over.

    `exact`: both ends were recorded as answers. Else the record is an older one: then it begins where the session was
    seen to end, or the command was sent, and ends where the device was first read.
    """

    since: datetime
    until: datetime | None
    exact: bool = True

    @property
    def seconds(self) -> float | None:
        """Return how long it was; None: it is not over."""
        return None if self.until is None else max(0.0, (self.until - self.since).total_seconds())


@dataclass(frozen=True, slots=True)
class Member:
    """What a member ran before and runs now, as the device said it; empty where nobody could read it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command that is sent only once, and what the device said to it."""

    at: datetime
    line: str
    answer: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What was not as before, or not as it must be. `standing`: tolerated, waived, or broken; `by` who waived it."""

    source: str
    what: str
    before: str
    after: str
    needed: str
    standing: str
    why: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided of the batch or of a device, and from where."""

    at: datetime
    who: str
    what: str
    why: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a device's terminal printed. `text` may have a gap; `size` and `sha256` are of the whole file."""

    text: str
    size: int
    sha256: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """All facts of one job. `release_before` is empty where nobody read it."""

    job: Job
    release_before: str
    release_after: str
    members: tuple[Member, ...]
    spans: tuple[Span, ...]
    outages: tuple[Outage, ...]
    commands: tuple[Command, ...]
    differences: tuple[Difference, ...]
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]
    checks: tuple[Mapping[str, Any], ...] = ()
    transcript: Transcript | None = None

    @property
    def result(self) -> str:
        """Return in one word how it ended."""
        return result_of(self.job)

    @property
    def away(self) -> float | None:
        """Return for how many seconds it was away in all; None: it was not, or still is."""
        seconds = [each.seconds for each in self.outages if each.seconds is not None]
        return sum(seconds) if seconds else None

    @property
    def still_away(self) -> bool:
        """Return whether no answer of it is recorded since it went away."""
        return any(each.until is None for each in self.outages)


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry of the audit when the report was made, and its hash, which covers all entries before it."""

    entry: int
    hash: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that a report says of a batch. `until_event`: no later event is in it.

    `facts` is `UNTOLD` where this one is told to somebody who may not know all of it.
    """

    batch: Batch
    devices: tuple[DeviceRecord, ...]
    decisions: tuple[Decision, ...]
    head: AuditHead
    made_at: datetime
    made_by: str
    seconds: float
    until_event: int
    pilots: tuple[tuple[str, str], ...] = ()
    unmet: tuple[Waiver, ...] = field(default=())
    facts: str = ""

    @property
    def worst_first(self) -> tuple[DeviceRecord, ...]:
        """Return the devices: what needs somebody first, then by name, and `sw2` before `sw10`."""
        place = {word: number for number, word in enumerate(WORST_FIRST)}
        return tuple(sorted(self.devices, key=lambda one: (place[one.result], _natural(one.job.device_name))))

    @property
    def counts(self) -> dict[str, int]:
        """Count the results."""
        return counted([one.result for one in self.devices])

    @property
    def exit_code(self) -> int:
        """Return what the batch's own run would have exited with."""
        return exit_code_of(self.jobs)

    @property
    def jobs(self) -> Sequence[Job]:
        """Return the jobs."""
        return [one.job for one in self.devices]

    @property
    def ended(self) -> bool:
        """Return whether every job has ended."""
        return all(one.job.finished_at is not None for one in self.devices)
