"""The aiohttp application: the routes, and the frame around every handler."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache, partial
from typing import Any, Final

from aiohttp import hdrs, web

from swimctl.accounts.service import Principal
from swimctl.api import (
    access,
    again,
    campaigns,
    catalogue,
    compliance,
    errors,
    events,
    golden,
    listings,
    metrics,
    openapi,
    reading,
    recheck,
    releasing,
    report,
    steering,
    upgrade,
)
from swimctl.api.errors import Refusal
from swimctl.api.routing import BACKEND, Backend, Call, Of, Route
from swimctl.connections import Connections
from swimctl.errors import StoreError

ROUTES: Final[tuple[Route, ...]] = (
    *access.ROUTES,
    *upgrade.ROUTES,
    *listings.ROUTES,
    *steering.ROUTES,
    *again.ROUTES,
    *releasing.ROUTES,
    *recheck.ROUTES,
    *events.ROUTES,
    *report.ROUTES,
    *catalogue.ROUTES,
    *golden.ROUTES,
    *compliance.ROUTES,
    *campaigns.ROUTES,
    *metrics.ROUTES,
)
MOST_AT_ONCE: Final = 500  # requests with a good token; those without one are bounded by their connections
HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_PLACES: web.AppKey[Connections] = web.AppKey("places", Connections)
_IN_FLIGHT: web.AppKey[list[int]] = web.AppKey("in_flight", list)


def make_app(backend: Backend, places: Connections | None = None) -> web.Application:
    """Make the application. It closes the backend's threads, not its store, when it ends."""
    app = web.Application(
        middlewares=[errors.middleware],
        client_max_size=reading.LARGEST_BODY,
    )
    app[BACKEND] = backend
    app[_PLACES] = Connections() if places is None else places
    app[_IN_FLIGHT] = [0]
    app.on_response_prepare.append(_headers)
    programs = openapi.handler(described)
    for route in (*ROUTES, Route("GET", "/api/openapi.json", programs, "This API, for programs", None, {200: "json"})):
        for path in {route.path, route.path.removesuffix("/"), route.path.removesuffix("/") + "/"}:
            app.router.add_route(route.method, path, _framed(route))
            if route.method == "GET":
                app.router.add_route("HEAD", path, _framed(route))
    app.cleanup_ctx.append(events.feed)

    async def threads(_: web.Application) -> AsyncIterator[None]:
        with suppress(StoreError):  # `health` tells of it
            await backend.do(backend.hide_images)
        yield
        backend.close()

    app.cleanup_ctx.append(threads)
    return app


@cache
def described() -> openapi.Document:
    """Describe the routes, when somebody asks for it first: most servers are never asked."""
    return openapi.document(ROUTES)


async def _headers(_: web.Request, response: web.StreamResponse) -> None:
    """Set headers so that no client guesses an answer's type, caches it, or learns the server's name."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall(hdrs.SERVER, None)


@contextmanager
def _in_flight(request: web.Request) -> Iterator[None]:
    """Count a request with a good token. Refusal: it is too much at once; one who answers nobody helps nobody."""
    count = request.app[_IN_FLIGHT]
    if count[0] >= MOST_AT_ONCE:
        raise Refusal(503, "busy", f"{MOST_AT_ONCE} requests are running already; try again", **{"Retry-After": "1"})
    count[0] += 1
    try:
        yield
    finally:
        count[0] -= 1


@asynccontextmanager
async def letting_in(
    request: web.Request, holder: Callable[[], Awaitable[Principal]] | None, *, waits: bool
) -> AsyncIterator[Principal | None]:
    """Enter with the principal that `holder` finds, or None of a stranger, and keep the connection's place meanwhile.

    A stranger `waits` whose body is still to come. Raises what `holder` raises. Refusal: too much runs at once.
    """
    with request.app[_PLACES].answering(request) as connection:
        if holder is None:
            # Whoever keeps us waiting for a body is a stranger still, and makes room for others.
            connection.known = not waits
            yield None
            return
        principal = await holder()
        connection.token = True
        with _in_flight(request):
            yield principal


async def asked(route: Route, call: Call) -> web.StreamResponse:
    """Answer a call, if its caller may ask that. Raises what the route's handler and its needs raise."""
    if route.needs is not None and not call.reach.whole:
        await call.backend.do(call.backend.learn_devices)
        said = [call.body and call.body.model_dump(mode="json"), call.query and call.query.model_dump(mode="json")]
        errors.hide_from(call.request, call.reach, said)
    if route.needs is not None and route.needs.of in {Of.NAMED, Of.ALL}:
        await call.backend.do(partial(route.needs.require, call))
    return await route.handler(call)


def _framed(route: Route) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    """Authorize, read and check a request as its route says, then call its handler."""

    async def answered(request: web.Request, principal: Principal | None) -> web.StreamResponse:
        backend = request.app[BACKEND]
        query = reading.query(request, route)
        body = None if route.body is None else await reading.body(request, route, route.body)
        return await asked(route, Call(request, backend, principal, body, query))

    async def handle(request: web.Request) -> web.StreamResponse:
        holder = None
        if route.needs is not None:
            holder = partial(reading.principal, request, request.app[BACKEND], route.needs.act)
        async with letting_in(request, holder, waits=route.body is not None) as principal:
            response = await answered(request, principal)
        if route.needs is not None:
            errors.hide(request, response)
        return response

    return handle
