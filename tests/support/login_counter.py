"""An SSH server that takes one password and counts the others: what a site's TACACS+ or RADIUS sees of us."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import asyncssh


@dataclass
class Accounts:
    """The server's port, and each user that a wrong password was tried for; `right` may be changed meanwhile."""

    right: str
    port: int = 0
    refused: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


class _Server(asyncssh.SSHServer):
    def __init__(self, accounts: Accounts, open_ones: list[asyncssh.SSHServerConnection]) -> None:
        self._accounts = accounts
        self._open = open_ones

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._open.append(conn)

    def begin_auth(self, username: str) -> bool:
        assert username is not None
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        right = password == self._accounts.right
        (self._accounts.taken if right else self._accounts.refused).append(username)
        return right


@contextmanager
def counting(right: str) -> Iterator[Accounts]:
    """Serve until the end; a session that is let in is closed at once, so that a device says nothing."""
    accounts, made = Accounts(right), list[asyncssh.SSHServerConnection]()
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        server = await asyncssh.create_server(
            lambda: _Server(accounts, made),
            "127.0.0.1",
            0,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=lambda process: process.exit(0),
        )
        accounts.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        for connection in made:
            connection.abort()
        await asyncio.gather(*(connection.wait_closed() for connection in made), return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0.1)  # the sockets' own ends

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(240)
    try:
        yield accounts
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(240)
        loop.close()
