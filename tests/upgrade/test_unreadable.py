"""From the reload on one output after the other cannot be read: no false success, no needless way back, right words."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli.context import Context, Opened
from swimctl.lab.chassis import Chassis
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.faults import UNREADABLE, parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(1800), pytest.mark.prove]
SPEED = 300
# Most of them wait for what cannot be read; more than so many would be late for each other.
AT_ONCE = 40
# A device is asked twice or three times before it is given up.
SETTINGS = {
    "deadlines": {"down": 600, "up": 1200, "ready": 600},
    "login": {"poll": 900, "first_wait": 1},
}


@dataclass(frozen=True)
class Trial:
    """One device, whose answer to `command` cannot be read from its reload on; `how` it is spoilt."""

    platform: str
    number: int
    command: str
    how: str

    @property
    def name(self) -> str:
        """Return its device."""
        return f"{self.platform.replace('_', '-')}-{self.number}-{self.how}"


@dataclass(frozen=True)
class Tried:
    """What became of every device."""

    lab: LabFleet
    jobs: Mapping[str, Job]
    trials: Sequence[Trial]


def device(platform: str, name: str, *faults: str) -> ChassisSpec:
    fleet = FLEETS[platform]
    return fleet.make(name, faults=tuple(map(parse_fault, faults)), transfer=400_000, version=fleet.old)


def upgrade(opened: Opened, platforms: Mapping[str, str]) -> dict[str, Job]:
    """Upgrade devices, given with their platforms, each in a batch of its own."""

    def one(name: str, platform: str) -> Job:
        made = opened.service.trigger(
            ask(opened, devices=[opened.inventory.device(name)], image=FLEETS[platform].image)
        )
        opened.engine.run(made.batch, made.jobs, threading.Event())
        return opened.store.job(made.jobs[0].id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(platforms, pool.map(one, platforms, platforms.values()), strict=True))


def asked_after_the_reload(folder: Path, platforms: Sequence[str]) -> dict[str, list[str]]:
    """Upgrade a healthy device of each platform, and return what each was asked between its reload and its end."""
    fleet = [device(platform, platform) for platform in platforms]
    with (
        lab_folder(folder, ssh=False, fleet=fleet, speed=SPEED, settings=SETTINGS) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        jobs = upgrade(opened, {platform: platform for platform in platforms})
        for name, job in jobs.items():
            assert job.outcome is Outcome.UPGRADED, f"{name}: {job.error}"
        asked = {platform: lab.commands(platform, since_boot=True) for platform in platforms}
    begins = ("show ", "dir ", "more ", "file ")
    return {platform: sorted({line for line in lines if line.startswith(begins)}) for platform, lines in asked.items()}


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Yield each command that is asked after the reload a device of its own for each way not to read.

    All platforms share a lab: while one device waits for what cannot be read, others are upgraded.
    """
    calls = [call.params.get("platform") for item in request.session.items if (call := getattr(item, "callspec", None))]
    asked = asked_after_the_reload(tmp_path_factory.mktemp("healthy"), [p for p in PLATFORM_NAMES if p in calls])
    trials = [
        Trial(platform, number, command, how)
        for platform, commands in asked.items()
        for number, command in enumerate(commands)
        for how in UNREADABLE
    ]
    fleet = [device(each.platform, each.name, f"unreadable:{each.how}:{each.command}") for each in trials]
    folder = tmp_path_factory.mktemp("spoilt")
    with lab_folder(folder, ssh=False, fleet=fleet, speed=SPEED, settings=SETTINGS) as lab:
        with Context(folder / "config.yaml").open() as opened:
            jobs = upgrade(opened, {each.name: each.platform for each in trials})
        yield Tried(lab, jobs, trials)


def runs_the_target(chassis: Chassis) -> bool:
    return set(chassis.runs.values()) == {chassis.stays} and not chassis.uncommitted


@pytest.mark.xdist_group("unreadable")
@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_an_output_that_does_not_read_after_the_reload(tried: Tried, platform: str) -> None:
    trials = [each for each in tried.trials if each.platform == platform]
    assert trials
    wrong = []
    for trial in trials:
        name, command, how = trial.name, trial.command, trial.how
        job, chassis = tried.jobs[name], tried.lab.switch(name)
        error = job.error or ""
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
