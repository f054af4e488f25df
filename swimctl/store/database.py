"""An open store: one connection that writes, some that read, and words for SQLite's errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sqlite_utils import Database as Sql

from swimctl.errors import StoreError, StoreReplaced
from swimctl.store.first_tables import APPLICATION_ID
from swimctl.store.place import Place
from swimctl.store.readers import Readers
from swimctl.store.schema import KNOWN, migrations
from swimctl.store.writer import Writer, roll_back_what_is_open

A = TypeVar("A")
T = TypeVar("T")

BUSY_SECONDS: Final = 30.0

_ADVICE: Final[dict[int, str]] = {
    sqlite3.SQLITE_NOTADB: "is not a swimctl store (not an SQLite file); name another file in `swimctl.store`",
    sqlite3.SQLITE_CORRUPT: "is damaged; `swimctl store check` tells where; put a backup back as docs/store.md says",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "may not be opened; give this user the right to read and write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and that this user may write there",
    sqlite3.SQLITE_BUSY: f"stayed locked by another process for {BUSY_SECONDS:.0f} s; end that process or try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk reports an error; check the disk and its free space",
}
# What a statement says of tables that are not as it knows them: no such column, a rule that is new, another shape.
_OF_OTHER_TABLES: Final = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_SCHEMA})


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Turn an error of SQLite into one that says which file, what is wrong and what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    advice = _ADVICE.get(code & 0xFF) if code is not None else None  # the low byte; above it stands the detail
    if advice is None:
        return StoreError(f"the store {path} refused a request ({error}); `swimctl doctor` checks it")
    return StoreError(f"the store {path} {advice} (SQLite: {error})")


class Database:
    """An open store file, for hundreds of threads of the process that opened it, and not for one forked from it."""

    def __init__(self, path: Path, *, create: bool):
        self.path = path
        self._place = Place(path, create=create)
        self._process = os.getpid()
        self._functions: dict[str, Callable[..., bool]] = {}
        try:
            self.connection = _connected(str(path))
        except sqlite3.Error as error:
            raise explained(path, error) from error
        try:
            self._sql = Sql(self.connection, execute_plugins=False)
            self._refuse_foreign()
            self._prepare()
            self._place.settle()
            self.connection.execute("PRAGMA busy_timeout = 0")  # the writer waits by itself
        except sqlite3.Error as error:
            self.connection.close()
            raise explained(path, error) from error
        except BaseException:
            self.connection.close()
            raise
        # The thread that writes holds the writer: were this held by it, too, no store would end with its last user.
        itself = weakref.WeakMethod(self._explained)

        def said(error: sqlite3.Error) -> StoreError:
            known = itself()
            return explained(path, error) if known is None else known(error)

        self._writer = Writer(self._sql, self._place, BUSY_SECONDS, said)
        self._readers = Readers(self._open_reader)
        self._versions, self._counting = threading.Lock(), list[Sql]()
        self._closed = False
        # A store that nobody closes ends with its last user.
        weakref.finalize(self, self._writer.close, wait=False).atexit = False

    def close(self) -> None:
        """Write what waits, then close the connections; closing twice is allowed."""
        if os.getpid() != self._process:
            return
        self._writer.close()
        self._readers.close()
        with self._versions:
            for sql in self._counting:
                sql.conn.close()
            self._closed = True
        self.connection.close()

    def require_in_place(self) -> None:
        """Check that the store's path still leads to the file that is open here. StoreReplaced: it does not."""
        self._place.require_in_place()

    def write(self, work: Callable[[Sql], T]) -> T:
        """Run `work` in a transaction of the writer's, and return what it says once that is committed.

        Others' writes may stand in the same transaction; what `work` raises undoes its own alone. It runs in another
        thread while all who write wait: it is short, and neither reads nor writes the store but by what it is given.
        """
        return self.write_together(lambda sql, _: [work(sql)], None)

    def write_together(self, work: Callable[[Sql, Sequence[A]], Sequence[T]], item: A) -> T:
        """Write something as `write` does; all that waits for the same `work` is given to it at once."""
        self._refuse_forked()
        return self._writer.write(work, item)

    @contextmanager
    def read(self) -> Iterator[Sql]:
        """Yield one snapshot for several reads."""
        self._refuse_forked()
        try:
            with self._readers.one() as sql:
                try:
                    sql.execute("BEGIN")
                    yield sql
                    sql.execute("COMMIT")
                finally:
                    roll_back_what_is_open(sql.conn)
        except Exception as error:
            self.require_in_place()
            if isinstance(error, sqlite3.Error):
                raise self._explained(error) from error
            raise
        self.require_in_place()

    def version(self) -> int | None:
        """Return a number that is another one after each commit of anybody; None where it cannot be told at once.

        It asks the memory that SQLite shares between processes, never the disk, and waits for nobody.
        """
        self._refuse_forked()
        if not self._versions.acquire(blocking=False):
            return None
        try:
            if self._closed:
                return None
            if not self._counting:
                self._counting.append(self._open_reader())
                self._counting[0].execute("PRAGMA busy_timeout = 0")
            found = self._counting[0].execute("PRAGMA data_version").fetchone()[0]
            self.require_in_place()
        except sqlite3.Error:
            return None
        finally:
            self._versions.release()
        return int(found)

    def define(self, name: str, answer: Callable[..., bool]) -> None:
        """Add a function to SQL that answers what only this process knows."""
        self._functions[name] = answer
        self._sql.register_function(answer, name=name)

    def _explained(self, error: sqlite3.Error) -> StoreError:
        """Return what an error of SQLite means: a newer swimctl may have changed the tables under this process."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_OTHER_TABLES:
            return explained(self.path, error)
        try:
            sql = self._open_reader()
            try:
                newer = _unknown(sql)
            finally:
                sql.conn.close()
        except (sqlite3.Error, StoreError):
            newer = []
        if not newer:
            return explained(self.path, error)
        return StoreError(
            f"a newer swimctl has changed the store {self.path} (its schema has {newer[-1]} by now) while this process "
            "had it open, so this request was refused, and nothing of it was written; what was kept before is there; "
            "next: end this process, and use that newer version: `swimctl resume` goes on with what was left"
        )

    def _open_reader(self) -> Sql:
        """Open one more connection, that only reads, to the very file that is open here."""
        # A new connection to a file whose log is gone would lay another log, and spoil what the first one has.
        self.require_in_place()
        connection = _connected(f"{self._place.absolute.as_uri()}?mode=rw", uri=True)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # now, as it opens the log
            self.require_in_place()
        except BaseException:
            connection.close()
            raise
        sql = Sql(connection, execute_plugins=False)
        for name, answer in self._functions.items():
            sql.register_function(answer, name=name)
        return sql

    def _refuse_forked(self) -> None:
        if os.getpid() != self._process:
            raise StoreError(
                f"the store {self.path} was opened by process {self._process}, of which this one is a fork: SQLite's "
                "locks are not inherited; open it again"
            )

    def _refuse_foreign(self) -> None:
        tables = self._sql.table_names()
        owner = self._sql.execute("PRAGMA application_id").fetchone()[0]
        if tables and owner != APPLICATION_ID:
            raise StoreError(
                f"{self.path} is the SQLite database of another program (it has a table '{tables[0]}'); "
                "name another file in `swimctl.store`"
            )
        newer = _unknown(self._sql)
        if newer:
            raise StoreError(
                f"the store {self.path} was written by a newer swimctl (its schema has {newer[-1]}, this program "
                f"knows them up to {KNOWN[-1]}); use that newer version"
            )

    def _prepare(self) -> None:
        _enter_wal(self.connection, self.path)
        self._sql.execute("PRAGMA synchronous = FULL")
        self._sql.execute("PRAGMA foreign_keys = ON")
        if migrations.pending(self._sql):
            self.connection.execute("BEGIN IMMEDIATE")  # before the second look: two processes may be here
            try:
                migrations.apply(self._sql)
                self.connection.execute("COMMIT")
            finally:
                roll_back_what_is_open(self.connection)


def _unknown(sql: Sql) -> list[str]:
    """Return the migrations that this program does not know."""
    return [migration.name for migration in migrations.applied(sql) if migration.name not in KNOWN]


def faults(database: Database) -> list[str]:
    """List what is wrong with the file itself; empty where all is well."""
    try:
        database.require_in_place()
    except StoreReplaced as error:
        return [f"file: {error}"]
    with database.read() as sql:
        found = [f"integrity: {row[0]}" for row in sql.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            f"integrity: table {row[0]}, row {row[1]} points at a missing row of {row[2]}"
            for row in sql.execute("PRAGMA foreign_key_check")
        ]
        missing = [name for name in KNOWN if name not in {m.name for m in migrations.applied(sql)}]
    found += [f"schema: the migration {name} is missing" for name in missing]
    mode = database.path.stat().st_mode & 0o777
    if mode & 0o077:
        found.append(f"mode: {database.path} can be opened by others (mode {mode:04o}); `chmod 600 {database.path}`")
    return found


def require_whole(database: Database) -> None:
    """Read every page once. StoreError: the file is damaged, where nobody may have looked yet."""
    with database.read() as sql:
        (said,) = sql.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise StoreError(f"the store {database.path} {_ADVICE[sqlite3.SQLITE_CORRUPT]} ({' '.join(said.split())})")


def _connected(name: str, *, uri: bool = False) -> sqlite3.Connection:
    # No transactions of the driver's own: here they are opened by name.
    connection = sqlite3.connect(name, BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri)
    connection.row_factory = sqlite3.Row
    return connection


def _enter_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Turn the write-ahead log on.

    SQLite does not wait by itself where two processes do this to a new file at once, so the wait is here.
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise StoreError(f"the store {path} is on a file system without shared memory; put it on a local disk")
