"""Idle connections, endless bodies, streams and a token that ends, while a batch runs: all goes on as without them."""

from __future__ import annotations

import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support import processes
from support.processes import assert_once, look
from support.server_process import FINAL, Served, serving, token_for
from support.upgrades import lab_folder

IDLE, BODIES, STREAMS = 5000, 500, 600
MOST_MEGABYTES = 60  # that all this may cost; 5,600 connections that are kept cost some 200


@pytest.fixture(autouse=True)
def _started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server that is measured share no memory with the process that it would be forked from."""
    monkeypatch.setattr(processes, "MAY_FORK", False)


@contextmanager
def descriptors(wanted: int) -> Iterator[int]:
    """Let this process have so many descriptors, or as many as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, given), hard))
    try:
        yield given
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Crowd(threading.Thread):
    """Hold connections open without rest: whoever is sent away comes again."""

    def __init__(self, url: str, many: dict[bytes, int]) -> None:
        super().__init__(daemon=True)
        place = urlsplit(url)
        self.where = (place.hostname or "", place.port or 0)
        self.many = many
        self.held: list[tuple[socket.socket, bytes]] = []
        self.full, self.over = threading.Event(), threading.Event()
        self.most = 0

    def run(self) -> None:
        wanted = [said for said, count in self.many.items() for _ in range(count)]
        while not self.over.is_set():
            for said in wanted:
                with suppress(OSError):
                    one = socket.create_connection(self.where, timeout=10)
                    self.held.append((one, said))
                    one.sendall(said)
                    one.setblocking(False)
            self.most = max(self.most, len(self.held))
            self.full.set()
            self.over.wait(0.5)
            wanted = []
            for one, said in list(self.held):
                if gone(one):
                    one.close()
                    self.held.remove((one, said))
                    wanted.append(said)
            # Not all at once again: that alone would keep the machine busy, not the server.
            wanted = wanted[:300]

    def end(self) -> None:
        self.over.set()
        self.join(30)
        for one, _ in self.held:
            one.close()


def gone(one: socket.socket) -> bool:
    try:
        while one.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def megabytes(pid: int) -> float:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


def files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def answered(served: Served, path: str) -> bool:
    """Return whether a request with a good token is answered, at the second try at the latest."""
    for _ in range(2):
        with suppress(OSError):
            return served.ask(path)[0] == 200
    return False


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_a_batch_ends_right_and_others_are_served(tmp_path: Path) -> None:
    head = "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with descriptors(8000) as may, lab_folder(tmp_path, devices=3, speed=30) as lab:
        token, reader = token_for(tmp_path), token_for(tmp_path, "read-only")
        body = f"POST /api/auth/login/ {head}Content-Length: 100\r\n\r\n{{".encode()
        stream = f"GET /api/upgrade/events/ {head}Authorization: Token {reader}\r\n\r\n".encode()
        idle = min(IDLE, may - BODIES - STREAMS - 500)
        with serving(tmp_path, token=token) as served:
            pid = served.process.pid
            before, files_before = megabytes(pid), files(pid)
            ids = served.trigger("sw1", "sw2", "sw3")
            crowd = Crowd(served.url, {b"": idle // 2, b"GET /api/h": idle - idle // 2, body: BODIES, stream: STREAMS})
            crowd.start()
            try:
                assert crowd.full.wait(60)
                assert crowd.most > (idle + BODIES + STREAMS) * 0.9
                assert look(tmp_path, "user", "remove", "read-only-user", "--yes")[0] == 0
                seen: list[bool] = []
                while not all(job["status"] in {"success", "failed"} for job in served.jobs(ids)):
                    seen += [answered(served, "/api/devices/"), answered(served, "/api/health/")]
                    assert files(pid) - files_before < 1600  # of some 6,000 that asked
                    time.sleep(0.3)
                grown = megabytes(pid) - before
                assert [job["status"] for job in served.jobs(ids)] == ["success"] * 3
            finally:
                crowd.end()
            assert seen.count(True) == len(seen), (seen.count(False), len(seen))
            assert grown < MOST_MEGABYTES
            end = time.monotonic() + 20
            while files(pid) > files_before + 30 and time.monotonic() < end:
                time.sleep(0.2)
            assert files(pid) <= files_before + 30, "and all of it comes back"
            said = served.end()
        assert "Traceback" not in said
        assert served.process.returncode == 0
        assert_once(lab)


FEW = ("sh", "-c", 'ulimit -n "$0"; exec "$@"')


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_with_the_usual_descriptors_jobs_and_tokens_are_served_under_a_flood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login or a unit often gives 1,024: idle connections take what is theirs, and whoever goes comes again.

    A connection that has shown a token stays; a new one is served, from another address at once and from the flood's
    own within some tries: its request may come after it had to make room.
    """
    monkeypatch.setattr(processes, "PROGRAM", (*FEW, "1024", *processes.PROGRAM))
    with lab_folder(tmp_path, devices=2, speed=60) as lab, serving(tmp_path) as served:
        pid, place = served.process.pid, urlsplit(served.url)
        crowd = Crowd(served.url, {b"GET /api/h": 1100})
        ids = served.trigger("sw1", "sw2")
        status = f"/api/upgrade/status/?job_ids={','.join(map(str, ids))}"
        kept = HTTPConnection(place.hostname or "", place.port, timeout=60)
        before, tries = 0, []
        try:
            found = polled(kept, served, status)
            mine = kept.sock
            crowd.start()
            assert crowd.full.wait(60)
            while not all(job["status"] in FINAL for job in found):
                found = polled(kept, served, status)
                assert kept.sock is mine, "the connection that showed a token stays"
                before = before or files(pid)
                assert files(pid) < 700
                elsewhere = HTTPConnection(
                    place.hostname or "", place.port, timeout=60, source_address=("127.0.0.2", 0)
                )
                with closing(elsewhere):
                    assert polled(elsewhere, served, status)
                tries.append(tries_until_answered(served))
                time.sleep(0.3)
            assert [(job["status"], job["outcome"]) for job in found] == [("success", "upgraded")] * 2
            assert max(tries) <= 20, tries
        finally:
            crowd.end()
            kept.close()
        assert "too many open files" not in served.end().lower()
        assert_once(lab)


def polled(connection: HTTPConnection, served: Served, path: str) -> list[dict[str, Any]]:
    connection.request("GET", path, headers={"Authorization": f"Token {served.token}"})
    answer = connection.getresponse()
    assert answer.status == 200
    return list(json.loads(answer.read())["jobs"])


def tries_until_answered(served: Served) -> int:
    """Count the connections that a request needs, each of them new."""
    for number in range(1, 100):
        with suppress(OSError, HTTPException):
            assert served.ask("/api/devices/")[0] == 200
            return number
    return 100


def test_too_few_descriptors_for_the_workers_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PROGRAM", (*FEW, "300", *processes.PROGRAM))
    with lab_folder(tmp_path, devices=1), serving(tmp_path) as served:
        said = served.end()
    assert "300 file descriptors are enough for 3 devices at once, not for 20" in said
    assert "LimitNOFILE=" in said
