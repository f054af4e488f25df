"""The tables, as migrations that only ever grow at the end: a migration once released is never edited."""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

from swimctl.store.chain import START, every_entry, link

APPLICATION_ID: Final = 0x5357494D  # "SWIM" in the header of the file: tells our store from another SQLite file


def m001_devices_images_jobs(db: Database) -> None:
    """Lay the first tables. The database itself refuses states that must not exist."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.executescript(
        """
        CREATE TABLE devices (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE
        );

        CREATE TABLE images (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            filename TEXT NOT NULL,
            path TEXT NOT NULL,
            platform TEXT NOT NULL,
            family TEXT NOT NULL,
            version TEXT NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            sha512 TEXT NOT NULL,
            md5 TEXT NOT NULL,
            added_at TEXT NOT NULL,
            removed_at TEXT
        );
        CREATE UNIQUE INDEX one_image_per_filename ON images (filename) WHERE removed_at IS NULL;

        CREATE TABLE goldens (
            image_id INTEGER NOT NULL REFERENCES images (id),
            platform TEXT NOT NULL,
            family TEXT NOT NULL,
            group_name TEXT CHECK (group_name <> '')
        );
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (platform, family, ifnull(group_name, ''));

        CREATE TABLE runners (
            id TEXT PRIMARY KEY,
            pid INTEGER NOT NULL,
            host TEXT NOT NULL,
            started_at TEXT NOT NULL
        );

        CREATE TABLE batches (
            id TEXT PRIMARY KEY,
            mode TEXT NOT NULL CHECK (mode IN ('parallel', 'sequential')),
            max_failures INTEGER NOT NULL CHECK (max_failures >= 0),
            options TEXT NOT NULL,
            created_at TEXT NOT NULL,
            schedule_time TEXT,
            workers INTEGER CHECK (workers > 0),
            detached INTEGER NOT NULL CHECK (detached IN (0, 1)),
            requested_by TEXT NOT NULL,
            runner_id TEXT REFERENCES runners (id)
        );
        CREATE INDEX batches_by_age ON batches (created_at);

        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            batch_id TEXT NOT NULL REFERENCES batches (id),
            device_id INTEGER NOT NULL REFERENCES devices (id),
            image_id INTEGER NOT NULL REFERENCES images (id),
            status TEXT NOT NULL CHECK (
                status IN ('pending', 'scheduled', 'distributing', 'activating', 'success', 'failed', 'cancelled')
            ),
            progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
            bytes_done INTEGER NOT NULL DEFAULT 0 CHECK (bytes_done >= 0),
            bytes_total INTEGER NOT NULL DEFAULT 0 CHECK (bytes_total >= 0),
            error TEXT,
            attempted INTEGER NOT NULL DEFAULT 0 CHECK (attempted IN (0, 1)),
            runner_id TEXT REFERENCES runners (id),
            started_at TEXT,
            finished_at TEXT,
            CHECK ((finished_at IS NOT NULL) = (status IN ('success', 'failed', 'cancelled'))),
            CHECK (status <> 'success' OR progress = 100),
            CHECK (status NOT IN ('pending', 'scheduled') OR (runner_id IS NULL AND attempted = 0)),
            CHECK (status <> 'cancelled' OR attempted = 0)
        );
        CREATE UNIQUE INDEX one_running_job_per_device ON jobs (device_id)
            WHERE status IN ('distributing', 'activating');
        CREATE INDEX jobs_by_batch ON jobs (batch_id);
        CREATE INDEX jobs_not_final ON jobs (status)
            WHERE status IN ('pending', 'scheduled', 'distributing', 'activating');
        CREATE INDEX jobs_by_image ON jobs (image_id);

        CREATE TABLE steps (
            job_id INTEGER NOT NULL REFERENCES jobs (id),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'pending' CHECK (
                status IN ('pending', 'running', 'success', 'failed', 'skipped')
            ),
            message TEXT NOT NULL DEFAULT '',
            started_at TEXT,
            finished_at TEXT,
            PRIMARY KEY (job_id, position),
            UNIQUE (job_id, name)
        ) WITHOUT ROWID;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            job_id INTEGER NOT NULL REFERENCES jobs (id),
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            message TEXT NOT NULL,
            data TEXT NOT NULL
        );
        CREATE INDEX events_by_job ON events (job_id);
        CREATE TRIGGER events_never_change BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
        CREATE TRIGGER events_never_go BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

        CREATE TABLE memories (
            job_id INTEGER NOT NULL REFERENCES jobs (id),
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (job_id, key)
        ) WITHOUT ROWID;
        CREATE TRIGGER memories_never_change BEFORE UPDATE ON memories
            BEGIN SELECT RAISE(ABORT, 'what a job remembers is never changed'); END;
        """
    )


def m002_accounts(db: Database) -> None:
    """Lay the tables of who may use the API, of what they did, and of answers that a retry gets again."""
    db.executescript(
        """
        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            role TEXT NOT NULL CHECK (role IN ('operator', 'read-only')),
            password_hash TEXT,
            created_at TEXT NOT NULL,
            removed_at TEXT,
            CHECK ((password_hash IS NULL) = (removed_at IS NOT NULL))
        );
        CREATE UNIQUE INDEX one_user_per_name ON users (name) WHERE removed_at IS NULL;

        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL REFERENCES users (id),
            sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
            label TEXT NOT NULL,
            from_login INTEGER NOT NULL CHECK (from_login IN (0, 1)),
            role TEXT NOT NULL CHECK (role IN ('operator', 'read-only')),
            created_at TEXT NOT NULL,
            expires_at TEXT,
            revoked_at TEXT,
            last_used_at TEXT
        );
        CREATE INDEX tokens_by_user ON tokens (user_id);
        CREATE TRIGGER tokens_within_their_users_role BEFORE INSERT ON tokens
            WHEN NOT EXISTS (
                SELECT 1 FROM users
                WHERE id = NEW.user_id AND removed_at IS NULL AND (role = 'operator' OR NEW.role = 'read-only')
            )
            BEGIN SELECT RAISE(ABORT, 'a token needs a present user whose role covers its own'); END;
        CREATE TRIGGER tokens_stay_what_they_are
            BEFORE UPDATE OF user_id, sha256, role, created_at, expires_at ON tokens
            BEGIN SELECT RAISE(ABORT, 'whose a token is, what it may and how long never changes'); END;
        CREATE TRIGGER tokens_stay_revoked BEFORE UPDATE OF revoked_at ON tokens WHEN OLD.revoked_at IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;

        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            data TEXT NOT NULL
        );
        CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END;
        CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never deleted'); END;

        CREATE TABLE idempotency (
            actor TEXT NOT NULL,
            key TEXT NOT NULL,
            body_sha256 TEXT NOT NULL CHECK (length(body_sha256) = 64),
            answer TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (actor, key)
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_by_age ON idempotency (at);
        """
    )


def m003_outcomes_waves_order(db: Database) -> None:
    """Keep what a device is at the end of its job, and in what order and under which conditions a batch goes."""
    db.executescript(
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
        """
    )


