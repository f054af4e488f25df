"""What a job waits for, for whom, and until when: one fact, and the one place with its words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from swimctl.clock import to_the_minute
from swimctl.states import WAITING, JobStatus


class WaitKind(StrEnum):
    """What kind of thing a job waits for."""

    PAUSE = "pause"
    STOP = "stop"
    APPROVAL = "approval"
    SCHEDULE = "schedule"
    RUNNER = "runner"
    WINDOW = "window"
    FREEZE = "freeze"
    SOAK = "soak"
    WAVE = "wave"
    PARTNER = "partner"
    FEEDER = "feeder"
    PILOT = "pilot"
    DEVICE = "device"
    TURN = "turn"
    COPY = "copy"
    RELAY = "relay"
    ACCOUNT = "account"
    WORKER = "worker"
    PERSON = "person"
    HELD = "held"


OF_PEOPLE: Final = frozenset({WaitKind.PERSON, WaitKind.HELD})
"""Waits that end when somebody says something: how long that takes, nobody knows."""


class HeldAnswer(StrEnum):
    """What a person says of a device that is held after its post-checks failed."""

    LOOK = "look"
    KEEP = "keep"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a job waits for. `on` names it: a device, a wave, a window, a reason; of an approval, the batch's id.

    `job` is the job that is in the way, where it is one; where a person is waited for, the job that waits. `until`
    is the moment at which it ends by itself. `look` is the mark of what a device is held for: what a person accepts.
    """

    kind: WaitKind
    on: str = ""
    job: int | None = None
    until: datetime | None = None
    look: str = ""

    def sentence(self, now: datetime | None = None) -> str:
        """Return what people read. With `now` it says how much is left, and so is another one a minute later."""
        return _WORDS[self.kind].format(on=self.on, short=self.on[:8], job=self.job) + self._end(now)

    def _end(self, now: datetime | None) -> str:
        if self.until is None:
            return ""
        at = _clock_on_the_wall(self.until, self.on, now)
        if now is None:
            return {WaitKind.WINDOW: f" at {at}", WaitKind.SCHEDULE: f" at {at}"}.get(self.kind, f" until {at}")
        left = span((self.until - now).total_seconds())
        if self.kind is WaitKind.WINDOW:
            return f" in {left}, {at}"
        return f" in {left}, {at}" if self.kind is WaitKind.SCHEDULE else f", {left} left, until {at}"


_WORDS = {
    WaitKind.PAUSE: "the batch is paused: `swimctl continue {short}`",
    WaitKind.STOP: "the batch is stopped: `swimctl continue {short}`",
    WaitKind.APPROVAL: "somebody else has to approve the batch: `swimctl approve {short}`",
    WaitKind.SCHEDULE: "starts",
    WaitKind.RUNNER: "nobody runs it yet; `swimctl serve` or `swimctl run-scheduled` does",
    WaitKind.WINDOW: "the window {on} opens",
    WaitKind.FREEZE: "frozen: {on}",
    WaitKind.SOAK: "soak of {on}",
    WaitKind.WAVE: "{on} comes first",
    WaitKind.PARTNER: "{on} comes first (job {job})",
    WaitKind.FEEDER: "{on} depends on it and is upgraded first (job {job})",
    WaitKind.PILOT: "{on} is the first of its kind and goes alone (job {job})",
    WaitKind.DEVICE: "job {job} runs on {on}; waiting for its end",
    WaitKind.TURN: "its turn: {on} at a time",
    WaitKind.COPY: "{on}",
    WaitKind.RELAY: "{on}",
    WaitKind.ACCOUNT: "another device answers first whether it takes the account {on}",
    WaitKind.PERSON: "{on}: `swimctl release {job}`",
    WaitKind.HELD: "held for `swimctl recheck {job}`: {on}",
    WaitKind.WORKER: "no worker of site {on} is there; next: `swimctl worker --site {on}` on a machine there",
}


def waits_by_itself(
    status: JobStatus,
    batch_id: str,
    *,
    paused: bool,
    stopped: bool,
    unapproved: bool,
    schedule_time: datetime | None,
    owned: bool,
) -> Waiting | None:
    """Return what a job waits for as its batch stands, whoever runs it; None: only who runs it knows.

    `owned`: a living process has its batch.
    """
    if status not in WAITING:
        return None
    if stopped:
        return Waiting(WaitKind.STOP, batch_id)
    if paused:
        return Waiting(WaitKind.PAUSE, batch_id)
    if unapproved:
        return Waiting(WaitKind.APPROVAL, batch_id)
    if owned:
        return None
    if status is JobStatus.SCHEDULED:
        return Waiting(WaitKind.SCHEDULE, until=schedule_time)
    return Waiting(WaitKind.RUNNER)


def span(seconds: float) -> str:
    """Write a time for people: 45 s, 7 min, 1 h 54 min, 3 d 4 h. What is over is 0 s."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def clock_time(at: datetime, now: datetime) -> str:
    """Write a moment as this machine's clock shows it: with the day where it is not within twenty hours."""
    near = abs(at - now) < timedelta(hours=20)
    return f"{at.astimezone():%H:%M}" if near else f"{at.astimezone():%Y-%m-%d %H:%M}"


def _clock_on_the_wall(at: datetime, on: str, now: datetime | None) -> str:
    """Write a moment in the zone that a window names, else in this machine's; the day only where it is another one."""
    name = on.partition("@")[2].partition(" ")[0]
    try:
        zone = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    if now is None:
        return to_the_minute(at)
    local, today = at.astimezone(zone), now.astimezone(zone)
    where = f" {name}" if zone else f" {local:%z}"
    if local - today < timedelta(minutes=10) and local.date() == today.date():
        return f"{local:%H:%M:%S}{where}"
    return f"{local:%H:%M}{where}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}{where}"
