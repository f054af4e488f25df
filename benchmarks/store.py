"""Measure the store under load, each figure beside a peer in the same run: only the ratios say something.

    python benchmarks/store.py [SECONDS]

The peer of writes is one connection of Python's sqlite3 behind a lock, one insert and one commit a call: what a store
without promises beyond that one would cost. The peer of a trigger is `executemany` of the same rows in one transaction.
The peer of what devices run is reading all that was ever seen of them.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from swimctl.clock import SystemClock
from swimctl.engine.turns import too_many
from swimctl.images.compliance import periods
from swimctl.models import Batch, ExecutionMode, Job, JobOptions
from swimctl.requests.compared import last_periods
from swimctl.states import StepStatus
from swimctl.store import NewJob, Store, Tally

STEPS = ("readiness", "distribution", "activation", "post-checks")
TEXT = "GigabitEthernet1/0/1 is up, line protocol is up (connected)\n" * 40
spawn = multiprocessing.get_context("spawn")


class Rate(NamedTuple):
    """How many a second, and how long the slowest of a hundred took (milliseconds)."""

    per_second: float
    p99: float


def opened(path: Path) -> Store:
    """Open a store with an image in it."""
    store = Store.open(path, SystemClock())
    store.add_image(
        path=Path("/srv/images/cat9k_iosxe.17.12.04.SPA.bin"), filename="cat9k_iosxe.17.12.04.SPA.bin",
        platform="cisco_xe", family="cat9k_iosxe", version="17.12.04", size=1_000, sha512="a" * 128, md5="b" * 32,
    )  # fmt: skip
    return store


def new_jobs(store: Store, count: int, batch_id: str, max_failures: int = 0) -> list[Job]:
    """Make a batch of so many jobs."""
    ids = store.device_ids([f"sw{number}" for number in range(count)])
    batch = Batch(batch_id, ExecutionMode.PARALLEL, max_failures, JobOptions(), datetime.now(UTC), detached=True)
    return store.create_batch(batch, [NewJob(ids[name], name, 1, STEPS) for name in ids])


def work(thread: int, sessions: threading.Event, stop: threading.Event) -> None:
    """Do what a busy session does: read some bytes, look at them, send some."""
    reader, writer = os.pipe()
    pattern = re.compile(rf"line protocol is (up|down) \(\w+\){thread}?")
    sessions.wait()
    while not stop.is_set():
        os.write(writer, TEXT.encode())
        said = os.read(reader, 65_536).decode()
        for line in said.splitlines():
            pattern.search(line)
        time.sleep(0.005)  # the device thinks
    os.close(reader)
    os.close(writer)


@contextmanager
def busy(sessions: int) -> Iterator[None]:
    """Let so many sessions be busy meanwhile."""
    stop, go = threading.Event(), threading.Event()
    threads = [threading.Thread(target=work, args=(number, go, stop)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    go.set()
    yield
    stop.set()
    for thread in threads:
        thread.join()


def rate(threads: int, seconds: float, one: Callable[[int], object]) -> Rate:
    """Call something from so many threads for so long."""
    taken: list[float] = []
    until = time.monotonic() + seconds

    def call(thread: int) -> None:
        mine = []
        while (began := time.monotonic()) < until:
            one(thread)
            mine.append(time.monotonic() - began)
        taken.extend(mine)

    began = time.monotonic()
    callers = [threading.Thread(target=call, args=(number,)) for number in range(threads)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    p99 = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else max(taken, default=0.0)
    return Rate(len(taken) / (time.monotonic() - began), 1000 * p99)


def bare(path: Path) -> Callable[[int], object]:
    """Return an insert with its commit on one connection behind a lock."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, job_id INTEGER, at TEXT, kind TEXT, "
        "message TEXT, data TEXT)"
    )
    lock = threading.Lock()

    def insert(thread: int) -> None:
        with lock:
            connection.execute(
                "INSERT INTO events (job_id, at, kind, message, data) VALUES (?, ?, 'note', 'x', '{}')",
                [thread, datetime.now(UTC).isoformat()],
            )

    return insert


