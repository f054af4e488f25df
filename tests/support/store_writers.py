"""Processes that write a store all the time and tell each thing that was acknowledged; and what a store must be."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, Self

from support import forked
from support.stores import STEPS, opened, some_jobs, switches

from swimctl.clock import SystemClock
from swimctl.models import ExecutionMode, Job, Outcome
from swimctl.states import FINAL, JobStatus, StepStatus
from swimctl.store import IdempotencyKey, Runner, Store

Fact = tuple[Any, ...]
CLOCK: Final = SystemClock()
AN_HOUR: Final = timedelta(hours=1)
GROUPS: Final = (None, None, "core", "edge")
LIVES: Final = 150  # calls until a writer closes the store and opens it again
# Forked from a process that has all imported: a start takes milliseconds, and two hundred are wanted.
forkserver = multiprocessing.get_context("forkserver")

# What a store must never hold, whatever happened to its machine. A batch's `workers` is the number of its jobs here.
HALF_MADE: Final = {
    "a batch without all its jobs": """
        SELECT id FROM batches b WHERE workers <> (SELECT count(*) FROM jobs WHERE batch_id = b.id)""",
    "a batch without its answer, or an answer without its batch": """
        SELECT id FROM batches WHERE id NOT IN (SELECT key FROM idempotency)
        UNION SELECT key FROM idempotency WHERE key NOT IN (SELECT id FROM batches)""",
    "a job without its four steps": """
        SELECT id FROM jobs j WHERE 4 <> (SELECT count(*) FROM steps WHERE job_id = j.id)""",
    "a job that was not created once": """
        SELECT id FROM jobs j WHERE 1 <> (SELECT count(*) FROM events WHERE job_id = j.id AND kind = 'created')""",
    "a job that its events say is something else": """
        SELECT id FROM jobs j WHERE status IS NOT (
            SELECT json_extract(data, '$.to') FROM events WHERE job_id = j.id
            AND kind IN ('created', 'claimed', 'resumed', 'status') ORDER BY id DESC LIMIT 1)""",
    "a step that its job's events say is something else": """
        SELECT s.job_id, s.kind FROM steps s JOIN jobs j ON j.id = s.job_id
        WHERE j.finished_at IS NULL AND s.status IS NOT ifnull((
            SELECT json_extract(data, '$.status') FROM events e WHERE e.job_id = j.id AND kind = 'step'
            AND json_extract(data, '$.kind') = s.kind ORDER BY e.id DESC LIMIT 1), 'pending')""",
    "an end without an outcome, or an outcome before the end": """
        SELECT id FROM jobs WHERE (status IN ('success', 'failed', 'cancelled')) <> (outcome IS NOT NULL)""",
    "an end with steps to come": """
        SELECT j.id FROM jobs j JOIN steps s ON s.job_id = j.id
        WHERE j.outcome IS NOT NULL AND s.status IN ('pending', 'running')""",
    "a job that ended twice": """
        SELECT job_id FROM events WHERE kind = 'status'
        AND json_extract(data, '$.to') IN ('success', 'failed', 'cancelled') GROUP BY job_id HAVING count(*) > 1""",
    "a claim without its event": """
        SELECT id FROM jobs j
        WHERE attempted <> EXISTS (SELECT 1 FROM events WHERE job_id = j.id AND kind = 'claimed')""",
    "a gap among the events": "SELECT count(*) FROM events HAVING count(*) <> ifnull(max(id), 0)",
}


def half_made(store: Store) -> dict[str, list[Fact]]:
    """List what is there in part only; empty where all is well."""
    with store._db.read() as sql:
        found = {what: [tuple(row) for row in sql.execute(query)] for what, query in HALF_MADE.items()}
    return {what: rows for what, rows in found.items() if rows}


def kept(store: Store) -> set[Fact]:
    """Return all facts in a store, as writers tell them."""
    with store._db.read() as sql:
        events = sql.execute("SELECT job_id, kind, message, json_extract(data, '$.to') FROM events").fetchall()
        taken = sql.execute("SELECT 'taken', id, job_id, kind FROM events WHERE kind IN ('claimed', 'resumed')")
        jobs = sql.execute(
            "SELECT 'batch', batch_id, group_concat(id) FROM (SELECT * FROM jobs ORDER BY id) GROUP BY 2"
        )
        return {tuple(row) for row in (*events, *taken, *jobs)}


class Writer:
    """What one process does with a store: everything, in any order."""

    def __init__(self, store: Store, runner: Runner, name: str, chance: random.Random, tell: Callable[[Fact], None]):
        self.store, self.runner, self.name, self.chance, self.tell = store, runner, name, chance, tell
        self.said = 0
        self._deeds = [self._step] * 6 + [self._move] * 4 + [self._note] * 3 + [self._end_waiting] * 2 + [self._release]
        self.waiting: list[int] = [job.id for job in store.due(CLOCK.now())[:10]]
        self.held: list[int] = []
        for job in store.interrupted()[:10]:
            self._claim(job.id)

    def act(self) -> None:
        """Do one thing."""
        self.said += 1
        if len(self.waiting) < 8:
            self._create()
        elif len(self.held) < 4:
            self._claim(self.waiting.pop(self.chance.randrange(len(self.waiting))))
        else:
            self.chance.choice(self._deeds)()

    def _word(self) -> str:
        return f"{self.name} {self.said}"

    def _create(self) -> None:
        devices = self.chance.sample(switches(40), self.chance.randint(1, 6))
        batch_id = f"{self.name}-{self.said:06}"
        made = some_jobs(
            self.store,
            devices,
            batch_id,
            idempotency=IdempotencyKey(self.name, batch_id, "a" * 64),
            groups=self.chance.choices(GROUPS, k=len(devices)),
            waves=self.chance.choices((1, 2), k=len(devices)),
            workers=len(devices),
            mode=self.chance.choice(list(ExecutionMode)),
            detached=self.chance.random() < 0.5,
            schedule_time=self.chance.choice((None, None, CLOCK.now() - AN_HOUR, CLOCK.now() + AN_HOUR)),
        )
        ids = [job.id for job in made]
        self.tell(("batch", batch_id, ",".join(map(str, ids))))
        self.waiting += ids

    def _claim(self, job_id: int) -> None:
        job = self.store.claim(job_id, self.runner)
        if job is not None:
            self.held.append(job_id)
            event = self.store.events(job_id)[-1]
            self.tell(("taken", event.id, job_id, event.kind))

    def _step(self) -> None:
        job_id, name = self.chance.choice(self.held), self.chance.choice(STEPS)
        status = self.chance.choice((StepStatus.RUNNING, StepStatus.SUCCESS, StepStatus.FAILED))
        self.store.step(job_id, self.runner, name, status, self._word())
        self.tell((job_id, "step", self._word(), None))

    def _move(self) -> None:
        job_id = self.chance.choice(self.held)
        if self.store.job(job_id).status is JobStatus.DISTRIBUTING:
            self.store.move(job_id, self.runner, JobStatus.ACTIVATING, self._word())
            self.tell((job_id, "status", self._word(), JobStatus.ACTIVATING))
            return
        self.held.remove(job_id)
        if self.chance.random() < 0.5:
            self.store.move(job_id, self.runner, JobStatus.FAILED, self._word())
            self.tell((job_id, "status", self._word(), JobStatus.FAILED))
        else:
            succeed(self.store, self.runner, self.store.job(job_id))
            self.tell((job_id, "status", "success", JobStatus.SUCCESS))

    def _note(self) -> None:
        job_id = self.chance.choice(self.held)
        self.store.say(job_id, self.runner, self._word())
        self.tell((job_id, "progress", self._word(), None))

    def _release(self) -> None:
        job_id = self.held.pop()
        self.store.release(job_id, self.runner, self._word())
        self.tell((job_id, "released", self._word(), None))

    def _end_waiting(self) -> None:
        ids = [self.waiting.pop() for _ in range(self.chance.randint(1, 3))]
        if self.chance.random() < 0.7:
            for job_id in self.store.cancel(ids):
                self.tell((job_id, "status", "cancelled", JobStatus.CANCELLED))
        else:
            for job_id in self.store.fail_waiting(ids, self._word()):
                self.tell((job_id, "status", self._word(), JobStatus.FAILED))


def succeed(store: Store, runner: Runner, job: Job) -> None:
    """Go through what is left of a held job."""
    for step in job.steps:
        if step.status is not StepStatus.SUCCESS:
            store.step(job.id, runner, step.kind, StepStatus.SUCCESS)
    store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)


def write_until_killed(told: Connection, path: Path, name: str, seed: int, pause: float) -> None:
    """Write, with a pause after each deed. Each fact is told after the store has said that it is kept, never before."""
    chance, life = random.Random(seed), 0  # noqa: S311 deeds, no secret
    while True:
        life += 1
        with opened(path) as store, store.register_runner() as runner:
            # SQLite's own 1000 pages, and fewer: what a checkpoint is at when the power goes is the interesting part.
            store._db.connection.execute(f"PRAGMA wal_autocheckpoint = {chance.choice((4, 40, 1000))}")
            writer = Writer(store, runner, f"{name}.{life}", chance, told.send)
            for _ in range(LIVES):
                writer.act()
                time.sleep(pause)


def end_all(path: Path) -> None:
    """Take up what is interrupted and what is due, until every job of the store has ended."""
    tonight, give_up = CLOCK.now() + 8 * AN_HOUR, time.monotonic() + 240
    with opened(path) as store, store.register_runner() as runner:
        while store.unfinished():
            assert time.monotonic() < give_up, [job.id for job in store.unfinished()]
            for job in store.interrupted() + store.due(tonight):
                taken = store.claim(job.id, runner)
                if taken is not None:
                    succeed(store, runner, taken)


def start(function: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a process that ends with this one."""
    forked.ready()
    process = forkserver.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


