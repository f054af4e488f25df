"""swimctl device: the inventory's devices with their ids, and whether they are ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output, selection
from swimctl.cli.context import of
from swimctl.cli.plan import ImageOption, image_reference

if TYPE_CHECKING:
    from swimctl.inventory import Inventory
    from swimctl.models import Device

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_devices(
    ctx: typer.Context,
    *,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
) -> None:
    """List the devices of the inventory, all or selected ones."""
    from swimctl.selection import Selection

    context = of(ctx)
    with context.open() as opened:
        inventory = opened.inventory
        devices = inventory.devices
        if filters or limit is not None or group is not None or exclude:
            wanted = Selection(
                all=True, filters=tuple(filters or ()), limit=limit, group=group, exclude=tuple(exclude or ())
            )
            devices = inventory.find(wanted)
    if context.json:
        documents = [_document(inventory, device) for device in devices]
        output.print_json({"count": len(documents), "devices": documents})
        return
    output.print_table(
        ("Id", "Device", "Platform", "Address", "Model", "Groups", "Problem"),
        [
            (
                device.id,
                device.name,
                device.platform,
                f"{device.address}:{device.port}",
                device.model,
                ", ".join(device.groups),
                "no known platform" if inventory.problem(device.name) else "",
            )
            for device in devices
        ],
    )


@app.command("show")
def show_device(
    ctx: typer.Context, device: Annotated[str, typer.Argument(metavar="NAME|ID", help="The device.")]
) -> None:
    """Show what the inventory says of a device; whether there is a password, never which."""
    context = of(ctx)
    with context.open() as opened:
        found = opened.inventory.resolve([device])[0]
        credentials = opened.inventory.credentials(found)
        document = _document(opened.inventory, found) | {
            "username": credentials.username,
            "username_from": credentials.user_from,
            "password_set": credentials.password is not None,
            "password_from": credentials.password_from or credentials.passed_over,
            "enable_secret_set": credentials.enable_secret is not None,
        }
    if context.json:
        output.print_json(document)
        return
    for key, value in document.items():
        shown = ", ".join(value) if isinstance(value, list) else _shown(value)
        output.print_line(f"{key}: {shown}")


@app.command("check")
def check_device(
    ctx: typer.Context,
    *,
    names: selection.Names = None,
    all_devices: selection.All = False,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
    strict: selection.Strict = False,
    image: ImageOption = None,
) -> None:
    """Ask devices whether they are ready for their image, changing nothing.

    Exits 1 where one would get no image, lacks something or cannot be asked.
    """
    from swimctl.cli.plan import show_plan
    from swimctl.plans import UpgradeRequest

    context = of(ctx)
    with context.open() as opened:
        chosen = selection.select(
            opened.inventory,
            names,
            all_devices=all_devices,
            filters=filters,
            limit=limit,
            group=group,
            exclude=exclude,
            strict=strict,
        )
        request = UpgradeRequest(devices=chosen, image=image_reference(image))
        raise typer.Exit(show_plan(context, opened, request, offline=False))


@app.command("capture")
def capture(
    ctx: typer.Context,
    *,
    names: selection.Names = None,
    all_devices: selection.All = False,
    filters: selection.Filters = None,
    limit: selection.Limit = None,
    group: selection.Group = None,
    exclude: selection.Exclude = None,
    strict: selection.Strict = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to make; it must not be there yet.")],
) -> None:
    """Gather for a bug report what devices print where an upgrade asks them, changing nothing.

    Names, serial numbers, addresses, users, descriptions and secrets are replaced, the same one by the same one. Look
    through the files before you send them. Exits 1 where a device, or what an upgrade needs of it, could not be read.
    """
    from swimctl.captures.bundle import bundled, read_bundles
    from swimctl.errors import DeviceError

    context = of(ctx)
    with context.open() as opened:
        chosen = selection.select(
            opened.inventory,
            names,
            all_devices=all_devices,
            filters=filters,
            limit=limit,
            group=group,
            exclude=exclude,
            strict=strict,
        )
        printed, failed = {}, {}
        for device in chosen:
            if not context.quiet:
                output.note(f"reading {device.name}, changing nothing …")
            try:
                printed[device.name] = (device.platform, opened.engine.record(device))
            except DeviceError as error:
                failed[device.name] = str(error)
        folders = bundled(printed, out) if printed else []
    bundles = [bundle | {"folder": str(folder)} for folder in folders for bundle in read_bundles(folder)]
    if context.json:
        output.print_json({"bundles": bundles, "failed": failed})
    else:
        _tell_captured(bundles, failed)
    raise typer.Exit(1 if failed or not all(bundle["complete"] for bundle in bundles) else 0)


def _tell_captured(bundles: list[dict[str, Any]], failed: dict[str, str]) -> None:
    rows = [
        (bundle["folder"], row["command"], _reading(row), row["reason"] or "; ".join(row["unread"]))
        for bundle in bundles
        for row in bundle["commands"]
    ]
    output.print_table(("Bundle", "Command", "Read", "Why, or lines that swimctl does not know"), rows)
    for name, why in failed.items():
        output.note(f"swimctl: {name} could not be asked: {why}")
    if bundles:
        output.note("swimctl: look through the files before you send them; `swimctl parse DIR` reads them again")


def _reading(row: dict[str, Any]) -> str:
    return "refused" if row["refused"] else {True: "yes", False: "no", None: ""}[row["parsed"]]


def _shown(value: object) -> str:
    """Write a value for people: nothing for None, yes and no for true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _document(inventory: Inventory, device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "hostname": device.name,
        "address": device.address,
        "port": device.port,
        "platform": device.platform,
        "model": device.model,
        "site": device.site,
        "role": device.role,
        "serial": device.serial,
        "groups": list(device.groups),
        "problem": inventory.problem(device.name),
    }
