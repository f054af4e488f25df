"""The way to a device: each machine on it with address, user, keys and algorithms, and who said so. Opens nothing."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from swimctl.config.entering import HostKeys
from swimctl.errors import ConfigError
from swimctl.sessions.targets import Target
from swimctl.sessions.way.told import Told

_SSH_PORT: Final = 22
_JUMP: Final = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d+))?/?"
)
# What OpenSSH looks into where its configuration does not say (ssh_config(5): IdentityFile, *KnownHostsFile).
_OWN_KEYS: Final = ("id_ed25519", "id_ecdsa", "id_rsa")
_OWN_KNOWN_HOSTS: Final = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_GLOBAL_KNOWN_HOSTS: Final = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
_ALGORITHMS: Final = {"KexAlgorithms": "kex", "Ciphers": "ciphers", "MACs": "digests", "HostKeyAlgorithms": "key_types"}
_NETMIKO: Final = "the netmiko extras of the inventory"


@dataclass(frozen=True, slots=True)
class Hop:
    """One machine that is logged in to: a bastion, or the device at the end.

    `name` is what people call it; host keys are kept under `known_as`. `command` is a ProxyCommand that reaches it.
    `agent` is the path of the agent's socket, empty for that of SSH_AUTH_SOCK, None for no agent. `algorithms` are
    lists in OpenSSH's words, by paramiko's names; `disabled` those that paramiko must leave out. `sources` tell where
    each value came from; they make no two hops different.
    """

    name: str
    host: str
    port: int
    user: str
    known_as: str
    keys: tuple[Path, ...] = ()
    certificates: tuple[Path, ...] = ()
    agent: str | None = None
    only_these_keys: bool = False
    host_keys: HostKeys = "accept-new"
    kept_in: Path | None = None
    known_hosts: tuple[Path, ...] = ()
    command: str | None = None
    bind: str | None = None
    family: int = socket.AF_UNSPEC
    algorithms: tuple[tuple[str, str], ...] = ()
    disabled: tuple[tuple[str, tuple[str, ...]], ...] = ()
    legacy: bool = False
    is_bastion: bool = False
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def where(self) -> str:
        """Return address and port as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.name} ({self.where})"


@dataclass(frozen=True, slots=True)
class Way:
    """The bastions in their order, and the device."""

    bastions: tuple[Hop, ...]
    device: Hop

    @property
    def through(self) -> str:
        """Return what stands before the device, as part of a sentence; empty where it is entered directly."""
        if self.device.command:
            return f" through `{self.device.command}`"
        return " through " + ", ".join(map(str, self.bastions)) if self.bastions else ""


def resolve(target: Target, port: int | None = None) -> Way:
    """Return the way to a device's SSH, or to another of its ports that speaks SSH. ConfigError: there can be none.

    What the inventory says goes before OpenSSH's configuration; its port 22 counts as not said, as with netmiko.
    """
    told = Told()
    if target.ssh.config_file is not None:
        from swimctl.sessions.way import openssh

        given = port or (target.port if target.port != _SSH_PORT else None)
        told = openssh.read(target.ssh.config_file, target.address, user=target.username or None, port=given)
    return Way(tuple(_before(target, told, (target.address,))), _device(target, told, port))


