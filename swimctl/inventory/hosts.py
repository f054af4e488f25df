"""The Nornir inventory as swimctl sees it. The only one that loads Nornir's plugins."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from nornir.core import Nornir
from nornir.core.configuration import Config as NornirConfig
from nornir.core.exceptions import PluginNotRegistered
from nornir.core.inventory import Host, Hosts
from nornir.core.inventory import Inventory as NornirInventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState
from nornir.init_nornir import load_runner
from nornir.plugins.runners import ThreadedRunner

from swimctl import yaml_file
from swimctl.config import references
from swimctl.config.reading import Config, Credentials, placed
from swimctl.errors import ConfigError, InventoryError, NotFound, SelectionError, SwimctlError
from swimctl.inventory import (
    accounts,
    files,
    selection,
    ssh,
)
from swimctl.inventory.accounts import connection_of
from swimctl.inventory.copies import CopyPolicy, copies_of
from swimctl.inventory.grounds import Ground, ground_of
from swimctl.inventory.mapping import model_at, platform_of, tags_at, value_at, window_at
from swimctl.inventory.pings import pings_of
from swimctl.inventory.plugins import load_inventory, missing_plugin, section_with_own, workers
from swimctl.inventory.plugins.workers import DaskRunner, section_with_folder
from swimctl.inventory.selection import Candidate, Selection, has_all
from swimctl.inventory.ssh import SshPolicy
from swimctl.models import Device
from swimctl.platforms import PLATFORM_NAMES, canonical_platform

NETCONF_PORT = 830  # of NETCONF over SSH (RFC 6242)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The devices of a selection; `left_out` counts the hosts of other systems in it, empty where there are none."""

    devices: tuple[Device, ...]
    left_out: str = ""


