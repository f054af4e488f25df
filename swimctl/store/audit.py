"""Who did what, from where: appended, never changed, never deleted, and linked so that a change from outside shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import StoreError
from swimctl.models import AuditEntry, Caller
from swimctl.store.chain import START, every_entry, link
from swimctl.store.rows import audit_entry_from, numbers, storable
from swimctl.store.runners import Part, written

LONGEST: Final = 64  # characters of a name or an address: what comes over the network must not fill the disk
LONGEST_SUBJECT: Final = 200
_MOST: Final = 2**63 - 1  # of SQLite's integers

# The highest id that was ever given: SQLite keeps it beside the table, and takes it back with a transaction that
# fails. So an id that is missing was an entry, also where it was the last one.
_NEWEST_ID: Final = """
    SELECT max(
        ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0), ifnull((SELECT max(id) FROM audit), 0)
    )
"""


@dataclass(frozen=True, slots=True)
class AuditChain:
    """What a walk along the audit found. `misfit` is the id of the first entry that does not fit, `why` in words.

    `last` is the hash of the last entry that fits; `noted` is the entry whose hash was asked for, 0 for the chain's
    start, None where none that fits has it or none was asked for.
    """

    entries: int
    last: str
    misfit: int | None = None
    why: str = ""
    noted: int | None = None


def enter(
    sql: Sql, at: datetime, by: Caller, action: str, subject: str, data: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Append one entry within the caller's write transaction."""
    newest = sql.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    fields: dict[str, int | str] = {
        "id": sql.execute(_NEWEST_ID).fetchone()[0] + 1,
        "at": rfc3339(at),
        "actor": storable(by.name[:LONGEST]),
        "origin": storable(by.origin[:LONGEST]),
        "action": action,
        "subject": storable(subject[:LONGEST_SUBJECT]),
        "data": json.dumps(dict(data or {}), default=str),
    }
    row = sql.execute(
        "INSERT INTO audit (id, at, actor, origin, action, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "RETURNING *",
        [*fields.values(), link(START if newest is None else newest["hash"], fields)],
    ).fetchone()
    return audit_entry_from(row)


class Audit(Part):
    """What was done with accounts, and over the API."""

    @written
    def enter_audit(
        self, sql: Sql, by: Caller, action: str, subject: str, data: Mapping[str, Any] | None = None
    ) -> AuditEntry:
        """Append one entry. Values of `data` that JSON cannot say are written as text; never give it a secret."""
        return enter(sql, self._clock.now(), by, action, subject, data)

    def audit(self, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """List the entries with an id above `after`, oldest first. StoreError: one is not as swimctl writes them."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?", [min(after, _MOST), min(limit, _MOST)]
            ).fetchall()
        return self._entries(rows)

    def _entries(self, rows: Sequence[Row]) -> list[AuditEntry]:
        try:
            return [audit_entry_from(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"an entry of the audit in {self._db.path} cannot be read ({error}); `swimctl audit verify` finds it"
            ) from error

    def audit_head(self) -> tuple[int, str]:
        """Return the id and the hash of the last entry; 0 and the chain's start where there is none."""
        with self._db.read() as sql:
            row = sql.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        return (0, START) if row is None else (row["id"], row["hash"])

    def audit_of(self, batch_id: str, job_ids: Sequence[int]) -> list[AuditEntry]:
        """List what people did with a batch or with jobs of it, oldest first. StoreError: as `audit`."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT * FROM audit WHERE subject = :batch "
                "OR subject IN (SELECT 'job ' || value FROM json_each(:jobs)) "
                "OR (action = 'cancel' AND json_valid(data) AND EXISTS (SELECT 1 FROM json_each(data, '$.jobs') "
                "WHERE value IN (SELECT value FROM json_each(:jobs)))) ORDER BY id",
                {"batch": storable(batch_id), "jobs": numbers(job_ids)},
            ).fetchall()
        return self._entries(rows)

    def verify_audit(self, noted: str | None = None) -> AuditChain:
        """Walk the whole chain, and look for a hash that was noted before.

        The chain has no secret: who can write the file can link all of it anew. Only a hash that was noted elsewhere
        shows that, and entries cut off at the end by one who thought of `sqlite_sequence`.
        """
        with self._db.read() as sql:
            count, at, last = 0, 0, START
            misfit, why, found = None, "", 0 if noted == START else None
            for entry in every_entry(sql):
                count += 1
                if misfit is not None:
                    continue
                if entry.id > at + 1:
                    misfit, why = entry.id, f"{_named(at + 1, entry.id - 1)} missing before it"
                elif entry.id <= at:
                    misfit, why = entry.id, "swimctl gives no such id"
                elif not entry.sound or link(last, entry.fields) != entry.hash:
                    misfit, why = entry.id, "it, or the hash of the entry before it, was changed"
                else:
                    at, last = entry.id, entry.hash
                    found = at if last == noted else found
            newest = sql.execute(_NEWEST_ID).fetchone()[0]
        if misfit is None and newest > at:
            misfit, why = at + 1, f"{_named(at + 1, newest)} missing at the end"
        return AuditChain(count, last, misfit, why, found)


def _named(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"
