"""swimctl store: backups made beside writers, and put back by the steps of docs/store.md."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from support.stores import STEPS, opened, some_batch, spawn

from swimctl.cli import main
from swimctl.models import Caller, Job
from swimctl.states import JobStatus
from swimctl.store import NewJob, Store, backup

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages


def test_a_backup_says_what_it_made(place: Place, capsys: Capture) -> None:
    assert main(["store", "backup", "b.db"]) == 0
    said = capsys.readouterr()
    assert (said.out.startswith("backup b.db: "), said.out.endswith(", checked\n"), said.err) == (True, True, "")
    assert main(["store", "backup", "c.db", "--json"]) == 0
    size = (place.folder / "c.db").stat().st_size
    assert json.loads(capsys.readouterr().out) == {
        "file": str(place.folder / "c.db"),
        "store": str(place.folder / "swimctl.db"),
        "bytes": size,
    }


def test_a_backup_that_cannot_be(place: Place, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(place.folder.iterdir())
    assert main(["store", "backup", "config.yaml"]) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert "there already" in said.err
    full = sqlite3.OperationalError("database or disk is full")

    def no_space(_: Path) -> None:
        raise full

    monkeypatch.setattr(backup, "_connected", no_space)
    assert main(["store", "backup", "b.db", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["error"] == "store"
    assert "disk is full" in said["message"]
    assert sorted(place.folder.iterdir()) == before


def test_check_shows_what_is_wrong_with_file_and_audit(place: Place, capsys: Capture) -> None:
    place.store.enter_audit(Caller("ana", "terminal"), "tried", "one")
    assert main(["store", "check"]) == 0
    assert ": no fault found; audit: 1 entries, chain whole, last " in capsys.readouterr().out
    assert main(["store", "check", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["problems"], said["audit"]["entries"]) == (True, [], 1)
    (place.folder / "swimctl.db").chmod(0o644)
    with closing(sqlite3.connect(place.folder / "swimctl.db")) as connection, connection:
        connection.executescript("DROP TRIGGER audit_never_changes; UPDATE audit SET actor = 'eve'")
    assert main(["store", "check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["mode", "audit"]
    assert "entry 1 does not fit" in lines[1]
    assert main(["store", "check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["problems"], said["audit"]["misfit"]) == (False, lines, 1)


def test_check_of_a_damaged_audit_shows_what_it_found_before(place: Place, capsys: Capture) -> None:
    with closing(sqlite3.connect(place.folder / "swimctl.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_never_changes")
        connection.execute("ALTER TABLE audit RENAME COLUMN subject TO about")
    assert main(["store", "check"]) == 1
    assert "audit: " in capsys.readouterr().out


def test_a_backup_beside_a_writer_is_put_back_and_resumes(place: Place, capsys: Capture) -> None:
    """Another process writes batches and dies; the backup that was made meanwhile takes the place of the store."""
    store = place.folder / "swimctl.db"
    [interrupted] = place.batch("sw1")
    with place.store.register_runner() as runner:
        assert place.store.claim(interrupted.id, runner) is not None
    place.engine.close()
    place.store.close()

    ours, theirs = spawn.Pipe()
    writer = spawn.Process(target=_write_batches, args=(theirs, store), daemon=True)
    writer.start()
    acknowledged = _told_so_far(ours)
    assert main(["store", "backup", "b.db"]) == 0
    later = _told_so_far(ours)
    assert writer.is_alive()
    writer.kill()
    writer.join(30)
    assert (place.folder / "swimctl.db-wal").stat().st_size > 0  # the trap that the steps are about

    old = place.folder / "old"
    old.mkdir()
    for path in place.folder.glob("swimctl.db*"):
        if path.is_file():
            path.rename(old / path.name)
    shutil.copy2(place.folder / "b.db", store)

    capsys.readouterr()
    assert main(["store", "check"]) == 0
    assert "no fault found; audit: " in capsys.readouterr().out
    with opened(store) as restored:
        batches = {job.batch_id for job in restored.jobs()}
        entered = {entry.subject for entry in restored.audit(limit=100_000)}
    assert set(acknowledged) <= batches
    assert set(acknowledged) <= entered
    assert later[-1] not in batches  # it is of its moment, not of the end
    with opened(old / "swimctl.db") as before:
        assert {job.batch_id for job in before.jobs()} >= batches | set(later)
        assert before.check() == []

    assert main(["resume", str(interrupted.id), "--json"]) == 0, capsys.readouterr()
    with opened(store) as restored:
        assert restored.job(interrupted.id).status is JobStatus.SUCCESS
        assert _batch(restored, "batch-new")[0].id > interrupted.id


def _told_so_far(ours: Connection) -> list[str]:
    """Take all that was told, and then ten more: the last of those was written after this was called."""
    told = []
    while ours.poll():
        told.append(ours.recv())
    return [*told, *(ours.recv() for _ in range(10))]


def _write_batches(tell: Connection, path: Path) -> None:
    with opened(path) as store:
        for number in itertools.count():
            batch = f"batch-{number:05}"
            _batch(store, batch)
            store.enter_audit(Caller("ana", "terminal"), "tried", batch)
            tell.send(batch)


def _batch(store: Store, batch: str) -> list[Job]:
    [image] = store.images()
    new = [NewJob(number, name, image.id, STEPS) for name, number in store.device_ids(["sw2", "sw3"]).items()]
    return store.create_batch(some_batch(batch), new)
