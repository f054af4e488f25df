"""Who is alive: a runner holds a lock on a file of its own, and the kernel frees it however the process ends."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database as Sql

from swimctl.clock import Clock, rfc3339
from swimctl.errors import StoreError
from swimctl.store.database import Database


@dataclass(frozen=True, slots=True, eq=False)
class Runner:
    """A process that runs jobs, for as long as it lives or until `close`."""

    id: str
    pid: int
    host: str
    started_at: datetime
    _locks: RunnerLocks = field(repr=False)

    def close(self) -> None:
        """Release this runner's lock: what it has not ended counts as interrupted."""
        self._locks.let_go(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RunnerLocks:
    """The folder of lock files beside the store, and the locks that this process holds in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._held: dict[str, int] = {}
        self._dead: set[str] = set()  # who is dead stays dead: no id is given twice

    def take(self, runner_id: str) -> None:
        """Lock this runner's file. Inside a write transaction only: nobody knows the id until it ends."""
        path = self._path(runner_id)
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            self._held[runner_id] = handle
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.let_go(runner_id)
            raise StoreError(
                f"no lock file can be made in {self.folder}: {error.strerror}; check the rights and the space there"
            ) from error

    def let_go(self, runner_id: str) -> None:
        """Free the lock and remove its file; doing it twice is allowed."""
        handle = self._held.pop(runner_id, None)
        if handle is not None:
            self._path(runner_id).unlink(missing_ok=True)
            os.close(handle)

    def let_all_go(self) -> None:
        """Free every lock of this process's store."""
        for runner_id in tuple(self._held):
            self.let_go(runner_id)

    def holds(self, runner_id: str) -> bool:
        """Return whether this very store registered the runner, and it has not closed."""
        return runner_id in self._held

    def lives(self, runner_id: str | None) -> bool:
        """Return whether the process of this runner is alive. A file that cannot be looked at counts as alive."""
        if runner_id is None or runner_id in self._dead:
            return False
        if runner_id in self._held:
            return True
        if self._locked(self._path(runner_id)):
            return True
        self._dead.add(runner_id)
        return False

    def others(self, owner_id: str | None, runner_id: str) -> bool:
        """Return whether a batch's owner is a living process other than this runner and this very store."""
        if owner_id is None or owner_id == runner_id or self.holds(owner_id):
            return False
        return self.lives(owner_id)

    def sweep(self) -> None:
        """Remove the files of dead runners. Inside a write transaction only, so that none is just being made."""
        for path in self.folder.glob("*.lock"):
            if not self.lives(path.stem):
                path.unlink(missing_ok=True)

    def _path(self, runner_id: str) -> Path:
        return self.folder / f"{runner_id}.lock"

    @staticmethod
    def _locked(path: Path) -> bool:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        try:
            # A shared lock: two processes that look at the same moment must not take each other for the runner.
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False


class Part:
    """What every part of the store stands on."""

    def __init__(self, db: Database, clock: Clock, locks: RunnerLocks):
        self._db = db
        self._clock = clock
        self._locks = locks
        db.define("swimctl_lives", locks.lives)
        db.define("swimctl_others", locks.others)


P = ParamSpec("P")
S = TypeVar("S", bound=Part)
T = TypeVar("T")


def written(method: Callable[Concatenate[S, Sql, P], T]) -> Callable[Concatenate[S, P], T]:
    """Run a method in a transaction that writes, which is its first argument; it returns after the commit.

    What runs there keeps all others who write waiting, and must not use the store but by that transaction.
    """

    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._db.write(lambda sql: method(self, sql, *args, **kwargs))

    return update_wrapper(call, method)


class Runners(Part):
    """The runners of this process."""

    _here: Runner | None = None

    @written
    def register_runner(self, sql: Sql) -> Runner:
        """Register this process as one that runs jobs; hold the Runner open for as long as it does."""
        return self._register(sql)

    def _register(self, sql: Sql) -> Runner:
        runner = Runner(secrets.token_hex(8), os.getpid(), socket.gethostname(), self._clock.now(), self._locks)
        self._locks.sweep()
        sql.execute(
            "INSERT INTO runners (id, pid, host, started_at) VALUES (?, ?, ?, ?)",
            [runner.id, runner.pid, runner.host, rfc3339(runner.started_at)],
        )
        self._locks.take(runner.id)
        return runner

    def _presence(self, sql: Sql) -> str:
        """Return the id of the runner that stands for this store itself until it closes."""
        here = None if self._here is None or not self._locks.holds(self._here.id) else self._here.id
        # Its row may be gone with a transaction that failed.
        if self._here is None or not sql.execute("SELECT 1 FROM runners WHERE id = ?", [here]).fetchone():
            self._here = self._register(sql)
        return self._here.id
