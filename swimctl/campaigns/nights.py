"""Night after night: begin a campaign's batch when its window is open, and close a night when its jobs have ended.

The store decides that a night begins once: it is made in one transaction with its batch. So two processes cannot begin
it twice, and one that is killed leaves either both or nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from swimctl.campaigns.devices import Devices
from swimctl.campaigns.outlook import Next, begins_after, may_in, next_at, next_of
from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Sight, Stand, State, Where, names, told, why_halted
from swimctl.campaigns.texts import began_text, ended_text, finished_text
from swimctl.clock import Clock, to_the_minute
from swimctl.config.calendars import Calendars
from swimctl.errors import SwimctlError
from swimctl.models import Caller
from swimctl.notify.notifier import Notifier
from swimctl.requests.plans import PlanItem
from swimctl.requests.service import Service, Triggered
from swimctl.states import FINAL
from swimctl.store import Campaign, NewNight, Night, Store
from swimctl.store.nights import itself

log = logging.getLogger("swimctl.campaigns")

# So long a server does not look again at a campaign of which nothing could begin, unless somebody changes it.
_REST: Final = timedelta(minutes=5)
_LAST_WORDS: Final = 5.0  # real seconds for notifications at the end


@dataclass(frozen=True, slots=True)
class Begun:
    """A night that began, with the jobs that it made.

    `contended` are left out: another campaign wishes them otherwise.
    """

    campaign: Campaign
    night: Night
    made: Triggered
    contended: tuple[Stand, ...] = ()

    @property
    def skipped(self) -> tuple[PlanItem, ...]:
        """List the devices that got no job."""
        return self.made.skipped


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why no night begins, and when the window opens; `following` None: nobody knows. `night`: it has not ended."""

    campaign: Campaign
    state: State
    why: str
    following: Next | None = None
    night: Night | None = None


