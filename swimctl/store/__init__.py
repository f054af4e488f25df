"""The store: one SQLite file that terminal, cron and server share, and where they meet."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from swimctl.clock import Clock
from swimctl.store.catalogue import Catalogue
from swimctl.store.database import Database
from swimctl.store.jobs import NewJob
from swimctl.store.runners import Runner
from swimctl.store.running import Running


class Store(Catalogue, Running):
    """An open store, safe for many threads; many processes may have the same file open."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    @classmethod
    def open(cls, path: Path, clock: Clock, *, create: bool = True) -> Self:
        """Open a store file. Raises StoreError with what to do where it cannot be used."""
        return cls(Database(path, create=create), clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """Name the file."""
        return self._db.path

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def check(self) -> list[str]:
        """Let SQLite look over the whole file; lists what is wrong, empty where nothing is."""
        with self._db.read() as sql:
            integrity = [row[0] for row in sql.execute("PRAGMA integrity_check(20)")]
            orphans = [f"{row[0]}: row {row[1]} points nowhere" for row in sql.execute("PRAGMA foreign_key_check")]
        return [line for line in integrity if line != "ok"] + orphans


__all__ = ["NewJob", "Runner", "Store"]
