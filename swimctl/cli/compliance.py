"""swimctl compliance: what each device runs, what it should run, and how long that is supported."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from enum import StrEnum
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output, selection
from swimctl.cli.context import Context, of
from swimctl.cli.scan import WorkersOption, ask

if TYPE_CHECKING:
    from swimctl.images.compliance import Compliance

app = typer.Typer()


class Form(StrEnum):
    """How it is printed: as a document, or as lines, on a terminal too."""

    CSV = "csv"
    JSON = "json"
    TSV = "tsv"
    YAML = "yaml"


class By(StrEnum):
    """What devices are counted by."""

    SITE = "site"
    MODEL = "model"
    RELEASE = "release"


# So many devices get a line each without being asked for.
_FEW = 12
ByOption = Annotated[By | None, typer.Option("--by", help="Count the devices by this.")]
AllRowsOption = Annotated[bool, typer.Option("--all-rows", help="A line for each device, however many.")]
FormOption = Annotated[Form | None, typer.Option("--output", "-o", help="Print it in this form.")]


@app.command()
@selection.with_devices_or_all
def compliance(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    by: ByOption = None,
    all_rows: AllRowsOption = False,
    form: FormOption = None,
) -> None:
    """Show what devices ran when they were last seen, and compare it with their golden releases. Contacts no device.

    Without a choice: all devices. Exit code 1: one runs another release, is unknown, or is supported no more.
    """
    context = of(ctx)
    with context.open() as opened:
        found = opened.service.compliance(chosen.of(opened.inventory))
    raise typer.Exit(_tell(context, found, by, form, all_rows=all_rows))


@selection.with_devices
def of_devices(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    workers: WorkersOption = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use what was last seen. Do not contact the devices.")
    ] = False,
    by: ByOption = None,
    all_rows: AllRowsOption = False,
    form: FormOption = None,
) -> None:
    """Ask devices what they run, and compare it with their golden releases: `swimctl scan`, then `compliance`.

    This needs no image file. Exit code 1: a device runs another release, is unknown, or is supported no more.
    """
    from swimctl.images.compliance import not_told

    context = of(ctx)
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        silent = {} if offline else ask(context, opened, devices, workers)
        found = [
            not_told(one, silent[one.device.id].sentence) if one.device.id in silent else one
            for one in opened.service.compliance(devices)
        ]
    raise typer.Exit(_tell(context, found, by, form, all_rows=all_rows))


def _tell(context: Context, found: Sequence[Compliance], by: By | None, form: Form | None, *, all_rows: bool) -> int:
    """Print how the devices stand; return the exit code."""
    from swimctl.cli import fleet_screen
    from swimctl.images.compliance import compliance_document, counted, grouped

    code = 0 if all(one.well for one in found) else 1
    if context.json or form in {Form.JSON, Form.YAML}:
        document = compliance_document(found, by)
        (output.print_yaml if form is Form.YAML and not context.json else output.print_json)(document)
        return code
    columns: tuple[str, ...] = fleet_screen.COLUMNS
    rows = fleet_screen.rows(found)
    if by is not None:
        columns = (by.value.capitalize(), *fleet_screen.GROUP_COLUMNS)
        rows = fleet_screen.group_rows(grouped(found, by))
    if form is Form.CSV:
        output.write(sys.stdout, _csv(columns, rows))
        return code
    lines = form is Form.TSV or not output.is_terminal(sys.stdout)
    if lines or by is not None:
        output.print_table(columns, rows, lines=lines)
    else:
        few = all_rows or len(found) <= _FEW
        show = fleet_screen.listed if few else fleet_screen.stands
        output.write(sys.stdout, show(found, get_terminal_size().columns))
    if lines:
        counts = {**counted(found), "support_ended": sum(one.ended for one in found)}
        output.print_line(f"swimctl: {' '.join(f'{word}={number}' for word, number in counts.items())}")
    return code


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as CSV with the names of the columns, as spreadsheets read it.

    What one would take for a formula has a ' in front: names come from an inventory, and words from devices.
    """
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column.casefold().replace(" ", "_") for column in columns])
    writer.writerows([[_no_formula("" if cell is None else output.plain(str(cell))) for cell in row] for row in rows])
    return written.getvalue()


def _no_formula(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
