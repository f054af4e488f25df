"""The nights of campaigns: each is made in one transaction with its batch, so that there is never one without it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError
from swimctl.models import Caller, Outcome
from swimctl.states import JobStatus
from swimctl.store import audit
from swimctl.store.runners import Part


@dataclass(frozen=True, slots=True)
class NewNight:
    """What a night is made of: its campaign with the rule, as text, that it was planned by, and the window's opening.

    `by_hand`: it begins only if somebody has released it. `approved_by` approved the campaign, so its batch, too; that
    has to be somebody where one of the two `needs_approval`. `contended` are devices that it leaves out, each with the
    campaign that wishes them otherwise.
    """

    campaign_id: int
    rule: str
    opens: datetime
    closes: datetime
    by_hand: bool = False
    needs_approval: bool = False
    approved_by: str | None = None
    approved_at: datetime | None = None
    contended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs of a night stand how. `left_over` were not tried, `going` have not ended.

    `late` are of those left over: the image is on their devices, and no time was left to activate it.
    """

    well: int = 0
    failed: int = 0
    unknown: int = 0
    left_over: int = 0
    going: int = 0
    late: int = 0

    @property
    def all(self) -> int:
        """Return how many devices the night had."""
        return self.well + self.failed + self.unknown + self.left_over + self.going

    @property
    def bad(self) -> int:
        """Return how many failed, whatever their devices are now."""
        return self.failed + self.unknown


@dataclass(frozen=True, slots=True)
class Night:
    """One night of a campaign: the batch that it had, and what came of it. `ended_at` None: it goes on.

    `stopped` says why its batch started no more jobs, because of what became of others; empty where it did.
    """

    id: int
    campaign_id: int
    number: int
    opens: datetime
    closes: datetime
    batch_id: str
    begun_at: datetime
    ended_at: datetime | None
    counts: Counts
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One device in one night, in the few words that decide whether it is tried again."""

    night: int
    job_id: int
    device_id: int
    image_id: int
    status: JobStatus
    attempted: bool
    outcome: Outcome | None
    error: str


_MOST_TOLD: Final = 100  # devices in one entry of the audit
# What a job remembers whose activation had no time left: its device was not tried, though its image may be there.
TOO_LATE: Final = "too late"
# What one remembers that was not started, because its batch had stopped for what became of others: why.
LINE_STOPPED: Final = "line stopped"
_REMEMBERED: Final = "(SELECT m.value FROM memories m WHERE m.job_id = j.id AND m.key = '{}')"
_LATE: Final = f"(j.status = 'failed' AND j.outcome = 'untouched' AND {_REMEMBERED.format(TOO_LATE)} IS NOT NULL)"
_BAD: Final = f"(j.status = 'failed' AND j.attempted AND NOT {_LATE})"
_COUNTED: Final = f"""
    SELECT n.*,
        sum(j.status = 'success') AS well,
        sum({_BAD} AND j.outcome <> 'unknown') AS failed,
        sum(j.status = 'failed' AND j.outcome = 'unknown') AS doubtful,
        sum(j.status = 'cancelled' OR (j.status = 'failed' AND (NOT j.attempted OR {_LATE}))) AS left_over,
        sum(j.status NOT IN ('success', 'failed', 'cancelled')) AS going,
        sum({_LATE}) AS late,
        max(CASE WHEN j.status = 'failed' AND NOT j.attempted THEN {_REMEMBERED.format(LINE_STOPPED)} END) AS stopped
    FROM campaign_nights n JOIN jobs j ON j.batch_id = n.batch_id
