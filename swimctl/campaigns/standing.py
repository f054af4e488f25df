"""How a campaign stands: which of its devices are where, what a night came to, and who has to do something. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from swimctl.campaigns.rule import Rule
from swimctl.inventory.selection import some
from swimctl.models import Device
from swimctl.requests.order import too_many
from swimctl.states import JobStatus
from swimctl.store import Campaign, Night
from swimctl.store.nights import Counts, Tried

_LONGEST: Final = 300  # of what a batch says, for people


class Where(StrEnum):
    """Where a device of a campaign is. `newer` is not behind. `gets no job`: `why` says what is in the way."""

    THERE = "there"
    TONIGHT = "tonight"
    BEHIND = "behind"
    HELD_BACK = "held back"
    NO_JOB = "gets no job"
    NO_GOLDEN = "no golden release"
    NEWER = "newer"


class State(StrEnum):
    """What a campaign does. `interrupted`: who ran its night is gone. `blocked`: what is left of it needs a person."""

    ENDED = "ended"
    HALTED = "halted"
    PAUSED = "paused"
    UNAPPROVED = "unapproved"
    INTERRUPTED = "interrupted"
    RUNNING = "running"
    BLOCKED = "blocked"
    FINISHED = "finished"
    UNRELEASED = "unreleased"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Stand:
    """One device: where it is, and why. `runs` is what it was last seen to run, `gets` what it should.

    `rival` is another campaign that wishes it otherwise.
    """

    device: Device
    where: Where
    why: str = ""
    runs: str = ""
    gets: str = ""
    rival: str = ""


@dataclass(frozen=True)
class Sight:
    """A campaign with its devices as they are known now. `problem`: why its selection names none.

    `rule` None: nobody can read it, and `problem` says why.
    `lost` are names of devices that the inventory does not have any more. `left` are jobs of the night that were
    interrupted, and that nobody has taken up.
    """

    campaign: Campaign
    rule: Rule | None
    stands: tuple[Stand, ...]
    nights: tuple[Night, ...]
    lost: tuple[str, ...] = ()
    problem: str = ""
    approval: bool = False  # config.yaml wants one
    left: tuple[int, ...] = ()

    @cached_property
    def counts(self) -> Counter[Where]:
        """Count the devices by where they are."""
        return Counter(stand.where for stand in self.stands)

    def those(self, where: Where) -> list[Stand]:
        """List those that are there, in the order in which nights take them."""
        return [stand for stand in self.stands if stand.where is where]

    @property
    def contended(self) -> list[Stand]:
        """List those that no night takes because another campaign wishes them otherwise."""
        return [stand for stand in self.stands if stand.rival]

    @property
    def night(self) -> Night | None:
        """Return the night that goes on."""
        return next((night for night in self.nights if night.ended_at is None and night.counts.going), None)

    @property
    def halted(self) -> str:
        """Return why it is halted, also where nobody has recorded yet that its night has ended."""
        left = next((night for night in self.nights if night.ended_at is None and not night.counts.going), None)
        return self.campaign.halted or ("" if left is None or self.rule is None else why_halted(self.rule, left))

    @property
    def state(self) -> State:
        """Return what it does now; what keeps it for longest comes first."""
        campaign, counts = self.campaign, self.counts
        if campaign.ended_at is not None:
            return State.ENDED
        if self.rule is None:
            return State.BLOCKED
        if self.halted:
            return State.HALTED
        if campaign.paused_by is not None:
            return State.PAUSED
        if (campaign.needs_approval or self.approval) and campaign.approved_by is None:
            return State.UNAPPROVED
        if self.night is not None:
            return State.INTERRUPTED if self.left else State.RUNNING
        if not counts[Where.BEHIND]:
            needy = counts[Where.HELD_BACK] + counts[Where.NO_JOB] + bool(self.problem)
            return State.BLOCKED if needy else State.FINISHED
        if self.rule.by_hand and campaign.released_by is None:
            return State.UNRELEASED
        return State.WAITING


def why_held(tried: Iterable[Tried], image_id: int | None, tries: int, forgiven: int = 0) -> str:
    """Return why a device is tried no more; `tried` are its nights, the oldest first. Empty: it is tried.

    What failed with another image counts no more, nor what was `forgiven`: jobs up to that one. A night that did not
    come to it does not count either.
    """
    failed, last = 0, ""
    for one in reversed(list(tried)):
        if one.job_id <= forgiven or one.image_id != image_id:
            break
        if not one.attempted or one.status is not JobStatus.FAILED:
            if one.status is JobStatus.SUCCESS:
                break
            continue
        failed += 1
        last = last or f"job {one.job_id}: {one.error}"
    if failed < tries:
        return ""
    return f"failed in {failed} nights in a row; {last}" if failed > 1 else f"failed; {last}"


def why_halted(rule: Rule, night: Night) -> str:
    """Return why a night halts its campaign; empty where it does not.

    More failed than may, or its batch stopped for that, in a wave or at a time, or for what was not healthy after a
    soak; or all that were tried failed, with others left: that is the image or the network, and no device.
    """
    counts: Counts = night.counts
    number, percent = rule.limit
    tried = counts.well + counts.bad
    if not number and percent is None:
        return ""
    if too_many(tried, counts.bad, number, percent):
        return f"{counts.bad} of {tried} tried failed in night {night.number}, and max-failures is {rule.failures}"
    # Its batch counts those as failed for which no time was left.
    if night.stopped and not counts.late:
        why = night.stopped if len(night.stopped) <= _LONGEST else f"{night.stopped[:_LONGEST]}…"
        return f"night {night.number} was stopped: {why}"
    if counts.bad and not counts.well and counts.left_over:
        return f"none of {tried} tried succeeded in night {night.number}, and {counts.left_over} were left over"
    return ""


def in_turn(stands: Sequence[Stand], tried: Iterable[Tried]) -> tuple[Stand, ...]:
    """Return them in the order in which nights take them: one that failed before comes behind the others.

    Else a bad device would be the first wave of each night, and hold up all behind it.
    """
    failed = {one.device_id for one in tried if one.attempted and one.status is JobStatus.FAILED}
    return tuple(sorted(stands, key=lambda stand: stand.device.id in failed))


def told(sight: Sight) -> str:
    """Return in a sentence how the devices stand, such as `400 devices: 180 there, 218 behind, 2 held back`."""
    counts = sight.counts
    many = "1 device" if len(sight.stands) == 1 else f"{len(sight.stands):,} devices"
    words = {Where.NO_JOB: "without a job", Where.NO_GOLDEN: "without a golden release"}
    parts = ", ".join(f"{counts[where]:,} {words.get(where, where.value)}" for where in Where if counts[where])
    return f"{many}: {parts}" if parts else many


def names(stands: Sequence[Stand], most: int = 3) -> str:
    """Return the first names, and count the rest."""
    return some([stand.device.name for stand in stands], most)