def events(folder: Path, threads: int, sessions: int, seconds: float) -> None:
    """Print how many events a second are kept."""
    with opened(folder / f"events-{threads}-{sessions}.db") as store:
        jobs = new_jobs(store, max(threads, 1), "batch-events")
        with busy(sessions):
            ours = rate(threads, seconds, lambda thread: store.record(jobs[thread].id, "note", "x"))
            theirs = rate(threads, seconds, bare(folder / f"bare-{threads}-{sessions}.db"))
    beside = f" beside {sessions} busy sessions" if sessions else ""
    row(f"events, {threads} threads{beside}", ours, theirs)


def row(what: str, ours: Rate, theirs: Rate) -> None:
    """Print one line of the table."""
    print(f"| {what} | {ours.per_second:,.0f}/s, p99 {ours.p99:,.0f} ms | {theirs.per_second:,.0f}/s, p99 "
          f"{theirs.p99:,.0f} ms | {ours.per_second / theirs.per_second:.2f} |", flush=True)  # fmt: skip


def process(answer: Connection, path: Path, number: int, seconds: float, plain: bool) -> None:
    """Keep events from one thread of a process of its own, and send the rate."""
    if plain:
        insert = bare(path)
        answer.recv()
        answer.send(rate(1, seconds, lambda _: insert(number)))
        return
    with Store.open(path, SystemClock()) as store:
        store.record(number + 1, "note", "x")
        answer.recv()
        answer.send(rate(1, seconds, lambda _: store.record(number + 1, "note", "x")))


def processes(folder: Path, count: int, seconds: float) -> None:
    """Print how many events a second some processes keep together; p99 is the worst one's."""

    def measured(path: Path, plain: bool) -> Rate:
        ends, started = [], []
        for number in range(count):
            ours, theirs = spawn.Pipe()
            started.append(spawn.Process(target=process, args=(theirs, path, number, seconds, plain)))
            started[-1].start()
            ends.append(ours)
        time.sleep(2)
        for end in ends:
            end.send("go")
        rates = [end.recv() for end in ends]
        for one in started:
            one.join()
        return Rate(sum(one.per_second for one in rates), max(one.p99 for one in rates))

    with opened(folder / "processes.db") as store:
        new_jobs(store, count, "batch-processes")
    row(f"events, {count} processes with 1 thread each", measured(folder / "processes.db", False),
        measured(folder / "bare-processes.db", True))  # fmt: skip


def workers(folder: Path, threads: int, seconds: float) -> None:
    """Print how many calls a second so many workers get through that ask of the store what upgrades ask of it."""
    with opened(folder / "workers.db") as store, store.register_runner() as runner:
        jobs = new_jobs(store, threads, "batch-workers")
        deeds: tuple[Callable[[Job, int], object], ...] = (
            lambda job, _: store.step(job.id, runner, "readiness", StepStatus.RUNNING),
            lambda job, _: store.job(job.id),
            lambda job, at: store.recall(job.id, f"key {at}"),
            lambda job, at: store.remember(job.id, f"key {at}", {"at": at}),
            lambda job, _: store.say(job.id, runner, "looking"),
            lambda job, _: store.progress(job.id, runner, 10),
            lambda job, _: store.blocked_by(job.id),
            lambda job, _: store.record(job.id, "note", "x"),
        )
        done = [0] * threads

        def deed(thread: int) -> None:
            if not done[thread]:
                store.claim(jobs[thread].id, runner, f"192.0.2.1:{thread}")
            deeds[done[thread] % len(deeds)](jobs[thread], done[thread])
            done[thread] += 1

        with busy(20):
            ours = rate(threads, seconds, deed)
            theirs = rate(threads, seconds, bare(folder / "bare-workers.db"))
    row(f"{threads} workers beside 20 busy sessions, calls", ours, theirs)


