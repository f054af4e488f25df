"""What an inventory says of SSH to a host: OpenSSH's configuration, host keys, old algorithms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast, get_args

from nornir.core.inventory import Host

from swimctl.config.entering import HostKeys
from swimctl.config.reading import Config, placed
from swimctl.errors import InventoryError
from swimctl.inventory.files import Where
from swimctl.inventory.own_data import nearest

_KEYS: Final = ("host_keys", "legacy")


@dataclass(frozen=True, slots=True)
class SshPolicy:
    """`swimctl: {ssh: …}` of a host: what it, the nearest of its groups or the defaults say; None: nobody does."""

    host_keys: HostKeys | None = None
    host_keys_from: str = ""
    legacy: bool = False


def policy_of(host: Host, where: Where) -> SshPolicy:
    """Return what is said of a host, each key from the nearest that names it. InventoryError: it cannot be."""
    found = nearest(host, where, "ssh", _KEYS)
    keys, who = found.get("host_keys", (None, ""))
    keys = "off" if keys is False else keys  # the older YAML reads the word so
    if keys is not None and keys not in get_args(HostKeys):
        raise InventoryError(f"{where}: swimctl.ssh.host_keys of {who} must be one of {', '.join(get_args(HostKeys))}")
    legacy, whose = found.get("legacy", (False, ""))
    if not isinstance(legacy, bool):
        raise InventoryError(f"{where}: swimctl.ssh.legacy of {whose} must be true or false")
    return SshPolicy(cast("HostKeys | None", keys), f"swimctl.ssh.host_keys of {who}" if who else "", legacy)


def config_file_of(host: Host, extras: Mapping[str, Any], config: Config, where: Where) -> tuple[Path | None, str]:
    """Return OpenSSH's configuration that is asked for a host, and who names it; None where nobody names one.

    netmiko's `ssh_config_file` goes before Nornir's `ssh.config_file`. InventoryError: the file is not there. What
    Nornir would take where nobody names one, ~/.ssh/config, is not read: a job must not depend on who runs it.
    """
    if named := extras.get("ssh_config_file"):
        path = placed(config.path, str(named))
        if not path.is_file():
            raise InventoryError(f"{where}: ssh_config_file of {host.name}: there is no file {path}")
        return path, "ssh_config_file of the inventory"
    common = (config.nornir.get("ssh") or {}).get("config_file")
    common = os.environ.get("NORNIR_SSH_CONFIG_FILE") if common is None else common
    if not common:
        return None, ""
    path = placed(config.path, str(common))
    if not path.is_file():
        raise InventoryError(f"{config.path}: ssh.config_file: there is no file {path}")
    return path, "ssh.config_file of config.yaml"
