"""Connections that only read: who reads waits for nobody who writes, and sees what was committed before it began."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Final

from sqlite_utils import Database as Sql

# More would not read faster: Python runs one thread at a time, and each connection is three open files.
MOST: Final = 8


class Readers:
    """Some connections for any number of threads; opened when they are needed."""

    def __init__(self, open_one: Callable[[], Sql]) -> None:
        self._open_one = open_one
        self._idle: SimpleQueue[Sql | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._opened = 0
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[Sql]:
        """Yield a connection that nobody else reads on. sqlite3.ProgrammingError: all are closed."""
        sql = self._taken()
        try:
            yield sql
        finally:
            self._idle.put(sql)
            if self._closed:
                self._close_idle()

    def close(self) -> None:
        """Close all; one that is being read on is closed after that. Closing twice is allowed."""
        self._closed = True
        self._close_idle()

    def _taken(self) -> Sql:
        while not self._closed:
            try:
                found = self._idle.get_nowait()
            except Empty:
                with self._lock:
                    more = self._opened < MOST
                    self._opened += more
                found = self._opened_one() if more else self._idle.get()
            if found is not None:
                return found
        self._idle.put(None)  # for the next who waits
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")

    def _opened_one(self) -> Sql:
        try:
            return self._open_one()
        except BaseException:
            with self._lock:
                self._opened -= 1
            self._idle.put(None)  # whoever waits tries it too
            raise

    def _close_idle(self) -> None:
        try:
            while True:
                sql = self._idle.get_nowait()
                if sql is not None:
                    sql.conn.close()
        except Empty:
            self._idle.put(None)  # lets go who waits
