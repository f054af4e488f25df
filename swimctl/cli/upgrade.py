"""swimctl upgrade: plan, ask, create the batch, run it in the foreground, print the outcome."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output, policy, selection
from swimctl.cli.context import Context, Opened, caller, of
from swimctl.cli.plan import (
    CleanupOption,
    ConvertOption,
    ForceOption,
    ImageOption,
    IssuOption,
    WorkflowOption,
    image_reference,
    print_plan,
    show_plan,
)
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.engine.batches import Engine
    from swimctl.requests.plans import Plan
    from swimctl.requests.service import Triggered

app = typer.Typer()

_WHEN = "When and how"
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoInputOption = Annotated[
    bool, typer.Option("--no-input", help=("Never ask. If --yes would be needed, that is an error."))
]
DetachOption = Annotated[
    bool, typer.Option("--detach", help=("Make the jobs and return. A running `serve`, or `run-scheduled`, runs them."))
]


@app.command()
def upgrade(
    ctx: typer.Context,
    *,
    devices: selection.Names = None,
    all_devices: selection.All = False,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
    strict: selection.Strict = False,
    image: ImageOption = None,
    golden: Annotated[bool, typer.Option("--golden", help="Each device's golden image (the default).")] = False,
    workflow: WorkflowOption = "standard",
    sequential: Annotated[
        bool, typer.Option("--sequential", help="One device at a time, in order.", rich_help_panel=_WHEN)
    ] = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="How many devices at the same time.", rich_help_panel=_WHEN)
    ] = None,
    max_failures: policy.MaxFailures = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="Make jobs for this time, and return. Example: 2030-05-04T02:00+02:00.",
            rich_help_panel=_WHEN,
        ),
    ] = None,
    canary: policy.Canary = None,
    wave: policy.Wave = None,
    soak: policy.Soak = None,
    window: policy.WindowOption = None,
    until: policy.Until = None,
    stage_now: policy.StageNow = False,
    ticket: policy.Ticket = "",
    comment: policy.Comment = "",
    no_activate: Annotated[bool, typer.Option("--no-activate", help="Copy and verify; no reload.")] = False,
    cleanup_flash: CleanupOption = False,
    force: ForceOption = False,
    issu: IssuOption = False,
    convert: ConvertOption = False,
    detach: DetachOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "--check", help="The same as `swimctl plan`.")] = False,
    yes: YesOption = False,
    no_input: NoInputOption = False,
) -> None:
    """Upgrade devices: show the plan, ask, run, print the result.

    Press Ctrl-C once to stop: running devices continue to a safe point. `swimctl resume` continues from there.
    """
    if golden and image is not None:
        raise UsageError("give --golden or --image, not both")
    from swimctl.models import ExecutionMode, JobOptions
    from swimctl.requests.plans import UpgradeRequest

    context = of(ctx)
    with context.open() as opened:
        schedule_time = None if at is None else policy.read_time("--at", at)
        how, failures = policy.policy_of(
            canary=canary,
            wave=wave,
            soak=soak,
            max_failures=max_failures,
            window=window,
            until=until,
            stage_now=stage_now,
            ticket=ticket,
            comment=comment,
        )
        chosen = selection.select(
            opened.inventory,
            devices,
            all_devices=all_devices,
            filters=filters,
            limit=limit,
            group=group,
            exclude=exclude,
            strict=strict,
        )
        request = UpgradeRequest(
            devices=chosen,
            image=image_reference(image),
            options=JobOptions(
                workflow=workflow,
                activate=not no_activate,
                cleanup_flash=cleanup_flash,
                force=force,
                issu=issu,
                convert=convert,
            ),
            mode=ExecutionMode.SEQUENTIAL if sequential else ExecutionMode.PARALLEL,
            max_failures=failures,
            schedule_time=schedule_time,
            workers=workers,
            detached=detach,
            policy=how,
        )
        if dry_run:
            raise typer.Exit(show_plan(context, opened, request, offline=False))
        plan = opened.service.plan(request)
        confirm(plan, yes=yes, no_input=no_input)
        raise typer.Exit(carry_out(context, opened, plan))


def confirm(plan: Plan, *, yes: bool, no_input: bool) -> None:
    """Show the plan and ask, unless `yes`. Raises UsageError where nobody could answer, Abort on a no."""
    if yes or not plan.accepted:
        return
    if no_input or not output.can_ask():
        reason = "--no-input was given" if no_input else "there is no terminal to ask on"
        raise UsageError(f"this would upgrade {_devices(len(plan.accepted))}, and {reason}; add --yes to agree")
    print_plan(plan, {}, sys.stderr)
    if not typer.confirm(f"Upgrade {_devices(len(plan.accepted))}?", default=False, err=True):
        raise typer.Abort


def carry_out(context: Context, opened: Opened, plan: Plan) -> int:
    """Create the plan's jobs, and run them unless they are for later or for another process; gives the exit code."""
    later = plan.request.detached or plan.request.schedule_time is not None
    # Made before the jobs exist: an installation that cannot run them must leave none behind.
    engine = None if later or not plan.accepted else opened.engine
    made = opened.service.create(plan, caller())
    for item in made.skipped:
        if not context.json:
            output.note(f"swimctl: {item.device.name} gets no job: {item.refusal}")
    return _tell_created(context, made) if engine is None else _run(context, opened, engine, made)


def _run(context: Context, opened: Opened, engine: Engine, made: Triggered) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import Kept

    if not context.quiet:
        output.note(f"swimctl: batch {made.batch.id}, {_devices(len(made.jobs))}")
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


def _devices(count: int) -> str:
    return f"{count} device" if count == 1 else f"{count} devices"
