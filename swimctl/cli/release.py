"""swimctl release: answer jobs that wait for a person."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import caller, of
from swimctl.errors import UsageError

app = typer.Typer()


@app.command()
def release(
    ctx: typer.Context,
    jobs: Annotated[
        list[int] | None,
        typer.Argument(metavar="JOB_ID", help="The jobs, all or none.", autocompletion=completing.jobs),
    ] = None,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the record.")],
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch",
            metavar="BATCH_ID",
            help="All jobs of this batch that wait for a person.",
            autocompletion=completing.batches,
        ),
    ] = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="They must not go on: each ends failed.")] = False,
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Your name, if several people share one user of this machine."),
    ] = None,
) -> None:
    """Answer jobs that wait for a person in a `pause` of their workflow: they may go on, or must not.

    Exit code 3: a job does not wait for a person, or has its answer already.
    """
    if bool(jobs) == (batch is not None):
        raise UsageError("name the jobs, or their batch with --batch")
    context = of(ctx)
    by = caller(name)
    with context.open() as opened:
        wanted = opened.store.waiting_for_a_person(batch) if batch is not None else jobs or []
        answered = opened.store.answer(wanted, by, reason, go=not refuse)
    if context.json:
        output.print_json({"job_ids": answered, "released": not refuse})
        return
    word = "refused" if refuse else "released"
    output.print_line(f"{word} by {by.name}: job {', '.join(map(str, answered))}")