class Nights:
    """Begin and close nights. Use it as a context manager: notifications are sent by its end."""

    def __init__(
        self, store: Store, devices: Devices, service: Service, calendars: Calendars, clock: Clock, notifier: Notifier
    ) -> None:
        self._store = store
        self._devices = devices
        self._service = service
        self._calendars = calendars
        self._clock = clock
        self._notifier = notifier
        self._resting: dict[tuple[object, ...], datetime] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Send what is still to be told."""
        self._notifier.close(_LAST_WORDS)

    def tick(self) -> None:
        """Close the nights that have ended, and begin those whose time has come; for a server, once a second."""
        self.settle()
        now, resting = self._clock.now(), dict[tuple[object, ...], datetime]()
        going = {night.campaign_id for night in self._store.open_nights()}
        for campaign in self._store.campaigns():
            # Who changes, releases or continues it wants it looked at now, and so does a night that has ended.
            steered = (campaign.rule, campaign.released_by, campaign.approved_by, campaign.halted)
            key = (campaign.id, campaign.id in going, *steered)
            # Not for longer than that, if somebody has set the clock back.
            if not may_go_on(campaign) or now < self._resting.get(key, now) <= now + _REST:
                resting |= {key: self._resting[key]} if key in self._resting else {}
            elif not self._tried(campaign, now):
                resting[key] = now + _REST
        self._resting = resting

    def _tried(self, campaign: Campaign, now: datetime) -> bool:
        """Begin a night where one may begin; False: nothing could, for a reason that is logged.

        Whatever is wrong with one campaign, the others have their nights.
        """
        try:
            opens = self._open(campaign, now)
            came = None if opens is None else self._begin(campaign, opens)
        except SwimctlError as error:
            log.error("campaign %s: %s", campaign.name, error)  # noqa: TRY400 - its words say it all
            return False
        except Exception:
            log.exception("campaign %s could not be looked at", campaign.name)
            return False
        if isinstance(came, NotNow):
            log.info("campaign %s: %s", campaign.name, came.why)
        return not isinstance(came, NotNow)

    def tonight(self, campaign: Campaign) -> Begun | NotNow:
        """Begin tonight's batch of a campaign, or return why not. A night that goes on is returned as such."""
        self.settle()
        campaign = self._store.campaign(campaign.name)
        if campaign.ended_at is not None:
            return NotNow(campaign, State.ENDED, f"it was ended by {campaign.ended_by}")
        going = next((night for night in self._store.open_nights() if night.campaign_id == campaign.id), None)
        now = self._clock.now()
        if going is not None:
            return NotNow(campaign, *self._goes(campaign, going), None, going)
        if may_go_on(campaign) and (opens := self._open(campaign, now)) is not None:
            return self._begin(campaign, opens)
        return self._not_now(self._devices.sight(campaign))

    def _goes(self, campaign: Campaign, night: Night) -> tuple[State, str]:
        """Return how a night goes on that has not ended, or who keeps it from that."""
        number, batch = f"night {night.number}", self._store.batch(night.batch_id)
        again = f"next: `swimctl continue {batch.id[:8]}`"
        if batch.stopped_by is not None:
            return State.RUNNING, f"{batch.stopped_by} has stopped {number}; {again}"
        if campaign.paused_by is not None:
            return (
                State.PAUSED,
                f"{campaign.paused_by} has paused it; next: `swimctl campaign continue {campaign.name}`",
            )
        if batch.paused_by is not None:
            return State.RUNNING, f"{batch.paused_by} has paused {number}; {again}"
        left = [job for job in self._store.jobs(batch_id=batch.id) if job.status not in FINAL]
        if left and all(job.interrupted and job.stop_by for job in left):
            ids = " ".join(str(job.id) for job in left)
            return (
                State.RUNNING,
                f"{left[0].stop_by} has stopped what is left of {number}; next: `swimctl resume {ids}`",
            )
        return State.RUNNING, f"{number} goes on"

    def settle(self) -> None:
        """Close the nights whose jobs have all ended; one that went too badly halts its campaign."""
        for night in self._store.open_nights():
            if night.counts.going:
                continue
            campaign = next(one for one in self._store.campaigns() if one.id == night.campaign_id)
            try:
                self._close(campaign, night)
            except SwimctlError as error:  # the others are closed all the same
                log.error("night %d of campaign %s was not closed: %s", night.number, campaign.name, error)  # noqa: TRY400
            except Exception:
                log.exception("night %d of campaign %s was not closed", night.number, campaign.name)

    def _close(self, campaign: Campaign, night: Night) -> None:
        # One that somebody has ended goes on by nothing: there is nothing to halt, and nobody has to read its rule.
        halted = "" if campaign.ended_at is not None else why_halted(Rule.read(campaign.rule), night)
        if not self._store.end_night(night.id, halted):
            return  # another process was faster, and tells of it
        sight = self._devices.sight(self._store.campaign(campaign.name))
        following = next_of(self._calendars, sight, max(self._clock.now(), night.closes))
        self._notifier.tell(ended_text(sight, night, following if isinstance(following, Next) else None))
        self._finish(sight)

    def _open(self, campaign: Campaign, now: datetime) -> Next | None:
        """Return the opening in which a night may begin now; None: it is closed, or had its night."""
        rule = Rule.read(campaign.rule)
        found = next_at(self._calendars, rule, now)
        if isinstance(found, str) or found.starts > now:
            return None
        if campaign.released_by is not None:
            return found
        nights = self._store.nights(campaign.id)
        return None if rule.by_hand or any(night.closes > found.opening.opens for night in nights) else found

    def _begin(self, campaign: Campaign, opens: Next) -> Begun | NotNow:
        sight = self._devices.sight(campaign)
        behind, rule = sight.those(Where.BEHIND), sight.rule
        if rule is None or sight.state is not State.WAITING or not behind:
            self._finish(sight)
            return self._not_now(sight)
        may = may_in(self._calendars, [stand.device for stand in behind], opens)
        if not may:
            following = next_at(self._calendars, rule, opens.opening.closes)
            closes = to_the_minute(opens.opening.closes)
            why = f"until {closes} the own windows of what is behind are closed: {names(behind)}"
            return NotNow(campaign, State.WAITING, why, following if isinstance(following, Next) else None)
        chosen = may[: rule.most or len(may)]
        night = NewNight(
            campaign.id,
            campaign.rule,
            opens.opening.opens,
            opens.opening.closes,
            rule.by_hand,
            sight.approval,
            campaign.approved_by,
            campaign.approved_at,
            tuple((stand.device.name, stand.rival) for stand in sight.contended),
        )
        plan = replace(self._service.plan(rule.request(chosen, opens.opening)), night=night)
        made = self._service.create(plan, Caller(campaign.created_by, itself(campaign.name).origin))
        begun = next(one for one in self._store.nights(campaign.id) if one.batch_id == made.batch.id)
        self._notifier.tell(began_text(campaign, begun, len(behind)))
        return Begun(campaign, begun, made, tuple(sight.contended))

    def _finish(self, sight: Sight) -> None:
        """Record once that all devices are there."""
        done = sight.state is State.FINISHED and sight.campaign.finished_at is None and sight.counts[Where.THERE]
        if done and self._store.finish_campaign(sight.campaign):
            self._notifier.tell(finished_text(sight))

    def _not_now(self, sight: Sight) -> NotNow:
        now = self._clock.now()
        following = next_of(self._calendars, sight, begins_after(sight, now))
        found = following if isinstance(following, Next) else None
        return NotNow(sight.campaign, sight.state, self._why(sight, following), found, sight.night)

    def _why(self, sight: Sight, following: Next | str) -> str:
        campaign, name = sight.campaign, sight.campaign.name
        if sight.state is State.WAITING:
            if isinstance(following, str):
                return following
            night = sight.nights[-1] if sight.nights else None
            if night is not None and night.closes > self._clock.now():
                return f"tonight's was night {night.number}; `swimctl campaign next {name}` begins another one"
            return "it is not the time"
        return {
            State.ENDED: f"it was ended by {campaign.ended_by}",
            State.HALTED: f"it is halted: {sight.halted}; next: `swimctl campaign continue {name} --reason TEXT`",
            State.PAUSED: f"{campaign.paused_by} has paused it; next: `swimctl campaign continue {name}`",
            State.UNAPPROVED: (
                f"somebody else has to approve it: `swimctl campaign approve {name} --rule {campaign.mark}`"
            ),
            State.RUNNING: "its night goes on",
            State.INTERRUPTED: f"its night was left; next: `swimctl campaign tonight {name}`",
            State.BLOCKED: sight.problem or f"what is left needs a person: {told(sight)}{_contended(sight.contended)}",
            State.FINISHED: f"nothing is behind: {told(sight)}",
            State.UNRELEASED: f"somebody has to release the next night: `swimctl campaign next {name}`",
        }[sight.state]


def _contended(stands: Sequence[Stand]) -> str:
    return f"; {names(stands)}: {stands[0].why}" if stands else ""


def may_go_on(campaign: Campaign) -> bool:
    """Return whether nobody keeps a campaign from beginning a night, as far as its own row says."""
    return campaign.ended_at is None and campaign.halted is None and campaign.paused_by is None
