"""Migrations of the store behind those of schema.py; they too are never edited once released."""

from __future__ import annotations

from sqlite_utils import Database


def m016_waiting(db: Database) -> None:
    """Keep what a job waits for; a batch that is approved changes what its jobs wait for."""
    numbered = (
        "UPDATE changes SET number = number + 1; UPDATE jobs SET changed = (SELECT number FROM changes) WHERE id ="
    )
    shown = (
        "status, progress, bytes_done, bytes_total, error, attempted, runner_id, started_at, finished_at, outcome, "
        "waiting"
    )
    db.executescript(
        f"""
        ALTER TABLE jobs ADD COLUMN waiting TEXT;
        DROP TRIGGER jobs_change;
        CREATE TRIGGER jobs_change AFTER UPDATE OF {shown} ON jobs BEGIN {numbered} NEW.id; END;
        DROP TRIGGER batches_change_hands;
        CREATE TRIGGER batches_change_hands AFTER UPDATE OF runner_id, approved_by ON batches
            WHEN NEW.runner_id IS NOT OLD.runner_id OR NEW.approved_by IS NOT OLD.approved_by
            BEGIN
                UPDATE changes SET number = number + 1;
                UPDATE jobs SET changed = (SELECT number FROM changes)
                    WHERE batch_id = NEW.id AND status IN ('pending', 'scheduled');
            END;
        CREATE TRIGGER jobs_wait_no_more AFTER UPDATE OF status ON jobs
            WHEN NEW.status IN ('success', 'failed', 'cancelled') AND NEW.waiting IS NOT NULL
            BEGIN UPDATE jobs SET waiting = NULL WHERE id = NEW.id; END;
        """
    )


def m017_paused_batches(db: Database) -> None:
    """Keep who paused a batch: until somebody continues it, none of its jobs starts."""
    db.executescript(
        """
        ALTER TABLE batches ADD COLUMN paused_by TEXT;
        DROP TRIGGER batches_change_hands;
        CREATE TRIGGER batches_change_hands AFTER UPDATE OF runner_id, approved_by, paused_by ON batches
            WHEN NEW.runner_id IS NOT OLD.runner_id OR NEW.approved_by IS NOT OLD.approved_by
                OR NEW.paused_by IS NOT OLD.paused_by
            BEGIN
                UPDATE changes SET number = number + 1;
                UPDATE jobs SET changed = (SELECT number FROM changes)
                    WHERE batch_id = NEW.id AND status IN ('pending', 'scheduled');
            END;
        """
    )
