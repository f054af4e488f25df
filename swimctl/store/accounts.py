"""Users and their tokens. What changes one is in the audit in the same transaction.

A token's text and a password never come here: only the SHA-256 of the one and the argon2 hash of the other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError, NotFound, UsageError
from swimctl.models import Caller, Role, Token, User
from swimctl.store import audit
from swimctl.store.rows import numbers, storable, token_from, user_from
from swimctl.store.runners import Part, written

# Logins make tokens by the thousand. One that ended so long ago goes; the audit keeps that there was one.
KEPT_AFTER_ITS_END: Final = timedelta(days=30)

OWN: Final = "own"  # users whose password swimctl knows
_NO_ROLE: Final = "(none)"  # no role of config.yaml can have this name
_NO_HASH: Final = "!"  # of whom swimctl knows no password: no hash is like it

# One person is one name: `Ana` could approve what `ana` asked for. Names have ASCII letters alone.
_ANY_CASE: Final = "name = ? COLLATE NOCASE AND removed_at IS NULL"

_TOKENS: Final = (
    "SELECT t.*, u.name AS user, u.role AS user_role, u.roles AS user_roles FROM tokens t "
    "JOIN users u ON u.id = t.user_id"
)


class Accounts(Part):
    """Who may use the API. A removed user stays on record without a password, for the tokens they had."""

    @written
    def add_user(
        self, sql: Sql, name: str, role: Role, password_hash: str, by: Caller, roles: Sequence[str] = ()
    ) -> User:
        """Add a user. ConflictError: the name is taken, perhaps in another case."""
        now = self._clock.now()
        taken = sql.execute(f"SELECT name FROM users WHERE {_ANY_CASE}", [name]).fetchone()
        if taken is not None:
            has = taken["name"]
            other = "" if has == name else f", and '{name}' is the same name"
            raise ConflictError(
                f"there is a user '{has}' already{other}; `swimctl user password {has}` sets another password, "
                f"`swimctl user remove {has}` removes them"
            )
        row = sql.execute(
            "INSERT INTO users (name, role, password_hash, created_at, roles) VALUES (?, ?, ?, ?, ?) RETURNING *",
            [name, role, password_hash, rfc3339(now), json.dumps(roles)],
        ).fetchone()
        audit.enter(sql, now, by, "user-created", name, {"role": role, **_named(roles)})
        return user_from(row)

    @written
    def set_roles(self, sql: Sql, name: str, role: Role, roles: Sequence[str], by: Caller) -> User:
        """Set the roles of a user, which count for their tokens, too, and return the user. NotFound."""
        row = _own(sql, name, "roles")
        sql.execute("UPDATE users SET role = ?, roles = ? WHERE id = ?", [role, json.dumps(roles), row["id"]])
        before = {"role": row["role"], **_named(json.loads(row["roles"]))}
        audit.enter(sql, self._clock.now(), by, "role-set", name, {"role": role, **_named(roles), "before": before})
        return user_from(_present(sql, name))

    def users(self) -> list[User]:
        """List the users in the order of their names."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT * FROM users WHERE removed_at IS NULL ORDER BY name").fetchall()
        return [user_from(row) for row in rows]

    def user(self, name: str) -> User:
        """Return the user of this name. NotFound."""
        with self._db.read() as sql:
            return user_from(_present(sql, name))

    @written
    def add_outside_login(
        self, sql: Sql, name: str, roles: Sequence[str], sha256: str, *, expires_at: datetime, source: str, by: Caller
    ) -> Token | None:
        """Add the token of one whose password a directory knows, and keep what their groups allow them now.

        They become a user at their first sign-in. None: a user of swimctl's own has this name, or there are no roles:
        then all tokens that they had end.
        """
        now = self._clock.now()
        row = sql.execute("SELECT * FROM users WHERE name = ? AND removed_at IS NULL", [name]).fetchone()
        if sql.execute(f"SELECT 1 FROM users WHERE {_ANY_CASE} AND source <> ?", [name, source]).fetchone():
            audit.enter(sql, now, by, "login-refused", name, {"source": source, "why": "a user of swimctl's own"})
            return None
        if not roles:
            revoked = [] if row is None else _revoke(sql, now, "user_id = ?", row["id"])
            if row is not None:
                sql.execute("UPDATE users SET roles = ? WHERE id = ?", [json.dumps([_NO_ROLE]), row["id"]])
            data = {"source": source, "why": "no group has a role", "tokens_revoked": revoked}
            audit.enter(sql, now, by, "login-refused", name, data)
            return None
        if row is None:
            row = sql.execute(
                "INSERT INTO users (name, role, password_hash, created_at, roles, source) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING *",
                [name, Role.OPERATOR, _NO_HASH, rfc3339(now), json.dumps(roles), source],
            ).fetchone()
            audit.enter(sql, now, by, "user-created", name, {"roles": list(roles), "source": source})
        elif json.loads(row["roles"]) != list(roles):
            sql.execute("UPDATE users SET roles = ? WHERE id = ?", [json.dumps(roles), row["id"]])
            before = {"roles": json.loads(row["roles"])}
            audit.enter(sql, now, by, "role-set", name, {"roles": list(roles), "source": source, "before": before})
        token = _add_token(
            sql, now, row["id"], sha256, Role.OPERATOR, label="login", expires_at=expires_at, from_login=True
        )
        audit.enter(sql, now, by, "login", f"token {token.id}", {"expires_at": _written(expires_at), "source": source})
        return token

    def is_own(self, name: str) -> bool:
        """Return whether a user of swimctl's own has this name, in whatever case."""
        with self._db.read() as sql:
            return (
                sql.execute(f"SELECT 1 FROM users WHERE {_ANY_CASE} AND source = ?", [storable(name), OWN]).fetchone()
                is not None
            )

    def user_and_hash(self, name: str) -> tuple[User, str] | None:
        """Return the user of this name with their password's hash; None where there is none."""
        with self._db.read() as sql:
            row = sql.execute("SELECT * FROM users WHERE name = ? AND removed_at IS NULL", [storable(name)]).fetchone()
        return None if row is None else (user_from(row), row["password_hash"])

    @written
    def set_password_hash(self, sql: Sql, name: str, password_hash: str, by: Caller) -> list[int]:
        """Set another password of a user, revoke the tokens that came of the one before, and return their ids.

        Tokens made at a terminal stay: they came of no password. NotFound.
        """
        now = self._clock.now()
        user_id = _own(sql, name, "password")["id"]
        sql.execute("UPDATE users SET password_hash = ? WHERE id = ?", [password_hash, user_id])
        revoked = _revoke(sql, now, "user_id = ? AND from_login", user_id)
        audit.enter(sql, now, by, "password-set", name, {"tokens_revoked": revoked})
        return revoked

    @written
    def remove_user(self, sql: Sql, name: str, by: Caller) -> list[int]:
        """Remove a user with their password, revoke their tokens, and return those tokens' ids. NotFound."""
        now = self._clock.now()
        user_id = _present(sql, name)["id"]
        sql.execute("UPDATE users SET removed_at = ?, password_hash = NULL WHERE id = ?", [rfc3339(now), user_id])
        revoked = _revoke(sql, now, "user_id = ?", user_id)
        # Whoever gets this name next must not be told what this one's requests came to.
        sql.execute("DELETE FROM idempotency WHERE actor = ?", [name])
        audit.enter(sql, now, by, "user-removed", name, {"tokens_revoked": revoked})
        return revoked

    @written
    def add_token(
        self,
        sql: Sql,
        user: str,
        sha256: str,
        *,
        role: Role | None,
        label: str,
        expires_at: datetime | None,
        by: Caller,
        roles: Sequence[str] = (),
    ) -> Token:
        """Add a token made at a terminal; without a role it gets its user's.

        NotFound: no such user. UsageError: the role goes beyond the user's.
        """
        now = self._clock.now()
        row = _own(sql, user, "tokens")
        own = Role(row["role"])
        if role is not None and not own.covers(role):
            raise UsageError(f"user '{user}' is {own}: their token cannot be {role}; leave --role out")
        token = _add_token(
            sql, now, row["id"], sha256, role or own, label=label, expires_at=expires_at, from_login=False, roles=roles
        )
        audit.enter(
            sql,
            now,
            by,
            "token-created",
            f"token {token.id}",
            {"user": user, "role": token.role, **_named(roles), "label": label, "expires_at": _written(expires_at)},
        )
        return token

    @written
    def add_login(
        self,
        sql: Sql,
        user: User,
        verified_hash: str,
        sha256: str,
        *,
        expires_at: datetime,
        new_hash: str | None,
        by: Caller,
    ) -> Token | None:
        """Add the token of a login, and keep the password's new hash where there is one.

        None where the user was removed or got another password since `verified_hash` was read.
        """
        now = self._clock.now()
        still = sql.execute(
            "SELECT 1 FROM users WHERE id = ? AND removed_at IS NULL AND password_hash = ?",
            [user.id, verified_hash],
        ).fetchone()
        if still is None:
            return None
        if new_hash is not None:
            sql.execute("UPDATE users SET password_hash = ? WHERE id = ?", [new_hash, user.id])
        token = _add_token(sql, now, user.id, sha256, user.role, label="login", expires_at=expires_at, from_login=True)
        audit.enter(sql, now, by, "login", f"token {token.id}", {"expires_at": _written(expires_at)})
        return token

    def tokens(self, user: str | None = None) -> list[Token]:
        """List the tokens of all users or of one, in id order, with those that ended lately."""
        with self._db.read() as sql:
            rows = sql.execute(
                f"{_TOKENS} WHERE ?1 IS NULL OR (u.name = ?1 AND u.removed_at IS NULL) ORDER BY t.id",
                [None if user is None else storable(user)],
            ).fetchall()
        return [token_from(row) for row in rows]

    def token_with(self, sha256: str) -> Token | None:
        """Return the token whose text has this SHA-256, ended or not."""
        with self._db.read() as sql:
            row = sql.execute(f"{_TOKENS} WHERE t.sha256 = ?", [sha256]).fetchone()
        return None if row is None else token_from(row)

    def tokens_with(self, ids: Sequence[int]) -> list[Token]:
        """List the tokens with these ids, ended or not."""
        with self._db.read() as sql:
            rows = sql.execute(f"{_TOKENS} WHERE t.id IN (SELECT value FROM json_each(?))", [numbers(ids)]).fetchall()
        return [token_from(row) for row in rows]

    @written
    def use_token(self, sql: Sql, token_id: int, unless_since: datetime) -> None:
        """Record that a token is used now, unless that was recorded after `unless_since`."""
        sql.execute(
            "UPDATE tokens SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
            [rfc3339(self._clock.now()), token_id, rfc3339(unless_since)],
        )

    @written
    def revoke_token(self, sql: Sql, token_id: int, by: Caller) -> Token:
        """Revoke a token for good. NotFound. ConflictError: it is revoked already."""
        now = self._clock.now()
        where = "t.id IN (SELECT value FROM json_each(?))"
        row = sql.execute(f"{_TOKENS} WHERE {where}", [numbers([token_id])]).fetchone()
        if row is None:
            raise NotFound(f"there is no token {token_id}; `swimctl token list --all` shows those that exist")
        if row["revoked_at"] is not None:
            raise ConflictError(f"token {token_id} was revoked already, at {row['revoked_at']}")
        _revoke(sql, now, "id = ?", token_id)
        audit.enter(sql, now, by, "token-revoked", f"token {token_id}", {"user": row["user"]})
        row = sql.execute(f"{_TOKENS} WHERE t.id = ?", [token_id]).fetchone()
        return token_from(row)


