"""The migrations of what devices were seen to run; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database

from swimctl.store.first_tables import run


def m018_sightings(db: Database) -> None:
    """Keep what devices were seen to run for as long as they ran it, and not only the last of it.

    A job that upgraded its device has proved what it runs: that is a sighting, in the transaction of its end.
    """
    proved = """
        '{}', '', ifnull((SELECT serials FROM sightings s WHERE s.device_id = j.device_id ORDER BY s.id DESC LIMIT 1),
        '[]'), 'job ' || j.id, j.finished_at, j.finished_at
        FROM jobs j JOIN images i ON i.id = j.image_id
    """
    columns = "device_id, release, members, doubt, serials, seen_by, since, at"
    run(
        db,
        f"""
        CREATE TABLE sightings (
            id INTEGER PRIMARY KEY,
            device_id INTEGER NOT NULL REFERENCES devices (id),
            release TEXT NOT NULL CHECK (release <> ''),
            members TEXT NOT NULL,
            doubt TEXT NOT NULL,
            serials TEXT NOT NULL,
            seen_by TEXT NOT NULL,
            since TEXT NOT NULL,
            at TEXT NOT NULL
        );
        CREATE INDEX sightings_by_device ON sightings (device_id);
        INSERT INTO sightings ({columns}) SELECT {columns} FROM (
            SELECT device_id, release, members, doubt, '[]' AS serials, '' AS seen_by, at AS since, at
                FROM seen_releases
            UNION ALL
            SELECT j.device_id, i.version, '{{}}', '', '[]', 'job ' || j.id, j.finished_at, j.finished_at
                FROM jobs j JOIN images i ON i.id = j.image_id
                WHERE j.outcome = 'upgraded' AND j.finished_at IS NOT NULL
        ) ORDER BY at;
        DROP TABLE seen_releases;
        CREATE TRIGGER jobs_prove_what_runs AFTER UPDATE OF status ON jobs
            WHEN NEW.outcome = 'upgraded' AND OLD.outcome IS NULL AND NEW.finished_at IS NOT NULL
            BEGIN
                INSERT INTO sightings ({columns}) SELECT j.device_id, i.version, {proved} WHERE j.id = NEW.id;
            END;
        """,
    )
