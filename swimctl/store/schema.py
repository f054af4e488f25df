"""The tables, as migrations that only ever grow at the end: a migration once released is never edited."""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

from swimctl.store.campaign_tables import m024_campaigns, m025_revisions
from swimctl.store.chain import START, every_entry, link
from swimctl.store.first_tables import m001_devices_images_jobs, m002_accounts, run
from swimctl.store.flow_tables import m020_flows
from swimctl.store.later_tables import m016_waiting, m017_paused_batches
from swimctl.store.pilot_tables import m021_first_of_its_kind
from swimctl.store.role_tables import m023_roles
from swimctl.store.sighting_tables import m018_sightings
from swimctl.store.stop_tables import m022_stops
from swimctl.store.write_back_tables import m019_write_backs


def m003_outcomes_waves_order(db: Database) -> None:
    """Keep what a device is at the end of its job, and in what order and under which conditions a batch goes."""
    run(
        db,
        """
        ALTER TABLE batches ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE batches ADD COLUMN needs_approval INTEGER NOT NULL DEFAULT 0 CHECK (needs_approval IN (0, 1));
        ALTER TABLE batches ADD COLUMN approved_by TEXT;
        ALTER TABLE batches ADD COLUMN approved_at TEXT;

        ALTER TABLE jobs ADD COLUMN outcome TEXT
            CHECK (outcome IN ('untouched', 'upgraded', 'rolled back', 'unknown'));
        ALTER TABLE jobs ADD COLUMN wave INTEGER NOT NULL DEFAULT 1 CHECK (wave > 0);
        ALTER TABLE jobs ADD COLUMN redundancy_group TEXT CHECK (redundancy_group <> '');
        ALTER TABLE jobs ADD COLUMN after TEXT NOT NULL DEFAULT '[]';
        CREATE UNIQUE INDEX one_running_job_per_redundancy_group ON jobs (redundancy_group)
            WHERE status IN ('distributing', 'activating') AND redundancy_group IS NOT NULL;

        UPDATE jobs SET outcome = CASE
            WHEN attempted = 0 THEN 'untouched'
            WHEN status = 'success' AND EXISTS (SELECT 1 FROM steps s WHERE s.job_id = jobs.id
                AND s.name = 'Activation' AND s.status = 'success') THEN 'upgraded'
            WHEN status = 'success' THEN 'untouched'
            WHEN EXISTS (SELECT 1 FROM memories m WHERE m.job_id = jobs.id AND m.key = 'activate sent') THEN 'unknown'
            ELSE 'untouched' END
            WHERE status IN ('success', 'failed', 'cancelled');

        CREATE TRIGGER jobs_end_with_an_outcome BEFORE UPDATE OF status ON jobs
            WHEN NEW.status IN ('success', 'failed', 'cancelled') AND NEW.outcome IS NULL
            BEGIN SELECT RAISE(ABORT, 'a job ends with what its device is'); END;
        CREATE TRIGGER jobs_success_is_no_doubt BEFORE UPDATE OF status ON jobs
            WHEN NEW.status = 'success' AND NEW.outcome NOT IN ('untouched', 'upgraded')
            BEGIN SELECT RAISE(ABORT, 'a success leaves the device upgraded, or as it was'); END;

        CREATE TABLE waves (
            batch_id TEXT NOT NULL REFERENCES batches (id),
            number INTEGER NOT NULL CHECK (number > 0),
            passed_at TEXT NOT NULL,
            PRIMARY KEY (batch_id, number)
        ) WITHOUT ROWID;
        """,
    )


def m004_audit_chain(db: Database) -> None:
    """Link the entries of the audit by hashes, those that are there already too."""
    run(db, "DROP TRIGGER audit_never_changes; ALTER TABLE audit ADD COLUMN hash TEXT;")
    before, hashes = START, []
    for entry in every_entry(db):
        before = link(before, entry.fields)
        hashes.append((before, entry.id))
    db.conn.executemany("UPDATE audit SET hash = ? WHERE id = ?", hashes)
    run(
        db,
        """
        CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END;
        CREATE TRIGGER audit_is_a_chain BEFORE INSERT ON audit WHEN NEW.hash IS NULL OR length(NEW.hash) <> 64
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit has a hash'); END;
        """,
    )


def m005_kinds_of_images(db: Database) -> None:
    """Keep what kind of file an image is; only what a device boots may be golden."""
    run(
        db,
        """
        ALTER TABLE images ADD COLUMN kind TEXT NOT NULL DEFAULT 'image' CHECK (kind IN ('image', 'patch', 'epld'));
        CREATE TRIGGER goldens_are_whole_images BEFORE INSERT ON goldens
            WHEN (SELECT kind FROM images WHERE id = NEW.image_id) <> 'image'
            BEGIN SELECT RAISE(ABORT, 'only a whole image is golden'); END;
        """,
    )


