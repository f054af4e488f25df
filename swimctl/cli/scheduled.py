"""swimctl run-scheduled: run what is due, then exit; for cron."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, Opened, of
from swimctl.models import Job
from swimctl.states import FINAL

app = typer.Typer()


@app.command()
def run_scheduled(ctx: typer.Context) -> None:
    """Run the scheduled and detached jobs whose time has come, then exit. Two at once do no harm.

    If there is nothing to do, it prints nothing in cron, so cron sends no mail.
    """
    context = of(ctx)
    with context.open() as opened:
        due = opened.store.due(opened.clock.now())
        if due:
            raise typer.Exit(_run(context, opened, due))
        left = opened.store.interrupted()
    if context.json:
        output.print_json({"status": "success", "jobs": [], "resume": []})
    elif output.is_terminal(sys.stderr) or context.verbose:
        output.note("swimctl: there is nothing to run")
        for job in left:
            output.note(f"swimctl: job {job.id} on {job.device_name}: {job.error}")


def _run(context: Context, opened: Opened, due: Sequence[Job]) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import Kept

    ids = [job.id for job in due]
    engine = opened.engine.prepared()
    stop = running.run(context, opened, engine.run_due, Kept(opened.store, ids=ids))
    # What another process took meanwhile and still runs is that process's to tell of.
    ours = [job for job in opened.store.jobs(ids=ids) if job.status in FINAL or job.interrupted or stop.signal]
    batches = ",".join(dict.fromkeys(job.batch_id for job in ours or due))
    return running.print_result(context, running.outcome_of(opened, batches, ours, (), stop))
