"""The migration for batches and jobs that stop after their step; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database


def m022_stops(db: Database) -> None:
    """Keep who stopped a batch, and of a running job who asked that it stops after its step.

    An empty name stands for a job that was stopped and is to go on: whoever looks for what is due takes it up.
    """
    numbered = (
        "UPDATE changes SET number = number + 1; UPDATE jobs SET changed = (SELECT number FROM changes) WHERE id ="
    )
    shown = (
        "status, progress, bytes_done, bytes_total, error, attempted, runner_id, started_at, finished_at, outcome, "
        "waiting, stop_by"
    )
    db.executescript(
        f"""
        ALTER TABLE batches ADD COLUMN stopped_by TEXT;
        ALTER TABLE jobs ADD COLUMN stop_by TEXT;
        DROP TRIGGER jobs_change;
        CREATE TRIGGER jobs_change AFTER UPDATE OF {shown} ON jobs BEGIN {numbered} NEW.id; END;
        DROP TRIGGER batches_change_hands;
        CREATE TRIGGER batches_change_hands AFTER UPDATE OF runner_id, approved_by, paused_by, stopped_by ON batches
            WHEN NEW.runner_id IS NOT OLD.runner_id OR NEW.approved_by IS NOT OLD.approved_by
                OR NEW.paused_by IS NOT OLD.paused_by OR NEW.stopped_by IS NOT OLD.stopped_by
            BEGIN
                UPDATE changes SET number = number + 1;
                UPDATE jobs SET changed = (SELECT number FROM changes)
                    WHERE batch_id = NEW.id AND status IN ('pending', 'scheduled');
            END;
        """
    )
