"""Where each device of a campaign is, by what the store knows of it. Asks no device: that is for the night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from swimctl.campaigns.rule import Rule, UnreadableRule
from swimctl.campaigns.standing import Sight, Stand, Where, in_turn, why_held
from swimctl.clock import Clock
from swimctl.config.hours import Opening
from swimctl.config.settings import Settings
from swimctl.errors import InventoryError, SelectionError, SwimctlError
from swimctl.images.catalogue import why_unfit
from swimctl.images.compliance import Compliance, ComplianceStatus, judge, periods
from swimctl.images.goldens import Choice
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.selection import Selection
from swimctl.models import Device, Outcome
from swimctl.platforms.versions import same_release
from swimctl.requests.plans import Plan
from swimctl.requests.service import Service
from swimctl.store import Campaign, Night, Store
from swimctl.store.nights import Tried
from swimctl.store.seen import Change


@dataclass(frozen=True, slots=True)
class Rival:
    """Another campaign that wishes another release for a device."""

    device: Device
    name: str
    release: str

    def __str__(self) -> str:
        return f"campaign {self.name} wishes {self.release} for it; next: end one of the two, or exclude it in one"


class Devices:
    """Find the devices of a campaign anew, and where they are."""

    def __init__(
        self, settings: Settings, store: Store, inventory: Callable[[], Inventory], service: Service, clock: Clock
    ) -> None:
        self._settings = settings
        self._store = store
        self._inventory = inventory
        self._service = service
        self._clock = clock

    def sight(self, campaign: Campaign) -> Sight:
        """Return a campaign with all of its devices; one whose rule cannot be read says so. StoreError, ConfigError."""
        nights = tuple(self._store.nights(campaign.id))
        approval = self._approval
        try:
            rule = Rule.read(campaign.rule)
        except UnreadableRule as error:
            return Sight(campaign, None, (), nights, (), str(error), approval, self._left(nights))
        lost: tuple[str, ...] = ()
        try:
            selection, lost = self._known(rule.selection)
            devices = self._inventory().select(selection).devices
        except (SelectionError, InventoryError) as error:  # it names nobody, or a host of another system
            return Sight(campaign, rule, (), nights, lost, str(error), approval, self._left(nights))
        stands = self._stands(campaign, rule, devices)
        return Sight(campaign, rule, stands, nights, lost, approval=approval, left=self._left(nights))

    def _left(self, nights: Sequence[Night]) -> tuple[int, ...]:
        """Return the jobs of the night that goes on which were interrupted, and which nobody has taken up."""
        going = [night.batch_id for night in nights if night.ended_at is None]
        interrupted = {job.id for job in self._store.interrupted()} if going else set[int]()
        return tuple(number for batch in going for number in self._store.left(batch) if number in interrupted)

    def rivals(
        self, rule: Rule, devices: Sequence[Device], of: Campaign | None, *, unapproved: bool = False
    ) -> dict[int, Rival]:
        """Return of each device for which another campaign than `of` wishes another release, which one.

        With `unapproved`, those count, too, that somebody has to approve before they begin a night.
        """
        found: dict[int, Rival] = {}
        known = {device.id: device for device in devices}
        wished: dict[int, str] | None = None
        for other in self._others(of, unapproved=unapproved):
            try:
                its = Rule.read(other.rule)
                if its.image == rule.image:
                    continue
                selected = self._inventory().select(self._known(its.selection)[0]).devices
            except (SelectionError, InventoryError, UnreadableRule):  # it selects nobody now
                continue
            shared = [device for device in selected if device.id in known]
            if not shared:
                continue
            wished = self._wished(rule, devices) if wished is None else wished
            for number, release in self._wished(its, shared).items():
                if number in wished and not same_release(wished[number], release):
                    found.setdefault(number, Rival(known[number], other.name, release))
        return found

    def _others(self, of: Campaign | None, *, unapproved: bool) -> list[Campaign]:
        """List the campaigns that may begin nights, without one."""
        return [
            one
            for one in self._store.campaigns()
            if one.ended_at is None
            and (of is None or one.id != of.id)
            and (unapproved or one.approved_by is not None or not (one.needs_approval or self._approval))
        ]

    def _wished(self, rule: Rule, devices: Sequence[Device]) -> dict[int, str]:
        """Return which release a rule wishes for each device, by its id; without those for which it wishes none."""
        image = next((one for one in self._store.images() if one.id == rule.image), None)
        if rule.image is not None:
            return {one.id: image.version for one in devices if image is not None and why_unfit(one, image) is None}
        found = self._service.compliance(devices, with_ends=False)
        return {one.device.id: one.choice.release for one in found if one.choice.release is not None}

    @property
    def _approval(self) -> bool:
        return self._settings.approval == "required"

    def _known(self, selection: Selection) -> tuple[Selection, tuple[str, ...]]:
        """Return a selection without the names that the inventory does not have any more, and those names."""
        known = {device.name for device in self._inventory().devices}
        lost = tuple(str(name) for name in selection.names if str(name) not in known)
        left = tuple(name for name in selection.names if str(name) in known)
        if lost and not left:
            raise SelectionError(f"none of its devices is in the inventory any more: {', '.join(lost[:8])}")
        return replace(selection, names=left), lost

    def _stands(self, campaign: Campaign, rule: Rule, devices: Sequence[Device]) -> tuple[Stand, ...]:
        tried = defaultdict[int, list[Tried]](list)
        for job in self._store.tried(campaign.id):
            tried[job.device_id].append(job)
        forgiven = self._store.second_chances(campaign.id)
        changes = self._store.changes()
        found = self._compared(rule, devices, changes)
        plan = self._plan(rule, [one.device for one in found if one.standing in _MAY_BE_BEHIND])
        items = {} if isinstance(plan, str) else {item.device.id: item for item in plan.items}
        running = {job.device_id: job.id for job in self._store.unfinished()}
        rivals = self.rivals(rule, devices, campaign)
        newest = [of[-1] for of in tried.values()]
        tonight = {job.device_id for job in newest if running.get(job.device_id) == job.job_id}
        stands = []
        for one in found:
            device = one.device
            item = items.get(device.id)
            image = item.image if item else None
            gets = image.version if image else one.choice.release or ""
            stand = Stand(device, Where.BEHIND, one.why, one.runs or "", gets)
            forgiving = forgiven.get(device.id, 0)
            if device.id in tonight:
                stand = replace(stand, where=Where.TONIGHT, why=f"job {running[device.id]}")
            elif one.standing is ComplianceStatus.COMPLIANT:
                stand = replace(stand, where=Where.THERE, why="")
            elif one.newer:
                stand = replace(stand, where=Where.NEWER, gets="")
            elif one.standing is ComplianceStatus.NO_GOLDEN:
                stand = replace(stand, where=Where.NO_GOLDEN)
            elif device.id in rivals:
                stand = replace(stand, where=Where.NO_JOB, why=str(rivals[device.id]), rival=rivals[device.id].name)
            elif isinstance(plan, str) or item is None or item.refusal is not None:
                stand = replace(stand, where=Where.NO_JOB, why=(item and item.refusal) or str(plan))
            elif _in_doubt(one, changes.get(device.id), forgiving):
                stand = replace(stand, where=Where.HELD_BACK)
            elif why := why_held(tried[device.id], image.id if image else None, rule.tries, forgiving):
                stand = replace(stand, where=Where.HELD_BACK, why=why)
            stands.append(stand)
        return in_turn(stands, [job for of in tried.values() for job in of])

    def _plan(self, rule: Rule, devices: Sequence[Device]) -> Plan | str:
        """Return what each would get, or why nobody gets anything."""
        if not devices:
            return ""
        # Only who gets what, and who is refused: no window and no end belong to that.
        now = self._clock.now()
        request = rule.request(devices, Opening(now, now))
        try:
            return self._service.plan(replace(request, policy=replace(request.policy, window=None, until=None)))
        except SwimctlError as error:  # such as an image that was removed from the catalogue
            return str(error)

    def _compared(self, rule: Rule, devices: Sequence[Device], changes: Mapping[int, Change]) -> list[Compliance]:
        """Return how the devices stand to their golden releases, or to the one image of this campaign."""
        if rule.image is None:
            return self._service.compliance(devices, with_ends=False)
        image = next((one for one in self._store.images() if one.id == rule.image), None)
        if image is None:
            gone = Choice(None, f"image {rule.image} is no longer in the catalogue", (), "")
            return [Compliance(one, ComplianceStatus.UNKNOWN, gone.refusal or "", gone) for one in devices]
        choice = Choice(image, None, (), image.version)
        seen = self._store.sightings()
        found = []
        for device in devices:
            ran = periods(seen.get(device.id, []))
            problem = self._inventory().problem(device.name)
            found.append(judge(device, choice, ran[-1] if ran else None, changes.get(device.id), problem))
        return found


_MAY_BE_BEHIND = frozenset({ComplianceStatus.OTHER, ComplianceStatus.UNKNOWN})


def _in_doubt(one: Compliance, change: Change | None, forgiven: int) -> bool:
    """Return whether a job left a device so that nobody knows what it runs, and nobody has looked since."""
    if one.standing is not ComplianceStatus.UNKNOWN or change is None or change.outcome is not Outcome.UNKNOWN:
        return False
    after: datetime | None = one.seen_at
    return change.job_id > forgiven and (change.at is None or after is None or change.at > after)
