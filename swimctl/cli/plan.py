"""swimctl plan: what each device would get, what it lacks, and when the batch would end."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, Opened, of
from swimctl.cli.counting import counting
from swimctl.cli.wanted import Wanted, with_options
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.models import Device, Image, JobOptions
    from swimctl.requests.looks import Checker
    from swimctl.requests.plans import Plan
    from swimctl.requests.preview import Preview
    from swimctl.requests.signed import SignedPlan
    from swimctl.steps.first_look import FirstLook

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
    commands: Annotated[
        bool, typer.Option("--commands", help="List what would be typed on each device.", rich_help_panel=_SHOW)
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the plan to a new file, for `upgrade --plan`.", rich_help_panel=_SHOW
        ),
    ] = None,
) -> None:
    """Show what `upgrade` would do with the same options. Changes nothing.

    The plan asks a device the same as the readiness check of a job. So a device that is ready here passes that check.
    Exit code 1: a device gets no image, lacks something, or cannot be asked, or changes are frozen.
    """
    require_new(out)
    context = of(ctx)
    with context.open() as opened:
        planned = with_bound_waivers(opened, opened.service.plan(wanted.request(opened)), offline=offline)
        preview = looked_at(context, opened, planned, offline=offline)
        if out is not None:
            write_plan(opened, preview, out)
        raise typer.Exit(show(context, preview, all_rows=all_rows, by=by, commands=commands))


def show(
    context: Context, preview: Preview, *, all_rows: bool = False, by: By | None = None, commands: bool = False
) -> int:
    """Print a preview; return the exit code."""
    from swimctl.requests.preview_document import preview_document

    if context.json:
        output.print_json(preview_document(preview))
    else:
        output.write(sys.stdout, shown(preview, sys.stdout, all_rows=all_rows, by=by, commands=commands))
    return 0 if preview.well else 1


def looked_at(
    context: Context,
    opened: Opened,
    plan: Plan,
    *,
    offline: bool = False,
    signed: SignedPlan | None = None,
    checker: Checker | None = None,
) -> Preview:
    """Return a plan with what its devices say; on a terminal it shows meanwhile how many have answered.

    `checker` asks them in place of the engine.
    """
    count = 0 if offline else len(plan.accepted)
    if count and not context.quiet:
        output.note(f"asking {output.devices(count)}, changing nothing …")
    told = counting(count, sys.stderr) if count and not context.quiet else lambda _: None
    return opened.service.preview(plan, None if offline else checker or Asks(opened), told, signed)


def with_bound_waivers(opened: Opened, plan: Plan, *, offline: bool = False) -> Plan:
    """Return a plan whose waivers all say what is seen, once the devices of those that do not were asked.

    ConflictError: there is no such finding. UsageError: nobody is to be asked.
    """
    from swimctl.requests.binding import bind_waivers, unbound_devices
    from swimctl.requests.waiving import require_bound

    if offline:
        require_bound(plan.request.options.waivers)
    if not unbound_devices(plan):
        return plan
    return bind_waivers(plan, Asks(opened), plan.request.workers or opened.config.settings.workers)


class Asks:
    """Ask devices by the engine of this process, which is made when the first one is asked."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._lock = threading.Lock()

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Return a device's first look, as `Engine.check` does."""
        with self._lock:
            engine = self._opened.engine
        return engine.check(device, image, options)


def write_plan(opened: Opened, preview: Preview, path: Path) -> None:
    """Write the file that can be signed. UsageError: there is one already, or it cannot be written."""
    document = opened.service.signed_document(preview)
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    output.note(
        f"swimctl: {path} has {output.devices(len(document['devices']))}; its SHA-256 is {document['sha256']}; "
        f"run it with `swimctl upgrade --plan {path}`"
    )


def require_new(out: Path | None) -> None:
    """Refuse a file that is there already, before many devices are asked in vain. UsageError."""
    if out is not None and out.exists():
        raise _exists(out)


def _exists(path: Path) -> UsageError:
    return UsageError(f"{path} exists; give --out another name, so that no signed plan is lost")


def shown(
    preview: Preview, stream: TextIO, *, all_rows: bool = False, by: By | None = None, commands: bool = False
) -> str:
    """Return a preview as text: a screen for a terminal, else tab-separated lines."""
    from swimctl.cli import plan_lines, plan_screen

    if not output.is_terminal(stream):
        return plan_lines.lines(preview, commands=commands)
    return plan_screen.on_terminal(preview, stream, all_rows=all_rows, by=by, commands=commands)