class Ids(Protocol):
    """Who knows the ids of devices: the store."""

    def device_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Return the id of each name, a new one where it has none."""


class Inventory:
    """Devices, selections and credentials; make it with `load`."""

    def __init__(self, config: Config, nornir: Nornir, ids: dict[str, int]) -> None:
        self._config = config
        self._nornir = nornir
        self._foreign: dict[str, str] = {}  # hosts of no platform that is known here, with what they say it is
        self.groups: tuple[str, ...] = tuple(nornir.inventory.groups)
        self.devices: tuple[Device, ...] = tuple(
            self._device(host, ids[name]) for name, host in nornir.inventory.hosts.items()
        )
        self._by_name = {device.name: device for device in self.devices}
        self._by_id = {device.id: device for device in self.devices}
        self._known_by: dict[str, list[str]] = {}
        for device in self.devices:
            for word in (device.place, device.serial or ""):
                self._known_by.setdefault(word, []).append(device.name)

    @classmethod
    def load(cls, config: Config, store: Ids) -> Inventory:
        """Read the inventory and give every new host its id. Raises InventoryError or ConfigError, with file and line.

        Hosts of platforms that swimctl cannot upgrade may stand in it; `problem` tells, and `select` refuses them.
        """
        nornir = _init(config)
        return cls(config, nornir, store.device_ids(list(nornir.inventory.hosts)))

    def device(self, name: str) -> Device:
        """Find a device by its name. Raises NotFound."""
        if name not in self._by_name:
            raise NotFound(f"device {name!r} is not in the inventory; see `swimctl device list`")
        return self._by_name[name]

    def twins(self, device: Device) -> tuple[str, ...]:
        """Return the other hosts that are the same device: same address and port, or same serial number."""
        words = filter(None, (device.place, device.serial))
        found = dict.fromkeys(name for word in words for name in self._known_by.get(word, ()))
        return tuple(name for name in found if name != device.name)

    def resolve(self, refs: Sequence[str | int]) -> tuple[Device, ...]:
        """Find devices by names and ids, each once, in the order given. Raises NotFound listing every unknown one."""
        try:
            return tuple(selection.named(refs, self._by_name, self._by_id))
        except SelectionError as unknown:
            raise NotFound(str(unknown)) from None

    def find(self, wanted: Selection, among: Sequence[Device] | None = None) -> tuple[Device, ...]:
        """Find the devices of a selection, of any platform; `among` these alone, as if there were no others.

        Raises SelectionError.
        """
        candidates = [self._candidate(device) for device in (self.devices if among is None else among)]
        inside = {group for one in candidates for group in one.groups}
        groups = [group for group in self.groups if among is None or group in inside]
        return tuple(self._by_name[name] for name in selection.select(wanted, candidates, groups))

    def select(self, wanted: Selection, *, strict: bool = False) -> Chosen:
        """Return the devices of a selection without the hosts of other systems, unless those were named one by one.

        Raises SelectionError where it is empty or names what is unknown, and InventoryError where a host that was
        named, or with `strict` any selected one, is of no platform that swimctl can upgrade.
        """
        found = self.find(wanted)
        others = [device for device in found if device.name in self._foreign]
        if others and (strict or wanted.names):
            raise InventoryError("\n".join(filter(None, (self.problem(device.name) for device in others))))
        said = self.left_out(others)
        if len(others) == len(found):
            raise SelectionError(f"no device is left: {said}; swimctl can upgrade these: {', '.join(PLATFORM_NAMES)}")
        return Chosen(tuple(device for device in found if device.name not in self._foreign), said)

    def left_out(self, devices: Sequence[Device]) -> str:
        """Return a sentence that counts the hosts of other systems among these; empty where there are none."""
        return selection.counted([self._foreign[one.name] for one in devices if one.name in self._foreign])

    def check_group(self, group: str) -> None:
        """Raise SelectionError where the inventory has no such group."""
        selection.check_group(group, self.groups)

    def problem(self, name: str) -> str | None:
        """Return why a host cannot be upgraded by swimctl at all, whatever its state; None where it can."""
        if name not in self._foreign:
            return None
        where, written, known = (
            files.Where(self._config, name),
            self._foreign[name],
            ", ".join(PLATFORM_NAMES),
        )
        if not written:
            return f"{where}: {name} has no platform; add `platform:` to it or to its group, one of {known}"
        return f"{where}: {name} has the platform {written!r}; swimctl can upgrade {known}"

    def where(self, name: str) -> str:
        """Return where a host stands, for messages."""
        return str(files.Where(self._config, name))

    def credentials(self, device: Device) -> Credentials:
        """Return what to log in with; see accounts. ConfigError: a reference leads nowhere."""
        host = self._nornir.inventory.hosts[device.name]
        return accounts.chosen(list(accounts.places_of(host, self._config.accounts)), self._resolve(host))

    def enters_otherwise(self, device: Device) -> bool:
        """Return whether older releases took another user or password, as they let the environment win."""
        host = self._nornir.inventory.hosts[device.name]
        places = list(accounts.places_of(host, self._config.accounts))
        before = accounts.as_before(host, self._config.accounts)
        return before != accounts.chosen_as_written(places)

    def connection_extras(self, device: Device) -> dict[str, Any]:
        """Return what the inventory has for netmiko beside address and login: keys, ssh_config_file, algorithms."""
        host = self._nornir.inventory.hosts[device.name]
        extras = connection_of(host).extras or {}
        return accounts.resolved_extras(extras, device.name, self._resolve(host))

    def _resolve(self, host: Host) -> accounts.Resolve:
        def resolve(value: object, what: str, user: str) -> str | None:
            where = files.Where(self._config, host.name, what)
            return references.resolve(value, where, self._config.path.parent, account=user)

        return resolve

    def ssh_policy(self, device: Device) -> SshPolicy:
        """Return what the inventory says of host keys and old algorithms. Raises InventoryError for what cannot be."""
        where = files.Where(self._config, device.name)
        return ssh.policy_of(self._nornir.inventory.hosts[device.name], where)

    def copy_policy(self, device: Device) -> CopyPolicy:
        """Return what the inventory says of how an image gets there. Raises InventoryError for what cannot be."""
        host, where = self._nornir.inventory.hosts[device.name], files.Where(self._config, device.name)
        return copies_of(host, where, self._resolve(host), partial(placed, self._config.path), self._by_name)

    def pings(self, device: Device) -> tuple[str, ...] | None:
        """Return the addresses that a device must reach; None where the inventory does not say. InventoryError."""
        return pings_of(self._nornir.inventory.hosts[device.name], files.Where(self._config, device.name))

    def ground(self, device: Device) -> Ground:
        """Return whether a device stands in the network or in a lab. Raises InventoryError for what cannot be."""
        where = files.Where(self._config, device.name)
        return ground_of(self._nornir.inventory.hosts[device.name], device.address, where)

    def ssh_config_file(self, device: Device) -> tuple[Path | None, str]:
        """Return a device's OpenSSH configuration, and who names it. InventoryError: it is not there."""
        host, where = self._nornir.inventory.hosts[device.name], files.Where(self._config, device.name)
        return ssh.config_file_of(host, self.connection_extras(device), self._config, where)

    def netconf_port(self, device: Device) -> int:
        """Return the NETCONF port: `netconf_port` of the host, a group or the defaults, else the usual one.

        Raises InventoryError for what is no port.
        """
        given = _data(self._nornir.inventory.hosts[device.name], "netconf_port")
        if given is None:
            return NETCONF_PORT
        if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < 65_536:
            where = files.Where(self._config, device.name)
            raise InventoryError(f"{where}: netconf_port of {device.name} must be a number from 1 to 65535")
        return given

    @property
    def threaded(self) -> bool:
        """Return whether tasks run in threads of Nornir's own runner, and by no plug-in of the user's."""
        return self._nornir.config.runner.plugin in {"threaded", workers.NAME}

    @property
    def workers(self) -> DaskRunner | None:
        """Return how workers elsewhere are reached, None where jobs run here."""
        runner = self._nornir.runner
        return runner if isinstance(runner, DaskRunner) else None

    def nornir(self, names: Sequence[str], workers: int) -> Nornir:
        """Return a Nornir of these hosts in this order, with so many threads.

        It has a state of its own, so that hosts that failed in another run are not silently left out of this one.
        """
        whole = self._nornir.inventory
        hosts = Hosts({name: whole.hosts[name] for name in names})
        return Nornir(
            inventory=NornirInventory(hosts=hosts, groups=whole.groups, defaults=whole.defaults),
            config=self._nornir.config,
            data=GlobalState(),
            runner=ThreadedRunner(num_workers=workers) if self.threaded else self._nornir.runner,
        )

    def _device(self, host: Host, device_id: int) -> Device:
        options = connection_of(host)
        fields, data = self._config.settings.inventory, host.extended_data()
        platform, written = _platform(self._config, host)
        if platform is None:
            self._foreign[host.name] = written
        return Device(
            id=device_id,
            name=host.name,
            platform=platform or written,
            address=str(options.hostname or host.name),
            port=self._port(host, value_at(data, fields.port)) or options.port or 22,
            groups=tuple(group.name for group in host.extended_groups()),
            model=model_at(data, fields.model),
            serial=value_at(data, fields.serial),
            redundancy_group=_text(_data(host, "redundancy_group")) or None,
            depends_on=self._hosts(host, "depends_on"),
            feeds=self._hosts(host, "feeds"),
            site=value_at(data, fields.site),
            role=value_at(data, fields.role),
            tags=tags_at(data, fields.tags),
            window=window_at(data, fields.window),
        )

    def _port(self, host: Host, written: str | None) -> int | None:
        """Read the port that stands where the settings say. InventoryError: it is none."""
        if written is None:
            return None
        if not written.isascii() or not written.isdigit() or not 0 < int(written) < 65_536:
            where = files.Where(self._config, host.name)
            raise InventoryError(f"{where}: the port of {host.name} must be a whole number 1 to 65535")
        return int(written)

    def _hosts(self, host: Host, key: str) -> tuple[str, ...]:
        """Read a list of hosts. InventoryError: one that does not exist would silently change the order."""
        found = _data(host, key)
        names = [found] if isinstance(found, str) else [] if found is None else found
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InventoryError(
                f"{files.Where(self._config, host.name)}: {key} of {host.name} must be a list of hosts"
            )
        unknown = [name for name in names if name not in self._nornir.inventory.hosts]
        if unknown or host.name in names:
            what = f"no such host: {', '.join(unknown)}" if unknown else "a host cannot depend on itself"
            raise InventoryError(f"{files.Where(self._config, host.name)}: {key} of {host.name}: {what}")
        return tuple(names)

    def passes(self, device: Device, filters: Sequence[str]) -> bool:
        """Return whether a device has all of these `key=value` in its data, as for `--filter`."""
        return has_all(filters, self._candidate(device))

    def _candidate(self, device: Device) -> Candidate:
        return Candidate(
            device.id,
            device.name,
            device.groups,
            _fields(self._nornir.inventory.hosts[device.name], device),
            {"model": device.model, "site": device.site, "role": device.role, "serial": device.serial},
        )


