"""A relay in a thread of the test, and the image that it is to have."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from swimctl.inventory.relays import Relay
from swimctl.models import Image
from swimctl.relays.server import RelayServer

TOKEN = "a-token-of-the-site-ber"
PLENTY = 10**9


def image_of(path: Path, content: bytes, name: str = "cat9k_iosxe.17.12.04.SPA.bin") -> Image:
    """Write an image file, and return what the catalogue has of it."""
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_bytes(content)
    sha512, md5 = hashlib.sha512(content).hexdigest(), hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Image(
        1, name, path / name, "cisco_xe", "cat9k_iosxe", "17.12.04", len(content), sha512, md5, datetime.now(UTC)
    )


@dataclass
class RunningRelay:
    """A relay that listens at a port of 127.0.0.1."""

    server: RelayServer
    relay: Relay
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event
    _thread: threading.Thread

    def die(self) -> None:
        """End it, and with it every connection that it has."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


@contextmanager
def running_relay(
    folder: Path,
    *,
    most: int = PLENTY,
    token: str = TOKEN,
    copies: int = 50,
    tls: ssl.SSLContext | None = None,
    trust: Path | None = None,
    port: int = 0,
) -> Iterator[RunningRelay]:
    """Run a relay; `tls` is its own certificate, `trust` the authority by which swimctl believes it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RelayServer(folder, most, token, copies=copies)
    began, up, made = asyncio.Event(), threading.Event(), dict[str, object]()

    async def serve() -> None:
        made["loop"] = asyncio.get_running_loop()

        def tell(url: str) -> None:
            made["url"] = url
            up.set()

        await server.serve("127.0.0.1", port, tls, began, tell)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="relay", daemon=True)
    thread.start()
    assert up.wait(30)
    loop = made["loop"]
    assert isinstance(loop, asyncio.AbstractEventLoop)
    running = RunningRelay(server, Relay(str(made["url"]), token, "", trust), loop, began, thread)
    try:
        yield running
    finally:
        if thread.is_alive():
            running.die()
