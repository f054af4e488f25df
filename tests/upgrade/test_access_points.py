"""Wireless controllers whose access points load the image beforehand: whole upgrades, and what goes wrong in them."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fleets.cisco_xe import FLEET, switch
from support.upgrades import lab_folder
from support.upgrades import request as ask
from upgrade.test_asked_by_day import assert_typed

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.cisco_xe.access_points import COUNT
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, JobOptions, Outcome

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("access-points")]
CONTROLLER, IMAGE = "C9800-40-K9", "C9800-40-universalk9_wlc.17.12.04.SPA.bin"
SETTINGS: dict[str, Any] = {
    "tolerances": {"patience": 60, "end_device_patience": 400},
    "deadlines": {"activate": 1800, "down": 240, "up": 1200, "ready": 600, "predownload": 1800},
}
FIRST = "AP0C75.AC00.0001"
UPGRADED, UNTOUCHED, ROLLED_BACK, UNKNOWN = Outcome.UPGRADED, Outcome.UNTOUCHED, Outcome.ROLLED_BACK, Outcome.UNKNOWN
DISTRIBUTION, POST_CHECKS = "Distribution", "Post-Checks"


@dataclass(frozen=True)
class Case:
    """A controller and its fault: how its job ends, in which step, and what is said in it."""

    outcome: Outcome
    step: str
    words: str
    fault: str = ""
    units: int = 1


CASES: Mapping[str, Case] = {
    "clean": Case(UPGRADED, POST_CHECKS, "all is as before"),
    "pair": Case(UPGRADED, POST_CHECKS, "all is as before", units=2),
    "lost": Case(UPGRADED, POST_CHECKS, "all is as before", "drop-session-at:add"),
    "one-gone": Case(UPGRADED, POST_CHECKS, f"check access-points: {FIRST} is gone", "access-point-lost"),
    "nothing": Case(
        UNTOUCHED, DISTRIBUTION, f"{COUNT} of {COUNT} access points do not have", "predownload-fails:nothing"
    ),
    "one": Case(UNTOUCHED, DISTRIBUTION, f"{FIRST} (Failed 17.12.4.10", "predownload-fails:one"),
    "unable": Case(UNTOUCHED, DISTRIBUTION, f"{FIRST} (Not Supported", "predownload-fails:unsupported"),
    "lies": Case(UNTOUCHED, DISTRIBUTION, f"{FIRST} (Complete 17.3.4.40", "predownload-fails:lies"),
    "word": Case(UNTOUCHED, DISTRIBUTION, f"{FIRST} (Verifying 17.12.4.10", "predownload-fails:word"),
    "leaves": Case(UNTOUCHED, DISTRIBUTION, f"{FIRST} (not joined any more)", "predownload-fails:leaves"),
    "dies": Case(ROLLED_BACK, DISTRIBUTION, "it rebooted since the job began", "predownload-fails:dies"),
    "does-nothing": Case(UNTOUCHED, DISTRIBUTION, "does not list 17.12.4", "does-nothing"),
    "other": Case(UNKNOWN, DISTRIBUTION, "another device answers at", "another-device:before"),
}


PLANNED: dict[str, Any] = {}
"""What the first of them was said to get, before anything was changed."""


def by_day(folder: Path, name: str) -> dict[str, Any]:
    """Ask what would be done."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(["--config", str(folder / "config.yaml"), "--json", "device", "check", name, "--image", IMAGE])
    [told] = json.loads(out.getvalue())["devices"]
    return dict(told)


