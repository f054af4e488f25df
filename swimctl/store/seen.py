"""What devices were last seen to run, and what jobs did to them since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.models import Outcome
from swimctl.store.rows import moment, storable
from swimctl.store.runners import Part, written


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device said that it runs, in its own spelling: `members` by their names.

    `doubt` is set where its own words disagree: then it is not known what it runs.
    """

    release: str
    members: Mapping[str, str]
    doubt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """The newest job that may have changed what a device runs. `outcome` and `at` are None while it activates."""

    job_id: int
    release: str
    outcome: Outcome | None
    at: datetime | None


class Sightings(Part):
    """One sighting of each device: the newest."""

    @written
    def saw(self, sql: Sql, device_id: int, release: str, members: Mapping[str, str], doubt: str = "") -> None:
        """Keep what a device has just said that it runs."""
        sql.execute(
            "INSERT INTO seen_releases (device_id, release, members, doubt, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (device_id) DO UPDATE SET release = excluded.release, members = excluded.members, "
            "doubt = excluded.doubt, at = excluded.at",
            [
                *(device_id, storable(release), storable(json.dumps(dict(members))), storable(doubt)),
                rfc3339(self._clock.now()),
            ],
        )

    def seen(self) -> dict[int, Seen]:
        """Return what each device was last seen to run, by its id."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT * FROM seen_releases").fetchall()
        return {
            row["device_id"]: Seen(
                row["release"], json.loads(row["members"]), row["doubt"], datetime.fromisoformat(row["at"])
            )
            for row in rows
        }

    def changes(self) -> dict[int, Change]:
        """Return the newest job of each device that activates, upgraded it, or left it unknown, by the device's id."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT j.device_id, j.id, i.version, j.outcome, j.finished_at FROM jobs j "
                "JOIN images i ON i.id = j.image_id "
                "WHERE j.status = 'activating' OR j.outcome IN ('upgraded', 'unknown') "
                "ORDER BY j.status = 'activating', j.finished_at, j.id"
            ).fetchall()
        return {
            row["device_id"]: Change(
                row["id"],
                row["version"],
                None if row["outcome"] is None else Outcome(row["outcome"]),
                moment(row["finished_at"]),
            )
            for row in rows
        }
