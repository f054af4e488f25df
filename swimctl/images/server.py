"""The image server: devices fetch images from here by HTTP, each with a ticket that is good for one file alone."""

from __future__ import annotations

import asyncio
import fcntl
import secrets
import socket
import ssl
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from swimctl import descriptors
from swimctl.config.settings import ImageServing
from swimctl.connections import Connections, listener
from swimctl.errors import TransferFailed
from swimctl.images.turns import Turns, Wait
from swimctl.models import Image
from swimctl.tls import tls_context

if TYPE_CHECKING:
    from aiohttp import web

REACH: Final = "swimctl-reach"
"""The name of a file that is nowhere: a device that asks for it is told so, and reaches us."""

# Bytes that go at once: with TLS smaller ones cost far more (0.7 GB/s of a core, 0.13 with 64 KB), larger ones would
# tell too late whether a slow device still takes some.
_PIECE: Final = 1024 * 1024
# `tcpi_bytes_acked` of Linux's struct tcp_info: include/uapi/linux/tcp.h, since 4.2.
_TCP_INFO, _BYTES_ACKED_AT, _BYTES_ACKED = 256, 120, struct.Struct("=Q")
# Real seconds between looks at whether the last bytes were taken.
_DRAINS: Final = 0.05
_TICKET_BYTES: Final = 12
_START_SECONDS, _END_SECONDS = 10.0, 1.0


@dataclass(eq=False)
class Offer:
    """One image for one device, until `ends` of `time.monotonic`. What was served of it is counted here, in bytes.

    `asked`: how often the device came for the file; `reached`: it came for `REACH`. `sending`: who sends it.
    """

    image: Image
    url: str = field(repr=False)
    ends: float
    asked: int = 0
    reached: bool = False
    sending: set[asyncio.Task[Any]] = field(default_factory=set, repr=False)
    _given: int = 0  # up to there the kernel was given the file, or is being given it
    _taken: Callable[[], int] | None = field(default=None, repr=False)

    @property
    def at(self) -> int:
        """Return where in the file the last byte is that the device has taken from the network."""
        taken = self._taken
        return self._given if taken is None else max(0, min(self._given, taken()))

    @property
    def whole(self) -> bool:
        """Return whether the device has taken the last byte."""
        return self.at >= self.image.size

    def give(self, up_to: int, taken: Callable[[], int] | None = None) -> None:
        """Count the bytes up to there as being given; `taken` tells up to where they have arrived, else all have."""
        self._given, self._taken = up_to, taken

    def end(self) -> None:
        """Keep what was taken, where the connection ends."""
        self._given, self._taken = self.at, None

    def cut(self) -> None:
        """End what is still being sent; the loop's own thread alone may."""
        # Not by the transport: asyncio trips where one is aborted while it sends a file.
        for task in tuple(self.sending):
            task.cancel()

    @property
    def place(self) -> str:
        """Return where the server is, for people: its URL without the ticket."""
        return "/".join(self.url.split("/")[:3])

    @property
    def reach_url(self) -> str:
        """Return what a device asks for to show that it reaches us."""
        return self.url.rpartition("/")[0] + f"/{REACH}"


