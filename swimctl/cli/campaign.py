"""swimctl campaign: golden as a standing wish, night after night until all devices are there."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.campaign_options import Asked, Name, with_rule
from swimctl.cli.context import Context, Opened, caller, of
from swimctl.cli.finding import Form, FormOption
from swimctl.errors import ConflictError, SwimctlError, UsageError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from swimctl.campaigns.nights import Begun, NotNow
    from swimctl.models import Caller
    from swimctl.store import Campaign

app = typer.Typer(no_args_is_help=True)

ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the audit.")]
AsOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Your name, if several people share one user.")
]


@app.command("create")
@with_rule
def create_campaign(ctx: typer.Context, *, asked: Asked) -> None:
    """Keep a rule: these devices shall run their golden image. Its nights begin when its window opens.

    The devices are found anew each night. Nothing is started by this.
    """
    context = of(ctx)
    with context.open() as opened:
        made = opened.campaigns.create(asked.name, asked.rule(opened), caller())
        _show(context, opened, made.name, brief=True)


@app.command("change")
@with_rule
def change_campaign(ctx: typer.Context, *, asked: Asked) -> None:
    """Change the rule of a campaign. What is not given stays; devices that are given replace all that were.

    An approval is void then. A night that goes on keeps the old rule.
    """
    context = of(ctx)
    with context.open() as opened:
        changed = opened.campaigns.change(asked.name, asked.changed(opened), caller())
        _show(context, opened, changed.name, brief=True)


@app.command("list")
def list_campaigns(ctx: typer.Context, *, form: FormOption = None) -> None:
    """List all campaigns: how they stand, and how many of their devices are there. Contacts no device."""
    from swimctl.campaigns.documents import campaign_document
    from swimctl.cli import campaign_screen

    context = of(ctx)
    with context.open() as opened:
        sights = opened.campaigns.sights()
    if context.json or form in {Form.JSON, Form.YAML}:
        document = {"count": len(sights), "campaigns": [campaign_document(sight) for sight in sights]}
        (output.print_yaml if form is Form.YAML and not context.json else output.print_json)(document)
    elif sights or form is Form.TSV:
        rows = [campaign_screen.row(sight) for sight in sights]
        roomy = (campaign_screen.WINDOW,)
        output.print_table(campaign_screen.COLUMNS, rows, lines=form is Form.TSV, roomy=roomy)
        for text in filter(None, map(campaign_screen.unread, sights)):
            output.note(text)
    else:
        output.note("swimctl: no campaign yet; `swimctl campaign create NAME --all --window 22:00-04:00` makes one")


@app.command("show")
def show_campaign(
    ctx: typer.Context,
    name: Name,
    *,
    all_rows: Annotated[bool, typer.Option("--all-rows", help="All nights, and a line for each device.")] = False,
    form: FormOption = None,
) -> None:
    """Show a campaign: its devices, its nights, when the next one is, and how many are left. Contacts no device."""
    context = of(ctx)
    with context.open() as opened:
        _show(context, opened, name, form, all_rows=all_rows)


@app.command("tonight")
def tonight(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Only these campaigns.")] = None,
) -> None:
    """Run tonight's batch of what is still behind, if the window is open. For cron.

    Exit code 3: no window is open, or somebody has to do something first. Two at once do no harm.
    """
    context = of(ctx)
    with context.open() as opened:
        wanted = [opened.store.campaign(name) for name in names or ()] or [
            campaign for campaign in opened.store.campaigns() if campaign.ended_at is None
        ]
        with opened.campaigns.nights() as nights:
            came: list[Begun | NotNow] = []
            failed = False
            for campaign in wanted:
                try:
                    came.append(nights.tonight(campaign))
                except SwimctlError as error:
                    if len(wanted) == 1:
                        raise
                    # The nights of the others have begun, or will: nobody else runs them.
                    output.note(f"swimctl: campaign {campaign.name}: {error}")
                    failed = True
            code = _run(context, opened, came)
            nights.settle()
    raise typer.Exit(1 if failed and code in {0, 3} else code)


@app.command("approve")
def approve_campaign(
    ctx: typer.Context,
    name: Name,
    *,
    rule: Annotated[
        str,
        typer.Option(
            "--rule", metavar="MARK", help="Which rule: `swimctl campaign show` has its mark. Without it you are asked."
        ),
    ] = "",
    who: AsOption = None,
) -> None:
    """Approve a campaign of another user, with exactly the rule that you saw. Its nights need no other approval."""
    context = of(ctx)

    def work(opened: Opened) -> Campaign:
        mark = rule or _seen(opened, name, ask=output.can_ask() and not context.json)
        return opened.campaigns.approve(name, _by(who), mark)

    _steer(ctx, work, "approved")


@app.command("pause")
def pause_campaign(ctx: typer.Context, name: Name) -> None:
    """Begin no more nights, and start no more jobs of tonight's."""
    _steer(ctx, lambda opened: opened.store.pause_campaign(name, caller()), "paused")


