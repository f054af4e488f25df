"""Options that name devices, the same wherever devices are selected."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import completing, output
from swimctl.cli.shared_options import taking

if TYPE_CHECKING:
    from swimctl.inventory.hosts import Inventory
    from swimctl.models import Device

_PANEL = "Selecting devices"

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="DEVICE", help="Names or ids of devices.", autocompletion=completing.devices),
]
All = Annotated[bool, typer.Option("--all", help="Every device of the inventory.", rich_help_panel=_PANEL)]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="KEY=VALUE",
        help=("Devices with this value in a field or in their data. You can use it several times: all must match."),
        rich_help_panel=_PANEL,
    ),
]
Limit = Annotated[
    str | None,
    typer.Option(metavar="PATTERN", help="Devices whose name or group matches, as in Ansible.", rich_help_panel=_PANEL),
]
Group = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Devices of this group.", rich_help_panel=_PANEL, autocompletion=completing.groups
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help=("Not these devices; takes what --limit takes. You can use it several times."),
        rich_help_panel=_PANEL,
    ),
]

Strict = Annotated[
    bool,
    typer.Option("--strict", help="A host of another system is an error.", rich_help_panel=_PANEL),
]


class Chosen:
    """The devices that were named. They are found when the inventory is open."""

    def __init__(self, find: Callable[[Inventory], tuple[Device, ...]]) -> None:
        self.of = find


def options(
    *,
    names: Names = None,
    all_devices: All = False,
    filters: Filters = None,
    limit: Limit = None,
    group: Group = None,
    exclude: Exclude = None,
    strict: Strict = False,
) -> Chosen:
    """Return what these options name."""

    def find(inventory: Inventory) -> tuple[Device, ...]:
        """Find the devices, and tell how many hosts of other systems are left out.

        Raises SelectionError where there are none: an empty selection never means all.
        """
        from swimctl.inventory.selection import Selection

        selected = inventory.select(
            Selection(
                names=tuple(names or ()),
                all=all_devices,
                filters=tuple(filters or ()),
                limit=limit,
                group=group,
                exclude=tuple(exclude or ()),
            ),
            strict=strict,
        )
        if selected.left_out:
            output.note(f"swimctl: {selected.left_out}")
        return selected.devices

    return Chosen(find)


@wraps(options)
def _options_or_all(**given: Any) -> Chosen:  # noqa: ANN401  those of `options`
    """Return what these options name, every device where they name none."""
    named = any(given[name] for name in ("names", "filters", "limit", "group"))
    return options(**{**given, "all_devices": given["all_devices"] or not named})


with_devices = taking(options, "chosen")
"""A command with it has these options before its own; what they name comes to it as `chosen`."""

with_devices_or_all = taking(_options_or_all, "chosen")
"""The same for a command that contacts no device and changes nothing: without a choice it is about all of them."""
