"""Whole upgrades through fronts that bend one thing each: what is harmless succeeds, nothing ends in a false word."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from fleets.every import FLEETS
from support.fronts.front import Fronts, behind
from support.fronts.twists import Trial, trials
from support.oracle import really_of
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.states import JobStatus

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800), pytest.mark.xdist_group("twisted")]
SPEED = 300
SETTINGS = {
    "deadlines": {"down": 600, "up": 1200, "ready": 600, "command": 1200, "connect": 90 * SPEED},
    "login": {"poll": 120, "refusals": 5},
}
TRIALS: Mapping[str, Trial] = trials(PLATFORM_NAMES)


@dataclass(frozen=True)
class Tried:
    """What became of every device, with the lab still up."""

    lab: LabFleet
    fronts: Fronts
    jobs: Mapping[str, Job]


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Upgrade the chosen ones in one lab at the same time, a batch a device."""
    folder = tmp_path_factory.mktemp("twisted")
    chosen = {call.params.get("name") for item in request.session.items if (call := getattr(item, "callspec", None))}
    twists = {name: trial.twist for name, trial in TRIALS.items() if name in chosen}
    specs = []
    for name in twists:
        fleet = FLEETS[TRIALS[name].platform]
        specs.append(fleet.make(name, transfer=400_000, version=fleet.old))
    changing = tuple(sorted({word for fleet in FLEETS.values() for word in fleet.changing}))
    with lab_folder(folder, at_rest=True, fleet=specs, speed=SPEED, settings=SETTINGS | {"workers": len(specs)}) as lab:
        ways = {name: lab.address(name) for name in twists}
        with Fronts(twists, ways, changing=changing) as fronts:
            behind(folder, fronts)
            with Context(folder / "config.yaml").open() as opened:

                def run(name: str) -> Job:
                    image = FLEETS[TRIALS[name].platform].image
                    made = opened.service.trigger(ask(opened, devices=[opened.inventory.device(name)], image=image))
                    opened.engine.run(made.batch, made.jobs, threading.Event())
                    return opened.store.job(made.jobs[0].id)

                with ThreadPoolExecutor(len(twists)) as pool:
                    jobs = dict(zip(twists, pool.map(run, twists), strict=True))
            yield Tried(lab, fronts, jobs)


@pytest.mark.parametrize("name", TRIALS, ids=[f"{trial.platform}: {trial.twist.name}" for trial in TRIALS.values()])
def test_no_twist_ends_in_a_false_word(tried: Tried, name: str) -> None:
    job, trial, chassis = tried.jobs[name], TRIALS[name], tried.lab.switch(name)
    real = really_of(chassis, FLEETS[trial.platform].target, len(tried.lab.reloads(name)))
    front = tried.fronts.fronts[name]
    seen = (job.status, job.outcome, real, job.error, front.commands[-12:])
    assert front.logins, seen
    assert front.bent, f"the twist bent nothing: {seen}"
    if trial.good:
        assert (job.status, job.outcome, real) == (JobStatus.SUCCESS, Outcome.UPGRADED, Outcome.UPGRADED), seen
        return
    if job.outcome is not Outcome.UNKNOWN:
        assert job.outcome is real, seen
    if job.status is JobStatus.SUCCESS:
        assert real is Outcome.UPGRADED, seen
    else:
        assert "next" in (job.error or ""), seen


def test_at_least_forty_twists_over_all_platforms() -> None:
    assert len(TRIALS) >= 40
    assert {trial.platform for trial in TRIALS.values()} == set(PLATFORM_NAMES)
