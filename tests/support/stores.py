"""Stores for tests: files with an image and jobs, and what other processes do with them at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Event
from typing import Any

from sqlite_utils import Database as Sql
from support.forked import Processes

from swimctl.clock import SystemClock
from swimctl.models import Batch, ExecutionMode, Image, Job, JobOptions
from swimctl.states import STEP_NAMES
from swimctl.store import IdempotencyKey, Kind, NewJob, Store
from swimctl.store.idempotency import ids_of
from swimctl.store.readers import Readers

STEPS = tuple(STEP_NAMES)
NOON = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)

spawn = Processes()


class StandingClock:
    """A clock that a test puts forward by hand."""

    speed = 1.0

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOON).total_seconds()

    def sleep(self, seconds: float, stop: Event | None = None) -> None:  # noqa: ARG002 - as Clock wants it
        self.forward(seconds)

    def mark(self) -> dict[str, str | float]:
        return {"seconds": self.monotonic()}

    def since(self, mark: Mapping[str, Any]) -> float:
        return self.monotonic() - float(mark["seconds"])

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def opened(path: Path) -> Store:
    return Store.open(path, SystemClock())


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Hear each statement that this store's connections run meanwhile."""
    seen: list[str] = []
    database = store._db
    before = database._readers

    def heard() -> Sql:
        sql = database._open_reader()
        sql.conn.set_trace_callback(seen.append)
        return sql

    database._readers = Readers(heard)
    database.connection.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        database.connection.set_trace_callback(None)
        database._readers, heard_by = before, database._readers
        heard_by.close()


def said(store: Store, statement: str, values: Sequence[object] = ()) -> None:
    """Write into the store what none of its methods would."""
    store._db.write(lambda sql: sql.execute(statement, list(values)))


def some_image(store: Store, name: str = "cat9k_iosxe.17.12.04.SPA.bin", **changes: Any) -> Image:
    facts = {
        "path": Path("/srv/images") / name,
        "filename": name,
        "platform": "cisco_xe",
        "family": name.split(".", maxsplit=1)[0],
        "version": "17.12.04",
        "size": 1_000,
        "sha512": "a" * 128,
        "md5": "b" * 32,
    }
    return store.add_image(**{**facts, **changes})


def some_batch(batch_id: str, **changes: Any) -> Batch:
    facts: dict[str, Any] = {
        "id": batch_id,
        "mode": ExecutionMode.PARALLEL,
        "max_failures": 0,
        "options": JobOptions(),
        "created_at": NOON,
        "detached": True,
    }
    return Batch(**{**facts, **changes})


def some_jobs(
    store: Store,
    devices: Sequence[str],
    batch_id: str = "batch-0001",
    *,
    idempotency: IdempotencyKey | None = None,
    answer: Callable[[Sequence[Job]], dict[str, Any]] = ids_of,
    groups: Sequence[str | None] | None = None,
    waves: Sequence[int] | None = None,
    kinds: Sequence[Kind | None] | None = None,
    unproved: bool = True,
    **changes: Any,
) -> list[Job]:
    """Make a batch with one job a name; a name may come several times. `groups`, `waves` and `kinds` are of the jobs.

    Where they have kinds, the first of each goes alone unless that is proved, or `unproved` is false.
    """
    image = some_image(store)
    ids = store.device_ids(devices)
    new = [
        NewJob(
            *(ids[name], name, image.id, STEPS, wave, group),
            kind=kind.key if kind else "",
            unproved=unproved and kind is not None,
        )
        for name, wave, group, kind in zip(
            devices,
            waves or [1] * len(devices),
            groups or [None] * len(devices),
            kinds or [None] * len(devices),
            strict=True,
        )
    ]
    return store.create_batch(some_batch(batch_id, **changes), new, idempotency, answer)


def switches(count: int) -> list[str]:
    return [f"sw{number}" for number in range(1, count + 1)]


def at_once(*tasks: tuple[Callable[..., Any], tuple[Any, ...]]) -> list[Any]:
    """Run each task in a process of its own, all let go at the same moment; gives back what they return."""
    barrier = spawn.Barrier(len(tasks))
    processes, answers = [], []
    for function, arguments in tasks:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_answer, args=(theirs, barrier, function, arguments), daemon=True)
        process.start()
        theirs.close()
        processes.append(process)
        answers.append(ours)
    found = [answer.recv() for answer in answers]
    for process in processes:
        process.join()
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found


def _answer(answer: Connection, barrier: Barrier, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    barrier.wait(60)
    try:
        answer.send(function(*arguments))
    except Exception as error:  # noqa: BLE001 - the test shows it
        answer.send(error)
