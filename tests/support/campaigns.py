"""Campaigns on a real store and inventory, with a clock that is put forward by hand; nobody runs their jobs.

with wished(folder) as wish:
    wish.create("access", window="22:00-04:00@UTC")
    begun = wish.tonight("access")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.projects import GROUPS, IMAGE, Project, make_project
from support.stores import StandingClock

from swimctl.campaigns.nights import Begun, Nights, NotNow
from swimctl.campaigns.rule import Rule
from swimctl.campaigns.service import CampaignService
from swimctl.campaigns.standing import Sight, Where
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.selection import Selection
from swimctl.models import Caller, Job, Outcome
from swimctl.requests.service import Service
from swimctl.states import JobStatus
from swimctl.store import TOO_LATE, Campaign, Store

ANNA, BERT = Caller("anna", "terminal"), Caller("bert", "terminal")
EVENING = datetime(2031, 5, 6, 22, 0, tzinfo=UTC)  # a Tuesday
TUE_THU = "Tue,Thu 22:00-04:00@UTC"


@dataclass
class Wished:
    """A project with its store, and what keeps its campaigns. Its switches are sw1, sw2 and so on."""

    project: Project
    store: Store
    clock: StandingClock
    inventory: Inventory
    service: Service
    campaigns: CampaignService
    nights: Nights

    def create(self, name: str = "access", by: Caller = ANNA, **rule: Any) -> Campaign:
        said = {"selection": Selection(all=True), "window": TUE_THU, **rule}
        return self.campaigns.create(name, Rule(**said), by)

    def tonight(self, name: str = "access") -> Begun | NotNow:
        return self.nights.tonight(self.store.campaign(name))

    def begun(self, name: str = "access") -> Begun:
        came = self.tonight(name)
        assert isinstance(came, Begun), came
        return came

    def sight(self, name: str = "access") -> Sight:
        return self.campaigns.sight(name)

    def approve(self, by: Caller = BERT, name: str = "access") -> Campaign:
        """Approve a campaign with the rule that it has now."""
        return self.campaigns.approve(name, by, self.store.campaign(name).mark)

    def where(self, name: str = "access") -> dict[str, list[str]]:
        """List the devices by where they are."""
        sight = self.sight(name)
        return {where.value: [each.device.name for each in sight.those(where)] for where in Where if sight.those(where)}

    def ends(self, begun: Begun, **others: tuple[JobStatus, Outcome] | None) -> None:
        """End the jobs of a night: all well, but for those named. None: it was left over."""
        with self.store.register_runner() as runner:
            for job in self.store.jobs(batch_id=begun.night.batch_id):
                end = others.get(job.device_name, (JobStatus.SUCCESS, Outcome.UPGRADED))
                if end is None:
                    self.store.fail_waiting([job.id], "not attempted: window too short: needs 38m, 21m left")
                    continue
                assert self.store.claim(job.id, runner) is not None
                self.store.move(job.id, runner, JobStatus.ACTIVATING)
                status, outcome = end
                self.store.move(job.id, runner, status, "it did not boot" if end != _WELL else None, outcome)
                if end == _WELL:
                    self.store.saw(job.device_id, job.image_version, {}, by=f"job {job.id}")

    def upgraded(self, job: Job) -> None:
        """End a job well."""
        with self.store.register_runner() as runner:
            assert self.store.claim(job.id, runner) is not None
            self.store.move(job.id, runner, JobStatus.ACTIVATING)
            self.store.move(job.id, runner, _WELL[0], None, _WELL[1])
            self.store.saw(job.device_id, job.image_version, {}, by=f"job {job.id}")

    def too_late(self, job: Job) -> None:
        """End a job whose image was copied when no time was left to activate it."""
        with self.store.register_runner() as runner:
            assert self.store.claim(job.id, runner) is not None
            self.store.remember(job.id, TOO_LATE, "window too short: needs 38m, 21m left")
            self.store.move(job.id, runner, JobStatus.FAILED, "window too short", Outcome.UNTOUCHED)

    def at(self, moment: str) -> None:
        self.clock.at = datetime.fromisoformat(moment)

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in self.store.audit() if entry.action.startswith("campaign-")]


_WELL = (JobStatus.SUCCESS, Outcome.UPGRADED)
BACK, LOST = (JobStatus.FAILED, Outcome.ROLLED_BACK), (JobStatus.FAILED, Outcome.UNKNOWN)


@contextmanager
def wished(folder: Path, devices: int = 4, settings: str = "", clock: StandingClock | None = None) -> Iterator[Wished]:
    project = make_project(folder)
    hosts = "".join(f"sw{n}: {{groups: [access], data: {{model: C9300-24P}}}}\n" for n in range(1, devices + 1))
    project.write("inventory/hosts.yaml", hosts)
    project.write("inventory/groups.yaml", GROUPS)
    if settings:
        project.write("config.yaml", project.path.read_text(encoding="utf-8") + settings)
    with again(project, clock or StandingClock(EVENING)) as wish:
        if not wish.store.images():
            wish.store.set_golden(project.add_image(wish.store, IMAGE).id)
        yield wish


@contextmanager
def again(project: Project, clock: StandingClock) -> Iterator[Wished]:
    """Open a project as another process does."""
    with project.store(clock) as store:
        config = project.config()
        inventory = Inventory.load(config, store)
        service = Service(config, store, inventory, clock)
        campaigns = CampaignService(config, store, lambda: inventory, service, clock)
        with campaigns.nights() as nights:
            yield Wished(project, store, clock, inventory, service, campaigns, nights)
