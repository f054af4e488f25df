"""swimctl job: look into single jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.cli.outcome import seconds_between
from swimctl.cli.report import event_text
from swimctl.cli.status import BatchOption, print_jobs, print_steps
from swimctl.errors import NotFound
from swimctl.states import JobStatus

if TYPE_CHECKING:
    from swimctl.models import Job
    from swimctl.store import Store

app = typer.Typer(no_args_is_help=True)

JobId = Annotated[int, typer.Argument(metavar="ID", help="The job's id.", min=1)]


@app.command("list")
def list_jobs(
    ctx: typer.Context,
    *,
    batch: BatchOption = None,
    status: Annotated[JobStatus | None, typer.Option(help="Only jobs with this status.")] = None,
    device: Annotated[str | None, typer.Option(metavar="NAME", help="Only jobs of this device.")] = None,
    most: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most N.")] = 50,
) -> None:
    """List jobs, the newest first."""
    from swimctl.requests.documents import job_document

    context = of(ctx)
    with context.open() as opened:
        jobs = _newest(opened.store, batch, status, device, most)
        pulse, now = opened.store.pulse(jobs), opened.clock.now()
    if context.json:
        output.print_json({"count": len(jobs), "jobs": [job_document(job, pulse) for job in jobs]})
    elif jobs:
        print_jobs(jobs, pulse, now)
    else:
        output.note("swimctl: no such jobs")


@app.command("show")
def show_job(ctx: typer.Context, job_id: JobId) -> None:
    """Show one job with its steps, the options of its batch, and the folder with its files."""
    from swimctl.requests.documents import batch_document, job_document

    context = of(ctx)
    with context.open() as opened:
        job = opened.store.job(job_id)
        batch = opened.store.batch(job.batch_id)
        pulse, now = opened.store.pulse([job]), opened.clock.now()
        folder = opened.config.settings.jobs_dir / str(job.id)
    if context.json:
        output.print_json(job_document(job, pulse) | {"batch": batch_document(batch), "folder": folder})
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
        ("error", job.error),
        ("waits for", job.waiting and job.waiting.sentence(now)),
        ("created", output.local_time(job.created_at)),
        ("scheduled for", output.local_time(job.schedule_time)),
        ("started", output.local_time(job.started_at)),
        ("finished", output.local_time(job.finished_at)),
        ("took", output.duration(seconds_between(job.started_at, job.finished_at))),
        ("files", folder if folder.is_dir() else ""),
    ):
        if value not in (None, ""):
            output.print_line(f"{name + ':':<15}{value}")
    output.print_line()
    print_steps(job, pulse, now)


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
def show_transcript(ctx: typer.Context, job_id: JobId) -> None:
    """Show what was sent and printed on the device's terminal, without passwords."""
    context = of(ctx)
    with context.open() as opened:
        opened.store.job(job_id)
        path = opened.config.settings.jobs_dir / str(job_id) / "transcript.log"
    if not path.is_file():
        raise NotFound(f"job {job_id} has no transcript: {path} is not there; a job that never logged in has none")
    text = path.read_text(encoding="utf-8", errors="replace")
    if context.json:
        output.print_json({"job_id": job_id, "path": path, "transcript": text})
    else:
        output.print_line(text.removesuffix("\n"))


def _newest(store: Store, batch: str | None, status: JobStatus | None, device: str | None, most: int) -> list[Job]:
    batches = [store.batch(batch).id] if batch is not None else [found.id for found in store.batches(limit=1000)]
    jobs: list[Job] = []
    for batch_id in batches:
        jobs += [
            job
            for job in sorted(store.jobs(batch_id=batch_id), key=lambda job: -job.id)
            if (status is None or job.status is status) and (device is None or job.device_name == device)
        ]
        if len(jobs) >= most:
            break
    return jobs[:most]
