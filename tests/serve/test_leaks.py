"""A thousand jobs through one server: what they took of threads, descriptors and memory comes back."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support import processes
from support.server_process import PASSWORD, Served, serving
from support.upgrades import TARGET, hosts_of, lab_folder

from swimctl.store import readers

SWITCHES, ROUNDS, MEASURED_EVERY = 47, 20, 4
A_ROUND = SWITCHES + 1 + 2  # beside the switches: one whose port is shut, and two jobs that are cancelled
SILENT = [f"silent{number}" for number in range(1, 9)]
# What 200 jobs may leave behind: objects that the garbage collector knows, blocks of Python's memory and bytes of C's.
# Without a leak they are 0 to 60, 0 to 250, and 500 to 1,000 kB while caches fill; one object that stays of each job is
# 200. The lower middle one of the intervals is held to it, for a leak shows in each.
MOST_FOR_200_JOBS = {"objects": 150, "blocks": 400, "bytes": 1_500_000}


# Pools make their threads as they are needed and keep them: eight read the store, two log in.
# A thread that stays of the rarest thing would be two a round, 32 behind the first measure.
MOST_POOLED = 12


@pytest.fixture(autouse=True)
def _weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server start anew, sharing no memory with a process that it is forked from, and say what it holds."""
    monkeypatch.setattr(processes, "PROGRAM", (sys.executable, str(Path(__file__).with_name("weighed.py"))))


@dataclass(frozen=True)
class Held:
    """What a process holds: threads, and what its open files are, sorted; `inside` is what it says itself."""

    threads: int
    files: tuple[str, ...]
    inside: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def by(cls, pid: int) -> Held:
        proc, files = Path(f"/proc/{pid}"), []
        for file in (proc / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                files.append(str(file.readlink()))
        return cls(len(list((proc / "task").iterdir())), tuple(sorted(files)))

    def weighed(self, pid: int, folder: Path) -> Held:
        """Let the process count what it holds inside."""
        told = folder / "weighed.json"
        os.kill(pid, signal.SIGUSR1)
        end = time.monotonic() + 60
        while not told.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        inside = json.loads(told.read_text(encoding="utf-8"))
        told.unlink()
        return replace(self, inside=inside)


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_a_thousand_jobs_leave_nothing_behind(tmp_path: Path) -> None:
    faults, settings = {"sw2": ["refuse-login"]}, {"workers": SWITCHES + 1}
    names = [*(f"sw{number}" for number in range(1, SWITCHES + 1)), "shut"]
    with (
        lab_folder(tmp_path, devices=SWITCHES, version=TARGET, speed=100, faults=faults, settings=settings),
        odd_ports() as ports,
    ):
        add_hosts(tmp_path, ports)
        with serving(tmp_path) as served:
            ended: Counter[str] = Counter()
            measured: list[Held] = []
            for turn in range(1, ROUNDS + 1):
                ended += a_round(served, names)
                if turn == MEASURED_EVERY + 1:
                    unanswered = served.trigger(*SILENT)  # logins that nobody answers are given up after 20 s
                if turn == 2 * MEASURED_EVERY:  # before it is measured: while they wait they hold as much as a leak
                    assert {job["status"] for job in served.wait(unanswered)} == {"failed"}
                if turn % MEASURED_EVERY == 0:
                    wake_all_threads(served)
                    held = at_rest(served.process.pid, measured[0] if turn == ROUNDS else None)
                    measured.append(held.weighed(served.process.pid, tmp_path))
            assert ended.total() == ROUNDS * A_ROUND == 1000
            assert (ended["cancelled"], ended["failed"]) == (2 * ROUNDS, 2 * ROUNDS)
            # The first rounds may still hold what is let go later: the end is held against the least that ever was.
            assert measured[-1].threads - min(each.threads for each in measured) < MOST_POOLED, measured
            least = min(measured, key=lambda each: len(each.files))
            store = str(tmp_path / "swimctl.db")
            # Connections that read are opened when they are needed, and then kept: so many, and no more. Two others
            # write and count.
            assert measured[-1].files.count(store) <= readers.MOST + 2
            more = Counter(
                {
                    name: count
                    for name, count in (Counter(measured[-1].files) - Counter(least.files)).items()
                    if not name.startswith(store)
                }
            )
            assert more.total() < 5, more  # a leak of the rarest thing is two a round
            for what, most in MOST_FOR_200_JOBS.items():
                counted = [each.inside[what] for each in measured]
                grown = statistics.median_low(after - before for before, after in pairwise(counted))
                assert grown < most, (what, counted)
            assert "Traceback" not in served.end()


def a_round(served: Served, names: Sequence[str]) -> Counter[str]:
    """Run a job on each device while streams come and go; cancel two more before their time."""
    begun = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        streams = [pool.submit(follow_and_drop, served, begun) for _ in range(3)]
        begun.wait(20)
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        waiting = served.trigger(*names[:2], schedule_time=tomorrow)
        ids = served.trigger(*names)
        status, answer = served.ask("/api/upgrade/cancel/", {"job_ids": waiting})
        assert (status, answer["cancelled"]) == (200, 2)
        assert served.ask("/api/upgrade/trigger/", {"devices": ["nowhere"]})[0] == 404
        jobs = served.wait([*ids, *waiting])
        for stream in streams:
            stream.result()
    return Counter(job["status"] for job in jobs)


def follow_and_drop(served: Served, begun: threading.Event) -> None:
    """Follow the events until the first of a job has come, and go away without a word."""
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
    try:
        connection.request("GET", "/api/upgrade/events/", headers={"Authorization": f"Token {served.token}"})
        response = connection.getresponse()
        response.readline()
        begun.set()
        while not response.readline().startswith(b"data:"):
            pass
    finally:
        connection.close()


def wake_all_threads(served: Served) -> None:
    """Let the server make the threads of its pools, which it makes one by one as they are needed."""
    login = {"username": "operator-user", "password": PASSWORD}
    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(served.ask, "/api/upgrade/jobs/1/events/") for _ in range(40)]
        asked += [pool.submit(served.ask, "/api/auth/login/", login) for _ in range(4)]
        assert {one.result()[0] for one in asked} == {200}


def at_rest(pid: int, before: Held | None) -> Held:
    """Measure when nothing has ended any more for a while, and where there is a measure, not before about that."""
    end = time.monotonic() + 60
    held, since = Held.by(pid), time.monotonic()
    while time.monotonic() < end:
        time.sleep(0.1)
        now = Held.by(pid)
        if now != held:
            since = time.monotonic()
        held = now
        reached = before is None or (now.threads < before.threads + MOST_POOLED and len(now.files) <= len(before.files))
        if reached and time.monotonic() - since > (0.5 if before else 2):
            break
    return held


@contextmanager
def odd_ports() -> Iterator[Mapping[str, int]]:
    """Hold a port that refuses every connection, and those where one is taken and nobody ever says anything."""
    with ExitStack() as held:
        sockets = {name: held.enter_context(socket.socket()) for name in ("shut", *SILENT)}
        for name, one in sockets.items():
            one.bind(("127.0.0.1", 0))
            if name in SILENT:
                one.listen(128)
        yield {name: int(one.getsockname()[1]) for name, one in sockets.items()}


def add_hosts(folder: Path, ports: Mapping[str, int]) -> None:
    """Add hosts to the inventory."""
    with hosts_of(folder) as hosts:
        hosts.update({name: {**hosts["sw1"], "port": port} for name, port in ports.items()})
