"""Read a request: its token, its body and its query, each bounded, each refused with all that is wrong in it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ValidationError

from swimctl.accounts.service import Principal
from swimctl.api.errors import Refusal, of_status
from swimctl.api.routing import Backend, Route
from swimctl.rights import Act

LARGEST_BODY: Final = 1024 * 1024
LARGEST_OF_STRANGERS: Final = 16 * 1024  # a login; whoever has no token may not fill the memory
BODY_SECONDS: Final = 30.0
_SCHEME: Final = "Token"
_HEADER: Final = f"`Authorization: {_SCHEME} YOUR_TOKEN`"
_MOST_DETAILS: Final = 100
_LONGEST_NAME: Final = 100


async def principal(request: web.Request, backend: Backend, act: Act) -> Principal:
    """Return whom the token stands for. Refusal: 401 without a token that is good, 403 with one of too little."""
    given = request.headers.getall("Authorization", [])
    if not given:
        raise _without_token(f"a token is needed: send {_HEADER}; get one with POST /api/auth/login/")
    scheme, _, text = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != _SCHEME.lower():  # the token may be good, so nobody is to make a new one
        raise _without_token(f"the Authorization header is malformed: send one, and as {_HEADER}")
    return await holder(text.strip(), backend, act)


def _without_token(message: str) -> Refusal:
    return Refusal(401, "not authenticated", message, **{"WWW-Authenticate": _SCHEME})


async def holder(token: str, backend: Backend, act: Act) -> Principal:
    """Return whom a token stands for. TokenRefused: it is not good. Refusal: 403 with one of too little."""
    version = backend.version()
    found = backend.known_tokens.known(token, version)
    if found is None:
        asked = partial(backend.known_tokens.asked, token, version)
        found = await backend.shared_tokens.get(token, lambda: backend.do(asked))
    require_act(found, act)
    return found


def require_act(principal: Principal, act: Act) -> None:
    """Raise a Refusal unless the act is allowed for some device."""
    if not principal.rights.somewhere(act):
        raise Refusal(403, "forbidden", _too_little(principal, act))


async def body(request: web.Request, route: Route, model: type[BaseModel]) -> BaseModel:
    """Read and check the body. Refusal: 400, 408 where it comes too slowly, 413 where it is too large."""
    read = _form if route.form and not _is_json(request) else _json
    return checked(model, await _bounded(request, read, stranger=route.needs is None))


async def form(request: web.Request, *, stranger: bool) -> Mapping[str, str]:
    """Read a form of our pages. Refusal: as of a body; a field is there twice."""
    found: Mapping[str, str] = await _bounded(request, _form, stranger=stranger)
    return found


async def _bounded(request: web.Request, read: Callable[[web.Request], Awaitable[Any]], *, stranger: bool) -> Any:  # noqa: ANN401 - whatever the client sent
    largest = LARGEST_OF_STRANGERS if stranger else LARGEST_BODY
    if (request.content_length or 0) > largest:
        raise of_status(413)  # before it comes
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await read(request.clone(client_max_size=largest))
    except (ConnectionError, web.RequestPayloadError, HttpProcessingError):
        raise Refusal(
            400, "bad request", "the body is incomplete, or its encoding is not the one in its headers"
        ) from None
    except TimeoutError:
        raise Refusal(408, "request timeout", f"the body did not arrive within {BODY_SECONDS:.0f} s") from None


def query(request: web.Request, route: Route) -> BaseModel | None:
    """Check the query and what the path names; None where the route knows neither. Refusal: 400.

    A parameter in the address where a body is wanted is as dangerous as a misspelt field; elsewhere it does no harm.
    """
    if route.query is None:
        if request.query and route.body is not None:
            raise Refusal(400, "bad request", "this request takes no parameters in the address; put them into the body")
        return None
    values: dict[str, Any] = {}
    for name in dict.fromkeys(request.query):
        given = request.query.getall(name)
        if name in request.match_info:
            raise Refusal(400, "bad request", f"{name!r} is already in the path; leave the parameter out")
        if len(given) > 1 and name not in route.lists:
            raise Refusal(400, "bad request", f"the parameter {name!r} is given twice; give it once")
        values[name] = ",".join(given)
    return checked(route.query, {**values, **request.match_info})


def checked(model: type[BaseModel], document: Any) -> BaseModel:  # noqa: ANN401 - whatever the client sent
    """Make the model of a document. Refusal: 400 with everything that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        details = list(dict.fromkeys(_said(one) for one in error.errors(include_url=False)))
        more = len(details) - _MOST_DETAILS
        shown = [*details[:_MOST_DETAILS], f"and {more} more"] if more > 0 else details
        raise Refusal(400, "bad request", "; ".join(shown[:3]) + ("; …" if len(shown) > 3 else ""), shown) from None


def document_of(response: web.StreamResponse) -> dict[str, Any]:
    """Return the JSON object of an answer of ours; an empty one of an answer without a body."""
    body = response.body if isinstance(response, web.Response) else None
    found = json.loads(body) if isinstance(body, bytes) and body else {}
    return found if isinstance(found, dict) else {}


def sha256(document: BaseModel) -> str:
    """Return the same hash to bodies that say the same."""
    said = json.dumps(document.model_dump(mode="json", exclude_unset=True), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _too_little(found: Principal, act: Act) -> str:
    if not found.rights.somewhere(Act.LOOK):
        return "this token has no role that config.yaml still has; next: `swimctl user role`"
    if found.role.value == "read-only":
        return "this token is read-only; this request needs a token with the role operator"
    return f"your roles let you {act} nowhere; next: ask for a role with `may: [{act}]`"


def _said(error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    # A field and a place in its list; what pydantic adds behind them is which type it tried.
    where = ".".join(str(part)[:_LONGEST_NAME] for part in error["loc"][:2])
    what = {
        "extra_forbidden": "unknown field; check its spelling",
        "missing": "required, and missing",
        "timezone_aware": "needs an offset from UTC: end it with Z or one like +01:00",
    }.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{where}: {what}" if where else str(what)


def _is_json(request: web.Request) -> bool:
    return request.content_type == "application/json" or request.content_type.endswith("+json")


async def _json(request: web.Request) -> Any:  # noqa: ANN401 - whatever the client sent
    """Read JSON strictly: no key twice, no NaN, and no nesting that only an attack has."""
    raw = await request.read()
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Refusal(400, "bad request", "the body is nested too deeply") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError among them
        raise Refusal(400, "bad request", f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Refusal(400, "bad request", f"the body must be a JSON object, not {type(document).__name__}")
    return document


async def _form(request: web.Request) -> Mapping[str, str]:
    """Read a form, which is what curl sends with -d."""
    if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise Refusal(
            400, "bad request", "send username and password as a form (application/x-www-form-urlencoded) or as JSON"
        )
    if request.content_type == "multipart/form-data" and "boundary=" not in request.headers["Content-Type"]:
        raise Refusal(400, "bad request", "the multipart form has no boundary")
    try:
        form = await request.post()
    except web.HTTPException:
        raise
    except (ValueError, AssertionError, LookupError) as error:
        raise Refusal(400, "bad request", f"the form cannot be read: {error}") from None
    fields: dict[str, str] = {}
    for name, value in form.items():
        if name in fields or not isinstance(value, str):
            raise Refusal(400, "bad request", f"the field {name!r} is given twice or is a file")
        fields[name] = value
    try:
        "".join([*fields, *fields.values()]).encode()
    except UnicodeEncodeError:  # the client names the encoding, and some give what is no text
        raise Refusal(400, "bad request", "the form cannot be read: it is not text") from None
    return fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} is given twice")
        found[name] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
