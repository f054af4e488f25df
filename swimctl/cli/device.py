"""swimctl device: the inventory's devices with their ids, and whether they are ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output, selection
from swimctl.cli.compliance import of_devices
from swimctl.cli.context import of
from swimctl.cli.history import history
from swimctl.cli.wanted import ImageOption, image_reference

if TYPE_CHECKING:
    from swimctl.config.settings import Settings
    from swimctl.inventory.hosts import Inventory
    from swimctl.models import Device
    from swimctl.sessions.targets import Target
    from swimctl.sessions.way import Hop, Stranger

app = typer.Typer(no_args_is_help=True)

# Real seconds in which a device that offers NETCONF answers there.
_NETCONF_SECONDS = 5.0


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
    from swimctl.inventory.selection import Selection

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
                "; ".join(_problems(inventory, device)),
            )
            for device in devices
        ],
    )


def _problems(inventory: Inventory, device: Device) -> Iterator[str]:
    if inventory.problem(device.name):
        yield "no known platform"
    if twins := inventory.twins(device):
        yield f"the same device as {', '.join(twins)}"


@app.command("show")
def show_device(
    ctx: typer.Context, device: Annotated[str, typer.Argument(metavar="NAME|ID", help="The device.")]
) -> None:
    """Show what the inventory says about a device, and the way to it. Never shows a password."""
    from swimctl.images.goldens import choose
    from swimctl.sessions.targets import target_of
    from swimctl.sessions.way import resolve

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
        target = target_of(opened.inventory, opened.config.settings, found)
        way = resolve(target)
        choice = choose(found, opened.store.goldens(), opened.store.images(), opened.clock.now())
        document |= {
            "golden_release": choice.release,
            "golden_image": choice.image and choice.image.filename,
            "golden_refusal": document["problem"] or choice.refusal,
        }
    hops = [_hop(hop) for hop in (*way.bastions, way.device)]
    document["ssh_config"] = None if target.ssh.config_file is None else str(target.ssh.config_file)
    if context.json:
        output.print_json(document | {"way": hops})
        return
    for key, value in document.items():
        shown = ", ".join(value) if isinstance(value, list) else _shown(value)
        output.print_line(f"{key}: {shown}")
    for number, hop in enumerate(hops, 1):
        output.print_line(f"way {number}: {hop.pop('name')}")
        sources = hop.pop("from")
        for key, value in hop.items():
            shown = ", ".join(value) if isinstance(value, list) else _shown(value)
            said = f"  ({sources[key]})" if sources.get(key) else ""
            output.print_line(f"  {key}: {shown}{said}")


@app.command("trust")
def trust_device(
    ctx: typer.Context,
    device: Annotated[str, typer.Argument(metavar="NAME|ID", help="The device.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Replace the known host key with the key that a device shows now. The same for its bastions and for NETCONF.

    Compare the fingerprint with the console first. swimctl logs in to nothing here, except to bastions with a known
    key.
    """
    from swimctl.cli.context import caller
    from swimctl.errors import UsageError
    from swimctl.sessions.targets import target_of

    context = of(ctx)
    trusted = []
    with context.open() as opened:
        found = opened.inventory.resolve([device])[0]
        settings = opened.config.settings
        target = target_of(opened.inventory, settings, found)
        for odd in _strangers(target, settings):
            what = f"{odd.hop}: {odd.key.fingerprint}"
            if not yes:
                if not output.can_ask():
                    raise UsageError(f"this would trust {what}, and there is no terminal to ask on; add --yes")
                output.note(f"swimctl: {odd.why}")
                if not typer.confirm(f"Trust {what}?", default=False, err=True):
                    raise typer.Abort
            odd.trust()
            opened.store.enter_audit(
                caller(), "trust", found.name, {"host": odd.hop.known_as, "key": odd.key.fingerprint}
            )
            trusted.append({"host": odd.hop.known_as, "name": odd.hop.name, "fingerprint": odd.key.fingerprint})
    if context.json:
        output.print_json({"device": found.name, "trusted": trusted})
        return
    for one in trusted:
        output.print_line(f"{one['name']} is trusted as {one['host']}: {one['fingerprint']}")
    if not trusted:
        output.print_line(f"{found.name} shows its known host key; nothing was changed")


