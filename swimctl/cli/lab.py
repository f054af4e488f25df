"""`swimctl lab`: simulated switches on this machine."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import completing, context, lab_terminal, output

if TYPE_CHECKING:
    from swimctl.lab.fleet import LabFleet
    from swimctl.models import Image
    from swimctl.store import Store

DEVICES = 8


class Fleet(StrEnum):
    """Which devices a lab has."""

    CATALYST = "catalyst"
    MIXED = "mixed"


app = typer.Typer(no_args_is_help=True, help="Run simulated switches on this machine.")


@app.command()
def up(
    ctx: typer.Context,
    devices: Annotated[
        int | None,
        typer.Option(
            "--devices", "-n", min=1, max=1000, help=f"How many. Default: {DEVICES}, or as many as DIR's inventory has."
        ),
    ] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=10_000, help="Device seconds per real second.")] = 60.0,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help=("Make a working folder for these switches in DIR."))
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SWITCH=FAULT",
            help="Give a switch a fault, or all of them: all=FAULT. See `swimctl lab faults`.",
            autocompletion=completing.faults,
        ),
    ] = None,
    fleet: Annotated[
        Fleet | None,
        typer.Option(
            help=(
                "catalyst: only Catalyst switches. mixed: a device of each platform in turn. Default: as in DIR's "
                "inventory, else catalyst."
            )
        ),
    ] = None,
    port_base: Annotated[
        int | None, typer.Option(min=1024, max=65_000, help="Port of the first switch. Default: free ports.")
    ] = None,
) -> None:
    """Run simulated switches on 127.0.0.1 until Ctrl-C. Prints `ready` when they answer.

    On a terminal, `mend SWITCH` takes a switch's faults away while it runs.
    """
    from swimctl.lab.cisco_xe.fleet import default_fleet
    from swimctl.lab.fleet import LabFleet
    from swimctl.lab.folder import Kept, check_folder, parse_faults, read_fault_options, read_hosts
    from swimctl.lab.mixed import mixed_fleet

    kept = Kept()
    if folder is not None:
        check_folder(folder)
        kept = read_hosts(folder)
    mixed = fleet is Fleet.MIXED or (fleet is None and bool(kept.platforms - {"cisco_xe"}))
    make = mixed_fleet if mixed else default_fleet
    count = devices or len(kept.faults) or DEVICES
    names = [spec.name for spec in make(count)]
    asked = read_fault_options(fault or [], names)
    faults = {name: (*kept.faults.get(name, ()), *asked.get(name, ())) for name in names}
    specs = [kept.given(spec) for spec in make(count, parse_faults(faults))]
    ports = {} if port_base is None else {name: port_base + place for place, name in enumerate(names)}
    with _stop_signals() as stop, _home(folder) as home, LabFleet(specs, speed=speed, folder=home, ports=ports) as lab:
        options = context.of(ctx)
        if folder is not None:
            register(folder, lab.write_folder(folder, kept))
            if not options.quiet:
                running = "1 device runs" if count == 1 else f"{count} devices run"
                output.note(f"{running}; in a second terminal `cd {folder} && swimctl upgrade --all --yes`")
        _announce(lab, as_json=options.json, with_inventory=folder is None)
        lab_terminal.follow(lab, stop)


@app.command()
def faults(ctx: typer.Context) -> None:
    """List the faults that a lab switch can have."""
    from swimctl.lab.faults import FAULTS

    if context.of(ctx).json:
        output.print_json([{"name": name, "explanation": text} for name, text in FAULTS.items()])
    else:
        output.print_table(("Fault", "What it does"), FAULTS.items())


@app.command()
def add_image(
    ctx: typer.Context,
    filename: Annotated[str, typer.Argument(help="A vendor's file name, such as cat9k_iosxe.17.09.05.SPA.bin.")],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="A lab's working folder.")] = Path(),
    size: Annotated[int, typer.Option(min=4096, max=2_000_000_000, help="Size in bytes.")] = 3_000_000,
) -> None:
    """Make an image file for lab switches in DIR/images. If DIR has a config.yaml, add it to the catalogue."""
    from swimctl.errors import ImageError
    from swimctl.lab.images import make_image

    try:
        path = make_image(folder / "images", filename, size)
    except ValueError as error:
        raise ImageError(str(error)) from None
    image = register(folder, [path], golden=False)[0] if (folder / "config.yaml").exists() else None
    if context.of(ctx).json:
        output.print_json({"path": str(path), "size": size, "image_id": image.id if image else None})
    else:
        output.print_line(f"{path}" if image is None else f"{path}: image {image.id}")


def register(folder: Path, paths: Sequence[Path], *, golden: bool = True) -> list[Image]:
    """Add image files to the catalogue of a working folder, and the lab's golden ones where none is golden yet."""
    from swimctl.clock import SystemClock
    from swimctl.config import reading
    from swimctl.lab.folder import GOLDEN
    from swimctl.store import Store

    settings = reading.load(folder / "config.yaml").settings
    with Store.open(settings.store, SystemClock(settings.clock_speed)) as store:
        images = [_add(store, path.resolve()) for path in paths]
        ruled = {rule.family for rule in store.goldens() if rule.whom == "all"}
        for image in images:
            if golden and image.filename in GOLDEN and image.family not in ruled:
                store.set_golden(image.id)
        return images


def _add(store: Store, path: Path) -> Image:
    from swimctl.images import catalogue

    return catalogue.add(store, path, catalogue.read_filename(path.name))


def _announce(lab: LabFleet, *, as_json: bool, with_inventory: bool) -> None:
    from swimctl.lab.folder import dump_yaml, inventory_documents

    inventory = inventory_documents(lab.specs, lab.ports, None, lab.services)
    if as_json:
        output.print_json({"ready": True, "speed": lab.speed, "inventory": inventory})
        return
    if with_inventory:
        for name, document in inventory.items():
            output.print_line(f"---\n# {name}.yaml\n{dump_yaml(document)}".rstrip())
    output.print_line("ready")


@contextmanager
def _home(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="swimctl-lab-") as home:
        yield Path(home)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C and SIGTERM into an event: for a lab both are the usual end."""
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
