"""The head of the live view: which batch, to what release, until when, and when it ends by all that is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.text import Text

from swimctl.cli.output import plain
from swimctl.config.hours import Openings, Windows
from swimctl.config.windows import Go, Wait
from swimctl.errors import CalendarUnread, UsageError
from swimctl.models import Batch, ExecutionMode, Job, Usual
from swimctl.requests.forecast import Ahead, Course, forecast
from swimctl.states import FINAL, RUNNING, StepStatus
from swimctl.waiting import OF_PEOPLE, WaitKind, clock_time, span

_TICKET = 16  # characters
_NOBODY_KNOWS = frozenset({WaitKind.APPROVAL, WaitKind.PAUSE, WaitKind.RUNNER, WaitKind.STOP, *OF_PEOPLE})
_OPENS = frozenset({WaitKind.WINDOW, WaitKind.FREEZE, WaitKind.SCHEDULE})


Reader = Callable[[str, datetime, str], Openings]
"""What reads windows as they are written, at a moment, in a zone; UsageError, CalendarUnread."""


def _as_written(text: str, _now: datetime, _zone: str) -> Openings:
    return Windows.parse(text)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many devices a process has under way at once where the batch does not say, and how fast its clock goes.

    `windows` reads the windows of a batch, those of calendars too.
    """

    at_once: int = 20
    speed: float = 1.0
    windows: Reader = _as_written


def head_line(
    batch: Batch, jobs: Sequence[Job], ends: datetime | None, now: datetime, windows: Reader = _as_written
) -> Text:
    """Return the facts that hold for the whole batch, the ones that matter at night first."""
    targets = Counter(job.image_version for job in jobs)
    to = next(iter(targets), "") + (f" and {len(targets) - 1} more" if len(targets) > 1 else "")
    line = Text(f"Batch {batch.id[:8]}", style="bold")
    if batch.stopped_by is not None:
        line.append("  stopping", style="bold yellow")
    elif batch.paused_by is not None:
        line.append("  paused", style="bold yellow")
    if batch.policy.ticket:
        line.append(f"  {plain(batch.policy.ticket)[:_TICKET]}", style="not bold")
    line.append(f"  to {to}", style="not bold")
    if ends is not None:
        line.append(f"  ends ~{clock_time(ends, now)}, in {span((ends - now).total_seconds())}", style="not bold cyan")
    closes = closes_at(batch, now, windows)
    if closes is not None:
        late = ends is not None and ends > closes
        line.append(f"  closes {clock_time(closes, now)}", style="bold red" if late else "not bold")
    return line


def closes_at(batch: Batch, now: datetime, windows: Reader = _as_written) -> datetime | None:
    """Return when the window closes that is open now, or the next one; or the end of all activations."""
    ends = [] if batch.policy.until is None else [batch.policy.until]
    if batch.policy.window is not None:
        try:
            opening = windows(batch.policy.window, now, batch.policy.zone).opening(now)
        except (CalendarUnread, UsageError):  # or of another machine, with zones that this one does not know
            return batch.policy.until
        ends += [opening.closes] if opening else []
    return min(ends, default=None)


def ends_at(batch: Batch, jobs: Sequence[Job], usual: Usual, now: datetime, pace: Pace) -> datetime | None:
    """Return when the batch ends if each step takes what is usual; None where that is not known."""
    left = [job for job in jobs if job.status not in FINAL and not job.interrupted]
    if not left or any(job.waiting is not None and job.waiting.kind in _NOBODY_KNOWS for job in left):
        return None
    names = {job.id: job.device_name for job in left}
    ahead = []
    for job in sorted(left, key=lambda job: (job.wave, job.status not in RUNNING, job.id)):
        parts = _left(job, usual, now)
        if parts is None:
            return None
        rest = sum(seconds for kind, seconds in parts.items() if kind not in {"readiness", "distribution"})
        first = (job.waiting.job,) if job.waiting is not None and job.waiting.kind is WaitKind.PILOT else ()
        before = () if job.status in RUNNING else (*job.after, *first)
        after = tuple(names[number] for number in before if number in names)
        check, copy = parts.get("readiness", 0.0), parts.get("distribution", 0.0)
        group = job.redundancy_group
        ahead.append(Ahead(job.device_name, check, copy, rest, wave=job.wave, after=after, group=group))
    untils = [(job.waiting.kind, job.waiting.until) for job in left if job.waiting is not None]
    opens = max((until for kind, until in untils if kind in _OPENS and until is not None), default=now)
    soaked = max((until for kind, until in untils if kind is WaitKind.SOAK and until is not None), default=now)
    at_once = 1 if batch.mode is ExecutionMode.SEQUENTIAL else batch.workers or pace.at_once
    course = Course(at_once, at_once, soak=batch.policy.soak / pace.speed, gated=False)

    def gate(at: datetime, _needs: timedelta) -> Go | Wait:
        return Wait(opens, "") if at < opens else Go()

    return forecast(ahead, course, max(now, soaked), gate).ends


def _left(job: Job, usual: Usual, now: datetime) -> dict[str, float] | None:
    """Return by kind of step how many seconds are left; None where one was never seen."""
    left: dict[str, float] = {}
    for step in job.steps:
        if step.status not in {StepStatus.PENDING, StepStatus.RUNNING}:
            continue
        known = usual.get((step.kind, job.image_family))
        if known is None:
            return None
        gone = 0.0 if step.started_at is None else (now - step.started_at).total_seconds()
        left[step.kind] = max(0.0, known - gone)
    return left
