"""All pages, and the frame around each: who looks, what they may do, and how an error reads."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

from aiohttp import web

from swimctl.api import errors, reading
from swimctl.api.app import letting_in
from swimctl.api.errors import Refusal
from swimctl.api.routing import BACKEND
from swimctl.errors import SwimctlError, TokenRefused
from swimctl.web import batches, campaigns, fleet, jobs, live, planning, reference, session, signing
from swimctl.web.explained import explained
from swimctl.web.visit import HEADERS, Page, Unrendered, Visit, rendered

log = logging.getLogger("swimctl.web")

PAGES: Final = (
    *signing.PAGES,
    *batches.PAGES,
    *jobs.PAGES,
    *fleet.PAGES,
    *campaigns.PAGES,
    *planning.PAGES,
    *live.PAGES,
    *reference.PAGES,
)
_VISIT: web.RequestKey[Visit] = web.RequestKey("visit", Visit)
_KINDS: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def add_pages(app: web.Application) -> None:
    """Add the pages to the application that answers the API."""
    for page in PAGES:
        app.router.add_route(page.method, page.path, _framed(page))
        if page.method == "GET":
            app.router.add_route("HEAD", page.path, _framed(page))
    app.router.add_get("/static/{name}", _static)


def _framed(page: Page) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = await _answered(page, request)
        except SwimctlError as error:
            response = _refused(page, request, error)
        except Refusal as refusal:
            response = _said(request, refusal)
        except web.HTTPException:
            raise
        except Exception:
            mark = uuid.uuid4().hex[:8]
            log.exception("page %s failed: %s %s", mark, request.method, page.path)
            response = _said(request, Refusal(500, "internal error", f"the server's log has it under {mark}"))
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return handle


async def _answered(page: Page, request: web.Request) -> web.StreamResponse:
    backend, token, sends = request.app[BACKEND], session.token_of(request), page.method == "POST"
    holder = None if page.needs is None else partial(reading.holder, token, backend, page.needs)
    async with letting_in(request, holder, waits=sends) as principal:
        form = await reading.form(request, stranger=holder is None) if sends else {}
        if sends and principal is not None:
            session.require_own_form(request, token, form.get(session.FIELD, ""))
        visit = Visit(request, backend, principal, token, form)
        if not visit.reach.whole:
            await backend.do(backend.learn_devices)
            errors.hide_from(request, visit.reach, [dict(form), dict(request.query), dict(request.match_info)])
        request[_VISIT] = visit  # what is refused from here on is refused to somebody who is known
        response = await page.handler(visit)
        if isinstance(response, Unrendered) and response.body is None:
            response.text = await backend.do(response.render)
        return response


def _refused(page: Page, request: web.Request, error: SwimctlError) -> web.Response:
    if isinstance(error, TokenRefused):
        wanted = request.rel_url.raw_path_qs if page.method == "GET" else "/"
        return web.Response(status=303, headers={"Location": session.sign_in_path(wanted)})
    return _said(request, errors.of(error))


def _said(request: web.Request, refusal: Refusal) -> web.Response:
    """Write what was refused, as a page."""
    known = request.app[BACKEND].folders.taken_out
    message = errors.without_hidden(request, known(str(refusal).encode()).decode())
    details = [
        errors.without_hidden(request, known(one.encode()).decode()) for one in refusal.details if one != str(refusal)
    ]
    said = {"title": refusal.title, "message": message, "details": details}
    if (visit := request.get(_VISIT)) is None or visit.principal is None:
        # A stranger is not told where the team has its pages.
        response = rendered("refused.html", request, **said, topic=explained(refusal.explain))
    else:
        site = request.app[BACKEND].docs_url
        response = visit.page("refused.html", **said, topic=explained(refusal.explain, site))
        response.text = response.render()
    response.set_status(refusal.status)
    response.headers.update({name: value for name, value in refusal.headers.items() if name == "Retry-After"})
    return response


@cache
def _files() -> Mapping[str, bytes]:
    """Return all files that there are. What strangers ask for beside them is kept nowhere."""
    return {one.name: one.read_bytes() for one in files("swimctl.web").joinpath("static").iterdir() if one.is_file()}


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    body = _files().get(name)
    if body is None:
        return _said(request, errors.of_status(404))
    kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    # Its address has the mark of its content: another version of swimctl has another address.
    kept = {"Cache-Control": "public, max-age=31536000, immutable"} if "v" in request.query else {}
    return web.Response(body=body, content_type=kind, charset="utf-8", headers={**HEADERS, **kept})
