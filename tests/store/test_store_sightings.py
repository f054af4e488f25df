"""What devices were seen to run in an older store, and what its jobs proved, is their history in the new one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Migrations
from support.stores import NOON, StandingClock, some_jobs

from swimctl.clock import rfc3339
from swimctl.errors import NotFound
from swimctl.images.compliance import periods
from swimctl.models import Outcome
from swimctl.requests.compared import last_periods
from swimctl.states import JobStatus
from swimctl.store import Store, schema
from swimctl.store.seen import Seen

NEW = "m018_sightings"


def test_an_older_store_brings_what_was_seen_and_what_jobs_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, clock, path = Migrations("swimctl"), StandingClock(), tmp_path / "s.db"
    # This swimctl writes what later migrations have, too: all but this one.
    for migration in schema.migrations._migrations:
        if migration.name != NEW:
            before()(migration.fn)
    with monkeypatch.context() as patched:
        patched.setattr("swimctl.store.database.migrations", before)
        with Store.open(path, clock) as store, store.register_runner() as runner:
            upgraded, untouched = some_jobs(store, ["sw1", "sw2"])
            for job, outcome in ((upgraded, Outcome.UPGRADED), (untouched, Outcome.UNTOUCHED)):
                store.claim(job.id, runner)
                store.move(job.id, runner, JobStatus.ACTIVATING)
                store.move(job.id, runner, JobStatus.SUCCESS, outcome=outcome)
    earlier = NOON - timedelta(hours=1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO seen_releases VALUES (?, '17.6.5', '{\"1\": \"17.06.05\"}', '', ?)",
            [upgraded.device_id, rfc3339(earlier)],
        )
    with Store.open(path, clock) as store:
        assert store.check() == []
        assert store.sightings() == {
            upgraded.device_id: [
                Seen("17.6.5", {"1": "17.06.05"}, "", earlier, earlier),
                Seen("17.12.04", {}, "", NOON, NOON, f"job {upgraded.id}"),
            ]
        }


def test_the_newest_sightings_of_each_device_are_read_alone_the_oldest_of_them_first(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db", StandingClock()) as store:
        ids = store.device_ids(["sw1", "sw2", "sw3"])
        for release in ("17.3.1", "17.6.5", "17.9.5", "17.12.4"):
            store.saw(ids["sw1"], release, {})
        store.saw(ids["sw2"], "17.6.5", {})
        every = store.sightings()
        assert store.newest_sightings(2) == {ids["sw1"]: every[ids["sw1"]][-2:], ids["sw2"]: every[ids["sw2"]]}
        assert store.newest_sightings(4) == store.newest_sightings(99) == every
        assert store.newest_sightings(1, [ids["sw1"], ids["sw3"]]) == {ids["sw1"]: every[ids["sw1"]][-1:]}


@pytest.mark.parametrize("same", [1, 2, 3, 5, 30])
def test_what_a_device_runs_and_since_when_is_the_same_as_by_all_that_was_seen(tmp_path: Path, same: int) -> None:
    clock = StandingClock()
    with Store.open(tmp_path / "s.db", clock) as store:
        (device,) = store.device_ids(["sw1"]).values()
        store.saw(device, "17.6.5", {"1": "17.6.5"})
        for number in range(same):  # spelled otherwise each time: a row each, and one period
            clock.forward(60)
            store.saw(device, "17.12.04" if number % 2 else "17.12.4", {}, serials=["FOC1"])
        assert last_periods(store, [device, 99]) == {device: periods(store.sightings()[device])[-1]}
        assert last_periods(store, [device])[device].since == NOON + timedelta(seconds=60)


def test_a_job_tells_of_its_own_device(tmp_path: Path) -> None:
    clock = StandingClock()
    with Store.open(tmp_path / "s.db", clock) as store:
        first, second = some_jobs(store, ["sw1", "sw2"])
        store.saw_in_job(second.id, "17.9.5", {"1": "17.9.5"}, "", ["FOC1"])
        assert store.sightings() == {
            second.device_id: [Seen("17.9.5", {"1": "17.9.5"}, "", NOON, NOON, f"job {second.id}", ("FOC1",))]
        }
        assert store.devices_with("FOC1") == [second.device_id]
        store.saw(second.device_id, "17.9.5", {"1": "17.9.5"}, serials=["FOC2"])
        assert store.devices_with("FOC1") == [], "it was replaced"
        assert store.sightings(first.device_id) == {}
        assert store.seen_of_job(second.id) == store.last_seen(second.device_id)
        assert store.seen_of_job(second.id).serials == ("FOC2",)  # type: ignore[union-attr]
        assert store.seen_of_job(first.id) is store.last_seen(first.device_id) is None
        with pytest.raises(NotFound):
            store.saw_in_job(99, "17.9.5", {})
