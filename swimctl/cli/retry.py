"""swimctl retry: a new batch of the jobs that failed or were not attempted."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from swimctl.cli import output, policy
from swimctl.cli.context import of
from swimctl.cli.plan import with_bound_waivers
from swimctl.cli.upgrade import NoInputOption, YesOption, carry_out, confirm
from swimctl.cli.wanted import DetachOption, ReasonOption, WaiveOption, waivers_of

app = typer.Typer()


@app.command()
def retry(
    ctx: typer.Context,
    *,
    batch: Annotated[str, typer.Option("--batch", metavar="ID", help="The batch whose jobs to try again.")],
    no_pilot: policy.NoPilot = False,
    waive: WaiveOption = None,
    reason: ReasonOption = "",
    detach: DetachOption = False,
    yes: YesOption = False,
    no_input: NoInputOption = False,
) -> None:
    """Make a new batch from the failed and not attempted jobs of a batch, and run it with the same options.

    On a terminal it asks you. Without a terminal it starts.
    """
    context = of(ctx)
    with context.open() as opened:
        planned = opened.service.retry_plan(
            batch, waivers_of(waive or (), reason), pilot=False if no_pilot else None
        )
        plan = with_bound_waivers(opened, planned)
        plan = replace(plan, request=replace(plan.request, detached=detach))
        if no_input or output.can_ask():
            confirm(context, opened, plan, yes=yes, no_input=no_input)
        raise typer.Exit(carry_out(context, opened, plan))
