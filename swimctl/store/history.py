"""How long the latest good job of each device took: what a forecast is made of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from swimctl.store.runners import Part


@dataclass(frozen=True, slots=True)
class Past:
    """The latest job of a device that upgraded it: real seconds by kind of step, and the bytes that were copied."""

    device_id: int
    family: str
    seconds: Mapping[str, float]
    copied: int


class History(Part):
    """What was done before."""

    def past(self, families: Sequence[str]) -> list[Past]:
        """Return the latest such job of each device for each of these families of images."""
        with self._db.read() as sql:
            rows = sql.execute(
                """
                SELECT latest.device_id, latest.family, latest.id, j.bytes_done, s.kind, s.started_at, s.finished_at
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
        jobs: defaultdict[tuple[int, str, int], dict[str, float]] = defaultdict(dict)
        for row in rows:
            span = datetime.fromisoformat(row["finished_at"]) - datetime.fromisoformat(row["started_at"])
            if span.total_seconds() >= 0:  # else this machine's clock was put back meanwhile
                jobs[row["device_id"], row["family"], row["bytes_done"]][row["kind"]] = span.total_seconds()
        return [Past(device, family, seconds, copied) for (device, family, copied), seconds in jobs.items()]
