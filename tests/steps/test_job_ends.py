"""How a job is recorded of which nobody could ask the device, and what is said of one that cannot be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from steps.scripted import activated
from stores import StandingClock, some_image, some_jobs

from swimctl.config import Config, Credentials
from swimctl.errors import NotFound
from swimctl.inventory import Inventory
from swimctl.inventory_ssh import SshPolicy
from swimctl.job_run import JobRun
from swimctl.models import Device, Job, Outcome
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.service import Service
from swimctl.settings import Settings
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

    def end(self, error: str) -> Job:
        config = cast("Config", _Configured())
        runs = JobRun(config, self.store, cast("Inventory", _Entered()), self.clock, self.runner)
        runs.end_failed(self.job, error)
        return self.store.job(self.job.id)

    def why_not_cancelled(self) -> str:
        service = Service(cast("Config", _Configured()), self.store, cast("Inventory", None), self.clock)
        return service.cancel([self.job.id]).not_cancelled[0].message


class _Configured:
    settings = Settings()


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
    assert said.startswith("job 1 was interrupted on its way; sw1 goes back to 17.06.05 by itself at ")
    assert said.endswith("next: `swimctl resume 1` sees it through")


def test_of_one_that_has_ended_nothing_waits(running: Running) -> None:
    running.remember({**BASELINE, **activated()})
    running.end(DEFECT)
    assert running.why_not_cancelled() == "job 1 has ended: failed"
