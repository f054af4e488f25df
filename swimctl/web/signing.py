"""Sign in and out."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from swimctl.api import errors
from swimctl.api.access import sign_in
from swimctl.api.errors import Refusal
from swimctl.errors import LoginRefused, TokenRefused, TooManyLogins
from swimctl.rights import Act
from swimctl.web import session
from swimctl.web.visit import Page, Visit, rendered


async def ask(visit: Visit) -> web.Response:
    """Show the form."""
    return rendered("sign_in.html", visit.request, to=session.own_path(visit.asked("to") or "/"), name="", why="")


async def enter(visit: Visit) -> web.Response:
    """Sign somebody in who knows a password."""
    request, to, name = visit.request, session.own_path(visit.form.get("to", "/")), visit.field("username")
    # A form of another site could sign somebody in as somebody else.
    if not session.is_own_site(request):
        raise Refusal(403, "forbidden", "sign in on our own page")
    try:
        made = await sign_in(visit.backend, name, visit.form.get("password", ""), visit.caller.origin)
    except (LoginRefused, TooManyLogins) as error:
        refusal = errors.of(error)
        page = rendered("sign_in.html", request, to=to, name=name[:64], why=str(refusal))
        page.set_status(refusal.status)
        return page
    response = visit.go(to)
    session.keep(request, response, made.text)
    return response


async def leave(visit: Visit) -> web.Response:
    """End the session for good, here and in every other tab."""
    if visit.principal is None:
        raise TokenRefused("unknown")
    token_id = visit.principal.token_id
    await visit.do(lambda: visit.backend.accounts.revoke_token(token_id, by=visit.caller))
    response = visit.go("/sign-in")
    session.forget(visit.request, response)
    return response


async def who(_: Visit) -> web.Response:
    """Answer who is signed in: a link from elsewhere brings no cookie, so the script of the sign-in page asks here."""
    return web.Response(status=204)


PAGES: Final = (
    Page("GET", "/sign-in", ask, None),
    Page("POST", "/sign-in", enter, None),
    Page("POST", "/sign-out", leave, Act.LOOK),
    Page("GET", "/signed-in", who, Act.LOOK),
)
