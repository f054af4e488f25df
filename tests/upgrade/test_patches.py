"""SMUs: applied on every member without a reload, or with one; nothing of them stays where that fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from fleets.cisco_xe import switch
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.cli.lab import register
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("patches")]
OLD, OTHER = "17.06.05", "17.09.05"
LIVE, RELOADING = f"cat9k_iosxe.{OLD}.CSCwa00002.SPA.smu.bin", f"cat9k_iosxe.{OLD}.CSCwa00003.SPA.smu.bin"
SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED
UPGRADED, UNTOUCHED = Outcome.UPGRADED, Outcome.UNTOUCHED


@dataclass(frozen=True)
class Case:
    """A patch of a device with a fault: how the job ends, how often the device reloads, the letter of the patch."""

    patch: str
    status: JobStatus
    outcome: Outcome
    letter: str | None
    words: str = ""
    fault: str = ""
    reloads: int = 0
    version: str = OLD


CASES: Mapping[str, Case] = {
    "live": Case(LIVE, SUCCESS, UPGRADED, "C"),
    "reloading": Case(RELOADING, SUCCESS, UPGRADED, "C", reloads=1),
    "lost-session": Case(LIVE, SUCCESS, UPGRADED, "C", fault="drop-session-at:activate"),
    "lost-session-reloading": Case(RELOADING, SUCCESS, UPGRADED, "C", fault="drop-session-at:activate", reloads=1),
    "other-release": Case(
        LIVE, FAILED, UNTOUCHED, None, "release of the patch: seen 17.09.05, needed 17.6.5", version=OTHER
    ),
    "refused": Case(LIVE, FAILED, UNTOUCHED, "I", "was asked and stays on 17.06.05", "install-fails:activate"),
    "does-nothing": Case(LIVE, FAILED, UNTOUCHED, None, "does not list cat9k_iosxe.17.06.05.CSC", "does-nothing"),
    "way-back": Case(
        LIVE, FAILED, UNTOUCHED, "I", "rolled back to 17.06.05 without the patch: 1 upl", "interface-lost"
    ),
    "way-back-reloading": Case(
        RELOADING, FAILED, Outcome.ROLLED_BACK, "I", "without the patch", "interface-lost", reloads=2
    ),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Mapping[str, Job], list[Job]]]:
    """Patch all devices at once, and those that have their patch once more."""
    folder = tmp_path_factory.mktemp("patches")
    make = switch("C9300-48P", "C9300-24P")
    specs = [
        make(
            name,
            version=case.version,
            transfer=40_000,
            boot_seconds=200,
            faults=(parse_fault(case.fault),) if case.fault else (),
        )
        for name, case in CASES.items()
    ]
    settings = {"deadlines": {"down": 240, "up": 1200, "ready": 600}, "workers": len(specs)}
    with lab_folder(folder, ssh=False, fleet=specs, speed=300, settings=settings) as lab:
        register(folder, [make_image(folder / "images", name, 60_000) for name in (LIVE, RELOADING)])
        with Context(folder / "config.yaml").open() as opened:

            def run(name: str) -> Job:
                wish = ask(opened, devices=[opened.inventory.device(name)], image=CASES[name].patch)
                made = opened.service.trigger(wish)
                opened.engine.run(made.batch, made.jobs, threading.Event())
                return opened.store.job(made.jobs[0].id)

            with ThreadPoolExecutor(len(specs)) as pool:
                jobs = dict(zip(CASES, pool.map(run, CASES), strict=True))
                again = list(pool.map(run, ("live", "reloading")))
        yield lab, jobs, again


@pytest.mark.parametrize("name", CASES)
def test_a_patch(tried: tuple[LabFleet, Mapping[str, Job], list[Job]], name: str) -> None:
    lab, jobs, _ = tried
    case, job, chassis = CASES[name], jobs[name], lab.switch(name)
    seen = (job.status, job.outcome, job.current_step, job.error, chassis.install.patches.states)
    assert (job.status, job.outcome) == (case.status, case.outcome), seen
    assert case.words in (job.error or ""), seen
    assert chassis.install.patches.states.get(case.patch) == case.letter, seen
    assert len(lab.reloads(name)) == case.reloads, lab.commands(name)
    assert set(chassis.runs.values()) == {case.version}


def test_a_patch_that_is_there_is_left_alone(tried: tuple[LabFleet, Mapping[str, Job], list[Job]]) -> None:
    lab, _, again = tried
    assert [(job.status, job.outcome) for job in again] == [(SUCCESS, UNTOUCHED)] * 2
    for job in again:
        assert len([line for line in lab.commands(job.device_name) if line.startswith("install activate")]) == 1
