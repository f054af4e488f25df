"""Devices and their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database as Sql

from swimctl.store.rows import numbers, storable
from swimctl.store.runners import Part


class Devices(Part):
    """Small numbers for names, given once and for all."""

    def device_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Return the id of each name; new names get the next ids, in their order. An id is never used again."""
        wanted = list(dict.fromkeys(names))
        with self._db.read() as sql:
            known = _ids(sql)
        new = [storable(name) for name in wanted if storable(name) not in known]
        if new:
            known = self._db.write(lambda sql: _added(sql, new))
        return {name: known[storable(name)] for name in wanted}

    def device_name(self, device_id: int) -> str | None:
        """Return the name that has this id; None where no device has it."""
        with self._db.read() as sql:
            row = sql.execute(
                "SELECT name FROM devices WHERE id IN (SELECT value FROM json_each(?))", [numbers([device_id])]
            ).fetchone()
        return None if row is None else str(row["name"])

    def device_names(self, above: int) -> dict[int, str]:
        """Return the names of all devices that there ever were, by their ids, of those with an id above this."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT id, name FROM devices WHERE id > ? ORDER BY id", [above]).fetchall()
        return {row["id"]: row["name"] for row in rows}


def _added(sql: Sql, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of all names, after those of these that had none were given the next ones."""
    # Not INSERT OR IGNORE: that would use up an id for a name that another process has just added.
    sql.conn.executemany(
        "INSERT INTO devices (name) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM devices WHERE name = ?1)",
        [(name,) for name in names],
    )
    return _ids(sql)


def _ids(sql: Sql) -> dict[str, int]:
    return {row["name"]: row["id"] for row in sql.execute("SELECT id, name FROM devices")}