class ImageServer:
    """Serve images to those who show a ticket: from the first offer on until `close`, in a thread of its own.

    A ticket stands in the URL, as no device can show it otherwise. It is random, known to this process alone, and good
    for the image that its device is offered. To all else the answer is 404, whatever is wrong. Who holds connections
    open without one makes room for others: see Connections.
    """

    def __init__(self, settings: ImageServing) -> None:
        self._settings = settings
        self._copies = Turns(settings.copies)
        self._places = Connections()
        self._lock = threading.Lock()
        self._tickets: dict[str, str] = {}
        self._offers: dict[str, Offer] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._tls: ssl.SSLContext | None = None
        self.port = 0

    def ticket(self, device: str) -> str:
        """Return a device's ticket, which no record may show; it opens nothing until an image is offered."""
        with self._lock:
            return self._tickets.setdefault(device, secrets.token_urlsafe(_TICKET_BYTES))

    def tickets(self, device: str) -> tuple[str, ...]:
        """Return the ticket that a device has, nothing where it has none."""
        with self._lock:
            return (self._tickets[device],) if device in self._tickets else ()

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

    def slot(self, wait: Wait) -> AbstractContextManager[None]:
        """Reserve one of the copies that may run at once; `wait` is called each second until there is one."""
        return self._copies.one(wait)

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
            self._places = Connections(descriptors.fetches(descriptors.raised_limit(), self._settings.copies))
            made = _listening(self._settings.bind, self._settings.port, self._places)
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
        from aiohttp import web

        offer = self._offers.get(request.match_info["ticket"])
        if offer is None or time.monotonic() > offer.ends:
            raise web.HTTPNotFound(text="")
        name = request.match_info["name"]
        offer.reached = offer.reached or name == REACH
        if name != offer.image.filename:
            raise web.HTTPNotFound(text="")
        begin, end = _wanted(request, offer.image.size, _tag(offer.image))
        response = web.StreamResponse(status=200 if (begin, end) == (0, offer.image.size) else 206)
        response.content_type = "application/octet-stream"
        response.content_length = end - begin
        response.headers.update({"Accept-Ranges": "bytes", "ETag": _tag(offer.image)})
        if response.status == 206:
            response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{offer.image.size}"
        with self._places.answering(request):
            await response.prepare(request)
            if request.method == "GET":
                await self._send(request, response, offer, begin, end)
            await response.write_eof()
        return response

    async def _send(
        self, request: web.Request, response: web.StreamResponse, offer: Offer, begin: int, end: int
    ) -> None:
        transport, task = request.transport, asyncio.current_task()
        if transport is None or task is None:
            raise ConnectionResetError
        offer.asked += 1
        offer.sending.add(task)
        taken = _taken_from(begin, transport.get_extra_info("socket"))
        try:
            with offer.image.path.open("rb") as file:
                file.seek(begin)
                while begin < end:
                    wanted = min(_PIECE, end - begin)
                    offer.give(begin + wanted, taken)
                    if self._tls is None:
                        sent = await asyncio.get_running_loop().sendfile(transport, file, begin, wanted)
                    else:
                        piece = file.read(wanted)
                        sent = len(piece)
                        await response.write(piece)
                    begin += sent
                    if sent < wanted:  # the file is shorter than it was: the device must not take this for its end
                        transport.abort()
                        raise ConnectionResetError
            while offer.at < end and not transport.is_closing():  # noqa: ASYNC110 - the kernel tells nobody
                await asyncio.sleep(_DRAINS)
            offer.give(end)  # who closes when all was sent has read to the end, or says itself that it did not
        finally:
            offer.end()
            offer.sending.discard(task)


def _taken_from(begin: int, way: socket.socket) -> Callable[[], int]:
    """Return what tells up to which byte of a file, sent from `begin` on, the other end has acknowledged.

    What is given to the kernel may wait there: megabytes, with which a copy that stands still would look well.
    """
    before = _acknowledged(way)
    if before is None:
        return lambda: sys.maxsize
    with suppress(OSError):  # what was written before, the head of this answer, may wait there too
        before += int.from_bytes(fcntl.ioctl(way.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)

    known = begin

    def taken() -> int:
        nonlocal known
        now = _acknowledged(way)  # None, too, once the connection is closed
        known = known if now is None else begin + now - before
        return known

    return taken


def _acknowledged(way: socket.socket) -> int | None:
    """Return the bytes of a connection that its other end has acknowledged; None where the system does not say."""
    try:
        told = way.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO)
        return int(_BYTES_ACKED.unpack_from(told, _BYTES_ACKED_AT)[0])
    except (AttributeError, OSError, ValueError, struct.error):
        return None


def _tag(image: Image) -> str:
    return f'"{image.sha512[:32]}"'


def _wanted(request: web.Request, size: int, tag: str) -> tuple[int, int]:
    """Return the bytes that are asked for, from and up to; all of them where another file is gone on with."""
    from aiohttp import web

    if request.headers.get("If-Range", tag) != tag:
        return 0, size
    try:
        begin, end, _ = request.http_range.indices(size)
    except ValueError:
        begin, end = size, size
    if begin >= end and size:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"}, text="")
    return begin, end


def _listening(bind: str, port: int, places: Connections) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return listener(family, address, places)
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
