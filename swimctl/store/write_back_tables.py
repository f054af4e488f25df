"""The migration of what other systems are told; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database

from swimctl.store.first_tables import run


def m019_write_backs(db: Database) -> None:
    """Keep which system was told of which upgrade, and when it is tried again."""
    run(
        db,
        """
        CREATE TABLE write_backs (
            job_id INTEGER NOT NULL REFERENCES jobs (id),
            target TEXT NOT NULL CHECK (target <> ''),
            tries INTEGER NOT NULL CHECK (tries >= 0),
            next_at TEXT NOT NULL,
            written_at TEXT,
            PRIMARY KEY (job_id, target)
        ) WITHOUT ROWID;
        CREATE INDEX jobs_that_upgraded ON jobs (device_id, finished_at) WHERE outcome = 'upgraded';
        """,
    )