def _strangers(target: Target, settings: Settings) -> Iterator[Stranger]:
    """Yield one by one the machines whose key is to be trusted: bastions, the device, and its NETCONF where it answers.

    The port of NETCONF has an entry of its own among the known keys.
    """
    from swimctl.errors import Unreachable
    from swimctl.sessions.way import resolve, stranger

    for _ in range(len(resolve(target).bastions) + 1):
        odd = stranger(target, settings.deadlines.connect)
        if odd is None:
            break
        yield odd
    if settings.evidence.netconf == "off" or target.netconf_port == target.port:
        return
    try:
        odd = stranger(target, min(_NETCONF_SECONDS, settings.deadlines.connect), target.netconf_port)
    except Unreachable:
        return  # it has none, or it is not up yet
    if odd is not None:
        yield odd


@app.command("check")
@selection.with_devices
def check_device(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    image: ImageOption = None,
) -> None:
    """Ask devices whether they are ready for their image. Changes nothing.

    Exit code 1: a device gets no image, lacks something, or cannot be asked.
    """
    from swimctl.cli.plan import looked_at, show
    from swimctl.requests.plans import UpgradeRequest

    context = of(ctx)
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        request = UpgradeRequest(devices=devices, image=image_reference(image))
        raise typer.Exit(show(context, looked_at(context, opened, opened.service.plan(request))))


app.command("compliance")(of_devices)
app.command("history")(history)


@app.command("capture")
@selection.with_devices
def capture(
    ctx: typer.Context,
    *,
    chosen: selection.Chosen,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to make. It must not exist.")],
) -> None:
    """Collect what devices print, for a bug report. Changes nothing.

    Names, serial numbers, addresses, users, descriptions and secrets are replaced. Read the files before you send them.
    Exit code 1: a device, or an output that an upgrade needs, could not be read.
    """
    from swimctl.captures.bundle import bundled, check_free, read_bundles
    from swimctl.errors import DeviceError

    context = of(ctx)
    check_free(out)
    with context.open() as opened:
        devices = chosen.of(opened.inventory)
        printed, failed = {}, {}
        for device in devices:
            if not context.quiet:
                output.note(f"reading {device.name}, changing nothing …")
            try:
                printed[device.name] = (device.platform, opened.engine.record(device))
            except DeviceError as error:
                failed[device.name] = str(error)
        folders = bundled(printed, out) if printed else []
    bundles = [
        bundle | {"device": name, "folder": str(folder)}
        for name, folder in zip(printed, folders, strict=True)
        for bundle in read_bundles(folder)
    ]
    if context.json:
        output.print_json({"bundles": bundles, "failed": failed})
    else:
        _tell_captured(bundles, failed)
    raise typer.Exit(1 if failed or not all(bundle["complete"] for bundle in bundles) else 0)


def _tell_captured(bundles: list[dict[str, Any]], failed: dict[str, str]) -> None:
    rows = [
        (bundle["device"], row["command"], _reading(row), row["reason"] or "; ".join(row["unread"]))
        for bundle in bundles
        for row in bundle["commands"]
    ]
    if rows:
        output.print_table(("Device", "Command", "Read", "Why, or lines that swimctl does not know"), rows)
    for name, why in failed.items():
        output.note(f"swimctl: {name} could not be asked: {why}")
    for bundle in bundles:
        output.note(f"swimctl: the bundle of {bundle['device']} is {bundle['folder']}")
    if bundles:
        output.note(
            "swimctl: read the files before you send them; `swimctl parse DIR` shows what swimctl reads from them"
        )


def _reading(row: dict[str, Any]) -> str:
    return "refused" if row["refused"] else {True: "yes", False: "no", None: ""}[row["parsed"]]


def _shown(value: object) -> str:
    """Write a value for people: nothing for None, yes and no for true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _hop(hop: Hop) -> dict[str, Any]:
    """Write down one machine on the way; `from` says of each value who gave it."""
    agent = None if hop.agent is None else hop.agent or "SSH_AUTH_SOCK"
    return {
        "name": hop.name,
        "address": hop.host,
        "port": hop.port,
        "user": hop.user,
        "proxy_command": hop.command,
        "keys": [str(path) for path in hop.keys],
        "certificates": [str(path) for path in hop.certificates],
        "agent": agent,
        "host_keys": hop.host_keys,
        "known_as": hop.known_as,
        "known_hosts": [str(path) for path in filter(None, (hop.kept_in, *hop.known_hosts))],
        "from": dict(hop.sources),
    }


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
        "window": device.window,
        "serial": device.serial,
        "groups": list(device.groups),
        "problem": inventory.problem(device.name),
    }
