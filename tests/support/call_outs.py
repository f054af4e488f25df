"""A machine that is no device: it answers by HTTP as a monitoring or a chat does, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answers = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class CallOuts:
    """What was asked, and how the next requests are answered."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: Answers | None = None

    @property
    def lines(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]


async def _well(request: web.Request, _body: str) -> web.StreamResponse:
    return web.json_response({"silenceID": "s-1", "result": {"id": 7}}, status=200 if request.method != "POST" else 201)


@contextmanager
def call_outs(tls: ssl.SSLContext | None = None, answers: Answers = _well) -> Iterator[CallOuts]:
    """Run such a machine on loopback."""
    found = CallOuts(answers=answers)
    loop = asyncio.new_event_loop()
    up = threading.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.text()
        found.asked.append(Asked(request.method, request.path_qs, dict(request.headers), body))
        assert found.answers is not None
        return await found.answers(request, body)

    async def begin() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        found.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(begin())
        up.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=serve, name="call-outs")
    thread.start()
    assert up.wait(60)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)


def silent(seconds: float) -> Answers:
    """Return what answers nothing for so long."""

    async def answers(_request: web.Request, _body: str) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.Response(text="late")

    return answers


def saying(status: int, text: str = "", **headers: str) -> Answers:
    """Return what answers the same to everybody."""

    async def answers(_request: web.Request, _body: str) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return answers


def dripping() -> Answers:
    """Return what sends a byte now and then, and never comes to an end."""

    async def answers(request: web.Request, _body: str) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)

    return answers
