"""swimctl report: the record of a batch for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output
from swimctl.cli.context import Opened, of
from swimctl.cli.follow import latest_batch
from swimctl.cli.lines import event_text
from swimctl.cli.outcome import BatchResult, remark, seconds_between
from swimctl.cli.status import BatchOption
from swimctl.models import Batch, Event, Job
from swimctl.states import FINAL

if TYPE_CHECKING:
    from swimctl.store import Store

app = typer.Typer()

_EVIDENCE_MOST = 40


class Format(StrEnum):
    """How a report is written."""

    MD = "md"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Everything that a report says of a batch. `before` is the release that each job's device ran, where known."""

    batch: Batch
    outcome: BatchResult
    before: Mapping[int, str]
    events: Mapping[int, Sequence[Event]]


@app.command()
def report(
    ctx: typer.Context,
    *,
    batch: BatchOption = None,
    form: Annotated[Format, typer.Option("--format", help="Markdown for people, or JSON.")] = Format.MD,
) -> None:
    """Write a report of a batch: devices, releases, times, failures with their evidence.

    Without --batch: the latest batch.
    """
    context = of(ctx)
    with context.open() as opened:
        record = gather(opened, opened.store.batch(batch).id if batch else latest_batch(opened.store))
    if context.json or form is Format.JSON:
        output.print_json(document(record))
    else:
        output.print_line(markdown(record).removesuffix("\n"))


def gather(opened: Opened, batch_id: str) -> BatchRecord:
    """Read a batch's record from the store."""
    from swimctl.cli.running import outcome_of

    store = opened.store
    jobs = store.jobs(batch_id=batch_id)
    events: dict[int, list[Event]] = {}
    for event in store.batch_events(batch_id):
        events.setdefault(event.job_id, []).append(event)
    return BatchRecord(
        batch=store.batch(batch_id),
        outcome=outcome_of(opened, batch_id, jobs, (), None),
        before={job.id: release for job in jobs if (release := _release_before(store, job))},
        events=events,
    )


def document(record: BatchRecord) -> dict[str, Any]:
    """Write the record as JSON: the outcome's document, with the batch, and for each job where it came from."""
    from swimctl.requests.documents import batch_document, event_document

    written = record.outcome.document() | {"batch": batch_document(record.batch)}
    for job in written["jobs"]:
        job["from_version"] = record.before.get(job["id"])
        job["events"] = [event_document(event) for event in record.events.get(job["id"], ())]
    return written


