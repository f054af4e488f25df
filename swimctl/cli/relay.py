"""swimctl relay: the image server of a site, until SIGTERM."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.config.references import resolve
from swimctl.errors import UsageError
from swimctl.inventory.relays import IN_ENVIRONMENT, PORT, SHORTEST_TOKEN

if TYPE_CHECKING:
    from swimctl.relays.server import RelayServer

app = typer.Typer()

_GIGABYTE: Final = 10**9


@app.command()
def relay(
    ctx: typer.Context,
    *,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where it keeps the images.")],
    space: Annotated[float, typer.Option(metavar="GB", min=0.001, help="As much of the disk as it may use.")] = 20,
    bind: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "0.0.0.0",  # noqa: S104 - devices must reach it
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port. 0: a free one.")] = PORT,
    copies: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="How many devices fetch at the same time.")
    ] = 50,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key, PEM.")] = None,
    trust: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The authority of the main image server's certificate, PEM."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The token, if SWIMCTL_RELAY_TOKEN does not have it.")
    ] = None,
) -> None:
    """Fetch each image once for a site, and serve it to the devices there, until SIGTERM or Ctrl-C.

    It needs no config.yaml and no store. The inventory of swimctl names it: `relay` of a group.
    """
    from swimctl.relays.client import trusting
    from swimctl.relays.server import RelayServer
    from swimctl.tls import tls_context

    context = of(ctx)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("swimctl.relay").setLevel(logging.WARNING if context.quiet else logging.INFO)
    tls, token = tls_context(tls_cert, tls_key), _token(token_file)
    try:
        trusted = trusting(trust)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--trust {trust} cannot be used: {error}; give a certificate in PEM format") from None
    with _alone(folder):
        server = RelayServer(folder, int(space * _GIGABYTE), token, copies=copies, trust=trusted)
        asyncio.run(_serve(server, bind, port, tls))


async def _serve(server: RelayServer, bind: str, port: int, tls: ssl.SSLContext | None) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await server.serve(bind, port, tls, stop, lambda url: output.note(f"swimctl relay: listening on {url}"))


def _token(file: Path | None) -> str:
    """Return the token that swimctl has, too. ConfigError, UsageError: there is none."""
    said = {"env": IN_ENVIRONMENT} if file is None else {"file": str(file.absolute())}
    token = resolve(said, "the relay's token (or give --token-file)" if file is None else "--token-file", Path()) or ""
    if len(token) < SHORTEST_TOKEN:
        raise UsageError(
            f"the relay's token has less than {SHORTEST_TOKEN} characters; `openssl rand -hex 32` makes one"
        )
    return token


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a folder for this relay while the context lasts. UsageError: it cannot be used, or another one has it."""
    os.umask(0o077)  # images are nobody else's
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror or error}; give another --folder") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another relay keeps its images in {folder}; give each one a --folder of its own"
            ) from None
        yield
