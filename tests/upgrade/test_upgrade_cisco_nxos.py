"""Nexus switches: sessions lost at what changes them, installations that fail half-way, a pair, a power cut."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fleets.cisco_nxos import FLEET
from support.upgrades import lab_folder, request, with_data

from swimctl.cli.context import Context
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, JobOptions, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("nexus")]
SPEED = 300
SETTINGS: dict[str, Any] = {
    "tolerances": {"patience": 60},
    "deadlines": {"activate": 600, "down": 300, "up": 1200, "ready": 300},
}
CHANGING = ("show install all impact", "copy running-config", "install all")
PAIR = ("left", "right")
IN_SERVICE = "issu"


def switch(name: str, *faults: str, stack: bool = False, **fields: Any) -> ChassisSpec:
    make = FLEET.stack if stack and FLEET.stack else FLEET.make
    return make(name, faults=tuple(map(parse_fault, faults)), transfer=200_000, boot_seconds=200, **fields)


def upgrade(folder: Path, specs: list[ChassisSpec], cut: str = "") -> Iterator[tuple[LabFleet, dict[str, Job]]]:
    """Upgrade devices at the same time, each in a batch of its own but for the pair; pull the plug of `cut`."""
    with lab_folder(folder, ssh=False, fleet=specs, speed=SPEED, settings=SETTINGS | {"workers": len(specs)}) as lab:
        names = [[spec.name] for spec in specs if spec.name not in PAIR]
        if len(names) < len(specs):
            with_data(folder, **{name: {"redundancy_group": "vpc-7"} for name in PAIR})
            names.append(list(PAIR))
        with Context(folder / "config.yaml").open() as opened:

            def run(group: list[str]) -> list[Job]:
                devices = [opened.inventory.device(name) for name in group]
                options = JobOptions(issu=group[0].startswith(IN_SERVICE))
                made = opened.service.trigger(request(opened, devices=devices, image=FLEET.image, options=options))
                opened.engine.run(made.batch, made.jobs, threading.Event())
                return [opened.store.job(job.id) for job in made.jobs]

            with ThreadPoolExecutor(len(names) + 1) as pool:
                if cut:
                    pool.submit(pull_the_plug, lab, cut)
                jobs = [job for group in pool.map(run, names) for job in group]
            yield lab, {job.device_name: job for job in jobs}


def pull_the_plug(lab: LabFleet, name: str) -> None:
    """Cut the power between the boot variable and the reload."""
    device: Any = lab.switch(name)
    until = time.monotonic() + 120
    while device.boots != FLEET.image and time.monotonic() < until:
        time.sleep(0.005)
    lab.power_cycle(name)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, dict[str, Job]]]:
    specs = [
        *(switch(name, vpc=7) for name in PAIR),
        switch("half-way", "install-fails:activate"),
        switch("busy", "busy-install"),
        switch("short", "member-missing", stack=True),
        switch("cut"),
        switch("issu", issu=True),
        switch("issu-two", issu=True, stack=True),
        switch("issu-lost", "drop-session-at:activate", issu=True),
        switch("issu-nothing", "does-nothing", issu=True),
        switch("issu-lags", "member-mismatch", issu=True, stack=True),
        switch("issu-never"),
    ]
    yield from upgrade(tmp_path_factory.mktemp("nexus"), specs, cut="cut")


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("left", Outcome.UPGRADED, ""),
        ("right", Outcome.UPGRADED, ""),
        ("half-way", Outcome.UNTOUCHED, "Return code 0x4093000A"),
        ("busy", Outcome.UNTOUCHED, "not activated: installer's check: seen"),
        ("short", Outcome.ROLLED_BACK, "module 28"),
        ("cut", Outcome.UPGRADED, ""),
        ("issu", Outcome.UPGRADED, ""),
        ("issu-two", Outcome.UPGRADED, ""),
        ("issu-lost", Outcome.UPGRADED, ""),
        ("issu-nothing", Outcome.UNTOUCHED, "needed: a newer boot, or the image"),
        ("issu-never", Outcome.UNTOUCHED, "impact: seen disruptive: module 1 (default upgrade is not hitless)"),
    ],
)
def test_what_a_job_says_of_its_device_is_so(
    tried: tuple[LabFleet, dict[str, Job]], name: str, outcome: Outcome, words: str
) -> None:
    lab, jobs = tried
    device, job = lab.switch(name), jobs[name]
    assert job.outcome is outcome, job.error
    assert (job.status is JobStatus.SUCCESS) is (outcome is Outcome.UPGRADED)
    assert words in (job.error or "")
    release = FLEET.target if outcome is Outcome.UPGRADED else FLEET.old
    assert set(device.runs.values()) == {device.stays} == {release}, (job.error, lab.commands(name))
    reloads = {Outcome.UNTOUCHED: 0, Outcome.UPGRADED: 1, Outcome.ROLLED_BACK: 2}[outcome]
    assert len(lab.reloads(name)) == (0 if name.startswith(IN_SERVICE) else reloads)


def test_half_of_an_upgrade_in_service_is_for_a_person(tried: tuple[LabFleet, dict[str, Job]]) -> None:
    lab, jobs = tried
    assert jobs["issu-lags"].outcome is Outcome.UNKNOWN
    assert "module 27: 10.3(4a), module 28: 9.3(5)" in (jobs["issu-lags"].error or "")
    assert lab.reloads("issu-lags") == []


def test_a_pair_is_never_away_at_once(tried: tuple[LabFleet, dict[str, Job]]) -> None:
    (one,), (other,) = (tried[0].outages(name) for name in PAIR)
    assert one[1] < other[0] or other[1] < one[0]


# Lost with its command, one would be sent again; behind it, none may be.
@pytest.mark.parametrize("moments", [("after",), pytest.param(("before", "after"), marks=pytest.mark.prove)])
def test_a_session_lost_at_what_changes_a_device_changes_nothing(
    tried: tuple[LabFleet, dict[str, Job]], tmp_path: Path, moments: Sequence[str]
) -> None:
    lines = [line for line in tried[0].commands("left") if line.strip() and line != "y"]
    places = [next(n for n, line in enumerate(lines, 1) if line.startswith(each)) for each in CHANGING]
    specs = [switch(f"lost-{when}-{n}", f"drop-session-{when}:{n}") for n in places for when in moments]
    for lab, jobs in upgrade(tmp_path, specs):
        for name, job in jobs.items():
            assert not lab.switch(name).drops._left
            assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), (name, job.error)
            assert len(lab.reloads(name)) == 1
            assert set(lab.switch(name).runs.values()) == {lab.switch(name).stays} == {FLEET.target}
