"""Whoever is to be told of an upgrade is told once, later if need be, and by the next process if this one ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.stores import NOON, StandingClock, some_batch, some_image

from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.engine.write_backs import WriteBacks
from swimctl.errors import ConfigError
from swimctl.models import Job, Outcome
from swimctl.notify.source_of_truth import NotWritten, Target, Upgrade, WrittenBack
from swimctl.states import JobStatus
from swimctl.store import NewJob, Store

TOKEN = "token-4711"


class Told:
    """What was told, and how it goes: each of `errors` once, one after the other."""

    def __init__(self) -> None:
        self.upgrades: list[tuple[str, Upgrade]] = []
        self.errors: list[Exception] = []

    def send(self, target: Target, upgrade: Upgrade) -> WrittenBack:
        self.upgrades.append((target.name, upgrade))
        if self.errors:
            raise self.errors.pop(0)
        return WrittenBack(f"{target.title} has {upgrade.device}", {"device": "101"})


class Place:
    """A store with jobs that ended, and who tells of them."""

    def __init__(self, store: Store, clock: StandingClock) -> None:
        self.store, self.clock, self.told = store, clock, Told()

    def tells(self, **targets: Any) -> WriteBacks:
        given = targets or {"netbox": {"url": "https://netbox.example.com", "token": TOKEN}}
        settings = Settings.model_validate({"write_back": given})
        return WriteBacks(Config(Path("/config.yaml"), settings, {}), self.store, self.clock, self.told.send)

    def ended(self, device: str, outcome: Outcome, batch: str, version: str = "17.12.04") -> Job:
        status = JobStatus.SUCCESS if outcome in {Outcome.UPGRADED, Outcome.UNTOUCHED} else JobStatus.FAILED
        name = f"cat9k_iosxe.{version}.SPA.bin"
        known = {image.filename: image for image in self.store.images()}
        image = known.get(name) or some_image(self.store, name, version=version, sha512=version.ljust(128, "0"))
        number = self.store.device_ids([device])[device]
        (job,) = self.store.create_batch(
            some_batch(batch, requested_by="ada"), [NewJob(number, device, image.id, ("readiness",))]
        )
        with self.store.register_runner() as runner:
            self.store.claim(job.id, runner)
            self.store.move(job.id, runner, JobStatus.ACTIVATING)
            self.store.move(job.id, runner, status, outcome=outcome)
        return job

    def events(self, job: Job) -> list[tuple[str, str]]:
        return [(one.kind, one.message) for one in self.store.events(job.id) if "written back" in one.kind]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = StandingClock()
    with Store.open(tmp_path / "s.db", clock) as store:
        yield Place(store, clock)


def test_an_upgrade_is_told_once_and_recorded(place: Place) -> None:
    job = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    for outcome in (Outcome.UNTOUCHED, Outcome.UNKNOWN, Outcome.ROLLED_BACK):
        place.ended(f"sw-{outcome.value}", outcome, f"batch-{outcome.value}")
    for _ in range(2):
        place.tells()._round()
    ((name, upgrade),) = place.told.upgrades
    assert (name, upgrade.device, upgrade.release) == ("netbox", "sw1", "17.12.04")
    assert upgrade.story == f"swimctl upgraded it to 17.12.04: job {job.id} of batch batch-1, asked for by ada"
    assert place.events(job) == [("written back", "NetBox has sw1")]
    assert place.store.job(job.id).status is JobStatus.SUCCESS


def test_a_failure_is_an_event_and_is_tried_again_later(place: Place) -> None:
    job = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    place.told.errors = [NotWritten("it answers 502"), NotWritten("it answers 503")]
    tells = place.tells()
    tells._round()
    tells._round()
    assert len(place.told.upgrades) == 1, "it is not asked again at once"
    place.clock.forward(60)
    tells._round()
    place.clock.forward(299)
    tells._round()
    assert len(place.told.upgrades) == 2, "the pauses grow"
    place.clock.forward(1)
    tells._round()
    assert place.events(job) == [
        ("not written back", "NetBox was not told: it answers 502"),
        ("not written back", "NetBox was not told: it answers 503"),
        ("written back", "NetBox has sw1"),
    ]
    ended = place.store.job(job.id)
    assert (ended.status, ended.outcome, ended.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)


def test_one_slow_answer_holds_no_other_device_and_no_other_system(place: Place) -> None:
    jobs = [place.ended(f"sw{number}", Outcome.UPGRADED, f"batch-{number}") for number in range(1, 9)]
    others = threading.Event()
    told: list[str] = []

    def send(target: Target, upgrade: Upgrade) -> WrittenBack:
        if (target.name, upgrade.device) == ("netbox", "sw1"):
            assert others.wait(30), "all others are told meanwhile"
        told.append(f"{target.name} {upgrade.device}")
        if len(told) == 2 * len(jobs) - 1:
            others.set()
        return WrittenBack("it has it", {})

    tells = place.tells(
        **{name: {"url": f"https://{name}.example.com", "token": TOKEN} for name in ("netbox", "nautobot")}
    )
    tells._send = send
    tells._round()
    assert told[-1] == "netbox sw1"
    assert len(set(told)) == 16


def test_of_a_device_the_newest_upgrade_alone_is_told(place: Place) -> None:
    old = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    place.told.errors = [NotWritten("it answers 502")]
    place.tells()._round()
    place.clock.forward(60)
    new = place.ended("sw1", Outcome.UPGRADED, "batch-2", "17.15.1")
    place.tells()._round()
    assert [upgrade.release for _, upgrade in place.told.upgrades] == ["17.12.04", "17.15.1"]
    assert place.events(old) == [("not written back", "NetBox was not told: it answers 502")]
    assert place.events(new) == [("written back", "NetBox has sw1")]


def test_what_is_older_than_a_week_is_told_no_more(place: Place) -> None:
    place.ended("sw1", Outcome.UPGRADED, "batch-1")
    place.clock.forward(timedelta(days=7, seconds=1).total_seconds())
    place.tells()._round()
    assert place.told.upgrades == []


def test_each_system_is_told_by_itself(place: Place) -> None:
    job = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    place.told.errors = [NotWritten("it is down")]
    both = {name: {"url": f"https://{name}.example.com", "token": TOKEN} for name in ("netbox", "nautobot")}
    place.tells(**both)._round()
    # They are told at the same time: whoever is first is the one that is down.
    down, up = ({"netbox": "NetBox", "nautobot": "Nautobot"}[name] for name, _ in place.told.upgrades)
    assert {message for _, message in place.events(job)} == {f"{down} was not told: it is down", f"{up} has sw1"}


def test_two_processes_do_not_tell_the_same_and_one_that_died_is_followed(place: Place) -> None:
    job = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    assert place.store.begin_write_back(job.id, "netbox", NOON + timedelta(minutes=5)) == 0  # and then it dies
    place.tells()._round()
    assert place.told.upgrades == []
    place.clock.forward(300)
    place.tells()._round()
    assert place.events(job) == [("written back", "NetBox has sw1")]
    assert place.store.begin_write_back(job.id, "netbox", place.clock.now()) is None


def test_a_defect_reaches_no_job_and_is_followed_by_others(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    job = place.ended("sw1", Outcome.UPGRADED, "batch-1")
    place.told.errors = [RuntimeError(f"a token: {TOKEN}")]
    place.tells()._round()
    assert "RuntimeError; please report it" in caplog.text
    assert TOKEN not in caplog.text
    assert place.store.job(job.id).status is JobStatus.SUCCESS
    place.clock.forward(300)
    place.tells()._round()
    assert place.events(job) == [("written back", "NetBox has sw1")]


def test_a_token_that_is_not_to_be_had_is_found_before_jobs_run(place: Place) -> None:
    tells = place.tells(netbox={"url": "https://netbox.example.com", "token": {"env": "NO_SUCH_4711"}})
    with pytest.raises(ConfigError, match="the environment has no NO_SUCH_4711"):
        tells.check()
    tells._round()
    assert place.told.upgrades == []


def test_the_thread_tells_what_is_there_and_the_end_waits_for_it(place: Place) -> None:
    job, came, goes = place.ended("sw1", Outcome.UPGRADED, "batch-1"), threading.Event(), threading.Event()

    def slow(target: Target, upgrade: Upgrade) -> WrittenBack:
        came.set()
        assert goes.wait(60)
        return Told().send(target, upgrade)

    place.told.send = slow  # type: ignore[method-assign]
    tells = place.tells()
    tells.begin()
    assert came.wait(60)
    ends = threading.Thread(target=tells.close, args=(60.0,))
    ends.start()
    goes.set()
    ends.join()
    assert place.events(job) == [("written back", "NetBox has sw1")]
    tells.begin()
    assert tells._thread is not None
    tells._thread.join()  # it has ended, and begins no more


def test_without_a_system_there_is_no_thread(place: Place) -> None:
    tells = place.tells(netbox={})
    tells.begin()
    assert tells._thread is None
    tells.close(60)
