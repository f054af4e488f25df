"""One thread writes for all: what waits is one transaction, and what fails in it fails alone."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from support.stores import opened, some_jobs, statements, switches

from swimctl.errors import NotFound, StaleClaim, StoreError
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Store

MANY = 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "s.db") as found:
        yield found


@contextmanager
def held_up(store: Store) -> Iterator[None]:
    """Let the thread that writes wait meanwhile, so that all that is asked for is one group."""
    begun, go_on = threading.Event(), threading.Event()

    def work(_: Database) -> None:
        begun.set()
        go_on.wait()

    holding = threading.Thread(target=lambda: store._db.write(work))
    holding.start()
    begun.wait()
    try:
        yield
    finally:
        go_on.set()
        holding.join()


def at_once(store: Store, *asked: Callable[[], Any]) -> list[Future[Any]]:
    """Ask for all these writes in one group."""
    with ThreadPoolExecutor(len(asked)) as threads:
        with held_up(store):
            found = [threads.submit(one) for one in asked]
            while store._db._writer._waiting.qsize() < len(asked):
                threading.Event().wait(0.001)
        return found


def test_what_waits_is_one_transaction_and_each_gets_its_own_answer(store: Store) -> None:
    jobs = some_jobs(store, switches(MANY))
    with statements(store) as seen:
        told = at_once(store, *(lambda job=job: store.record(job.id, "note", f"of {job.id}") for job in jobs))
    events = [one.result() for one in told]
    assert [store.events(job.id)[-1] for job in jobs] == events
    assert len({event.id for event in events}) == MANY
    assert len([one for one in seen if one.startswith("BEGIN IMMEDIATE")]) == 2, "the one that held up, and the group"
    # Python hears a statement again for each trigger that it fires.
    assert len({one for one in seen if one.startswith("INSERT INTO events")}) == 1


def test_what_fails_in_a_group_fails_alone_and_leaves_nothing(store: Store) -> None:
    job, other = some_jobs(store, switches(2))
    with store.register_runner() as runner, store.register_runner() as stranger:
        store.claim(job.id, runner)

        def half(sql: Database) -> None:
            sql.execute("INSERT INTO devices (name) VALUES ('half')")
            raise KeyError("half-way")

        told = at_once(
            store,
            lambda: store.record(job.id, "note", "kept"),
            lambda: store.record(999, "note", "of no job"),
            lambda: store._db.write(half),
            lambda: store._db.write(lambda sql: sql.execute("INSERT INTO devices (name) VALUES ('sw1')") and None),
            lambda: store.step(job.id, stranger, "readiness", StepStatus.RUNNING),
            lambda: store.step(job.id, runner, "readiness", StepStatus.RUNNING, "kept too"),
            lambda: store.record(other.id, "note", "a NUL \0 of a device"),
        )
        kinds = [type(one.exception()) for one in told]
        assert kinds == [type(None), NotFound, KeyError, StoreError, StaleClaim, type(None), type(None)]
        assert "job 999" in str(told[1].exception())
        assert "UNIQUE" in str(told[3].exception())
        assert store.device_name(3) is None
        assert [event.message for event in store.events(job.id)][-2:] in (["kept", "kept too"], ["kept too", "kept"])
        assert store.events(other.id)[-1].message == "a NUL \0 of a device"


def test_what_cannot_be_committed_is_promised_to_nobody(store: Store) -> None:
    jobs = some_jobs(store, switches(MANY))
    pages = store._db.connection.execute("PRAGMA page_count").fetchone()[0]
    store._db.connection.execute(f"PRAGMA max_page_count = {pages}")
    asked = [lambda job=job: store.record(job.id, "note", "x" * 50_000) for job in jobs]
    told = at_once(store, *asked, lambda: store.cancel([jobs[0].id]))
    store._db.connection.execute("PRAGMA max_page_count = 1000000")
    for one, job in zip(told, jobs, strict=False):
        kept = [event.kind for event in store.events(job.id)].count("note")
        assert kept == (one.exception() is None)
    assert any("disk is full" in str(one.exception()) for one in told)
    cancelled = told[-1].exception() is None
    assert (store.job(jobs[0].id).status is JobStatus.CANCELLED) == cancelled
    assert store.check() == []
    assert store.record(jobs[0].id, "note", "and it goes on").id


def test_who_reads_waits_for_nobody_who_writes(store: Store) -> None:
    [job] = some_jobs(store, ["sw1"])
    with held_up(store):
        assert store.jobs() == [job]
        with ThreadPoolExecutor(MANY) as threads:
            assert all(threads.map(lambda _: store.job(job.id) == job, range(3 * MANY)))


def test_what_waits_when_the_store_is_closed_is_written(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = opened(path)
    jobs = some_jobs(store, switches(MANY))
    with ThreadPoolExecutor(MANY + 1) as threads:
        with held_up(store):
            told = [threads.submit(store.record, job.id, "note", "kept") for job in jobs]
            while store._db._writer._waiting.qsize() < MANY:
                threading.Event().wait(0.001)
            closing = threads.submit(store.close)
            while not store._db._writer._closed:
                threading.Event().wait(0.001)
            with pytest.raises(StoreError, match="closed"):
                store.record(jobs[0].id, "note", "too late")
        closing.result()
        assert all(one.exception() is None for one in told)
    with opened(path) as again:
        assert [again.events(job.id)[-1].message for job in jobs] == ["kept"] * MANY


def test_the_version_is_another_one_after_each_commit_of_anybody(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store, opened(tmp_path / "s.db") as other:
        [job] = some_jobs(store, ["sw1"])
        seen = [store.version()]
        for who in (store, other, store, other):
            assert store.version() == seen[-1] is not None
            who.record(job.id, "note", "x")
            seen.append(store.version())
        assert len(set(seen)) == len(seen)
        with pytest.raises(StaleClaim), store.register_runner() as runner:
            store.step(job.id, runner, "readiness", StepStatus.RUNNING)
    assert store.version() is None, "closed"


def test_a_fork_is_told_to_open_it_anew(store: Store) -> None:
    """SQLite's locks and our thread stay with the process that opened the store."""
    [job] = some_jobs(store, ["sw1"])
    store.job(job.id)
    child = os.fork()
    if child == 0:
        refused = 0
        for asked in (lambda: store.record(job.id, "note", "x"), lambda: store.job(job.id)):
            try:
                asked()
            except StoreError as error:
                refused += "open it again" in str(error)
        store._db.close()
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert store.record(job.id, "note", "the parent goes on").id