def m006_classic_ios(db: Database) -> None:
    """Give the images of classic IOS their own platform; before, they stood under that of IOS-XE."""
    classic = "platform = 'cisco_xe' AND (filename GLOB '*-m.*' OR filename GLOB '*-m[zf].*' OR filename GLOB '*-f.*')"
    db.execute(f"UPDATE goldens SET platform = 'cisco_ios' WHERE image_id IN (SELECT id FROM images WHERE {classic})")
    db.execute(f"UPDATE images SET platform = 'cisco_ios' WHERE {classic}")


def m007_golden_rules(db: Database) -> None:
    """Add a model, a site and a role to golden rules, beside the group."""
    run(
        db,
        """
        ALTER TABLE goldens ADD COLUMN model TEXT CHECK (model <> '');
        ALTER TABLE goldens ADD COLUMN site TEXT CHECK (site <> '');
        ALTER TABLE goldens ADD COLUMN role TEXT CHECK (role <> '');
        DROP INDEX one_golden_per_rule;
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (
            platform, family, ifnull(group_name, ''), ifnull(model, ''), ifnull(site, ''), ifnull(role, '')
        );
        """,
    )


def m008_kinds_of_steps(db: Database) -> None:
    """Keep a step by its kind: what people call it may change under a job that waits. A name nobody knows stays."""
    db.execute("ALTER TABLE steps RENAME COLUMN name TO kind")
    db.execute(
        """
        UPDATE steps SET kind = CASE kind
            WHEN 'Readiness Check' THEN 'readiness' WHEN 'Distribution' THEN 'distribution'
            WHEN 'Activation' THEN 'activation' WHEN 'Post-Checks' THEN 'post-checks' ELSE kind END
        """
    )


def m009_refused_logins(db: Database) -> None:
    """Count refused logins by account, and keep who tries one just now."""
    run(
        db,
        """
        CREATE TABLE login_refusals (
            account TEXT PRIMARY KEY,
            refused INTEGER NOT NULL CHECK (refused >= 0),
            devices TEXT NOT NULL,
            last_at TEXT NOT NULL,
            proved_at TEXT
        ) WITHOUT ROWID;
        CREATE TABLE login_attempts (
            account TEXT NOT NULL,
            device TEXT NOT NULL,
            holder TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (account, device, holder)
        ) WITHOUT ROWID;
        """,
    )


def m010_devices_by_any_name(db: Database) -> None:
    """Add what a running job reserves, such as a device's address and serials: two names for it are one device."""
    run(
        db,
        """
        CREATE TABLE held (
            what TEXT PRIMARY KEY,
            job_id INTEGER NOT NULL REFERENCES jobs (id)
        ) WITHOUT ROWID;
        CREATE INDEX held_by_job ON held (job_id);
        CREATE TRIGGER held_while_its_job_runs AFTER UPDATE OF status ON jobs
            WHEN NEW.status IN ('success', 'failed', 'cancelled')
            BEGIN DELETE FROM held WHERE job_id = NEW.id; END;
        """,
    )


def m011_golden_tags_and_times(db: Database) -> None:
    """Add a tag to golden rules, and the times from which and until which they count."""
    run(
        db,
        """
        ALTER TABLE goldens ADD COLUMN tag TEXT CHECK (tag <> '');
        ALTER TABLE goldens ADD COLUMN valid_from TEXT;
        ALTER TABLE goldens ADD COLUMN valid_until TEXT;
        DROP INDEX one_golden_per_rule;
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (
            platform, family, ifnull(group_name, ''), ifnull(model, ''), ifnull(site, ''), ifnull(role, ''),
            ifnull(tag, ''), ifnull(valid_from, ''), ifnull(valid_until, '')
        );
        """,
    )


def m012_golden_releases(db: Database) -> None:
    """Add golden rules that name a release without a file, of any family of their platform."""
    kept = "platform, family, group_name, model, site, role, tag, valid_from, valid_until"
    run(
        db,
        f"""
        CREATE TABLE rules (
            image_id INTEGER REFERENCES images (id),
            release TEXT CHECK (release <> ''),
            platform TEXT NOT NULL,
            family TEXT CHECK (family <> ''),
            group_name TEXT CHECK (group_name <> ''),
            model TEXT CHECK (model <> ''),
            site TEXT CHECK (site <> ''),
            role TEXT CHECK (role <> ''),
            tag TEXT CHECK (tag <> ''),
            valid_from TEXT,
            valid_until TEXT,
            CHECK ((image_id IS NULL) = (release IS NOT NULL)),
            CHECK (family IS NOT NULL OR image_id IS NULL)
        );
        INSERT INTO rules (image_id, {kept}) SELECT image_id, {kept} FROM goldens;
        DROP TABLE goldens;
        ALTER TABLE rules RENAME TO goldens;
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (
            platform, ifnull(family, ''), ifnull(group_name, ''), ifnull(model, ''), ifnull(site, ''),
            ifnull(role, ''), ifnull(tag, ''), ifnull(valid_from, ''), ifnull(valid_until, '')
        );
        CREATE TRIGGER goldens_are_whole_images BEFORE INSERT ON goldens
            WHEN (SELECT kind FROM images WHERE id = NEW.image_id) <> 'image'
            BEGIN SELECT RAISE(ABORT, 'only a whole image is golden'); END;
        """,
    )


