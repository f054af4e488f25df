"""swimctl job: look into single jobs."""

from __future__ import annotations

import pydoc
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import of
from swimctl.cli.finding import FormOption, OutcomeOption, SinceOption, StatusOption, TicketOption, wanted_of
from swimctl.cli.status import BatchOption, print_found, print_steps
from swimctl.models import FAILED_BY, Event, Job
from swimctl.report.results import seconds_between
from swimctl.requests.telling import event_text
from swimctl.states import JobStatus
from swimctl.waivers import Waiver

app = typer.Typer(no_args_is_help=True)

JobId = Annotated[int, typer.Argument(metavar="ID", help="The job's id.", min=1, autocompletion=completing.jobs)]


@app.command("list")
def list_jobs(
    ctx: typer.Context,
    *,
    batch: BatchOption = None,
    status: StatusOption = None,
    device: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only jobs of this device. You can use it several times.",
            autocompletion=completing.devices,
        ),
    ] = None,
    ticket: TicketOption = None,
    outcome: OutcomeOption = None,
    since: SinceOption = None,
    most: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most N.")] = 50,
    form: FormOption = None,
) -> None:
    """List jobs, the newest first."""
    context = of(ctx)
    with context.open() as opened:
        wanted = wanted_of(
            opened,
            devices=tuple(device or ()),
            batch=batch,
            ticket=ticket,
            outcome=outcome,
            status=status,
            since=since,
        )
        jobs = opened.store.newest(wanted, most)
        pulse, now = opened.store.pulse(jobs), opened.clock.now()
    if not print_found(context, jobs, pulse, now, form):
        output.note("swimctl: no such jobs")


@app.command("show")
def show_job(ctx: typer.Context, job_id: JobId) -> None:
    """Show one job with its steps, the options of its batch, and the folder with its files."""
    from swimctl.checks.tables import COLUMNS, of_events, rows, silent, summary_of
    from swimctl.requests.documents import batch_document, job_document

    context = of(ctx)
    with context.open() as opened:
        job = opened.store.job(job_id)
        batch = opened.store.batch(job.batch_id)
        pulse, now = opened.store.pulse([job]), opened.clock.now()
        folder = opened.config.settings.jobs_dir / str(job.id)
        events = opened.store.events(job_id, 0)
        why = opened.store.recall(job_id, FAILED_BY)
        checks = of_events((event.kind, event.data) for event in events)
    if context.json:
        whole = {"batch": batch_document(batch), "folder": folder, "checks": checks, "explain": why}
        output.print_json(job_document(job, pulse) | whole)
        return
    for name, value in (
        ("job", job.id),
        ("batch", f"{batch.id} ({batch.mode.value}, workflow {batch.options.workflow})"),
        ("device", f"{job.device_name} (id {job.device_id})"),
        ("wave", job.wave if job.wave > 1 or batch.policy.waves else None),
        ("after", ", ".join(f"job {number}" for number in job.after)),
        ("ticket", batch.policy.ticket),
        ("comment", batch.policy.comment),
        ("image", f"{job.image_filename} ({job.image_version})"),
        ("status", f"{job.word}, {job.progress}%"),
        ("is now", job.is_now),
        *(("waived", str(waiver)) for waiver in job.waived),
        *(("waiver", str(each)) for each in batch.options.waivers if _may_be_met(each, job)),
        ("error", job.error),
        ("more", why and output.more_about(why)),
        *(("accept", f"{option} --reason …") for option in _waive_options(job, events)),
        ("waits for", job.waiting and job.waiting.sentence(now)),
        (
            "keep",
            job.waiting
            and job.waiting.look
            and f"swimctl recheck {job.id} --keep --look {job.waiting.look} --reason …",
        ),
        ("created", output.local_time(job.created_at)),
        ("scheduled for", output.local_time(job.schedule_time)),
        ("started", output.local_time(job.started_at)),
        ("finished", output.local_time(job.finished_at)),
        ("took", output.duration(seconds_between(job.started_at, job.finished_at))),
        ("checks", summary_of(checks)),
        ("files", folder if folder.is_dir() else ""),
    ):
        if value not in (None, ""):
            output.print_line(f"{name + ':':<15}{value}")
    output.print_line()
    print_steps(job, pulse, now)
    if changed := rows(checks):
        output.print_line()
        output.print_table(COLUMNS, changed, roomy=("Needed",))
    for sentence in silent(checks):
        output.print_line(sentence)


def _waive_options(job: Job, events: Sequence[Event]) -> list[str]:
    """Return the options that accept what is not as before, as they are pasted, where that keeps a device."""
    if job.status not in {JobStatus.FAILED, JobStatus.ACTIVATING}:
        return []
    found = [event.data.get("found", ()) for event in events if event.kind in {"not as before", "held"}]
    last = next((each for each in reversed(found) if each), ())
    return [each["waive"] for each in last if each.get("waive")]


def _may_be_met(waiver: Waiver, job: Job) -> bool:
    """Return whether it is of the job's device, and the job has not met it."""
    return waiver.device == job.device_name and waiver not in job.waived


@app.command("events")
def show_events(
    ctx: typer.Context,
    job_id: JobId,
    after: Annotated[int, typer.Option(metavar="EVENT_ID", min=0, help="Only later events.")] = 0,
) -> None:
    """Show everything that was recorded for a job, the oldest first."""
    from swimctl.requests.documents import event_document

    context = of(ctx)
    with context.open() as opened:
        opened.store.job(job_id)
        events = opened.store.events(job_id, after)
    if context.json:
        output.print_json({"count": len(events), "events": [event_document(event) for event in events]})
        return
    output.print_table(
        ("Id", "Time", "Kind", "Message"),
        [(event.id, output.local_time(event.at), event.kind, event_text(event)) for event in events],
    )


@app.command("transcript")
def show_transcript(
    ctx: typer.Context,
    job_id: JobId,
    *,
    step: Annotated[
        str | None, typer.Option("--step", metavar="NAME", help="Only from this step, such as activation.")
    ] = None,
    grep: Annotated[
        str | None, typer.Option("--grep", metavar="TEXT", help="Only lines with this text, with those around them.")
    ] = None,
    pager: Annotated[bool, typer.Option("--pager/--no-pager", help="Show it in a pager, on a terminal.")] = True,
) -> None:
    """Show what was sent and printed on the device's terminal, without passwords. On a terminal: in a pager."""
    from swimctl.requests import transcripts

    context = of(ctx)
    with context.open() as opened:
        job, jobs_dir = opened.store.job(job_id), opened.config.settings.jobs_dir
    text = transcripts.read(jobs_dir, job, step, grep)
    if context.json:
        output.print_json({"job_id": job_id, "path": transcripts.path_of(jobs_dir, job), "transcript": text})
    elif pager and output.is_terminal(sys.stdout):
        pydoc.pager(output.plain(text))
    else:
        output.print_line(text.removesuffix("\n"))