def markdown(record: BatchRecord) -> str:
    """Write the record for people. Pure."""
    batch, outcome = record.batch, record.outcome
    lines = [f"# Upgrade of {len(outcome.jobs)} devices", ""]
    lines += [f"- Batch: {batch.id}", f"- Created: {output.local_time(batch.created_at)}" + _by(batch)]
    if batch.schedule_time:
        lines.append(f"- Scheduled for: {output.local_time(batch.schedule_time)}")
    policy = batch.policy
    for what, said in (
        ("Ticket", policy.ticket),
        ("Comment", policy.comment),
        ("Approved by", batch.approved_by or ("nobody yet" if batch.needs_approval else "")),
        ("Waves", f"{','.join(policy.waves)}, soak {output.duration(policy.soak)}" if policy.waves else ""),
        ("Window", policy.window or ""),
        ("Until", output.local_time(policy.until)),
        ("First of its kind", "; ".join(_alone(record)) or ("" if policy.pilot else "all at once (--no-pilot)")),
    ):
        if said:
            lines.append(f"- {what}: {_cell(said)}")
    lines += [
        f"- Mode: {batch.mode.value}; workflow {batch.options.workflow}; {_options(batch)}",
        f"- Result: {', '.join(f'{count} {word}' for word, count in outcome.counts.items())}",
        f"- Duration: {output.duration(outcome.seconds)}",
        "",
        "| Device | From | To | Result | Is now | Started | Time | Remark |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(record, job) for job in outcome.jobs]
    lines += _checks(record)
    lines += _waivers(record)
    bad = [job for job in outcome.jobs if outcome.word(job) != "success"]
    if bad:
        lines += ["", "## What did not succeed"]
    for job in bad:
        lines += _evidence(record, job)
    return "\n".join(lines) + "\n"


def _alone(record: BatchRecord) -> list[str]:
    """Return who went alone, with what each was the first of."""
    return [
        f"{job.device_name}: {event.message}"
        for job in record.outcome.jobs
        for event in record.events.get(job.id, ())
        if event.kind == "pilot"
    ]


def _row(record: BatchRecord, job: Job) -> str:
    cells = (
        job.device_name,
        record.before.get(job.id, "not read"),
        job.image_version,
        record.outcome.word(job),
        job.is_now,
        output.local_time(job.started_at),
        output.duration(seconds_between(job.started_at, job.finished_at)),
        remark(job),
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _checks(record: BatchRecord) -> list[str]:
    """Write what the checks by rules found to be changed, broken or not readable."""
    from swimctl.checks.tables import COLUMNS, of_events, rows, silent

    found = {
        job.device_name: of_events((event.kind, event.data) for event in record.events.get(job.id, ()))
        for job in record.outcome.jobs
    }
    changed = [(name, *row) for name, checks in found.items() for row in rows(checks)]
    unread = [f"- {name}: {_cell(sentence)}" for name, checks in found.items() for sentence in silent(checks)]
    columns = ("Device", *COLUMNS)
    head = ["", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    table = [*head, *(f"| {' | '.join(map(_cell, row))} |" for row in changed)] if changed else []
    lines = [*table, *(["", *unread] if unread else [])]
    return ["", "## What the checks found", *lines] if lines else []


def _waivers(record: BatchRecord) -> list[str]:
    """Return what somebody accepted, and whether the jobs met it."""
    waivers = record.batch.options.waivers
    if not waivers:
        return []
    met = {waiver for job in record.outcome.jobs for waiver in job.waived}
    lines = ["", "## Waived", "", "| Device | Finding | Seen | Why | Who | Met |", "|---|---|---|---|---|---|"]
    for one in waivers:
        cells = (one.device, one.finding, one.seen, one.reason, one.by, "yes" if one in met else "no")
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return lines


def _evidence(record: BatchRecord, job: Job) -> list[str]:
    ended = "" if job.status in FINAL else f", waits for `swimctl resume {job.id}`"
    if job.waiting is not None:
        ended = f", waits: {job.waiting.sentence()}"
    lines = ["", f"### {job.device_name} (job {job.id}): {record.outcome.word(job)}{ended}", ""]
    lines += [_cell(job.error or "No reason was recorded."), ""]
    for step in job.steps:
        took = output.duration(seconds_between(step.started_at, step.finished_at))
        lines.append(f"- {step.name}: {step.status.value}{f' after {took}' if took else ''}")
    events = record.events.get(job.id, ())
    if events:
        lines += ["", "What was recorded:", "", "```text"]
        if len(events) > _EVIDENCE_MOST:
            lines.append(f"({len(events) - _EVIDENCE_MOST} earlier events: swimctl job events {job.id})")
        lines += [
            f"{output.local_time(event.at)}  {event.kind}: {_one_line(event_text(event))}".replace("```", "'''")
            for event in events[-_EVIDENCE_MOST:]
        ]
        lines.append("```")
    return lines


def _release_before(store: Store, job: Job) -> str:
    from swimctl.steps.baseline import release_before

    return release_before(lambda key: store.recall(job.id, key))


def _by(batch: Batch) -> str:
    return f" by {batch.requested_by}" if batch.requested_by else ""


def _options(batch: Batch) -> str:
    options = batch.options
    said = [
        "activated" if options.activate else "distributed only",
        "flash cleaned first" if options.cleanup_flash else "",
        "forced" if options.force else "",
        "in service" if options.issu else "",
        "from bundle to install mode" if options.convert else "",
        _stops(batch),
    ]
    return ", ".join(word for word in said if word)


def _stops(batch: Batch) -> str:
    if batch.policy.max_failures_percent is not None:
        return f"stops at {batch.policy.max_failures_percent:g} % of failures"
    return f"stops after {batch.max_failures} failures" if batch.max_failures else "never stops for failures"


def _one_line(text: str) -> str:
    return " ".join(output.plain(text).split())


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|").replace("<", "&lt;")
