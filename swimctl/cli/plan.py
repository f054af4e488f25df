"""swimctl plan: what each device would get, what it lacks, and when the batch would end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, Opened, of
from swimctl.cli.wanted import Wanted, with_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from swimctl.requests.plans import Plan, UpgradeRequest
    from swimctl.requests.preview import Preview

app = typer.Typer()

By = Literal["site", "model", "role"]
_SHOW = "What is shown"


@app.command()
@with_options
def plan(
    ctx: typer.Context,
    *,
    wanted: Wanted,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not contact the devices.", rich_help_panel=_SHOW)
    ] = False,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="A line for each device, however many.", rich_help_panel=_SHOW)
    ] = False,
    by: Annotated[
        By | None, typer.Option("--by", help="Group the devices by what the inventory says.", rich_help_panel=_SHOW)
    ] = None,
) -> None:
    """Show what `upgrade` would do with the same options. Changes nothing.

    The plan asks a device the same as the readiness check of a job. So a device that is ready here passes that check.
    Exit code 1: a device gets no image, lacks something, or cannot be asked.
    """
    context = of(ctx)
    with context.open() as opened:
        raise typer.Exit(show_plan(context, opened, wanted.request(opened), offline=offline, all_rows=all_rows, by=by))


def show_plan(
    context: Context,
    opened: Opened,
    request: UpgradeRequest,
    *,
    offline: bool = False,
    all_rows: bool = False,
    by: By | None = None,
) -> int:
    """Print what a request comes to, after a look at its devices; return the exit code."""
    from swimctl.requests.preview_document import preview_document

    preview = looked_at(context, opened, opened.service.plan(request), offline=offline)
    if context.json:
        output.print_json(preview_document(preview))
    else:
        output.write(sys.stdout, shown(preview, sys.stdout, all_rows=all_rows, by=by))
    return 0 if preview.well else 1


def looked_at(context: Context, opened: Opened, plan: Plan, *, offline: bool = False) -> Preview:
    """Return a plan with what its devices say; on a terminal it shows meanwhile how many have answered."""
    count = 0 if offline else len(plan.accepted)
    if count and not context.quiet:
        output.note(f"asking {count} {'device' if count == 1 else 'devices'}, changing nothing …")
    told = _counting(count, sys.stderr) if count and not context.quiet else lambda _: None
    return opened.service.preview(plan, opened.engine if count else None, told)


def shown(preview: Preview, stream: TextIO, *, all_rows: bool = False, by: By | None = None) -> str:
    """Return a preview as text: a screen for a terminal, else tab-separated lines."""
    from swimctl.cli import plan_lines, plan_screen

    if not output.is_terminal(stream):
        return plan_lines.lines(preview)
    return plan_screen.on_terminal(preview, stream, all_rows=all_rows, by=by)


def _counting(total: int, stream: TextIO) -> Callable[[int], None]:
    """Return what shows on a terminal how many have answered; the line is gone when all have."""
    if not output.is_terminal(stream) or total < _MANY:
        return lambda _: None

    def tell(done: int) -> None:
        output.write(stream, f"\r{done} of {total} have answered" if done < total else "\r\x1b[K")

    return tell


# Fewer have answered before anybody wonders.
_MANY = 10
