"""SSH servers before lab devices, each of which bends one thing, so that whole upgrades run through it.

    with Fronts({"sw1": Way(*lab.address("sw1"), Twist("slow prompt", ...))}) as fronts:
        fronts.port("sw1")  # what the inventory is to say

Shell, SCP and everything else is passed through; a front lives and dies with the port behind it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import asyncssh
from ruamel.yaml import YAML

# What a bend gives in place of bytes: so many seconds of waiting, or the end of the connection.
Bent = bytes | float | None
GONE: Bent = None
_VERSION = "Cisco-1.25"


class Bend:
    """What one terminal session goes through; the common one bends nothing. `front` outlives the session."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.command = ""
        self._typed = b""

    def typed(self, data: bytes) -> Iterable[Bent]:
        """Return what of the typing reaches the device."""
        self._typed += data
        *lines, self._typed = self._typed.replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self.command = line.decode(errors="replace").strip()
            self.front.commands.append(self.command)
            if self.front.activates(self.command):
                self.front.activated = True
        return self.up(data)

    def up(self, data: bytes) -> Iterable[Bent]:
        """Bend what is typed; `self.command` is the line that has just ended, if one has."""
        return (data,)

    def down(self, data: bytes) -> Iterable[Bent]:
        """Bend what the device prints."""
        return (data,)


@dataclass(frozen=True)
class Twist:
    """What is bent. `before` comes before the SSH version, `banner` with the login, `version` is the server's name.

    `interactive`: logins are keyboard-interactive only; `keys_only`: by any public key. `refuses` tells whether a
    login is refused, `elsewhere` the name of another device that answers from some moment on; both are asked with the
    front, at each connection.
    `copies` changes the bytes of a copy; `algorithms` are the only ones that are offered, as asyncssh names them.
    """

    name: str
    bend: Callable[[Front], Bend] = Bend
    before: bytes = b""
    banner: str = ""
    version: str = _VERSION
    interactive: bool = False
    keys_only: bool = False
    refuses: Callable[[Front], bool] = lambda _front: False
    elsewhere: Callable[[Front], str | None] = lambda _front: None
    copies: Callable[[bytes], bytes] | None = None
    algorithms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def greets_otherwise(self) -> bool:
        """Return whether a connection begins otherwise than the device's own."""
        return bool(
            self.before
            or self.banner
            or self.interactive
            or self.keys_only
            or self.algorithms
            or self.version != _VERSION
        )


@dataclass
class Front:
    """One device's front, and what it saw. `ways` are the ports of all devices of the lab by name.

    `happened` is for a bend that does something once. `bent`: something did pass through it otherwise than it came.
    """

    name: str
    twist: Twist
    ways: Mapping[str, tuple[str, int]]
    changing: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list)
    logins: int = 0
    refused: int = 0
    activated: bool = False
    happened: bool = False
    bent: bool = False
    port: int = 0

    def activates(self, line: str) -> bool:
        """Return whether a command line is on the way into the reload."""
        return line.startswith(self.changing)

    @property
    def way(self) -> tuple[str, int]:
        """Return where the device is that answers now."""
        return self.ways[self.twist.elsewhere(self) or self.name]


@cache
def _key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


class _Gate(asyncssh.SSHServer):
    """Let in whom the device behind lets in."""

    def __init__(self, front: Front, devices: list[asyncssh.SSHClientConnection]) -> None:
        self._front = front
        self._devices = devices
        self._connection: Any = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        if self._front.twist.banner:
            conn.send_auth_banner(self._front.twist.banner)
        if self._front.twist.greets_otherwise:
            self._front.bent = True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 the signature is asyncssh's
        for device in self._devices:
            device.abort()

    def begin_auth(self, username: str) -> bool:
        return bool(username)

    def password_auth_supported(self) -> bool:
        self._connection._next_service = b"ssh-userauth"  # as the lab's own gate does
        return not (self._front.twist.interactive or self._front.twist.keys_only)

    def public_key_auth_supported(self) -> bool:
        return self._front.twist.keys_only

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return bool(key) and (bool(self._devices) or await self.validate_password(username, "admin"))

    async def validate_password(self, username: str, password: str) -> bool:
        self._front.logins += 1
        if self._front.twist.refuses(self._front):
            self._front.refused += 1
            self._front.bent = True
            return False
        host, port = self._front.way
        try:
            device = await asyncssh.connect(
                host, port, username=username, password=password, known_hosts=None, config=None, client_keys=None,
                agent_path=None, preferred_auth="password,keyboard-interactive",
            )  # fmt: skip
        except (OSError, asyncssh.Error):
            return False
        self._devices.append(device)
        return True

    def kbdint_auth_supported(self) -> bool:
        return self._front.twist.interactive

    def get_kbdint_challenge(self, *_: Any) -> tuple[str, str, str, list[tuple[str, bool]]]:
        return "", "", "", [("Password: ", False)]

    async def validate_kbdint_response(self, username: str, responses: list[str]) -> bool:
        return len(responses) == 1 and await self.validate_password(username, responses[0])


