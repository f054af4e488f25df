"""The aiohttp application: the routes, and the frame around every handler."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from swimctl.api import access, catalogue, docs, errors, events, metrics, openapi, reading, upgrade
from swimctl.api.errors import Refusal
from swimctl.api.routing import BACKEND, Backend, Call, Route
from swimctl.errors import StoreError

ROUTES: Final[tuple[Route, ...]] = (
    *access.ROUTES,
    *upgrade.ROUTES,
    *events.ROUTES,
    *catalogue.ROUTES,
    *metrics.ROUTES,
)
MOST_AT_ONCE: Final = 500
_IN_FLIGHT: web.AppKey[list[int]] = web.AppKey("in_flight", list)


def make_app(backend: Backend) -> web.Application:
    """Make the application. It closes the backend's threads, not its store, when it ends."""
    app = web.Application(
        middlewares=[errors.middleware, _bounded],
        client_max_size=reading.LARGEST_BODY,
    )
    app[BACKEND] = backend
    app[_IN_FLIGHT] = [0]
    document = openapi.document(ROUTES)
    described = (
        Route("GET", "/api/openapi.json", openapi.handler(document), "This API, for programs", None, {200: "json"}),
        Route("GET", "/api/docs", docs.handler(document), "This API, for people", None, {200: "html"}),
    )
    for route in (*ROUTES, *described):
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


@web.middleware
async def _bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what is too much at once: a server that answers nobody helps nobody."""
    count = request.app[_IN_FLIGHT]
    if count[0] >= MOST_AT_ONCE:
        raise Refusal(
            503, "busy", f"{MOST_AT_ONCE} requests are being answered already; try again", **{"Retry-After": "1"}
        )
    count[0] += 1
    try:
        return await handler(request)
    finally:
        count[0] -= 1


def _framed(route: Route) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    """Let in, read and check what the route asks for, then call its handler."""

    async def handle(request: web.Request) -> web.StreamResponse:
        backend = request.app[BACKEND]
        principal = None if route.role is None else await reading.principal(request, backend, route.role)
        query = reading.query(request, route)
        body = None if route.body is None else await reading.body(request, route, route.body)
        response = await route.handler(Call(request, backend, principal, body, query))
        if route.role is not None:
            errors.hide(request, response)
        return response

    return handle
