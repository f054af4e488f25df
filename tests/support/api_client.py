"""A running API for tests: the real application on a free port, over a real store on disk, and a client for it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

from aiohttp import web
from nornir.core import Nornir
from support.accounts import PASSWORD, ROOT, Counting
from support.openapi_answers import assert_described
from support.projects import IMAGE, LITE, Project
from support.stores import STEPS, StandingClock, some_batch

from swimctl import descriptors
from swimctl.accounts.passwords import Passwords
from swimctl.accounts.service import AccountService
from swimctl.api import Backend
from swimctl.api.server import listening
from swimctl.campaigns.service import CampaignService
from swimctl.config.access import grants
from swimctl.config.reading import Config
from swimctl.inventory import hosts
from swimctl.inventory.hosts import Inventory
from swimctl.models import Caller, Device, Job, Role
from swimctl.requests.plans import UpgradeRequest
from swimctl.requests.service import Service
from swimctl.store import NewJob, Store

TRIGGER = "/api/upgrade/trigger/"
STATUS = "/api/upgrade/status/"
CANCEL = "/api/upgrade/cancel/"
APPROVE = "/api/upgrade/approve/"
LOGIN = "/api/auth/login/"
UNDESCRIBED = {"/api/openapi.json", "/api/openapi.json/"}  # what describes the others
OPERATOR, READER = "olga", "rita"  # users, and where a token is asked for: theirs
GOLDEN = IMAGE
NEWER = "cat9k_iosxe.17.15.01.SPA.bin"  # image 5
SWITCHES = 12  # sw1 to sw12, with the ids 1 to 12; behind them a host named `8`, one without a golden image, a firewall
LITE_HOST = "wien-lite"

HOSTS = (
    "".join(f"sw{n}: {{groups: [switches], data: {{model: C9300-24P}}}}\n" for n in range(1, SWITCHES + 1))
    + f"""\
