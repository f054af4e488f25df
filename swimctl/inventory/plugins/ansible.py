"""Ansible's inventory as `ansible-inventory --list` gives it: with its plugins, ranges, vaults and group_vars."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nornir.core.inventory import ConnectionOptions, Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from swimctl.errors import ConfigError, InventoryError
from swimctl.inventory.plugins.ssh_arguments import ssh_config_of

_PROGRAM: Final = "ansible-inventory"
_SECONDS: Final = 120.0
# The names that Ansible has for one thing, the one that wins first (its documentation: special variables, network_cli).
_HOSTNAME: Final = ("ansible_host", "ansible_ssh_host")
_PORT: Final = ("ansible_port", "ansible_ssh_port")
_USER: Final = ("ansible_user", "ansible_ssh_user")
_PASSWORD: Final = ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")
_ENABLE: Final = ("ansible_become_password", "ansible_become_pass")
_KEY: Final = ("ansible_private_key_file", "ansible_ssh_private_key_file")
_ARGUMENTS: Final = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")
_SECRETS: Final = frozenset({*_PASSWORD, *_ENABLE})
_TEMPLATE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ENVIRONMENT: Final = re.compile(
    r"\{\{\s*lookup\(\s*(['\"])(?:ansible\.builtin\.)?env\1\s*,\s*(['\"])(\w+)\2\s*\)\s*\}\}"
)


class AnsibleInventory:
    """Ask `ansible-inventory` for hosts, groups and variables.

    `source`: what is given with `-i`, one or several; else what ansible.cfg says. `vault_password_file` and
    `vault_id` as Ansible has them. `folder` is where it runs, so that the ansible.cfg there counts. Jump hosts and
    other options in `ansible_ssh_common_args` become a file of OpenSSH's in `ssh_folder`, named in netmiko's extras.
    """

    def __init__(
        self,
        source: str | Sequence[str] = (),
        hostsfile: str | None = None,
        vault_password_file: str | None = None,
        vault_id: str | Sequence[str] = (),
        program: str = _PROGRAM,
        folder: str = ".",
        ssh_folder: str = "ssh",
    ) -> None:
        self._sources = _several(source) or _several(hostsfile or ())
        self._vault_file = vault_password_file
        self._vault_ids = _several(vault_id)
        self._program = program
        self._folder = Path(folder)
        self._ssh_folder = Path(ssh_folder)

    def load(self) -> Inventory:
        """Return what Ansible says. Raises InventoryError with its words, ConfigError where it is not installed."""
        said = self._asked()
        variables = said.get("_meta", {}).get("hostvars", {})
        defaults = Defaults()
        groups = Groups(
            {name: Group(name, defaults=defaults) for name in said if name not in ("_meta", "all", "ungrouped")}
        )
        members: dict[str, list[str]] = {}
        for name, group in groups.items():
            for child in said[name].get("children", ()):
                if child in groups:
                    groups[child].groups.append(group)
            for host in said[name].get("hosts", ()):
                members.setdefault(host, []).append(name)
        # `--list` tells variables only of hosts that have some.
        names = dict.fromkeys(host for group in said.values() for host in group.get("hosts", ()))
        hosts = Hosts()
        for name in dict.fromkeys([*names, *variables]):
            parents = ParentGroups(groups[group] for group in members.get(name, ()))
            hosts[name] = self._host(name, dict(variables.get(name, {})), parents, defaults)
        return Inventory(hosts=hosts, groups=groups, defaults=defaults)

    def _asked(self) -> dict[str, Any]:
        words = [self._found(), "--list"]
        words += [word for source in self._sources for word in ("-i", self._path(source))]
        if self._vault_file:
            words += ["--vault-password-file", self._path(self._vault_file)]
        words += [word for vault in self._vault_ids for word in ("--vault-id", vault)]
        try:
            done = subprocess.run(  # noqa: S603 - the owner of the configuration names the program
                words, cwd=self._folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise InventoryError(f"`{self._program}` did not end within {_SECONDS:.0f}s; run it by hand") from None
        except OSError as problem:
            raise InventoryError(f"`{self._program}` cannot be run: {problem.strerror}") from None
        try:
            said = json.loads(done.stdout) if done.returncode == 0 else None
        except ValueError:
            said = None
        if not isinstance(said, dict):
            complaint = " ".join(done.stderr.decode(errors="replace").split())[-500:] or "it printed no JSON"
            raise InventoryError(f"`{' '.join(words)}` failed: {complaint}")
        if not any(group.get("hosts") for name, group in said.items() if name != "_meta"):
            complaint = " ".join(done.stderr.decode(errors="replace").split())[-500:]
            raise InventoryError(f"`{' '.join(words)}` gives no hosts{': ' + complaint if complaint else ''}")
        return said

    def _found(self) -> str:
        """Find the program: by the path, or beside the Python that runs this, as in a virtual environment."""
        beside = Path(sys.executable).parent / self._program
        if found := shutil.which(self._program) or (str(beside) if beside.exists() else None):
            return found
        raise ConfigError(
            f"AnsibleInventory needs `{self._program}`: install ansible-core, or name it in options.program"
        )

    def _path(self, written: str) -> str:
        """Return a path as it is from the folder of config.yaml, else from the working folder; others as written.

        A list of hosts (`a,b,`) and a plugin's name are no paths.
        """
        for path in (self._folder / Path(written).expanduser(), Path(written).expanduser().absolute()):
            if path.exists():
                return str(path)
        return written

    def _host(self, name: str, variables: dict[str, Any], groups: ParentGroups, defaults: Defaults) -> Host:
        extras: dict[str, Any] = {}
        if (secret := self._value(name, variables, _ENABLE)) is not None:
            extras["secret"] = secret
        if (key := self._value(name, variables, _KEY)) is not None:
            extras |= {"use_keys": True, "key_file": self._path(key)}
        arguments = [text for one in _ARGUMENTS if (text := self._value(name, variables, (one,)))]
        text, more = ssh_config_of(arguments, name)
        if text:
            extras["ssh_config_file"] = str(self._written(text))
        port = self._value(name, variables, _PORT) or more.get("port")
        user = self._value(name, variables, _USER) or more.get("user")
        if port is not None and (not port.isdigit() or not 0 < int(port) < 65_536):
            raise InventoryError(f"Ansible's inventory: ansible_port of {name} must be a whole number 1 to 65535")
        netmiko = ConnectionOptions(None, None, None, None, None, extras or None)
        return Host(
            name,
            hostname=self._value(name, variables, _HOSTNAME) or name,
            port=None if port is None else int(port),
            username=user,
            password=self._value(name, variables, _PASSWORD),
            groups=groups,
            data={key: value for key, value in variables.items() if key not in _SECRETS and not _vaulted(value)},
            defaults=defaults,
            connection_options={"netmiko": netmiko},
        )

    def _value(self, host: str, variables: Mapping[str, Any], names: Sequence[str]) -> str | None:
        """Return the first of these variables that is set, with other variables in it resolved.

        `ansible-inventory` leaves templates as they are. Raises InventoryError for what only Ansible could resolve.
        """
        name = next((name for name in names if variables.get(name) not in (None, "")), None)
        return None if name is None else self._resolved(variables[name], variables, f"{name} of {host}", 0)

    def _resolved(self, value: object, variables: Mapping[str, Any], what: str, depth: int) -> str:
        if _vaulted(value):
            return self._decrypted(str(value["__ansible_vault"]), what)  # type: ignore[index]  # _vaulted says so
        text = _ENVIRONMENT.sub(lambda found: os.environ.get(found[3], ""), str(value))

        def inner(found: re.Match[str]) -> str:
            if found[1] not in variables or depth > 8:
                raise InventoryError(f"Ansible's inventory: {what} needs the variable {found[1]}, which does not exist")
            return self._resolved(variables[found[1]], variables, what, depth + 1)

        text = _TEMPLATE.sub(inner, text)
        if "{{" in text or "{%" in text:
            raise InventoryError(
                f"Ansible's inventory: {what} is a template that swimctl cannot fill; write the value, "
                "or one variable as {{ name }}"
            )
        return text

    def _decrypted(self, text: str, what: str) -> str:
        """Have Ansible decrypt one value: `ansible-inventory` gives those with `!vault` as they are."""
        program = Path(self._found()).with_name("ansible-vault")
        words = [str(program), "decrypt", "--output", "-"]
        if self._vault_file:
            words += ["--vault-password-file", self._path(self._vault_file)]
        words += [word for vault in self._vault_ids for word in ("--vault-id", vault)]
        try:
            done = subprocess.run(  # noqa: S603 - of the same installation as the program above
                words, cwd=self._folder, input=text.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            done = None
        if done is None or done.returncode:
            what = f"Ansible's inventory: {what} cannot be decrypted; set inventory.options.vault_password_file"
            raise InventoryError(what)
        return done.stdout.decode().rstrip("\n")

    def _written(self, text: str) -> Path:
        """Write a configuration for OpenSSH, once for all hosts that have the same."""
        self._ssh_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._ssh_folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}")
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        return path


def _several(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _vaulted(value: object) -> bool:
    return isinstance(value, Mapping) and "__ansible_vault" in value
