"""Inventories that swimctl reads itself, as Nornir's plugins: Ansible's by Ansible, a table, NetBox's by pynetbox.

They are registered under names with `swimctl.` before them, as other people's plugins may have the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from nornir.core.configuration import Config as NornirConfig
from nornir.core.inventory import Inventory
from nornir.core.plugins.inventory import InventoryPluginRegister, TransformFunctionRegister
from nornir.core.plugins.runners import RunnersPluginRegister

from swimctl.inventory.plugins.ansible import AnsibleInventory
from swimctl.inventory.plugins.netbox import NetBoxInventory
from swimctl.inventory.plugins.table import CsvInventory

OWN: Final[dict[str, type]] = {
    "AnsibleInventory": AnsibleInventory,
    "CsvInventory": CsvInventory,
    "NetBoxInventory": NetBoxInventory,
}
# Where plugins of other people come from.
_PACKAGES: Final = {
    "NetBoxInventory2": "nornir-netbox",
    "NBInventory": "nornir-netbox",
    "NautobotInventory": "nornir-nautobot",
}


def section_with_own(section: Mapping[str, Any], plugin: str, folder: Path, ssh_folder: Path) -> dict[str, Any]:
    """Return the section `inventory` with our plugin where it names one of ours; `folder` is that of config.yaml.

    `AnsibleInventory` with the option `hostsfile` is nornir_ansible's, where that is installed.
    """
    options = dict(section.get("options") or {})
    theirs = plugin == "AnsibleInventory" and "hostsfile" in options and find_spec("nornir_ansible") is not None
    if plugin not in OWN or theirs:
        return dict(section)
    name = f"swimctl.{plugin}"
    InventoryPluginRegister.register(name, OWN[plugin])
    options["folder"] = str(folder)
    if plugin == "AnsibleInventory":
        options["ssh_folder"] = str(ssh_folder)
    return {**section, "plugin": name, "options": options}


def load_inventory(settings: NornirConfig) -> Inventory:
    """Load the hosts as Nornir does, but import only the plugin that is named.

    Nornir imports each that is installed: with NetBox's, Nautobot's and Ansible's 0.13 s of the processor.
    """
    wanted = settings.inventory
    if wanted.plugin not in InventoryPluginRegister.available:
        for found in entry_points(group="nornir.plugins.inventory", name=wanted.plugin):
            InventoryPluginRegister.register(found.name, found.load())
    inventory = InventoryPluginRegister.get_plugin(wanted.plugin)(**wanted.options).load()
    if wanted.transform_function:
        TransformFunctionRegister.auto_register()
        transform = TransformFunctionRegister.get_plugin(wanted.transform_function)
        for host in inventory.hosts.values():
            transform(host, **(wanted.transform_function_options or {}))
    return inventory


def missing_plugin(sections: Mapping[str, Any], inventory_plugin: str) -> tuple[tuple[str, str], str]:
    """Return under which key a plugin stands that Nornir does not have, and a sentence on it.

    Nornir 2 named plugins by their Python path; Nornir 3 by a name that they register.
    """
    for register in (InventoryPluginRegister, TransformFunctionRegister, RunnersPluginRegister):
        register.auto_register()
    inventory, runner = sections.get("inventory", {}), sections.get("runner", {})
    known = sorted({name for name in InventoryPluginRegister.available if not name.startswith("swimctl.")} | OWN.keys())
    asked = (
        (("inventory", "plugin"), inventory_plugin, known),
        (
            ("inventory", "transform_function"),
            inventory.get("transform_function"),
            [*TransformFunctionRegister.available],
        ),
        (("runner", "plugin"), runner.get("plugin") or "threaded", [*RunnersPluginRegister.available]),
    )
    for key, name, there in asked:
        if name and name not in there:
            return key, _about(str(name), there)
    return ("inventory", "plugin"), f"Nornir does not find a plugin; inventory plugins here are {', '.join(known)}"


def _about(name: str, there: Sequence[str]) -> str:
    short = name.rpartition(".")[2]
    near = get_close_matches(short, there, n=1)
    if name != short and short in there:
        hint = f"Nornir 3 calls it {short}"
    elif short in _PACKAGES:
        hint = f"`pip install {_PACKAGES[short]}`, and name it {short}"
    else:
        hint = f"did you mean {near[0]}?" if near else "install the package that has it"
    return f"the plugin {name!r} is not installed; {hint}; here are {', '.join(sorted(there)) or 'none'}"
