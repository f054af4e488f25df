"""The working folder of a lab: config.yaml, a Nornir inventory, image files, and the log of received commands."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from ruamel.yaml import YAML

from swimctl import yaml_file
from swimctl.clock import rfc3339
from swimctl.errors import InventoryError, UsageError
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import Fault, parse_fault
from swimctl.lab.images import DEFAULT_SIZE, make_image

IMAGES: Mapping[str, tuple[str, ...]] = {
    "cisco_xe": (
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "cat9k_iosxe.17.12.04.SPA.bin",
        "cat9k_lite_iosxe.17.12.04.SPA.bin",
    ),
    "cisco_ios": ("c2960x-universalk9-mz.152-7.E7.bin", "c1900-universalk9-mz.SPA.157-3.M8.bin"),
    "juniper_junos": ("junos-arm-32-22.2R1.9.tgz", "jinstall-ex-4300-21.4R3-S2.5-signed.tgz"),
    "cisco_xr": ("asr9k-golden-x64-7.5.2-v1.iso", "ncs5500-golden-x-7.5.2-v1.iso"),
    "cisco_nxos": ("nxos64-cs.10.3.4a.M.bin",),
    "arista_eos": ("EOS-4.31.6M.swi",),
}
"""The image files that a lab's folder has, by platform."""
RARE: Mapping[str, str] = {
    "C9800-40-K9": "C9800-40-universalk9_wlc.17.12.04.SPA.bin",
    "WS-C3850-48P": "cat3k_caa-universalk9.16.12.10a.SPA.bin",
}
"""Image files that a folder has only for such a model."""
GOLDEN = frozenset((*(name for names in IMAGES.values() for name in names), *RARE.values())) - {
    "cat9k_iosxe.17.09.04a.SPA.bin"
}
"""Those that the lab's devices are meant to run: newer than what any of them runs, one a family."""

COMMAND_LOG = "lab-commands.jsonl"
_MARK = "# Written by `swimctl lab up`, and written anew each time; what it says of the lab (`lab_…`) is read before.\n"
ASKED: Mapping[str, str] = {"lab_netconf": "netconf", "lab_api": "web_api"}
"""What a host's data may ask of the lab, yes or no: by the field of the spec."""
Services = Mapping[str, Mapping[str, int]]
"""The ports beside those of the terminals: by what a host's data calls them, and by name."""


def inventory_documents(
    specs: Sequence[ChassisSpec],
    ports: Mapping[str, int],
    kept: Kept | None = None,
    services: Services | None = None,
) -> dict[str, dict[str, Any]]:
    """Make hosts, groups and defaults of Nornir's SimpleInventory for running switches.

    `services` are the ports of what some offer beside their terminals.
    """
    was, own = kept or Kept(), services or {}
    beside = {spec.name: {key: found[spec.name] for key, found in own.items() if spec.name in found} for spec in specs}
    hosts = {spec.name: _host(spec, ports[spec.name], was, beside[spec.name]) for spec in specs}
    groups = {name: {"data": {"role": name}} for name in sorted({spec.role for spec in specs})}
    user, (password, _privilege) = next(iter(specs[0].users.items())) if specs else ("", ("", 0))
    secret = specs[0].enable_secret if specs else ""
    defaults = {
        "username": user,
        "password": password,
        "connection_options": {"netmiko": {"extras": {"secret": secret}}},
    }
    return {"hosts": hosts, "groups": groups, "defaults": defaults}


def _host(spec: ChassisSpec, port: int, kept: Kept, services: Mapping[str, int]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "model": spec.model,
        "serial": spec.serial,
        "site": "lab",
        "role": spec.role,
    }
    data |= {**services, **kept.asked.get(spec.name, {})}
    if faults := kept.faults.get(spec.name):
        data["lab_faults"] = list(faults)
    return {"hostname": "127.0.0.1", "port": port, "platform": spec.platform, "groups": [spec.role], "data": data}


