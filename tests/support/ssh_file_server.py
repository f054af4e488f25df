"""A real SSH server on loopback with one file, by SCP and SFTP, which may cut it, stand still, or say nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncssh

USER, PASSWORD = "fetcher", "S3cret/of:images?"


@dataclass
class Serving:
    """Where it is; which commands and passwords came, and the fingerprint of its host key."""

    address: str
    fingerprint: str
    asked: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)

    def folder(self, scheme: str) -> str:
        """Return the URL of where the file lies: without a port, as no system names one."""
        return f"{scheme}://{self.address}/"

    def source(self, scheme: str, folder: str = "", *, trusted: bool = True) -> dict[str, Any]:
        """Return it as an entry of an inventory; the environment has the password as IMAGES_PW."""
        known = {"host_key": self.fingerprint} if trusted else {}
        account = {"username": USER, "password": {"env": "IMAGES_PW"}}
        return {"url": self.folder(scheme) + folder, **account, **known}


@cache
def free_port() -> int:
    """Return a port that is free on all of loopback, the same each time: servers differ in their addresses."""
    with socket.socket() as nobody:
        nobody.bind(("", 0))
        return int(nobody.getsockname()[1])


@cache
def host_key(name: str = "") -> asyncssh.SSHKey:
    """Return a host key; another one for another name."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=name)


@contextmanager
def serving_ssh(
    name: str,
    content: bytes,
    address: str = "127.0.0.1",
    *,
    password: str = PASSWORD,
    key: str = "",
    sent: int | None = None,
    stalls: threading.Event | None = None,
) -> Iterator[Serving]:
    """Serve a file; `sent` bytes are all that comes of it: then the connection breaks, or with `stalls` stays open."""
    served = Serving(address, host_key(key).get_fingerprint())

    connections: list[asyncssh.SSHServerConnection] = []

    class Door(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            connections.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            served.passwords.append(given)
            return (username, given) == (USER, password)

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: Any) -> None:
            super().__init__(chan, chroot=folder.encode())
            self._connection = chan.get_connection()

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            served.asked.append(path.decode())
            return super().open(path, pflags, attrs)

        async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            if sent is None or offset + size <= sent:
                data: Any = super().read(file_obj, offset, size)
                return bytes(data)
            if stalls is None:
                self._connection.abort()
                raise asyncssh.SFTPConnectionLost("cut")
            await asyncio.get_running_loop().run_in_executor(None, stalls.wait)
            return b""

    with TemporaryDirectory(prefix="swimctl-ssh-") as folder, ExitStack() as stack:
        (Path(folder) / name).write_bytes(content)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        stack.callback(loop.close)
        stack.callback(thread.join)
        stack.callback(loop.call_soon_threadsafe, loop.stop)

        async def listen() -> asyncssh.SSHAcceptor:
            return await asyncssh.listen(
                address, free_port(), server_host_keys=[host_key(key)], server_factory=Door, sftp_factory=Files,
                allow_scp=True, reuse_address=True,
            )  # fmt: skip

        acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(20)

        stack.callback(lambda: asyncio.run_coroutine_threadsafe(_end(acceptor, connections), loop).result(20))
        yield served


async def _end(acceptor: asyncssh.SSHAcceptor, connections: list[asyncssh.SSHServerConnection]) -> None:
    """End a server and all that it still does, so that its loop may close."""
    acceptor.close()
    await acceptor.wait_closed()
    for each in connections:
        each.abort()
    await asyncio.gather(*(each.wait_closed() for each in connections))
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


@contextmanager
def silent(address: str) -> Iterator[str]:
    """Take connections at an address and never say a word there."""
    with socket.create_server((address, free_port()), backlog=50):
        yield address
