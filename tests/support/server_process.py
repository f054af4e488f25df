"""`swimctl serve` as a process of its own, and a client for it."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes import start

from swimctl.cli.context import Context, caller
from swimctl.models import Role

PASSWORD = "a lab's own passphrase"
FINAL = {"success", "failed", "cancelled"}


@dataclass
class Served:
    """A running server. Requests go with an operator's token. `said`: what it said until it listened."""

    process: subprocess.Popen[str]
    url: str
    token: str
    said: str = ""

    def ask(self, path: str, body: object = None, token: str | None = None, **headers: str) -> tuple[int, Any]:
        """Send a request, a POST where there is a body, and give the status and the document."""
        data = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Token {self.token if token is None else token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data, {**given, **headers})  # noqa: S310 our own URL
        try:
            with urllib.request.urlopen(request, timeout=240) as response:  # noqa: S310 our own URL
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def trigger(self, *devices: str | int, **options: Any) -> list[int]:
        """Trigger an upgrade and give the ids of its jobs."""
        status, answer = self.ask("/api/upgrade/trigger/", {"devices": list(devices), **options})
        assert status == 201, answer
        return list(answer["job_ids"])

    def jobs(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Ask how jobs are."""
        status, answer = self.ask(f"/api/upgrade/status/?job_ids={','.join(map(str, ids))}")
        assert status == 200, answer
        return list(answer["jobs"])

    def wait(self, ids: Sequence[int], until: Callable[[dict[str, Any]], bool] | None = None) -> list[dict[str, Any]]:
        """Wait until all jobs have ended, or are as wanted."""
        end = time.monotonic() + 240
        wanted = until or (lambda job: job["status"] in FINAL)
        while True:
            jobs = self.jobs(ids)
            if all(map(wanted, jobs)):
                return jobs
            assert time.monotonic() < end, jobs
            assert self.process.poll() is None, "the server ended"
            time.sleep(0.1)

    def end(self, seconds: float = 60) -> str:
        """Ask the server to end, and give all that it said."""
        self.process.terminate()
        self.process.wait(timeout=seconds)
        # Not communicate(): what came with the line about the address is in this stream's buffer already.
        return self.said + ("" if self.process.stdout is None else self.process.stdout.read())


def token_for(folder: Path, role: str = "operator") -> str:
    """Make a user of this role with a token."""
    name = f"{role}-user"
    with Context(folder / "config.yaml").open() as opened:
        opened.accounts.create_user(name, PASSWORD, Role(role), by=caller())
        return opened.accounts.create_token(name, by=caller()).text


@contextmanager
def serving(folder: Path, *options: str, token: str = "") -> Iterator[Served]:
    """Serve a working folder on a free port; the server is killed at the end if it still runs."""
    token = token or token_for(folder)
    with start(folder, "serve", "--port", "0", *options) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not (found := re.search(r"listening on (\S+),", said)):
                line = process.stdout.readline()
                assert line, f"it ended: {said}"
                said += line
            yield Served(process, found[1], token, said)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=240)
