"""Who looks at a page: a token in a cookie, and a mark in each form that only our own pages can know."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import quote

from aiohttp import web

from swimctl.accounts.service import LOGIN_LIFE
from swimctl.api.errors import Refusal

FIELD: Final = "form_mark"
_COOKIE: Final = "swimctl_session"
# Browsers take such a cookie from nobody but this very server, over TLS.
_COOKIE_OF_TLS: Final = "__Host-swimctl_session"
_PURPOSE: Final = b"a form of swimctl"


def token_of(request: web.Request) -> str:
    """Return the text of the token that the cookie has; empty without one."""
    return request.cookies.get(_name(request), "")


def keep(request: web.Request, response: web.Response, token: str) -> None:
    """Store a token in the browser. No script can read it, and no other site can have it sent."""
    response.set_cookie(
        _name(request),
        token,
        max_age=int(LOGIN_LIFE.total_seconds()),
        path="/",
        httponly=True,
        secure=_encrypted(request),
        samesite="Strict",
    )


def forget(request: web.Request, response: web.Response) -> None:
    """Remove the token from the browser."""
    response.del_cookie(_name(request), path="/", secure=_encrypted(request), httponly=True, samesite="Strict")


def mark_of(token: str) -> str:
    """Return what each form has that is shown to the holder of a token."""
    return hmac.new(token.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def require_own_form(request: web.Request, token: str, given: str) -> None:
    """Accept a form of our own pages. Refusal: another site, or an older sign-in, has sent it."""
    if not is_own_site(request) or not hmac.compare_digest(mark_of(token).encode(), given.encode()):
        raise Refusal(403, "forbidden", "this form is of another sign-in, or of another site; nothing was done")


def is_own_site(request: web.Request) -> bool:
    """Return whether a form may be of our own pages, as far as the browser says.

    Over plain HTTP browsers send no `Sec-Fetch-Site`, but each says from where a form comes that is sent elsewhere.
    Who sends neither header is no browser that another site could use.
    """
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site in {"same-origin", "none"}
    if (origin := request.headers.get("Origin")) is not None:
        return origin.lower().partition("://")[2] == request.headers.get("Host", "").lower()
    return True


def own_path(text: str) -> str:
    """Return a path on this server as it was given; `/` in place of what a browser could take for another server's."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if plain else "/"


def sign_in_path(wanted: str) -> str:
    """Return where to sign in, so that one comes to the wanted page afterwards."""
    return "/sign-in" if wanted == "/" else f"/sign-in?to={quote(wanted, safe='')}"


def _encrypted(request: web.Request) -> bool:
    """Return whether the browser speaks TLS, to us or to the proxy before us, whose word can only make it stricter."""
    return request.secure or request.headers.get("X-Forwarded-Proto") == "https"


def _name(request: web.Request) -> str:
    return _COOKIE_OF_TLS if _encrypted(request) else _COOKIE
