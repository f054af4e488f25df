"""The hours in which the window of a batch and the one of a device are open at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from swimctl.config.hours import Opening, Openings

OWN: Final = "of the device"
# Nobody waits longer than that for two windows that never meet.
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Together:
    """The window of a device, and the one of its batch where that has one: open where both are."""

    batch: Openings | None
    own: Openings

    def __str__(self) -> str:
        own = f"{self.own} {OWN}"
        return own if self.batch is None else f"{self.batch} and {own}"

    def opening(self, now: datetime) -> Opening | None:
        """Return the opening of both that is open now, else the next one; None: they meet no more.

        It is named after the one that opens last.
        """
        at = now
        while at < now + _AHEAD:
            own = self.own.opening(at)
            batch = own if self.batch is None else self.batch.opening(at)
            if own is None or batch is None:
                return None
            last = replace(own, of=f"{own.of} {OWN}") if self.batch is None or own.opens >= batch.opens else batch
            if last.opens < (closes := min(own.closes, batch.closes)):
                return Opening(last.opens, closes, last.of)
            at = last.opens  # nothing before it is of both
        return None
