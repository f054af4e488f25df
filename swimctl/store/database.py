"""One connection, one lock, one place where SQLite's errors get words that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.errors import StoreError
from swimctl.store.schema import APPLICATION_ID, known, migrations

BUSY_SECONDS: Final = 30.0
OLDEST_SQLITE: Final = (3, 35, 0)  # UPDATE … RETURNING

_ADVICE: Final[dict[int, str]] = {
    sqlite3.SQLITE_NOTADB: "is not a swimctl store (not an SQLite file); name another file in `swimctl.store`",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away with its -wal and -shm files and restore a backup",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space, then run the command again",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "may not be opened; give this user the right to read and write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and this user may write there",
    sqlite3.SQLITE_BUSY: f"stayed locked by another process for {BUSY_SECONDS:.0f} s; end that process or try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk reports an error; check the disk and its free space",
}


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Turn an error of SQLite into one that says which file, what is wrong and what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    advice = _ADVICE.get(code & 0xFF) if code is not None else None
    if advice is None:
        return StoreError(f"the store {path} refused a request: {error}; `swimctl doctor` checks it")
    return StoreError(f"the store {path} {advice} (SQLite: {error})")


class Database:
    """An open store file. Safe for hundreds of threads: each request holds the one lock for its transaction."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        self._lock = threading.Lock()
        _check_place(path, create=create)
        try:
            # Autocommit of the driver: transactions here are only those that are opened by name.
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise explained(path, error) from error
        connection.row_factory = sqlite3.Row
        self.connection = connection
        try:
            self._sql = Sql(connection, execute_plugins=False)
            self._prepare()
        except sqlite3.Error as error:
            connection.close()
            raise explained(path, error) from error
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the connection; closing twice is allowed."""
        with self._lock:
            self.connection.close()

    @contextmanager
    def write(self) -> Iterator[Sql]:
        """Hold a write transaction, taken at once.

        A deferred one would fail where another process writes between our read and our write.
        """
        yield from self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def read(self) -> Iterator[Sql]:
        """Hold one snapshot for several reads."""
        yield from self._transaction("BEGIN")

    def _transaction(self, begin: str) -> Iterator[Sql]:
        with self._lock:
            try:
                try:
                    self._sql.execute(begin)
                    yield self._sql
                    self._sql.execute("COMMIT")
                except BaseException:
                    self._sql.rollback()
                    raise
            except sqlite3.Error as error:
                raise explained(self.path, error) from error

    def _prepare(self) -> None:
        self._refuse_foreign()
        _enter_wal(self.connection, self.path)
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            self._sql.execute(f"PRAGMA {pragma}")
        if migrations.pending(self._sql):
            with self.write() as sql:
                migrations.apply(sql)

    def _refuse_foreign(self) -> None:
        tables = self._sql.table_names()
        owner = self._sql.execute("PRAGMA application_id").fetchone()[0]
        if tables and owner != APPLICATION_ID:
            raise StoreError(
                f"{self.path} is an SQLite database of another program (its first table: {tables[0]}); "
                "name another file in `swimctl.store`"
            )
        ours = {migration.name for migration in migrations.applied(self._sql)}
        ours |= {migration.name for migration in migrations.pending(self._sql)}
        newer = sorted({m.name for m in migrations.applied(self._sql)} - known())
        if newer:
            raise StoreError(
                f"the store {self.path} was written by a newer swimctl (it has {newer[-1]}, this program ends "
                f"at {max(known())}); run that newer version"
            )


def _check_place(path: Path, *, create: bool) -> None:
    """Refuse a place that cannot hold the file, and make a new file readable by its owner alone."""
    if path.is_dir():
        raise StoreError(f"the store {path} is a folder; name a file in `swimctl.store`")
    if not path.parent.is_dir():
        raise StoreError(
            f"the store's folder {path.parent} does not exist; make it, or name another in `swimctl.store`"
        )
    if path.exists():
        if not os.access(path, os.R_OK | os.W_OK):
            raise StoreError(f"the store {path} may not be read and written by this user; change its mode or owner")
        return
    if not create:
        raise StoreError(f"there is no store at {path}; `swimctl image add` makes one")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"the store {path} cannot be made: {error.strerror}; check its folder's rights") from error


def _enter_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Switch to the write-ahead log, so that readers and the writer do not wait for each other.

    Two processes that open a new file at once meet here, and SQLite's busy timeout does not cover the switch.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)
            continue
        if mode != "wal":
            raise StoreError(f"the store {path} is on a file system without a write-ahead log; put it on a local disk")
        return
