"""Where the API listens: loopback by itself, elsewhere only with TLS or by an explicit word."""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from swimctl.api.app import make_app
from swimctl.api.routing import Backend
from swimctl.errors import UsageError

LONGEST_LINE: Final = 256 * 1024  # a status request may name 10,000 jobs
_IDLE_SECONDS: Final = 75
_ACCESS: Final = '%a "%r" %s %b bytes %Tf s'


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Load a certificate chain and its key; None where neither is given. UsageError."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise UsageError("--tls-cert and --tls-key belong together; give both")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (cert, key):
        if not path.is_file():
            raise UsageError(f"{path} is no file; give a certificate and its key in PEM format")
    try:
        context.load_cert_chain(cert, key, password=lambda: "")
    except (ssl.SSLError, OSError) as error:
        raise UsageError(
            f"{cert} and {key} cannot be used for TLS ({error}); both must be PEM, belong together, and the key must "
            "have no passphrase"
        ) from error
    return context


def check_binding(host: str, *, encrypted: bool, insecure: bool) -> None:
    """Refuse to send passwords and tokens in the clear over a network. UsageError."""
    try:
        found = socket.getaddrinfo(host or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise UsageError(f"--bind {host!r} is no address of this machine ({error}); give one like 127.0.0.1") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if encrypted or insecure or all(address.is_loopback for address in addresses):
        return
    raise UsageError(
        f"--bind {host}: passwords and tokens would cross the network in the clear; give --tls-cert and --tls-key, or "
        "stay on 127.0.0.1 behind a reverse proxy with TLS, or, where the network itself is trusted, add --insecure"
    )


@asynccontextmanager
async def listening(
    backend: Backend, host: str, port: int, tls: ssl.SSLContext | None, *, access_log: bool
) -> AsyncIterator[str]:
    """Answer requests while the context lasts, and give the URL; port 0 takes a free one. UsageError: it is taken."""
    runner = web.AppRunner(
        make_app(backend),
        access_log=logging.getLogger("swimctl.access") if access_log else None,
        access_log_format=_ACCESS,
        max_line_size=LONGEST_LINE,
        keepalive_timeout=_IDLE_SECONDS,
        handle_signals=False,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=tls, shutdown_timeout=5.0)
        try:
            await site.start()
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host} port {port}: {error.strerror}; give another --port or --bind"
            ) from error
        address = runner.addresses[0]
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        yield f"{'http' if tls is None else 'https'}://{shown}:{address[1]}"
    finally:
        await runner.cleanup()
