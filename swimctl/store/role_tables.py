"""The migration for roles of one's own, and for users whose password a directory knows; never edited once released."""

from __future__ import annotations

from sqlite_utils import Database

from swimctl.store.first_tables import run


def m023_roles(db: Database) -> None:
    """Keep of users and tokens the names of roles that config.yaml has, and of users who knows their password."""
    run(
        db,
        """
        ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT '[]' CHECK (json_type(roles) = 'array');
        ALTER TABLE users ADD COLUMN source TEXT NOT NULL DEFAULT 'own' CHECK (source IN ('own', 'ldap'));
        ALTER TABLE tokens ADD COLUMN roles TEXT NOT NULL DEFAULT '[]' CHECK (json_type(roles) = 'array');
        CREATE TRIGGER tokens_keep_their_roles BEFORE UPDATE OF roles ON tokens
            BEGIN SELECT RAISE(ABORT, 'what a token may never changes'); END;
        """,
    )
