"""The image server: devices fetch images from here by HTTP, each with a ticket that is good for one file alone."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from swimctl import descriptors
from swimctl.config.settings import ImageServing
from swimctl.connections import Connections, listening_at
from swimctl.errors import TransferFailed
from swimctl.images.offers import Offer, Sender
from swimctl.images.turns import Turns
from swimctl.models import Image
from swimctl.tls import tls_context

if TYPE_CHECKING:
    from aiohttp import web

_TICKET_BYTES: Final = 12
# Stands behind a device's name where a ticket is not that of its job.
_LOOK: Final = "\0"
_START_SECONDS, _END_SECONDS = 10.0, 1.0


class ImageServer:
    """Serve images to those who show a ticket: from the first offer on until `close`, in a thread of its own.

    A ticket stands in the URL, as no device can show it otherwise. It is random, known to this process alone, and good
    for the image that its device is offered. To all else the answer is 404, whatever is wrong. Who holds connections
    open without one makes room for others: see Connections.
    """

    def __init__(self, settings: ImageServing) -> None:
        self._settings = settings
        self.copies = Turns(settings.copies)
        """Who may fetch an image at once; a device has its turn before it is offered one."""
        self._sender = Sender(Connections(), encrypted=False)
        self._lock = threading.Lock()
        self._tickets: dict[str, str] = {}
        self._offers: dict[str, Offer] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._tls: ssl.SSLContext | None = None
        self.port = 0

    @property
    def sent(self) -> int:
        """Return the bytes of images that it has given to the network."""
        return self._sender.sent

    def ticket(self, device: str) -> str:
        """Return a device's ticket, which no record may show; it opens nothing until an image is offered."""
        with self._lock:
            return self._tickets.setdefault(device, secrets.token_urlsafe(_TICKET_BYTES))

    def tickets(self, device: str) -> tuple[str, ...]:
        """Return the tickets that a device has: that of its job, and those of looks at it."""
        with self._lock:
            return tuple(ticket for whose, ticket in self._tickets.items() if whose.partition(_LOOK)[0] == device)

    @contextmanager
    def look(self, device: str) -> Iterator[str]:
        """Return under which name a look at a device has tickets while it lasts: its job may copy meanwhile."""
        whose = f"{device}{_LOOK}{secrets.token_hex(4)}"
        try:
            yield whose
        finally:
            self.forget(whose)

    @contextmanager
    def offer(self, device: str, image: Image, reached_from: str, address: str = "") -> Iterator[Offer]:
        """Offer a device one image while the context lasts; what is still being sent at its end is cut off.

        `address` is where the device finds us; without one, that of this machine on the way to `reached_from`.
        TransferFailed: nothing can be served.
        """
        self._start()
        ticket, host = self.ticket(device), address or self._settings.address or _address_towards(reached_from)
        host = f"[{host}]" if ":" in host else host
        scheme = "http" if self._tls is None else "https"
        url = f"{scheme}://{host}:{self.port}/{ticket}/{quote(image.filename)}"
        offer = Offer(image, url, time.monotonic() + 3600 * self._settings.hours)
        self._offers[ticket] = offer
        try:
            yield offer
        finally:
            self._offers.pop(ticket, None)  # `forget` may have been before
            self._call(offer.cut)

    def forget(self, device: str) -> None:
        """Revoke a device's ticket; the next one is another."""
        with self._lock:
            self._offers.pop(self._tickets.pop(device, ""), None)

    def close(self) -> None:
        """End the server and what it sends."""
        thread, ended = self._thread, self._ended
        if thread is not None and ended is not None:
            self._call(ended.set)
            thread.join(_START_SECONDS)
        self._thread = self._loop = None

    def _call(self, act: Callable[[], Any]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended before
                self._loop.call_soon_threadsafe(act)

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            self._tls = tls_context(
                self._settings.tls_cert, self._settings.tls_key, ("image_server.tls_cert", "image_server.tls_key")
            )
            places = Connections(descriptors.fetches(descriptors.raised_limit(), self._settings.copies))
            self._sender = Sender(places, encrypted=self._tls is not None)
            made = _listening(self._settings.bind, self._settings.port, places)
            self.port = made.getsockname()[1]
            up = threading.Event()
            thread = threading.Thread(
                target=lambda: asyncio.run(self._serve(made, up)), name="image-server", daemon=True
            )
            thread.start()
            if not up.wait(_START_SECONDS):
                raise TransferFailed("the image server did not start; next: `transport: push`")
            self._thread = thread

    async def _serve(self, made: socket.socket, up: threading.Event) -> None:
        import logging

        from aiohttp import web

        app = web.Application()
        app.router.add_get("/{ticket}/{name}", self._answer)
        # What aiohttp logs of a broken request quotes it, and with it a ticket.
        silent = logging.getLogger("swimctl.images.server")
        silent.disabled = True
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_END_SECONDS, logger=silent)
        await runner.setup()
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        try:
            await web.SockSite(runner, made, ssl_context=self._tls, backlog=512).start()
            up.set()
            await self._ended.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        return await self._sender.answer(request, self._offers.get(request.match_info["ticket"]))


def _listening(bind: str, port: int, places: Connections) -> socket.socket:
    try:
        return listening_at(bind, port, places)
    except OSError as error:
        raise TransferFailed(
            f"the image server cannot listen on {bind} port {port}: {error.strerror or error}; another swimctl may "
            "serve there; next: another `swimctl.image_server.port`, or 0 for a free one"
        ) from None


def _address_towards(there: str) -> str:
    """Return the address of this machine on the way to another; nothing is sent."""
    try:
        family, _, _, _, address = socket.getaddrinfo(there, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError as error:
        raise TransferFailed(
            f"no address of this machine leads to {there}: {error.strerror or error}; "
            "next: `swimctl.image_server.address`, where devices find it"
        ) from None
