"""What a route is: one entry drives the paths, who may use it, the validation and the OpenAPI document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel

from swimctl.accounts.service import ASKING_AT_ONCE, AT_ONCE, AccountService, Principal
from swimctl.api.aside import Aside
from swimctl.api.folders import Folders
from swimctl.api.origin import Network, origin_of
from swimctl.api.sharing import Sharing
from swimctl.api.statuses import Status, Statuses
from swimctl.api.tokens import KnownTokens
from swimctl.campaigns.service import CampaignService
from swimctl.clock import Clock
from swimctl.errors import StoreError
from swimctl.inventory.hosts import Inventory
from swimctl.models import Caller
from swimctl.requests.looks import Checker
from swimctl.requests.reach import Named, Reach
from swimctl.requests.service import Service
from swimctl.rights import Act, Rights
from swimctl.store import Store

_READERS = 8
_LOGINS = AT_ONCE + ASKING_AT_ONCE
_REACHES = 100
JSON = "application/json"
T = TypeVar("T")


@dataclass
class Backend:
    """What the API works with; all of it is called in threads, so that the loop never waits for a disk.

    `hidden` are folders that no answer may name, beside those of the images. `stopping`: no new work is taken.
    `checker` looks at devices; None: this process talks to none. `proxies` are believed who came to them. `docs_url`:
    where the team has the pages of docs/ as a site.
    """

    service: Service
    accounts: AccountService
    store: Store
    inventory: Inventory
    clock: Clock
    campaigns: CampaignService
    hidden: tuple[str, ...] = ()
    stopping: bool = False
    checker: Checker | None = None
    proxies: Sequence[Network] = ()
    docs_url: str = ""
    readers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_READERS, "api"))
    # Checking a password takes long by design: logins must not keep anybody from seeing how their jobs are.
    logins: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_LOGINS, "login"))

    # A dry run takes as long as its devices, so nothing else may wait behind it.
    dry_runs: Aside = field(default_factory=lambda: Aside(2))

    shared_statuses: Sharing[Status] = field(default_factory=Sharing)
    shared_tokens: Sharing[Principal] = field(default_factory=Sharing)
    folders: Folders = field(init=False)
    statuses: Statuses = field(init=False)
    known_tokens: KnownTokens = field(init=False)
    _reaches: dict[Rights, Reach] = field(default_factory=dict)
    _named: Named = field(default_factory=Named)

    def __post_init__(self) -> None:
        self.folders = Folders(self.hidden)
        self.statuses = Statuses(self.store, self.service, self.folders, self.clock)
        self.known_tokens = KnownTokens(self.accounts, self.clock)

    async def do(self, work: Callable[[], T]) -> T:
        """Run blocking work in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)

    def origin(self, request: web.BaseRequest) -> str:
        """Return the address that asks."""
        # Of a request that cannot be read, aiohttp makes one whose headers are no more than an empty dict.
        forwarded = request.headers.getall("X-Forwarded-For", []) if request.headers else ()
        return origin_of(request.remote or "", forwarded, self.proxies)

    def reach(self, rights: Rights) -> Reach:
        """Return what rights reach: made once for all who have the same."""
        found = self._reaches.get(rights)
        if found is None:
            if len(self._reaches) >= _REACHES:
                self._reaches.clear()
            found = self._reaches[rights] = Reach(rights, self.inventory, self.store, self._named)
        return found

    def version(self) -> int | None:
        """Return what changes with each commit in the store: the one question that the loop asks by itself."""
        try:
            return self.store.version()
        except StoreError:
            return None  # whoever asks the store itself is told what is wrong

    def learn_devices(self) -> None:
        """Learn the names of devices that came into the store since: another process may have another inventory."""
        self._named.learn(self.store)

    def hide_images(self) -> None:
        """Hide the folders that have the images now."""
        self.folders.add(str(image.path.parent) for image in self.store.images())

    def close(self) -> None:
        """End the threads."""
        self.readers.shutdown(wait=True)
        self.logins.shutdown(wait=True)


BACKEND: web.AppKey[Backend] = web.AppKey("backend", Backend)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in. `body` and `query` are what the route's models made of it."""

    request: web.Request
    backend: Backend
    principal: Principal | None
    body: Any
    query: Any

    @property
    def reach(self) -> Reach:
        """Return what the caller sees, and what they may act on; nothing without a token."""
        return self.backend.reach(Rights(()) if self.principal is None else self.principal.rights)

    @property
    def origin(self) -> str:
        """Return the address that asks."""
        return self.backend.origin(self.request)

    @property
    def caller(self) -> Caller:
        """Return who asks, and from where."""
        return Caller(self.principal.user if self.principal else "", self.origin)


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a good answer leads: another operation, and which parts of the answer go into its parameters or body."""

    method: Literal["GET", "POST"]
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a request may have. `limits` are what JSON Schema says of its text; without, any text is taken."""

    description: str
    limits: Mapping[str, int | str] = field(default_factory=dict)


class Of(Enum):
    """Of which devices a request is, and who sees to it that the caller may act on them."""

    NAMED = "the frame asks for those of the jobs and the batch that the request names"
    SEEN = "the handler takes `call.reach`: it leaves out what the caller does not see, and asks before it acts"
    ALL = "the frame asks for all devices: an answer counts them together"
    NONE = "the answer is of no device"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a route needs of the caller: an act, and of which devices.

    With `Of.NAMED`, `jobs` and `batch` are the fields of the body, or else of the query, that name them.
    """

    act: Act
    of: Of
    jobs: str = ""
    batch: str = ""

    def require(self, call: Call) -> None:
        """Raise OutOfReach or NotFound unless the caller may; it asks the store."""
        if self.of is Of.ALL:
            call.reach.require_everywhere(self.act)
        if self.of is Of.NAMED:
            said = call.query if call.body is None else call.body
            jobs = getattr(said, self.jobs) if self.jobs else None
            batch = getattr(said, self.batch) if self.batch else None
            call.reach.require_jobs(self.act, [jobs] if isinstance(jobs, int) else jobs, batch)


@dataclass(frozen=True, slots=True)
class Route:
    """A path with its method. `needs` None lets anybody in; `answers` has the model of each status it may give.

    `form`: the body may be a form too. The document says that in words: a body of two kinds is more than generators of
    clients can take.
    `lists` names the parameters that hold a list, written `a=1,2` or `a=1&a=2`; any other is given once.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    summary: str
    needs: Needs | None
    answers: Mapping[int, type[BaseModel] | str]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    lists: frozenset[str] = frozenset()
    form: bool = False
    headers: Mapping[str, Header] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)

    @property
    def refusals(self) -> tuple[int, ...]:
        """List the statuses that the frame around the handler may give."""
        found = [500, 503]
        if self.needs is not None:
            found += [401, 403]
            if self.needs.of is Of.NAMED:
                found.append(404)
        if self.body is not None:
            found += [400, 408, 413]
        if self.query is not None or "{" in self.path:
            found.append(400)
        return tuple(sorted(set(found)))


class Clean(web.Response):
    """An answer out of which the names of folders were taken before."""


class Sealed(Clean):
    """An answer that has a hash of itself: nothing is taken out of it any more."""


def answer(document: Mapping[str, Any] | bytes, status: int = 200, **headers: str) -> web.Response:
    """Write a document as JSON."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return web.Response(body=body, status=status, content_type=JSON, headers=headers)
