"""Servers that a lab device asks for a file, over loopback: by HTTP, FTP, SCP and SFTP."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import shlex
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import asyncssh

UNREACHABLE: Final = "unreachable"
_REAL_PATIENCE: Final = 20.0
_WINDOW: Final = 65_536
"""Bytes that a device takes from the network before it has written any: what it stands still with is small."""
_STATUS: Final = {"530": "401", "550": "404"}
"""What FTP says where HTTP says the same: wrong account, no such file."""


class Refused(Exception):
    """Say that there is no file: `why` is UNREACHABLE, or the status of a refusal, such as `404`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Content(Protocol):
    """What is read of a file."""

    async def read(self, n: int, /) -> bytes:
        """Return the next bytes, at most so many; none at its end."""


@contextlib.asynccontextmanager
async def asked(url: str) -> AsyncIterator[tuple[int, Content]]:
    """Ask for a file: its size, and what reads it.

    Raises Refused; OSError, EOFError, ValueError or asyncssh.Error where it breaks.
    """
    parts = urlsplit(url)
    way = {"ftp": _by_ftp, "scp": _by_scp, "sftp": _by_sftp}.get(parts.scheme, _by_http)
    async with way(parts) as found:
        yield found


async def greeted(url: str) -> str:
    """Return the fingerprint of a server's host key, or UNREACHABLE."""
    parts = urlsplit(url)
    with contextlib.suppress(OSError, TimeoutError, asyncssh.Error):
        async with asyncio.timeout(_REAL_PATIENCE):
            key = await asyncssh.get_server_host_key(parts.hostname or "", parts.port or 22, config=None)
            if key is not None:
                return key.get_fingerprint()
    return UNREACHABLE


def _trusting() -> ssl.SSLContext:
    """Return what takes any certificate; to read those of this machine for it would cost more than the copy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextlib.asynccontextmanager
async def _dialled(
    parts: SplitResult, port: int, *, secure: bool = False
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    way = socket.socket()
    way.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
    way.setblocking(False)
    try:
        async with asyncio.timeout(_REAL_PATIENCE):
            await asyncio.get_running_loop().sock_connect(way, (parts.hostname or "", port))
            reader, writer = await asyncio.open_connection(
                sock=way, ssl=_trusting() if secure else None, server_hostname=parts.hostname if secure else None
            )
    except (OSError, TimeoutError):
        way.close()
        raise Refused(UNREACHABLE) from None
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def _by_http(parts: SplitResult) -> AsyncIterator[tuple[int, Content]]:
    secure = parts.scheme == "https"
    async with _dialled(parts, parts.port or (443 if secure else 80), secure=secure) as (reader, writer):
        place, account = parts.netloc.rpartition("@")[2], ""
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            account = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
        writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n{account}\r\n".encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = answer.split(maxsplit=2)[1]
        if status != "200":
            raise Refused(status)
        size = re.search(r"^content-length:\s*(\d+)", answer, re.IGNORECASE | re.MULTILINE)
        if size is None:
            raise ValueError(answer)
        yield int(size[1]), reader


@contextlib.asynccontextmanager
async def _by_ftp(parts: SplitResult) -> AsyncIterator[tuple[int, Content]]:
    async with _dialled(parts, parts.port or 21) as (reader, writer):

        async def say(line: str, *good: str) -> str:
            """Return the answer to a line, its three digits in front; ValueError where it is none of the good ones."""
            if line:
                writer.write(f"{line}\r\n".encode())
            answer = (await reader.readline()).decode("latin-1")
            if answer[:3] in _STATUS:
                raise Refused(_STATUS[answer[:3]])
            if answer[:3] not in good:
                raise ValueError(answer)
            return answer

        path = unquote(parts.path.removeprefix("/"))
        await say("", "220")
        if (await say(f"USER {unquote(parts.username or 'anonymous')}", "230", "331")).startswith("331"):
            await say(f"PASS {unquote(parts.password or 'anonymous@')}", "230")
        await say("TYPE I", "200")
        size = int((await say(f"SIZE {path}", "213")).split()[1])
        port = re.search(r"\|\|\|(\d+)\|", await say("EPSV", "229"))
        if port is None:
            raise ValueError(path)
        async with _dialled(parts, int(port[1])) as (content, _):
            await say(f"RETR {path}", "125", "150")
            yield size, content


@contextlib.asynccontextmanager
async def _by_ssh(parts: SplitResult) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """Sign in at an SSH server by password; its host key was looked at before."""
    try:
        async with asyncio.timeout(_REAL_PATIENCE):
            connection = await asyncssh.connect(
                parts.hostname or "", parts.port or 22, username=unquote(parts.username or ""),
                password=unquote(parts.password or ""), known_hosts=None, config=None, client_keys=None,
                agent_path=None, preferred_auth="password",
            )  # fmt: skip
    except asyncssh.PermissionDenied:
        raise Refused("401") from None
    except (OSError, TimeoutError, asyncssh.Error):
        raise Refused(UNREACHABLE) from None
    async with connection:
        yield connection


@contextlib.asynccontextmanager
async def _by_sftp(parts: SplitResult) -> AsyncIterator[tuple[int, Content]]:
    path = unquote(parts.path)
    async with _by_ssh(parts) as connection, connection.start_sftp_client() as client:
        try:
            size = (await client.stat(path)).size or 0
            file = await client.open(path, "rb")
        except asyncssh.SFTPError:
            raise Refused("404") from None
        async with file:
            yield size, _Bytes(file)


class _Bytes:
    """A file at an SFTP server."""

    def __init__(self, file: asyncssh.SFTPClientFile) -> None:
        self._file = file

    async def read(self, n: int, /) -> bytes:
        """Return the next bytes."""
        return await self._file.read(n)


@contextlib.asynccontextmanager
async def _by_scp(parts: SplitResult) -> AsyncIterator[tuple[int, Content]]:
    command = f"scp -f {shlex.quote(unquote(parts.path))}"
    async with _by_ssh(parts) as connection, connection.create_process(command, encoding=None) as source:
        source.stdin.write(b"\0")
        header = (await source.stdout.readline()).split()
        if len(header) < 3 or not header[0].startswith(b"C"):  # `C0644 1234 image.bin`; else \1 and why not
            raise Refused("404")
        source.stdin.write(b"\0")
        yield int(header[1]), source.stdout
