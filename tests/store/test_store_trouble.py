"""What a store says when the machine around it fails: disk, locks, links, rights."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from support.stores import StandingClock, at_once, opened, some_jobs, switches

from swimctl.errors import StoreError
from swimctl.states import JobStatus
from swimctl.store import Store, database


def test_a_full_disk_says_so_and_spoils_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        [job] = some_jobs(store, ["sw1"])
        pages = store._db.connection.execute("PRAGMA page_count").fetchone()[0]
        store._db.connection.execute(f"PRAGMA max_page_count = {pages}")  # a file that may not grow is a full disk
        with pytest.raises(StoreError, match="disk is full") as caught:
            _write_much(store, job.id)
        assert str(tmp_path / "s.db") in str(caught.value)
        kept = store.events(job.id)
        store._db.connection.execute("PRAGMA max_page_count = 1000000")
        store.record(job.id, "note", "there is space again")
        assert [event.id for event in store.events(job.id)][:-1] == [event.id for event in kept]
        assert store.check() == []


def _write_much(store: Store, job_id: int) -> None:
    for _ in range(100):
        store.record(job_id, "note", "x" * 1000)


def test_a_store_that_became_read_only_says_so(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        [job] = some_jobs(store, ["sw1"])
        store._db.connection.execute("PRAGMA query_only = ON")
        for refused in (
            lambda: store.record(job.id, "note", "x"),
            lambda: store.cancel([job.id]),
            lambda: store.device_ids(["new"]),
            store.register_runner,
        ):
            with pytest.raises(StoreError, match="cannot be written"):
                refused()
        assert list((tmp_path / "s.db.runners").glob("*.lock")) == []
        assert store.job(job.id) == job


def test_a_store_locked_for_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with opened(path) as store:
        [job] = some_jobs(store, ["sw1"])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            store.cancel([job.id])
        assert store.job(job.id).status is JobStatus.PENDING  # who only reads is not kept waiting
        other.execute("ROLLBACK")
        other.close()
        assert store.cancel([job.id]) == [job.id]


def test_a_store_reached_over_a_link_knows_the_same_runners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "s.db")
    with opened(tmp_path / "data" / "s.db") as store, store.register_runner() as runner:
        [job] = some_jobs(store, ["sw1"])
        store.claim(job.id, runner)
        monkeypatch.chdir(tmp_path)
        with opened(Path("link.db")) as linked:
            monkeypatch.chdir(tmp_path / "data")
            with linked.register_runner() as other:
                assert linked.interrupted() == []
                assert linked.claim(job.id, other) is None
        assert not (tmp_path / "link.db.runners").exists()


def test_check_sees_rights_that_are_too_wide_and_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        assert store.check() == []
        path.chmod(0o640)
        [problem] = store.check()
        assert f"chmod 600 {path}" in problem
        path.unlink()
        [problem] = store.check()
        assert "removed" in problem


def test_check_sees_a_row_that_points_nowhere(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        some_jobs(store, switches(2))
        store._db.connection.execute("PRAGMA foreign_keys = OFF")
        store._db.connection.execute("DELETE FROM devices WHERE name = 'sw2'")
        [problem] = store.check()
        assert "devices" in problem


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_that_may_not_be_entered(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    [text] = at_once((_open_as_nobody, (tmp_path / "deeper" / "s.db",)))
    assert text.startswith("StoreError: ")
    assert "rights" in text


def _open_as_nobody(path: Path) -> str:
    os.setresuid(65534, 65534, 65534)
    try:
        Store.open(path, StandingClock()).close()
    except Exception as error:  # noqa: BLE001 - the test wants to see which
        return f"{type(error).__name__}: {error}"
    return "opened"


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(tmp_path / ("x" * 300))


def test_a_store_in_use_by_many_processes_forgets_no_event(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        [job] = some_jobs(store, ["sw1"])
        at_once(*[(_write_notes, (path, job.id, 60))] * 3)
        kept = [event.message for event in store.events(job.id) if event.kind == "note"]
    assert len(kept) == 180
    for writer in {message.split()[0] for message in kept}:
        mine = [int(message.split()[1]) for message in kept if message.startswith(writer + " ")]
        assert mine == list(range(60))


def _write_notes(path: Path, job_id: int, count: int) -> None:
    name = os.getpid()
    with opened(path) as store:
        for number in range(count):
            store.record(job_id, "note", f"{name} {number}")
