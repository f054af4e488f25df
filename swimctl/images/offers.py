"""One image for one device by HTTP: what is offered, its bytes on their way, and what of them has arrived."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from swimctl.connections import Connections

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


class Offered(Protocol):
    """A file that is served, and by what it is known."""

    @property
    def filename(self) -> str:
        """Return the name by which a device asks for it."""

    @property
    def path(self) -> Path:
        """Return where it lies."""

    @property
    def size(self) -> int:
        """Return its bytes."""

    @property
    def sha512(self) -> str:
        """Return its hash."""


@dataclass(eq=False)
class Offer:
    """One image for one device, until `ends` of `time.monotonic`. What was served of it is counted here, in bytes.

    `asked`: how often the device came for the file; `reached`: it came for `REACH`. `sending`: who sends it.
    """

    image: Offered
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


class Sender:
    """Answer those who show a ticket; `sent` counts the bytes that were given to the network for all of them.

    To all else the answer is 404, whatever is wrong.
    """

    def __init__(self, places: Connections, *, encrypted: bool) -> None:
        self._places = places
        self._encrypted = encrypted
        self.sent = 0

    async def answer(self, request: web.Request, offer: Offer | None) -> web.StreamResponse:
        """Answer a request for a file by what its ticket is good for."""
        from aiohttp import web

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
                    if not self._encrypted:
                        sent = await asyncio.get_running_loop().sendfile(transport, file, begin, wanted)
                    else:
                        piece = file.read(wanted)
                        sent = len(piece)
                        await response.write(piece)
                    begin += sent
                    self.sent += sent
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


def _tag(image: Offered) -> str:
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
