"""The live view: jobs in, lines of exactly the terminal's size out. Pure; follow.py draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from swimctl.cli.outcome import run_seconds
from swimctl.cli.output import duration, plain, size
from swimctl.cli.pulse import LATE, spent, times_usual
from swimctl.models import Job, Step, Usual
from swimctl.states import FINAL, RUNNING, WAITING, JobStatus, StepStatus

Rates = Mapping[int, float]  # job id -> bytes a real second, lately

_STEP_WIDTH = 15
_TIME_WIDTH = 16  # `12h05m of ~1h05m`
_BAR_WIDTH = 10
_NAME_MOST = 24
_STYLES = {JobStatus.SUCCESS: "green", JobStatus.FAILED: "red", JobStatus.CANCELLED: "dim"}


def render(
    jobs: Sequence[Job], usual: Usual, now: datetime, height: int, width: int, *, rates: Rates | None = None
) -> Text:
    """Draw at most `height - 1` lines of at most `width` columns: what runs, what waits, what ended, the totals.

    What does not fit is counted. One line of the terminal stays free for the cursor.
    """
    room = max(1, height - 1)
    shown = sorted(jobs, key=lambda job: (_rank(job), job.id))
    if len(shown) > room - 1:
        shown = shown[: max(0, room - 2)]
    name_width = min(_NAME_MOST, max((len(job.device_name) for job in shown), default=0), max(6, width // 4))
    lines = [_job_line(job, usual, now, name_width, width, (rates or {}).get(job.id)) for job in shown]
    seen = {job.id for job in shown}
    hidden = [job for job in jobs if job.id not in seen]
    if hidden and room > 1:
        lines.append(_fit(Text(f"+{len(hidden)} more: {_tally(hidden)}", style="dim"), width))
    lines.append(totals(jobs, now, width))
    return Text("\n").join(lines)


def totals(jobs: Sequence[Job], now: datetime, width: int) -> Text:
    """Draw the line that counts all jobs."""
    done = sum(job.status in FINAL for job in jobs)
    line = Text(f"{done}/{len(jobs)} done", style="bold")
    for count, word, style in (
        (_count(jobs, JobStatus.SUCCESS), "success", "green"),
        (sum(job.word == "failed" for job in jobs), "failed", "bold red"),
        (sum(job.word == "unknown" for job in jobs), "unknown", "bold red"),
        (_count(jobs, JobStatus.CANCELLED), "cancelled", ""),
        (sum(job.interrupted for job in jobs), "interrupted", "yellow"),
        (sum(job.status in RUNNING and not job.interrupted for job in jobs), "running", "cyan"),
        (sum(job.status in WAITING and not job.interrupted for job in jobs), "waiting", ""),
    ):
        if count:
            line.append(f"  {count} {word}", style=style)
    line.append(f"  {duration(run_seconds(jobs, now))}")
    return _fit(line, width)


def failure_line(job: Job) -> Text:
    """Return the line of a job that failed, or left its device unknown, and why; it stays above the live view."""
    line = Text(f"{job.word} ", style="bold red")
    line.append(f"{plain(job.device_name)} (job {job.id}) in {job.current_step}: ", style="bold")
    return line.append(plain(job.error or "no reason was recorded"), style="not bold")


def _rank(job: Job) -> int:
    if job.status in RUNNING:
        return 0
    return 1 if job.status in WAITING else 2


def _job_line(job: Job, usual: Usual, now: datetime, name_width: int, width: int, rate: float | None) -> Text:
    step = next((step for step in job.steps if step.name == job.current_step), None)
    line = Text(_cut(job.device_name, name_width).ljust(name_width) + " ")
    if job.status not in RUNNING or step is None:
        line.append(job.word.ljust(_STEP_WIDTH), style=_STYLES.get(job.status, "dim"))
        said = job.error or (job.waiting.sentence(now) if job.waiting else "")
        line.append(f" {plain(said)}" if said else "", style="dim")
        return _fit(line, width)
    line.append(_cut(step.name, _STEP_WIDTH).ljust(_STEP_WIDTH) + " ", style="cyan")
    middle = max(0, width - name_width - _STEP_WIDTH - _TIME_WIDTH - 3)
    what = _copy(job, rate, now, step) if _copying(job, step) else _what(job, step, now)
    line.append(_cut(what or "", middle).ljust(middle), style="yellow" if job.interrupted else "")
    late = times_usual(job, step, usual, now) >= LATE
    line.append(" " + spent(job, step, usual, now).rjust(_TIME_WIDTH), style="yellow" if late else "")
    return _fit(line, width)


def _what(job: Job, step: Step, now: datetime) -> str | None:
    if job.interrupted:
        return job.error
    return step.message if job.waiting is None else job.waiting.sentence(now)


def _copying(job: Job, step: Step) -> bool:
    return step.status is StepStatus.RUNNING and 0 < job.bytes_done < job.bytes_total and not job.interrupted


def _copy(job: Job, rate: float | None, now: datetime, step: Step) -> str:
    """Draw the bar of a copy. Without a measured rate the average since the step began stands in."""
    if rate is None and step.started_at is not None:
        rate = job.bytes_done / max(0.001, (now - step.started_at).total_seconds())
    share = job.bytes_done / job.bytes_total
    filled = round(share * _BAR_WIDTH)
    bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
    if not rate:
        return f"{bar} {share:4.0%} no data now"
    left = duration((job.bytes_total - job.bytes_done) / rate)
    return f"{bar} {share:4.0%} {size(rate)}/s {left} left"


def _tally(jobs: Sequence[Job]) -> str:
    words = ["running" if job.status in RUNNING else "waiting" if job.status in WAITING else "done" for job in jobs]
    return ", ".join(f"{words.count(word)} {word}" for word in ("running", "waiting", "done") if word in words)


def _count(jobs: Sequence[Job], status: JobStatus) -> int:
    return sum(job.status is status for job in jobs)


def _cut(text: str, width: int) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"[: max(0, width)]


def _fit(line: Text, width: int) -> Text:
    line.truncate(max(1, width), overflow="ellipsis")
    return line