@app.command("continue")
def continue_campaign(
    ctx: typer.Context,
    name: Name,
    *,
    reason: ReasonOption = "",
    device: Annotated[
        list[str] | None,
        typer.Option("--device", metavar="NAME", help="Try this device again, which is held back. Several times."),
    ] = None,
) -> None:
    """Continue a campaign that is paused or halted, or try devices again that are held back."""
    _steer(ctx, lambda opened: opened.campaigns.go_on(name, caller(), reason, device or ()), "goes on")


@app.command("next")
def next_night(ctx: typer.Context, name: Name) -> None:
    """Start the next night by hand: now, if the window is open, else when it opens."""
    _steer(ctx, lambda opened: opened.store.release_night(name, caller()), "the next night is released")


@app.command("end")
def end_campaign(ctx: typer.Context, name: Name, *, reason: ReasonOption = "") -> None:
    """End a campaign for good. A night that goes on comes to its end."""
    _steer(ctx, lambda opened: opened.store.end_campaign(name, caller(), reason), "ended")


def _seen(opened: Opened, name: str, *, ask: bool) -> str:
    """Return the mark of the rule that a person has just read, and said yes to. UsageError: nobody can be asked."""
    from swimctl.cli import campaign_screen

    sight = opened.campaigns.sight(name)
    if sight.rule is None:
        raise ConflictError(sight.problem)
    if not ask:
        raise UsageError(f"say which rule you approve: --rule MARK, as `swimctl campaign show {name}` has it")
    output.note(campaign_screen.wanted(sight, get_terminal_size().columns))
    if not typer.confirm(f"Approve campaign {name} with exactly this rule?", default=False, err=True):
        raise typer.Abort
    return sight.campaign.mark


def _by(who: str | None) -> Caller:
    return caller() if who is None else replace(caller(), name=who)


def _steer(ctx: typer.Context, work: Callable[[Opened], Campaign], word: str) -> None:
    from swimctl.campaigns.documents import steered_document

    context = of(ctx)
    with context.open() as opened:
        campaign = work(opened)
    if context.json:
        output.print_json(steered_document(campaign))
    else:
        output.print_line(f"campaign {campaign.name}: {word}")


def _show(
    context: Context,
    opened: Opened,
    name: str,
    form: Form | None = None,
    *,
    all_rows: bool = False,
    brief: bool = False,
) -> None:
    from swimctl.campaigns.documents import shown_document
    from swimctl.cli import campaign_screen

    shown = opened.campaigns.show(name)
    if context.json or form in {Form.JSON, Form.YAML}:
        document = shown_document(shown.sight, shown.outlook)
        (output.print_yaml if form is Form.YAML and not context.json else output.print_json)(document)
    elif form is Form.TSV or not output.is_terminal(sys.stdout):
        rows = campaign_screen.device_rows(shown.sight)
        if not brief:
            output.print_table(campaign_screen.DEVICE_COLUMNS, rows, lines=True)
        output.print_line(campaign_screen.summary(shown.sight))
    else:
        now, width = opened.clock.now(), get_terminal_size().columns
        output.write(sys.stdout, campaign_screen.shown(shown.sight, shown.outlook, now, width, all_rows=all_rows))


def _run(context: Context, opened: Opened, came: Sequence[Begun | NotNow]) -> int:
    """Run the nights that began, or that a dead process left; return the exit code."""
    from swimctl.campaigns.nights import Begun
    from swimctl.cli import campaign_screen

    batches, codes = [], []
    for one in came:
        if isinstance(one, Begun):
            batches.append(one.night.batch_id)
            if not context.quiet:
                output.note(campaign_screen.begun(one))
                for line in campaign_screen.contended(one):
                    output.note(line)
        elif one.night is not None and opened.store.left(one.night.batch_id):
            batches.append(one.night.batch_id)
            if not context.quiet:
                output.note(campaign_screen.taken_up(one, one.night))
        else:
            codes.append(campaign_screen.code(one))
            if not context.quiet:
                output.note(campaign_screen.not_now(one, opened.clock.now()))
    if batches:
        return _run_batches(context, opened, batches)
    if context.json:
        output.print_json({"status": "success", "jobs": [], "resume": []})
    return max(codes, default=0)


def _run_batches(context: Context, opened: Opened, batches: Sequence[str]) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import Kept
    from swimctl.errors import StaleClaim

    engine = opened.engine.prepared()
    ids = [number for batch in batches for number in opened.store.left(batch)]
    jobs = opened.store.jobs(ids=ids) if ids else []

    def run(batch: str, event: threading.Event) -> None:
        try:
            engine.run(opened.store.batch(batch), [job for job in jobs if job.batch_id == batch], event)
        except StaleClaim as error:  # `serve` was faster with it
            output.note(f"swimctl: {error}")

    def work(event: threading.Event) -> None:
        with ThreadPoolExecutor(len(batches), "night") as nights:
            for done in [nights.submit(run, batch, event) for batch in batches]:
                done.result()

    stop = running.run(context, opened, work, Kept(opened.store, ids=ids))
    ended = opened.store.jobs(ids=ids) if ids else []
    return running.print_result(context, running.outcome_of(opened, ",".join(batches), ended, (), stop))