def test_a_store_that_nobody_closes_ends_its_thread(tmp_path: Path) -> None:
    store = opened(tmp_path / "s.db")
    some_jobs(store, ["sw1"])
    thread = store._db._writer._thread
    assert thread is not None
    del store
    while thread.is_alive():  # it may hold the last write, and with it the store, for a moment after that is answered
        gc.collect()
        thread.join(0.01)


def test_beside_many_readers_the_log_does_not_grow_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    long = 6 * 2**20  # from 4 MB on SQLite itself would begin it anew, if it could
    monkeypatch.setattr("swimctl.store.writer.LONG_LOG", long)
    monkeypatch.setattr("swimctl.store.writer.LOG_PATIENCE", 60.0)  # a busy machine's readers take their time
    db, log, ended = store._db, store.path.with_name("s.db-wal"), threading.Event()

    def read_on() -> None:
        """Hold a snapshot at each moment: the next one begins before the last one ends."""
        with ExitStack() as last:
            while not ended.is_set():
                with ExitStack() as this:
                    this.enter_context(db.read()).execute("SELECT count(*) FROM events").fetchone()
                    last.close()
                    last.push(this.pop_all())

    one = b"x" * 2**20
    db.write(lambda sql: sql.execute("CREATE TABLE large (content)"))
    most = 0
    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(read_on) for _ in range(2)]
        try:
            for _ in range(20):
                db.write(lambda sql: sql.execute("INSERT INTO large VALUES (?)", (one,)))
                most = max(most, log.stat().st_size)
        finally:
            ended.set()
    assert [each.result() for each in reading] == [None, None]
    # Looked at after a write: one makes it long, and the size of the next may be seen here before it is emptied.
    assert long / 2 < most < long + 3 * len(one)
    assert store.check() == []


def test_a_reader_who_stays_is_not_waited_for_after_each_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.store.writer.LOG_PATIENCE", 0.0)
    monkeypatch.setattr("swimctl.store.writer.LONG_LOG", 2**18)
    log = store.path.with_name("s.db-wal")
    store._db.write(lambda sql: sql.execute("CREATE TABLE large (content)"))
    with statements(store) as seen, store._db.read() as sql:
        sql.execute("SELECT count(*) FROM large").fetchone()
        for _ in range(64):
            store._db.write(lambda sql: sql.execute("INSERT INTO large VALUES (?)", (b"x" * 2**14,)))
        grown = log.stat().st_size
        assert sql.execute("SELECT count(*) FROM large").fetchone()[0] == 0, "who reads still sees what was"
    assert grown > 2**20
    assert 2 <= len([one for one in seen if "wal_checkpoint" in one]) <= grown / 2**18
    for _ in range(32):
        store._db.write(lambda sql: sql.execute("INSERT INTO large VALUES (?)", (b"x" * 2**14,)))
    assert log.stat().st_size < grown, "and emptied once it has gone"