def _device(target: Target, told: Told, port: int | None) -> Hop:
    extras, ssh = target.extras, target.ssh
    keys, sources = _keys(told, extras, ssh.config_file)
    strict = extras.get("ssh_strict") or told.text("StrictHostKeyChecking") in ("yes", "True")
    known_hosts = _known_hosts(told)
    if extras.get("alt_host_keys") and extras.get("alt_key_file"):
        known_hosts = (Path(str(extras["alt_key_file"])).expanduser(), *known_hosts)
        sources["known_hosts"] = _NETMIKO
    agent = told.text("IdentityAgent")
    if extras.get("allow_agent") or agent not in (None, "SSH_AUTH_SOCK"):
        sources["agent"] = _NETMIKO if extras.get("allow_agent") else told.places.get("IdentityAgent", "")
    elif told.options.get("IdentityAgent") is None:
        agent = None
    host = told.text("Hostname") or target.address
    number = port or (target.port if target.port != _SSH_PORT else int(told.text("Port") or _SSH_PORT))
    in_inventory = "the inventory"
    sources |= {
        "address": told.places.get("Hostname", in_inventory),
        "port": in_inventory if port or target.port != _SSH_PORT else told.places.get("Port", "default"),
        "user": "the credentials of the device" if target.username else told.places.get("User", ""),
        "proxy_command": told.places.get("ProxyCommand", ""),
        "host_keys": _NETMIKO
        if extras.get("ssh_strict")
        else told.places.get("StrictHostKeyChecking", "")
        if strict
        else ssh.host_keys_from,
    }
    return Hop(
        name=target.name,
        host=host,
        port=number,
        user=target.username or told.text("User") or "",
        known_as=told.text("HostKeyAlias") or _known_as(host, number),
        keys=keys,
        certificates=_paths(told.texts("CertificateFile"), ssh.config_file),
        agent=_agent(agent, allowed=bool(extras.get("allow_agent")) or agent is not None),
        only_these_keys=bool(told.options.get("IdentitiesOnly")),
        host_keys="strict" if strict else ssh.host_keys,
        kept_in=ssh.known_hosts,
        known_hosts=known_hosts,
        command=_command(told),
        bind=told.text("BindAddress"),
        family=_family(told),
        algorithms=_algorithms(told, sources),
        disabled=_disabled(extras),
        legacy=ssh.legacy,
        sources=sources,
    )


def _bastion(target: Target, alias: str, user: str, port: int | None, told: Told, *, first: bool) -> Hop:
    """Make the hop of a machine on the way: OpenSSH's configuration alone says how it is entered, never the device's.

    Like OpenSSH it offers its agent and the user's own keys; the device's password is never typed there.
    """
    file = target.ssh.config_file
    host = told.text("Hostname") or alias
    number = port or int(told.text("Port") or _SSH_PORT)
    sources = {
        "address": told.places.get("Hostname", "its name"),
        "port": "ProxyJump" if port else told.places.get("Port", "default"),
        "user": "ProxyJump" if user else told.places.get("User", "the user of this machine"),
        "proxy_command": told.places.get("ProxyCommand", ""),
        "host_keys": "swimctl.ssh.host_keys of config.yaml, or its default",
    }
    keys = _paths(told.texts("IdentityFile"), file) or _own_keys()
    sources["keys"] = told.places.get("IdentityFile", "OpenSSH's own places")
    strict = told.text("StrictHostKeyChecking") in ("yes", "True")
    if strict:
        sources["host_keys"] = told.places["StrictHostKeyChecking"]
    return Hop(
        name=alias,
        host=host,
        port=number,
        user=user or told.text("User") or getpass.getuser(),
        known_as=told.text("HostKeyAlias") or _known_as(host, number),
        keys=keys,
        certificates=_paths(told.texts("CertificateFile"), file),
        agent=_agent(told.text("IdentityAgent"), allowed=told.options.get("IdentityAgent", "") is not None),
        only_these_keys=bool(told.options.get("IdentitiesOnly")),
        host_keys="strict" if strict else target.ssh.bastion_keys,
        kept_in=target.ssh.known_hosts,
        known_hosts=_known_hosts(told),
        command=_command(told) if first else None,
        bind=told.text("BindAddress"),
        family=_family(told),
        algorithms=_algorithms(told, sources),
        is_bastion=True,
        sources=sources,
    )


