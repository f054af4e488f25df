"""swimctl pause: start no more jobs of a batch."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import caller, of
from swimctl.requests.documents import batch_document

app = typer.Typer()

BatchId = Annotated[
    str,
    typer.Argument(
        metavar="BATCH_ID",
        help="The id of the batch, or its first 6 characters or more.",
        autocompletion=completing.batches,
    ),
]


@app.command()
def pause(ctx: typer.Context, batch: BatchId) -> None:
    """Start no more jobs of a batch, in whichever process it runs. Running jobs go on to their end.

    Exit code 3: the batch is paused already, or no job of it waits for its start.
    """
    context = of(ctx)
    with context.open() as opened:
        paused = opened.store.pause(batch, caller())
    if context.json:
        output.print_json(batch_document(paused))
    else:
        output.print_line(f"batch {paused.id}: paused; running jobs go on, `swimctl continue {paused.id[:8]}` ends it")
