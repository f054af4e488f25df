"""What tells an open page that something has happened: the events of the API, for whom the cookie stands."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from swimctl.api import events, reading
from swimctl.api.routing import Call
from swimctl.rights import Act
from swimctl.web.visit import Page, Visit


async def follow(visit: Visit) -> web.StreamResponse:
    """Send events as they happen; of one batch, if the address names one."""
    query = reading.checked(events.StreamQuery, dict(visit.request.query))
    return await events.stream(Call(visit.request, visit.backend, visit.principal, None, query), named=False)


PAGES: Final = (Page("GET", "/live", follow, Act.LOOK),)