def _present(sql: Sql, name: str) -> sqlite3.Row:
    found = sql.execute("SELECT * FROM users WHERE name = ? AND removed_at IS NULL", [storable(name)])
    row: sqlite3.Row | None = found.fetchone()
    if row is None:
        raise NotFound(f"there is no user '{name}'; `swimctl user list` shows those that exist")
    return row


def _own(sql: Sql, name: str, what: str) -> sqlite3.Row:
    """Return a user of swimctl's own. NotFound. ConflictError: a directory decides over this one."""
    row = _present(sql, name)
    if row["source"] != OWN:
        raise ConflictError(
            f"user '{name}' is of the directory ({row['source']}), and so are their {what}; next: change it there, or "
            f"`swimctl user add` one of another name, for a program"
        )
    return row


def _add_token(
    sql: Sql,
    now: datetime,
    user_id: int,
    sha256: str,
    role: Role,
    *,
    label: str,
    expires_at: datetime | None,
    from_login: bool,
    roles: Sequence[str] = (),
) -> Token:
    long_ago = rfc3339(now - KEPT_AFTER_ITS_END)
    sql.execute("DELETE FROM tokens WHERE revoked_at < ?1 OR expires_at < ?1", [long_ago])
    token_id = sql.execute(
        "INSERT INTO tokens (user_id, sha256, label, from_login, role, created_at, expires_at, roles) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [user_id, sha256, storable(label), from_login, role, rfc3339(now), _written(expires_at), json.dumps(roles)],
    ).lastrowid
    return token_from(sql.execute(f"{_TOKENS} WHERE t.id = ?", [token_id]).fetchone())


def _revoke(sql: Sql, now: datetime, which: str, value: int) -> list[int]:
    rows = sql.execute(
        f"UPDATE tokens SET revoked_at = ? WHERE {which} AND revoked_at IS NULL RETURNING id", [rfc3339(now), value]
    ).fetchall()
    return sorted(row["id"] for row in rows)


def _named(roles: Sequence[str]) -> dict[str, list[str]]:
    """Return what the audit has of roles of config.yaml; nothing of those without."""
    return {"roles": list(roles)} if roles else {}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
