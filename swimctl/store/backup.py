"""A copy of the whole store in one file, made while other processes write."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from swimctl.errors import StoreError, UsageError
from swimctl.store.database import Database
from swimctl.store.place import FILE_MODE

_LOGS: Final = ("", "-journal", "-wal", "-shm")  # what SQLite lays beside a file while it is open


def back_up(database: Database, target: Path) -> int:
    """Copy the store into a new file, complete and checked or not there at all; give its size.

    UsageError: there is a file already. StoreError: no backup was made.
    """
    _refuse_taken(target)
    partial = target.with_name(f".swimctl-{secrets.token_hex(8)}.partial")
    try:
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
        with database.read() as sql:
            _copy(sql.conn, partial)
        size = partial.stat().st_size
        _give_name(partial, target)
    except FileExistsError:  # somebody was quicker
        raise _taken(target) from None
    except (_Failed, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"no backup was made at {target}: {reason}; check the space and the rights in "
            f"{target.absolute().parent}, and the store with `swimctl store check`"
        ) from error
    finally:
        for log in _LOGS:
            partial.with_name(f"{partial.name}{log}").unlink(missing_ok=True)
    return size


class _Failed(Exception):
    """The copy could not be made. Not SQLite's own error, which would be taken for one of the store."""


def _copy(source: sqlite3.Connection, partial: Path) -> None:
    try:
        with closing(_connected(partial)) as copy:
            # All pages in one step are one snapshot. In several steps SQLite begins anew after each write of another
            # process, and under steady writing never ends. Nobody waits for it: it reads beside the write-ahead log.
            source.backup(copy, pages=-1)
            # One file that needs no others beside it, also where nobody may write.
            copy.execute("PRAGMA journal_mode = DELETE")
            wrong = [row[0] for row in copy.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
    except sqlite3.Error as error:
        raise _Failed(str(error)) from error
    if wrong:
        raise _Failed(f"the copy is damaged ({' '.join(wrong[0].split())})")


def _connected(partial: Path) -> sqlite3.Connection:
    return sqlite3.connect(partial, isolation_level=None)


def _give_name(partial: Path, target: Path) -> None:
    """Give the complete file its name, never over another file, and so that a power cut does not undo it."""
    try:
        target.hardlink_to(partial)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the name is taken first, then the file put there
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
        partial.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_taken(target: Path) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a new file in it, for example {target / 'swimctl-backup.db'}")
    if os.path.lexists(target):
        raise _taken(target)
    if not target.parent.is_dir():
        raise UsageError(f"the folder {target.parent} does not exist; create it, or name a file elsewhere")


def _taken(target: Path) -> UsageError:
    return UsageError(f"{target} is there already, and a backup never goes over a file; name another one")
