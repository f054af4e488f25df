"""swimctl continue: let a paused batch go on, or start its next wave."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import caller, of
from swimctl.cli.pause import BatchId
from swimctl.requests.documents import batch_document

app = typer.Typer()


@app.command("continue")
def go_on(
    ctx: typer.Context,
    batch: BatchId,
    *,
    wave: Annotated[
        bool,
        typer.Option("--wave", help="Start the next wave now, without the rest of the soak and the look after it."),
    ] = False,
) -> None:
    """Continue a paused or stopped batch. With --wave: start its next wave now.

    Exit code 3: the batch is neither paused nor stopped; with --wave: it is, or no wave waits for a soak.
    """
    context = of(ctx)
    with context.open() as opened:
        number = opened.store.start_wave(batch, caller()) if wave else None
        found = opened.store.batch(batch) if wave else opened.store.go_on(batch, caller())
        left = [job.id for job in opened.store.jobs(batch_id=found.id) if job.interrupted]
        of_people = not (found.detached or found.schedule_time)  # else `serve` or `run-scheduled` takes them up
    if context.json:
        output.print_json(batch_document(found))
    else:
        output.print_line(f"batch {found.id}: {'goes on' if number is None else f'wave {number} starts now'}")
        if left and of_people:
            jobs = "1 job waits" if len(left) == 1 else f"{len(left)} jobs wait"
            output.note(f"swimctl: {jobs} for `swimctl resume`")