def trigger(folder: Path, count: int) -> None:
    """Print how long a batch takes to make, and how long somebody else who writes meanwhile waits at most."""
    with opened(folder / "trigger.db") as store:
        other = new_jobs(store, 1, "batch-other")[0]
        store.device_ids([f"sw{number}" for number in range(count)])
        stop, waited = threading.Event(), list[float]()

        def write() -> None:
            while not stop.is_set():
                began = time.monotonic()
                store.record(other.id, "note", "x")
                waited.append(time.monotonic() - began)
                time.sleep(0.005)

        beside = threading.Thread(target=write)
        beside.start()
        began = time.monotonic()
        new_jobs(store, count, "batch-trigger")
        ours = time.monotonic() - began
        stop.set()
        beside.join()
    connection = sqlite3.connect(folder / "bare-trigger.db", isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE jobs (id INTEGER PRIMARY KEY, a, b, c);"
        "CREATE TABLE steps (job_id, position, kind, PRIMARY KEY (job_id, position)) WITHOUT ROWID;"
        "CREATE TABLE events (id INTEGER PRIMARY KEY, job_id, at, kind, message, data)"
    )
    began = time.monotonic()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO jobs VALUES (?, 1, 1, 'pending')", [(number,) for number in range(count)])
    rows = [(number, place, kind) for number in range(count) for place, kind in enumerate(STEPS)]
    connection.executemany("INSERT INTO steps VALUES (?, ?, ?)", rows)
    now, data = datetime.now(UTC).isoformat(), json.dumps({"to": "pending"})
    connection.executemany(
        "INSERT INTO events (job_id, at, kind, message, data) VALUES (?, ?, 'created', 'pending', ?)",
        [(number, now, data) for number in range(count)],
    )
    connection.execute("COMMIT")
    theirs = time.monotonic() - began
    print(f"| trigger of {count:,} devices; others wait at most | {ours:.2f} s; {1000 * max(waited):,.0f} ms | "
          f"{theirs:.2f} s | {theirs / ours:.2f} |", flush=True)  # fmt: skip


def stop_rule(folder: Path, count: int, asked: int) -> None:
    """Print the CPU that all jobs of a batch with a stop rule take to be asked whether they may start."""
    with opened(folder / "rule.db") as store:
        jobs = new_jobs(store, count, "batch-rule", max_failures=10)
        batch = store.batch("batch-rule")
        began = time.process_time()
        for job in jobs[:asked]:
            ask(store, batch, job)
        ours = (time.process_time() - began) / asked
        connection = store._db.connection  # noqa: SLF001 - the peer is one indexed query on the same file
        began = time.process_time()
        for job in jobs[:asked]:
            connection.execute("SELECT status, wave FROM jobs WHERE id = ?", [job.id]).fetchone()
        theirs = (time.process_time() - began) / asked
    print(f"| stop rule, {count:,} jobs, CPU of all | {ours * count:,.1f} s | {theirs * count:,.2f} s | "
          f"{theirs / ours:.4f} |", flush=True)  # fmt: skip


def sightings(folder: Path, count: int, times: int) -> None:
    """Print how long it takes to say what each device runs and since when, beside reading all that was ever seen."""
    with opened(folder / "sightings.db") as store:
        ids = [*store.device_ids([f"sw{number}" for number in range(count)]).values()]
        rows = [
            (device, f"17.{release}.{device % 9}", json.dumps({"1": f"17.{release}.{device % 9}"}), f'["FOC{device}"]')
            for release in range(times) for device in ids
        ]  # fmt: skip
        connection = store._db.connection  # noqa: SLF001 - nobody scans so often in a benchmark
        connection.executemany(
            "INSERT INTO sightings (device_id, release, members, doubt, serials, seen_by, since, at) VALUES "
            "(?, ?, ?, '', ?, 'scan', '2031-05-04T01:00:00.000000Z', '2031-05-04T01:00:00.000000Z')", rows
        )  # fmt: skip
        connection.commit()
        began = time.process_time()
        told = last_periods(store, ids)
        ours = time.process_time() - began
        began = time.process_time()
        every = {device: periods(seen)[-1] for device, seen in store.sightings().items()}
        theirs = time.process_time() - began
    if told != every:
        raise SystemExit("the newest sightings do not tell what all of them tell")
    print(f"| what {count:,} devices run, seen {times} times each, CPU | {ours:.2f} s | {theirs:.2f} s | "
          f"{theirs / ours:.1f} |", flush=True)  # fmt: skip


def ask(store: Store, batch: Batch, job: Job) -> None:
    """Ask what the engine asks before it starts a job."""
    too_many(batch, store.tallies(batch.id).get(job.wave, Tally()))


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    print("| what | swimctl | peer | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        stop_rule(folder, 10_000, 20)
        sightings(folder, 10_000, 20)
        trigger(folder, 10_000)
        for threads, sessions in ((1, 0), (100, 0), (100, 50)):
            events(folder, threads, sessions, seconds)
        processes(folder, 3, seconds)
        workers(folder, 500, seconds)


if __name__ == "__main__":
    main()
