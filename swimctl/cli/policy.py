"""Options that say in which waves, when and until when a batch goes; shared by the commands that make one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.errors import UsageError
from swimctl.waiting import span

if TYPE_CHECKING:
    from swimctl.models import Policy

_WAVES = "Waves and windows"

Canary = Annotated[
    int | None,
    typer.Option("--canary", metavar="N", min=1, help="First N devices, then all others.", rich_help_panel=_WAVES),
]
Wave = Annotated[
    str | None,
    typer.Option(
        "--wave",
        metavar="SIZES",
        help=(
            "Sizes of waves, such as 5,20,100%. The last one repeats. A wave starts when the one before it is healthy."
        ),
        rich_help_panel=_WAVES,
    ),
]
Soak = Annotated[
    str | None,
    typer.Option(
        "--soak",
        metavar="TIME",
        help="Wait between waves, such as 10m or 1h30m. Then check the upgraded devices again.",
        rich_help_panel=_WAVES,
    ),
]
MaxFailures = Annotated[
    str | None,
    typer.Option(
        "--max-failures",
        metavar="N|N%",
        help=(
            "Start no more after N failures, or when N% of the devices tried have failed (from the fifth device "
            "on). Counts in the batch and in each wave. 0: never stop. Default: 1 with --sequential and with "
            "waves, else 0."
        ),
        rich_help_panel=_WAVES,
    ),
]
WindowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--window",
        metavar="WINDOW",
        help=(
            "Start and activate only in this window, or in one of several. Activate only what can end in it. "
            "Examples: 22:00-04:00, 'Sat 22:00-04:00@Europe/Berlin', '2030-12-05 22:00/6h'."
        ),
        rich_help_panel=_WAVES,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Activate nothing that cannot end by this time, and begin no copy after it: 04:00, +6h, or "
        "2030-05-04T04:00+02:00.",
        rich_help_panel=_WAVES,
    ),
]
StageNow = Annotated[
    bool,
    typer.Option(
        "--stage-now", help="Check and copy now. Only the activation waits for the window.", rich_help_panel=_WAVES
    ),
]
NoPilot = Annotated[
    bool,
    typer.Option(
        "--no-pilot",
        help="Start all, even if this store has not seen one of their kind upgraded. The audit has it.",
        rich_help_panel=_WAVES,
    ),
]
Ticket = Annotated[str, typer.Option("--ticket", metavar="TEXT", help="A ticket's number, for the report.")]
Comment = Annotated[str, typer.Option("--comment", metavar="TEXT", help="A note, for the report.")]


def policy_of(
    *,
    canary: int | None = None,
    wave: str | None = None,
    soak: str | None = None,
    max_failures: str | None = None,
    window: Sequence[str] | None = None,
    until: str | None = None,
    stage_now: bool = False,
    ticket: str = "",
    comment: str = "",
    no_pilot: bool = False,
    now: datetime,
) -> tuple[Policy, int | None]:
    """Read the options; gives the policy, and the number of failures where one was given. Raises UsageError."""
    from swimctl.models import Policy
    from swimctl.requests.order import failures_allowed
    from swimctl.times.durations import read_duration

    if canary is not None and wave is not None:
        raise UsageError("give --canary or --wave, not both; --wave 3,100% is the same as --canary 3")
    waves = (str(canary), "100%") if canary is not None else tuple(wave.split(",")) if wave is not None else ()
    number, percent = (None, None) if max_failures is None else failures_allowed(max_failures)
    policy = Policy(
        waves=tuple(size.strip() for size in waves),
        soak=0.0 if soak is None else read_duration(soak, bare="s").total_seconds(),
        max_failures_percent=percent,
        window="; ".join(window) if window else None,
        until=None if until is None else read_time("--until", until, now),
        stage_now=stage_now,
        ticket=ticket,
        comment=comment,
        pilot=not no_pilot,
    )
    return policy, number if percent is None else None


def read_time(option: str, text: str, now: datetime) -> datetime:
    """Read a moment, and print which one it is unless anybody reads it as the same. Raises UsageError."""
    from swimctl.times.moments import is_iso, read_moment

    moment = read_moment(text, now, option)
    if not is_iso(text) and moment > now:
        left = span((moment - now).total_seconds())
        output.note(f"swimctl: {option} {text} is {moment.astimezone():%a} {output.local_time(moment)}, in {left}")
    return moment
