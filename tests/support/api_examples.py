"""The examples of the API: requests that are sent to a real server here, and what it answered to each.

`python tests/api_examples.py` writes them into swimctl/api/examples.json, from where the OpenAPI document has them.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from support.accounts import PASSWORD, ROOT
from support.api_client import OPERATOR, READER, Api, answering, made_in_a_terminal, opened
from support.projects import make_project
from support.stores import StandingClock, some_batch

from swimctl.api.app import ROUTES
from swimctl.campaigns.rule import Rule
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Hold
from swimctl.inventory.selection import Selection
from swimctl.models import Device, Finding, Image, JobOptions, Outcome
from swimctl.requests import transcripts
from swimctl.states import JobStatus, StepStatus
from swimctl.steps.first_look import FirstLook
from swimctl.store import NewJob, Runner
from swimctl.waiting import Waiting, WaitKind

Example = dict[str, Any]

FILE: Final = Path(__file__).resolve().parents[2] / "swimctl" / "api" / "examples.json"
HOSTS: Final = "".join(
    f"sw{number}: {{groups: [switches], data: {{model: C9300-24P, site: bern, role: access}}}}\n" for number in (1, 2)
)
_TRANSCRIPT: Final = """\
----- 2031-05-04T12:00:00Z step: Readiness Check
sw1#show version
Cisco IOS XE Software, Version 17.06.05
"""
_LINES: Final = 12  # of a text
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH: Final = re.compile(r"\b[0-9a-f]{64}\b")
_PROCESS: Final = re.compile(r"by process \d+ on \S+")
# What differs each time, or would give away what is secret, reads as in these.
_STANDS_FOR: Final[Mapping[str, str | int]] = {
    "runner": "89abcdef01234567",
    "pid": 4711,
    "host": "swim",
    "token": "swimctl_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
    "seal": "swimctl-seal 1 …",
    "swimctl": "1.0.0",
    "password": "the password of ana",
}


class _Looker:
    """Answers for devices: each is ready."""

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:  # noqa: ARG002
        return FirstLook((Finding("free flash", True, "6 GB", "2 GB", ""),), "", origin="push")


class _Recording:
    """Sends requests, and keeps what was asked and answered."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.found: dict[str, Example] = {}

    def send(self, method: str, path: str, body: object = None, **parameters: Any) -> Any:
        """Send a request, and keep it; one that is sent again is kept for its other status."""
        named = {name: value for name, value in parameters.items() if f"{{{name}}}" in path}
        rest = {name: value for name, value in parameters.items() if name not in named}
        address = re.sub(r"\{(\w+)\}", lambda one: quote(str(named[one[1]]), safe=""), path)
        token = None if path == "/api/auth/login/" else OPERATOR
        answer = self.api.ask(method, f"{address}?{urlencode(rest)}" if rest else address, body, token=token)
        assert answer.status < 300, (method, address, answer.status, answer.body)
        kind = answer.headers["content-type"]
        said = answer.json if kind.startswith("application/json") else _beginning(answer.body.decode())
        example = self.found.setdefault(f"{method} {path}", {})
        if not example:
            example |= ({"parameters": parameters} if parameters else {}) | ({} if body is None else {"body": body})
        if kind.partition(";")[0] != "text/html":  # a whole page is no example
            example.setdefault("answers", {})[str(answer.status)] = said
        return said


def _beginning(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:_LINES], *(["…"] if len(lines) > _LINES else [])])


def record(folder: Path) -> dict[str, Example]:
    """Send a request to each route of a server, and return what was asked and answered, in the order of the routes."""
    with _in_utc(), opened(make_project(folder), StandingClock(), HOSTS) as api:
        for image in api.store.images()[1:]:
            api.store.remove_image(image.id)
        api.backend.checker = _Looker()
        with answering(api.backend) as api.address, api.store.register_runner() as runner:
            recording = _Recording(api)
            _batches(recording, runner)
            _reading(recording)
            _people(recording, runner)
            _campaigns(recording)
    found = _settled(recording.found)
    return {name: found[name] for route in ROUTES if (name := f"{route.method} {route.path}") in found}