def _before(target: Target, told: Told, seen: tuple[str, ...]) -> Iterator[Hop]:
    """Find the bastions before a host, those before the first of them included."""
    jump = told.text("ProxyJump") if told.first_of("ProxyJump", "ProxyCommand") == "ProxyJump" else None
    file = target.ssh.config_file
    if jump is None or file is None:
        return
    from swimctl.sessions.way import openssh

    for number, written in enumerate(jump.split(",")):
        found = _JUMP.fullmatch(written.strip())
        if found is None:
            raise ConfigError(f"{told.places['ProxyJump']}: ProxyJump {written!r} must be [user@]host[:port]")
        alias, user, port = found["v6"] or found["host"], found["user"], int(found["port"] or 0) or None
        if alias in seen:
            raise ConfigError(
                f"{told.places['ProxyJump']}: the way to {seen[0]} leads through {alias} again and again; "
                f"put `ProxyJump none` under `Host {alias}`, above the options for all hosts"
            )
        its = openssh.read(file, alias, user=user, port=port)
        if number == 0:
            yield from _before(target, its, (*seen, alias))
        yield _bastion(target, alias, user, port, its, first=number == 0)


def _command(told: Told) -> str | None:
    if told.first_of("ProxyJump", "ProxyCommand") != "ProxyCommand":
        return None
    written = (told.text("ProxyCommand") or "").lstrip("= ")
    return written or None


def _keys(
    told: Told, extras: Mapping[str, object], config_file: Path | None
) -> tuple[tuple[Path, ...], dict[str, str]]:
    if key_file := extras.get("key_file"):
        return _paths((str(key_file),), None), {"keys": _NETMIKO}
    if named := told.texts("IdentityFile"):
        return _paths(named, config_file), {"keys": told.places["IdentityFile"]}
    return (_own_keys(), {"keys": _NETMIKO}) if extras.get("use_keys") else ((), {})


def _own_keys() -> tuple[Path, ...]:
    return tuple(path for name in _OWN_KEYS if (path := Path("~/.ssh", name).expanduser()).is_file())


def _paths(written: tuple[str, ...], config_file: Path | None) -> tuple[Path, ...]:
    """Make paths of names; one that is not in the working folder, as OpenSSH has it, may lie beside the file."""
    found = []
    for name in written:
        path = Path(name).expanduser()
        beside = config_file.parent / path if config_file is not None else path
        found.append(beside if not path.exists() and beside.exists() else path)
    return tuple(found)


def _agent(written: str | None, *, allowed: bool) -> str | None:
    if not allowed:
        return None
    if written in (None, "SSH_AUTH_SOCK"):
        return ""
    return os.environ.get(written[1:], "") if written.startswith("$") else str(Path(written).expanduser())


def _known_as(host: str, port: int) -> str:
    return host if port == _SSH_PORT else f"[{host}]:{port}"


def _known_hosts(told: Told) -> tuple[Path, ...]:
    """Return the files that are read beside the project's own."""
    own = told.texts("UserKnownHostsFile") if "UserKnownHostsFile" in told.options else _OWN_KNOWN_HOSTS
    common = told.texts("GlobalKnownHostsFile") if "GlobalKnownHostsFile" in told.options else _GLOBAL_KNOWN_HOSTS
    return tuple(Path(name).expanduser() for name in (*own, *common) if name != os.devnull)


def _family(told: Told) -> int:
    family = told.options.get("AddressFamily")
    return family if isinstance(family, int) else socket.AF_UNSPEC


def _algorithms(told: Told, sources: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found = []
    for option, kind in _ALGORITHMS.items():
        if written := told.text(option):
            found.append((kind, written))
            sources[option] = told.places[option]
    return tuple(found)


def _disabled(extras: Mapping[str, object]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what netmiko's extras switch off, as paramiko's `disabled_algorithms` has it."""
    written = extras.get("disabled_algorithms")
    found = {str(kind): tuple(names) for kind, names in written.items()} if isinstance(written, dict) else {}
    if extras.get("disable_sha2_fix"):
        found["pubkeys"] = (*found.get("pubkeys", ()), "rsa-sha2-256", "rsa-sha2-512")
    return tuple(found.items())