def m004_audit_chain(db: Database) -> None:
    """Link the entries of the audit by hashes, those that are there already too."""
    db.executescript("DROP TRIGGER audit_never_changes; ALTER TABLE audit ADD COLUMN hash TEXT;")
    before, hashes = START, []
    for entry in every_entry(db):
        before = link(before, entry.fields)
        hashes.append((before, entry.id))
    db.conn.executemany("UPDATE audit SET hash = ? WHERE id = ?", hashes)
    db.executescript(
        """
        CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END;
        CREATE TRIGGER audit_is_a_chain BEFORE INSERT ON audit WHEN NEW.hash IS NULL OR length(NEW.hash) <> 64
            BEGIN SELECT RAISE(ABORT, 'an entry of the audit has a hash'); END;
        """
    )


def m005_kinds_of_images(db: Database) -> None:
    """Keep what kind of file an image is; only what a device boots may be golden."""
    db.executescript(
        """
        ALTER TABLE images ADD COLUMN kind TEXT NOT NULL DEFAULT 'image' CHECK (kind IN ('image', 'patch', 'epld'));
        CREATE TRIGGER goldens_are_whole_images BEFORE INSERT ON goldens
            WHEN (SELECT kind FROM images WHERE id = NEW.image_id) <> 'image'
            BEGIN SELECT RAISE(ABORT, 'only a whole image is golden'); END;
        """
    )


def m006_classic_ios(db: Database) -> None:
    """Give the images of classic IOS their own platform; before, they stood under that of IOS-XE."""
    classic = "platform = 'cisco_xe' AND (filename GLOB '*-m.*' OR filename GLOB '*-m[zf].*' OR filename GLOB '*-f.*')"
    db.execute(f"UPDATE goldens SET platform = 'cisco_ios' WHERE image_id IN (SELECT id FROM images WHERE {classic})")
    db.execute(f"UPDATE images SET platform = 'cisco_ios' WHERE {classic}")


def m007_golden_rules(db: Database) -> None:
    """Let a golden rule name a model, a site and a role beside a group."""
    db.executescript(
        """
        ALTER TABLE goldens ADD COLUMN model TEXT CHECK (model <> '');
        ALTER TABLE goldens ADD COLUMN site TEXT CHECK (site <> '');
        ALTER TABLE goldens ADD COLUMN role TEXT CHECK (role <> '');
        DROP INDEX one_golden_per_rule;
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (
            platform, family, ifnull(group_name, ''), ifnull(model, ''), ifnull(site, ''), ifnull(role, '')
        );
        """
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
    db.executescript(
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
        """
    )


def m010_devices_by_any_name(db: Database) -> None:
    """Let a running job hold its device by its address and its serial numbers: two names for it are one device."""
    db.executescript(
        """
        CREATE TABLE held (
            what TEXT PRIMARY KEY,
            job_id INTEGER NOT NULL REFERENCES jobs (id)
        ) WITHOUT ROWID;
        CREATE INDEX held_by_job ON held (job_id);
        CREATE TRIGGER held_while_its_job_runs AFTER UPDATE OF status ON jobs
            WHEN NEW.status IN ('success', 'failed', 'cancelled')
            BEGIN DELETE FROM held WHERE job_id = NEW.id; END;
        """
    )


def m011_golden_tags_and_times(db: Database) -> None:
    """Let golden rules name a tag, and count from a time and until another one."""
    db.executescript(
        """
        ALTER TABLE goldens ADD COLUMN tag TEXT CHECK (tag <> '');
        ALTER TABLE goldens ADD COLUMN valid_from TEXT;
        ALTER TABLE goldens ADD COLUMN valid_until TEXT;
        DROP INDEX one_golden_per_rule;
        CREATE UNIQUE INDEX one_golden_per_rule ON goldens (
            platform, family, ifnull(group_name, ''), ifnull(model, ''), ifnull(site, ''), ifnull(role, ''),
            ifnull(tag, ''), ifnull(valid_from, ''), ifnull(valid_until, '')
        );
        """
    )


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
)
KNOWN: Final = tuple(migration.__name__ for migration in _IN_ORDER)

migrations: Final = Migrations("swimctl")
for _migration in _IN_ORDER:
    migrations()(_migration)
