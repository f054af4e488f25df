"""What notifications say: title and body, short, with the command that comes next. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from swimctl.models import Batch, Job, Outcome
from swimctl.states import FINAL, JobStatus
from swimctl.waiting import Waiting, span

MOST_DEVICE_TEXTS: Final = 10  # a batch
_MOST_NAMES: Final = 20
_MOST_ERRORS: Final = 5
_NOW: Final[dict[Outcome | None, str]] = {
    Outcome.UNTOUCHED: "untouched: it runs what it ran before, on the same boot",
    Outcome.CLEANED: "cleaned: as before, on the same boot, but files were, or may have been, removed from its flash",
    Outcome.UPGRADED: "upgraded: it runs the target, committed",
    Outcome.ROLLED_BACK: "rolled back: it reloaded, and runs what it ran before",
    Outcome.UNKNOWN: "unknown: check its console (`show version`, `show install summary`)",
    None: "not recorded",
}


@dataclass(frozen=True, slots=True)
class Text:
    """One notification, as it is sent."""

    title: str
    body: str
    kind: Literal["info", "success", "warning", "failure"]


def started_text(batch: Batch, jobs: Sequence[Job]) -> Text:
    """Write what a batch is about to do."""
    versions = _versions(jobs)
    facts = [f"to {versions}" if versions else "", batch.mode.value, f"workflow {batch.options.workflow}"]
    facts.append("" if batch.options.activate else "nothing is activated")
    facts += [f"{word} {what}" for word, what in (("by", batch.requested_by), ("ticket", batch.policy.ticket)) if what]
    return Text(
        f"Batch {_short(batch)} started: {_devices(len(jobs))}",
        f"{_line('; '.join(fact for fact in facts if fact))}\nNext: `swimctl status --batch {_short(batch)}`",
        "info",
    )


def approval_text(batch: Batch, jobs: Sequence[Job]) -> Text:
    """Write that a batch waits for an approval, and how it is given."""
    who = batch.requested_by or "nobody knows who"
    facts = [f"ticket {batch.policy.ticket}" if batch.policy.ticket else "", batch.policy.comment]
    about = f"\n{_line('; '.join(fact for fact in facts if fact))}" if any(facts) else ""
    names = _names(jobs)
    return Text(
        f"Batch {_short(batch)} waits for approval: {_devices(len(jobs))}",
        f"Asked for by {_line(who, 80)}, to {_versions(jobs)}: {names}{about}\n"
        f"Next, for anybody else: `swimctl approve {_short(batch)}`",
        "warning",
    )


def device_text(batch: Batch, job: Job, *, last: bool = False) -> Text:
    """Write that a device failed, and what it is now; the `last` of a batch says where to read of further ones."""
    unknown = job.outcome is Outcome.UNKNOWN
    name = _line(job.device_name, 80)
    removed = f"; removed: {', '.join(job.removed)}" if job.removed else ""
    lines = [
        f"Device: {name}, to {job.image_version}",
        f"Error: {_line(job.error or 'none was recorded')}",
        f"Device now: {_NOW[job.outcome]}{_line(removed, 200)}",
        f"Next: {'its console, then ' if unknown else ''}`swimctl job show {job.id}`",
    ]
    if last:
        lines.append(f"{MOST_DEVICE_TEXTS} devices of this batch were reported; all others are in its summary.")
    title = f"UNKNOWN: {name} of batch {_short(batch)}" if unknown else f"{name} of batch {_short(batch)} failed"
    return Text(title, "\n".join(lines), "failure")


def held_text(
    batch: Batch, job: Job, waiting: Waiting, left: timedelta, *, again: bool = False, last: bool = False
) -> Text:
    """Write that a device is held for a person, or `again` that it soon goes back, with what may be done."""
    name, short = _line(job.device_name, 80), span(left.total_seconds())
    keep = f", `swimctl recheck {job.id} --keep --look {waiting.look} --reason TEXT` accepts it" if waiting.look else ""
    lines = [
        f"Device: {name}, runs {job.image_version}, not committed",
        f"Not as before: {_line(waiting.on or 'nobody said what')}",
        f"If nobody decides, it goes back in {short}.",
        f"Next: `swimctl recheck {job.id}` looks again, `swimctl recheck {job.id} --back` goes back now{keep}",
    ]
    if last:
        lines.append(f"Further devices that are held are not reported: `swimctl status --batch {_short(batch)}`")
    title = f"{name} of batch {_short(batch)} goes back in {short}" if again else f"{name} is held: {short} left"
    return Text(title, "\n".join(lines), "warning")


def stopped_text(batch: Batch, why: str) -> Text:
    """Write that a batch starts no more devices."""
    return Text(
        f"Batch {_short(batch)} is stopped: no more devices are started",
        f"Why: {_line(why)}\nNext: `swimctl status --batch {_short(batch)}`",
        "failure",
    )


def finished_text(batch: Batch, jobs: Sequence[Job]) -> Text:
    """Write what came of a batch: the counts, the devices that need somebody, the command that comes next."""
    by_word: dict[str, list[Job]] = {}
    for job in jobs:
        by_word.setdefault(_word(job), []).append(job)
    unknown, failed = by_word.get("unknown", []), by_word.get("failed", [])
    order = ("success", "failed", "unknown", "not attempted", "cancelled", "interrupted", "waiting")
    counts = ", ".join(f"{len(by_word[word])} {word}" for word in order if word in by_word)
    lines = [f"{_devices(len(jobs))}: {counts}" if jobs else _devices(0)]
    if unknown:
        lines.append(f"UNKNOWN, check the console: {_names(unknown)}")
    if failed:
        lines.append(f"Failed: {_names(failed)}")
    lines += [
        f"{_line(job.device_name, 80)}: {_line(job.error or '', 200)}" for job in (unknown + failed)[:_MOST_ERRORS]
    ]
    lines.append(f"Next: {_after(batch, by_word)}")
    kind: Literal["success", "warning", "failure"] = "warning"
    if unknown or failed:
        kind = "failure"
    elif set(by_word) <= {"success"}:
        kind = "success"
    verb = "has not ended" if {"interrupted", "waiting"} & set(by_word) else "finished"
    title = f"Batch {_short(batch)} {verb}: {counts or _devices(0)}"
    return Text(f"UNKNOWN: {title}" if unknown else title, "\n".join(lines), kind)


def _after(batch: Batch, by_word: dict[str, list[Job]]) -> str:
    if "interrupted" in by_word:
        return "`swimctl resume`"
    if "waiting" in by_word:
        return f"`swimctl status --batch {_short(batch)}`"
    if {"unknown", "failed", "not attempted"} & set(by_word):
        return f"`swimctl report --batch {_short(batch)}`, then `swimctl retry --batch {_short(batch)}`"
    return f"`swimctl report --batch {_short(batch)}`"


def _word(job: Job) -> str:
    """Return in a word how a job ended, or that it did not; the words of the command line's outcome."""
    if job.outcome is Outcome.UNKNOWN:
        return "unknown"
    if job.interrupted:
        return "interrupted"
    if job.status not in FINAL:
        return "waiting"
    return "not attempted" if job.status is JobStatus.FAILED and not job.attempted else job.status.value


def _versions(jobs: Sequence[Job]) -> str:
    targets = Counter(job.image_version for job in jobs)
    return ", ".join(f"{version} ({count})" for version, count in targets.most_common(_MOST_ERRORS))


def _names(jobs: Sequence[Job]) -> str:
    more = f" and {len(jobs) - _MOST_NAMES} more" if len(jobs) > _MOST_NAMES else ""
    return ", ".join(_line(job.device_name, 80) for job in jobs[:_MOST_NAMES]) + more


def _line(text: str, most: int = 500) -> str:
    """Make one short line of what a device or a person said."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _short(batch: Batch) -> str:
    return batch.id[:8]


def _devices(count: int) -> str:
    return "1 device" if count == 1 else f"{count} devices"
