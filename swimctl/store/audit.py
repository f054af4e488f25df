"""Who did what, from where: appended, never changed, never deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.models import AuditEntry, Caller
from swimctl.store.rows import audit_entry_from, storable
from swimctl.store.runners import Part

LONGEST: Final = 64  # characters of a name or an address: what comes over the network must not fill the disk
LONGEST_SUBJECT: Final = 200


def enter(
    sql: Sql, at: datetime, by: Caller, action: str, subject: str, data: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Append one entry within the caller's transaction."""
    row = sql.execute(
        "INSERT INTO audit (at, actor, origin, action, subject, data) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        [
            rfc3339(at),
            storable(by.name[:LONGEST]),
            storable(by.origin[:LONGEST]),
            action,
            storable(subject[:LONGEST_SUBJECT]),
            json.dumps(dict(data or {}), default=str),
        ],
    ).fetchone()
    return audit_entry_from(row)


class Audit(Part):
    """What was done with accounts, and over the API."""

    def enter_audit(self, by: Caller, action: str, subject: str, data: Mapping[str, Any] | None = None) -> AuditEntry:
        """Append one entry. Values of `data` that JSON cannot say are written as text; never give it a secret."""
        with self._db.write() as sql:
            return enter(sql, self._clock.now(), by, action, subject, data)

    def audit(self, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """List the entries with an id above `after`, oldest first."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?", [after, limit]).fetchall()
        return [audit_entry_from(row) for row in rows]
