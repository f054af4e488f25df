"""What a batch looks like from afar: in one word, in shares of a bar, and in groups of jobs that are alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from swimctl.models import Batch, Job, Usual
from swimctl.report.results import remark
from swimctl.requests.telling import LATE, running_step, times_usual
from swimctl.states import FINAL, RUNNING, JobStatus
from swimctl.waiting import WaitKind
from swimctl.web.words import tone

# From what somebody has to look at to what nobody has to.
WORDS: Final = (
    "unknown", "failed", "interrupted", "activating", "distributing", "pending", "scheduled", "cancelled", "success",
)  # fmt: skip
# In a bar what is done stands at the left, and what is still to do at the right.
_IN_BAR: Final = (
    "success", "unknown", "failed", "interrupted", "cancelled", "activating", "distributing", "pending", "scheduled",
)  # fmt: skip
MOST_ROWS: Final = 100
MOST_NAMES: Final = 500  # of jobs that are alike, in one row


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar, in per cent of its width."""

    word: str
    count: int
    begins: float
    width: float

    @property
    def tone(self) -> str:
        """Return its tone."""
        return tone(self.word)


@dataclass(frozen=True, slots=True)
class Row:
    """A job, or many that are alike: the first of them stands for all. `before` it come so many jobs of its section."""

    jobs: tuple[Job, ...]
    says: str
    late: float = 0.0
    before: int = 0

    @property
    def job(self) -> Job:
        """Return the first."""
        return self.jobs[0]


@dataclass(frozen=True, slots=True)
class Section:
    """Jobs under one heading: at most so many rows. `skipped` jobs come before them, `left_out` behind them."""

    key: str
    title: str
    rows: tuple[Row, ...]
    count: int
    left_out: int
    skipped: int = 0

    @property
    def earlier(self) -> int:
        """Return how many jobs come before those of the page before."""
        return max(0, self.skipped - MOST_ROWS)

    @property
    def later(self) -> int:
        """Return how many jobs come before those of the next page."""
        return self.count - self.left_out


def word_of(batch: Batch, counts: Mapping[str, int]) -> str:
    """Return how a batch stands, in one word or two."""
    waits = sum(counts.get(word, 0) for word in ("pending", "scheduled"))
    runs = sum(counts.get(word, 0) for word in ("activating", "distributing"))
    if batch.needs_approval and batch.approved_by is None and waits:
        return "waits for approval"
    if batch.stopped_by is not None and waits + runs:
        return "stopping" if runs else "stopped"
    if batch.paused_by is not None and waits + runs:
        return "paused"
    if counts.get("interrupted") and not runs:
        return "interrupted"
    if runs:
        return "running"
    if waits:
        return "scheduled" if counts.get("scheduled") else "waiting"
    for word in ("unknown", "failed", "success"):
        if counts.get(word):
            return word
    return "cancelled"


def shares(counts: Mapping[str, int]) -> list[Share]:
    """Return the parts of the bar of a batch, from the left."""
    total = sum(counts.values())
    found: list[Share] = []
    begins = 0.0
    for word in _IN_BAR:
        if count := counts.get(word, 0):
            width = 100 * count / total
            found.append(Share(word, count, round(begins, 3), round(width, 3)))
            begins += width
    return found


def told(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the counts in the order in which a person wants to read them."""
    return [(word, counts[word]) for word in WORDS if counts.get(word)]


def counted(jobs: Iterable[Job]) -> dict[str, int]:
    """Count jobs by their word."""
    found: dict[str, int] = {}
    for job in jobs:
        found[job.word] = found.get(job.word, 0) + 1
    return found


def sections(jobs: Sequence[Job], usual: Usual, now: datetime, turned: str = "", skip: int = 0) -> list[Section]:
    """Return the jobs of a batch in groups, what needs a person first; of the group `turned`, those behind so many."""
    trouble, held, going, waiting, done = (
        list[Row](),
        list[Row](),
        list[Row](),
        dict[str, list[Job]](),
        dict[str, list[Job]](),
    )
    for job in jobs:
        if job.interrupted or job.status is JobStatus.FAILED:
            trouble.append(Row((job,), remark(job)))
        elif job.waiting is not None and job.waiting.kind in {WaitKind.HELD, WaitKind.PERSON}:
            held.append(Row((job,), job.waiting.sentence(now)))
        elif job.status in RUNNING:
            going.append(_going(job, usual, now))
        elif job.status in FINAL:
            done.setdefault(_done(job), []).append(job)
        else:
            says = job.waiting.sentence(now) if job.waiting is not None else "waits for its turn"
            waiting.setdefault(says, []).append(job)
    going.sort(key=lambda row: (-row.late if row.late >= LATE else 0.0, row.job.id))
    made = (
        ("held", "A person has to say", held),
        ("trouble", "Needs a look", trouble),
        ("going", "Under way", going),
        ("waiting", "Waiting", [Row(tuple(alike), says) for says, alike in waiting.items()]),
        ("done", "Done", [Row(tuple(alike), says) for says, alike in done.items()]),
    )
    return [_section(key, title, rows, skip if key == turned else 0) for key, title, rows in made if rows]


def _section(key: str, title: str, rows: Sequence[Row], skip: int) -> Section:
    if skip:  # one by one: a page may begin amid jobs that are alike
        rows = [Row((job,), row.says, row.late) for row in rows for job in row.jobs]
    count = sum(len(row.jobs) for row in rows)
    shown, before = list[Row](), min(skip, count)
    for row in rows[skip : skip + MOST_ROWS]:
        shown.append(replace(row, before=before))
        before += len(row.jobs)
    return Section(key, title, tuple(shown), count, count - before, min(skip, count))


def _going(job: Job, usual: Usual, now: datetime) -> Row:
    step = running_step(job)
    if step is None:
        return Row((job,), remark(job))
    says = ": ".join(filter(None, (step.name, step.message)))
    if job.waiting is not None:
        says = f"{says}; {job.waiting.sentence(now)}"
    return Row((job,), says, times_usual(job, step, usual, now))


def _done(job: Job) -> str:
    if job.outcome is None:
        return job.status.value
    return f"{job.outcome}, {job.image_version}" if job.status is JobStatus.SUCCESS else str(job.outcome)
