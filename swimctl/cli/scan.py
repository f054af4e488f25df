"""swimctl scan: ask devices what they run, many at once, and keep what they say."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output, selection
from swimctl.cli.context import Context, Opened, caller, of
from swimctl.cli.counting import counting

if TYPE_CHECKING:
    from swimctl.models import Device
    from swimctl.requests.looks import Unasked
    from swimctl.store.seen import Seen

app = typer.Typer()

WorkersOption = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="How many devices to ask at the same time.")
]


@app.command()
@selection.with_devices
def scan(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    workers: WorkersOption = None,
    replaced: Annotated[
        bool,
        typer.Option(
            "--replaced", help="What answers now is right, though other serial numbers were seen there before."
        ),
    ] = False,
) -> None:
    """Ask devices what they run, and keep the answers for `swimctl compliance`. Changes nothing on a device.

    A device that is another one than before is named, and not recorded. Exit code 1: not every device answered.
    """
    from swimctl.requests.compared import last_periods

    context = of(ctx)
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        began = time.monotonic()
        before = {one.id: opened.store.last_seen(one.id) for one in devices} if replaced else {}
        if replaced:
            opened.store.enter_audit(caller(), "scan --replaced", ", ".join(one.name for one in devices), {})
        silent = ask(context, opened, devices, workers, replaced=replaced)
        took = time.monotonic() - began
        for one in devices if replaced else ():
            was, now = before[one.id], opened.store.last_seen(one.id)
            if was and now and was.serials and set(was.serials).isdisjoint(now.serials):
                numbers = {"were": list(was.serials), "are": list(now.serials)}
                opened.store.enter_audit(caller(), "device replaced", one.name, numbers)
        seen = last_periods(opened.store, [one.id for one in devices])
    documents = [_document(one, seen.get(one.id), silent.get(one.id)) for one in devices]
    raise typer.Exit(_tell(context, devices, documents, silent, took))


def ask(
    context: Context, opened: Opened, devices: Sequence[Device], workers: int | None, *, replaced: bool = False
) -> dict[int, Unasked]:
    """Ask devices what they run, which is recorded. Return why those were not that could not be asked, by their ids."""
    from swimctl.requests.looks import Unasked, attempt, each

    if not context.quiet:
        output.note(f"asking {output.devices(len(devices))}, changing nothing …")
    engine = opened.engine
    answers = each(
        devices,
        lambda device: attempt(device, lambda: engine.runs(device, replaced=replaced)),
        workers or opened.config.settings.workers,
        (lambda _: None) if context.quiet else counting(len(devices), sys.stderr),
    )
    return {device.id: answer for device, answer in zip(devices, answers, strict=True) if isinstance(answer, Unasked)}


def _document(device: Device, seen: Seen | None, unasked: Unasked | None) -> dict[str, Any]:
    """Return what a device said as JSON; of one that said nothing, why, and not what it ran before."""
    now = None if unasked else seen
    return {
        "device_id": device.id,
        "device_hostname": device.name,
        "runs": now and now.release,
        "members": now and dict(now.members),
        "serials": now and list(now.serials),
        "since": now and now.since,
        "doubt": now.doubt if now else "",
        "error": unasked and unasked.error,
        "next": unasked.mend if unasked else "",
    }


def _tell(
    context: Context,
    devices: Sequence[Device],
    documents: Sequence[dict[str, Any]],
    silent: dict[int, Unasked],
    took: float,
) -> int:
    """Print what came of it; return the exit code."""
    from swimctl.cli import fleet_screen

    code, answered = 1 if silent else 0, len(devices) - len(silent)
    if context.json:
        counts = {"count": len(devices), "answered": answered, "unasked": len(silent), "seconds": round(took, 3)}
        output.print_json({**counts, "devices": list(documents)})
        return code
    if output.is_terminal(sys.stdout):
        ran = [(one["device_hostname"], one["runs"]) for one in documents if one["error"] is None]
        missed = [(one.name, silent[one.id].sentence) for one in devices if one.id in silent]
        output.write(sys.stdout, fleet_screen.scanned(ran, missed, output.duration(took), get_terminal_size().columns))
        return code
    output.print_table(
        ("Id", "Device", "Runs", "Serial", "Error"),
        [
            (
                one["device_id"],
                one["device_hostname"],
                one["runs"],
                next(iter(one["serials"] or ()), ""),
                silent[one["device_id"]].sentence if one["device_id"] in silent else one["doubt"],
            )
            for one in documents
        ],
    )
    output.print_line(
        f"swimctl: scanned={len(devices)} answered={answered} unasked={len(silent)} duration={output.duration(took)}"
    )
    return code
