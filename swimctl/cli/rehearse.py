"""swimctl rehearse: play the upgrade on twins of its devices first, and say what would go wrong."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import Context, Opened, caller, of
from swimctl.cli.plan import looked_at, with_bound_waivers
from swimctl.cli.shared_options import taking
from swimctl.cli.upgrade import signed_preview
from swimctl.cli.wanted import Wanted, options, typed
from swimctl.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from swimctl.models import Device, Image, JobOptions
    from swimctl.rehearse.learned import Learned
    from swimctl.rehearse.night import Played
    from swimctl.requests.looks import Checker
    from swimctl.requests.preview import Preview
    from swimctl.steps.first_look import FirstLook

app = typer.Typer()
_PLAY = "What is played"
_TRIES = 200
_AT = "The night begins at this time: 02:00, 'Sat 02:00', +2h, or 2030-05-04T02:00+02:00."


@app.command()
@taking(options, "wanted", words={"at": _AT}, hidden={"detach"})
def rehearse(
    ctx: typer.Context,
    *,
    wanted: Wanted,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Rehearse a plan of `swimctl plan --out`.", rich_help_panel=_PLAY),
    ] = None,
    bundles: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="Learn from bundles of `device capture` in DIR, one in a folder of each device's name.",
            rich_help_panel=_PLAY,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="WHO=FAULT",
            help="Play a fault of `lab faults`: sw7=never-returns, 5%=install-fails, all=FAULT. Can be used several "
            "times.",
            autocompletion=completing.faults,
            rich_help_panel=_PLAY,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Another number draws other devices for a share.", rich_help_panel=_PLAY)
    ] = 1,
    speed: Annotated[
        float,
        typer.Option(min=1, max=2000, help="Device seconds per second at rest.", rich_help_panel=_PLAY),
    ] = 600.0,
) -> None:
    """Play `upgrade` with the same options on twins of the devices, in the lab on this machine. Changes nothing.

    It asks the devices what `plan` asks, builds their twins, and runs the batch against those. Exit code 0: all would
    go well. 1: something would go wrong. 3: nothing would, but a device could not be rehearsed.
    """
    from swimctl.cli.rehearsal_screen import shown
    from swimctl.rehearse.faults import read, require_known
    from swimctl.rehearse.report import report_of

    read(fault or ())  # before anything is asked
    context = of(ctx)
    with context.open() as opened, _ended_by_signals() as ends:
        if plan is not None and bundles is not None:
            raise UsageError("a signed plan is held against what its devices say now; leave out --from")
        looks = _Looks(context, opened, bundles)
        if plan is None:
            asked_for = opened.service.plan(wanted.request(opened))
            require_known(fault or (), [item.device.name for item in asked_for.accepted])
            planned = with_bound_waivers(opened, asked_for, offline=bundles is not None)
            preview = looked_at(context, opened, planned, checker=looks.checker)
        else:
            preview = signed_preview(context, opened, plan, typed(ctx))
        if preview.frozen:
            raise ConflictError(preview.frozen)
        learned, asked = looks.learned(preview), bundles is None
        played = _played(context, opened, preview, learned, fault or [], seed, speed, ends, asked=asked)
        opened.store.enter_audit(
            caller(), "rehearse", f"{len(played.jobs)} devices", {"faults": list(fault or ()), "seed": seed}
        )
        report = report_of(played)
        if context.json:
            output.print_json(report.document())
        else:
            output.write(sys.stdout, shown(report, sys.stdout))
        raise typer.Exit(report.exit_code)


class _Looks:
    """How devices are looked at, and what was learned of them: from themselves, or from bundles."""

    def __init__(self, context: Context, opened: Opened, bundles: Path | None) -> None:
        self._context, self._opened = context, opened
        self.checker: Checker = _Looking(opened)
        self._bundles = None
        if bundles is not None:
            from swimctl.rehearse.bundles import FromBundles

            if not bundles.is_dir():
                raise UsageError(
                    f"'{bundles}' is no folder; `swimctl device capture NAME --out {bundles}/NAME` makes it"
                )

            self.checker = self._bundles = FromBundles(bundles, opened.config.settings)

    def learned(self, preview: Preview) -> dict[str, Learned]:
        """Return what is known of the devices that would be upgraded, or have their image already."""
        from swimctl.errors import SwimctlError
        from swimctl.rehearse.learning import learn
        from swimctl.requests.looks import each
        from swimctl.requests.preview import Verdict

        devices = [row.item.device for row in preview.rows if row.verdict in {Verdict.READY, Verdict.THERE}]
        if self._bundles is not None:
            read = self._bundles.read
            return {
                one.name: learn(one.name, one.platform, read[one.name].texts, read[one.name].failures)
                for one in devices
                if one.name in read
            }
        if devices and not self._context.quiet:
            output.note(f"learning {output.devices(len(devices))}, changing nothing …")

        def ask(device: Device) -> Learned | None:
            try:
                told = self._opened.engine.record(device).recorded
            except SwimctlError as error:
                output.note(f"swimctl: {device.name} could not be learned: {error}")
                return None
            texts = {one.command: one.text for one in told if not one.failure}
            return learn(device.name, device.platform, texts, {one.command: one.failure for one in told if one.failure})

        found = each(devices, ask, preview.workers)
        return {device.name: one for device, one in zip(devices, found, strict=True) if one is not None}


class _Looking:
    """Look at a device as `plan` does, and record nothing of it: a rehearsal leaves the store as it is."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._lock = threading.Lock()

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Return its first look."""
        with self._lock:
            engine = self._opened.engine
        return engine.check(device, image, options, keep=False)


def _played(
    context: Context,
    opened: Opened,
    preview: Preview,
    learned: dict[str, Learned],
    faults: list[str],
    seed: int,
    speed: float,
    ends: _Ends,
    *,
    asked: bool,
) -> Played:
    from swimctl.rehearse.home import home
    from swimctl.rehearse.night import Script, play

    told = _telling() if not context.quiet else lambda _: None
    script = Script(preview, learned, faults, seed, speed, asked=asked)
    with home() as folder:
        ends.folder = folder
        try:
            now = opened.clock.now()
            return play(script, opened.config.settings, opened.store, opened.inventory, folder, now, told)
        finally:
            told("")


def _telling() -> Callable[[str], None]:
    """Return what shows on a terminal how far the night is, in one line."""
    if not output.is_terminal(sys.stderr):
        return lambda _: None
    return lambda text: output.write(sys.stderr, f"\r\x1b[K{text}" if text else "\r\x1b[K")


class _Ends:
    """What is removed where a signal ends the rehearsal."""

    folder: Path | None = None


@contextmanager
def _ended_by_signals() -> Iterator[_Ends]:
    """End at once on Ctrl-C, SIGTERM or a closed terminal, and leave nothing behind: no device is under way."""
    ends = _Ends()

    def end(number: int, _frame: FrameType | None) -> None:
        for _ in range(_TRIES if ends.folder else 0):  # other threads still write into it
            shutil.rmtree(str(ends.folder), ignore_errors=True)
            if not Path(str(ends.folder)).exists():
                break
        os._exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield ends
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
