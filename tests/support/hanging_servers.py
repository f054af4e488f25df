"""Servers that let anybody in and then hang, each in its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import asyncssh
from support.ssh_server import running

from swimctl.sessions.targets import Target

Process = asyncssh.SSHServerProcess[str]
PROMPT = "sw1#"


class Anybody(asyncssh.SSHServer):
    """Let in whoever comes."""

    def __init__(self, connections: list[asyncssh.SSHServerConnection]) -> None:
        self._connections = connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connections.append(conn)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        return False


class Undecided(Anybody):
    """Ask for a password and never say whether it is right."""

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        await asyncio.Event().wait()
        return False


async def answer_until(process: Process, last: str) -> str:
    """Answer each line with the prompt, until one that begins with `last` comes; it gets no answer."""
    process.stdout.write(PROMPT)
    while line := await process.stdin.readline():
        if line.startswith(last):
            return line
        process.stdout.write(f"{line.rstrip()}\r\n{PROMPT}")
    raise ConnectionError


async def silent(process: Process) -> None:
    """Answer the login, take `show version`, and say nothing any more."""
    await answer_until(process, "show version")
    await asyncio.Event().wait()


async def deaf(process: Process) -> None:
    """Answer the login and read nothing after it: a long command fills the window that the client may send."""
    process.stdout.write(PROMPT)
    for _ in range(4):
        line = await process.stdin.readline()
        process.stdout.write(f"{line.rstrip()}\r\n{PROMPT}")
    await asyncio.Event().wait()


async def frozen(process: Process) -> None:
    """Answer the login, then stop reading from the network: no packet is taken any more."""
    await answer_until(process, "show clock")
    process.channel.get_connection()._transport.pause_reading()  # type: ignore[union-attr]
    process.stdout.write(f"show clock\r\n{PROMPT}")
    await asyncio.Event().wait()


async def flooding(process: Process) -> None:
    """Answer the login, then print without an end and without a pause."""
    await answer_until(process, "show version")
    while True:
        process.stdout.write("%SYS-7-DEBUG: and so on\r\n" * 2000)
        await process.stdout.drain()


async def no_last_word(process: asyncssh.SSHServerProcess[bytes]) -> None:
    """Take a file by SCP to its last byte, and never say that it has arrived."""
    process.stdout.write(b"\0")
    header = await process.stdin.readline()
    process.stdout.write(b"\0")
    await process.stdin.readexactly(int(header.split()[1]) + 1)
    await asyncio.Event().wait()


@contextmanager
def hanging(
    process: Callable[[Any], Awaitable[None]] | None, *, answers: bool = True, **options: Any
) -> Iterator[Target]:
    """Serve on loopback, in a thread; without a process the login is answered and no terminal ever opens."""
    loop = asyncio.new_event_loop()
    connections: list[asyncssh.SSHServerConnection] = []

    class NoTerminal(Anybody):
        def session_requested(self) -> Any:
            async def never() -> Any:
                await asyncio.Event().wait()

            return never()

    kind = (Anybody if process else NoTerminal) if answers else Undecided

    async def start() -> asyncssh.SSHAcceptor:
        async def handle(client: Any) -> None:
            with suppress(ConnectionError, asyncssh.Error):
                await process(client)  # type: ignore[misc] # only called where there is one

        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: kind(connections),
            process_factory=handle if process else None,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            line_editor=False,
            allow_scp=False,
            **options,
        )

    with running(loop, start, connections, "hanging") as port:
        yield Target("sw1", "127.0.0.1", port, "cisco_xe", "admin", "secret")
