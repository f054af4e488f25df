"""One thread writes for all threads of a process: what waits at the same moment is one transaction and one sync.

Each caller waits until the commit that holds its write, and is told then: what was said to be kept is on the disk.
"""

from __future__ import annotations

import copy
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlite_utils import Database as Sql

from swimctl.errors import StoreError
from swimctl.store.place import Place

A = TypeVar("A")
T = TypeVar("T")

MOST_AT_ONCE: Final = 1000  # writes of one transaction
# SQLite itself looks again after 1, 2, 5, … 100 ms: who has waited for long would look least often. So it may wait for
# this long at a time, and is asked anew. Before it has waited once it may not: so waiting is noticed.
_LOOKS_WITHIN_MS: Final = 4
# Who had to wait for another process lately leaves it so long between two transactions to begin.
_COURTESY: Final = 0.0005
_COURTEOUS_FOR: Final = 1.0
# SQLite begins its log anew only at a moment where nobody reads from it; beside many readers there is none, and the log
# would grow for ever. From this size on, who writes waits for who reads, and the log is emptied. Usually it has 4 MB.
LONG_LOG: Final = 16 * 2**20
# Seconds of that wait. Who reads for longer, as a check of the file, is waited for again after as much more is written.
LOG_PATIENCE: Final = 1.0

Explained = Callable[[sqlite3.Error], StoreError]


class _Write:
    """What a caller wants written, and waits for."""

    __slots__ = ("done", "error", "item", "result", "together")

    def __init__(self, together: Callable[[Sql, Sequence[Any]], Sequence[Any]], item: object) -> None:
        self.together, self.item = together, item
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()


class Writer:
    """The thread and what waits for it. The thread begins with the first write and ends with `close`."""

    def __init__(self, sql: Sql, place: Place, patience: float, explained: Explained) -> None:
        self._sql, self._place, self._explained = sql, place, explained
        self.patience = patience  # seconds to wait for another process
        self._waiting: SimpleQueue[_Write | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._courteous_until = 0.0
        self._transaction_failed = False  # it, and not what was written in it
        self._log = place.log
        self._log_left = 0  # bytes that it could not be rid of

    def write(self, together: Callable[[Sql, Sequence[A]], Sequence[T]], item: A) -> T:
        """Have something written, and return what `together` says of it once it is committed.

        Items that wait at the same time for the same `together` are given to it in one call. What it raises undoes its
        own work alone, and where it was given several, each is tried by itself.
        """
        write = _Write(together, item)
        with self._lock:
            if self._closed:
                raise self._explained(sqlite3.ProgrammingError("Cannot operate on a closed database."))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store", daemon=True)
                self._thread.start()
            self._waiting.put(write)
        write.done.acquire()
        if write.error is not None:
            try:
                raise write.error
            finally:
                write.error = None  # else it would keep itself alive by its own traceback
        result: T = write.result
        return result

    def close(self, *, wait: bool = True) -> None:
        """Write what waits and end the thread; closing twice is allowed."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        if wait and self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._keep(self._gathered()):
            self._empty_a_long_log()

    def _gathered(self) -> list[_Write | None]:
        """Wait for a write, and return all that wait then; None at the end: nothing comes any more."""
        group = [self._waiting.get()]
        while group[-1] is not None and len(group) < MOST_AT_ONCE:
            try:
                group.append(self._waiting.get_nowait())
            except Empty:
                break
        return group

    def _keep(self, gathered: list[_Write | None]) -> bool:
        """Write a group and tell each caller; return whether more may come."""
        left = [write for write in gathered if write is not None]
        while left:
            alike: dict[Any, list[_Write]] = {}
            for write in left:
                alike.setdefault(write.together, []).append(write)
            told = self._told(list(alike.values()))
            for write in told:
                write.done.release()
            if len(told) == len(left):
                break
            known = set(told)
            left = [write for write in left if write not in known]
        return gathered[-1] is not None

    def _told(self, units: list[list[_Write]]) -> list[_Write]:
        """Write units, each of one kind, in one transaction, and return those that have their answers.

        That is not all where SQLite itself ends the transaction half-way, as on a full disk.
        """
        begun: list[_Write] = []
        try:
            with self._transaction():
                for unit in units:
                    begun += unit
                    if len(units) == 1:
                        self._answer(unit)
                    else:
                        self._try(unit)
        except BaseException as error:  # noqa: BLE001 - whoever waits is told; the thread goes on
            if len(units) == 1 and len(begun) > 1 and not self._transaction_failed:
                return self._told([[write] for write in begun])
            begun = begun or [write for unit in units for write in unit]
            for write in begun:
                write.error = self._in_words(error if len(begun) == 1 else copy.copy(error))
        return begun

    def _answer(self, unit: Sequence[_Write]) -> None:
        results = unit[0].together(self._sql, [write.item for write in unit])
        for write, result in zip(unit, results, strict=True):
            write.result = result

    def _try(self, unit: Sequence[_Write]) -> None:
        """Write a unit; what it raises undoes it alone, and each of several is then tried by itself."""
        self._sql.execute("SAVEPOINT one")
        try:
            self._answer(unit)
        except BaseException as error:
            if not self._sql.conn.in_transaction:
                raise  # SQLite has taken back what others wrote before
            self._sql.execute("ROLLBACK TO one")
            self._sql.execute("RELEASE one")
            if len(unit) == 1:
                unit[0].error = self._in_words(error)
                return
            for write in unit:
                self._try([write])
        else:
            self._sql.execute("RELEASE one")

    def _in_words(self, error: BaseException) -> BaseException:
        if not isinstance(error, sqlite3.Error):
            return error
        said = self._explained(error)
        said.__cause__ = error
        return said

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Begin a transaction, and commit it at the end."""
        self._transaction_failed = True
        try:
            self._begin()
            self._place.require_in_place()
            self._transaction_failed = False
            yield
            self._transaction_failed = True
            self._sql.execute("COMMIT")
            self._place.require_in_place()
        finally:
            roll_back_what_is_open(self._sql.conn)

    def _empty_a_long_log(self) -> None:
        """Write a long log into the file and empty it. Nothing depends on it: all of it is kept where it is, too."""
        try:
            size = self._log.stat().st_size
        except OSError:
            return  # the next write says what is wrong
        if size < self._log_left + LONG_LOG:
            return
        self._sql.execute(f"PRAGMA busy_timeout = {LOG_PATIENCE * 1000:.0f}")
        try:
            busy = self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error:
            busy = 1  # as where the disk is full: the next write says so
        finally:
            self._sql.execute("PRAGMA busy_timeout = 0")
        self._log_left = size if busy else 0

    def _begin(self) -> None:
        """Begin a transaction that may write at once; a deferred one would fail where another process writes first."""
        began, waiting = time.monotonic(), False
        if began < self._courteous_until:
            time.sleep(_COURTESY)
        try:
            while True:
                try:
                    self._sql.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                    if not busy or time.monotonic() > began + self.patience:
                        raise
                    if not waiting:
                        waiting = True
                        self._sql.execute(f"PRAGMA busy_timeout = {_LOOKS_WITHIN_MS}")
                else:
                    return
        finally:
            if waiting:
                self._courteous_until = time.monotonic() + _COURTEOUS_FOR
                self._sql.execute("PRAGMA busy_timeout = 0")


def roll_back_what_is_open(connection: sqlite3.Connection) -> None:
    """Leave no transaction open."""
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        # SQLite has rolled back by itself, or the connection is closed; the first error is the one to show.
        return