@contextmanager
def _in_utc() -> Iterator[None]:
    """Let this process be in UTC: a report says what its clock shows."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        os.environ.update({} if before is None else {"TZ": before})
        time.tzset()


def _batches(recording: _Recording, runner: Runner) -> None:
    """Trigger two jobs; steer them; let one fail, and try it again."""
    api, send = recording.api, recording.send
    send("POST", "/api/auth/login/", {"username": OPERATOR, "password": PASSWORD})
    made = send("POST", "/api/upgrade/trigger/", {"devices": ["sw1", "sw2"], "ticket": "CHG0031"})
    send("POST", "/api/upgrade/trigger/", {"devices": ["sw1", "sw2"], "dry_run": True})
    batch = {"batch_id": made["batch_id"]}
    assert api.store.claim(1, runner)
    api.store.record(1, "runs", "runs 17.06.05", {"members": {"1": "17.06.05"}})
    api.store.step(1, runner, "readiness", StepStatus.RUNNING)
    api.clock.forward(3)
    written = transcripts.path_of(api.backend.service.jobs_dir, api.store.job(1))
    written.parent.mkdir(parents=True)
    written.write_text(_TRANSCRIPT, encoding="utf-8")
    send("GET", "/api/upgrade/status/", **batch)
    send("GET", "/api/upgrade/batches/", limit=10)
    send("GET", "/api/upgrade/jobs/", device="sw1", limit=10)
    send("GET", "/api/upgrade/jobs/{id}/events/", id=1)
    send("GET", "/api/upgrade/jobs/{id}/transcript/", id=1, step="readiness")
    send("POST", "/api/upgrade/change/", {**batch, "workers": 10, "max_failures": "5%"})
    send("POST", "/api/upgrade/pause/", batch)
    send("POST", "/api/upgrade/continue/", batch)
    send("POST", "/api/upgrade/stop/", batch)
    send("POST", "/api/upgrade/cancel/", {"job_ids": [2]})
    api.store.step(1, runner, "readiness", StepStatus.FAILED, "free flash: seen 1 GB, needed 2 GB")
    api.store.move(1, runner, JobStatus.FAILED, "free flash: seen 1 GB, needed 2 GB", outcome=Outcome.UNTOUCHED)
    for form in ("", "html/", "md/", "junit/", "csv/"):
        send("GET", f"/api/upgrade/batches/{{id}}/report/{form}", id=made["batch_id"])
    again = send("POST", "/api/upgrade/retry/", batch)
    api.post("/api/upgrade/cancel/", {"batch_id": again["batch_id"]})


def _reading(recording: _Recording) -> None:
    """Look at what there is beside batches."""
    api, send = recording.api, recording.send
    api.store.saw(1, "17.06.05", {"1": "17.06.05"}, "", by="scan", serials=("FCW2145L0AB",))
    for path in ("/api/devices/", "/api/images/", "/api/workflows/", "/api/health/", "/metrics"):
        send("GET", path)
    send("POST", "/api/images/golden/", {"image_id": 1, "model": "C9300-*", "site": "bern"})
    send("POST", "/api/images/golden/end/", {"image_id": 1})
    api.store.set_golden(1)
    send("GET", "/api/compliance/", by="site")
    send("GET", "/api/devices/{id}/history/", id=1)


def _people(recording: _Recording, runner: Runner) -> None:
    """Answer what waits for a person: a step of a workflow, a device that is held, an approval."""
    api, send = recording.api, recording.send
    flow = Flow(("readiness", Hold(name="Board")))
    new = [NewJob(1, "sw1", 1, flow.kinds)]
    (job,) = api.store.create_batch(some_batch("4e9b2c1a-0d3f-4b5e-8a6c-1f2e3d4c5b6a", flow=flow.text()), new)
    assert api.store.claim(job.id, runner)
    api.store.step(job.id, runner, "Board", StepStatus.RUNNING)
    api.store.say(job.id, runner, "waiting", Waiting(WaitKind.PERSON, "Board", job.id))
    send("POST", "/api/upgrade/release/", {"job_ids": [job.id], "reason": "the board said yes"})
    (held,) = api.trigger("sw2", on_failed_checks="hold")["job_ids"]
    assert api.store.claim(held, runner)
    api.store.record(held, "held", "not as before", {"found": [{"finding": "routes", "seen": "fell from 9 to 4"}]})
    look = api.store.held_look(held).mark
    api.store.say(held, runner, "waiting", Waiting(WaitKind.HELD, "routes", held, None, look))
    keep = {"job_id": held, "answer": "keep", "reason": "a core is away until Monday", "look": look}
    send("POST", "/api/upgrade/recheck/", keep)
    api.store.move(job.id, runner, JobStatus.FAILED, "no", outcome=Outcome.UNTOUCHED)
    path = api.project.config().path
    path.write_text(path.read_text(encoding="utf-8") + "  approval: required\n", encoding="utf-8")
    api.backend.service._config = api.project.config()
    (wanted,) = made_in_a_terminal(api, "sw1")
    send("POST", "/api/upgrade/approve/", {"batch_id": api.store.job(wanted).batch_id})


def _campaigns(recording: _Recording) -> None:
    """Keep a campaign, and steer it."""
    api, send = recording.api, recording.send
    rule = {"name": "access", "group": "switches", "window": "Tue,Thu 22:00-04:00@Europe/Berlin", "per_night": 40}
    send("POST", "/api/campaigns/create/", rule)
    send("GET", "/api/campaigns/")
    send("GET", "/api/campaigns/{name}/show/", name="access")
    named = {"campaign": "access"}
    send("POST", "/api/campaigns/change/", {**named, "per_night": 60, "max_failures": "5%"})
    send("POST", "/api/campaigns/pause/", named)
    send("POST", "/api/campaigns/continue/", {**named, "reason": "the core is back"})
    send("POST", "/api/campaigns/next/", named)
    other = api.backend.campaigns.create("core", Rule(Selection(all=True), "22:00-04:00@UTC", approval=True), ROOT)
    send("POST", "/api/campaigns/approve/", {"campaign": "core", "mark": other.mark})
    send("POST", "/api/campaigns/end/", {**named, "reason": "all are there"})


def _settled(found: dict[str, Example]) -> dict[str, Example]:
    """Return the examples with the same ids and hashes each time, and without secrets."""
    ids: dict[str, str] = {}

    def known(one: re.Match[str]) -> str:
        return ids.setdefault(one[0], f"7d3f0212-5b1e-4c0a-9d2e-{len(ids) + 1:012d}")

    def settled(value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {key: settled(one, key) for key, one in value.items()}
            case list():
                return [settled(one, name) for one in value]
            case str() | int() if name in _STANDS_FOR:
                return _STANDS_FOR[name]
            case str():
                short = re.sub(r"\b[0-9a-f]{8}\b", lambda one: _short(one[0], ids), _ID.sub(known, value))
                short = _PROCESS.sub("by process 4711 on swim", _HASH.sub("0123456789abcdef" * 4, short))
                return re.sub(rf"\b{OPERATOR}\b", "ana", re.sub(rf"\b{READER}\b", "ben", short))
        return value

    return {name: settled(one) for name, one in found.items()}


def _short(text: str, ids: Mapping[str, str]) -> str:
    """Return the short form of an id as its long one reads."""
    return next((known[:8] for real, known in ids.items() if real.startswith(text)), text)


def text_of(examples: Mapping[str, Example]) -> str:
    """Write examples down."""
    return json.dumps(examples, indent=1, ensure_ascii=False) + "\n"
