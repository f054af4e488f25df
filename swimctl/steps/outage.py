"""How long a device is away in a reload: from its last answer to its first, as the job's record keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from swimctl.clock import rfc3339
from swimctl.steps.base import JobContext

AWAY: Final = "away"
"""The kind of the event of a device that does not answer any more; its data says `since` when."""

BACK: Final = "back"
"""The kind of the event of one that answers again: `since` its last answer, `until` its first; both in real UTC."""


class Outage:
    """One device that goes away and comes back, perhaps more than once.

    Its last answer is the last thing that it sent in a session; its first one is the greeting of its SSH, after which
    it was read. A greeting before it goes down once more is no return.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._heard: datetime | None = None
        self._away = False
        self._greeted: datetime | None = None

    def begins(self, heard: datetime | None) -> None:
        """Record that it is away since it was `heard`, once; None: this process never heard it."""
        self._greeted = None
        if self._away:
            return
        self._away, self._heard = True, heard
        since = {} if heard is None else {"since": rfc3339(heard)}
        self._context.record.event(AWAY, "it does not answer any more", **since)

    def greets(self) -> None:
        """Keep in mind that its SSH greets."""
        if self._away and self._greeted is None:
            self._greeted = self._context.clock.now()

    def ends(self) -> None:
        """Record that it is back, where it was away."""
        if not self._away:
            return
        until = self._greeted or self._context.clock.now()
        since = {} if self._heard is None else {"since": rfc3339(self._heard)}
        what = "it answers again"
        if self._heard is not None:
            away = timedelta(seconds=max(0, round((until - self._heard).total_seconds())))
            what += f", after {away}"
        self._context.record.event(BACK, what, **since, until=rfc3339(until))
        self._away, self._greeted = False, None
