"""Campaigns: a rule that is kept, who steers it, and how it stands. Each change is an entry of the audit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError, NotFound, UsageError
from swimctl.models import Caller
from swimctl.store import audit
from swimctl.store.nights import Nights, itself
from swimctl.store.rows import moment, storable
from swimctl.store.runners import written

_NOBODY: Final = "nobody knows who"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A standing wish. `rule` is as campaigns/rule.py writes it, as text.

    `halted` says why no night begins until a person continues it. `released_by` let the next night begin by hand.
    `finished_at`: all of its devices were there then; a device that is behind later wakes it, unless it has ended.
    `revision` counts its rules.
    """

    id: int
    name: str
    rule: str
    created_at: datetime
    created_by: str
    needs_approval: bool = False
    approved_by: str | None = None
    approved_at: datetime | None = None
    paused_by: str | None = None
    halted: str | None = None
    released_by: str | None = None
    finished_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    revision: int = 1

    @property
    def mark(self) -> str:
        """Return what names its rule as it is now; no other rule that it had or will have is named so."""
        return f"{self.revision}-{sha256(self.rule.encode()).hexdigest()[:8]}"


class Campaigns(Nights):
    """What people do with campaigns, and what becomes of them."""

    def campaign(self, name: str) -> Campaign:
        """Return a campaign. NotFound."""
        with self._db.read() as sql:
            return _found(sql, name)

    def campaigns(self) -> list[Campaign]:
        """List all campaigns, the oldest first."""
        with self._db.read() as sql:
            return [_campaign(row) for row in sql.execute("SELECT * FROM campaigns ORDER BY id")]

    def create_campaign(self, name: str, rule: str, by: Caller, *, needs_approval: bool) -> Campaign:
        """Keep a new campaign. ConflictError: the name is taken."""

        def work(sql: Sql) -> None:
            taken = sql.execute("SELECT ended_at FROM campaigns WHERE name = ?", [storable(name)]).fetchone()
            if taken is not None:
                ended = taken["ended_at"] is not None
                change = "" if ended else f", or change that one: `swimctl campaign change {name}`"
                raise ConflictError(
                    f"there is a campaign {name}{', which has ended,' if ended else ''} already; take another name"
                    f"{change}"
                )
            now = self._clock.now()
            sql.execute(
                "INSERT INTO campaigns (name, rule, created_at, created_by, needs_approval) VALUES (?, ?, ?, ?, ?)",
                [storable(name), storable(rule), rfc3339(now), storable(by.name), needs_approval],
            )
            audit.enter(sql, now, by, "campaign-create", name, {"rule": json.loads(rule)})

        self._db.write(work)
        return self.campaign(name)

    def change_campaign(
        self, name: str, rule: str, by: Caller, reason: str, *, mark: str, needs_approval: bool
    ) -> Campaign:
        """Replace the rule of this mark. Who changes it stands for it, and its approval is void.

        NotFound. ConflictError: somebody has changed it since, and what they changed would be lost.
        """

        def work(sql: Sql) -> None:
            before = _going(sql, name)
            if mark != before.mark:
                raise ConflictError(
                    f"campaign {name} was changed a moment ago by {before.created_by}; nothing was changed now; "
                    f"next: `swimctl campaign show {name}`, and the same again if you still want it"
                )
            sql.execute(
                "UPDATE campaigns SET rule = ?, created_by = ?, needs_approval = ?, approved_by = NULL, "
                "approved_at = NULL, finished_at = NULL, revision = revision + 1 WHERE id = ?",
                [storable(rule), storable(by.name), needs_approval, before.id],
            )
            old, new = json.loads(before.rule), json.loads(rule)
            told = {what: value for what, value in new.items() if old.get(what) != value}
            self._enter(sql, by, "campaign-change", before, {"changed": told, "reason": reason})

        self._db.write(work)
        return self.campaign(name)

    def approve_campaign(self, name: str, by: Caller, mark: str, *, required: bool = False) -> Campaign:
        """Approve a campaign in another's name, with the rule of this mark: its nights are approved with it.

        NotFound. ConflictError: not so, or it was changed since. `required`: config.yaml wants an approval by now,
        whatever it said when the campaign was made.
        """

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            if why := _no_approval(campaign, by, required=required):
                raise ConflictError(why)
            if mark != campaign.mark:
                raise ConflictError(
                    f"{mark} is not the rule that campaign {name} has now, so nothing was approved; "
                    f"`swimctl campaign show {name}` shows rule {campaign.mark}"
                )
            sql.execute(
                "UPDATE campaigns SET approved_by = ?, approved_at = ? WHERE id = ?",
                [storable(by.name), rfc3339(self._clock.now()), campaign.id],
            )
            self._enter(sql, by, "campaign-approve", campaign, {"created_by": campaign.created_by, "mark": mark})

        self._db.write(work)
        return self.campaign(name)

    def pause_campaign(self, name: str, by: Caller) -> Campaign:
        """Begin no more nights, and start no more jobs of tonight's. NotFound. ConflictError: it is paused already."""

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            if campaign.paused_by is not None:
                raise ConflictError(f"campaign {name} is paused already, by {campaign.paused_by}")
            who = storable(by.name) or _NOBODY
            sql.execute("UPDATE campaigns SET paused_by = ? WHERE id = ?", [who, campaign.id])
            tonight = _batch_of_tonight(sql, campaign, "paused_by IS NULL")
            sql.execute("UPDATE batches SET paused_by = ? WHERE id = ?", [who, tonight])
            self._enter(sql, by, "campaign-pause", campaign, {"batch": tonight})

        self._db.write(work)
        return self.campaign(name)

    def continue_campaign(self, name: str, by: Caller, reason: str = "") -> Campaign:
        """Continue a campaign that is paused or halted, and tonight's batch with it.

        NotFound. ConflictError: it is neither. UsageError: it is halted, and no reason is given.
        """

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            if campaign.paused_by is None and campaign.halted is None:
                raise ConflictError(f"campaign {name} is neither paused nor halted; `swimctl campaign show {name}`")
            if campaign.halted is not None and not reason.strip():
                raise UsageError(f"campaign {name} is halted ({campaign.halted}); say why it may go on: --reason TEXT")
            sql.execute("UPDATE campaigns SET paused_by = NULL, halted = NULL WHERE id = ?", [campaign.id])
            tonight = _batch_of_tonight(sql, campaign, "paused_by IS NOT NULL")
            sql.execute("UPDATE batches SET paused_by = NULL WHERE id = ?", [tonight])
            told = {"paused_by": campaign.paused_by, "halted": campaign.halted, "batch": tonight, "reason": reason}
            self._enter(sql, by, "campaign-continue", campaign, told)

        self._db.write(work)
        return self.campaign(name)

    def second_chance(self, name: str, devices: Mapping[str, int], by: Caller, reason: str) -> Campaign:
        """Allow devices of these names and ids another try, whatever failed on them before. NotFound."""

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            newest = sql.execute("SELECT ifnull(max(id), 0) FROM jobs").fetchone()[0]
            for device in devices.values():
                sql.execute(
                    "INSERT INTO campaign_second_chances VALUES (?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET job_id = excluded.job_id",
                    [campaign.id, device, newest],
                )
            self._enter(sql, by, "campaign-continue", campaign, {"devices": [*devices], "reason": reason})

        self._db.write(work)
        return self.campaign(name)

    def release_night(self, name: str, by: Caller) -> Campaign:
        """Allow the next night to begin: in this opening of the window, or in the next one. NotFound. ConflictError."""

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            if campaign.halted is not None:
                raise ConflictError(
                    f"campaign {name} is halted ({campaign.halted}); next: "
                    f"`swimctl campaign continue {name} --reason TEXT`"
                )
            if campaign.released_by is not None:
                raise ConflictError(f"{campaign.released_by} has released the next night of campaign {name} already")
            sql.execute(
                "UPDATE campaigns SET released_by = ? WHERE id = ?", [storable(by.name) or _NOBODY, campaign.id]
            )
            self._enter(sql, by, "campaign-next", campaign)

        self._db.write(work)
        return self.campaign(name)

    def end_campaign(self, name: str, by: Caller, reason: str = "") -> Campaign:
        """End a campaign for good; tonight's batch goes on. NotFound. ConflictError: it has ended."""

        def work(sql: Sql) -> None:
            campaign = _going(sql, name)
            sql.execute(
                "UPDATE campaigns SET ended_at = ?, ended_by = ?, released_by = NULL WHERE id = ?",
                [rfc3339(self._clock.now()), storable(by.name) or _NOBODY, campaign.id],
            )
            self._enter(sql, by, "campaign-end", campaign, {"reason": reason})

        self._db.write(work)
        return self.campaign(name)

    @written
    def finish_campaign(self, sql: Sql, campaign: Campaign) -> bool:
        """Record that all devices are there; False: that is recorded already, or it was changed meanwhile."""
        changed = sql.execute(
            "UPDATE campaigns SET finished_at = ? WHERE id = ? AND rule = ? AND finished_at IS NULL "
            "AND ended_at IS NULL RETURNING id",
            [rfc3339(self._clock.now()), campaign.id, campaign.rule],
        ).fetchall()
        if changed:
            self._enter(sql, itself(campaign.name), "campaign-finish", campaign)
        return bool(changed)

    @written
    def end_night(self, sql: Sql, night_id: int, halted: str = "") -> bool:
        """Close a night whose jobs have all ended, and halt its campaign where a reason says so.

        False: another process was faster.
        """
        ended = sql.execute(
            "UPDATE campaign_nights SET ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING campaign_id, number",
            [rfc3339(self._clock.now()), night_id],
        ).fetchall()
        if ended and halted:
            row = sql.execute("SELECT * FROM campaigns WHERE id = ?", [ended[0]["campaign_id"]]).fetchone()
            campaign = _campaign(row)
            sql.execute("UPDATE campaigns SET halted = ? WHERE id = ?", [storable(halted), campaign.id])
            told = {"night": ended[0]["number"], "why": halted}
            self._enter(sql, itself(campaign.name), "campaign-halt", campaign, told)
        return bool(ended)

    def _enter(
        self, sql: Sql, by: Caller, action: str, campaign: Campaign, told: Mapping[str, Any] | None = None
    ) -> None:
        said = {what: value for what, value in (told or {}).items() if value not in (None, "")}
        audit.enter(sql, self._clock.now(), by, action, campaign.name, said)


