"""Every refusal in one shape, whatever it came from: `{"error", "message", "details"?, "explain"?}`.

No path of this machine, no traceback.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from swimctl.api.routing import BACKEND, JSON, Clean, Sealed, answer
from swimctl.errors import (
    ConflictError,
    DirectoryAway,
    ImageError,
    LoginRefused,
    NoRole,
    NotFound,
    OutOfReach,
    StoreError,
    StoreReplaced,
    SwimctlError,
    TokenRefused,
    TooManyLogins,
    UsageError,
)
from swimctl.requests.reach import Reach, words

log = logging.getLogger("swimctl.api")

_REACH: web.RequestKey[tuple[Reach, frozenset[str]]] = web.RequestKey("reach", tuple)
_CHALLENGE = {"WWW-Authenticate": "Token"}
_RETRY = {"Retry-After": "5"}
_CLOSING = {408, 413}  # the rest of the body is not waited for, so nothing behind it can be told from it
_WORDS = {
    400: "bad request",
    403: "forbidden",
    404: "not found",
    405: "method not allowed",
    408: "request timeout",
    413: "too large",
    415: "unsupported media type",
    417: "expectation failed",
    500: "internal error",
}
_ADVICE = {
    400: "the request is not HTTP as this server reads it, or its first line or a header is too long",
    404: "there is no such path; GET /api/docs lists those that there are",
    405: "this path does not know the method; the Allow header names those it knows",
    413: "the body is over 1 MiB, or over 16 KiB without a token; split the request",
    417: "the only expectation that is known here is 100-continue",
    500: "the request failed; the server's log says why",
}


class Refusal(Exception):
    """Refuse a request with this status and these words."""

    def __init__(self, status: int, title: str, message: str, details: Sequence[str] = (), **headers: str):
        super().__init__(message)
        self.status = status
        self.title = title
        self.details = list(details)
        self.explain = ""  # the topic of `swimctl explain`
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refuse(refusal: Refusal) -> web.Response:
    """Write a refusal."""
    document: dict[str, object] = {"error": refusal.title, "message": str(refusal)}
    if refusal.details:
        document["details"] = refusal.details
    if refusal.explain:
        document["explain"] = refusal.explain
    response = answer(document, refusal.status, **refusal.headers)
    if refusal.status in _CLOSING:
        response.force_close()
    return response


def of_status(status: int, allow: str | None = None) -> Refusal:
    """Return the refusal for an error that aiohttp raises by itself."""
    words = _WORDS.get(status, "refused")
    return Refusal(status, words, _ADVICE.get(status, words), **({} if allow is None else {"Allow": allow}))


def of(error: SwimctlError) -> Refusal:
    """Return how an error of the service reads over HTTP."""
    refusal = _of(error)
    refusal.explain = error.code if refusal.status != 500 and error.code != UsageError.code else ""
    return refusal


def _of(error: SwimctlError) -> Refusal:
    message = str(error)
    match error:
        case OutOfReach() | NoRole():
            return Refusal(403, "forbidden", message)
        case TokenRefused():
            return Refusal(401, "not authenticated", message, **_CHALLENGE)
        case DirectoryAway():
            return Refusal(
                503, "directory unavailable", "the directory does not say who you are; nobody of it can sign in now, "
                "and tokens that exist go on working; try again later, and see the server's log", **_RETRY,
            )  # fmt: skip
        case LoginRefused():
            return Refusal(401, "login refused", message, **_CHALLENGE)
        case TooManyLogins():
            return Refusal(429, "too many failed logins", message, **{"Retry-After": str(error.retry_after)})
        case NotFound():
            return Refusal(404, "not found", message)
        case ImageError():
            return Refusal(422, "no image", message)
        case UsageError():
            return Refusal(400, "bad request", message)
        case ConflictError():
            return Refusal(409, "conflict", message)
        case StoreReplaced():
            log.error("%s", message)
            return Refusal(
                503, "store replaced", "the store's file was replaced or removed under this server, which ends now; "
                "nothing was changed; next: put the right file back and start the server", **_RETRY,
            )  # fmt: skip
        case StoreError():
            log.error("%s", message)
            return Refusal(
                503, "store unavailable", "the store cannot be read or written now; nothing was changed; "
                "try again later, and see the server's log", **_RETRY,
            )  # fmt: skip
    log.error("%s: %s", type(error).__name__, message)
    return of_status(500)


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a request ends with into an answer in the one shape."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _hidden(request, refusal)
    except SwimctlError as error:
        return _hidden(request, of(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refuse(of_status(error.status, error.headers.get("Allow")))
    except Exception:
        mark = uuid.uuid4().hex[:8]
        log.exception("request %s failed: %s %s", mark, request.method, request.rel_url.raw_path)
        return refuse(Refusal(500, "internal error", f"the request failed; the server's log has it under {mark}"))


def _hidden(request: web.Request, refusal: Refusal) -> web.Response:
    """Write a refusal without the names of the server's folders."""
    response = refuse(refusal)
    hide(request, response)
    return response


def hide_from(request: web.Request, reach: Reach, asked: object) -> None:
    """Keep the answer from naming a device that its caller does not see; `asked` is what they said."""
    request[_REACH] = (reach, words(asked))


def without_hidden(request: web.Request, text: str) -> str:
    """Return a text of a refusal as it may be shown to who sent the request."""
    if _REACH not in request:
        return text
    reach, said = request[_REACH]
    return str(reach.hidden_from(text, said))


def hide(request: web.Request, response: web.StreamResponse) -> None:
    """Remove from a JSON answer the names of the server's folders, and of devices that the caller does not see."""
    if not isinstance(response, web.Response) or isinstance(response, Sealed):
        return
    if _REACH in request and isinstance(response.body, bytes) and response.content_type == JSON:
        reach, said = request[_REACH]
        # Only a refusal says a caller's own words again.
        response.body = reach.hidden_from_json(response.body, said if response.status >= 400 else frozenset())
    if isinstance(response, Clean):
        return
    if isinstance(response.body, bytes) and response.content_type == JSON:
        body = request.app[BACKEND].folders.taken_out(response.body)
        if body != response.body:
            response.body = body
