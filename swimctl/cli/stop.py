"""swimctl stop: running jobs stop at the end of the step that they are in."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import caller, of
from swimctl.cli.status import BatchOption, JobIds
from swimctl.errors import UsageError
from swimctl.requests.steering import stop_after_step, stops_after

app = typer.Typer()


@app.command()
def stop(
    ctx: typer.Context,
    *,
    job_ids: JobIds = None,
    batch: BatchOption = None,
    after_step: Annotated[
        bool, typer.Option("--after-step", help="Let each job end the step that it is in. There is no harder stop.")
    ] = False,
) -> None:
    """Stop running jobs at the end of their step, in whichever process. Of a batch, nothing more starts.

    `swimctl resume` continues them. A job that activates goes on to the end of its post-checks. Exit code 3: nothing of
    this runs, or it is stopped already.
    """
    if (batch is None) is (not job_ids):
        raise UsageError("give ids of jobs, or --batch, and not both")
    if not after_step:
        raise UsageError("add --after-step: a step is never cut off, as its device would be left half-way")
    context = of(ctx)
    with context.open() as opened:
        stopping = stop_after_step(opened.store, caller(), batch_id=batch, job_ids=job_ids)
    if context.json:
        output.print_json(stopping.document())
        return
    if stopping.batch_id is not None:
        output.print_line(f"batch {stopping.batch_id}: no more jobs start, {len(stopping.jobs)} running")
    for job in stopping.jobs:
        output.print_line(f"job {job.id}, {job.device_name}: {stops_after(job)}")
    short = f", or `swimctl continue {stopping.batch_id[:8]}`" if stopping.batch_id else ""
    output.note(f"swimctl: `swimctl resume` continues what stopped{short}")
