"""swimctl device compliance: which devices run their golden release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output, selection
from swimctl.cli.context import Context, Opened, of

if TYPE_CHECKING:
    from swimctl.images.compliance import Compliance
    from swimctl.models import Device


@selection.with_devices
def compliance(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help=("How many devices to ask at the same time."))
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use what was last seen. Do not contact the devices.")
    ] = False,
) -> None:
    """Ask devices what they run, and compare it with their golden releases. Changes nothing.

    This needs no image file. Exit code 1: a device runs another release, or is unknown.
    """
    context = of(ctx)
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        silent = {} if offline else _ask(context, opened, devices, workers)
        found = [_with(silent, one) for one in opened.service.compliance(devices)]
    raise typer.Exit(_tell(context, found))


def _ask(context: Context, opened: Opened, devices: Sequence[Device], workers: int | None) -> dict[int, str]:
    """Ask devices what they run. Return the reasons of those that could not be asked."""
    from swimctl.requests.looks import Unasked, attempt, each

    if not context.quiet:
        output.note(f"asking {len(devices)} devices, changing nothing …")
    engine = opened.engine
    answers = each(
        devices,
        lambda device: attempt(device, lambda: engine.runs(device)),
        workers or opened.config.settings.workers,
    )
    return {
        device.id: answer.sentence
        for device, answer in zip(devices, answers, strict=True)
        if isinstance(answer, Unasked)
    }


def _with(silent: dict[int, str], one: Compliance) -> Compliance:
    from swimctl.images.compliance import not_told

    return not_told(one, silent[one.device.id]) if one.device.id in silent else one


def _tell(context: Context, found: Sequence[Compliance]) -> int:
    """Print how the devices stand; gives the exit code."""
    from swimctl.images.compliance import ComplianceStatus, counted

    counts = counted(found)
    well = all(one.standing in {ComplianceStatus.COMPLIANT, ComplianceStatus.NO_GOLDEN} for one in found)
    if context.json:
        documents = [one.document() for one in found]
        output.print_json({"compliant": well, "count": len(found), "counts": counts, "devices": documents})
        return 0 if well else 1
    output.print_table(
        ("Id", "Device", "Runs", "Seen", "Golden", "For", "Status", "Why"),
        [
            (
                one.device.id,
                one.device.name,
                one.runs,
                output.local_time(one.seen_at),
                one.choice.release,
                one.choice.winner.whom if one.choice.winner else "",
                one.standing.value,
                one.why,
            )
            for one in found
        ],
        roomy=("For",),
    )
    output.print_line(f"swimctl: {' '.join(f'{word}={number}' for word, number in counts.items())}")
    return 0 if well else 1
