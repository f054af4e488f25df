"""Where a device is, and all that is known beforehand of how it is entered. Plain data; `way` makes a way of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from swimctl.config.entering import HostKeys
from swimctl.config.settings import Settings
from swimctl.inventory.hosts import Inventory
from swimctl.models import Device

# Of netmiko's extras those that say how a device is entered: `way` looks at them, and netmiko does not.
OF_THE_WAY: Final = frozenset(
    {"use_keys", "key_file", "pkey", "passphrase", "allow_agent", "disabled_algorithms", "disable_sha2_fix", "sock"}
    | {"ssh_strict", "system_host_keys", "alt_host_keys", "alt_key_file", "ssh_config_file"}
    | {"conn_timeout", "banner_timeout", "auth_timeout", "auto_connect"}
)


@dataclass(frozen=True, slots=True)
class Ssh:
    """What the project says of SSH to a device.

    `config_file`: OpenSSH's client configuration that is asked, `config_from`: who names it. `known_hosts`: where new
    host keys are kept; None: nowhere. `bastion_keys` is the project's own choice, whatever the device's is.
    """

    config_file: Path | None = None
    config_from: str = ""
    host_keys: HostKeys = "accept-new"
    host_keys_from: str = "default"
    bastion_keys: HostKeys = "accept-new"
    known_hosts: Path | None = None
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where a device is and how to enter it. `extras` are what the inventory has for netmiko (keys, …)."""

    name: str
    address: str
    port: int
    platform: str
    username: str
    password: str = field(repr=False)
    enable_secret: str | None = field(default=None, repr=False)
    extras: Mapping[str, Any] = field(default_factory=dict, repr=False)
    netconf_port: int = 830
    ssh: Ssh = Ssh()


def target_of(inventory: Inventory, settings: Settings, device: Device) -> Target:
    """Return how a device of the inventory is entered. InventoryError, ConfigError: what it says cannot be."""
    entry = inventory.credentials(device)
    policy = inventory.ssh_policy(device)
    config_file, config_from = inventory.ssh_config_file(device)
    return Target(
        name=device.name,
        address=device.address,
        port=device.port,
        platform=device.platform,
        username=entry.username or "",
        password=entry.password or "",
        enable_secret=entry.enable_secret,
        extras=inventory.connection_extras(device),
        netconf_port=inventory.netconf_port(device),
        ssh=Ssh(
            config_file=config_file,
            config_from=config_from,
            host_keys=policy.host_keys or settings.ssh.host_keys,
            host_keys_from=policy.host_keys_from or "swimctl.ssh.host_keys of config.yaml, or its default",
            bastion_keys=settings.ssh.host_keys,
            known_hosts=settings.ssh.known_hosts,
            legacy=policy.legacy,
        ),
    )
