"""One connection, one lock, one place where SQLite's errors get words that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.errors import StoreError, StoreReplaced
from swimctl.store.first_tables import APPLICATION_ID
from swimctl.store.schema import KNOWN, migrations

BUSY_SECONDS: Final = 30.0
OLDEST_SQLITE: Final = (3, 35, 0)  # the first with UPDATE … RETURNING
FILE_MODE: Final = 0o600

_ADVICE: Final[dict[int, str]] = {
    sqlite3.SQLITE_NOTADB: "is not a swimctl store (not an SQLite file); name another file in `swimctl.store`",
    sqlite3.SQLITE_CORRUPT: "is damaged; `swimctl store check` tells where; put a backup back as docs/store.md says",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space, then run the command again",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "may not be opened; give this user the right to read and write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and that this user may write there",
    sqlite3.SQLITE_BUSY: f"stayed locked by another process for {BUSY_SECONDS:.0f} s; end that process or try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk reports an error; check the disk and its free space",
}


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """Turn an error of SQLite into one that says which file, what is wrong and what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    advice = _ADVICE.get(code & 0xFF) if code is not None else None  # the low byte; above it stands the detail
    if advice is None:
        return StoreError(f"the store {path} refused a request ({error}); `swimctl doctor` checks it")
    return StoreError(f"the store {path} {advice} (SQLite: {error})")


class Database:
    """An open store file. Safe for hundreds of threads: each transaction holds the one lock."""

    def __init__(self, path: Path, *, create: bool):
        self.path = path
        self._lock = threading.Lock()
        self._files: dict[Path, tuple[int, int] | None] = {}  # what it consists of, once it is open
        try:
            _check_place(path, create=create)
            before = _which(path)
        except OSError as error:
            raise StoreError(
                f"the store {path} cannot be opened ({error.strerror}); check its folder and its rights"
            ) from error
        try:
            # No transactions of the driver's own: here they are opened by name.
            self.connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise explained(path, error) from error
        self.connection.row_factory = sqlite3.Row
        try:
            self._sql = Sql(self.connection, execute_plugins=False)
            self._refuse_foreign()
            self._prepare()
            self._files = _files_of(path, before)
        except sqlite3.Error as error:
            self.connection.close()
            raise explained(path, error) from error
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Close the connection; closing twice is allowed."""
        with self._lock:
            self.connection.close()

    def require_in_place(self) -> None:
        """Look whether the store's path still leads to what is open here. StoreReplaced: it does not.

        Before and after each transaction: what is written into a file that nobody finds any more must not be
        promised, and SQLite itself does not notice. Compared by inode, so no file is opened for it.
        """
        for file, known in self._files.items():
            try:
                found = _which(file)
            except OSError as error:
                raise StoreError(f"{file} cannot be looked at ({error.strerror}); check its folder") from error
            if found != known:
                raise StoreReplaced(
                    f"{file} was replaced or removed while this process had it open: the store {self.path} is not the "
                    "one any more that its jobs are recorded in; nothing more is taken or recorded here. Next: end "
                    "every swimctl that uses it, put the right file back, `swimctl store check`, then `swimctl resume`"
                )

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

    def define(self, name: str, answer: Callable[..., bool]) -> None:
        """Let SQL ask something that only this process can tell."""
        self._sql.register_function(answer, name=name)

    def _transaction(self, begin: str) -> Iterator[Sql]:
        with self._lock:
            try:
                self._sql.execute(begin)
                self.require_in_place()
                yield self._sql
                self._sql.execute("COMMIT")
                self.require_in_place()
            except sqlite3.Error as error:
                raise explained(self.path, error) from error
            finally:
                _roll_back_what_is_open(self.connection)

    def _refuse_foreign(self) -> None:
        tables = self._sql.table_names()
        owner = self._sql.execute("PRAGMA application_id").fetchone()[0]
        if tables and owner != APPLICATION_ID:
            raise StoreError(
                f"{self.path} is the SQLite database of another program (it has a table '{tables[0]}'); "
                "name another file in `swimctl.store`"
            )
        newer = [migration.name for migration in migrations.applied(self._sql) if migration.name not in KNOWN]
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
            with self.write() as sql:  # the lock is taken before the second look: two processes may be here
                migrations.apply(sql)


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


def _which(file: Path) -> tuple[int, int] | None:
    """Return which file is at a path, by device and inode; None where there is none."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _files_of(path: Path, before: tuple[int, int] | None) -> dict[Path, tuple[int, int] | None]:
    """Return which files an open store consists of. SQLite lays its log and index beside the file, not beside a link.

    `before` is what was at the path before it was opened, None for a link to where nothing was. StoreReplaced: now
    something else is.
    """
    real = path.resolve()
    files = (path.absolute(), real, *(real.with_name(f"{real.name}-{log}") for log in ("wal", "shm")))
    found = {file: _which(file) for file in files}
    if before not in {None, found[path.absolute()]}:
        raise StoreReplaced(f"the store {path} was replaced while it was opened; run the command again")
    return found


def _roll_back_what_is_open(connection: sqlite3.Connection) -> None:
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        # SQLite has rolled back by itself, or the connection is closed; the first error is the one to show.
        return


def _check_place(path: Path, *, create: bool) -> None:
    """Refuse a place where no store can be, and lay an empty file that only its owner may read."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"this Python has SQLite {sqlite3.sqlite_version}; the store needs {'.'.join(map(str, OLDEST_SQLITE))} or "
            "newer: use a Python built with a newer one"
        )
    if path.is_dir():
        raise StoreError(
            f"the store {path} is a directory; name a file in `swimctl.store`, for example {path}/swimctl.db"
        )
    if not path.parent.is_dir():
        raise StoreError(f"the store {path} cannot be there: the folder {path.parent} does not exist; create it first")
    there = path.exists()
    if there and not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(
            f"the store {path} is read-only for this user; `ls -l {path}` shows its owner and mode, change its rights"
        )
    if not there and not create:
        raise StoreError(
            f"there is no store at {path} yet; the first `swimctl upgrade` or `swimctl image add` makes it"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise StoreError(
            f"the store {path} cannot be used: this user may not write in {path.parent} (SQLite keeps its -wal file "
            "there); change the folder's rights, or name a file elsewhere in `swimctl.store`"
        )
    if there:
        # Never opened here: closing a file ends every lock that this process holds on it, another store's too.
        return
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
    except FileExistsError:
        return  # another process was quicker, and made it with the same mode


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
