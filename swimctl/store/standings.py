"""What decides whether a batch goes on: how its jobs stand, which waves have passed, who approved it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database as Sql

from swimctl.clock import rfc3339
from swimctl.errors import ConflictError
from swimctl.models import Batch, Caller, Job, Outcome
from swimctl.states import JobStatus
from swimctl.store import audit
from swimctl.store.reading import Reading
from swimctl.store.rows import numbers, storable
from swimctl.store.runners import written


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job of a batch stands, in the few words that the others of its batch depend on."""

    id: int
    device_name: str
    status: JobStatus
    attempted: bool
    outcome: Outcome | None
    wave: int
    redundancy_group: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs were tried and have ended, and how many of them failed."""

    tried: int = 0
    failed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.tried + other.tried, self.failed + other.failed)


class Standings(Reading):
    """What is asked before each job of a batch starts, and once a wave."""

    def standings(self, batch_id: str, of: Job | None = None) -> list[Standing]:
        """Return how the jobs of a batch stand, in id order; with `of` only those that this job may wait for."""
        columns = "j.id, d.name, j.status, j.attempted, j.outcome, j.wave, j.redundancy_group"
        which, values = "SELECT id FROM jobs WHERE batch_id = ?", [batch_id]
        if of is not None:
            which = (
                f"SELECT id FROM jobs WHERE +batch_id = ? AND id IN (SELECT value FROM json_each(?)) UNION {which} "
                "AND redundancy_group = ?"
            )
            values = [batch_id, numbers(of.after), batch_id, of.redundancy_group or ""]
        with self._db.read() as sql:
            rows = sql.execute(
                f"SELECT {columns} FROM jobs j JOIN devices d ON d.id = j.device_id WHERE j.id IN ({which}) "
                "ORDER BY j.id",
                values,
            ).fetchall()
        return [
            Standing(
                row["id"],
                row["name"],
                JobStatus(row["status"]),
                bool(row["attempted"]),
                None if row["outcome"] is None else Outcome(row["outcome"]),
                row["wave"],
                row["redundancy_group"],
            )
            for row in rows
        ]

    def tallies(self, batch_id: str) -> dict[int, Tally]:
        """Return by wave how many jobs of a batch were tried: counted as they end, however many there are."""
        with self._db.read() as sql:
            rows = sql.execute("SELECT wave, tried, failed FROM tallies WHERE batch_id = ?", [batch_id]).fetchall()
        return {row["wave"]: Tally(row["tried"], row["failed"]) for row in rows}

    @written
    def pass_wave(self, sql: Sql, batch_id: str, number: int) -> None:
        """Record that a wave was healthy after its soak; recording it twice is allowed."""
        sql.execute(
            "INSERT INTO waves (batch_id, number, passed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [batch_id, number, rfc3339(self._clock.now())],
        )

    def wave_passed(self, batch_id: str, number: int) -> bool:
        """Return whether a wave was noted as healthy."""
        with self._db.read() as sql:
            return (
                sql.execute("SELECT 1 FROM waves WHERE batch_id = ? AND number = ?", [batch_id, number]).fetchone()
                is not None
            )

    def approve(self, batch_id: str, by: Caller) -> Batch:
        """Approve a batch in another's name, and tell it in the audit. NotFound. ConflictError: not so."""
        batch, name = self.batch(batch_id), storable(by.name)
        # SQLite knows the case of ASCII alone, and a user of this machine may be called otherwise.
        another = batch.requested_by.casefold() != name.casefold()

        def work(sql: Sql) -> None:
            changed = sql.execute(
                "UPDATE batches SET approved_by = :name, approved_at = :now WHERE id = :id AND needs_approval "
                "AND approved_by IS NULL AND :another AND :name <> '' RETURNING id",
                {"name": name, "now": rfc3339(self._clock.now()), "id": batch.id, "another": another},
            ).fetchall()
            if not changed:
                raise ConflictError(_why_not(batch, by))
            audit.enter(sql, self._clock.now(), by, "approve", batch.id, {"requested_by": batch.requested_by})

        self._db.write(work)
        return self.batch(batch.id)


def _why_not(batch: Batch, by: Caller) -> str:
    if not batch.needs_approval:
        return f"batch {batch.id} needs no approval"
    if batch.approved_by is not None:
        return f"batch {batch.id} was approved by {batch.approved_by} already"
    if not by.name:
        return f"nobody knows who approves batch {batch.id}; give a user's name with --as"
    return f"{by.name} asked for batch {batch.id}: somebody else has to approve it"
