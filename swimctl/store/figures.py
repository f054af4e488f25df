"""Figures over all jobs, for those who watch the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from swimctl.clock import rfc3339
from swimctl.models import Outcome
from swimctl.states import JobStatus
from swimctl.store.runners import Part

STEP_LIMITS: Final = (1, 5, 15, 60, 180, 300, 600, 1200, 1800, 3600, 7200)


@dataclass(frozen=True, slots=True)
class Durations:
    """How many took at most so many real seconds, for each of STEP_LIMITS; how many there are; seconds in all."""

    within: tuple[int, ...]
    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs by platform and status, durations of ended steps by kind and status, bytes copied, and the runner's lag.

    `outcomes` are of jobs that have ended.
    """

    jobs: Mapping[tuple[str, JobStatus], int]
    steps: Mapping[tuple[str, str], Durations]
    copied: int
    lag: float
    outcomes: Mapping[Outcome, int]


class Counting(Part):
    """What is counted."""

    def figures(self, now: datetime) -> Figures:
        """Count everything in one snapshot."""
        with self._db.read() as sql:
            jobs = {
                (row["platform"], JobStatus(row["status"])): int(row["number"])
                for row in sql.execute(
                    "SELECT i.platform, j.status, count(*) AS number FROM jobs j JOIN images i ON i.id = j.image_id "
                    "GROUP BY i.platform, j.status"
                )
            }
            within = ", ".join(f"sum(seconds <= {limit}) AS within_{limit}" for limit in STEP_LIMITS)
            steps = {
                (row["kind"], row["status"]): Durations(
                    tuple(row[f"within_{limit}"] for limit in STEP_LIMITS), row["number"], row["seconds"]
                )
                for row in sql.execute(
                    f"SELECT kind, status, {within}, count(*) AS number, sum(seconds) AS seconds FROM ("
                    "SELECT kind, status, max(0, (julianday(finished_at) - julianday(started_at)) * 86400) AS seconds "
                    "FROM steps WHERE started_at IS NOT NULL AND finished_at IS NOT NULL "
                    "AND status IN ('success', 'failed')) GROUP BY kind, status"
                )
            }
            outcomes = {
                Outcome(row["outcome"]): int(row["number"])
                for row in sql.execute(
                    "SELECT outcome, count(*) AS number FROM jobs WHERE outcome IS NOT NULL GROUP BY outcome"
                )
            }
            copied = sql.execute("SELECT ifnull(sum(bytes_done), 0) FROM jobs").fetchone()[0]
            since = sql.execute(
                "SELECT min(ifnull(b.schedule_time, b.created_at)) FROM jobs j JOIN batches b ON b.id = j.batch_id "
                "WHERE j.status IN ('pending', 'scheduled') AND ifnull(b.schedule_time, b.created_at) <= ?",
                [rfc3339(now)],
            ).fetchone()[0]
        lag = 0.0 if since is None else (now - datetime.fromisoformat(since)).total_seconds()
        return Figures(jobs, steps, int(copied), lag, outcomes)
