"""Jobs on workers of their sites by Dask: a scheduler, workers, a coordinator and a lab, all of them real processes.

Whatever dies, the lab's log is the witness: nothing is sent twice.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.dask_sites import DaskSites, dask_sites
from support.processes import jobs, start
from support.upgrades import lab_folder, with_data

pytest.importorskip("distributed")

from swimctl.cli.context import Opened
from swimctl.errors import ConfigError
from swimctl.lab.fleet import LabFleet
from swimctl.states import StepStatus
from swimctl.store import Store

DEVICES = int(os.environ.get("SWIMCTL_PROOF_DEVICES", "6"))
AT_ONCE = min(DEVICES, 60)
# With many devices this machine is so busy that heartbeats are late: all goes slower then.
SPEED, TTL, LIMIT = (30, 15, 600) if DEVICES <= 20 else (8, 60, 3600)
pytestmark = [pytest.mark.prove, pytest.mark.timeout(LIMIT), pytest.mark.xdist_group("workers")]
SITES = ("ber", "ber", "zrh")


def site_of(name: str) -> str:
    return SITES[int(name.removeprefix("sw")) % 3]


@dataclass
class Ground:
    """The lab with its sites, and what is done to them while a batch runs."""

    folder: Path
    lab: LabFleet
    sites: DaskSites
    store: Store
    done: list[str] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    coordinator: Any = None
    over: threading.Event = field(default_factory=threading.Event)

    def strike(self, kind: str, site: str, how: signal.Signals) -> Any:
        """Send a signal to a worker of a site when one of its jobs is in a step; another worker is started."""
        while not self.over.wait(0.05):
            for job in self.store.jobs():
                running = {step.kind for step in job.steps if step.status is StepStatus.RUNNING}
                if kind not in running or site_of(job.device_name) != site or job.interrupted:
                    continue
                name = self.sites.at(job.id)
                if name and name not in self.struck and (worker := self.sites.workers[name]).poll() is None:
                    self.struck.add(name)
                    worker.send_signal(how)
                    self.done.append(f"{how.name} for {name} in {kind}")
                    self.sites.start_worker(site, AT_ONCE)
                    return worker
        return None

    def bad_night(self) -> None:
        """Kill a worker in each step, and the coordinator."""
        self.strike("readiness", "ber", signal.SIGKILL)
        self.strike("distribution", "ber", signal.SIGKILL)
        self.strike("activation", "ber", signal.SIGKILL)
        self.coordinator.send_signal(signal.SIGKILL)
        self.done.append("SIGKILL for the coordinator")
        self.strike("post-checks", "ber", signal.SIGKILL)

    def long_sleep(self) -> None:
        """Freeze a worker for longer than its permissions count."""
        frozen = self.strike("activation", "zrh", signal.SIGSTOP)
        if frozen is not None:
            self.over.wait(4 * TTL)
            frozen.send_signal(signal.SIGCONT)
            self.done.append("SIGCONT")


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with lab_folder(tmp_path, devices=DEVICES, speed=SPEED) as lab:
        with_data(tmp_path, **{f"sw{number}": {"site": site_of(f"sw{number}")} for number in range(1, DEVICES + 1)})
        with dask_sites(tmp_path, ttl=TTL) as sites:
            for site in SITES:
                sites.start_worker(site, AT_ONCE)
            with Opened(tmp_path / "config.yaml") as opened:
                yield Ground(tmp_path, lab, sites, opened.store)


def test_every_job_ends_right_whatever_dies(ground: Ground) -> None:
    troubles = [threading.Thread(target=each) for each in (ground.bad_night, ground.long_sleep)]
    for attempt in range(8):
        command = ("resume",) if attempt else ("upgrade", "--all", "--yes", "--workers", str(AT_ONCE))
        ground.coordinator = start(ground.folder, *command)
        if not attempt:
            for each in troubles:
                each.start()
        print(ground.coordinator.communicate()[0][-2000:])
        if all(job["status"] == "success" for job in jobs(ground.folder)):
            break
    ground.over.set()
    for each in troubles:
        each.join()
    print(ground.done)
    found = jobs(ground.folder)
    assert {(job["status"], job["outcome"]) for job in found} == {("success", "upgraded")}
    for job in found:
        sent = [line.split()[1] for line in ground.lab.commands(job["device_hostname"]) if line.startswith("install ")]
        assert sent == ["add", "activate", "commit"], job["device_hostname"]
    for site in set(SITES):
        assert ground.sites.served(site) == {job["id"] for job in found if site_of(job["device_hostname"]) == site}
    assert len(ground.done) == 7, ground.done


def test_a_scheduler_that_runs_tasks_again_is_refused(tmp_path: Path) -> None:
    with (
        lab_folder(tmp_path, speed=60),
        dask_sites(tmp_path, allowed_failures=3),
        Opened(tmp_path / "config.yaml") as opened,
        pytest.raises(ConfigError, match="runs a task 3 times again when its worker dies"),
    ):
        opened.engine.prepared()
