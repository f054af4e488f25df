"""The migrations for campaigns and their nights; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database


def m024_campaigns(db: Database) -> None:
    """Keep campaigns, their nights, and which devices a person lets be tried again.

    The database itself forbids two nights of a campaign at once, and two of one opening of its window unless somebody
    asked for the second one.
    """
    db.executescript(
        """
        CREATE TABLE campaigns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            rule TEXT NOT NULL,
            created_at TEXT NOT NULL,
            created_by TEXT NOT NULL,
            needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),
            approved_by TEXT,
            approved_at TEXT,
            paused_by TEXT,
            halted TEXT CHECK (halted <> ''),
            released_by TEXT,
            finished_at TEXT,
            ended_at TEXT,
            ended_by TEXT
        );
        CREATE TABLE campaign_nights (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
            number INTEGER NOT NULL CHECK (number > 0),
            opens TEXT NOT NULL,
            part INTEGER NOT NULL CHECK (part > 0),
            closes TEXT NOT NULL,
            batch_id TEXT NOT NULL UNIQUE REFERENCES batches (id),
            begun_at TEXT NOT NULL,
            ended_at TEXT
        );
        CREATE UNIQUE INDEX one_night_of_an_opening ON campaign_nights (campaign_id, opens, part);
        CREATE UNIQUE INDEX nights_are_numbered ON campaign_nights (campaign_id, number);
        CREATE UNIQUE INDEX one_night_at_once ON campaign_nights (campaign_id) WHERE ended_at IS NULL;
        CREATE TABLE campaign_second_chances (
            campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
            device_id INTEGER NOT NULL REFERENCES devices (id),
            job_id INTEGER NOT NULL,
            PRIMARY KEY (campaign_id, device_id)
        ) WITHOUT ROWID;
        """
    )


def m025_revisions(db: Database) -> None:
    """Keep the number of the rule that a campaign has, so that an approval is of the one that was seen."""
    db.executescript("ALTER TABLE campaigns ADD COLUMN revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0);")
