"""The tables that the store began with: devices, images and jobs, then who may use the API.

They only ever grow by the migrations in schema.py: these two are never edited.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlite_utils import Database

APPLICATION_ID: Final = 0x5357494D  # "SWIM" in the header of the file: tells our store from another SQLite file


def run(db: Database, script: str) -> None:
    """Run a script's statements one by one within the open transaction.

    As sqlite-utils' own `executescript` does, which asks SQLite after each character whether a statement ends there:
    that took 0.06 s of CPU for each new store.
    """
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement:
        db.execute(statement)  # SQLite says what is wrong with it


def m001_devices_images_jobs(db: Database) -> None:
    """Lay the first tables. The database itself refuses states that must not exist."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    run(
        db,
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
        """,
    )


def m002_accounts(db: Database) -> None:
    """Lay the tables of who may use the API, of what they did, and of answers that a retry gets again."""
    run(
        db,
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
        """,
    )
