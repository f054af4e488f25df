from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from pathlib import Path

import pytest
from sqlite_utils import Database
from support.stores import StandingClock, at_once, opened, some_image, some_jobs, spawn, switches

from swimctl.errors import StoreError
from swimctl.store import Store, first_tables, schema


def refusal(path: Path, *, create: bool = True) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(path, StandingClock(), create=create)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with opened(tmp_path / "s.db") as store:
            some_image(store)
            store.register_runner().close()
            made = [tmp_path / "s.db", *tmp_path.glob("s.db-*")]
            assert len(made) == 3  # with its log and its index
            assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
            others = [path for path in tmp_path.rglob("*") if path not in made]
            assert [path for path in others if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    finally:
        os.umask(old)


def test_what_is_written_is_there_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        assert store.path == path
        made = some_jobs(store, switches(3))
    with Store.open(path, StandingClock(), create=False) as store:
        assert store.jobs() == made
        assert store.check() == []
    store.close()  # twice is allowed
    with pytest.raises(StoreError, match=r"s\.db"):
        store.jobs()


def test_the_settings_that_keep_what_was_acknowledged(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        told = {name: store._db.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert told == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "application_id": first_tables.APPLICATION_ID}


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    assert "no store" in refusal(tmp_path / "s.db", create=False)
    assert not (tmp_path / "s.db").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    text = refusal(tmp_path / "none" / "s.db")
    assert "does not exist" in text
    assert not (tmp_path / "none").exists()


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    text = refusal(tmp_path)
    assert "swimctl.store" in text  # the setting to change


@pytest.mark.parametrize("content", [b"hosts:\n  sw1: {}\n" * 200, b"x\n", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_of_another_kind_is_refused_and_stays_as_it_was(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    text = refusal(path)
    assert "swimctl.store" in text or "backup" in text
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = path.read_bytes()
    text = refusal(path)
    assert "another program" in text
    assert "recipes" in text
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.touch(0o600)
    with opened(path) as store:
        assert len(some_jobs(store, ["sw1"])) == 1


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    opened(path).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('swimctl', 'm999_later', '')"
        )
    connection.close()
    text = refusal(path)
    assert "newer swimctl" in text
    assert "m999_later" in text


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        some_jobs(store, switches(300))
    size = path.stat().st_size
    assert size > 60_000
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (size - 8192))
    with pytest.raises(StoreError, match="damaged") as caught, opened(path) as store:
        store.jobs()
    assert "backup" in str(caught.value)
    try:
        with opened(path) as store:
            assert store.check() != []
    except StoreError as error:
        assert "damaged" in str(error)  # noqa: PT017 - either answer tells; silence does not


def test_a_migration_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    broken = schema.migrations.__class__("swimctl")
    for migration in schema.migrations._migrations:
        broken()(migration.fn)

    def m900_fails_in_its_midst(db: object) -> None:
        db.executescript("CREATE TABLE half (a TEXT); INSERT INTO half VALUES ('x');")  # type: ignore[attr-defined]
        db.execute("INSERT INTO nowhere VALUES (1)")  # type: ignore[attr-defined]

    broken()(m900_fails_in_its_midst)
    monkeypatch.setattr("swimctl.store.database.migrations", broken)
    with pytest.raises(StoreError):
        opened(path)
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    assert "half" not in tables
    monkeypatch.undo()
    with opened(path) as store:  # the file that is left is one that the next start can use
        assert len(some_jobs(store, ["sw1"])) == 1
        assert store.check() == []


def test_a_transaction_that_fails_leaves_nothing_and_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store, opened(path) as other:
        with pytest.raises(StoreError, match="refused"):
            _add_devices(store, ["sw1", "sw1"])
        with pytest.raises(KeyError):
            _add_devices(store, ["sw2"], KeyError("of the caller"))
        assert other.device_ids(["sw7"]) == {"sw7": 1}
        assert store.device_name(1) == "sw7"


def _add_devices(store: Store, names: list[str], then: Exception | None = None) -> None:
    def work(sql: Database) -> None:
        for name in names:
            sql.execute("INSERT INTO devices (name) VALUES (?)", [name])
        if then is not None:
            raise then

    store._db.write(work)


def _open_and_count(path: Path) -> int:
    with opened(path) as store:
        return len(store.device_ids(switches(5)))


def test_processes_that_make_the_same_store_at_once_all_succeed(tmp_path: Path) -> None:
    paths = [tmp_path / f"s{number}.db" for number in range(6)]
    for counts in at_once(*[(_open_all, (paths,))] * 3):
        assert counts == [5] * len(paths)
    for path in paths:
        with opened(path) as store:
            assert sorted(store.device_ids(switches(5)).values()) == [1, 2, 3, 4, 5]
            assert store.check() == []


def _open_all(paths: list[Path]) -> list[int]:
    return [_open_and_count(path) for path in paths]


def test_a_second_opening_in_a_process_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    """POSIX locks end when the process closes any handle of the file.

    Without its lock the first store would go on writing to a log that another process, the last to leave as it must
    think, has just removed: what was acknowledged would be lost.
    """
    path = tmp_path / "s.db"
    with opened(path) as first:
        [job] = some_jobs(first, ["sw1"])
        opened(path).close()
        at_once((_open_and_count, (path,)))
        first.record(job.id, "note", "written after the others left")
        with sqlite3.connect(path) as seen_by_another:
            kept = seen_by_another.execute("SELECT message FROM events WHERE kind = 'note'").fetchall()
        seen_by_another.close()
        assert at_once((_notes, (path, job.id))) == [["written after the others left"]]
    assert kept == [("written after the others left",)]


def _notes(path: Path, job_id: int) -> list[str]:
    with opened(path) as store:
        return [event.message for event in store.events(job_id) if event.kind == "note"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o755, 0o644), (0o755, None), (0o777, 0o444), (0o777, 0o000)])
def test_a_place_that_may_not_be_written(folder_mode: int, file_mode: int | None) -> None:
    with tempfile.TemporaryDirectory() as name:  # tmp_path lies below a folder that other users may not enter
        folder = Path(name)
        path = folder / "s.db"
        if file_mode is not None:
            with opened(path) as store:
                some_jobs(store, ["sw1"])
            path.chmod(file_mode)
        folder.chmod(folder_mode)
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_open_as_nobody, args=(theirs, path))
        process.start()
        text = ours.recv()
        process.join()
    assert text.startswith("StoreError: ")
    assert str(path) in text
    assert any(word in text for word in ("rights", "right to", "mode"))


def _open_as_nobody(answer: object, path: Path) -> None:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    try:
        opened(path).jobs()
        answer.send("opened")  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - the test wants to see which
        answer.send(f"{type(error).__name__}: {error}")  # type: ignore[attr-defined]