class Fronts:
    """All fronts of a test, in one thread."""

    def __init__(self, twists: Mapping[str, Twist], ways: Mapping[str, tuple[str, int]], **front: Any) -> None:
        self.fronts = {name: Front(name, twist, ways, **front) for name, twist in twists.items()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="fronts")
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._thread.start()
        for front in self.fronts.values():
            listening = socket.create_server(("127.0.0.1", 0), backlog=64)
            listening.setblocking(False)
            front.port = listening.getsockname()[1]
            self._listening.append(listening)
            asyncio.run_coroutine_threadsafe(self._keep(self._accept(listening, front)), self._loop).result(240)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(240)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(240)
        self._loop.close()
        for listening in self._listening:
            listening.close()

    async def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, listening: socket.socket, front: Front) -> None:
        while True:
            connection, _ = await self._loop.sock_accept(listening)
            await self._keep(self._serve(connection, front))

    async def _serve(self, connection: socket.socket, front: Front) -> None:
        """Serve one connection for as long as the device behind has its port open."""
        devices: list[asyncssh.SSHClientConnection] = []
        server = None
        try:
            if not await _greets(*front.way):
                return
            if front.twist.before:
                await self._loop.sock_sendall(connection, front.twist.before)

            async def through(process: asyncssh.SSHServerProcess[bytes]) -> None:
                if devices:
                    await _pass(process, devices[-1], front)

            server = await asyncssh.run_server(
                connection,
                server_factory=lambda: _Gate(front, devices),
                process_factory=through,
                encoding=None,
                server_version=front.twist.version,
                line_editor=False,
                **{"server_host_keys": [_key()], **front.twist.algorithms},
            )
            ends = [asyncio.ensure_future(server.wait_closed())]
            while not ends[0].done():
                await asyncio.wait(ends, timeout=0.1)
                if devices and devices[-1].is_closed():
                    server.abort()
        except (OSError, asyncssh.Error):
            pass
        finally:
            for device in devices:
                device.abort()
            if server is not None:
                server.abort()
            connection.close()


def behind(folder: Path, fronts: Fronts) -> None:
    """Let the inventory name the fronts in place of the devices."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    for name, front in fronts.fronts.items():
        hosts[name].update({"hostname": "127.0.0.1", "port": front.port})
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


async def _greets(host: str, port: int) -> bool:
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        try:
            async with asyncio.timeout(3):
                await loop.sock_connect(connection, (host, port))
                return (await loop.sock_recv(connection, 4)).startswith(b"SSH")
        except (OSError, TimeoutError):
            return False


async def _pass(process: Any, device: asyncssh.SSHClientConnection, front: Front) -> None:
    """Pass one channel through, bent where it is a terminal."""
    bend = front.twist.bend(front) if process.command is None else None
    copies = None if bend is not None else front.twist.copies
    shell = {"term_type": "vt100", "term_size": (80, 24)} if bend is not None else {"command": process.command}
    with suppress(OSError, asyncssh.Error, BrokenPipeError):
        async with device.create_process(encoding=None, **shell) as behind:
            down = _pump(behind.stdout, process.stdout, bend.down if bend else None, process, front)
            up = _pump(process.stdin, behind.stdin, bend.typed if bend else _bent(copies), process, front)
            tasks = [asyncio.ensure_future(down), asyncio.ensure_future(up)]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if process.command is not None and behind.exit_status is not None:
                process.exit(behind.exit_status)
                return
    with suppress(OSError, asyncssh.Error):
        process.exit(0)


def _bent(change: Callable[[bytes], bytes] | None) -> Callable[[bytes], Iterable[Bent]] | None:
    return None if change is None else lambda data: (change(data),)


async def _pump(
    reader: Any, writer: Any, bend: Callable[[bytes], Iterable[Bent]] | None, process: Any, front: Front
) -> None:
    while True:
        try:
            data = await reader.read(65536)
        except (asyncssh.TerminalSizeChanged, asyncssh.BreakReceived):
            continue
        if not data:
            with suppress(OSError, asyncssh.Error):
                writer.write_eof()
            await asyncio.sleep(0.2)
            return
        pieces = [data] if bend is None else list(bend(data))
        front.bent = front.bent or pieces != [data]
        for piece in pieces:
            if piece is GONE:
                process.channel.get_connection().abort()
                return
            if isinstance(piece, float):
                await asyncio.sleep(piece)
            elif piece:
                writer.write(piece)
                await writer.drain()
