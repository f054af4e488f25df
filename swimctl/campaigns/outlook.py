"""When the window of a campaign opens, and how many nights are left, as far as the store knows what they take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Sight, Where
from swimctl.config.calendars import Calendars
from swimctl.config.hours import Opening
from swimctl.config.windows import Go, Wait
from swimctl.errors import CalendarUnread, SwimctlError, UsageError
from swimctl.models import Device
from swimctl.requests.service import Service

_FARTHEST: Final = 200  # openings
LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Next:
    """An opening of the window, and from when on something may start in it: a freeze may take its beginning."""

    starts: datetime
    opening: Opening


@dataclass(frozen=True, slots=True)
class Closed:
    """All that is behind, each with a window of its own that is closed in the opening now or next.

    `first` is the first opening that takes one of them; None: none is known.
    """

    devices: tuple[Device, ...]
    first: Next | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the devices."""
        return tuple(device.name for device in self.devices)

    @property
    def windows(self) -> tuple[str, ...]:
        """Return their windows, each once."""
        return tuple(dict.fromkeys(device.window for device in self.devices if device.window is not None))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What opens now or next, and why not, where nothing does. `nights` are left: None where nobody knows.

    `last` is the last of them; `guessed`: some of these models were never upgraded here. `closed`: what opens now or
    next takes no device.
    """

    next: Next | None
    why: str = ""
    nights: int | None = None
    last: Next | None = None
    guessed: bool = False
    closed: Closed | None = None


def next_at(calendars: Calendars, rule: Rule, now: datetime) -> Next | str:
    """Return the opening that is open and not frozen, else the next one; as text why none is known."""
    slot = calendars.gate(now, timedelta(0), rule.window, None, rule.zone)
    if not isinstance(slot, Go | Wait):
        return slot.why
    at = now if isinstance(slot, Go) else slot.at
    try:
        found = calendars.windows(rule.window, at, rule.zone).opening(at)
    except (CalendarUnread, UsageError) as error:
        return str(error)
    return f"the window {rule.window} opens no more" if found is None else Next(max(at, found.opens), found)


def next_of(calendars: Calendars, sight: Sight, now: datetime) -> Next | str:
    """Return the same for a campaign; of one whose rule cannot be read, nobody knows."""
    return sight.problem if sight.rule is None else next_at(calendars, sight.rule, now)


def begins_after(sight: Sight, now: datetime) -> datetime:
    """Return from when on its next night may begin: where this opening had one, not before it closes."""
    if sight.campaign.released_by is not None:
        return now
    return max([now, *(night.closes for night in sight.nights)])


def openings(calendars: Calendars, rule: Rule, now: datetime) -> Iterator[Next]:
    """Yield the openings from now on, those that are frozen as a whole left out."""
    for _ in range(_FARTHEST):
        found = next_at(calendars, rule, now)
        if isinstance(found, str):
            return
        yield found
        now = max(found.opening.closes, now + timedelta(seconds=1))


def may_in(calendars: Calendars, devices: Sequence[Device], night: Next) -> list[Device]:
    """Return those whose window is open in that opening, too, at some time; most have none of their own.

    One of which that cannot be read now is one of them: the plan refuses it, and says why.
    """
    own = {device.window for device in devices if device.window is not None}
    closed = {window for window in own if not _opens_in(calendars, window, night)}
    return [device for device in devices if device.window not in closed]


def _opens_in(calendars: Calendars, own: str, night: Next) -> bool:
    try:
        found = calendars.windows(own, night.starts).opening(night.starts)
    except (CalendarUnread, UsageError):
        return True
    return found is not None and found.opens < night.opening.closes


def outlook(sight: Sight, service: Service, calendars: Calendars, now: datetime) -> Outlook:
    """Return what is to come of a campaign. Where tonight's has been, tonight is no night that is left."""
    rule = sight.rule
    start = begins_after(sight, now)
    first = next_of(calendars, sight, start)
    if rule is None or isinstance(first, str):
        return Outlook(None, str(first))
    behind = [stand.device for stand in sight.those(Where.BEHIND)]
    if not behind:
        return Outlook(first)
    may = may_in(calendars, behind, first)
    if not may:
        takes = (one for one in openings(calendars, rule, start) if may_in(calendars, behind, one))
        return Outlook(first, closed=Closed(tuple(behind), next(takes, None)))
    fits, guessed = _fit(service, rule, may[: rule.most or len(may)], first, now)
    if not fits:
        return Outlook(first, guessed=guessed)
    nights = ceil(len(behind) / fits)
    every = openings(calendars, rule, start)
    last = next((one for number, one in enumerate(every, 1) if number == nights), None)
    return Outlook(first, nights=nights, last=last, guessed=guessed)


def _fit(service: Service, rule: Rule, devices: Sequence[Device], first: Next, now: datetime) -> tuple[int, bool]:
    """Return how many of these devices one night has time for, and whether some of that is guessed."""
    request = rule.request(devices, first.opening)
    request = replace(request, schedule_time=first.starts if first.starts > now else None)
    try:
        preview = service.preview(service.plan(request), None)
    except SwimctlError:
        return 0, True
    told = preview.forecast
    return (0 if told is None else len(told.spans)), bool(preview.guessed)
