"""The server of a relay: swimctl orders images for devices here, and the devices fetch them."""

from __future__ import annotations

import asyncio
import http.client
import logging
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from swimctl import descriptors
from swimctl.connections import Connections, listening_at
from swimctl.errors import UsageError
from swimctl.images.offers import REACH, Offer, Sender
from swimctl.relays import protocol
from swimctl.relays.protocol import Doorkeeper, Order, Refused, Standing
from swimctl.relays.shelf import Kept, Shelf

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger("swimctl.relay")

_MOST_BODY: Final = 16_384
_END_SECONDS: Final = 1.0
# Real seconds without a word of swimctl after which an offer counts no more: its process has died.
_FORGOTTEN: Final = 900.0
# Real seconds for which a device waits while its image is read again, and between two looks at that.
_READ_AGAIN: Final = 20.0
_LOOK: Final = 0.05


@dataclass(frozen=True, slots=True)
class _File:
    """What a device is served."""

    filename: str
    path: Path
    size: int
    sha512: str


@dataclass(eq=False)
class _Held:
    """An order, what its device took of it, and its image; None where no image is to be brought."""

    order: Order
    offer: Offer
    kept: Kept | None
    heard: float = 0.0

    @property
    def live(self) -> bool:
        """Return whether its image must stay here: somebody waits for it, or takes it."""
        now = time.monotonic()
        return now < self.offer.ends and (now < self.heard + _FORGOTTEN or bool(self.offer.sending))

    @property
    def standing(self) -> Standing:
        """Return how it stands, for who ordered it."""
        offer, kept = self.offer, self.kept
        told = Standing(False, 0, "") if kept is None else Standing(kept.ready, kept.fetched, kept.problem)
        return replace(
            told,
            asked=offer.asked,
            at=offer.at,
            whole=offer.whole,
            reached=offer.reached,
            sending=bool(offer.sending),
        )


