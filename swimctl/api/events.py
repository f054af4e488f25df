"""What happened to jobs: a list for those who ask, a stream for those who do not want to."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from swimctl.api.answers import EventsAnswer, Problem
from swimctl.api.errors import Refusal
from swimctl.api.routing import BACKEND, Call, Needs, Of, Route, answer
from swimctl.api.schemas import Name, Request
from swimctl.errors import StoreError
from swimctl.models import Event
from swimctl.requests.documents import event_document
from swimctl.requests.reach import Reach
from swimctl.rights import Act

MOST_STREAMS: Final = 100
LOOK_EVERY: Final = 0.5
BEAT_EVERY: Final = 15.0
_PAGE: Final = 500
_LARGEST: Final = 2**63 - 1

Number = Annotated[int, Field(ge=0, le=_LARGEST)]


class EventsQuery(Request):
    """A job, and the last event of it that is known already."""

    id: Annotated[int, Field(ge=1, le=_LARGEST)]
    after: Number = Field(0, description="only events with an id above this")


class StreamQuery(Request):
    """Where the stream begins and whose events it has."""

    after: Number | None = Field(None, description="begin after this event; without it, with what happens from now on")
    batch_id: Name | None = Field(None, description="only events of this batch's jobs")


class Feed:
    """Wakes the streams when there are new events: one look at the store for all of them."""

    def __init__(self) -> None:
        self.latest = 0
        self.tokens: Counter[int] = Counter()  # of the open streams
        self.ended: frozenset[int] = frozenset()
        self._news = asyncio.Condition()

    @property
    def streams(self) -> int:
        """Return how many streams are open."""
        return self.tokens.total()

    async def watch(self, app: web.Application) -> None:
        """Poll for new events until cancelled."""
        backend = app[BACKEND]
        while True:
            with suppress(StoreError):  # a full disk now may be well in a moment
                self.ended = await backend.do(partial(backend.accounts.ended, tuple(self.tokens)))
                self.latest = await backend.do(backend.store.latest_event)
            async with self._news:  # also without news: a stream whose client has gone away ends
                self._news.notify_all()
            await asyncio.sleep(LOOK_EVERY)

    async def wait(self, after: int, token: int, request: web.Request) -> bool:
        """Wait for an event above `after`, or the token's end; False: none came for a heartbeat.

        ConnectionError: nobody reads.
        """
        try:
            async with asyncio.timeout(BEAT_EVERY), self._news:
                await self._news.wait_for(
                    lambda: self.latest > after or token in self.ended or request.transport is None
                )
        except TimeoutError:
            return False
        if request.transport is None:
            raise ConnectionError("the client went away")
        return True


_FEED: web.AppKey[Feed] = web.AppKey("feed", Feed)
_STREAMS: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("streams", set)


async def feed(app: web.Application) -> AsyncIterator[None]:
    """Keep the feed while the application runs; its end ends the streams."""
    app[_FEED] = Feed()
    app[_STREAMS] = set()
    app.on_shutdown.append(_end_streams)
    watch = asyncio.create_task(app[_FEED].watch(app))
    yield
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch


async def _end_streams(app: web.Application) -> None:
    for task in app[_STREAMS]:
        task.cancel()


async def job_events(call: Call) -> web.Response:
    """List a job's events."""
    query: EventsQuery = call.query

    def work() -> list[dict[str, object]]:
        call.backend.service.status(job_ids=[query.id])  # NotFound where there is none
        return [event_document(event) for event in call.backend.store.events(query.id, query.after)]

    found = await call.backend.do(work)
    return answer({"count": len(found), "events": found})


