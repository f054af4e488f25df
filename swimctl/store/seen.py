"""What devices were seen to run, since when and by whom, and what jobs did to them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import NotFound
from swimctl.models import Outcome
from swimctl.store.rows import moment, storable
from swimctl.store.runners import Part, written

_NO_SERIALS: Final = "[]"
_NEWEST, _FIRST = "SELECT * FROM sightings WHERE device_id =", " ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device said that it runs, in its own spelling: `members` by their names.

    `doubt` is set where its own words disagree: then it is not known what it runs. It was seen so from `since` until
    `at`, the last time `by` this: `plan`, `scan`, or a job such as `job 7`, which proved it. `serials` are empty where
    nobody read them, and `members` where only a job tells what runs.
    """

    release: str
    members: Mapping[str, str]
    doubt: str
    at: datetime
    since: datetime | None = None
    by: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The newest job after which nobody knows what a device runs: it activates, or ended `unknown`, at that time.

    `outcome` and `at` are None while it activates. One that upgraded its device is a sighting.
    """

    job_id: int
    release: str
    outcome: Outcome | None
    at: datetime | None


class Sightings(Part):
    """A row for each time in which a device ran the same; the newest one grows with each look."""

    @written
    def saw(
        self,
        sql: Sql,
        device_id: int,
        release: str,
        members: Mapping[str, str],
        doubt: str = "",
        *,
        serials: Sequence[str] = (),
        by: str = "",
    ) -> None:
        """Keep what a device has just said that it runs."""
        _keep(sql, device_id, (release, members, doubt, serials), by, rfc3339(self._clock.now()))

    @written
    def saw_in_job(
        self,
        sql: Sql,
        job_id: int,
        release: str,
        members: Mapping[str, str],
        doubt: str = "",
        serials: Sequence[str] = (),
    ) -> None:
        """Keep what the device of a job has just said that it runs. NotFound."""
        row = sql.execute("SELECT device_id FROM jobs WHERE id = ?", [job_id]).fetchone()
        if row is None:
            raise NotFound(f"job {job_id} not found")
        _keep(sql, row["device_id"], (release, members, doubt, serials), f"job {job_id}", rfc3339(self._clock.now()))

    def sightings(self, device_id: int | None = None) -> dict[int, list[Seen]]:
        """Return all that was seen of each device, or of one, by its id: the oldest first."""
        which, given = ("", []) if device_id is None else ("WHERE device_id = ?", [device_id])
        with self._db.read() as sql:
            rows = sql.execute(f"SELECT * FROM sightings {which} ORDER BY id", given).fetchall()
        found: defaultdict[int, list[Seen]] = defaultdict(list)
        for row in rows:
            found[row["device_id"]].append(_seen(row))
        return dict(found)

    def newest_sightings(self, count: int, device_ids: Iterable[int] | None = None) -> dict[int, list[Seen]]:
        """Return the newest so many sightings of each device, or of some, by its id: the oldest of them first."""
        which, given = "", list[object]([max(count - 1, 0)])
        if device_ids is not None:
            which, given = "WHERE d.id IN (SELECT value FROM json_each(?))", [json.dumps([*device_ids]), *given]
        with self._db.read() as sql:
            # By the index of each device, so that what was seen years ago is not read.
            rows = sql.execute(
                f"SELECT s.* FROM (SELECT id FROM devices d {which}) d JOIN sightings s ON s.device_id = d.id "
                "AND s.id >= ifnull((SELECT n.id FROM sightings n WHERE n.device_id = d.id ORDER BY n.id DESC "
                "LIMIT 1 OFFSET ?), 0) ORDER BY s.id",
                given,
            ).fetchall()
        found: defaultdict[int, list[Seen]] = defaultdict(list)
        for row in rows:
            found[row["device_id"]].append(_seen(row))
        return dict(found)

    def last_seen(self, device_id: int) -> Seen | None:
        """Return what was last seen of a device; None where nobody has seen it."""
        with self._db.read() as sql:
            row = sql.execute(f"{_NEWEST} ?{_FIRST}", [device_id]).fetchone()
        return None if row is None else _seen(row)

    def seen_of_job(self, job_id: int) -> Seen | None:
        """Return what was last seen of the device of a job; None where nobody has seen it."""
        with self._db.read() as sql:
            row = sql.execute(f"{_NEWEST} (SELECT device_id FROM jobs WHERE id = ?){_FIRST}", [job_id]).fetchone()
        return None if row is None else _seen(row)

    def devices_with(self, serial: str) -> list[int]:
        """Return the ids of the devices that were last seen with this serial number."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT device_id FROM sightings s WHERE instr(serials, ?) "
                "AND id = (SELECT max(id) FROM sightings n WHERE n.device_id = s.device_id)",
                [json.dumps(storable(serial))],  # as it stands in the list
            ).fetchall()
        return [row["device_id"] for row in rows]

    def activating(self, device_id: int) -> int | None:
        """Return the job that activates on a device."""
        with self._db.read() as sql:
            # As the index of running jobs has it.
            row = sql.execute(
                "SELECT id, status FROM jobs WHERE device_id = ? AND status IN ('distributing', 'activating')",
                [device_id],
            ).fetchone()
        return None if row is None or row["status"] != "activating" else int(row["id"])

    def changes(self) -> dict[int, Change]:
        """Return the newest job of each device that activates or left it unknown, by the device's id."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT j.device_id, j.id, i.version, j.outcome, j.finished_at FROM jobs j "
                "JOIN images i ON i.id = j.image_id "
                "WHERE j.status = 'activating' OR j.outcome = 'unknown' "
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


def _keep(sql: Sql, device_id: int, what: tuple[str, Mapping[str, str], str, Sequence[str]], by: str, now: str) -> None:
    """Continue the newest sighting of a device if it says the same, else add one. No serial numbers deny none."""
    release, members, doubt, serials = what
    facts = (storable(release), storable(json.dumps(dict(members))), storable(doubt))
    row = sql.execute(f"{_NEWEST} ?{_FIRST}", [device_id]).fetchone()
    before = row["serials"] if row else _NO_SERIALS
    numbers = storable(json.dumps(list(serials))) if serials else before
    if row and (row["release"], row["members"], row["doubt"]) == facts and before in (numbers, _NO_SERIALS):
        sql.execute("UPDATE sightings SET at = ?, seen_by = ?, serials = ? WHERE id = ?", [now, by, numbers, row["id"]])
        return
    sql.execute(
        "INSERT INTO sightings (device_id, release, members, doubt, serials, seen_by, since, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [device_id, *facts, numbers, by, now, now],
    )


def _seen(row: Row) -> Seen:
    return Seen(
        row["release"],
        json.loads(row["members"]),
        row["doubt"],
        datetime.fromisoformat(row["at"]),
        datetime.fromisoformat(row["since"]),
        row["seen_by"],
        tuple(json.loads(row["serials"])),
    )
