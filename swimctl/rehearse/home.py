"""The folder of a rehearsal: private, gone at its end, and swept by the next one if nobody was left to do it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "swimctl-rehearsal-"
_LOCK: Final = ".lock"


@contextmanager
def home() -> Iterator[Path]:
    """Yield a folder that only its owner can read, and that is gone at the end."""
    sweep()
    made = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}"))
    lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # It gets its name with its lock: no other rehearsal sweeps it in between.
    folder = made.rename(made.with_name(made.name.removeprefix(".")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove what a rehearsal left that was killed: the kernel has taken its lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.stat().st_uid != os.getuid() or folder.is_symlink():
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
