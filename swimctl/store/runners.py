"""Who runs jobs, and whether it still lives: by a file lock that the kernel frees when the process dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from swimctl.errors import StoreError


@dataclass(frozen=True)
class Runner:
    """One process that runs jobs. Holds its lock until `close()` or its death."""

    id: str
    pid: int
    host: str
    started_at: datetime
    lock_file: Path = field(repr=False)
    _handle: int = field(repr=False, compare=False)

    def close(self) -> None:
        """Stop being a runner; jobs that it still owns read as interrupted."""
        with contextlib.suppress(OSError):
            self.lock_file.unlink(missing_ok=True)
            os.close(self._handle)


def lock_folder(store: Path) -> Path:
    """Name the folder of lock files beside a store."""
    return store.with_name(store.name + ".runners")


def make_runner(store: Path, now: datetime) -> Runner:
    """Take a new lock. The folder must be on a local disk: a network file system's locks do not tell of a dead host."""
    folder = lock_folder(store)
    runner_id = uuid.uuid4().hex
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{runner_id}.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot hold this process's lock: {error.strerror}; give this user the right to write there"
        ) from error
    return Runner(runner_id, os.getpid(), socket.gethostname(), now, path, handle)


def is_alive(store: Path, runner_id: str) -> bool:
    """Tell whether a runner's process lives: nobody can share the lock that it holds."""
    path = lock_folder(store) / f"{runner_id}.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # in doubt it lives: two runners on one device are worse than a wait
    try:
        # Shared, so that two who probe at the same moment do not take each other for the owner.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def sweep(store: Path) -> None:
    """Remove the lock files of the dead; a dead runner without its file is as dead."""
    for path in lock_folder(store).glob("*.lock"):
        if not is_alive(store, path.stem):
            path.unlink(missing_ok=True)
