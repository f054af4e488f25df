"""swimctl demo: eight simulated switches, images, a golden one, and an upgrade, from nothing and in one go."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, caller, of

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.spec import SwitchSpec
    from swimctl.lab.fleet import LabFleet
    from swimctl.models import Job

app = typer.Typer()

DEVICES = 8
GOLDEN = "17.12.04"
ON_TARGET = "sw7"
TOO_FULL = "sw8"


@app.command()
def demo(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help=("Folder for the store, images and transcripts of the demo."))
    ] = Path("swimctl-demo"),
    speed: Annotated[float, typer.Option(min=1, max=600, help="Device seconds per real second.")] = 60.0,
) -> None:
    """Watch an upgrade of simulated switches. Exit code 0: all went as planned."""
    from swimctl.cli.lab import register
    from swimctl.lab.fleet import LabFleet

    options = of(ctx)
    folder = folder.resolve()
    with LabFleet(specs(), speed=speed, folder=folder) as lab:
        images = register(folder, lab.write_folder(folder))
        if not options.quiet:
            output.note(
                f"swimctl demo: {DEVICES} simulated switches on 127.0.0.1, a stack of three (sw3) and a C9500 (sw4) "
                f"among them, {speed:g} times faster than real time. {ON_TARGET} runs {GOLDEN} already; {TOO_FULL} "
                f"has too little flash. {len(images)} images of 3 MB stand for real ones of 0.9 to 1.2 GB."
            )
        raise typer.Exit(_upgrade(options, lab, folder))


def specs() -> tuple[SwitchSpec, ...]:
    """Make the demo's switches."""
    from swimctl.lab.cisco_xe.fleet import default_fleet
    from swimctl.lab.faults import Fault

    fleet = default_fleet(DEVICES, {TOO_FULL: [Fault("no-space")]})
    return tuple(replace(spec, version=GOLDEN) if spec.name == ON_TARGET else spec for spec in fleet)


def _upgrade(options: Context, lab: LabFleet, folder: Path) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import Kept
    from swimctl.models import ExecutionMode, JobOptions
    from swimctl.requests.plans import UpgradeRequest

    with Context(folder / "config.yaml", json=options.json, quiet=options.quiet).open() as opened:
        request = UpgradeRequest(
            devices=opened.inventory.devices,
            image=None,
            options=JobOptions(),
            mode=ExecutionMode.PARALLEL,
            max_failures=None,
            schedule_time=None,
            workers=None,
            detached=False,
        )
        engine = opened.engine
        made = opened.service.create(opened.service.plan(request), caller())
        stop = running.run(
            options,
            opened,
            lambda event: engine.run(made.batch, made.jobs, event),
            Kept(opened.store, batch_id=made.batch.id),
        )
        jobs = opened.store.jobs(batch_id=made.batch.id)
        outcome = running.outcome_of(opened, made.batch.id, jobs, (), stop)
        running.print_result(options, outcome)
        if outcome.signal is not None:
            return outcome.exit_code
        odd = surprises(lab, jobs)
        if not options.quiet:
            _explain(folder, opened.config.settings.jobs_dir, made.batch.id, odd)
        return 1 if odd else 0


def surprises(lab: LabFleet, jobs: Sequence[Job]) -> list[str]:
    """Compare the outcome with what is meant, and with what the switches themselves run now."""
    found = []
    for job in jobs:
        switch = lab.switch(job.device_name)
        runs = set(switch.runs.values())
        on_target = runs == {GOLDEN} and switch.stays == GOLDEN
        meant = "failed" if job.device_name == TOO_FULL else "success"
        if job.status.value != meant:
            found.append(f"{job.device_name} should end {meant}, and ended {job.status}: {job.error or ''}")
        elif on_target != (meant == "success"):
            found.append(f"{job.device_name} ended {job.status}, but runs {', '.join(sorted(runs))}")
    if len(jobs) != DEVICES:
        found.append(f"{len(jobs)} jobs were made for {DEVICES} switches")
    return found


def _explain(folder: Path, jobs_dir: Path, batch_id: str, odd: list[str]) -> None:
    for line in odd:
        output.note(f"swimctl demo: not as planned: {line}")
    if not odd:
        output.note(
            f"swimctl demo: all went as planned; {TOO_FULL} was refused because its flash is full, and is untouched."
        )
    output.note(
        f"store: {folder / 'swimctl.db'}\ntranscripts and saved configurations: {jobs_dir}\n"
        "what to type next:\n"
        f"  cd {folder}\n"
        f"{put_on_path()}"
        f"  swimctl report --batch {batch_id[:8]}\n"
        "  swimctl job list\n"
        "  swimctl job transcript 3\n"
        "and to start the same switches again:\n"
        "  swimctl lab up --dir .\n"
        "  swimctl plan --all          # the same folder, a second terminal"
    )


def put_on_path() -> str:
    """Return what to type so that a shell finds the swimctl that runs; empty where it does already."""
    runs, found = Path(sys.argv[0]).absolute(), shutil.which("swimctl")
    if runs.name != "swimctl" or not runs.is_file() or (found and Path(found).resolve() == runs.resolve()):
        return ""
    return f"  PATH={runs.parent}:$PATH\n"
