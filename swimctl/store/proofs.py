"""What this store has seen upgraded: by kind of device, so that the first of a kind goes alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.states import RUNNING
from swimctl.store.rows import numbers
from swimctl.store.runners import Part


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What a good upgrade proves: that such devices take releases of this train. `ground` is `real` or `lab`."""

    ground: str
    platform: str
    family: str
    train: str

    @property
    def key(self) -> str:
        """Return it as the store keeps it."""
        return json.dumps([self.ground, self.platform, self.family, self.train])

    @classmethod
    def of_key(cls, key: str) -> Kind:
        """Read what the store keeps."""
        return cls(*json.loads(key))

    def __str__(self) -> str:
        place = " in the lab" if self.ground == "lab" else ""
        return f"{self.platform} {self.family} {self.train}{place}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved of a kind: on how many devices, since when, and the longest time that one of them was away.

    `longest_outage` is in real seconds, from the end of the session to the first login after it; None: none was seen.
    """

    kind: Kind
    devices: int
    upgrades: int
    longest_outage: float | None
    since: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class First:
    """The job that goes first of its kind. `elsewhere`: in another batch; `interrupted`: nobody runs it now."""

    kind: Kind
    job_id: int
    device_name: str
    failed: bool
    elsewhere: bool = False
    interrupted: bool = False

    def __str__(self) -> str:
        return f"{self.device_name} ({self.kind})"


PROVES: Final = "status = 'success' AND outcome = 'upgraded' AND kind <> ''"
_COLUMNS: Final = (
    "o.id, d.name, o.status, o.kind, o.batch_id, o.runner_id FROM jobs o JOIN devices d ON d.id = o.device_id"
)


class Proofs(Part):
    """Good upgrades by kind, and who goes first where there is none."""

    def unproved(self, kinds: Iterable[Kind]) -> frozenset[Kind]:
        """Return those of these kinds of which no device was upgraded yet."""
        asked = {kind.key: kind for kind in kinds}
        with self._db.read() as sql:
            rows = sql.execute(
                f"SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = value AND {PROVES})",
                [json.dumps([*asked])],
            ).fetchall()
        return frozenset(asked[row["value"]] for row in rows)

    def proved(self) -> list[Proof]:
        """Return what is proved, in the order of its kinds."""
        with self._db.read() as sql:
            rows = sql.execute(
                f"SELECT kind, count(DISTINCT device_id) AS devices, count(*) AS upgrades, min(finished_at) AS since, "
                f"max(finished_at) AS latest FROM jobs WHERE {PROVES} GROUP BY kind"
            ).fetchall()
            away = _longest_outages(sql)
        found = [
            Proof(
                Kind.of_key(row["kind"]),
                row["devices"],
                row["upgrades"],
                away.get(row["kind"]),
                datetime.fromisoformat(row["since"]),
                datetime.fromisoformat(row["latest"]),
            )
            for row in rows
        ]
        return sorted(found, key=lambda proof: proof.kind)

    def goes_first(self, job_id: int) -> First | None:
        """Return the job that this one has to wait for as the first of its kind, or whose failure holds it back.

        None: its kind is proved, or needs no proof, or it is the first one itself.
        """
        with self._db.read() as sql:
            mine = sql.execute("SELECT id, batch_id, kind FROM jobs WHERE id = ? AND unproved = 1", [job_id]).fetchone()
            if mine is None:
                return None
            found = _ahead(sql, mine)
        if found is None:
            return None
        failed = found["status"] == "failed"
        return First(
            Kind.of_key(found["kind"]),
            found["id"],
            found["name"],
            failed,
            found["batch_id"] != mine["batch_id"],
            found["status"] in RUNNING and not self._locks.lives(found["runner_id"]),
        )


def _ahead(sql: Sql, mine: Row) -> Row | None:
    """Find who failed first in the batch, else who is before this one there, else who runs in another batch."""
    values = {"batch": mine["batch_id"], "kind": mine["kind"], "job": mine["id"]}
    for which in (
        "o.batch_id = :batch AND o.status = 'failed' AND o.attempted = 1",
        "o.batch_id = :batch AND o.id < :job AND o.status NOT IN ('success', 'failed', 'cancelled')",
        "o.batch_id <> :batch AND o.status IN ('distributing', 'activating')",
    ):
        found: Row | None = sql.execute(
            f"SELECT {_COLUMNS} WHERE o.kind = :kind AND o.unproved = 1 AND {which} ORDER BY o.id LIMIT 1", values
        ).fetchone()
        if found is not None:
            return found
    return None


def _longest_outages(sql: Sql) -> dict[str, float]:
    """Return by kind the longest time from a session that ended to the last login that found a new boot."""
    jobs = {row["id"]: row["kind"] for row in sql.execute(f"SELECT id, kind FROM jobs WHERE {PROVES}")}
    rows = sql.execute(
        "SELECT job_id, min(CASE WHEN kind = 'down' THEN at END) AS down, max(CASE WHEN kind = 'up' THEN at END) AS up "
        "FROM events WHERE kind IN ('down', 'up') AND job_id IN (SELECT value FROM json_each(?)) GROUP BY job_id",
        [numbers(jobs)],
    )
    longest: dict[str, float] = {}
    for row in rows:
        if row["down"] and row["up"]:
            away = (datetime.fromisoformat(row["up"]) - datetime.fromisoformat(row["down"])).total_seconds()
            kind = jobs[row["job_id"]]
            longest[kind] = max(longest.get(kind, 0.0), away)
    return longest
