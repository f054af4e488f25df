"""Of a device of which another device answers, nothing is recorded: its serial numbers tell."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.stores import StandingClock, some_jobs

from swimctl.engine.sightings import Sightings
from swimctl.errors import StepFailed
from swimctl.inventory.hosts import Inventory
from swimctl.models import Device, Outcome
from swimctl.platforms.facts import Running
from swimctl.states import JobStatus
from swimctl.store import Store

RUNNING = Running("17.12.04", 60, None, {"1": "17.12.04"})


class Fleet:
    """Devices of an inventory that knows no serial number, unless it says so."""

    def __init__(self, store: Store, **serials: str | None) -> None:
        self.store = store
        ids = store.device_ids(serials)
        self.devices = {
            name: Device(ids[name], name, "cisco_xe", f"192.0.2.{ids[name]}", serial=serial)
            for name, serial in serials.items()
        }
        inventory = cast("Inventory", SimpleNamespace(devices=tuple(self.devices.values())))
        self.sightings = Sightings(store, inventory)

    def answers(self, name: str, *serials: str, **more: Any) -> None:
        self.sightings.record(self.devices[name], RUNNING, serials, "scan", **more)

    def seen(self, name: str) -> list[tuple[str, ...]]:
        number = self.devices[name].id
        return [one.serials for one in self.store.sightings(number).get(number, [])]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "s.db", StandingClock()) as store:
        yield store


def test_another_serial_number_than_before_is_said_and_not_recorded(store: Store) -> None:
    fleet = Fleet(store, sw1=None)
    fleet.answers("sw1", "FOC1", "FOC2")
    fleet.answers("sw1", "FOC2", "FOC9")  # another member leads, and one was replaced
    with pytest.raises(StepFailed) as said:
        fleet.answers("sw1", "FOC7")
    assert str(said.value) == (
        "another device answers at 192.0.2.1:22: its serial number is FOC7, and that of sw1 was FOC2 at "
        "2031-05-04T12:00Z; nothing of it was recorded; next: correct the address of sw1 in the inventory, or, if "
        "that is the right one now, `swimctl scan sw1 --replaced`"
    )
    assert fleet.seen("sw1") == [("FOC1", "FOC2"), ("FOC2", "FOC9")]
    fleet.answers("sw1", "FOC7", replaced=True)
    fleet.answers("sw1", "FOC7")
    assert fleet.seen("sw1")[-1] == ("FOC7",)


def test_one_switch_under_two_names_is_recorded_under_one(store: Store) -> None:
    fleet = Fleet(store, sw1=None, sw2=None)
    fleet.answers("sw1", "FOC1")
    with pytest.raises(StepFailed, match="its serial number FOC1 is that of sw1; nothing of it was recorded"):
        fleet.answers("sw2", "FOC1")
    assert fleet.seen("sw2") == []
    only = Fleet(store, sw2=None)
    only.answers("sw2", "FOC1")  # sw1 is no longer in the inventory: it was renamed
    assert only.seen("sw2") == [("FOC1",)]


def test_so_it_is_where_both_answer_at_the_same_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(store, sw1=None, sw2=None)
    kept = store.saw

    def meanwhile(*given: Any, **named: Any) -> None:
        with pytest.raises(StepFailed, match="serial number FOC1 answers as sw1 at the same time"):
            fleet.answers("sw2", "FOC1")
        kept(*given, **named)

    monkeypatch.setattr(store, "saw", meanwhile)
    fleet.answers("sw1", "FOC1")
    assert (fleet.seen("sw1"), fleet.seen("sw2")) == ([("FOC1",)], [])


def test_what_the_inventory_says_of_its_serial_number_was_proved_before(store: Store) -> None:
    fleet = Fleet(store, sw1="FOC7")
    store.saw(fleet.devices["sw1"].id, "17.9.5", {}, serials=["FOC1"])
    fleet.answers("sw1", "FOC7")
    assert fleet.seen("sw1") == [("FOC1",), ("FOC7",)]


def test_a_device_without_serial_numbers_is_recorded(store: Store) -> None:
    fleet = Fleet(store, sw1=None, sw2=None)
    fleet.answers("sw1")
    fleet.answers("sw2")
    assert (fleet.seen("sw1"), fleet.seen("sw2")) == ([()], [()])
    fleet.answers("sw1", "FOC1")
    assert fleet.seen("sw1") == [("FOC1",)], "it is the same as before, and now its number is known"


def test_what_a_device_runs_on_trial_is_not_recorded(store: Store) -> None:
    fleet = Fleet(store, sw1=None, sw2=None)
    (job,) = some_jobs(store, ["sw1"])
    with store.register_runner() as runner:
        store.claim(job.id, runner)
        fleet.answers("sw1", "FOC1")  # its copy changes nothing
        store.move(job.id, runner, JobStatus.ACTIVATING)
        with pytest.raises(StepFailed, match=f"job {job.id} activates on sw1, .* nothing of it was recorded"):
            fleet.answers("sw1", "FOC1")
        with pytest.raises(StepFailed, match="activates"):
            fleet.answers("sw1", "FOC1", replaced=True)
        fleet.answers("sw2", "FOC2")
        before = store.sightings(job.device_id)
        store.move(job.id, runner, JobStatus.FAILED, "no", Outcome.ROLLED_BACK)
    assert len(before[job.device_id]) == 1
    fleet.answers("sw1", "FOC1")
