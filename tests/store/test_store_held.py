"""One device, one job, whatever it is called: held by the database, by place and by serial number."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from support.stores import StandingClock, some_jobs

from swimctl.errors import StaleClaim
from swimctl.models import Outcome
from swimctl.states import JobStatus
from swimctl.store import Runner, Store

PLACE = "192.0.2.1:22"


def ended(store: Store, runner: Runner, job_id: int) -> None:
    store.move(job_id, runner, JobStatus.FAILED, "no; next: look", Outcome.UNTOUCHED)


def test_two_names_of_one_place_are_one_device(store: Store, runner: Runner) -> None:
    first, second = some_jobs(store, ["sw1", "sw1-mgmt"])
    assert store.claim(first.id, runner, PLACE)
    assert store.claim(second.id, runner, PLACE) is None
    assert store.job(second.id).status is JobStatus.PENDING
    blocking = store.blocked_by(second.id, PLACE)
    assert blocking is not None
    assert blocking.id == first.id
    assert store.blocked_by(second.id, "192.0.2.2:22") is None
    ended(store, runner, first.id)
    assert store.blocked_by(second.id, PLACE) is None
    assert store.claim(second.id, runner, PLACE)


def test_a_serial_number_is_held_until_the_job_ends(store: Store, runner: Runner) -> None:
    first, second, third = some_jobs(store, ["sw1", "10.0.0.1", "sw3"])
    for each in (first, second, third):
        assert store.claim(each.id, runner, f"{each.device_name}:22")
    assert store.hold(first.id, runner, ["serial A", "serial B"]) is None
    assert store.hold(first.id, runner, ["serial B", "serial C"]) is None  # its own are no obstacle
    other = store.hold(second.id, runner, ["serial X", "serial C"])
    assert other is not None
    assert other.id == first.id
    assert store.hold(third.id, runner, ["serial X"]) is None  # the one who was refused holds nothing
    ended(store, runner, first.id)
    assert store.hold(second.id, runner, ["serial C"]) is None


def test_an_interrupted_job_still_holds_its_device(store: Store, runner: Runner, tmp_path: Path) -> None:
    first, second = some_jobs(store, ["sw1", "sw1-mgmt"])
    with Store.open(tmp_path / "s.db", StandingClock()) as elsewhere, elsewhere.register_runner() as dies:
        assert elsewhere.claim(first.id, dies, PLACE)
        assert elsewhere.hold(first.id, dies, ["serial A"]) is None
    assert store.claim(second.id, runner, PLACE) is None
    blocking = store.blocked_by(second.id, PLACE)
    assert blocking is not None
    assert blocking.interrupted
    assert store.claim(first.id, runner, PLACE)  # its own resume is not kept out


def test_the_database_itself_refuses_two_holders(store: Store, runner: Runner, tmp_path: Path) -> None:
    first, second = some_jobs(store, ["sw1", "sw2"])
    assert store.claim(first.id, runner, PLACE)
    with sqlite3.connect(tmp_path / "s.db") as sql, pytest.raises(sqlite3.IntegrityError):
        sql.execute("INSERT INTO held (what, job_id) VALUES (?, ?)", [PLACE, second.id])


def test_only_the_holder_of_a_job_holds_its_device(store: Store, runner: Runner) -> None:
    [job] = some_jobs(store, ["sw1"])
    with pytest.raises(StaleClaim):
        store.hold(job.id, runner, ["serial A"])
