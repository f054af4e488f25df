"""Real SSH, SCP and SFTP in front of lab switches: all of them in one asyncio loop, a loopback port each."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import asyncssh

from swimctl.errors import UsageError
from swimctl.lab.channels import Channel
from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.console import Console
from swimctl.lab.effects import Cut, Down, Syslog, Up
from swimctl.lab.filesystem import FlashFiles
from swimctl.lab.folder import CommandLog
from swimctl.lab.gate import Gate
from swimctl.lab.netconf_port import SUBSYSTEM, NetconfPort
from swimctl.lab.service_port import ServicePort
from swimctl.lab.vty import Login

WINDOW = 65_536
"""Bytes of SSH window, as IOS-XE has without `ip ssh bulk-mode`; what makes or breaks the pace of a push."""

BACKLOG = 128
HOST_KEYS = "lab-host-keys"
LINGER = 1.0
"""Real seconds a client has to close the connection itself after `exit`."""

# Cheap ones first: hundreds of logins come at once. The last ones are for old clients.
_KEY_EXCHANGES = (
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group14-sha1",
)
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")


@lru_cache(maxsize=1)
def _host_keys() -> list[asyncssh.SSHKey]:
    return [asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-rsa", key_size=2048)]


def kept_host_keys(folder: Path) -> list[asyncssh.SSHKey]:
    """Return the switches' host keys, as they lie in the lab's folder: a lab that is started anew has the same ones."""
    path = folder / HOST_KEYS
    if path.exists():
        return list(asyncssh.read_private_key_list(path))
    path.touch(0o600)
    path.write_bytes(b"".join(key.export_private_key() for key in _host_keys()))
    return list(_host_keys())


class SwitchPort:
    """One switch behind one port: who is connected, what is due, and what was logged."""

    def __init__(self, switch: Chassis, log: CommandLog, wanted: int, host_keys: Sequence[asyncssh.SSHKey]) -> None:
        self.switch = switch
        self._host_keys = list(host_keys)
        self._keys_changed: list[asyncssh.SSHKey] | None = None
        self.authentication: Sequence[str] = switch.spec.authentication
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._log = log
        self._logged = 0
        self._booted_at = switch.booted_at
        self._tasks: set[asyncio.Task[object]] = set()
        self._consoles: set[Console] = set()
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._opening: asyncio.Task[None] | None = None
        self._closed = False
        self._ending = 0
        self._timer: asyncio.TimerHandle | None = None
        # Bound for as long as the lab runs and never listening: while the switch is down nobody else gets its port.
        self._reservation = _bound(wanted)
        self.number: int = self._reservation.getsockname()[1]
        offers = switch.spec.offers_netconf
        self.netconf = NetconfPort(switch, _bound, self._ssh, self.look) if offers else None
        # NETCONF where it is served on the port of the terminals too.
        self._beside = self.netconf if switch.netconf_beside_terminal else None
        self.web = None
        if switch.spec.web_api and switch.api is not None:
            from swimctl.lab.web_port import WebPort  # aiohttp takes long to load, and few labs need it

            self.web = WebPort(switch, switch.api, _bound, self.look)
        self._services: tuple[ServicePort, ...] = tuple(each for each in (self.netconf, self.web) if each is not None)

    @property
    def clock(self) -> LabClock:
        """Return the switch's clock."""
        return self.switch.clock

    def channel(self) -> Channel:
        """Make a channel of a connection."""
        served = {"sftp": self.switch.serves_sftp, SUBSYSTEM: self._beside is not None}
        offered = frozenset(name for name, there in served.items() if there)
        return Channel(self._session, lambda channel: FlashFiles(channel, self), offered)

    def open(self) -> asyncio.Task[None]:
        """Begin to listen, where nobody does yet."""
        # Never cancelled: a socket that began to listen half-way would be nobody's, and greet while the switch is down.
        if self._opening is None or (self._opening.done() and self._acceptor is None):
            self._opening = asyncio.ensure_future(self._listen())
        return self._opening

    async def _listen(self) -> None:
        while self._ending:  # noqa: ASYNC110 - two turns of the loop at most, where nobody looked while it was down
            await asyncio.sleep(0)
        acceptor = await asyncssh.listen(
            **self._ssh(),
            sock=_bound(self.number),
            encoding="utf-8",
            errors="replace",
        )
        if self.switch.reachable and not self._closed:
            self._acceptor = acceptor
            for service in self._services:
                service.open()
        else:
            acceptor.close()

    def _ssh(self) -> dict[str, Any]:
        if self._keys_changed is None and self.switch.booted_at > 0 and self.switch.spec.fault("new-host-key"):
            self._keys_changed = [asyncssh.generate_private_key("ssh-ed25519")]
        return {
            "backlog": BACKLOG,
            "server_factory": lambda: Gate(self),
            "server_host_keys": self._keys_changed or self._host_keys,
            "server_version": "Cisco-1.25",
            "kex_algs": _KEY_EXCHANGES,
            "encryption_algs": _CIPHERS,
            "compression_algs": ["none"],
            "line_editor": False,
            "window": WINDOW,
            "agent_forwarding": False,
            "x11_forwarding": False,
        }

    async def close(self) -> None:
        """Stop for good and give the port back."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._opening is not None:
            await self._opening
        self._disconnect()
        for _ in range(3):
            await asyncio.sleep(0)  # the end of the listening
        self._end_commands()
        for service in self._services:
            await service.end()
        self._reservation.close()

    def look(self) -> None:
        """Run everything that is due on the switch, record what it was told, and set the next alarm."""
        for event in self.switch.advance():
            match event:
                case Cut():
                    self._abort()
                case Down():
                    self._disconnect()
                case Up():
                    self.open()
                case Syslog(text):
                    for console in tuple(self._consoles):
                        console.syslog(text)
        for command in self.switch.log[self._logged :]:
            self._log.write(self.switch.clock.at(command.at), self.switch.name, command.source, command.line)
        self._logged = len(self.switch.log)
        if self._timer is not None:
            self._timer.cancel()
        due = self.switch.next_due()
        self._timer = None
        if due is not None:
            real = max(0.0, due) / self.switch.clock.speed
            self._timer = asyncio.get_running_loop().call_later(real + 0.001, self.look)

    def _disconnect(self) -> None:
        for service in self._services:
            service.close()
        if self._acceptor is not None:
            loop = asyncio.get_running_loop()
            for sock in self._acceptor.sockets:
                loop.remove_reader(sock)
            # asyncio loses a connection that it accepted just before its server closes: let those come in first.
            loop.call_soon(loop.call_soon, self._end_listening, self._acceptor)
            self._acceptor, self._ending = None, self._ending + 1
        self._abort()
        if self.switch.booted_at != self._booted_at:
            self._booted_at = self.switch.booted_at
            self._end_commands()

    def _end_listening(self, acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        self._ending -= 1
        self._abort()

    def _abort(self) -> None:
        for console in tuple(self._consoles):
            console.flush()
        for connection in tuple(self.connections):
            connection.abort()
        for service in self._services:
            service.drop()

    def _end_commands(self) -> None:
        # A lost session does not end what runs on the switch; a reload does.
        for task in tuple(self._tasks):
            task.cancel()

    async def _session(
        self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str], _stderr: asyncssh.SSHWriter[str]
    ) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 asyncssh starts this as a task
        self._tasks.add(task)
        try:
            channel = cast("asyncssh.SSHServerChannel[str]", stdout.channel)
            if self._beside is not None and channel.get_subsystem() == SUBSYSTEM:
                await self._beside.talk(stdin, stdout)
            else:
                await self._terminal(stdin, stdout)
        finally:
            self._tasks.discard(task)

    async def _terminal(self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str]) -> None:
        channel = cast("asyncssh.SSHServerChannel[str]", stdout.channel)
        connection = channel.get_connection()
        login: Login = connection.get_extra_info("login")
        command = channel.get_command()
        session = self.switch.open(login, exec_command=command is not None)
        console = Console(self, session, stdin, stdout)
        self._consoles.add(console)
        try:
            if command is not None:
                await console.run(command, length=0)
            else:
                await console.shell()
        finally:
            console.flush()
            self._consoles.discard(console)
            self.look()
        if not channel.is_closing():
            channel.exit(0)
        if command is None:
            asyncio.get_running_loop().call_later(LINGER, connection.close)


class LabServer:
    """Serve switches, each on its own port of 127.0.0.1. `ports` fixes some; the others are free ones."""

    def __init__(
        self,
        switches: Iterable[Chassis],
        log: CommandLog,
        ports: Mapping[str, int],
        host_keys: Sequence[asyncssh.SSHKey],
    ) -> None:
        # A refused login or a lost client is a lab's daily bread, not worth a line on somebody's terminal.
        logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
        self._ports = {
            switch.name: SwitchPort(switch, log, ports.get(switch.name, 0), host_keys) for switch in switches
        }

    async def start(self) -> None:
        """Listen on all ports."""
        for port in self._ports.values():
            await port.open()
            port.look()

    async def stop(self) -> None:
        """Close all ports and connections."""
        for port in self._ports.values():
            await port.close()
        await asyncio.sleep(0)

    def port(self, name: str) -> SwitchPort:
        """Find a switch's port; KeyError for a name that the lab has not."""
        return self._ports[name]


def _bound(number: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", number))
    except OSError as error:
        sock.close()
        raise UsageError(
            f"port {number} of 127.0.0.1 cannot be used: {error.strerror}; choose others, or leave it free"
        ) from None
    return sock