def dump_yaml(document: object) -> str:
    """Write a document as block YAML, keys in their order."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def write_folder(
    folder: Path,
    specs: Sequence[ChassisSpec],
    ports: Mapping[str, int],
    speed: float,
    kept: Kept | None = None,
    services: Services | None = None,
) -> list[Path]:
    """Make a folder to work in against running switches; return its image files.

    What is there stays: the store, the images, and of config.yaml all but `swimctl.clock_speed`. The inventory is
    written anew, as ports differ from run to run. Raises UsageError where an inventory is not the lab's own.
    """
    check_folder(folder)
    inventory = folder / "inventory"
    inventory.mkdir(parents=True, exist_ok=True)
    for name, document in inventory_documents(specs, ports, kept, services).items():
        (inventory / f"{name}.yaml").write_text(_MARK + dump_yaml(document), encoding="utf-8")
    _write_config(folder / "config.yaml", speed)
    platforms = dict.fromkeys(spec.platform for spec in specs)
    names = [name for platform in platforms for name in IMAGES[platform]]
    names += [name for model, name in RARE.items() if model in {spec.model for spec in specs}]
    return [_image(folder / "images", name) for name in names]


def _image(folder: Path, filename: str) -> Path:
    path = folder / filename
    if path.is_file() and path.stat().st_size >= DEFAULT_SIZE:
        return path
    return make_image(folder, filename)


def _write_config(path: Path, speed: float) -> None:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    if path.exists():
        yaml_file.read(path, UsageError, "")  # says in which line a mistake stands
        document = yaml.load(path.read_text(encoding="utf-8")) or {}
    else:
        files = {f"{kind}_file": f"inventory/{name}.yaml" for kind, name in _INVENTORY_FILES.items()}
        document = {
            "inventory": {"plugin": "SimpleInventory", "options": files},
            "swimctl": {"store": "swimctl.db", "jobs_dir": "jobs", "distribution": {"minimum_rate": 0.001}},
        }
    section = document.get("swimctl")
    if not isinstance(section, dict):
        section = document["swimctl"] = {}
    if section.get("clock_speed") != speed:
        section["clock_speed"] = speed
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(document, file)


_INVENTORY_FILES = {"host": "hosts", "group": "groups", "defaults": "defaults"}


def check_folder(folder: Path) -> None:
    """Raise UsageError where writing a lab there would destroy what people wrote."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name a new or empty one with --dir")
    for name in _INVENTORY_FILES.values():
        path = folder / "inventory" / f"{name}.yaml"
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(_MARK[:29]):
            raise UsageError(
                f"{path} was not written by the lab and would be lost; name a new or empty folder with --dir"
            )


@dataclass(frozen=True, slots=True)
class Kept:
    """What the inventory of a lab folder says of the lab that ran there: `lab_faults` by host, and the platforms.

    `asked` is what hosts ask of the lab, yes or no, whatever they would offer otherwise; see `ASKED`.
    """

    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    platforms: frozenset[str] = frozenset()
    asked: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def given(self, spec: ChassisSpec) -> ChassisSpec:
        """Return a spec as its host asks for it."""
        fields: dict[str, Any] = {ASKED[key]: value for key, value in self.asked.get(spec.name, {}).items()}
        return replace(spec, **fields)


def read_hosts(folder: Path) -> Kept:
    """Read the hosts of a lab folder's inventory; there are none where there is no inventory yet."""
    path = folder / "inventory" / "hosts.yaml"
    if not path.exists():
        return Kept()
    document = yaml_file.read(path, InventoryError, "start the lab with --dir to make it") or {}
    if not isinstance(document, dict):
        raise InventoryError(f"{path}: hosts by name are expected")
    faults = {str(name): _faults_of(path, str(name), host) for name, host in document.items()}
    platforms = [host.get("platform") for host in document.values() if isinstance(host, dict)]
    asked = {str(name): found for name, host in document.items() if (found := _asked_by(host))}
    return Kept(faults, frozenset(str(name) for name in platforms if name), asked)


def _asked_by(host: object) -> dict[str, bool]:
    data = host.get("data") if isinstance(host, dict) else None
    given = data if isinstance(data, dict) else {}
    return {key: given[key] for key in ASKED if isinstance(given.get(key), bool)}


def _faults_of(path: Path, name: str, host: object) -> tuple[str, ...]:
    data = host.get("data") if isinstance(host, dict) else None
    faults = data.get("lab_faults", []) if isinstance(data, dict) else []
    if isinstance(faults, str):
        faults = [faults]
    if not isinstance(faults, list) or not all(isinstance(fault, str) for fault in faults):
        raise InventoryError(f"{path}: {name}.data.lab_faults must be a list of fault names; see `swimctl lab faults`")
    return tuple(faults)


def read_fault_options(options: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read `sw3=no-space` and `all=slow-flash` into fault texts by switch; raise UsageError naming what is known."""
    found: dict[str, tuple[str, ...]] = {}
    for option in options:
        target, sign, fault = option.partition("=")
        if not sign:
            raise UsageError(f"--fault {option}: write SWITCH=FAULT, e.g. sw3=no-space, or all=FAULT")
        parse_fault(fault)
        if target != "all" and target not in names:
            raise UsageError(f"--fault {option}: there is no switch '{target}'; there are {', '.join(names)}")
        for name in names if target == "all" else [target]:
            found[name] = (*found.get(name, ()), fault)
    return found


def parse_faults(texts: Mapping[str, Sequence[str]]) -> dict[str, tuple[Fault, ...]]:
    """Read fault texts by switch."""
    return {name: tuple(parse_fault(text) for text in each) for name, each in texts.items()}


class CommandLog:
    """Append each received command to a file as one JSON line, at once."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, time: datetime, switch: str, user: str, line: str) -> None:
        """Add one command; `time` is the lab's."""
        entry = {"time": rfc3339(time), "switch": switch, "user": user, "line": line}
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
