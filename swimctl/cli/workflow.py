"""swimctl workflow: list the workflows and their steps."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import of

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_workflows(ctx: typer.Context) -> None:
    """List the built-in workflows and those of config.yaml."""
    context = of(ctx)
    with context.open() as opened:
        workflows = opened.service.workflows()
    if context.json:
        output.print_json({"count": len(workflows), "workflows": [workflow.document() for workflow in workflows]})
        return
    output.print_table(
        ("Id", "Name", "Steps", "Description"),
        [(workflow.id, workflow.name, ", ".join(workflow.steps), workflow.description) for workflow in workflows],
    )


@app.command("show")
def show_workflow(
    ctx: typer.Context,
    workflow: Annotated[str, typer.Argument(metavar="ID|NAME", help="The workflow.")],
) -> None:
    """Show one workflow's steps in their order."""
    context = of(ctx)
    with context.open() as opened:
        found = opened.service.workflow(workflow)
    if context.json:
        output.print_json(found.document())
        return
    output.print_line(f"{found.id}  {found.name}  {found.description}".rstrip())
    for number, step in enumerate(found.steps, 1):
        output.print_line(f"  {number}. {step}")