class RelayServer:
    """Serve what swimctl orders, to who has the order's ticket, until it is told to stop.

    `copies`: as many devices may have an order at the same time.
    """

    def __init__(
        self, folder: Path, most: int, token: str, *, copies: int, trust: ssl.SSLContext | None = None
    ) -> None:
        self.shelf = Shelf(folder, most, self._in_use, trust)
        self._door = Doorkeeper(token)
        self._copies = copies
        self._held: dict[str, _Held] = {}
        self._places = Connections(descriptors.fetches(descriptors.raised_limit(), copies))
        self._sender = Sender(self._places, encrypted=False)
        self._lock = threading.Lock()

    @property
    def sent(self) -> int:
        """Return the bytes of images that it has given to devices."""
        return self._sender.sent

    async def serve(
        self, bind: str, port: int, tls: ssl.SSLContext | None, stop: asyncio.Event, up: Callable[[str], object]
    ) -> None:
        """Listen until `stop` is set; `up` is told the URL. UsageError: it cannot listen there."""
        from aiohttp import web

        self._sender = Sender(self._places, encrypted=tls is not None)
        app = web.Application(client_max_size=_MOST_BODY)
        app.router.add_get("/{ticket}/{name}", self._fetch)
        app.router.add_get(protocol.HELLO, self._hello)
        for method, path, act in (
            ("PUT", f"{protocol.OFFERS}/{{ticket}}", self._order),
            ("GET", f"{protocol.OFFERS}/{{ticket}}", self._stands),
            ("DELETE", f"{protocol.OFFERS}/{{ticket}}", self._leave),
            ("POST", protocol.DOUBTS, self._doubt),
            ("GET", protocol.STATE, self._state),
        ):
            app.router.add_route(method, path, self._for_swimctl(act))
        # What aiohttp logs of a broken request quotes it, and with it a ticket.
        silent = logging.getLogger("swimctl.relays.server")
        silent.disabled = True
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_END_SECONDS, logger=silent)
        try:
            made = listening_at(bind, port, self._places)
        except OSError as error:
            raise UsageError(
                f"the relay cannot listen on {bind} port {port}: {error.strerror or error}; choose another --port, or "
                "end what serves there"
            ) from None
        await runner.setup()
        try:
            await web.SockSite(runner, made, ssl_context=tls, backlog=512).start()
            host = f"[{bind}]" if ":" in bind else bind
            up(f"http{'' if tls is None else 's'}://{host}:{made.getsockname()[1]}")
            await stop.wait()
        finally:
            await runner.cleanup()

    def _in_use(self) -> set[str]:
        with self._lock:
            return {each.order.sha512 for each in self._held.values() if each.live}

    async def _hello(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        with self._places.answering(request):
            return web.json_response({"relay": self._door.name})

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        held = self._held.get(request.match_info["ticket"])
        read = time.monotonic() + _READ_AGAIN
        while held is not None and held.kept is not None and held.kept.in_doubt and time.monotonic() < read:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)  # a thread reads it, and tells nobody
        may = held is not None and (request.match_info["name"] == REACH or (held.kept is not None and held.kept.ready))
        return await self._sender.answer(request, held.offer if held is not None and may else None)

    def _for_swimctl(
        self, act: Callable[[str, bytes], dict[str, Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return what answers a request of one who has the token."""
        from aiohttp import web

        async def answer(request: web.Request) -> web.StreamResponse:
            with self._places.answering(request) as place:
                try:
                    body = await request.read()
                    said = request.headers.get("Authorization", "")
                    self._door.check(said, request.method, request.path, body, time.time())
                    place.token = True
                    return web.json_response(act(request.match_info.get("ticket", ""), body))
                except Refused as refused:
                    return web.json_response({"problem": str(refused)}, status=refused.status)

        return answer

    def _order(self, ticket: str, body: bytes) -> dict[str, Any]:
        order = protocol.order_of(ticket, body)
        self._forget()
        before = self._held.get(ticket)
        if (
            before is None
            and order.source
            and sum(bool(each.order.source) for each in self._held.values()) >= self._copies
        ):
            raise Refused(f"{self._copies} devices fetch here already", http.client.TOO_MANY_REQUESTS)
        # Before anything is fetched or removed for it: from here on its image is in use.
        file = _File(order.filename, self.shelf.path(order.sha512), order.size, order.sha512)
        offer = Offer(file, f"/{ticket}/{order.filename}", time.monotonic() + 3600 * order.hours)
        held = _Held(order, offer, None, time.monotonic())
        with self._lock:
            self._held[ticket] = held
        if before is not None:
            before.offer.cut()
        if order.source:
            try:
                held.kept = self.shelf.want(order.sha512, order.size, order.source)
            except Refused:
                self._leave(ticket, b"")
                raise
            log.info("%s is to fetch %s", order.device, order.filename)
        return asdict(held.standing)

    def _stands(self, ticket: str, _: bytes) -> dict[str, Any]:
        held = self._held.get(ticket)
        if held is None:
            raise Refused("there is no such offer here; the relay was restarted, or its time is over", 404)
        held.heard = time.monotonic()
        return asdict(held.standing)

    def _leave(self, ticket: str, _: bytes) -> dict[str, Any]:
        with self._lock:
            held = self._held.pop(ticket, None)
        if held is None:
            return {}
        self.shelf.leave(held.order.sha512, held.order.source)
        held.offer.cut()
        return asdict(held.standing)

    def _doubt(self, _: str, body: bytes) -> dict[str, Any]:
        sha512 = protocol.doubt_of(body)
        self.shelf.doubt(sha512)
        # Those who ordered it before are meant, too: who comes for it waits; where it is wrong, it is fetched again.
        for held in [each for each in self._held.values() if each.kept is not None and each.live]:
            if held.order.sha512 == sha512:
                self.shelf.want(sha512, held.order.size, held.order.source)
        return {}

    def _state(self, _: str, __: bytes) -> dict[str, Any]:
        return {"used": self.shelf.used, "offers": len(self._held)}

    def _forget(self) -> None:
        """Drop the offers that nobody asks about any more."""
        with self._lock, suppress(KeyError):
            for ticket in [ticket for ticket, held in self._held.items() if not held.live]:
                del self._held[ticket]