"8": {{groups: [switches], data: {{model: C9300-24P}}}}
{LITE_HOST}: {{groups: [switches], data: {{model: C9200L-24P}}}}
fw-1: {{platform: panos}}
"""
)
# They are no real ones: many of them begin at once, whatever this store has seen.
GROUPS = "switches: {platform: cisco_ios, data: {swimctl: {pilot: {lab: true}}}}\n"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].startswith("application/json"), (self.headers, self.body[:300])
        return json.loads(self.body)


@dataclass
class Api:
    """A served project. Requests go with an operator's token unless another is given; None sends none."""

    project: Project
    store: Store
    clock: StandingClock
    accounts: AccountService
    backend: Backend
    operator: str
    reader: str
    address: tuple[str, int] = field(default=("", 0))

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = OPERATOR,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; a body that is not bytes goes as JSON."""
        given = dict(headers or {})
        if token is not None:
            text = {OPERATOR: self.operator, READER: self.reader}.get(token, token)
            given.setdefault("Authorization", f"Token {text}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        with closing(http.client.HTTPConnection(*self.address, timeout=240)) as connection:
            connection.request(method, path, body, given)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, headers, response.read())
        if answer.body and headers["content-type"].startswith("application/json") and path not in UNDESCRIBED:
            assert_described(method, path, answer.status, answer.json)
        return answer

    def get(self, path: str, **given: Any) -> Answer:
        return self.ask("GET", path, **given)

    def post(self, path: str, body: object, **given: Any) -> Answer:
        return self.ask("POST", path, body, **given)

    def trigger(self, *devices: str | int, **options: Any) -> Any:
        """Make a batch, and give what was answered."""
        answer = self.post(TRIGGER, {"devices": list(devices), **options})
        assert answer.status == 201, answer.body
        return answer.json

    def jobs(self, *ids: int) -> list[Any]:
        return list(self.get(f"{STATUS}?job_ids={','.join(map(str, ids))}").json["jobs"])

    def login(self, name: str = OPERATOR, password: str = PASSWORD) -> Answer:
        return self.post(LOGIN, {"username": name, "password": password}, token=None)

    def raw(self, *pieces: bytes) -> bytes:
        """Send bytes as they are, and read until the server closes the connection."""
        with self.connected() as connection:
            for piece in pieces:
                connection.sendall(piece)
            return read_all(connection)

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with socket.create_connection(self.address, timeout=240) as connection:
            yield connection

    def refused(self, answer: Answer, status: int, *said: str) -> Any:
        """Check that a refusal is what every refusal is, with these words in it; give its document."""
        assert answer.status == status, (answer.status, answer.body[:500])
        document = answer.json
        assert isinstance(document["error"], str)
        assert document["error"]
        assert isinstance(document["message"], str)
        assert document["message"]
        text = answer.body.decode()
        assert "Traceback" not in text
        assert str(self.project.folder) not in text
        for word in said:
            assert word in json.dumps(document, ensure_ascii=False), (word, document)
        return document

    def nothing_made(self) -> bool:
        """Return whether the server still answers, and no batch was made."""
        assert self.get("/api/health/", token=None).json == {"status": "up"}
        return self.store.batches() == []


def parsed(raw: bytes) -> list[Answer]:
    """Read the answers of one connection."""
    answers = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0))
        if status != 100:
            answers.append(Answer(status, headers, rest[:length]))
        raw = rest[length:]
    return answers


def read_one(connection: socket.socket) -> Answer:
    """Read until one answer is whole, whatever comes behind it."""
    found = b""
    while not (answers := parsed(found) if b"\r\n\r\n" in found else []) or (
        len(answers[0].body) < int(answers[0].headers.get("content-length", 0))
    ):
        piece = connection.recv(65536)
        assert piece, f"the connection ended: {found!r}"
        found += piece
    return answers[0]


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


@contextmanager
def answering(
    backend: Backend, more: Callable[[web.Application], None] = lambda _: None, *, access_log: bool = False
) -> Iterator[tuple[str, int]]:
    """Serve in a thread as `swimctl serve` does, and give the address; `more` adds the pages."""
    ready: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, str] | BaseException] = Queue()

    async def serve() -> None:
        stop = asyncio.Event()
        most = descriptors.connections(descriptors.raised_limit())
        async with listening(backend, "127.0.0.1", 0, None, most=most, access_log=access_log, more=more) as url:
            ready.put((asyncio.get_running_loop(), stop, url))
            await stop.wait()

    def work() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            ready.put(error)

    thread = threading.Thread(target=work, name="api")
    thread.start()
    started = ready.get(timeout=240)
    if isinstance(started, BaseException):
        raise started
    loop, stop, url = started
    try:
        yield "127.0.0.1", int(url.rpartition(":")[2])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(240)
        assert not thread.is_alive(), "the server does not end"


_read: list[Nornir] = []


def _hosts(config: Config) -> Nornir:
    """Read the inventory of the first project: all have the same."""
    if not _read:
        _read.append(hosts._init(config))
    return _read[0]


@contextmanager
def opened(project: Project, clock: StandingClock, hosts_file: str = HOSTS) -> Iterator[Api]:
    """Make a project with its store, images, users and tokens; not served yet."""
    project.write("inventory/hosts.yaml", hosts_file)
    project.write("inventory/groups.yaml", GROUPS)
    with project.store(clock) as store:
        config = project.config()
        nornir = _hosts(config) if hosts_file == HOSTS else hosts._init(config)
        inventory = Inventory(config, nornir, store.device_ids(list(nornir.inventory.hosts)))
        accounts = AccountService(store, clock, Passwords(Counting()), grants(config.settings.roles))
        for name in (GOLDEN, LITE, "cat9k_iosxe.17.09.04a.SPA.bin", "cat9k_iosxe.17.12.05.SPA.bin", NEWER):
            project.add_image(store, name, name.encode())
        store.set_golden(1)
        texts = []
        for name, role in ((OPERATOR, Role.OPERATOR), (READER, Role.READ_ONLY)):
            accounts.create_user(name, PASSWORD, role, by=ROOT)
            texts.append(accounts.create_token(name, by=ROOT).text)
        service = Service(config, store, inventory, clock)
        campaigns = CampaignService(config, store, lambda: inventory, service, clock)
        backend = Backend(service, accounts, store, inventory, clock, campaigns, hidden=(str(project.folder),))
        yield Api(project, store, clock, accounts, backend, operator=texts[0], reader=texts[1])


def made_in_a_terminal(api: Api, *names: str) -> list[int]:
    """Make jobs as a command line beside the server does."""
    devices: dict[str, Device] = {device.name: device for device in api.backend.inventory.devices}
    request = UpgradeRequest(tuple(devices[name] for name in names), detached=True)
    return [job.id for job in api.backend.service.trigger(request, Caller("root", "terminal")).jobs]


def many_jobs(api: Api, count: int) -> list[Job]:
    """Make a batch of so many jobs, of devices that are in no inventory."""
    ids = api.store.device_ids([f"many-{number}" for number in range(count)])
    new = [NewJob(device_id, name, 1, STEPS) for name, device_id in ids.items()]
    return api.store.create_batch(some_batch(f"batch-of-{count}"), new)
