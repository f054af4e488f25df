"""A NetBox and a Nautobot as far as swimctl uses them: a real HTTP server that takes what their documentation says.

NetBox: `PATCH /api/dcim/devices/{id}/` with `custom_fields` answers 200 with the device, an unknown field 400;
`POST /api/extras/journal-entries/` wants `assigned_object_type`, `assigned_object_id` and `comments`, and answers 201.
Nautobot has UUIDs, and `POST /api/dcim/devices/{id}/notes/` with `note` alone. Both list devices in `results`, answer
403 for a token that is wrong, and 301 for a path without its last slash.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "0123456789abcdef0123456789abcdef01234567"
BEARER = "nbt_AbCdEf123456.0123456789abcdef0123456789abcdef01234567"
FIELD = "software_version"
UUID = "9b1f3c4e-0000-4000-8000-00000000000{}"


@dataclass
class Truth:
    """What the server knows and was told. `fails`: how many requests are answered with a 502 before one goes well.

    `pieces`: an answer comes in two pieces, as a long one does.
    """

    kind: str
    names: list[str] = field(default_factory=lambda: ["sw1", "sw2"])
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    fails: int = 0
    deaf: bool = False
    pieces: bool = False
    url: str = ""
    tokens: tuple[str, ...] = (f"Token {TOKEN}", f"Bearer {BEARER}")

    def number(self, place: int) -> Any:
        return UUID.format(place) if self.kind == "nautobot" else 100 + place

    async def handle(self, request: web.Request) -> web.StreamResponse:
        answer = await self._answered(request)
        if not self.pieces:
            return answer
        whole = answer.body
        assert isinstance(whole, bytes)
        sent = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
        await sent.prepare(request)
        await sent.write(whole[:20])
        await asyncio.sleep(0.05)  # so that it is another packet
        await sent.write(whole[20:])
        return sent

    async def _answered(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.path))
        if self.fails:
            self.fails -= 1
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if request.headers.get("Authorization") not in self.tokens:
            said = {"detail": f"Invalid token: {request.headers.get('Authorization')}"}
            return web.json_response(said, status=403)
        if not request.path.endswith("/"):
            return web.Response(status=301, headers={"Location": f"{request.path}/"})
        parts = request.path.strip("/").split("/")
        match request.method, parts:
            case "GET", ["api", "dcim", "devices"]:
                return self._devices(request.query)
            case "PATCH", ["api", "dcim", "devices", number]:
                return self._change(number, await request.json())
            case "POST", ["api", "extras", "journal-entries"] if self.kind == "netbox":
                return self._journal(await request.json())
            case "POST", ["api", "dcim", "devices", number, "notes"] if self.kind == "nautobot":
                return self._note(number, await request.json())
        return web.json_response({"detail": "Not found."}, status=404)

    def _devices(self, query: Any) -> web.Response:
        wanted = [(n, name) for n, name in enumerate(self.names) if name == query["name"]]
        found = [{"id": self.number(n), "name": name, "custom_fields": {FIELD: None}} for n, name in wanted]
        return web.json_response({"count": len(found), "next": None, "previous": None, "results": found})

    def _change(self, number: str, body: dict[str, Any]) -> web.Response:
        given = body.pop("custom_fields")
        unknown = [name for name in given if name != FIELD]
        if unknown or body:
            said = {"custom_fields": [f"Unknown field name '{unknown[0]}' in custom field data."]}
            return web.json_response(said, status=400)
        if not self.deaf:
            self.fields[number] = given
        return web.json_response({"id": number, "custom_fields": self.fields.get(number, {FIELD: None})})

    def _journal(self, body: dict[str, Any]) -> web.Response:
        known = {"assigned_object_type", "assigned_object_id", "kind", "comments"}
        whole = set(body) == known and body["assigned_object_type"] == "dcim.device"
        if not whole or not isinstance(body["assigned_object_id"], int):
            return web.json_response({"assigned_object_id": ["A valid integer is required."]}, status=400)
        self.entries.append(body)
        return web.json_response({"id": len(self.entries), **body}, status=201)

    def _note(self, number: str, body: dict[str, Any]) -> web.Response:
        if set(body) != {"note"}:
            return web.json_response({"note": ["This field is required."]}, status=400)
        self.entries.append({"device": number, **body})
        return web.json_response({"id": UUID.format(9), **body}, status=201)


@contextmanager
def serving(kind: str) -> Iterator[Truth]:
    """Answer as such a system while the context lasts."""
    truth, loop, ready = Truth(kind), asyncio.new_event_loop(), threading.Event()

    async def begin() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", truth.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        truth.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(begin())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, name="source of truth")
    thread.start()
    ready.wait()
    try:
        yield truth
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
