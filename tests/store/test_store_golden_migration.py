"""An older store's golden rules come whole into the table that knows releases without a file, also past a death."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Migrations
from support.stores import opened, some_image

from swimctl.models import Golden, ImageKind
from swimctl.store import schema

NEW = "m012_golden_releases"
OLD = schema.KNOWN[: schema.KNOWN.index(NEW)]
START, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)
RULES = """
    INSERT INTO goldens (image_id, platform, family) VALUES (1, 'cisco_xe', 'cat9k_iosxe');
    INSERT INTO goldens (image_id, platform, family, group_name, model, site, role, tag, valid_from, valid_until)
        VALUES (1, 'cisco_xe', 'cat9k_iosxe', 'access', 'C9300-*', 'bern', 'edge', 'night',
            '2030-01-01T00:00:00.000000Z', '2030-02-01T00:00:00.000000Z');
"""
KEPT = {
    Golden(1, "cisco_xe", "cat9k_iosxe"),
    Golden(1, "cisco_xe", "cat9k_iosxe", "access", "C9300-*", "bern", "edge", "night", START, END),
}


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a store of the schema before, with rules of all kinds that it knew."""
    path = tmp_path / "s.db"
    before = Migrations("swimctl")
    for migration in schema.migrations._migrations:
        if migration.name in OLD:
            before()(migration.fn)
    with monkeypatch.context() as patched:
        patched.setattr("swimctl.store.database.migrations", before)
        with opened(path) as store:
            some_image(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(RULES)
    return path


def test_an_older_store_keeps_its_golden_rules_and_takes_releases(older: Path) -> None:
    with opened(older) as store:
        assert store.check() == []
        assert set(store.goldens()) == KEPT
        bare = store.set_golden_release(Golden(None, "cisco_xe", None, release="17.15.1"))
        assert set(store.goldens()) == KEPT | {bare}
        store.set_golden(1)  # one rule for what names the same, as before
        assert set(store.goldens()) == KEPT | {bare}
        patch = some_image(store, "cat9k_iosxe.17.12.04.CSCwa00001.SPA.smu.bin", kind=ImageKind.PATCH)
        with pytest.raises(Exception, match="only a whole image"):
            store._db.write(
                lambda sql: sql.execute(
                    "INSERT INTO goldens (image_id, platform, family) VALUES (?, 'cisco_xe', 'x')", [patch.id]
                )
            )


@pytest.mark.parametrize("statement", range(1, 8))
def test_a_process_that_dies_within_the_migration_leaves_the_older_store(older: Path, statement: int) -> None:
    """It is killed before the n-th statement of the migration; the last one is the migration's own entry."""
    if (child := os.fork()) == 0:
        try:
            die_at(older, statement)
        finally:
            os._exit(1)  # it should be dead
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with closing(sqlite3.connect(older)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "rules" not in tables
        assert connection.execute("SELECT count(*) FROM goldens").fetchone() == (2,)
        applied = [name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")]
        assert applied == [*OLD]
    with opened(older) as store:
        assert store.check() == []
        assert set(store.goldens()) == KEPT


def die_at(path: Path, statement: int) -> None:
    """Open the store, and be killed before a statement that changes something."""
    connect, done = sqlite3.connect, 0

    def count(text: str) -> None:
        nonlocal done
        done += text.lstrip().upper().startswith(("CREATE", "INSERT", "DROP", "ALTER"))
        if done == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(*arguments: object, **named: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **named)  # type: ignore[call-overload]  # as they came
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = traced  # type: ignore[assignment]  # in this process alone, which ends here
    opened(path)