def _init(config: Config) -> Nornir:
    # Nornir warns of empty files through a logger without handler, which Python would print.
    logging.getLogger("nornir").addHandler(logging.NullHandler())
    _check_platforms(config)
    files.check(config)
    sections: dict[str, Any] = {**config.nornir, "logging": {"enabled": False}}
    sections["inventory"] = _inventory_section(config)
    sections["runner"] = section_with_folder(config.nornir.get("runner", {}), config.path.parent)
    RunnersPluginRegister.register(workers.NAME, DaskRunner)
    try:
        # As InitNornir does, without its connection plugins: no task here asks Nornir for one, and each that is
        # installed would be imported (NAPALM and netmiko: 0.8 s of the processor). Nor its other inventories.
        settings = NornirConfig.from_dict(**sections)
        nornir = Nornir(
            inventory=load_inventory(settings), runner=load_runner(settings), config=settings, data=GlobalState()
        )
    except SwimctlError:
        raise  # of our own plugins, with words of their own
    except PluginNotRegistered:
        key, what = missing_plugin(config.nornir, files.plugin_of(config))
        line = yaml_file.line_of(config.path, key)
        raise ConfigError(f"{config.path}{f' line {line}' if line else ''}: {'.'.join(key)}: {what}") from None
    except (Exception, SystemExit) as problem:  # nornir_nautobot ends the program where a filter is wrong
        files.diagnose(config)
        variables = sorted(name for name in os.environ if name.startswith("NORNIR_"))
        hint = f"; or in the environment: {', '.join(variables)}" if variables else ""
        what = " ".join(str(problem).split())
        raise InventoryError(
            f"the inventory of {config.path} cannot be loaded: {type(problem).__name__}: {what};"
            f" check its sections inventory, runner, core and ssh{hint}"
        ) from problem
    files.check_loaded(config, nornir.inventory, lambda host: _platform(config, host)[0] is not None)
    return nornir


