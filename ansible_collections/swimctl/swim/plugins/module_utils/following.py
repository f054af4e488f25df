# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Make a batch of jobs once, and follow it to its end, whatever becomes of the connection."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError, Client, Unavailable, in_query
from ansible_collections.swimctl.swim.plugins.module_utils.judging import ENDED

TRIGGER = "/api/upgrade/trigger/"
STATUS = "/api/upgrade/status/"
CANCEL = "/api/upgrade/cancel/"
_NOTHING_TO_CANCEL = 409
_MOST_EARLIER = 1000  # runs of one request in a day: each earlier one costs two requests
_EARLIER = timedelta(seconds=3)  # the header Date has whole seconds

Document = dict[str, Any]


class Followed:
    """A batch as far as it was seen: the answer to its trigger, and its jobs by their ids."""

    def __init__(self, made: Document) -> None:
        self.made = made
        self.id: str = made["batch_id"]
        self.by_id: dict[int, Document] = {}
        self.change: int | None = None

    @property
    def jobs(self) -> list[Document]:
        """Return its jobs in their order."""
        return [self.by_id[each] for each in sorted(self.by_id)]

    @property
    def open(self) -> list[Document]:
        """Return the jobs that have not ended."""
        return [job for job in self.jobs if job["status"] not in ENDED]

    @property
    def unseen(self) -> list[int]:
        """Return the jobs that were made, and that the server has not shown."""
        return sorted(set(self.made["job_ids"]) - self.by_id.keys())

    @property
    def ended(self) -> bool:
        """Return whether all its jobs have ended; of one that is not shown nobody knows it."""
        return bool(self.by_id) and not self.open and not self.unseen


class Follower:
    """Trigger and wait. Every `poll` seconds it asks; for `outage` seconds the server may be away.

    `batch` is the last one that the server has named; `lost`: an answer to a trigger never came, so there may be one.
    """

    def __init__(
        self,
        client: Client,
        *,
        poll: float,
        outage: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._poll = poll
        self._outage = outage
        self._clock = clock
        self._sleep = sleep
        self._begun = clock()
        self.batch: Followed | None = None
        self.lost = False

    def make_or_join(self, body: Document, key: str | None) -> Followed:
        """Return the batch of a key. Without one: that of an earlier run with this request if it has not ended."""
        if key:
            return self._trigger(body, key)
        earlier = ""
        for _run in range(_MOST_EARLIER):
            batch = self._trigger(body, _key(body, earlier))
            self._persist(lambda batch=batch: self.look(batch))
            if batch.open or not (batch.by_id and self._is_of_an_earlier_run(batch)):
                return batch
            earlier = batch.id
        return self._trigger(body, str(uuid.uuid4()))

    def wait(self, batch: Followed, seconds: float) -> str:
        """Wait for the end of all jobs. Return why it is no use to wait on; empty if all have ended."""
        end = self._clock() + seconds
        stands_since: float | None = None
        while True:
            self._persist(lambda: self.look(batch))
            if batch.ended:
                return ""
            now = self._clock()
            stands = all(job["interrupted"] for job in batch.open)
            stands_since = (now if stands_since is None else stands_since) if stands else None
            if stands_since is not None and now - stands_since >= self._outage:
                if not batch.open:
                    return f"the server does not show job {', '.join(map(str, batch.unseen))} to the user of this token"
                return "nobody runs these jobs any more: `swimctl resume` on the server continues them"
            if now >= end:
                return f"after {seconds:g} seconds not all jobs have ended; they go on without this task"
            self._sleep(max(0.0, min(self._poll, end - now)))

    def look(self, batch: Followed) -> None:
        """Ask how the jobs are; of a batch that was asked for before, what has changed since."""
        since = "" if batch.change is None else f"&changed_since={batch.change}"
        answer = self._client.get(f"{STATUS}?batch_id={in_query(batch.id)}{since}")
        batch.by_id.update({job["id"]: job for job in answer["jobs"]})
        batch.change = answer["change"]

    def cancel_what_waits(self, batch: Followed) -> None:
        """Cancel the jobs that have not started."""
        try:
            self._client.post(CANCEL, {"batch_id": batch.id})
        except ApiError as error:
            if error.status != _NOTHING_TO_CANCEL:
                raise
        self.look(batch)

    def _trigger(self, body: Document, key: str) -> Followed:
        self.batch = None
        self.batch = Followed(self._persist(lambda: self._client.post(TRIGGER, body, key=key), first=True))
        self.lost = False
        return self.batch

    def _persist(self, ask: Callable[[], Any], *, first: bool = False) -> Any:
        """Ask until an answer comes. If nothing reached the server at the `first` time, there is none."""
        lost_at = self._clock()
        while True:
            try:
                return ask()
            except Unavailable as error:
                self.lost = self.lost or (first and error.sent)
                if (first and not self.lost) or self._clock() - lost_at >= self._outage:
                    raise
            self._sleep(self._poll)

    def _is_of_an_earlier_run(self, batch: Followed) -> bool:
        """Compare by the server's own clock when it was made; if that is not told, it is of this run."""
        now = self._client.answered_at
        if now is None:
            return False
        made = min(datetime.fromisoformat(job["created_at"].replace("Z", "+00:00")) for job in batch.jobs)
        return made < now - timedelta(seconds=self._clock() - self._begun) - _EARLIER


def _key(body: Document, earlier: str) -> str:
    """Return a key of a request that is to follow a batch which has ended."""
    text = json.dumps([body, earlier], sort_keys=True)
    return f"ansible-{hashlib.sha256(text.encode()).hexdigest()}"