def _found(sql: Sql, name: str) -> Campaign:
    row = sql.execute("SELECT * FROM campaigns WHERE name = ?", [storable(name)]).fetchone()
    if row is None:
        raise NotFound(f"there is no campaign '{name}'; `swimctl campaign list` shows those that exist")
    return _campaign(row)


def _going(sql: Sql, name: str) -> Campaign:
    campaign = _found(sql, name)
    if campaign.ended_at is not None:
        raise ConflictError(f"campaign {name} was ended by {campaign.ended_by}; nothing was changed")
    return campaign


def _batch_of_tonight(sql: Sql, campaign: Campaign, which: str) -> str | None:
    """Return the batch of the night that goes on, where it still has jobs to start and is as asked for."""
    row = sql.execute(
        "SELECT n.batch_id FROM campaign_nights n JOIN batches b ON b.id = n.batch_id WHERE n.campaign_id = ? "
        f"AND n.ended_at IS NULL AND b.{which} AND EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.id "
        "AND j.status IN ('pending', 'scheduled'))",
        [campaign.id],
    ).fetchone()
    return None if row is None else str(row["batch_id"])


def _no_approval(campaign: Campaign, by: Caller, *, required: bool) -> str:
    if not (campaign.needs_approval or required):
        return f"campaign {campaign.name} needs no approval"
    if campaign.approved_by is not None:
        return f"campaign {campaign.name} was approved by {campaign.approved_by} already"
    if not by.name:
        return f"nobody knows who approves campaign {campaign.name}; give a user's name with --as"
    if by.name.casefold() == campaign.created_by.casefold():
        return f"campaign {campaign.name} is as {by.name} wants it: somebody else has to approve it"
    return ""


def _campaign(row: sqlite3.Row) -> Campaign:
    return Campaign(
        row["id"],
        row["name"],
        row["rule"],
        datetime.fromisoformat(row["created_at"]),
        row["created_by"],
        bool(row["needs_approval"]),
        row["approved_by"],
        moment(row["approved_at"]),
        row["paused_by"],
        row["halted"],
        row["released_by"],
        moment(row["finished_at"]),
        moment(row["ended_at"]),
        row["ended_by"],
        row["revision"],
    )
