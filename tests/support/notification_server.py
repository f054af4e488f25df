"""A real HTTP server that receives notifications, and batches and jobs to tell of."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest

from swimctl.config.settings import Settings
from swimctl.models import Batch, ExecutionMode, Job, JobOptions, Outcome
from swimctl.notify.notifier import Notifier
from swimctl.states import JobStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BATCH = Batch("5f0c2c1e-aaaa", ExecutionMode.PARALLEL, 0, JobOptions(), NOON, requested_by="ada")
SECRETS = ("pw-4711", "tok-4712", "head-4713", "who-4714")
SUCCESS = {"status": JobStatus.SUCCESS, "attempted": True, "outcome": Outcome.UPGRADED}
FAILED = {"status": JobStatus.FAILED, "attempted": True, "error": "no room", "outcome": Outcome.UNTOUCHED}
UNKNOWN = {**FAILED, "error": "no login", "outcome": Outcome.UNKNOWN}
NOT_ATTEMPTED = {"status": JobStatus.FAILED, "error": "not attempted: sw1 failed"}
numbers = count(1)


def job(name: str = "", **given: Any) -> Job:
    number = next(numbers)
    usual: dict[str, Any] = {"status": JobStatus.PENDING, "progress": 0, "steps": (), "created_at": NOON, **given}
    return Job(number, BATCH.id, number, name or f"sw{number}", 1, "cat9k_iosxe.17.12.04.SPA.bin", "17.12.04", **usual)


@dataclass
class Receiver:
    """What the server was sent, and how it answers: not before `answers` is set, and with `status`."""

    port: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)
    status: int = 200

    @property
    def url(self) -> str:
        return f"json://who-4714:pw-4711@127.0.0.1:{self.port}/tok-4712?+X-Key=head-4713&cto=60&rto=60"

    @property
    def titles(self) -> list[str]:
        return [post["title"] for post in self.posts]


@contextmanager
def serving() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.set()
            receiver.answers.wait(30)
            receiver.paths.append(self.path)
            receiver.posts.append(json.loads(content))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that gave up is no news
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()


def notifier(*urls: str) -> Notifier:
    return Notifier.of(Settings.model_validate({"notify": list(urls)}))


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "swimctl.notify"]


def hold(caplog: pytest.LogCaptureFixture) -> None:
    """Fail where any record of any logger, with all that it was given, holds a secret."""
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert not [secret for secret in (*SECRETS, "json://") if secret in said]