def _inventory_section(config: Config) -> dict[str, Any]:
    """Return Nornir's section with our own plugins in it, and with the secrets that its options refer to."""
    section = config.nornir.get("inventory", {})
    plugin = files.plugin_of(config)
    section = section_with_own(section, plugin, config.path.parent, config.settings.jobs_dir / "ssh")
    options = section.get("options") or {}
    secrets = {
        key: references.resolve(value, f"{config.path}: inventory.options.{key}", config.path.parent)
        for key, value in options.items()
        if references.is_reference(value)
    }
    return {**section, "options": {**options, **secrets}} if secrets else section


def _platform(config: Config, host: Host) -> tuple[str | None, str]:
    """Return swimctl's platform of a host, None where it has none, and what the inventory calls it."""
    written = (connection_of(host).platform, host.platform)
    return platform_of(written, host.extended_data(), config.settings.inventory.platform)


def _check_platforms(config: Config) -> None:
    """Refuse a meaning of a platform's name that is no platform. ConfigError."""
    for name, platform in config.settings.inventory.platform.items():
        if canonical_platform(platform) is None:
            line = yaml_file.line_of(config.path, ("swimctl", "inventory", "platform", name))
            where = f"{config.path} line {line}" if line else config.path
            known = ", ".join(PLATFORM_NAMES)
            raise ConfigError(f"{where}: swimctl.inventory.platform.{name} must be one of {known}, not {platform!r}")


def _fields(host: Host, device: Device) -> dict[str, object]:
    """Gather what a filter may ask for. Secrets are no such thing."""
    fields = {key: host[key] for key in host.extended_data()}
    fields.update(
        id=device.id,
        name=device.name,
        hostname=device.address,
        port=device.port,
        platform=[device.platform, host.platform],
        groups=list(device.groups),
        username=host.username,
    )
    return fields


def _data(host: Host, key: str) -> object:
    try:
        return host[key]
    except KeyError:
        return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
