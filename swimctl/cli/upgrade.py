"""swimctl upgrade: plan, ask, create the batch, run it in the foreground, print the outcome."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, Opened, caller, of
from swimctl.cli.plan import looked_at, show, shown, with_bound_waivers
from swimctl.cli.wanted import Wanted, typed, with_options
from swimctl.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swimctl.engine.batches import Engine
    from swimctl.requests.plans import Plan
    from swimctl.requests.preview import Preview
    from swimctl.requests.service import Triggered

app = typer.Typer()

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoInputOption = Annotated[
    bool, typer.Option("--no-input", help=("Never ask. If --yes would be needed, that is an error."))
]


@app.command()
@with_options
def upgrade(
    ctx: typer.Context,
    *,
    wanted: Wanted,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="FILE", help="Run a plan of `swimctl plan --out`, and nothing that has changed since."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "--check", help="The same as `swimctl plan`.")] = False,
    yes: YesOption = False,
    no_input: NoInputOption = False,
) -> None:
    """Upgrade devices: show the plan, ask, run, print the result.

    Before it asks, it looks at each device, as `swimctl plan` does. Press Ctrl-C once to stop: running devices continue
    to a safe point. `swimctl resume` continues from there.
    """
    context = of(ctx)
    with context.open() as opened:
        if plan is not None:
            preview = signed_preview(context, opened, plan, typed(ctx))
            if dry_run:
                raise typer.Exit(show(context, preview))
            confirm(context, opened, preview.plan, yes=yes, no_input=no_input, preview=preview)
            raise typer.Exit(carry_out(context, opened, preview.plan))
        planned = with_bound_waivers(opened, opened.service.plan(wanted.request(opened)))
        if dry_run:
            raise typer.Exit(show(context, looked_at(context, opened, planned)))
        confirm(context, opened, planned, yes=yes, no_input=no_input)
        raise typer.Exit(carry_out(context, opened, planned))


def signed_preview(
    context: Context, opened: Opened, path: Path, others: Sequence[str], *, retry: bool = False
) -> Preview:
    """Return the plan of a file, held against what its devices say now.

    UsageError: something else is asked for, or the file is of no retry where it has to be.
    """
    from swimctl.requests.signed import read_signed

    if others:
        raise UsageError(
            f"a plan of a file has its own devices and options; leave out {', '.join(others)}, or make the plan "
            "again with them: `swimctl plan … --out FILE`"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the plan {path}: {error}") from error
    signed = read_signed(text, str(path))
    if retry and not signed.retry_of:
        raise UsageError(f"{path} is no plan of a retry; run it with `swimctl upgrade --plan {path}`")
    if not context.quiet:
        output.note(f"swimctl: the plan in {path} has the SHA-256 {signed.sha256}")
    return looked_at(context, opened, opened.service.signed_plan(signed), signed=signed)


def confirm(
    context: Context, opened: Opened, plan: Plan, *, yes: bool, no_input: bool, preview: Preview | None = None
) -> None:
    """Show the plan after a look at the devices, and ask, unless `yes`.

    Raises UsageError where nobody could answer, Abort on a no, ConflictError where a yes would be refused.
    """
    if yes or not plan.accepted:
        return
    if no_input or not output.can_ask():
        reason = "--no-input was given" if no_input else "there is no terminal to ask on"
        raise UsageError(f"this would upgrade {output.devices(len(plan.accepted))}, and {reason}; add --yes to agree")
    preview = preview or looked_at(context, opened, plan)
    output.write(sys.stderr, shown(preview, sys.stderr))
    if preview.frozen:
        raise ConflictError(preview.frozen)
    counts = ", ".join(f"{number} {verdict.value}" for verdict, number in preview.counts.items())
    question = f"Upgrade {output.devices(len(plan.accepted))}? ({counts})"
    if not typer.confirm(question, default=False, err=True):
        raise typer.Abort


def carry_out(context: Context, opened: Opened, plan: Plan) -> int:
    """Create the plan's jobs, and run them unless they are for later or for another process; gives the exit code."""
    later = plan.request.detached or plan.request.schedule_time is not None
    from swimctl.requests.pilots import reasons

    # Made before the jobs exist: an installation that cannot run them must leave none behind.
    engine = None if later or not plan.accepted else opened.engine.prepared()
    made = opened.service.create(plan, caller())
    for name, why in reasons(plan).items() if not (context.quiet or context.json) else ():
        output.note(f"swimctl: {name}: {why}")
    for item in made.skipped:
        if not context.json:
            output.note(f"swimctl: {item.device.name} gets no job: {item.refusal}")
    return _tell_created(context, made) if engine is None else _run(context, opened, engine, made)


def _run(context: Context, opened: Opened, engine: Engine, made: Triggered) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import Kept

    if not context.quiet:
        output.note(f"swimctl: batch {made.batch.id}, {output.devices(len(made.jobs))}")
    stop = running.run(
        context,
        opened,
        lambda event: engine.run(made.batch, made.jobs, event),
        Kept(opened.store, batch_id=made.batch.id),
    )
    jobs = opened.store.jobs(batch_id=made.batch.id)
    skipped = [(item.device.name, item.refusal or "") for item in made.skipped]
    return running.print_result(context, running.outcome_of(opened, made.batch.id, jobs, skipped, stop))


def _tell_created(context: Context, made: Triggered) -> int:
    from swimctl.requests.documents import triggered_document

    if context.json:
        skipped = [(item.device, item.refusal or "") for item in made.skipped]
        output.print_json(triggered_document(made.batch, made.jobs, skipped))
    else:
        output.print_table(
            ("Job", "Device", "Status", "Target", "Image"),
            [(job.id, job.device_name, job.status.value, job.image_version, job.image_filename) for job in made.jobs],
        )
        at = made.batch.schedule_time
        when = f"scheduled for {output.local_time(at)}" if at else "waiting for `swimctl serve` or `run-scheduled`"
        output.print_line(f"swimctl: batch={made.batch.id} jobs={len(made.jobs)} skipped={len(made.skipped)}")
        output.note(f"swimctl: {when}; see `swimctl status --batch {made.batch.id}`")
    return 1 if made.skipped else 0
