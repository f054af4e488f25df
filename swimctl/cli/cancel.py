"""swimctl cancel: cancel what is pending or scheduled."""

from __future__ import annotations

import typer

from swimctl.cli import output
from swimctl.cli.context import caller, of
from swimctl.cli.status import BatchOption, JobIds
from swimctl.errors import UsageError

app = typer.Typer()


@app.command()
def cancel(ctx: typer.Context, *, job_ids: JobIds = None, batch: BatchOption = None) -> None:
    """Cancel jobs that are pending or scheduled. A running job is never touched.

    Exit code 3: no job could be cancelled.
    """
    if not job_ids and batch is None:
        raise UsageError("name the jobs to cancel, or their batch with --batch")
    context = of(ctx)
    with context.open() as opened:
        result = opened.service.cancel(job_ids or None, batch_id=batch, by=caller())
    kept = [{"id": job.id, "status": job.status.value, "message": job.message} for job in result.not_cancelled]
    if context.json:
        output.print_json(
            {
                "status": "success" if result.cancelled else "error",
                "cancelled": len(result.cancelled),
                "job_ids": list(result.cancelled),
                "not_cancelled": kept,
            }
        )
    else:
        for job_id in result.cancelled:
            output.print_line(f"job {job_id}: cancelled")
        for job in result.not_cancelled:
            output.note(f"swimctl: job {job.id} was not cancelled: {job.message}")
        if not result.cancelled:
            output.note("swimctl: error: nothing was cancelled; only pending and scheduled jobs can be")
    raise typer.Exit(0 if result.cancelled else 3)
