"""Another device at the address, on every platform: before the activation, and from it on. It is sent nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from fleets.every import FLEETS
from support.fronts.front import Front, Fronts, Twist
from support.upgrades import lab_folder
from support.upgrades import request as ask
from upgrade.test_twisted import SETTINGS, SPEED, behind

from swimctl.cli.context import Context
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms import PLATFORM_NAMES

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("another-device")]
# Logins until the image is there: the first look, and the copy.
_COPIED = 2
MOMENTS = ("before", "after")
CELLS = [(platform, moment) for platform in PLATFORM_NAMES for moment in MOMENTS]


def name_of(platform: str, moment: str) -> str:
    return f"{platform.replace('_', '-')}-{moment}"


def other_of(platform: str) -> str:
    return f"other-{platform.replace('_', '-')}"


def moved(platform: str, moment: str) -> Twist:
    """Let the other device of the platform answer whoever connects, once the image was copied or activated."""

    def elsewhere(front: Front) -> str | None:
        activated = any(line.startswith(FLEETS[platform].activates) for line in front.commands)
        return other_of(platform) if activated or (moment == "before" and front.logins > _COPIED) else None

    return Twist(f"another device {moment}", elsewhere=elsewhere)


@dataclass(frozen=True)
class Tried:
    """What became of every job, with the lab still up."""

    lab: LabFleet
    jobs: Mapping[str, Job]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Upgrade all of them in one lab at the same time; the other device of a platform runs the target already."""
    folder: Path = tmp_path_factory.mktemp("another")
    twists = {name_of(*cell): moved(*cell) for cell in CELLS}
    ours = [FLEETS[p].make(name_of(p, m), transfer=400_000, version=FLEETS[p].old) for p, m in CELLS]
    others = [FLEETS[each].make(other_of(each), version=FLEETS[each].target) for each in PLATFORM_NAMES]
    settings = SETTINGS | {"workers": len(CELLS)}
    with lab_folder(folder, ssh=False, fleet=[*ours, *others], speed=SPEED, settings=settings) as lab:
        ways = {name: lab.address(name) for name in lab.ports}
        with Fronts(twists, ways) as fronts:
            behind(folder, fronts)
            with Context(folder / "config.yaml").open() as opened:

                def run(cell: tuple[str, str]) -> Job:
                    device = opened.inventory.device(name_of(*cell))
                    made = opened.service.trigger(ask(opened, devices=[device], image=FLEETS[cell[0]].image))
                    opened.engine.run(made.batch, made.jobs, threading.Event())
                    return opened.store.job(made.jobs[0].id)

                with ThreadPoolExecutor(len(CELLS)) as pool:
                    jobs = {name_of(*cell): job for cell, job in zip(CELLS, pool.map(run, CELLS), strict=True)}
            yield Tried(lab, jobs)


@pytest.mark.parametrize(("platform", "moment"), CELLS)
def test_another_device_is_sent_nothing_and_its_answers_prove_nothing(tried: Tried, platform: str, moment: str) -> None:
    name, fleet = name_of(platform, moment), FLEETS[platform]
    job, other = tried.jobs[name], other_of(platform)
    told = tried.lab.commands(name)
    seen = (job.status, job.outcome, job.error, told[-8:])
    assert job.outcome is Outcome.UNKNOWN, seen
    assert "another device answers at" in (job.error or ""), seen
    assert "next: check the console of" in (job.error or ""), seen
    assert tried.lab.commands(other), seen
    assert not [line for line in tried.lab.commands(other) if line.startswith(fleet.changing)], seen
    assert tried.lab.reloads(other) == [], seen
    assert bool([line for line in told if line.startswith(fleet.changing)]) is (moment == "after"), seen
