"""A store of which a page is damaged: what reads it says so, and nothing is begun that it would stop half-way."""

from __future__ import annotations

import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.processes import jobs, start
from support.server_process import token_for
from support.upgrades import TARGET, lab_folder

from swimctl.cli import main

COMMANDS = {
    "status": ["status"],
    "upgrade --detach": ["upgrade", "sw1", "--yes", "--detach"],
    "upgrade": ["upgrade", "sw1", "--yes"],
    "job list": ["job", "list", "--json"],
}


@pytest.mark.parametrize("apart", [7, pytest.param(1, marks=pytest.mark.prove)])
def test_a_damaged_store_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], apart: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with lab_folder(tmp_path, devices=2, version=TARGET) as lab:
        token_for(tmp_path)
        assert main(["upgrade", "--all", "--yes", "--quiet"]) == 0
        whole = checkpointed(tmp_path / "swimctl.db")
        seen = len(lab.commands("sw1"))
        refused = {
            page: [
                name
                for name, arguments in COMMANDS.items()
                if is_refused(tmp_path, damaged(whole, page), arguments, capsys)
            ]
            for page in {root_of(whole, "jobs"), *range(2, len(whole) // page_size(whole) + 1, apart)}
        }
        # What runs jobs reads every page before; the others believe what they read only where it is whole.
        assert [page for page, names in refused.items() if "upgrade" not in names] == []
        assert set(itertools.chain(*refused.values())) == set(COMMANDS)
        assert refused[root_of(whole, "jobs")] == list(COMMANDS)
        for table, arguments in (
            ("jobs", ["upgrade", "sw1", "--yes"]),
            ("jobs", ["status"]),
            ("jobs", ["serve", "--port", "0"]),
            ("audit", ["serve", "--port", "0"]),
            ("audit", ["serve", "--port", "0", "--no-runner"]),
        ):
            put(tmp_path, damaged(whole, root_of(whole, table)))
            with start(tmp_path, *arguments) as process:
                said, _ = process.communicate(timeout=240)
            assert (process.returncode, one_line(said, tmp_path)) == (2, True), said
        assert len(lab.commands("sw1")) == seen
        put(tmp_path, whole)
        assert main(["store", "check"]) == 0
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}


def is_refused(folder: Path, content: bytes, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    """Run a command on a damaged store, and tell whether it refused; any other end than that or a good one fails."""
    put(folder, content)
    capsys.readouterr()
    code = main(arguments)
    printed = capsys.readouterr()
    if code == 0:
        return False
    said = json.loads(printed.out)["message"] if "--json" in arguments else printed.err
    assert (code, one_line(said, folder)) == (2, True), said
    return True


def put(folder: Path, content: bytes) -> None:
    """Make this the store, and all of it."""
    for log in ("-wal", "-shm"):
        (folder / f"swimctl.db{log}").unlink(missing_ok=True)
    (folder / "swimctl.db").write_bytes(content)


def one_line(said: str, folder: Path) -> bool:
    assert len(said.splitlines()) == 1, said
    return (
        f"the store {folder / 'swimctl.db'} is damaged" in said and "swimctl store check" in said and "backup" in said
    )


def checkpointed(path: Path) -> bytes:
    """Return the whole store as one file."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not (path.with_name(f"{path.name}-wal").exists() and path.with_name(f"{path.name}-wal").stat().st_size)
    return path.read_bytes()


def page_size(content: bytes) -> int:
    return int.from_bytes(content[16:18], "big")


def damaged(content: bytes, page: int) -> bytes:
    size = page_size(content)
    return content[: (page - 1) * size] + b"\xa5" * size + content[page * size :]


def root_of(content: bytes, table: str) -> int:
    with closing(sqlite3.connect(":memory:")) as store:
        # In memory there is no write-ahead log: what the header says of it (bytes 18 and 19) is set back.
        store.deserialize(content[:18] + b"\1\1" + content[20:])
        return int(store.execute("select rootpage from sqlite_master where name = ?", [table]).fetchone()[0])
