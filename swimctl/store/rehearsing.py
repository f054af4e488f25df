"""A copy of the store for a rehearsal: what it knows of images, devices and jobs, without accounts and running jobs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from swimctl.clock import rfc3339
from swimctl.errors import StoreError

# What opens the API, and what is only of the process that wrote it.
_NOT_COPIED: Final = ("tokens", "users", "idempotency", "login_refusals", "login_attempts", "held", "write_backs")
_WHY: Final = "it is not part of this rehearsal"


def without_the_present(copy: Path, at: datetime) -> None:
    """Remove from a copy of the store who may use it, and end what waits or runs: its devices are not there.

    StoreError: it cannot be changed.
    """
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as sql:
            sql.create_function("swimctl_lives", 1, lambda _runner: False)
            sql.create_function("swimctl_others", 2, lambda _owner, _runner: False)
            sql.execute("PRAGMA secure_delete = ON")
            sql.execute("BEGIN IMMEDIATE")
            for table in _NOT_COPIED:
                sql.execute(f"DELETE FROM {table}")
            sql.execute(
                "UPDATE jobs SET status = 'failed', error = ?, finished_at = ?, "
                "outcome = CASE WHEN attempted THEN 'unknown' ELSE 'untouched' END "
                "WHERE status IN ('pending', 'scheduled', 'distributing', 'activating')",
                [_WHY, rfc3339(at)],
            )
            sql.execute("COMMIT")
            sql.execute("VACUUM")
    except sqlite3.Error as error:
        raise StoreError(f"the copy of the store for the rehearsal cannot be made: {error}") from error
