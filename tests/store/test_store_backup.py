"""A backup of the store: whole or not there at all, whatever others write and whatever fails."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.stores import at_once, opened, some_jobs, switches

from swimctl.errors import StoreError, SwimctlError, UsageError
from swimctl.store import Store, backup


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "data").mkdir()
    with opened(tmp_path / "data" / "s.db") as opened_store:
        yield opened_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def test_a_backup_is_one_file_for_its_owner_alone(store: Store, folder: Path) -> None:
    jobs = some_jobs(store, switches(5))
    old = os.umask(0)
    try:
        size = store.back_up(folder / "b.db")
    finally:
        os.umask(old)
    assert [path.name for path in folder.iterdir()] == ["b.db"]
    told = (folder / "b.db").stat()
    assert (stat.S_IMODE(told.st_mode), told.st_size, told.st_nlink) == (0o600, size, 1)
    with closing(sqlite3.connect(f"file:{folder / 'b.db'}?mode=ro&immutable=1", uri=True)) as alone:
        assert alone.execute("SELECT count(*) FROM jobs").fetchone() == (5,)
    with opened(folder / "b.db") as copy:
        assert copy.jobs() == jobs
        assert copy.check() == []
    some_jobs(store, ["sw9"], "batch-0002")  # the store itself goes on
    assert store.check() == []


def test_a_backup_never_goes_over_anything(store: Store, folder: Path) -> None:
    (folder / "file").write_bytes(b"precious")
    (folder / "empty").touch()
    (folder / "link").symlink_to(folder / "nothing")
    for taken in (folder / "file", folder / "empty", folder / "link", store.path):
        with pytest.raises(UsageError, match="there already"):
            store.back_up(taken)
    with pytest.raises(UsageError, match="is a folder"):
        store.back_up(folder)
    with pytest.raises(UsageError, match="does not exist"):
        store.back_up(folder / "none" / "b.db")
    assert (folder / "file").read_bytes() == b"precious"
    assert sorted(path.name for path in folder.iterdir()) == ["empty", "file", "link"]


def test_a_file_that_comes_while_the_backup_is_made_stays(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = backup._copy

    def meanwhile(*given: Any) -> None:
        copy(*given)
        (folder / "b.db").write_bytes(b"of somebody else")

    monkeypatch.setattr(backup, "_copy", meanwhile)
    for links in (True, False):
        if not links:
            monkeypatch.setattr(Path, "hardlink_to", _no_links)
        (folder / "b.db").unlink(missing_ok=True)
        with pytest.raises(UsageError, match="there already"):
            store.back_up(folder / "b.db")
        assert (folder / "b.db").read_bytes() == b"of somebody else"
        assert [path.name for path in folder.iterdir()] == ["b.db"]


def _no_links(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_file_system_without_links_gets_its_backup_too(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_jobs(store, ["sw1"])
    monkeypatch.setattr(Path, "hardlink_to", _no_links)
    store.back_up(folder / "b.db")
    assert [path.name for path in folder.iterdir()] == ["b.db"]
    with opened(folder / "b.db") as copy:
        assert len(copy.jobs()) == 1


def full_disk(partial: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(partial, isolation_level=None)
    connection.execute("PRAGMA max_page_count = 10")  # a file that may not grow is a full disk
    return connection


def no_rights(_: Path) -> sqlite3.Connection:
    raise sqlite3.OperationalError("unable to open database file")


@pytest.mark.parametrize(("connected", "said"), [(full_disk, "full"), (no_rights, "unable to open")])
def test_a_backup_that_fails_says_so_and_leaves_nothing(
    store: Store,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    connected: Callable[[Path], sqlite3.Connection],
    said: str,
) -> None:
    some_jobs(store, switches(20))
    monkeypatch.setattr(backup, "_connected", connected)
    with pytest.raises(StoreError, match="no backup was made") as caught:
        store.back_up(folder / "b.db")
    assert said in str(caught.value)
    assert str(folder) in str(caught.value)
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    store.back_up(folder / "b.db")
    assert store.check() == []


def test_a_disk_that_takes_no_more_bytes(store: Store, folder: Path) -> None:
    some_jobs(store, switches(300))
    [text] = at_once((_with_small_files, (store.path, folder / "b.db")))
    assert "no backup was made" in text
    assert list(folder.iterdir()) == []
    assert store.check() == []


def _with_small_files(path: Path, target: Path) -> str:
    with opened(path) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        try:
            store.back_up(target)
        except SwimctlError as error:
            return str(error)
    return "made"


def test_who_is_stopped_in_the_midst_leaves_nothing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: Path, __: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_give_name", stopped)
    with pytest.raises(KeyboardInterrupt):
        store.back_up(folder / "b.db")
    assert list(folder.iterdir()) == []
    some_jobs(store, ["sw1"])  # and no lock


def test_a_damaged_store_gives_no_backup(store: Store, folder: Path) -> None:
    some_jobs(store, switches(300))
    store.close()
    with store.path.open("r+b") as file:
        file.seek(12_288)
        file.write(b"\xa5" * 30_000)
    with opened(store.path) as damaged, pytest.raises(StoreError, match="copy is damaged") as caught:
        damaged.back_up(folder / "b.db")
    assert "swimctl store check" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(store: Store, folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(StoreError, match="rights"):
        store.back_up(folder / "b.db")


def test_backups_beside_a_writer_hold_all_that_was_acknowledged_before(store: Store, folder: Path) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        with opened(store.path) as other:
            while not stop.is_set():
                batch = f"batch-{len(acknowledged):04}"
                some_jobs(other, switches(5), batch)
                acknowledged.append(batch)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(8):
            while len(acknowledged) < 3 * (number + 1):
                stop.wait(0.01)
            before = list(acknowledged)
            store.back_up(folder / f"{number}.db")
            with opened(folder / f"{number}.db") as copy:
                assert copy.check() == []
                kept = [job.batch_id for job in copy.jobs()]
            assert set(before) <= set(kept)
            assert all(kept.count(batch) == 5 for batch in set(kept))  # never half a batch
    finally:
        stop.set()
        writer.join(30)
    assert store.check() == []
