"""How long the latest good job of each device took: what a forecast is made of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from swimctl.states import STEP_NAMES
from swimctl.store.runners import Part


@dataclass(frozen=True, slots=True)
class Past:
    """The latest job of a device that upgraded it: real seconds by kind of step, and the bytes that were copied.

    `check`, `copying` and `rest` are from one boundary to the next, with what lies between the steps: until the device
    was checked, until the copy was proved, and from the start of the activation to the end of the job. A wait for the
    window, which lies before the activation, is in none of them. None: there was no such step.
    """

    device_id: int
    family: str
    seconds: Mapping[str, float]
    copied: int
    check: float | None = None
    copying: float | None = None
    rest: float | None = None


class History(Part):
    """What was done before."""

    def past(self, families: Sequence[str]) -> list[Past]:
        """Return the latest such job of each device for each of these families of images."""
        with self._db.read() as sql:
            rows = sql.execute(
                """
                SELECT latest.device_id, latest.family, latest.id, j.bytes_done, j.started_at AS began,
                       j.finished_at AS ended, s.kind, s.started_at, s.finished_at
                FROM (
                    SELECT j.device_id, i.family, max(j.id) AS id FROM images i JOIN jobs j ON j.image_id = i.id
                    WHERE i.family IN (SELECT value FROM json_each(?)) AND j.outcome = 'upgraded'
                      AND j.status = 'success'
                    GROUP BY j.device_id, i.family
                ) latest
                JOIN jobs j ON j.id = latest.id
                JOIN steps s ON s.job_id = latest.id AND s.status = 'success'
                WHERE s.started_at IS NOT NULL AND s.finished_at IS NOT NULL
                """,
                [json.dumps(sorted(set(families)))],
            ).fetchall()
        jobs: defaultdict[int, list[Row]] = defaultdict(list)
        for row in rows:
            jobs[row["id"]].append(row)
        return [_past(steps) for steps in jobs.values()]


def _past(steps: Sequence[Row]) -> Past:
    """Return one job; a span in which this machine's clock was put back is none."""
    began, ended = (_moment(steps[0], name) for name in ("began", "ended"))
    starts = {row["kind"]: _moment(row, "started_at") for row in steps}
    ends = {row["kind"]: _moment(row, "finished_at") for row in steps}
    # Where steps of one's own lie between, such as a wait for a person, each part is its own step alone.
    apart = bool(set(starts) - set(STEP_NAMES))
    spans = {kind: _span(starts[kind], ends[kind]) for kind in starts}
    return Past(
        steps[0]["device_id"],
        steps[0]["family"],
        {kind: seconds for kind, seconds in spans.items() if seconds is not None},
        steps[0]["bytes_done"],
        _span(starts.get("readiness") if apart else began, ends.get("readiness")),
        _span((starts if apart else ends).get("distribution" if apart else "readiness"), ends.get("distribution")),
        _span(starts.get("activation"), ends.get("post-checks") if apart else ended),
    )


def _moment(row: Row, name: str) -> datetime:
    return datetime.fromisoformat(row[name])


def _span(start: datetime | None, end: datetime | None) -> float | None:
    seconds = (end - start).total_seconds() if start and end else -1.0
    return seconds if seconds >= 0 else None
