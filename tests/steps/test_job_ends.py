"""How a job is recorded of which nobody could ask the device, and what is said of one that cannot be cancelled.

At the end: what a job's steps are given, and its turn at a login.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_job import paper_job
from support.scripted_steps import NEW, Scripted, activated, runs, stands
from support.stores import StandingClock, some_image, some_jobs

from swimctl.config.reading import Config, Credentials
from swimctl.config.settings import Evidence, Settings
from swimctl.engine import jobs as jobs_module
from swimctl.engine.jobs import JobRunner
from swimctl.errors import NotFound, StoreError
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.ssh import SshPolicy
from swimctl.models import Device, Job, JobOptions, Outcome
from swimctl.platforms import driver_factory
from swimctl.platforms.facts import Placement
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.requests.service import Service
from swimctl.sessions.targets import Target
from swimctl.states import JobStatus
from swimctl.steps.ending import COPY
from swimctl.store import Runner, Store


@dataclass
class Running:
    """A job that a process has claimed, and what the process would use to end it."""

    store: Store
    runner: Runner
    job: Job
    clock: StandingClock

    def remember(self, memory: dict[str, Any]) -> None:
        for key, value in memory.items():
            self.store.remember(self.job.id, key, value)

    def runs(self, settings: Settings | None = None) -> JobRunner:
        config = cast("Config", SimpleNamespace(settings=settings or Settings()))
        return JobRunner(config, self.store, cast("Inventory", _Entered()), self.clock, self.runner)

    def end(self, error: str) -> Job:
        self.runs().end_failed(self.job, error)
        return self.store.job(self.job.id)

    def why_not_cancelled(self) -> str:
        config = cast("Config", SimpleNamespace(settings=Settings()))
        service = Service(config, self.store, cast("Inventory", None), self.clock)
        return service.cancel([self.job.id]).not_cancelled[0].message


class _Entered:
    """An inventory that knows every device, and how it is entered."""

    def device(self, name: str) -> Device:
        if name == "gone":
            raise NotFound("no such device")
        return Device(1, name, "cisco_xe", "192.0.2.1")

    def credentials(self, device: Device) -> Credentials:
        assert device
        return Credentials("netops", "acc0unt", "en4ble")

    def connection_extras(self, device: Device) -> dict[str, Any]:
        assert device
        return {}

    def copy_policy(self, device: Device) -> CopyPolicy:
        assert device
        return CopyPolicy("pull", vrf="MGMT")

    def ssh_policy(self, device: Device) -> SshPolicy:
        assert device
        return SshPolicy()

    def ssh_config_file(self, device: Device) -> tuple[None, str]:
        assert device
        return None, ""

    def netconf_port(self, device: Device) -> int:
        assert device
        return 830


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    clock = StandingClock()
    with Store.open(tmp_path / "swimctl.db", clock) as store:
        some_image(store)
        (job,) = some_jobs(store, ["sw1"])
        runner = store.register_runner()
        claimed = store.claim(job.id, runner)
        assert claimed is not None
        yield Running(store, runner, claimed, clock)


UNCOMMITTED = Placement.UNCOMMITTED
BASELINE = {"baseline": {"version": "17.06.05"}}
DEFECT = "swimctl failed: KeyError: 'x'; please report it"


def test_a_defect_before_anything_was_sent_leaves_the_device_untouched(running: Running) -> None:
    ended = running.end(DEFECT)
    assert (ended.status, ended.outcome, ended.error) == (JobStatus.FAILED, Outcome.UNTOUCHED, DEFECT)


def test_a_defect_names_no_secret(running: Running) -> None:
    ended = running.end("swimctl failed: ValueError: 'checking en4ble and acc0unt'; please report it")
    assert ended.error == "swimctl failed: ValueError: 'checking ******** and ********'; please report it"


@pytest.mark.parametrize(
    "memory",
    [
        activated(),
        {"add sent": activated(JUNOS, armed=None)["activate sent"]},
        {COPY: {"seconds": 0.0, "uptime": 1, "restarted_at": None, "version": "17.06.05"}},
    ],
    ids=["activate", "add", "copy"],
)
def test_a_defect_after_something_was_sent_leaves_it_unknown(running: Running, memory: dict[str, Any]) -> None:
    running.remember({**BASELINE, **memory})
    assert running.end(DEFECT).outcome is Outcome.UNKNOWN


def test_a_defect_while_the_timer_runs_says_until_when_and_what_to_type(running: Running) -> None:
    running.remember({**BASELINE, **activated()})
    ended = running.end(DEFECT)
    assert "sw1 goes back to 17.06.05 by itself at 2031-05-04 " in (ended.error or "")
    assert "type `install commit` before that" in (ended.error or "")


def test_a_job_that_runs_cannot_be_cancelled_and_says_what_its_device_does_by_itself(running: Running) -> None:
    plain = running.why_not_cancelled()
    assert plain == (
        "job 1 runs already; a running upgrade cannot be cancelled; next: `swimctl status 1 --watch` follows it"
    )
    running.remember({**BASELINE, **activated()})
    assert "sw1 goes back to 17.06.05 by itself at 2031-05-04 " in running.why_not_cancelled()


def test_one_that_was_interrupted_says_how_it_is_taken_up(running: Running) -> None:
    running.remember({**BASELINE, **activated()})
    running.runner.close()
    said = running.why_not_cancelled()
    assert said.startswith("job 1 was interrupted; sw1 goes back to 17.06.05 by itself at ")
    assert said.endswith("next: `swimctl resume 1` continues it")


def test_of_one_that_has_ended_nothing_waits(running: Running) -> None:
    running.remember({**BASELINE, **activated()})
    running.end(DEFECT)
    assert running.why_not_cancelled() == "job 1 has ended: failed"


# A defect in which the device can be asked.


def _defect(folder: Path, monkeypatch: pytest.MonkeyPatch, **script: Any) -> Job:
    device = Scripted(**{"memory": {"baseline": None}, **script})
    with paper_job(folder, monkeypatch, device=device) as job:
        if "activate sent" in device.record.memory:
            job.store.move(job.job.id, job.runner, JobStatus.ACTIVATING)
        job.runs.end_by_defect(job.batch, job.job, DEFECT, job.stop)
        return job.now


def test_a_defect_before_anything_was_sent_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = _defect(tmp_path, monkeypatch)
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert ended.error == f"{DEFECT}; no login to sw1 in this job: nothing was sent to it"


def test_after_a_defect_the_device_is_asked_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = _defect(
        tmp_path, monkeypatch, memory=activated(), running=[runs(NEW, NEW)], installed=[stands(UNCOMMITTED, 600)]
    )
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN)
    assert f"seen: {NEW} runs, the image is uncommitted" in (ended.error or "")
    assert "goes back to 17.06.05 by itself at 2031-05-04" in (ended.error or "")


def test_a_defect_that_strikes_again_while_it_asks_leaves_what_was_sent_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = _defect(tmp_path, monkeypatch, memory=activated(), running=[KeyError("x")])
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN)
    assert (ended.error or "").startswith(f"{DEFECT}; sw1 goes back to 17.06.05 by itself at ")


def test_after_a_defect_a_store_that_fails_is_no_end_of_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise StoreError("the disk is full")

    with paper_job(tmp_path, monkeypatch) as job:
        monkeypatch.setattr(job.runs, "_context", fail)
        with pytest.raises(StoreError):
            job.runs.end_by_defect(job.batch, job.job, DEFECT, job.stop)
        assert job.now.status is not JobStatus.FAILED


# What the steps of a job are given.


def test_the_steps_are_given_what_the_inventory_the_batch_and_the_settings_say(running: Running) -> None:
    stop = threading.Event()
    settings = Settings(jobs_dir=Path("/elsewhere/jobs"), evidence=Evidence(netconf="off"))
    jobs = running.runs(settings)
    batch = replace(running.store.batch(running.job.batch_id), options=JobOptions(issu=True))
    context = jobs.afterwards(batch, running.job, stop)
    assert (context.job, context.options, context.stop) == (running.job, batch.options, stop)
    assert (context.settings, context.clock, context.logins) == (settings, running.clock, jobs.logins)
    assert context.image == running.store.image(running.job.image_id)
    assert context.device == Device(1, "sw1", "cisco_xe", "192.0.2.1")
    target = context.target
    assert (target.name, target.username, target.password, target.enable_secret) == (
        "sw1", "netops", "acc0unt", "en4ble",
    )  # fmt: skip
    assert context.make_driver is driver_factory("cisco_xe")
    assert context.folder == Path("/elsewhere/jobs/1")
    assert context.transcript.path == Path("/elsewhere/jobs/1/transcript.log")
    assert context.models is None
    assert context.images is not None
    assert (context.images.server, context.images.policy) == (jobs.images, CopyPolicy("pull", vrf="MGMT"))


def test_the_secrets_of_a_device_and_its_ticket_are_masked_in_its_jobs_transcript_and_record(running: Running) -> None:
    jobs = running.runs()
    context = jobs.afterwards(running.store.batch(running.job.batch_id), running.job, threading.Event())
    said = f"tried acc0unt, then en4ble, then {jobs.images.ticket('sw1')}"
    context.record.event("asked", said)
    assert context.redaction.text(said) == "tried ********, then ********, then ********"
    told = [event.message for event in running.store.events(running.job.id) if event.kind == "asked"]
    assert told == ["tried ********, then ********, then ********"]


def test_the_models_are_read_beside_the_terminal_unless_they_are_off(running: Running) -> None:
    context = running.runs().afterwards(running.store.batch(running.job.batch_id), running.job, threading.Event())
    assert context.models is not None
    assert context.models._target == context.target
    context.models._tell("sw1 offers none")
    told = [event.message for event in running.store.events(running.job.id) if event.kind == "models"]
    assert told == ["sw1 offers none"]


# Its turn at a login.


def test_a_login_waits_for_its_turn_until_a_stop(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, stop, asked = running.runs(), threading.Event(), list[Any]()
    settings = jobs._settings

    def answering(target: Target, clock: Any, given: Settings) -> bool:
        assert (target.name, target.password) == ("sw1", "acc0unt")
        assert (clock, given) == (running.clock, settings)
        return True

    def turn(device: Device, greets: Callable[[], bool], until: threading.Event, waits: object) -> None:
        asked.append((device.name, greets(), until, waits))

    monkeypatch.setattr(jobs_module, "answers", answering)
    monkeypatch.setattr(jobs.logins, "wait_for_turn", turn)
    assert jobs.wait_to_log_in("sw1", stop, str) is None
    assert asked == [("sw1", True, stop, str)]
    assert jobs.wait_to_log_in("gone", stop, str) is None  # its job says why
    assert len(asked) == 1


def test_what_was_counted_of_a_login_is_taken_back(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, left = running.runs(), list[str]()
    monkeypatch.setattr(jobs.logins, "leave", lambda device: left.append(device.name))
    jobs.does_not_log_in("sw1")
    jobs.does_not_log_in("gone")
    assert left == ["sw1"]


def test_a_store_that_fails_lets_no_login_begin(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **_also: object) -> Any:
        raise StoreError("the disk is full")

    jobs = running.runs()
    monkeypatch.setattr(jobs.logins, "wait_for_turn", fail)
    with pytest.raises(StoreError):
        jobs.wait_to_log_in("sw1", threading.Event(), str)
