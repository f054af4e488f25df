"""Log in, and tell whether the server answers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from aiohttp import web

from swimctl.accounts.service import NewToken
from swimctl.api.answers import HealthAnswer, LoginAnswer, Problem
from swimctl.api.errors import Refusal
from swimctl.api.routing import Backend, Call, Route, answer
from swimctl.api.schemas import LoginRequest
from swimctl.clock import rfc3339
from swimctl.errors import StoreError

MOST_LOGINS_AT_ONCE: Final = 20
_waiting = 0


async def sign_in(backend: Backend, name: str, password: str, origin: str) -> NewToken:
    """Make a token for one who knows a password. Raises as `AccountService.login`. Refusal: too many at once."""
    global _waiting  # noqa: PLW0603 - one loop, one process
    if _waiting >= MOST_LOGINS_AT_ONCE:
        raise Refusal(503, "busy", "too many logins at this moment; try again", **{"Retry-After": "1"})
    _waiting += 1
    try:
        attempt = partial(backend.accounts.login, name, password, origin)
        return await asyncio.get_running_loop().run_in_executor(backend.logins, attempt)
    finally:
        _waiting -= 1


async def login(call: Call) -> web.Response:
    """Return a token for a name and a password."""
    made = await sign_in(call.backend, call.body.username, call.body.password, call.origin)
    expires_at = made.token.expires_at
    return answer({"token": made.text, "expires_at": None if expires_at is None else rfc3339(expires_at)})


async def health(call: Call) -> web.Response:
    """Answer `up` where the store answers and new work is taken."""
    try:
        await call.backend.do(lambda: call.backend.store.batches(limit=1))
    except StoreError:
        return answer({"status": "down"}, 503)
    return answer({"status": "down"}, 503) if call.backend.stopping else answer({"status": "up"})


ROUTES: Final = (
    Route(
        "POST",
        "/api/auth/login/",
        login,
        "Get a token for a user name and a password",
        None,
        {200: LoginAnswer, 401: Problem, 403: Problem, 429: Problem},
        body=LoginRequest,
        form=True,
    ),
    Route("GET", "/api/health/", health, "Show whether the server works", None, {200: HealthAnswer, 503: HealthAnswer}),
)
