"""swimctl init: a folder to begin with, config.yaml and an inventory, with comments."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.errors import UsageError

app = typer.Typer()


class Source(StrEnum):
    """Where the devices stand already."""

    YAML = "yaml"
    CSV = "csv"
    ANSIBLE = "ansible"
    NETBOX = "netbox"
    KNOWN_HOSTS = "known-hosts"


_ASKED = {
    Source.CSV: ("The table", "hosts.csv"),
    Source.ANSIBLE: ("Ansible's inventory, as given with -i", "inventory"),
    Source.NETBOX: ("NetBox's address", "https://netbox.example"),
    Source.KNOWN_HOSTS: ("The file of known hosts", "~/.ssh/known_hosts"),
}
_SIMPLE = """\
inventory:
  plugin: SimpleInventory
  options:
    host_file: inventory/hosts.yaml
    group_file: inventory/groups.yaml
    defaults_file: inventory/defaults.yaml
"""
_SETTINGS = """
# All settings of swimctl have defaults; docs/settings.md lists them.
swimctl:
  store: swimctl.db        # jobs, images, events: one SQLite file
  jobs_dir: jobs           # transcripts and saved configurations, one folder per job
  workers: 20              # how many devices at the same time
  # credentials_file: credentials.yaml   # username, password, enable_secret; `chmod 600`
  # inventory:             # where facts of a host are in your inventory
  #   model: custom_fields.hardware
  #   platform: {campus-access: cisco_xe}
"""
_HOSTS = """\
# One entry per device, as Nornir's SimpleInventory reads it.
"""
_EXAMPLE = """\
# access-sw1:
#   hostname: 192.0.2.11
#   groups: [access]
#   data:
#     model: C9300-48P       # lets swimctl choose the golden image of the right family
#     serial: XXX0000AAAA    # optional: the readiness check refuses a device with another one
#     site: example
"""
_GROUPS = """\
# What devices have in common; a host names its groups with `groups: [access]`.
access:
  platform: cisco_xe       # or cisco_ios, cisco_nxos, cisco_xr, arista_eos, juniper_junos
  data: {role: access}
"""
_DEFAULTS = """\
# Values for all devices, unless a host or a group has its own. A password may be a reference: {env: NAME},
# {file: PATH}, {keyring: SERVICE} or {command: [PROGRAM, …]}.
# username: netadmin
# password: {env: NETADMIN_PASSWORD}
{}
"""
_TABLE = "name,address,platform,groups,model,site\n"


@app.command()
def init(
    ctx: typer.Context,
    *,
    source: Annotated[
        Source | None, typer.Option("--from", help=("Where your list of devices is. yaml: a new, empty inventory."))
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="PATH|URL", help=("The table, the inventory, the file, or NetBox's address.")),
    ] = None,
) -> None:
    """Write a config.yaml with comments, and an inventory if there is none. It changes no file that exists.

    On a terminal it asks where your devices are.
    """
    context = of(ctx)
    config = context.config_path.expanduser().absolute()
    asks = source is None and output.can_ask()
    if source is None:
        source = Source.YAML
        if asks:
            said = typer.prompt(f"Where is your list of devices ({', '.join(Source)})?", default=source.value, err=True)
            if said not in set(Source):
                raise UsageError(f"{said!r} is none of {', '.join(Source)}")
            source = Source(said)
    if source in _ASKED:
        what, usual = _ASKED[source]
        at = at or (typer.prompt(f"{what}?", default=usual, err=True) if asks else usual)
    elif at is not None:
        raise UsageError("--at needs --from: it says where the table, the inventory or NetBox is")
    files = _files(config, source, at or "")
    if there := [str(path) for path in files if path.exists()]:
        raise UsageError(
            f"already there: {', '.join(there)}; nothing was written; next: move away what is there, or name another "
            "--config"
        )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    if context.json:
        output.print_json({"files": list(files)})
        return
    for path in files:
        output.print_line(f"wrote {path}")
    output.note("swimctl: next: read these files, set SWIMCTL_USERNAME and SWIMCTL_PASSWORD, then `swimctl doctor`")


def _files(config: Path, source: Source, at: str) -> dict[Path, str]:
    """Return the files that are to be written, with their text."""
    folder = config.parent
    if source in (Source.YAML, Source.KNOWN_HOSTS):
        hosts = _EXAMPLE if source is Source.YAML else _of_known_hosts(Path(at).expanduser())
        inventory = folder / "inventory"
        return {
            config: _head("Paths are relative to this file.") + _SIMPLE + _SETTINGS,
            inventory / "hosts.yaml": _HOSTS + hosts,
            inventory / "groups.yaml": _GROUPS,
            inventory / "defaults.yaml": _DEFAULTS,
        }
    sections: dict[Source, tuple[str, dict[str, object], tuple[str, ...]]] = {
        Source.CSV: ("CsvInventory", {"file": _seen_from(folder, at)}, ()),
        Source.ANSIBLE: (
            "AnsibleInventory",
            {"source": _seen_from(folder, at)},
            ("vault_password_file: vault-password",),
        ),
        Source.NETBOX: (
            "NetBoxInventory",
            {"url": at, "token": {"env": "NETBOX_TOKEN"}},
            ("filters: {status: active, has_primary_ip: true}",),
        ),
    }
    plugin, options, more = sections[source]
    lines = [f"    {key}: {json.dumps(value)}" for key, value in options.items()]
    lines += [f"    # {line}" for line in more]
    text = "\n".join(["inventory:", f"  plugin: {plugin}", "  options:", *lines, ""])
    files = {config: _head("docs/inventories.md describes its options.") + text + _SETTINGS}
    table = folder / at
    return files | ({table: _TABLE} if source is Source.CSV and not table.exists() and not Path(at).exists() else {})


def _head(more: str) -> str:
    first = f"# Where swimctl finds your devices, and its settings. {more}"
    return f"{first}\n# `swimctl doctor` checks all of it.\n\n"


def _seen_from(folder: Path, at: str) -> str:
    """Write a path as config.yaml has it: from its own folder, where what is named lies in the working folder."""
    path = Path(at).expanduser()
    return at if not path.exists() or (folder / path).exists() else os.path.relpath(path.absolute(), folder)


def _of_known_hosts(path: Path) -> str:
    """Return an entry for each host that OpenSSH knows by its name; hashed names tell nothing. UsageError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path} cannot be read: {getattr(problem, 'strerror', None) or 'it is not text'}") from None
    entries: dict[str, str] = {}
    for line in lines:
        names = line.split()[0] if line.strip() and line[0] not in "#|@" else ""
        first = names.partition(",")[0]
        if not first or set(first) & set("*?!"):
            continue
        host, _, port = first.removeprefix("[").partition("]:")
        told = {"hostname": host} | ({"port": int(port)} if port.isdigit() else {})
        name = host if not port.isdigit() else f"{host}-{port}"
        entries.setdefault(name, f"{json.dumps(name)}: {json.dumps(told)}  # add `platform`, or `groups: [access]`\n")
    if not entries:
        raise UsageError(
            f"{path} has no host name that can be read (the names may be hashed); use `swimctl init` without --from"
        )
    return "".join(entries.values())