def upgraded(folder: Path, settings: dict[str, Any], cases: Mapping[str, Case]) -> tuple[LabFleet, dict[str, Job]]:
    specs = [
        switch(*[CONTROLLER] * case.units)(
            name, transfer=200_000, boot_seconds=200, faults=(parse_fault(case.fault),) if case.fault else ()
        )
        for name, case in cases.items()
    ]
    with (
        lab_folder(folder, ssh=False, fleet=specs, speed=300, settings=settings | {"workers": len(specs)}) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        if "clean" in cases:
            PLANNED.update(by_day(folder, "clean"))

        def run(name: str) -> Job:
            made = opened.service.trigger(ask(opened, devices=[opened.inventory.device(name)], image=IMAGE))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            return opened.store.job(made.jobs[0].id)

        with ThreadPoolExecutor(len(specs)) as pool:
            return lab, dict(zip(cases, pool.map(run, cases), strict=True))


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[LabFleet, Mapping[str, Job]]:
    return upgraded(tmp_path_factory.mktemp("controllers"), {**SETTINGS, "access_points": {"predownload": True}}, CASES)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_activated_before_all_have_it(tried: tuple[LabFleet, Mapping[str, Job]], name: str) -> None:
    lab, jobs = tried
    case, job, controller = CASES[name], jobs[name], lab.switch(name)
    message = next(step.message for step in job.steps if step.name == case.step) or ""
    seen = (job.outcome, job.current_step, job.error, message, dict(controller.runs), lab.commands(name)[-30:])
    assert job.outcome is case.outcome, seen
    assert case.words in (job.error or message), seen
    assert job.error is None or job.current_step == case.step, seen
    release = FLEET.target if case.outcome is UPGRADED else FLEET.old
    assert set(controller.runs.values()) == {controller.stays} == {release}, seen
    assert bool([line for line in lab.commands(name) if line.startswith("install activate")]) is (
        case.outcome is UPGRADED
    ), seen


def test_what_is_sent_and_in_which_order(tried: tuple[LabFleet, Mapping[str, Job]]) -> None:
    changing = ("write", "install", "ap image", "reload")
    for name in ("clean", "pair", "lost"):
        sent = [line for line in tried[0].commands(name) if line.startswith(changing)]
        loads = sent.index("ap image predownload")
        assert sent[loads - 1] == f"install add file flash:{IMAGE}", sent
        assert sent[loads + 1 :][:2] == ["write memory", "install activate auto-abort-timer 900 prompt-level none"], (
            sent
        )
        assert sent.count("ap image predownload") == 1, sent


def test_what_is_typed_was_planned_and_asked_by_day(tried: tuple[LabFleet, Mapping[str, Job]]) -> None:
    assert PLANNED["ready"], PLANNED
    planned = [line for line in PLANNED["commands"] if not line.startswith("(")]
    assert planned[2:4] == ["ap image predownload", "write memory"]
    assert_typed(planned, list(tried[0].commands("clean")), (*FLEET.changing, "ap image"))
    lines = list(tried[0].commands("clean"))
    assert lines.index("show ap image") < lines.index("ap image predownload")
    assert ("access points", "6 joined") in {(each["rule"], each["seen"]) for each in PLANNED["findings"]}, PLANNED


def test_the_job_says_how_far_they_are(tried: tuple[LabFleet, Mapping[str, Job]]) -> None:
    distribution = next(step for step in tried[1]["clean"].steps if step.name == DISTRIBUTION)
    assert (distribution.message or "").endswith(f"{COUNT} access points have it")


@pytest.mark.parametrize(
    ("access_points", "words"),
    [
        ({"predownload": False}, ""),
        ({"predownload": True, "incomplete": "warn"}, f"{FIRST} (Not Supported"),
    ],
)
def test_those_without_it_load_it_when_they_join_again(
    tmp_path: Path, access_points: dict[str, Any], words: str
) -> None:
    case = Case(UPGRADED, POST_CHECKS, "", "predownload-fails:unsupported")
    lab, jobs = upgraded(tmp_path, {**SETTINGS, "access_points": access_points}, {"wlc": case})
    job = jobs["wlc"]
    assert job.outcome is UPGRADED, job.error
    told = " ".join(step.message or "" for step in job.steps)
    assert words in told
    assert ("they load it when they join again" in told) is bool(words)
    assert ("ap image predownload" in lab.commands("wlc")) is bool(words)
    assert "all is as before" in told


def test_a_retry_with_a_clean_up_takes_nothing_that_was_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = switch(CONTROLLER)(
        "wlc", transfer=200_000, boot_seconds=200, faults=(parse_fault("predownload-fails:unsupported"),)
    )
    settings = {**SETTINGS, "access_points": {"predownload": True}}
    cleans = JobOptions(cleanup_flash=True)
    with (
        lab_folder(tmp_path, ssh=False, fleet=[spec], speed=300, settings=settings) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        device = opened.inventory.device("wlc")
        made = opened.service.trigger(ask(opened, devices=[device], image=IMAGE, options=cleans))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        main(["--config", str(tmp_path / "config.yaml"), "--json", "plan", "wlc", "--image", IMAGE, "--cleanup-flash"])
        [planned] = json.loads(capsys.readouterr().out)["devices"]
        again = opened.service.retry(made.batch.id)
        opened.engine.run(again.batch, again.jobs, threading.Event())
        job = opened.store.job(again.jobs[0].id)
        sent = [line for line in lab.commands("wlc") if line.startswith("install ")]
    assert sent[0].startswith("install remove inactive"), sent
    assert sent[-1] == f"install add file flash:{IMAGE}", (sent, job.error)
    assert sent.count(sent[-1]) == 1, sent
    assert FIRST in (job.error or "")
    assert not [line for line in planned["commands"] if line.startswith("install remove")], planned
