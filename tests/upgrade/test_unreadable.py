"""From the reload on one output after the other does not read: no false success, no needless way back, right words."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from fleets.fleet import Fleet
from upgrading import lab_folder
from upgrading import request as ask

from swimctl.cli.context import Context, Opened
from swimctl.lab.chassis import Chassis
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import UNREADABLE, parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.lab.switch import Switch
from swimctl.models import Job, Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.states import JobStatus

pytestmark = pytest.mark.timeout(280)
SPEED = 120
# Asked once in three real seconds; the deadlines are those that a busy machine leaves.
SETTINGS = {
    "deadlines": {"down": 600, "up": 1200, "ready": 600},
    "login": {"poll": 360, "first_wait": 1},
    "workers": 60,
}


@dataclass(frozen=True)
class Tried:
    """What became of every device of a platform; `spoilt` is the command and how its answer was, by device."""

    lab: LabFleet
    jobs: Mapping[str, Job]
    spoilt: Mapping[str, tuple[str, str]]


def fleet_of(platform: str) -> Fleet:
    found: Fleet = import_module(f"fleets.{platform}").FLEET
    return found


def spec(platform: str, name: str, *faults: str) -> ChassisSpec:
    fleet = fleet_of(platform)
    return fleet.make(name, faults=tuple(map(parse_fault, faults)), transfer=400_000, version=fleet.old)


def run(opened: Opened, platform: str) -> dict[str, Job]:
    """Upgrade every device, each in a batch of its own."""

    def one(name: str) -> Job:
        made = opened.service.trigger(
            ask(opened, devices=[opened.inventory.device(name)], image=fleet_of(platform).image)
        )
        opened.engine.run(made.batch, made.jobs, threading.Event())
        return opened.store.job(made.jobs[0].id)

    names = [device.name for device in opened.inventory.devices]
    with ThreadPoolExecutor(len(names)) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


def asked_after_the_reload(folder: Path, platform: str) -> list[str]:
    """Upgrade one healthy device, and give what it was asked between its reload and its end."""
    with (
        lab_folder(folder, fleet=[spec(platform, "healthy")], speed=SPEED, settings=SETTINGS) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        job = run(opened, platform)["healthy"]
        assert job.outcome is Outcome.UPGRADED, job.error
        lines = lab.commands("healthy", since_boot=True)
    return sorted({line for line in lines if line.startswith(("show ", "dir ", "more ", "file "))})


@pytest.fixture(scope="module", params=PLATFORM_NAMES)
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Give each command that is asked after the reload a device of its own for two of the ways not to read."""
    platform = str(request.param)
    commands = asked_after_the_reload(tmp_path_factory.mktemp("healthy"), platform)
    folder = tmp_path_factory.mktemp(platform)
    spoilt = {
        f"d{number}-{how}": (command, how)
        for number, command in enumerate(commands)
        for how in (UNREADABLE if platform == "cisco_xe" else UNREADABLE[number % 2 :: 2])
    }
    specs = [spec(platform, name, f"unreadable:{how}:{command}") for name, (command, how) in spoilt.items()]
    with lab_folder(folder, fleet=specs, speed=SPEED, settings=SETTINGS) as lab:
        with Context(folder / "config.yaml").open() as opened:
            jobs = run(opened, platform)
        yield Tried(lab, jobs, spoilt)


def runs_the_target(chassis: Chassis) -> bool:
    return set(chassis.runs.values()) == {chassis.stays} and not chassis.uncommitted


@pytest.mark.xdist_group("unreadable")
def test_an_output_that_does_not_read_after_the_reload(tried: Tried) -> None:
    assert tried.jobs
    wrong = []
    for name, job in tried.jobs.items():
        command, how = tried.spoilt[name]
        chassis, error = tried.lab.switch(name), job.error or ""
        said = f"{command} ({how}): {job.status}, {job.outcome}: {error}"
        # Nothing is wrong with the device but one output: it is not taken back for that.
        if len(tried.lab.reloads(name)) != 1:
            wrong.append(f"taken back: {said}")
        # Nor does its own timer take it back later.
        if isinstance(chassis, Switch) and chassis.install.timer_left:
            wrong.append(f"left to its timer: {said}")
        if job.outcome is Outcome.UPGRADED and not runs_the_target(chassis):
            wrong.append(f"not upgraded: {said}")
        if job.status is JobStatus.SUCCESS and job.outcome is not Outcome.UPGRADED:
            wrong.append(f"no success: {said}")
        # A parser names a command without what narrows it (`vrf all`).
        named = " ".join(command.partition(" |")[0].split()[:3]) in error
        if job.status is not JobStatus.SUCCESS and not (
            named and ("next: " in error or "next, on its console: " in error)
        ):
            wrong.append(f"words: {said}")
        if job.outcome in {Outcome.UNTOUCHED, Outcome.ROLLED_BACK}:
            wrong.append(f"untrue: {said}")
    assert not wrong, "\n".join(wrong)
