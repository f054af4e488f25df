"""Tell NetBox and Nautobot what a device runs: a custom field, and an entry that stays, by their REST APIs.

As their documentation has it (NetBox 4, Nautobot 2). aiohttp is here anyway, and its limit of time is for all of a
request: pynetbox and pynautobot would add no more than the three requests below.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from swimctl.config import references
from swimctl.config.settings import Settings
from swimctl.config.tracking import Written
from swimctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

# Real seconds for one request, with all that it waits for.
_SECONDS: Final = 30.0
_MOST_ANSWER: Final = 1_000_000
_MOST_SAID: Final = 300
# A token of NetBox 4.5 and later has this in front, and is sent as a bearer's.
_BEARER: Final = "nbt_"


class NotWritten(Exception):
    """Report that something could not be written, and why; never with a token."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is told of a device: what it runs now, and what happened."""

    device: str
    release: str
    story: str


@dataclass(frozen=True, slots=True)
class WrittenBack:
    """What was written: a sentence, and the ids that the other side gave."""

    said: str
    ids: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One system that is told."""

    name: str
    url: str
    token: str = field(repr=False)
    custom_field: str
    journal: bool
    tls: ssl.SSLContext | None = None

    @property
    def title(self) -> str:
        """Return its name for people."""
        return {"netbox": "NetBox", "nautobot": "Nautobot"}[self.name]

    async def write(self, upgrade: Upgrade) -> WrittenBack:
        """Write all that is to be told of a device. NotWritten: some of it was not, and why."""
        async with _talking(self) as talk:
            number = await self._find(talk, upgrade.device)
            said: list[str] = []
            ids: dict[str, Any] = {"device": number}
            if self.custom_field:
                change = {"custom_fields": {self.custom_field: upgrade.release}}
                answer = await talk.send("PATCH", f"/api/dcim/devices/{number}/", change, 200)
                now = (answer.get("custom_fields") or {}).get(self.custom_field)
                if now != upgrade.release:
                    raise NotWritten(f"the custom field {self.custom_field} reads {now!r} after it was set")
                said.append(f"its custom field {self.custom_field} is {upgrade.release}")
            if self.journal:
                ids["entry"] = await self._tell(talk, number, upgrade.story)
                said.append(f"{'note' if self.name == 'nautobot' else 'journal entry'} {ids['entry']}")
        return WrittenBack(f"{self.title} has {upgrade.device}: {', '.join(said)}", ids)

    async def _find(self, talk: _Talk, name: str) -> str:
        """Return the id of a device. NotWritten: there is none of that name, or several."""
        answer = await talk.send("GET", "/api/dcim/devices/", {"name": name, "limit": "2"}, 200)
        found = [one for one in answer.get("results") or () if str(one.get("name")).casefold() == name.casefold()]
        if len(found) != 1:
            raise NotWritten(f"it has {'no device' if not found else 'several devices'} of the name {name}")
        return str(found[0]["id"])

    async def _tell(self, talk: _Talk, number: str, story: str) -> object:
        if self.name == "nautobot":
            return (await talk.send("POST", f"/api/dcim/devices/{number}/notes/", {"note": story}, 201)).get("id")
        entry = {
            "assigned_object_type": "dcim.device",
            "assigned_object_id": int(number),
            "kind": "success",
            "comments": story,
        }
        return (await talk.send("POST", "/api/extras/journal-entries/", entry, 201)).get("id")


class _Talk:
    """Requests to one system, one after the other."""

    def __init__(self, target: Target, session: aiohttp.ClientSession) -> None:
        self._target = target
        self._session = session

    async def send(self, method: str, path: str, body: Mapping[str, Any], wanted: int) -> dict[str, Any]:
        """Send a request, a GET with its parameters, and return the answer. NotWritten."""
        import aiohttp

        what = f"{method} {path} of {self._target.url}"
        given: dict[str, Any] = {"params": body} if method == "GET" else {"json": body}
        try:
            # A redirect would make a GET of a POST, or carry the token elsewhere.
            async with self._session.request(
                method, f"{self._target.url}{path}", allow_redirects=False, **given
            ) as answer:
                text = await _whole(answer)
        except TimeoutError:
            raise NotWritten(f"{what} was not answered within {_SECONDS:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotWritten(f"{what} failed: {type(error).__name__}: {self._masked(str(error))}") from None
        except ValueError as error:
            # With `trust_env`, aiohttp finds a password there, too, and takes no two of them.
            why = f"{self._masked(str(error))}; if ~/.netrc names that host, take it out there"
            raise NotWritten(f"{what} failed: {why}") from None
        if answer.status != wanted:
            where = answer.headers.get("Location")
            moved = f", and leads to {where}: correct the url" if where else ""
            raise NotWritten(f"{what} answers {answer.status}{moved}: {self._masked(text)}")
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise NotWritten(f"{what} answers no JSON object: is that the address of {self._target.title}?")
        return document

    def _masked(self, text: str) -> str:
        """Return the beginning of a text as one line, without the token."""
        line = " ".join(text.split()).replace(self._target.token, "***")
        return line if len(line) <= _MOST_SAID else f"{line[:_MOST_SAID]}…"


async def _whole(answer: aiohttp.ClientResponse) -> str:
    """Return an answer to its end, and of one without end its beginning: `read` would give what has come so far."""
    said = bytearray()
    async for piece in answer.content.iter_any():
        said += piece
        if len(said) > _MOST_ANSWER:
            break
    return said.decode("utf-8", "replace")


@asynccontextmanager
async def _talking(target: Target) -> AsyncIterator[_Talk]:
    import aiohttp

    scheme = "Bearer" if target.token.startswith(_BEARER) else "Token"
    headers = {"Authorization": f"{scheme} {target.token}", "Accept": "application/json"}
    connector = aiohttp.TCPConnector(ssl=target.tls if target.tls is not None else True)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    # `trust_env`: a proxy that the environment names.
    async with aiohttp.ClientSession(connector=connector, headers=headers, timeout=timeout, trust_env=True) as session:
        yield _Talk(target, session)


def targets(settings: Settings, folder: Path) -> tuple[Target, ...]:
    """Return who is told. ConfigError: one of them is not set up whole, or its token cannot be read."""
    return tuple(_target(name, one, folder) for name, one in settings.write_back if one.url)


def _target(name: str, one: Written, folder: Path) -> Target:
    where = f"swimctl.write_back.{name}"
    parts = urlsplit(one.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ConfigError(f"{where}.url must be an address such as https://{name}.example.com, without user or query")
    written = one.token if one.token is None or isinstance(one.token, dict) else one.token.get_secret_value()
    token = references.resolve(written, f"{where}.token", folder)
    if not token or not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ConfigError(f"{where}.token must be a token: letters, digits and signs without blanks")
    if not (one.custom_field or one.journal):
        raise ConfigError(f"{where}: name a custom_field, or let journal be true: else nothing is written")
    return Target(name, one.url.rstrip("/"), token, one.custom_field, one.journal, _tls(one.ca, where))


def _tls(ca: Path | None, where: str) -> ssl.SSLContext | None:
    if ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigError(f"{where}.ca: {ca} has no certificates that can be read: {problem}") from None


def write(target: Target, upgrade: Upgrade) -> WrittenBack:
    """Write what is to be told, and wait for it. NotWritten."""
    return asyncio.run(target.write(upgrade))
