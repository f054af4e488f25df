"""The options of `upgrade` and `plan`, in one place: what is planned is what is run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from swimctl.cli import completing, policy, selection
from swimctl.cli.shared_options import taking
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.cli.context import Opened
    from swimctl.requests.plans import UpgradeRequest
    from swimctl.waivers import Waiver

_WHEN = "When and how"
# Where a value is from that somebody gave.
_GIVEN = ("COMMANDLINE", "ENVIRONMENT", "PROMPT")

ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image",
        metavar="ID|FILENAME",
        help="This image, in place of the golden one.",
        autocompletion=completing.images,
    ),
]
DetachOption = Annotated[
    bool, typer.Option("--detach", help=("Make the jobs and return. A running `serve`, or `run-scheduled`, runs them."))
]


WaiveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--waive",
        metavar="'DEVICE: FINDING'",
        help="Accept this one finding, exactly as it is seen. `plan` shows what to paste. Can be used several times.",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: needed with --waive.")]


def waivers_of(texts: Iterable[str], reason: str) -> tuple[Waiver, ...]:
    """Read what is waived, in the name of who typed it. UsageError."""
    from swimctl.cli.context import caller
    from swimctl.waivers import read_waiver

    found = tuple(read_waiver(text, reason, caller().name) for text in texts)
    if reason and not found:
        raise UsageError("--reason says why something is waived; add --waive 'DEVICE: FINDING', or leave it out")
    return found


class Wanted:
    """What was typed. The request is made of it when the inventory is open."""

    def __init__(self, make: Callable[[Opened], UpgradeRequest]) -> None:
        self.request = make


def options(
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
    workflow: Annotated[
        str,
        typer.Option(
            "--workflow",
            metavar="ID|NAME",
            help="The workflow; see `workflow list`.",
            autocompletion=completing.workflows,
        ),
    ] = "standard",
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
            help="Make jobs for this time, and return: 02:00, 'Sat 02:00', +2h, or 2030-05-04T02:00+02:00.",
            rich_help_panel=_WHEN,
        ),
    ] = None,
    canary: policy.Canary = None,
    wave: policy.Wave = None,
    soak: policy.Soak = None,
    window: policy.WindowOption = None,
    until: policy.Until = None,
    stage_now: policy.StageNow = False,
    no_pilot: policy.NoPilot = False,
    ticket: policy.Ticket = "",
    comment: policy.Comment = "",
    no_activate: Annotated[bool, typer.Option("--no-activate", help="Copy and verify; no reload.")] = False,
    cleanup_flash: Annotated[
        bool, typer.Option("--cleanup-flash", help="Remove inactive releases from the device's flash before the copy.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Upgrade a device that already runs the image, too.")] = False,
    issu: Annotated[
        bool, typer.Option("--issu", help="Upgrade in service, without a reload of the whole device.")
    ] = False,
    convert: Annotated[
        bool, typer.Option("--convert", help="Bring IOS-XE devices from bundle mode to install mode.")
    ] = False,
    waive: WaiveOption = None,
    reason: ReasonOption = "",
    on_failed_checks: Annotated[
        Literal["back", "hold"],
        typer.Option(
            "--on-failed-checks",
            help="back: a device that is not as before goes back at once. hold: it waits for `swimctl recheck` until "
            "shortly before its own timer ends.",
        ),
    ] = "back",
    detach: DetachOption = False,
) -> Wanted:
    """Read what all these options ask for. UsageError: it cannot be."""
    if golden and image is not None:
        raise UsageError("give --golden or --image, not both")
    chosen = selection.options(
        names=devices,
        all_devices=all_devices,
        filters=filters,
        limit=limit,
        group=group,
        exclude=exclude,
        strict=strict,
    )
    accepted = waivers_of(waive or (), reason)

    def make(opened: Opened) -> UpgradeRequest:
        from swimctl.models import ExecutionMode, JobOptions
        from swimctl.requests.plans import UpgradeRequest

        now = opened.clock.now()
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
            no_pilot=no_pilot,
            now=now,
        )
        schedule_time = None if at is None else policy.read_time("--at", at, now)
        return UpgradeRequest(
            devices=chosen.of(opened.inventory),
            image=image_reference(image),
            options=JobOptions(
                workflow=workflow,
                activate=not no_activate,
                cleanup_flash=cleanup_flash,
                force=force,
                issu=issu,
                convert=convert,
                waivers=accepted,
                on_failed_checks=on_failed_checks,
            ),
            mode=ExecutionMode.SEQUENTIAL if sequential else ExecutionMode.PARALLEL,
            max_failures=failures,
            schedule_time=schedule_time,
            workers=workers,
            detached=detach,
            policy=how,
        )

    return Wanted(make)


def typed(ctx: typer.Context) -> tuple[str, ...]:
    """Return how those of these options are typed that were given, also where that is the default."""
    names = {"devices": "DEVICE", "all_devices": "--all", "filters": "--filter"}
    return tuple(
        names.get(name, f"--{name.replace('_', '-')}")
        for name in inspect.signature(options).parameters
        if (source := ctx.get_parameter_source(name)) is not None and source.name in _GIVEN
    )


with_options = taking(options, "wanted")
"""A command with it has all of these options before its own; what they ask for comes to it as `wanted`."""


def image_reference(text: str | None) -> int | str | None:
    """Read an image's id or file name."""
    return int(text) if text is not None and text.isdecimal() else text
