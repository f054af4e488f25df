"""Who stands between: a server with a key of its own that lets anybody in and writes down all that it is told."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncssh
from support.ssh_server import running


@dataclass
class Heard:
    """What the stranger was told, and how many came to it."""

    port: int = 0
    key: str = ""
    connections: int = 0
    users: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    open: list[asyncssh.SSHServerConnection] = field(default_factory=list)


class _Ear(asyncssh.SSHServer):
    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._heard.connections += 1
        self._heard.open.append(conn)

    def begin_auth(self, username: str) -> bool:
        self._heard.users.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        assert username
        self._heard.secrets.append(password)
        return True


@contextmanager
def stranger(*kinds: str) -> Iterator[Heard]:
    """Serve in a thread, with new host keys of these kinds."""
    loop, heard = asyncio.new_event_loop(), Heard()
    keys = [asyncssh.generate_private_key(kind) for kind in kinds or ("ssh-ed25519",)]
    heard.key = keys[0].get_fingerprint()

    async def shell(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("\r\nsw1>")
        with suppress(asyncssh.Error):
            async for line in process.stdin:
                heard.secrets.append(line.strip())
                process.stdout.write("Password: " if line.strip() == "enable" else "\r\nsw1>")

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: _Ear(heard), process_factory=shell, server_host_keys=keys,
            line_editor=False,
        )  # fmt: skip

    with running(loop, start, heard.open, "bastion-stranger") as heard.port:
        yield heard


@dataclass
class Crossing:
    """A TCP port whose connections lead to a place that is chosen for each: `choose` is given how many came before."""

    choose: Callable[[int], int]
    port: int = 0
    came: int = 0


@contextmanager
def crossings(chosen: Sequence[Callable[[int], int]]) -> Iterator[list[Crossing]]:
    """Serve one port for each chooser, in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="bastion-crossing")
    thread.start()
    made = [Crossing(choose) for choose in chosen]

    async def lead(crossing: Crossing, reader: Any, writer: Any) -> None:
        number, crossing.came = crossing.came, crossing.came + 1
        try:
            there = await asyncio.open_connection("127.0.0.1", crossing.choose(number))
        except OSError:
            writer.close()
            return

        async def pass_on(one: Any, other: Any) -> None:
            with suppress(OSError):
                while data := await one.read(65_536):
                    other.write(data)
                    await other.drain()

        ways = [asyncio.ensure_future(pass_on(reader, there[1])), asyncio.ensure_future(pass_on(there[0], writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, there[1]):
                end.close()

    async def start() -> list[asyncio.Server]:
        servers = []
        for crossing in made:
            listening = socket.create_server(("127.0.0.1", 0), backlog=64)
            crossing.port = listening.getsockname()[1]
            servers.append(
                await asyncio.start_server(lambda r, w, crossing=crossing: lead(crossing, r, w), sock=listening)  # type: ignore[misc] # a default has no type
            )
        return servers

    servers = asyncio.run_coroutine_threadsafe(start(), loop).result(240)
    try:
        yield made
    finally:

        async def stop() -> None:
            for server in servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.1)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(240)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(240)
        loop.close()