"""


class Nights(Part):
    """What is asked of nights."""

    def nights(self, campaign_id: int) -> list[Night]:
        """List the nights of a campaign, the oldest first."""
        return self._nights("n.campaign_id = ?", [campaign_id])

    def open_nights(self) -> list[Night]:
        """List the nights that nobody has closed yet, of all campaigns."""
        return self._nights("n.ended_at IS NULL", [])

    def tried(self, campaign_id: int) -> list[Tried]:
        """List each device of each night of a campaign, the oldest night first."""
        with self._db.read() as sql:
            rows = sql.execute(
                f"SELECT n.number, j.id, j.device_id, j.image_id, j.status, j.attempted AND NOT {_LATE} AS attempted, "
                "j.outcome, j.error "
                "FROM campaign_nights n JOIN jobs j ON j.batch_id = n.batch_id WHERE n.campaign_id = ? "
                "ORDER BY n.number, j.id",
                [campaign_id],
            ).fetchall()
        return [
            Tried(
                row["number"],
                row["id"],
                row["device_id"],
                row["image_id"],
                JobStatus(row["status"]),
                bool(row["attempted"]),
                None if row["outcome"] is None else Outcome(row["outcome"]),
                row["error"] or "",
            )
            for row in rows
        ]

    def second_chances(self, campaign_id: int) -> dict[int, int]:
        """Return up to which job the failures of a device do not count any more, by the device's id."""
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT device_id, job_id FROM campaign_second_chances WHERE campaign_id = ?", [campaign_id]
            ).fetchall()
        return {row["device_id"]: row["job_id"] for row in rows}

    def left(self, batch_id: str) -> list[int]:
        """List the jobs of a batch that end only if somebody takes them up: no living process runs any of it.

        The one place that says so: for `campaign tonight`, for a server that starts, and for who looks. A job that a
        person has stopped is left for that person, as is all of a batch that somebody has stopped. A pause, or an
        approval that is missing, keeps only those that have not begun.
        """
        with self._db.read() as sql:
            rows = sql.execute(
                "SELECT j.id, j.runner_id, b.runner_id AS owner, "
                "ifnull(j.stop_by, '') <> '' OR b.stopped_by IS NOT NULL "
                "OR (j.status IN ('pending', 'scheduled') "
                "AND (b.paused_by IS NOT NULL OR (b.needs_approval AND b.approved_by IS NULL))) AS kept "
                "FROM jobs j JOIN batches b ON b.id = j.batch_id "
                "WHERE j.batch_id = ? AND j.status NOT IN ('success', 'failed', 'cancelled') ORDER BY j.id",
                [batch_id],
            ).fetchall()
        runners = {row["runner_id"] for row in rows} | {row["owner"] for row in rows}
        if any(self._locks.lives(runner) for runner in runners):
            return []
        return [row["id"] for row in rows if not row["kept"]]

    def _nights(self, which: str, values: Sequence[object]) -> list[Night]:
        with self._db.read() as sql:
            rows = sql.execute(f"{_COUNTED} WHERE {which} GROUP BY n.id ORDER BY n.id", list(values)).fetchall()
        return [_night(row) for row in rows]


def itself(name: str) -> Caller:
    """Return who does what a campaign does by itself, for the audit."""
    return Caller("", f"campaign {name}"[: audit.LONGEST])


def begin(sql: Sql, night: NewNight, batch_id: str, now: datetime) -> int:
    """Record that a night begins, within the transaction that makes its batch; return its number.

    ConflictError: it may not begin, or another process was faster.
    """
    campaign = sql.execute("SELECT * FROM campaigns WHERE id = ?", [night.campaign_id]).fetchone()
    last = sql.execute(
        "SELECT max(number) AS number, max(closes) AS closes, sum(ended_at IS NULL) AS going, "
        "sum(opens = ?) AS parts FROM campaign_nights WHERE campaign_id = ?",
        [rfc3339(night.opens), night.campaign_id],
    ).fetchone()
    if why := _why_not(campaign, last, night):
        name = "" if campaign is None else f" {campaign['name']}"
        raise ConflictError(f"no night of campaign{name} begins: {why}")
    number = (last["number"] or 0) + 1
    sql.execute(
        "INSERT INTO campaign_nights (campaign_id, number, opens, part, closes, batch_id, begun_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            night.campaign_id,
            number,
            rfc3339(night.opens),
            (last["parts"] or 0) + 1,
            rfc3339(night.closes),
            batch_id,
            rfc3339(now),
        ],
    )
    sql.execute("UPDATE campaigns SET released_by = NULL, finished_at = NULL WHERE id = ?", [night.campaign_id])
    if night.contended:
        some = dict(night.contended[:_MOST_TOLD])
        told = {"night": number, "count": len(night.contended), "devices": some}
        audit.enter(sql, now, itself(campaign["name"]), "campaign-leave-out", campaign["name"], told)
    return int(number)


def _why_not(campaign: sqlite3.Row | None, last: sqlite3.Row, night: NewNight) -> str:
    if campaign is None or campaign["ended_at"] is not None:
        return "it has ended"
    if campaign["rule"] != night.rule:
        return "it was changed a moment ago; try again"
    if campaign["halted"] is not None:
        return f"it is halted: {campaign['halted']}"
    if campaign["paused_by"] is not None:
        return f"{campaign['paused_by']} has paused it"
    if (campaign["needs_approval"] or night.needs_approval) and campaign["approved_by"] is None:
        return "somebody else has to approve it first"
    if last["going"]:
        return f"night {last['number']} has not ended"
    if campaign["released_by"] is not None:
        return ""
    if night.by_hand:
        return f"somebody has to release it: `swimctl campaign next {campaign['name']}`"
    if last["closes"] is not None and last["closes"] > rfc3339(night.opens):
        return f"tonight's was night {last['number']}; `swimctl campaign next {campaign['name']}` begins another one"
    return ""


def _night(row: sqlite3.Row) -> Night:
    return Night(
        row["id"],
        row["campaign_id"],
        row["number"],
        datetime.fromisoformat(row["opens"]),
        datetime.fromisoformat(row["closes"]),
        row["batch_id"],
        datetime.fromisoformat(row["begun_at"]),
        None if row["ended_at"] is None else datetime.fromisoformat(row["ended_at"]),
        Counts(row["well"], row["failed"], row["doubtful"], row["left_over"], row["going"], row["late"]),
        "" if row["stopped"] is None else str(json.loads(row["stopped"])),
    )
