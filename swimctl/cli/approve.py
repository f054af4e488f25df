"""swimctl approve: let a batch start that somebody else asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import caller, of
from swimctl.requests.documents import batch_document

app = typer.Typer()


@app.command()
def approve(
    ctx: typer.Context,
    batch: Annotated[
        str, typer.Argument(metavar="BATCH_ID", help=("The id of the batch, or its first 6 characters or more."))
    ],
    *,
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Your name, if several people share one user of this machine."),
    ] = None,
) -> None:
    """Approve a batch of another user, so that it can start.

    Exit code 3: the batch needs no approval, has it already, or is your own.
    """
    context = of(ctx)
    by = caller(name)
    with context.open() as opened:
        approved = opened.store.approve(batch, by)
    if context.json:
        output.print_json(batch_document(approved))
    else:
        output.print_line(f"batch {approved.id}: approved by {approved.approved_by}")
