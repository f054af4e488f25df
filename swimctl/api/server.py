"""Where the API listens: loopback by itself, elsewhere only with TLS or by an explicit word."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger

from swimctl.api import errors
from swimctl.api.app import HEADERS, make_app
from swimctl.api.routing import Backend
from swimctl.connections import Connections, Listener, listener
from swimctl.errors import UsageError

log = logging.getLogger("swimctl.api")


LONGEST_LINE: Final = 256 * 1024  # a status request may name 10,000 jobs
# What an address says that this machine has not, though its name stands for it: `localhost` without IPv6.
_NOT_HERE: Final = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}
_IDLE_SECONDS: Final = 75
_END_SECONDS: Final = 5.0
_Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


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
        f"--bind {host}: passwords and tokens would cross the network in clear text; give --tls-cert and --tls-key, or "
        "stay on 127.0.0.1 behind a reverse proxy with TLS, or, if you trust the network itself, add --insecure"
    )


@asynccontextmanager
async def listening(
    backend: Backend,
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    *,
    most: int,
    access_log: bool,
    more: Callable[[web.Application], None] = lambda _: None,
) -> AsyncIterator[str]:
    """Answer requests while the context lasts, and give the URL; port 0 takes a free one. UsageError: it is taken.

    `most`: connections that are let in at the same time. `more` adds routes beside those of the API.
    """
    places = Connections(most)
    app = make_app(backend, places)
    more(app)
    runner = _Runner(
        app,
        access_log=logging.getLogger("swimctl.access") if access_log else None,
        access_log_class=_access_log_of(backend),
        max_line_size=LONGEST_LINE,
        keepalive_timeout=_IDLE_SECONDS,
        handle_signals=False,
        shutdown_timeout=_END_SECONDS,
    )
    await runner.setup()
    try:
        for listener in listen(host, port, places):
            await web.SockSite(runner, listener, ssl_context=tls).start()
        address = runner.addresses[0]
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        yield f"{'http' if tls is None else 'https'}://{shown}:{address[1]}"
    finally:
        await runner.cleanup()


def _access_log_of(backend: Backend) -> type[AbstractAccessLogger]:
    """Return the log of requests. aiohttp makes it by itself, so it has to know the trusted proxies as a class."""

    class AccessLog(AbstractAccessLogger):
        """Write a line for a request. Of its path only what the routes know: anything else there may be a secret."""

        def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
            """Write the line."""
            method = request.method if request.method in hdrs.METH_ALL else "?"
            self.logger.info(
                "%s %s %s %d %d bytes %.6f s",
                backend.origin(request),
                method,
                _known_path(request),
                response.status,
                response.body_length,
                time,
            )

    return AccessLog


def _known_path(request: web.BaseRequest) -> str:
    """Return the path without what the address names beside a route, unless that is a number."""
    try:
        found = request.match_info if isinstance(request, web.Request) else None
    except AssertionError:  # the client went away before a route was looked for
        found = None
    resource = None if found is None else found.route.resource
    if found is None or resource is None:
        return "(no route)"
    return request.path if all(value.isdecimal() for value in found.values()) else resource.canonical


def listen(host: str, port: int, places: Connections) -> list[Listener]:
    """Return a listening socket for each address of a host that this machine has; port 0 takes a free one.

    UsageError: the port is taken, or the machine has none of the addresses.
    """
    made: list[Listener] = []
    missing: OSError | None = None
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, _, _, _, address in dict.fromkeys(found):
        try:
            made.append(listener(family, address, places))
        except OSError as error:
            if error.errno not in _NOT_HERE:
                for one in made:
                    one.close()
                raise _cannot_listen(host, port, error) from error
            missing = error
    if not made and missing is not None:
        raise _cannot_listen(host, port, missing) from missing
    return made


def _cannot_listen(host: str, port: int, error: OSError) -> UsageError:
    return UsageError(f"cannot listen on {host} port {port}: {error.strerror}; give another --port or --bind")


class _Connection(web.RequestHandler):
    """Refuse in the one shape also what never becomes a request of the application."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it quotes the request
    ) -> web.StreamResponse:
        """Answer a request that cannot be read. It is not logged: a broken header may hold a token."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if status >= 500:
            log.error("a connection failed", exc_info=exc)
        answer = errors.refuse(errors.of_status(status))
        response = _Bare(body=answer.body, status=answer.status, headers=answer.headers)
        response.headers.update(HEADERS)
        response.force_close()
        return response


class _Bare(web.Response):
    """Say nothing of what serves, also where no application is asked: aiohttp has no parameter for that."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)


class _Server(web.Server):
    """Make connections of our kind."""

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    """Serve the application with `_Server`, for which aiohttp has no parameter."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            _whole(made.request_handler),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=asyncio.get_running_loop(),
            **made._kwargs,  # noqa: SLF001 - what it was made with
        )


def _whole(inner: _Handler) -> _Handler:
    """Refuse in the one shape what is refused before the middlewares: an Expect header that nobody knows."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await inner(request)
        except web.HTTPException as error:
            return errors.refuse(errors.of_status(error.status))

    return handle
