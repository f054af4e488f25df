"""Log in, and tell whether the server answers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from aiohttp import web

from swimctl.api.answers import HealthAnswer, LoginAnswer, Problem
from swimctl.api.errors import Refusal
from swimctl.api.routing import Call, Route, answer
from swimctl.api.schemas import LoginRequest
from swimctl.clock import rfc3339
from swimctl.errors import StoreError

MOST_LOGINS_AT_ONCE: Final = 20
_waiting = 0


async def login(call: Call) -> web.Response:
    """Return a token for a name and a password."""
    global _waiting  # noqa: PLW0603 - one loop, one process
    if _waiting >= MOST_LOGINS_AT_ONCE:
        raise Refusal(503, "busy", "too many logins at this moment; try again", **{"Retry-After": "1"})
    _waiting += 1
    try:
        attempt = partial(call.backend.accounts.login, call.body.username, call.body.password, call.origin)
        made = await asyncio.get_running_loop().run_in_executor(call.backend.logins, attempt)
    finally:
        _waiting -= 1
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
        {200: LoginAnswer, 401: Problem, 429: Problem},
        body=LoginRequest,
        form=True,
    ),
    Route("GET", "/api/health/", health, "Show whether the server works", None, {200: HealthAnswer, 503: HealthAnswer}),
)
