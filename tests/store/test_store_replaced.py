"""The store's file is another one, or its log is gone, while a process has it open: nothing is promised any more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.stores import StandingClock, opened, some_jobs, switches

from swimctl.errors import StoreError, StoreReplaced
from swimctl.store import Store, database


def put_back_a_backup(path: Path) -> None:
    """Do what docs/store.md says, but for its first line: nothing was stopped."""
    for log in ("-wal", "-shm"):
        path.with_name(f"{path.name}{log}").unlink()
    (path.parent / "backup.db").replace(path)


def replace_the_file_alone(path: Path) -> None:
    (path.parent / "backup.db").replace(path)


def copy_over_another_file(path: Path) -> None:
    path.rename(path.with_name("aside.db"))
    shutil.copy(path.parent / "backup.db", path)


def remove_the_file(path: Path) -> None:
    path.unlink()


def remove_the_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def remove_the_index(path: Path) -> None:
    path.with_name(f"{path.name}-shm").unlink()


def move_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def make_the_folder_a_file(path: Path) -> None:
    move_the_folder(path)
    path.parent.touch()


WAYS = (
    put_back_a_backup,
    replace_the_file_alone,
    copy_over_another_file,
    remove_the_file,
    remove_the_log,
    remove_the_index,
    move_the_folder,
    make_the_folder_a_file,
)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_promised_from_then_on(tmp_path: Path, way: Callable[[Path], None]) -> None:
    path = tmp_path / "data" / "s.db"
    path.parent.mkdir()
    with opened(path) as store:
        before = some_jobs(store, ["sw1"])
        store.back_up(path.parent / "backup.db")
        way(path)
        for asked in (
            lambda: some_jobs(store, ["sw2"], "another"),
            lambda: store.cancel([before[0].id]),
            store.register_runner,
            store.batches,
            store.require_in_place,
        ):
            with pytest.raises(StoreReplaced, match="was replaced or removed while this process had it open") as caught:
                asked()
            assert str(path) in str(caught.value)
            assert "`swimctl store check`" in str(caught.value)
        [problem] = store.check()
        assert "was replaced or removed" in problem


def test_a_replacement_in_the_middle_of_a_write_is_not_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        [job] = some_jobs(store, ["sw1"])
        store.back_up(tmp_path / "backup.db")
        with pytest.raises(StoreReplaced):
            store._db.write(lambda _: put_back_a_backup(path))
    with Store.open(path, StandingClock(), create=False) as store:
        assert store.jobs() == [job]


def test_a_replacement_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        some_jobs(store, ["sw1"])
        store.back_up(tmp_path / "backup.db")
    prepare = database.Database._prepare

    def meanwhile(self: database.Database) -> None:
        prepare(self)
        (tmp_path / "backup.db").replace(path)

    monkeypatch.setattr(database.Database, "_prepare", meanwhile)
    with pytest.raises(StoreReplaced, match="replaced while it was opened"):
        opened(path)
    monkeypatch.undo()
    opened(path).close()


def test_what_was_acknowledged_before_the_log_was_removed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        made = some_jobs(store, switches(3))
        remove_the_log(path)
        with pytest.raises(StoreReplaced):
            store.cancel([made[0].id])
    with Store.open(path, StandingClock(), create=False) as store:  # SQLite has saved it when it closed the file
        assert store.jobs() == made
        assert store.check() == []


def test_what_looks_like_a_replacement_and_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that comes and goes, a checkpoint, a link as the path, another current folder, new rights."""
    (tmp_path / "data").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "s.db")
    monkeypatch.chdir(tmp_path)
    with Store.open(Path("link.db"), StandingClock()) as store:
        some_jobs(store, ["sw1"])
        with opened(tmp_path / "data" / "s.db") as other:
            some_jobs(other, ["sw2"], "another")
            assert other._db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        (tmp_path / "data" / "s.db").chmod(0o640)
        os.utime(tmp_path / "data" / "s.db")
        monkeypatch.chdir("/")
        assert len(store.jobs()) == 2
        store.require_in_place()
        (tmp_path / "link.db").unlink()
        with pytest.raises(StoreReplaced, match=r"link\.db"):
            store.jobs()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_cannot_be_entered_any_more_is_no_replacement(tmp_path: Path) -> None:
    path = tmp_path / "data" / "s.db"
    path.parent.mkdir()
    with opened(path) as store:
        path.parent.chmod(0)
        try:
            with pytest.raises(StoreError, match="cannot be checked"):
                store.jobs()
        finally:
            path.parent.chmod(0o700)
