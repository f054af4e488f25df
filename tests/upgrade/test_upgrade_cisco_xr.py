"""Routers with IOS-XR: sessions lost at what changes them, operations that fail, are refused or say nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fleets.cisco_xr import FLEET
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("router")]
SPEED = 300
SETTINGS: dict[str, Any] = {
    "tolerances": {"patience": 60},
    "deadlines": {"down": 300, "up": 1200, "ready": 300, "add": 600, "activate": 600},
}
CHANGING = ("install add", "install activate", "install commit")


def router(name: str, *faults: str, stack: bool = False) -> ChassisSpec:
    make = FLEET.stack if stack and FLEET.stack else FLEET.make
    return make(name, faults=tuple(map(parse_fault, faults)), transfer=200_000, boot_seconds=200)


@contextmanager
def upgraded(folder: Path, specs: list[ChassisSpec]) -> Iterator[tuple[LabFleet, dict[str, Job]]]:
    """Upgrade routers at the same time, each in a batch of its own."""
    with (
        lab_folder(folder, ssh=False, fleet=specs, speed=SPEED, settings=SETTINGS | {"workers": len(specs)}) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):

        def run(name: str) -> Job:
            made = opened.service.trigger(request(opened, devices=[opened.inventory.device(name)], image=FLEET.image))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            return opened.store.job(made.jobs[0].id)

        with ThreadPoolExecutor(len(specs) + 1) as pool:
            if any(spec.name == "plug" for spec in specs):
                pool.submit(pull_the_plug, lab, "plug")
            jobs = list(pool.map(run, [spec.name for spec in specs]))
        yield lab, {job.device_name: job for job in jobs}


def pull_the_plug(lab: LabFleet, name: str) -> None:
    """Cut the power while the new release runs and is not committed."""
    device: Any = lab.switch(name)
    while not (device.uncommitted and device.reachable):
        time.sleep(0.005)
    lab.power_cycle(name)


CASES: Mapping[str, tuple[tuple[str, ...], Outcome, str]] = {
    "well": ((), Outcome.UPGRADED, ""),
    "busy": (("busy-install",), Outcome.UNTOUCHED, "no install operation in progress: seen operation 25"),
    "add-fails": (("install-fails:add:no-space",), Outcome.UNTOUCHED, "No space left"),
    "activate-fails": (("install-fails:activate",), Outcome.UNTOUCHED, "exception is hit"),
    "no-uptime": (("no-boot-time:uptime",), Outcome.UNTOUCHED, "show version"),
    "lost-add": (("drop-session-at:add",), Outcome.UPGRADED, ""),
    "lost-commit": (("drop-session-at:commit",), Outcome.UPGRADED, ""),
    "lost-post": (("drop-session-at:post",), Outcome.UPGRADED, ""),
    "lost-verify": (("drop-session-at:verify",), Outcome.UPGRADED, ""),
    "garbled": (("garbled-output",), Outcome.UNTOUCHED, "cannot read the output"),
    "plug": ((), Outcome.ROLLED_BACK, "runs 7.3.2 again"),
    "missing": (("member-missing",), Outcome.ROLLED_BACK, "0/RSP1/CPU0"),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, dict[str, Job]]]:
    specs = [router(name, *faults, stack=name == "missing") for name, (faults, _, _) in CASES.items()]
    with upgraded(tmp_path_factory.mktemp("router"), specs) as result:
        yield result


@pytest.mark.parametrize("name", CASES)
def test_what_a_job_says_of_its_router_is_so(tried: tuple[LabFleet, dict[str, Job]], name: str) -> None:
    lab, jobs = tried
    device, job, (_, outcome, words) = lab.switch(name), jobs[name], CASES[name]
    assert job.outcome is outcome, job.error
    assert (job.status is JobStatus.SUCCESS) is (outcome is Outcome.UPGRADED)
    assert words in (job.error or "")
    release = FLEET.target if outcome is Outcome.UPGRADED else FLEET.old
    assert set(device.runs.values()) == {device.stays} == {release}, (job.error, lab.commands(name))
    assert len(lab.reloads(name)) == {Outcome.UNTOUCHED: 0, Outcome.UPGRADED: 1, Outcome.ROLLED_BACK: 2}[outcome]


@pytest.mark.prove
def test_a_session_lost_at_what_changes_a_router_sends_nothing_twice(
    tried: tuple[LabFleet, dict[str, Job]], tmp_path: Path
) -> None:
    lines = [line for line in tried[0].commands("well") if line.strip()]
    places = [next(n for n, line in enumerate(lines, 1) if line.startswith(each)) for each in CHANGING]
    specs = [router(f"lost-{when}-{n}", f"drop-session-{when}:{n}") for n in places for when in ("before", "after")]
    with upgraded(tmp_path, specs) as (lab, jobs):
        for name, job in jobs.items():
            assert not lab.switch(name).drops._left
            assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), (name, job.error)
            assert len(lab.reloads(name)) == 1
            for each in CHANGING:
                assert len([line for line in lab.commands(name) if line.startswith(each)]) == 1, (name, each)
            assert set(lab.switch(name).runs.values()) == {lab.switch(name).stays} == {FLEET.target}


def test_a_commit_whose_answer_does_not_read_is_looked_for_on_the_router(tmp_path: Path) -> None:
    """One did it and its answer broke off, the other never took it."""
    specs = [router("done", "unreadable:cut:install commit"), router("lost", "unreadable:garbage:install commit")]
    with upgraded(tmp_path, specs) as (lab, jobs):
        done, lost = jobs["done"], jobs["lost"]
        assert (done.status, done.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), done.error
        assert lab.commands("done", since_boot=True).count("install commit") == 1
        assert not lab.switch("done").uncommitted
        assert lost.status is not JobStatus.SUCCESS
        assert lost.outcome not in {Outcome.UNTOUCHED, Outcome.ROLLED_BACK}, lost.error
        error = lost.error or ""
        assert all(words in error for words in ("install commit", "its next reload", FLEET.old)), error
