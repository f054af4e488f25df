"""The live view: jobs in, lines of exactly the terminal's size out. Pure; follow.py draws it, head.py has its head."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from swimctl.cli.output import duration, plain
from swimctl.cli.pulse import spent
from swimctl.models import Job, Step, Usual
from swimctl.report.results import run_seconds
from swimctl.report.words import size
from swimctl.requests.telling import LATE, running_step, times_usual
from swimctl.states import FINAL, RUNNING, WAITING, JobStatus, StepStatus

Rates = Mapping[int, float]  # job id -> bytes a real second, lately

_STEP_WIDTH = 15
_TIME_WIDTH = 16  # `12h05m of ~1h05m`
_BAR_WIDTH = 10
_NAME_MOST = 24
# A terminal with so many lines has some for the head and for the counts of the steps.
_ROOMY = 12
_TIMES = "\N{MULTIPLICATION SIGN}"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STYLES = {JobStatus.SUCCESS: "green", JobStatus.FAILED: "red", JobStatus.CANCELLED: "dim"}


def render(
    jobs: Sequence[Job],
    usual: Usual,
    now: datetime,
    height: int,
    width: int,
    *,
    rates: Rates | None = None,
    head: Text | None = None,
) -> Text:
    """Draw at most `height - 1` lines of at most `width` columns: the head, what runs, what waits, the totals.

    Where all devices have room, each has its line. Else the steps are counted, equal lines are one, and what still does
    not fit is counted. What is late comes first. One line of the terminal stays free for the cursor.
    """
    room = max(1, height - 1)
    above = [] if head is None or room < _ROOMY else [_fit(head, width)]
    lines = _each(jobs, usual, now, width, rates or {}, room - len(above) - 1)
    if lines is None:
        counts = _counts(jobs, width) if room >= _ROOMY else []
        above += counts
        lines = _folded(jobs, usual, now, width, rates or {}, room - len(above) - 1)
    return Text("\n").join([*above, *lines, totals(jobs, now, width)])


def in_order(jobs: Sequence[Job], usual: Usual, now: datetime) -> list[Job]:
    """Sort jobs: late ones, the others that run, those that wait, those that have ended."""

    def place(job: Job) -> tuple[int, float, int]:
        late = _late(job, usual, now)
        return (_rank(job), -late if late >= LATE else 0.0, job.id)

    return sorted(jobs, key=place)


def _late(job: Job, usual: Usual, now: datetime) -> float:
    step = running_step(job)
    return 0.0 if step is None else times_usual(job, step, usual, now)


def _name_width(jobs: Sequence[Job], width: int) -> int:
    return min(_NAME_MOST, max((len(job.device_name) for job in jobs), default=0), max(6, width // 4))


def _each(jobs: Sequence[Job], usual: Usual, now: datetime, width: int, rates: Rates, room: int) -> list[Text] | None:
    """Draw a line for each job; None where they do not fit."""
    if len(jobs) > room:
        return None
    name_width = _name_width(jobs, width)
    shown = in_order(jobs, usual, now)
    return [_job_line(job, usual, now, name_width, width, rates.get(job.id)) for job in shown]


def _counts(jobs: Sequence[Job], width: int) -> list[Text]:
    """Draw a line for each step: how many are in it, and how many have it behind them."""
    lines = []
    names = dict.fromkeys(step.name for job in jobs for step in job.steps)
    most = len(str(len(jobs)))
    for name in names:
        steps = [(job, step) for job in jobs for step in job.steps if step.name == name]
        inside = sum(step.status is StepStatus.RUNNING and not job.interrupted for job, step in steps)
        behind = sum(step.status is StepStatus.SUCCESS for _, step in steps)
        failed = sum(step.status is StepStatus.FAILED for _, step in steps)
        line = Text(_cut(name, _STEP_WIDTH).ljust(_STEP_WIDTH))
        line.append(f" {inside:>{most}} in it", style="cyan" if inside else "dim")
        line.append(f"  {behind:>{most}} through", style="" if behind else "dim")
        if failed:
            line.append(f"  {failed:>{most}} failed", style="red")
        lines.append(_fit(line, width))
    return lines


def _folded(jobs: Sequence[Job], usual: Usual, now: datetime, width: int, rates: Rates, room: int) -> list[Text]:
    """Draw what is late by itself and all that is equal as one line; what ended is in the totals."""
    going = [job for job in in_order(jobs, usual, now) if job.status not in FINAL]
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in going:
        alone = job.interrupted or _late(job, usual, now) >= LATE
        groups.setdefault((str(job.id), "") if alone else _alike(job, now), []).append(job)
    shown = list(groups.values())
    singles = [one for group in shown if len(group) == 1 for one in group]
    name_width = max(_name_width(singles, width), min(_NAME_MOST, len(f"{len(going)} {_TIMES}")))
    if len(shown) > room:
        shown = shown[: max(0, room - 1)]
    lines = [
        _job_line(group[0], usual, now, name_width, width, rates.get(group[0].id))
        if len(group) == 1
        else _group_line(group, usual, now, name_width, width, rates)
        for group in shown
    ]
    seen = {job.id for group in shown for job in group}
    hidden = [job for job in going if job.id not in seen]
    if hidden and room > 0:
        lines.append(_fit(Text(f"+{len(hidden)} more: {_tally(hidden)}", style="dim"), width))
    return lines


def _alike(job: Job, now: datetime) -> tuple[str, str]:
    """Return what two jobs have in common that are one line."""
    step = running_step(job)
    if step is None:
        return job.word, job.waiting.sentence(now) if job.waiting else ""
    return step.name, "copying" if _copying(job, step) else _without_numbers(_what(job, step, now) or "")


def _without_numbers(text: str) -> str:
    return _NUMBER.sub("…", text)


def _group_line(jobs: Sequence[Job], usual: Usual, now: datetime, name_width: int, width: int, rates: Rates) -> Text:
    """Draw jobs that are at the same: how many, at what, and the shortest and the longest time that they are at it."""
    first = jobs[0]
    line = Text(f"{len(jobs)} {_TIMES}".rjust(name_width) + " ", style="bold")
    step = running_step(first)
    if step is None:
        line.append(first.word.ljust(_STEP_WIDTH), style=_STYLES.get(first.status, "dim"))
        line.append(f" {plain(first.waiting.sentence(now))}" if first.waiting else "", style="dim")
        return _fit(line, width)
    line.append(_cut(step.name, _STEP_WIDTH).ljust(_STEP_WIDTH) + " ", style="cyan")
    steps = [running_step(job) for job in jobs]
    times = [(now - one.started_at).total_seconds() for one in steps if one is not None and one.started_at is not None]
    known = usual.get((step.kind, first.image_family))
    took = " to ".join(dict.fromkeys((duration(min(times)), duration(max(times))))) if times else ""
    took += f" of ~{duration(known)}" if known is not None and took else ""
    middle = max(0, width - name_width - _STEP_WIDTH - len(took) - 3)
    if _copying(first, step):
        shares = [job.bytes_done / job.bytes_total for job in jobs]
        each = sum(rates.get(job.id, 0.0) for job in jobs)
        what = f"copying, {min(shares):.0%} to {max(shares):.0%}" + (f", {size(each)}/s" if each else "")
    else:
        what = _without_numbers(_what(first, step, now) or "")
    line.append(_cut(what, middle).ljust(middle) + " " + took)
    return _fit(line, width)


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
