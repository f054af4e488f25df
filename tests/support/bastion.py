"""Bastions before a lab: one in this process that knows the devices by names of its own, and OpenSSH's sshd."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.stream import SSHTCPStreamSession
from ruamel.yaml import YAML
from support.ssh_server import running

USER = "ops"
DOMAIN = "behind.invalid"
NETCONF = 830
"""The names of the devices resolve nowhere but at the bastion: who goes beside it reaches nobody."""


@dataclass
class Bastion:
    """A bastion and what it saw: who logged in, and where its clients went. `behind` maps names to loopback."""

    folder: Path
    behind: Mapping[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    port: int = 0
    logins: list[str] = field(default_factory=list)
    refused: int = 0
    asked_for: list[tuple[str, int]] = field(default_factory=list)
    lets_in: bool = True
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def die(self) -> None:
        """Cut every connection of the moment; new ones are taken."""

        def cut() -> None:
            for connection in self.connections:
                connection.abort()
            self.connections.clear()

        self.loop.call_soon_threadsafe(cut)


async def _pass(reader: Any, writer: Any) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


class _Door(asyncssh.SSHServer):
    def __init__(self, bastion: Bastion) -> None:
        self._bastion = bastion
        self._connection: Any = None
        self._devices: set[asyncio.StreamWriter] = set()
        self._lost = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._bastion.connections.append(conn)

    def connection_lost(self, _: Exception | None) -> None:
        """Close what was opened: a channel whose connection dies at once never begins to pass on."""
        self._lost = True
        for device in self._devices:
            device.close()

    def begin_auth(self, username: str) -> bool:
        return bool(username)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        ours = key.public_data == asyncssh.read_public_key(self._bastion.folder / "id.pub").public_data
        if not (ours and username == USER and self._bastion.lets_in):
            self._bastion.refused += 1
            return False
        return True

    def auth_completed(self) -> None:
        self._bastion.logins.append(self._connection.get_extra_info("username"))

    async def _reach(self, where: tuple[str, int]) -> Any:
        """Connect, then pass on; asyncssh's own forwarding ends all channels where one closes at a bad moment."""
        try:
            device = await asyncio.open_connection(*self._bastion.behind[where])
        except OSError as error:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, error.strerror or "failed") from error
        if self._lost:
            device[1].close()
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "the client is gone")
        self._devices.add(device[1])

        async def passing(reader: Any, writer: Any) -> None:
            ways = [asyncio.ensure_future(_pass(reader, device[1])), asyncio.ensure_future(_pass(device[0], writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            for end in (writer, device[1]):
                with suppress(OSError):
                    end.close()
            self._devices.discard(device[1])

        return SSHTCPStreamSession(passing)

    def connection_requested(self, dest_host: str, dest_port: int, *_: Any) -> Any:
        where = (dest_host, dest_port)
        self._bastion.asked_for.append(where)
        if where not in self._bastion.behind:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "no such host")
        # A task: asyncssh awaits nothing where the connection has died meanwhile, and a coroutine would be left over.
        reaching = asyncio.ensure_future(self._reach(where))
        reaching.add_done_callback(lambda one: one.cancelled() or one.exception())
        return reaching


def make_key(folder: Path, name: str = "id", passphrase: str | None = None) -> asyncssh.SSHKey:
    """Write a key pair into the folder."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(folder / name, passphrase=passphrase, rounds=2, ignore_few_rounds=True)
    key.write_public_key(folder / f"{name}.pub")
    (folder / name).chmod(0o600)
    return key


@contextmanager
def bastion(folder: Path, behind: Mapping[tuple[str, int], tuple[str, int]]) -> Iterator[Bastion]:
    """Serve in a thread; the key that it takes lies in the folder as `id`."""
    if not (folder / "id").exists():
        make_key(folder)
    made = Bastion(folder, behind)

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(made),
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        )

    with running(made.loop, start, made.connections, "bastion") as made.port:
        yield made


@contextmanager
def sshd(folder: Path) -> Iterator[tuple[int, Path]]:
    """Run OpenSSH's own server as the user of this process, and give its port and its log. Skips where none runs."""
    program = os.environ.get("SSHD") or shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(program).exists():
        pytest.skip("OpenSSH's sshd is not installed")
    make_key(folder)
    make_key(folder, "host_key")
    (folder / "authorized_keys").write_bytes((folder / "id.pub").read_bytes())
    log = folder / "sshd.log"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        *("PidFile none", "UsePAM no", "StrictModes no", "LogLevel VERBOSE", "PasswordAuthentication no"),
    )
    (folder / "sshd_config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with subprocess.Popen([program, "-D", "-f", folder / "sshd_config", "-E", log]) as process:
        try:
            end = time.monotonic() + 20
            while process.poll() is None and not _listens(port) and time.monotonic() < end:
                time.sleep(0.05)
            if process.poll() is not None:
                pytest.skip(
                    f"sshd does not run here: {log.read_text(encoding='utf-8') if log.exists() else 'it says nothing'}"
                )
            yield port, log
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def behind(folder: Path, names: Mapping[str, str]) -> None:
    """Let the inventory name each device as it is called behind the bastion, at the usual port."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    for name, called in names.items():
        hosts[name]["hostname"] = called
        hosts[name].pop("port", None)
        data = hosts[name].setdefault("data", {})
        data.pop("netconf_port", None)
        data.setdefault("swimctl", {})["pilot"] = {"lab": True}  # its name no longer shows that
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


def with_ssh_config(folder: Path, text: str) -> None:
    """Name an OpenSSH configuration in config.yaml, Nornir's way."""
    (folder / "ssh_config").write_text(text, encoding="utf-8")
    path, yaml = folder / "config.yaml", YAML()
    document = yaml.load(path.read_text(encoding="utf-8"))
    document["ssh"] = {"config_file": "ssh_config"}
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
