"""swimctl workflow: list the workflows, show their steps, check those in a file."""

from __future__ import annotations

from pathlib import Path
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
    """Show one workflow's steps in their order, and what those of your own do."""
    context = of(ctx)
    with context.open() as opened:
        found = opened.service.workflow(workflow)
    if context.json:
        output.print_json(found.document())
        return
    output.print_line(f"{found.id}  {found.name}  {found.description}".rstrip())
    for number, (step, does) in enumerate(found.told, 1):
        output.print_line(f"  {number}. {step}{f': {does}' if does else ''}")


@app.command("validate")
def validate(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="A config.yaml, or a file that has only `workflows:`. Without it, your config.yaml."
        ),
    ] = None,
) -> None:
    """Check workflows, and say what is wrong in which line. Runs nothing, asks nobody.

    Exit code 2: something is wrong. A secret or a program that is not on this machine is only a warning.
    """
    from swimctl.config.checking import checked

    context = of(ctx)
    found = checked(file or context.config_path)
    for warning in found.warnings:
        output.note(f"swimctl: {warning}")
    if context.json:
        output.print_json({"workflows": list(found.names), "warnings": list(found.warnings)})
        return
    names = ", ".join(found.names) or "none of your own"
    count = f"{len(found.names)} {'workflow' if len(found.names) == 1 else 'workflows'}"
    output.print_line(f"{found.path}: {count} ({names}), all well")
