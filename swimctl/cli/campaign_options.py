"""The options of `campaign create` and `campaign change`: what is given is kept as the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from swimctl.cli import completing, policy, selection
from swimctl.cli.shared_options import taking
from swimctl.cli.wanted import ImageOption, image_reference
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.campaigns.rule import Rule
    from swimctl.cli.context import Opened
    from swimctl.inventory.selection import Selection

_NIGHTS = "Nights"

Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign.", autocompletion=completing.campaigns)]


def _flag(names: str, words: str, panel: str | None = None) -> Any:  # noqa: ANN401  as typer has it
    return typer.Option(names, help=words, show_default=False, rich_help_panel=panel)


class Asked:
    """What was typed: which campaign, and how its rule becomes another one when the inventory is open."""

    def __init__(self, name: str, selected: Callable[[], Selection | None], change: Callable[[Opened], dict[str, Any]]):
        self.name = name
        self._selected = selected
        self._change = change

    def rule(self, opened: Opened) -> Rule:
        """Return a new rule. UsageError: it has no window, or selects nothing."""
        from swimctl.campaigns.rule import Rule
        from swimctl.inventory.selection import Selection

        given = self._change(opened)
        if "window" not in given:
            raise UsageError(
                "a campaign needs a window in which its nights are: --window 22:00-04:00, or "
                "--window 'Tue,Thu 22:00-04:00'"
            )
        return Rule(selection=self._selected() or Selection(), **given)

    def changed(self, opened: Opened) -> Callable[[Rule], Rule]:
        """Return what makes another rule of the one that is. UsageError: nothing is to change."""
        given = self._change(opened)
        selected = self._selected()
        if selected is not None:
            given["selection"] = selected
        if not given:
            raise UsageError("give what to change; see `swimctl campaign change --help`")
        return lambda rule: replace(rule, **given)


def options(
    *,
    name: Name,
    devices: selection.Names = None,
    all_devices: selection.All = False,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
    window: Annotated[
        list[str] | None,
        typer.Option(
            "--window",
            metavar="WINDOW",
            help="When its nights are, such as 'Tue,Thu 22:00-04:00'. Can be used several times.",
            rich_help_panel=_NIGHTS,
        ),
    ] = None,
    per_night: Annotated[
        int | None,
        typer.Option(
            "--per-night", metavar="N", min=0, help="At most N devices a night. 0: no limit.", rich_help_panel=_NIGHTS
        ),
    ] = None,
    tries: Annotated[
        int | None,
        typer.Option(
            "--tries",
            metavar="N",
            min=1,
            max=100,
            help="Hold back a device that failed in N nights in a row. Default: 2.",
            rich_help_panel=_NIGHTS,
        ),
    ] = None,
    by_hand: Annotated[
        bool | None, _flag("--by-hand/--by-itself", "Each night waits for `campaign next`, or does not.", _NIGHTS)
    ] = None,
    approval: Annotated[
        bool | None,
        _flag("--approval/--no-approval", "Somebody else has to approve it, whatever config.yaml says.", _NIGHTS),
    ] = None,
    image: ImageOption = None,
    golden: Annotated[
        bool, typer.Option("--golden", help="The golden image of each device, which is the default.")
    ] = False,
    workflow: Annotated[
        str | None,
        typer.Option("--workflow", metavar="ID|NAME", help="The workflow.", autocompletion=completing.workflows),
    ] = None,
    cleanup_flash: Annotated[
        bool | None, _flag("--cleanup-flash/--no-cleanup-flash", "Remove inactive releases before the copy.")
    ] = None,
    issu: Annotated[bool | None, _flag("--issu/--no-issu", "Upgrade in service.")] = None,
    convert: Annotated[bool | None, _flag("--convert/--no-convert", "Bring IOS-XE devices to install mode.")] = None,
    on_failed_checks: Annotated[
        Literal["back", "hold"] | None,
        typer.Option("--on-failed-checks", help="As with `swimctl upgrade`. Default: back."),
    ] = None,
    sequential: Annotated[bool | None, _flag("--sequential/--parallel", "One device at a time, or several.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=500, help="How many devices at the same time.")
    ] = None,
    canary: policy.Canary = None,
    wave: policy.Wave = None,
    soak: policy.Soak = None,
    max_failures: Annotated[
        str | None,
        typer.Option(
            "--max-failures",
            metavar="N|N%",
            help="So many failures, or such a share of those tried, stop the night and halt the campaign. 0: never. "
            "Default: 10%.",
            rich_help_panel=_NIGHTS,
        ),
    ] = None,
    pilot: Annotated[
        bool | None, _flag("--pilot/--no-pilot", "The first of its kind goes alone, or not. The audit has it.")
    ] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", metavar="TEXT", help="A ticket's number.")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why: for the record, and with each batch.")
    ] = None,
) -> Asked:
    """Read what these options ask for. UsageError: it cannot be."""
    if golden and image is not None:
        raise UsageError("give --golden or --image, not both")

    def selected() -> Selection | None:
        from swimctl.inventory.selection import Selection

        chosen = Selection(
            names=tuple(devices or ()),
            all=all_devices,
            filters=tuple(filters or ()),
            limit=limit,
            group=group,
            exclude=tuple(exclude or ()),
        )
        return None if chosen == Selection() else chosen

    def change(opened: Opened) -> dict[str, Any]:
        how, failures = policy.policy_of(
            canary=canary,
            wave=wave,
            soak=soak,
            max_failures=max_failures,
            window=window,
            now=opened.clock.now(),
        )
        given: dict[str, Any] = {
            "window": how.window,
            "tries": tries,
            "by_hand": by_hand,
            "approval": approval,
            "workflow": workflow,
            "cleanup_flash": cleanup_flash,
            "issu": issu,
            "convert": convert,
            "on_failed_checks": on_failed_checks,
            "sequential": sequential,
            "workers": workers,
            "waves": how.waves or None,
            "soak": None if soak is None else how.soak,
            "pilot": pilot,
            "ticket": ticket,
            "reason": reason,
        }
        given = {what: value for what, value in given.items() if value is not None}
        if window:
            given["zone"] = ""  # it is one of here, wherever the one before was from
        if image is not None or golden:
            given["image"] = opened.campaigns.image(image_reference(image))
        if per_night is not None:
            given["most"] = per_night or None
        if max_failures is not None:
            given |= {"max_failures": failures, "max_failures_percent": how.max_failures_percent}
        return given

    return Asked(name, selected, change)


with_rule = taking(options, "asked")
"""A command with it has the campaign's name and all options of its rule; what they ask for comes to it as `asked`."""
