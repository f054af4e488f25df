"""The migration for the first of its kind; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database


def m021_first_of_its_kind(db: Database) -> None:
    """Keep of which kind a job's upgrade is, and whether that kind has no proof yet: then one of it runs at a time.

    Of jobs of before, nobody knows whether their devices were those of a lab: they prove nothing.
    """
    db.executescript(
        """
        ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT '';
        ALTER TABLE jobs ADD COLUMN unproved INTEGER NOT NULL DEFAULT 0 CHECK (unproved IN (0, 1));
        CREATE UNIQUE INDEX one_running_job_of_an_unproved_kind ON jobs (kind)
            WHERE unproved = 1 AND status IN ('distributing', 'activating');
        CREATE INDEX jobs_of_unproved_kinds ON jobs (kind, batch_id, id) WHERE unproved = 1;
        CREATE INDEX failed_jobs_of_unproved_kinds ON jobs (kind, batch_id)
            WHERE unproved = 1 AND status = 'failed' AND attempted = 1;
        CREATE INDEX jobs_that_prove_a_kind ON jobs (kind)
            WHERE status = 'success' AND outcome = 'upgraded' AND kind <> '';
        CREATE TRIGGER jobs_prove_their_kind AFTER UPDATE OF status ON jobs
            WHEN NEW.status = 'success' AND NEW.outcome = 'upgraded' AND NEW.kind <> ''
            BEGIN UPDATE jobs SET unproved = 0 WHERE kind = NEW.kind AND unproved = 1; END;
        """
    )