async def stream(call: Call, *, named: bool = True) -> web.StreamResponse:
    """Send events as they happen; `Last-Event-ID` goes on after a lost connection.

    `named`: each by its kind. A browser's script that wants all kinds can only ask for those without a name.
    """
    query: StreamQuery = call.query
    feed, store = call.request.app[_FEED], call.backend.store
    after = _begin(call.request, query)
    if query.batch_id is not None:
        await call.backend.do(partial(call.reach.require_jobs, Act.LOOK, None, query.batch_id, some=True))
    batch = None if query.batch_id is None else await call.backend.do(lambda: store.batch(str(query.batch_id)).id)
    if after is None:
        after = await call.backend.do(store.latest_event)
    if feed.streams >= MOST_STREAMS or call.backend.stopping:
        raise Refusal(503, "busy", f"{feed.streams} streams are open; try again later", **{"Retry-After": "5"})
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if call.request.method == "HEAD":
        return web.Response(headers=headers)
    response = web.StreamResponse(headers=headers)
    task = asyncio.current_task()
    token = 0 if call.principal is None else call.principal.token_id
    feed.tokens[token] += 1
    if task is not None:
        call.request.app[_STREAMS].add(task)

    try:
        await response.prepare(call.request)
        await response.write(b": events of swimctl\n\n")
        await _send(call, response, after, batch, token, named=named)
        return response
    except (ConnectionError, StoreError, asyncio.CancelledError):  # whoever comes again is told what is the matter
        return response
    finally:
        feed.tokens[token] -= 1
        if not feed.tokens[token]:
            del feed.tokens[token]
        if task is not None:
            call.request.app[_STREAMS].discard(task)


async def _send(
    call: Call, response: web.StreamResponse, after: int, batch: str | None, token: int, *, named: bool
) -> None:
    """Write events as they come, until the token ends. ConnectionError: the client went away."""
    feed, backend = call.request.app[_FEED], call.backend
    devices: dict[int, str] = {}  # of the jobs that were in this stream

    def look(after: int) -> tuple[Reach, list[Event]] | None:
        """List what came after an event, with what the caller sees now; None where the token has ended."""
        rights = backend.accounts.rights_now(token)
        if rights is None or not rights.somewhere(Act.LOOK):
            return None
        found = backend.store.all_events(after, batch, _PAGE)
        reach = backend.reach(rights)
        if not reach.whole:
            backend.learn_devices()
        if not reach.whole and (new := {event.job_id for event in found} - devices.keys()):
            devices.update((job.id, job.device_name) for job in backend.store.jobs(ids=[*new]))
        return reach, found

    while True:
        known = feed.latest  # before the look: what comes during it must not be slept through
        looked = await backend.do(partial(look, after))
        if looked is None:
            await response.write(b": the token has ended\n\n")
            return
        reach, events = looked
        for event in events:
            if not reach.whole and not reach.sees(devices.get(event.job_id, "")):
                continue
            document = backend.folders.taken_out(json.dumps(reach.hidden_from(event_document(event))).encode())
            kind = f"event: {event.kind}\n" if named else ""
            await response.write(f"id: {event.id}\n{kind}data: ".encode() + document + b"\n\n")
        after = events[-1].id if events else after
        # Below a page all that there was has been sent, those of other batches too.
        if len(events) < _PAGE and not await feed.wait(max(after, known), token, call.request):
            await response.write(b": still here\n\n")


def _begin(request: web.Request, query: StreamQuery) -> int | None:
    last = request.headers.get("Last-Event-ID")
    if last is None:
        return query.after
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        # Not its words: what is not in body or address counts as said by us, so a name would be known to exist.
        raise Refusal(400, "bad request", "the header Last-Event-ID is not the id of an event")
    return int(last)


ROUTES: Final = (
    Route(
        "GET",
        "/api/upgrade/jobs/{id}/events/",
        job_events,
        "List what happened to a job",
        Needs(Act.LOOK, Of.NAMED, jobs="id"),
        {200: EventsAnswer, 404: Problem},
        query=EventsQuery,
    ),
    Route(
        "GET",
        "/api/upgrade/events/",
        stream,
        "Follow what happens, as server-sent events",
        Needs(Act.LOOK, Of.SEEN),
        {200: "events", 404: Problem},
        query=StreamQuery,
    ),
)
