"""What command line and API do with campaigns: make, change, steer, and look at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from swimctl.campaigns.devices import Devices
from swimctl.campaigns.nights import Nights
from swimctl.campaigns.outlook import LONGEST, Outlook, next_at, outlook
from swimctl.campaigns.rule import Rule, check_name, check_numbers
from swimctl.campaigns.standing import Sight, Where
from swimctl.clock import Clock
from swimctl.config.calendars import Calendars
from swimctl.config.reading import Config
from swimctl.errors import ConflictError, UsageError
from swimctl.images.catalogue import find
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.selection import some
from swimctl.models import Caller, ImageKind, Policy
from swimctl.notify.notifier import Notifier
from swimctl.requests.plans import zoned
from swimctl.requests.service import Service
from swimctl.store import Campaign, Store


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign as people are shown it: how it stands, and what is to come."""

    sight: Sight
    outlook: Outlook


class CampaignService:
    """Hold the rules of campaigns. The only place where one is made or changed."""

    def __init__(
        self, config: Config, store: Store, inventory: Callable[[], Inventory], service: Service, clock: Clock
    ) -> None:
        self._settings = config.settings
        self._store = store
        self._inventory = inventory
        self._service = service
        self._clock = clock
        self._calendars = Calendars(config.settings)
        self._devices = Devices(config.settings, store, inventory, service, clock)

    def nights(self) -> Nights:
        """Return what begins and closes nights. ConfigError: a URL for notifications cannot be used."""
        notifier = Notifier.of(self._settings)
        return Nights(self._store, self._devices, self._service, self._calendars, self._clock, notifier)

    def create(self, name: str, rule: Rule, by: Caller) -> Campaign:
        """Keep a new campaign. UsageError, NotFound: it cannot be. ConflictError: its name is taken."""
        check_name(name)
        rule = self._checked(_zoned(rule))
        self._require_no_rival(rule)
        return self._store.create_campaign(name, rule.text(), by, needs_approval=self._needs_approval(rule))

    def change(self, name: str, change: Callable[[Rule], Rule], by: Caller, reason: str = "") -> Campaign:
        """Replace the rule of a campaign; its approval is void.

        ConflictError: nothing is changed by that, or somebody else changes it at the same moment.
        """
        campaign = self._store.campaign(name)
        before = Rule.read(campaign.rule)
        after = _zoned(change(before))
        if after == before:
            raise ConflictError(f"campaign {name} is like that already; nothing was changed")
        after = self._checked(after)
        self._require_no_rival(after, campaign)
        needed = self._needs_approval(after)
        return self._store.change_campaign(name, after.text(), by, reason, mark=campaign.mark, needs_approval=needed)

    def approve(self, name: str, by: Caller, mark: str) -> Campaign:
        """Approve a campaign that somebody else wants, with the rule of this mark. ConflictError: it has another.

        Nobody approves a rule that cannot be read.
        """
        Rule.read(self._store.campaign(name).rule)
        return self._store.approve_campaign(name, by, mark, required=self._settings.approval == "required")

    def go_on(self, name: str, by: Caller, reason: str = "", devices: Sequence[str] = ()) -> Campaign:
        """Continue a campaign, or let devices of it be tried again that are held back. ConflictError: they are not."""
        if not devices:
            if (sight := self.sight(name)).halted and sight.campaign.halted is None:
                with self.nights() as nights:  # its process died: what it did not record any more is what goes on
                    nights.settle()
            return self._store.continue_campaign(name, by, reason)
        held = {stand.device.name: stand.device.id for stand in self.sight(name).those(Where.HELD_BACK)}
        if not reason.strip():
            raise UsageError(f"say why {', '.join(devices[:3])} may be tried again: --reason TEXT")
        if wrong := [device for device in devices if device not in held]:
            raise ConflictError(
                f"campaign {name} does not hold back {', '.join(wrong[:8])}; nothing was changed; next: "
                f"`swimctl campaign show {name}`"
            )
        return self._store.second_chance(name, {device: held[device] for device in devices}, by, reason)

    def sight(self, name: str) -> Sight:
        """Return a campaign with its devices. NotFound."""
        return self._devices.sight(self._store.campaign(name))

    def sights(self) -> list[Sight]:
        """List all campaigns with their devices, the oldest first; one that cannot be read hides no other."""
        return [self._devices.sight(campaign) for campaign in self._store.campaigns()]

    def show(self, name: str) -> Shown:
        """Return a campaign with all that is known of it. NotFound."""
        sight = self.sight(name)
        return Shown(sight, outlook(sight, self._service, self._calendars, self._clock.now()))

    def image(self, ref: int | str | None) -> int | None:
        """Return the id of the one image of a campaign. NotFound. UsageError: it is no whole image."""
        if ref is None:
            return None
        image = find(ref, self._store.images())
        if image.kind is not ImageKind.IMAGE:
            raise UsageError(f"{image.filename} is a {image.kind}; a campaign is for whole images and golden releases")
        return image.id

    def _needs_approval(self, rule: Rule) -> bool:
        return rule.approval or self._settings.approval == "required"

    def _require_no_rival(self, rule: Rule, campaign: Campaign | None = None) -> None:
        """Refuse to wish for a device what another campaign does not. ConflictError.

        It would go back and forth, night by night.
        """
        devices = self._inventory().select(rule.selection).devices
        rivals = list(self._devices.rivals(rule, devices, campaign, unapproved=True).values())
        if rivals:
            name, release = rivals[0].name, rivals[0].release
            these = some([one.device.name for one in rivals if one.name == name])
            raise ConflictError(
                f"campaign {name} wishes {release} for {these}, and this one another release; nothing was changed; "
                f"next: exclude them here (--exclude), or `swimctl campaign end {name}`"
            )

    def _checked(self, rule: Rule) -> Rule:
        """Return a rule with its devices by name, as an id is no name later. SelectionError, UsageError, NotFound.

        A rule of which no night could come is refused.
        """
        check_numbers(rule)
        devices = self._inventory().select(rule.selection).devices
        now = self._clock.now()
        opening = self._calendars.windows(rule.window, now, rule.zone).opening(now)
        if opening is None:
            raise UsageError(f"the window {rule.window!r} is over; give one that is to come")
        if opening.closes - opening.opens > LONGEST:
            raise UsageError(
                f"the window {rule.window!r} is open for more than {LONGEST.days} days, so that no night would end; "
                "give one that closes"
            )
        following = next_at(self._calendars, rule, now)
        if isinstance(following, str):
            raise UsageError(following)
        # All else is checked as in any request.
        request = rule.request(devices, opening)
        self._service.plan(replace(request, policy=replace(request.policy, until=None)))
        names = tuple(device.name for device in self._inventory().resolve(rule.selection.names))
        return replace(rule, selection=replace(rule.selection, names=names))


def _zoned(rule: Rule) -> Rule:
    """Return a rule whose window is the same time for whoever begins its nights. UsageError: it is no window."""
    return replace(rule, zone=zoned(Policy(window=rule.window, zone=rule.zone)).zone)
