"""A newer swimctl migrates the store while an older process has it open: that one is refused, and told why."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.stores import StandingClock, some_jobs

from swimctl.errors import StoreError
from swimctl.store import Store


def migrate(path: Path, known: bool = False) -> None:
    """Change the tables as a later version might; it takes itself into the list of migrations unless it is `known`."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE sightings RENAME COLUMN release TO runs")
        if not known:
            connection.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
                "SELECT migration_set, 'm999_later', applied_at FROM _sqlite_migrations LIMIT 1"
            )


def test_the_older_process_is_told_that_it_is_older_and_what_was_kept_is_there(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(path, StandingClock()) as store:
        (job,) = some_jobs(store, ["sw1"])
        migrate(path)
        for ask in (
            lambda: store.saw(job.device_id, "17.9.5", {}),
            lambda: store.devices_with("FOC1") or store.saw(1, "1", {}),
        ):
            with pytest.raises(StoreError, match="a newer swimctl has changed the store") as refused:
                ask()
            assert "m999_later" in str(refused.value)
            assert "nothing of it was written" in str(refused.value)
        assert store.job(job.id).device_name == "sw1", "what has not changed is still read"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sightings").fetchone() == (0,)


def test_another_error_of_a_statement_says_what_sqlite_says(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(path, StandingClock()) as store:
        (job,) = some_jobs(store, ["sw1"])
        migrate(path, known=True)
        with pytest.raises(StoreError, match=r"refused a request \(.*release.*\); `swimctl doctor` checks it"):
            store.saw(job.device_id, "17.9.5", {})
