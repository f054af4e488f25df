"""Who goes alone in a plan: the first of each kind that this store has not seen upgraded on a real device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from support.projects import HOSTS, Project
from support.stores import STEPS, StandingClock, some_batch

from swimctl.errors import InventoryError, UsageError
from swimctl.models import Caller, Device, Image, ImageKind, JobOptions, Outcome, Policy
from swimctl.requests.pilots import kind_of, led_past, reasons
from swimctl.requests.plans import Plan, UpgradeRequest
from swimctl.requests.retrying import Again
from swimctl.requests.service import Service
from swimctl.states import JobStatus
from swimctl.store import Kind, NewJob, Store

XE = Kind("real", "cisco_xe", "cat9k_iosxe", "17.12")
REAL = """\
core-1: {hostname: 10.0.0.1, platform: cisco_ios, groups: [core]}
core-2: {hostname: core-2.example.net, platform: cisco_ios, groups: [core]}
tunnel: {hostname: 127.0.0.1, port: 2202, platform: cisco_ios, data: {swimctl: {pilot: {lab: false}}}}
bench: {hostname: 10.0.9.9, platform: cisco_ios, data: {swimctl: {pilot: {lab: true}}}}
"""
FLEET = ("bern-1", "bern-2", "core-1", "bench", "core-2", "tunnel")


@dataclass
class House:
    service: Service
    store: Store
    image: Image
    devices: dict[str, Device]

    def plan(self, *names: str, **given: Any) -> Plan:
        return self.service.plan(replace(UpgradeRequest(tuple(self.devices[name] for name in names)), **given))

    def proves(self, kind: Kind) -> None:
        number = self.store.device_ids(["another"])["another"]
        new = NewJob(number, "another", self.image.id, STEPS, kind=kind.key)
        (job,) = self.store.create_batch(some_batch(f"batch-{kind.ground}"), [new])
        with self.store.register_runner() as runner:
            assert self.store.claim(job.id, runner) is not None
            self.store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)


def house_of(project: Project, setting: str) -> Iterator[House]:
    project.write("inventory/hosts.yaml", HOSTS + REAL)
    project.path.write_text(project.path.read_text() + f"  pilot: {setting}\n")
    clock = StandingClock()
    with project.store(clock) as store:
        image = project.add_image(store)
        store.set_golden(image.id)
        devices = {device.name: device for device in project.inventory().devices}
        yield House(project.service(store, clock), store, image, devices)


@pytest.fixture
def house(project: Project, request: pytest.FixtureRequest) -> Iterator[House]:
    yield from house_of(project, getattr(request, "param", "real"))


def pilots(plan: Plan) -> dict[str, str]:
    return {item.device.name: item.pilot for item in plan.items}


def test_copies_beforehand_are_refused_where_others_would_copy_behind_the_first(house: House) -> None:
    staged = Policy(window="22:00-04:00@UTC", stage_now=True)
    with pytest.raises(UsageError) as refused:
        house.plan(*FLEET, policy=staged)
    assert str(refused.value) == (
        "--stage-now would copy to core-2, tunnel only when core-1 is upgraded, which goes alone: no cisco_xe "
        "cat9k_iosxe 17.12 was upgraded by this store yet; nothing was made; next: copy to all now with --no-activate, "
        "then the same command without --stage-now; or --no-pilot"
    )
    with pytest.raises(UsageError, match="--stage-now would copy to core-2, tunnel only when core-1 is upgraded"):
        house.plan(*FLEET, policy=replace(staged, waves=("1", "100%")))
    for names, given in (
        (FLEET, {"policy": replace(staged, pilot=False)}),
        (FLEET, {"policy": replace(staged, window=None)}),
        (FLEET, {"policy": staged, "options": JobOptions(activate=False)}),
        (("bern-1", "bern-2", "core-1"), {"policy": staged}),
    ):
        assert len(house.plan(*names, **given).accepted) == len(names)
    house.proves(XE)
    assert len(house.plan(*FLEET, policy=staged).accepted) == len(FLEET)


def test_the_first_real_device_goes_alone_and_a_lab_is_let_be(house: House) -> None:
    plan = house.plan(*FLEET)
    assert pilots(plan) == {
        "bern-1": "", "bern-2": "", "core-1": "core-1", "bench": "", "core-2": "core-1", "tunnel": "core-1",
    }  # fmt: skip
    assert {item.device.name: item.kind.ground for item in plan.items if item.kind} == {
        "bern-1": "lab", "bern-2": "lab", "core-1": "real", "bench": "lab", "core-2": "real", "tunnel": "real",
    }  # fmt: skip
    assert [item.follows for item in plan.items] == ["", "", "", "", "core-1", "core-1"]
    assert reasons(plan) == {
        "core-1": "goes alone, as no cisco_xe cat9k_iosxe 17.12 was upgraded by this store yet; 2 others follow when "
        "it is upgraded"
    }
    assert reasons(house.plan("core-1")) == {"core-1": "no cisco_xe cat9k_iosxe 17.12 was upgraded by this store yet"}


@pytest.mark.parametrize("house", ["all"], indirect=True)
def test_with_all_a_lab_has_a_first_one_too(house: House) -> None:
    plan = house.plan(*FLEET)
    assert pilots(plan)["bern-2"] == pilots(plan)["bench"] == "bern-1"
    assert pilots(plan)["core-2"] == "core-1"
    assert "in the lab" in reasons(plan)["bern-1"]


@pytest.mark.parametrize("house", ["never"], indirect=True)
def test_with_never_nobody_goes_alone(house: House) -> None:
    assert set(pilots(house.plan(*FLEET)).values()) == {""}


def test_a_kind_that_is_proved_needs_no_first_one_and_a_lab_proves_nothing_for_it(house: House) -> None:
    house.proves(replace(XE, ground="lab"))
    assert pilots(house.plan("core-1", "core-2")) == {"core-1": "core-1", "core-2": "core-1"}
    house.proves(XE)
    assert pilots(house.plan("core-1", "core-2")) == {"core-1": "", "core-2": ""}


@pytest.mark.parametrize(
    "given",
    [
        {"policy": Policy(pilot=False)},
        {"options": JobOptions(activate=False)},
        {"options": JobOptions(workflow="distribute")},
    ],
)
def test_what_activates_nothing_and_what_asks_for_none_has_no_first_one(house: House, given: dict[str, Any]) -> None:
    assert set(pilots(house.plan("core-1", "core-2", **given)).values()) == {""}


def test_jobs_are_made_as_the_plan_says_and_the_audit_has_who_wanted_none(house: House) -> None:
    anna = Caller("anna", "terminal")
    made = house.service.create(house.plan("core-1", "core-2", "bern-1"), anna)
    first, second, lab = made.jobs
    assert [house.store.goes_first(job.id) for job in (first, lab)] == [None, None]
    ahead = house.store.goes_first(second.id)
    assert ahead is not None
    assert (ahead.kind, ahead.job_id) == (XE, first.id)
    assert [entry.action for entry in house.store.audit()] == ["trigger"]
    made = house.service.create(house.plan("core-1", "bern-1", policy=Policy(pilot=False)), anna)
    assert house.store.goes_first(made.jobs[0].id) is None
    said = {entry.action: (entry.actor, entry.subject, dict(entry.data)) for entry in house.store.audit()}
    assert said["no-pilot"] == ("anna", made.batch.id, {"unproved": ["cisco_xe cat9k_iosxe 17.12"]})


def test_a_retry_has_a_first_one_again_unless_it_says_otherwise(house: House) -> None:
    made = house.service.create(house.plan("core-1", "core-2"))
    house.store.fail_waiting([job.id for job in made.jobs], "not attempted: a test")
    assert pilots(house.service.retry_plan(made.batch.id)) == {"core-1": "core-1", "core-2": "core-1"}
    assert set(pilots(house.service.retry_plan(made.batch.id, again=Again(pilot=False))).values()) == {""}


def test_one_that_is_there_already_does_not_go_first(house: House) -> None:
    plan = led_past(house.plan("core-1", "core-2", "tunnel"), {"core-1"})
    assert pilots(plan) == {"core-1": "", "core-2": "core-2", "tunnel": "core-2"}


def test_the_forecast_counts_the_first_one_as_alone(house: House) -> None:
    plan = house.plan("core-1", "core-2", "tunnel")
    told = house.service.preview(plan, None).forecast
    assert told is not None
    spans = told.spans
    assert spans["core-2"].starts == spans["tunnel"].starts == spans["core-1"].ends
    house.proves(XE)
    told = house.service.preview(house.plan("core-1", "core-2", "tunnel"), None).forecast
    assert told is not None
    assert len({span.starts for span in told.spans.values()}) == 1


def test_a_patch_proves_nothing_of_whole_images(house: House) -> None:
    patch = replace(house.image, kind=ImageKind.PATCH)
    assert kind_of(house.image, "real") == XE
    assert kind_of(patch, "real") == replace(XE, family="cat9k_iosxe patch")


def test_what_is_said_of_a_lab_is_true_or_false(project: Project) -> None:
    project.write("inventory/hosts.yaml", HOSTS + REAL.replace("lab: true", "lab: perhaps"))
    inventory = project.inventory()
    with pytest.raises(InventoryError, match=r"swimctl.pilot.lab of bench must be true or false"):
        inventory.ground(inventory.device("bench"))


def test_addresses_of_this_machine(project: Project) -> None:
    for address, ground in {
        "127.0.0.1": "lab", "127.8.9.1": "lab", "::1": "lab", "LocalHost": "lab", "128.0.0.1": "real", "sw1": "real",
    }.items():  # fmt: skip
        project.write("inventory/hosts.yaml", f'sw1: {{hostname: "{address}", platform: cisco_ios}}\n')
        inventory = project.inventory()
        assert inventory.ground(inventory.device("sw1")) == ground, address