def m013_seen_releases(db: Database) -> None:
    """Keep what each device was last seen to run."""
    run(
        db,
        """
        CREATE TABLE seen_releases (
            device_id INTEGER PRIMARY KEY REFERENCES devices (id),
            release TEXT NOT NULL CHECK (release <> ''),
            members TEXT NOT NULL,
            doubt TEXT NOT NULL,
            at TEXT NOT NULL
        );
        """,
    )


def m014_counted_and_numbered(db: Database) -> None:
    """Count the jobs that were tried by batch and wave, and number what changes, as those who watch must know it."""
    # A job's `changed` is the number of its latest change that its document shows. One counter for the whole store.
    numbered = (
        "UPDATE changes SET number = number + 1; UPDATE jobs SET changed = (SELECT number FROM changes) WHERE id ="
    )
    shown = "status, progress, bytes_done, bytes_total, error, attempted, runner_id, started_at, finished_at, outcome"
    db.executescript(
        f"""
        CREATE TABLE tallies (
            batch_id TEXT NOT NULL REFERENCES batches (id),
            wave INTEGER NOT NULL,
            tried INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            PRIMARY KEY (batch_id, wave)
        ) WITHOUT ROWID;
        INSERT INTO tallies SELECT batch_id, wave, count(*), sum(status = 'failed') FROM jobs
            WHERE attempted = 1 AND status IN ('success', 'failed') GROUP BY batch_id, wave;
        CREATE TRIGGER jobs_are_counted AFTER UPDATE OF status ON jobs
            WHEN NEW.attempted = 1 AND NEW.status IN ('success', 'failed') AND OLD.status NOT IN ('success', 'failed')
            BEGIN
                INSERT INTO tallies VALUES (NEW.batch_id, NEW.wave, 1, NEW.status = 'failed')
                ON CONFLICT (batch_id, wave) DO UPDATE SET tried = tried + 1, failed = failed + excluded.failed;
            END;
        CREATE INDEX jobs_by_group ON jobs (batch_id, redundancy_group) WHERE redundancy_group IS NOT NULL;

        CREATE TABLE changes (number INTEGER NOT NULL);
        INSERT INTO changes VALUES (1);
        ALTER TABLE jobs ADD COLUMN changed INTEGER NOT NULL DEFAULT 1;
        DROP INDEX jobs_by_batch;
        CREATE INDEX jobs_by_batch ON jobs (batch_id, changed);
        CREATE TRIGGER jobs_change AFTER UPDATE OF {shown} ON jobs BEGIN {numbered} NEW.id; END;
        CREATE TRIGGER batches_change_hands AFTER UPDATE OF runner_id ON batches WHEN NEW.runner_id IS NOT OLD.runner_id
            AND NOT NEW.detached AND NEW.schedule_time IS NULL
            BEGIN
                UPDATE changes SET number = number + 1;
                UPDATE jobs SET changed = (SELECT number FROM changes) WHERE batch_id = NEW.id AND status = 'pending';
            END;
        CREATE TRIGGER steps_change AFTER UPDATE ON steps BEGIN {numbered} NEW.job_id; END;
        CREATE TRIGGER events_are_heard AFTER INSERT ON events
            WHEN (SELECT status FROM jobs WHERE id = NEW.job_id) IN ('distributing', 'activating')
            BEGIN {numbered} NEW.job_id; END;
        CREATE TRIGGER removals_change AFTER INSERT ON memories WHEN NEW.key >= 'removed ' AND NEW.key < 'removed!'
            BEGIN {numbered} NEW.job_id; END;
        """
    )


def m015_leases(db: Database) -> None:
    """Add the number of who took a job up last, so that one of before is known when it asks whether it may send."""
    db.executescript("ALTER TABLE jobs ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;")


_IN_ORDER: Final = (
    m001_devices_images_jobs,
    m002_accounts,
    m003_outcomes_waves_order,
    m004_audit_chain,
    m005_kinds_of_images,
    m006_classic_ios,
    m007_golden_rules,
    m008_kinds_of_steps,
    m009_refused_logins,
    m010_devices_by_any_name,
    m011_golden_tags_and_times,
    m012_golden_releases,
    m013_seen_releases,
    m014_counted_and_numbered,
    m015_leases,
    m016_waiting,
    m017_paused_batches,
    m018_sightings,
    m019_write_backs,
    m020_flows,
    m021_first_of_its_kind,
    m022_stops,
    m023_roles,
    m024_campaigns,
    m025_revisions,
)
KNOWN: Final = tuple(migration.__name__ for migration in _IN_ORDER)

migrations: Final = Migrations("swimctl")
for _migration in _IN_ORDER:
    migrations()(_migration)
