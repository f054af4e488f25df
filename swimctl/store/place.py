"""Where a store lies: a file that only its owner may read, and whether it is still the one that was opened."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from swimctl.errors import StoreError, StoreReplaced

OLDEST_SQLITE: Final = (3, 35, 0)  # the first with UPDATE … RETURNING
FILE_MODE: Final = 0o600


class Place:
    """The files of one store. `settle` them once it is open."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Refuse a path where no store can be; where there is none, lay an empty file. StoreError."""
        self.path = path
        self.absolute = path.absolute()  # whoever changes folder later means the same file
        self._files: dict[Path, tuple[int, int] | None] = {}  # what it consists of, once it is open
        try:
            _check(path, create=create)
            self._before = _which(path)
        except OSError as error:
            raise StoreError(
                f"the store {path} cannot be opened ({error.strerror}); check its folder and its rights"
            ) from error

    @property
    def log(self) -> Path:
        """Return where SQLite's write-ahead log lies: beside the file, not beside a link."""
        return self._beside("wal")

    def _beside(self, what: str) -> Path:
        real = self.path.resolve()
        return real.with_name(f"{real.name}-{what}")

    def settle(self) -> None:
        """Record which files the open store consists of. StoreReplaced: it was replaced meanwhile."""
        path = self.path
        files = (self.absolute, path.resolve(), self.log, self._beside("shm"))
        found = {file: _which(file) for file in files}
        if self._before not in {None, found[self.absolute]}:
            raise StoreReplaced(f"the store {path} was replaced while it was opened; run the command again")
        self._files = found

    def require_in_place(self) -> None:
        """Check that the store's path still leads to the file that is open here. StoreReplaced: it does not.

        Before and after each transaction that writes, and after each that reads: what is written into a file that
        nobody finds any more must not be promised, and SQLite itself does not notice. Compared by inode, so no file
        is opened for it.
        """
        for file, known in self._files.items():
            try:
                found = _which(file)
            except OSError as error:
                raise StoreError(f"{file} cannot be checked ({error.strerror}); check its folder") from error
            if found != known:
                raise StoreReplaced(
                    f"{file} was replaced or removed while this process had it open: the store {self.path} is no "
                    "longer the one that has its jobs; nothing more is started or recorded here. Next: end "
                    "every swimctl that uses it, put the right file back, `swimctl store check`, then `swimctl resume`"
                )


def _which(file: Path) -> tuple[int, int] | None:
    """Return which file is at a path, by device and inode; None where there is none."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _check(path: Path, *, create: bool) -> None:
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
