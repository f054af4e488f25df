"""Two programs with a store each, and a name each for one device: one installs, and neither says a wrong word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support.oracle import really
from support.upgrades import QUICK, lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.cli.lab import register
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms.base import Sent
from swimctl.platforms.driver import Sends
from swimctl.states import JobStatus
from swimctl.steps import activation
from swimctl.steps.base import JobContext
from swimctl.steps.send_once import send_once

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("two-programs")]
SPEED = 300
# When the second one begins: what the device has been told by then, nothing where both begin at once.
BEGINS = {"sw1": "", "sw2": "verify", "sw3": "install add", "sw4": "install activate"}


@dataclass(frozen=True)
class Tried:
    """What became of both jobs of each device, with the lab still up."""

    lab: LabFleet
    jobs: dict[str, tuple[Job, Job]]


def another_program(folder: Path, lab: LabFleet) -> None:
    """Make a folder with a store of its own, which calls every device of the lab otherwise."""
    register(folder, lab.write_folder(folder))
    yaml, hosts = YAML(), folder / "inventory" / "hosts.yaml"
    named = {f"{name}-mgmt": data for name, data in yaml.load(hosts.read_text(encoding="utf-8")).items()}
    config = yaml.load((folder / "config.yaml").read_text(encoding="utf-8"))
    config["swimctl"].update(QUICK)
    for path, document in ((hosts, named), (folder / "config.yaml", config)):
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(document, file)


def run(opened: Opened, name: str) -> Job:
    made = opened.service.trigger(request(opened, devices=[opened.inventory.device(name)]))
    opened.engine.run(made.batch, made.jobs, threading.Event())
    return opened.store.job(made.jobs[0].id)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Let both programs upgrade all devices, the second one each at its moment."""
    first, second = (tmp_path_factory.mktemp(name) for name in ("first", "second"))
    with lab_folder(first, ssh=False, devices=len(BEGINS), speed=SPEED, transfer=400_000, neighbours=()) as lab:
        another_program(second, lab)
        with Context(first / "config.yaml").open() as one, Context(second / "config.yaml").open() as other:

            def later(name: str) -> Job:
                while BEGINS[name] and not any(line.startswith(BEGINS[name]) for line in lab.commands(name)):
                    time.sleep(0.01)
                return run(other, f"{name}-mgmt")

            with ThreadPoolExecutor(2 * len(BEGINS)) as pool:
                ours = {name: pool.submit(run, one, name) for name in BEGINS}
                theirs = {name: pool.submit(later, name) for name in BEGINS}
                jobs = {name: (ours[name].result(), theirs[name].result()) for name in BEGINS}
            yield Tried(lab, jobs)


@pytest.mark.parametrize("name", BEGINS, ids=[f"after {what or 'nothing'}" for what in BEGINS.values()])
def test_one_installs_and_the_other_says_nothing_wrong(tried: Tried, name: str) -> None:
    jobs, lab = tried.jobs[name], tried.lab
    seen = [(job.device_name, job.status, job.outcome, job.error) for job in jobs]
    assert really(lab, name) is Outcome.UPGRADED, (seen, lab.commands(name))
    assert len(lab.reloads(name)) == 1, (seen, lab.reloads(name))
    assert any(job.outcome is Outcome.UPGRADED for job in jobs), seen
    sent = sum(line.startswith("install activate") for line in lab.commands(name))
    # Two stores know nothing of each other. If both read the device's log before either has sent, the device decides.
    refused = sum("'install activate' failed: " in (job.error or "") for job in jobs)
    assert sent == 1 + refused, (seen, lab.commands(name))
    down, _ = lab.outages(name)[0]
    log = [command for command in lab.switch(name).log if command.at < down]
    told = max(number for number, command in enumerate(log) if command.line.startswith("install activate"))
    # Its own session is in the activation: whoever reads the device now is the other one.
    looked = any(command.line == "show version" for command in log[told:])
    for job in jobs:
        assert job.status in {JobStatus.SUCCESS, JobStatus.FAILED}, seen
        assert job.status is JobStatus.SUCCESS or "next" in (job.error or ""), seen
        if job.status is JobStatus.SUCCESS:
            assert job.outcome in {Outcome.UPGRADED, Outcome.UNTOUCHED}, seen
            already = job.outcome is Outcome.UPGRADED or "already" in (job.steps[0].message or "")
            assert already, seen
        elif job.outcome is Outcome.UNTOUCHED:
            assert not looked, (seen, [command.line for command in log[told:]])
        else:
            assert job.outcome in {Outcome.UNKNOWN, Outcome.UPGRADED}, seen


def until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.01)


@dataclass
class BothSend:
    """Lets both programs send an activation: the second one when the first has, its log read `before` that or after."""

    lab: LabFleet
    before: bool
    second_is_there: threading.Event

    def __call__(self, context: JobContext, driver: Sends, operation: str, send: Callable[[], Sent]) -> Sent:
        if operation != "activate":
            return send_once(context, driver, operation, send)
        if context.device.name == "sw1":
            assert self.second_is_there.wait(60)
            return send_once(context, driver, operation, send)
        if not self.before:
            self._late()
        return send_once(context, driver, operation, lambda: self._sends(send))

    def _sends(self, send: Callable[[], Sent]) -> Sent:
        if self.before:
            self._late()
        return send()

    def _late(self) -> None:
        self.second_is_there.set()
        until(lambda: any(line.startswith("install activate") for line in self.lab.commands("sw1")))


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_the_second_of_two_that_both_activate_says_what_the_device_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    for folder in (first, second):
        folder.mkdir()
    with lab_folder(first, ssh=False, speed=SPEED, transfer=400_000, neighbours=()) as lab:
        another_program(second, lab)
        monkeypatch.setattr(activation, "send_once", BothSend(lab, before, threading.Event()))
        with (
            Context(first / "config.yaml").open() as one,
            Context(second / "config.yaml").open() as other,
            ThreadPoolExecutor(1) as pool,
        ):
            ours = pool.submit(run, one, "sw1")
            until(lambda: any("Completed install add" in line for line in lab.switch("sw1").buffer))
            job = run(other, "sw1-mgmt")
            assert ours.result().outcome is Outcome.UPGRADED
        assert sum(line.startswith("install activate") for line in lab.commands("sw1")) == 2
        assert len(lab.reloads("sw1")) == 1
        assert really(lab, "sw1") is Outcome.UPGRADED
    said = job.error or ""
    assert said.startswith("'install activate' failed: Another install operation is in progress."), said
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN), said
    assert "stays on" not in said, said
    assert "nothing was" not in said, said
    assert "somebody else" in said, said
    assert "next: " in said, said
