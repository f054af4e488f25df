"""What workflows of one's own need in the store."""

from __future__ import annotations

from sqlite_utils import Database


def m020_flows(db: Database) -> None:
    """Keep with a batch the steps of its workflow that are not swimctl's, as they were when it was made."""
    db.executescript("ALTER TABLE batches ADD COLUMN flow TEXT NOT NULL DEFAULT '';")