class Telling:
    """A writer in a process of its own, and what it has told so far."""

    def __init__(self, path: Path, name: str, seed: int, pause: float = 0.0) -> None:
        self.told: list[Fact] = []
        self._ours, theirs = forkserver.Pipe(duplex=False)
        self.process = start(write_until_killed, theirs, path, name, seed, pause)
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def listen(self, seconds: float) -> None:
        """Hear what it tells for so long, so that it never waits for whoever listens."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._hear(left):
            pass

    def hear_out(self) -> list[Fact]:
        """Return all that it has told, where it stands still or is dead."""
        while self._hear(0):
            pass
        return list(self.told)

    def _hear(self, seconds: float) -> bool:
        try:
            if self._ours.poll(seconds):
                self.told.append(self._ours.recv())
                return True
        except (EOFError, ConnectionError):
            pass  # it is dead: nothing more comes
        return False

    def hear_first(self) -> None:
        """Wait until it has done something."""
        assert self.told or self._hear(60), "it stands still"

    def kill(self) -> list[Fact]:
        """End it as kill -9 does, and give all that it had told before."""
        self.process.kill()
        self.process.join()
        return self.hear_out()


def ended_once(store: Store) -> None:
    """Every job of the store has ended, and nothing is half-made."""
    assert store.check() == []
    assert half_made(store) == {}
    assert {job.status for job in store.jobs()} <= FINAL
