"""Finding jobs among all that there ever were: by device, batch, ticket, outcome, status and age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from swimctl.clock import rfc3339
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus
from swimctl.store.reading import Reading
from swimctl.store.rows import numbers, storable

# As rows.outcome_from has it: a removal that began, and of which nobody knows that it took nothing.
_CLEANED: Final = """
    EXISTS (SELECT 1 FROM memories m WHERE m.job_id = j.id AND m.key >= 'removed ' AND m.key < 'removed!'
        AND m.key LIKE '% begun' AND ifnull((SELECT n.value FROM memories n WHERE n.job_id = m.job_id
            AND n.key = substr(m.key, 1, length(m.key) - 6)), '[0]') NOT IN ('[]', 'null', '""', '{}', '0', 'false'))
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs: all that is named must fit. `batch_id` is a whole id; `since` is when the batch was made.

    `seen`: only jobs of devices with these ids; None is any.
    """

    devices: tuple[str, ...] = ()
    batch_id: str | None = None
    ticket: str | None = None
    outcome: Outcome | None = None
    status: JobStatus | None = None
    since: datetime | None = None
    seen: Sequence[int] | None = None


class FoundJobs(Reading):
    """Jobs by what people know of them."""

    def newest(self, wanted: Wanted, limit: int) -> list[Job]:
        """List the jobs that fit, the newest first, at most so many."""
        where, values = _where(wanted)
        ids = (
            "SELECT j.id FROM jobs j JOIN batches b ON b.id = j.batch_id JOIN devices d ON d.id = j.device_id "
            f"WHERE {' AND '.join(where)} ORDER BY j.id DESC LIMIT :limit"
        )
        with self._db.read() as sql:
            return self._jobs(sql, f"j.id IN ({ids})", values | {"limit": limit}, order="j.id DESC")


def _where(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    where, values = ["1"], dict[str, Any]()
    if wanted.devices:
        names = {f"name{place}": storable(name) for place, name in enumerate(wanted.devices)}
        where.append(f"d.name IN ({', '.join(f':{key}' for key in names)})")
        values |= names
    for column, value in (
        ("j.batch_id", wanted.batch_id),
        ("json_extract(b.policy, '$.ticket')", wanted.ticket),
        ("j.status", wanted.status),
    ):
        if value is not None:
            key = f"value{len(values)}"
            where.append(f"{column} = :{key}")
            values[key] = storable(value)
    if wanted.outcome is not None:
        cleaned = wanted.outcome is Outcome.CLEANED
        values["outcome"] = Outcome.UNTOUCHED if cleaned else wanted.outcome
        where.append("j.outcome = :outcome")
        if values["outcome"] is Outcome.UNTOUCHED:
            where.append(_CLEANED if cleaned else f"NOT {_CLEANED}")
    if wanted.seen is not None:
        where.append("j.device_id IN (SELECT value FROM json_each(:seen))")
        values["seen"] = numbers(wanted.seen)
    if wanted.since is not None:
        where.append("b.created_at >= :since")
        values["since"] = rfc3339(wanted.since)
    return where, values
