"""swimctl device history: what a device ran, since when, and who saw it."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import of


def history(
    ctx: typer.Context,
    device: Annotated[str, typer.Argument(metavar="NAME|ID", help="The device.", autocompletion=completing.devices)],
) -> None:
    """Show what a device ran, the newest first, as far as swimctl saw it. Contacts no device."""
    from swimctl.requests.documents import seen_document

    context = of(ctx)
    with context.open() as opened:
        found = opened.inventory.resolve([device])[0]
        ran = opened.service.history(found)
    ran.reverse()
    if context.json:
        documents = [seen_document(one) for one in ran]
        output.print_json({"device_id": found.id, "device_hostname": found.name, "count": len(ran), "ran": documents})
        return
    if not ran:
        output.note(f"swimctl: {found.name} was never seen; next: `swimctl scan {found.name}`")
    output.print_table(
        ("Runs", "Since", "Last seen", "By", "Members", "Serials"),
        [
            (
                f"{one.release} ({one.doubt})" if one.doubt else one.release,
                output.local_time(one.since),
                output.local_time(one.at),
                one.by,
                ", ".join(f"{name} {release}" for name, release in one.members.items()),
                ", ".join(one.serials),
            )
            for one in ran
        ],
        roomy=("Members", "Serials"),
    )
