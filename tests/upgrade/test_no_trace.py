"""What a job leaves on a device: the release it was to bring, and nothing else; also where it fails or dies."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.processes import start, stop_in
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context
from swimctl.lab.fleet import LabFleet
from swimctl.models import Outcome
from swimctl.states import JobStatus

# Each changes what runs or is installed, or only reads; not one enters the configuration or sets a boot variable.
HARMLESS = ("show ", "dir ", "verify ", "terminal ", "enable", "write memory", "install ", "delete /force ")


def configurations(lab: LabFleet) -> dict[str, object]:
    switches = {name: lab.switch(name) for name in lab.ports}
    return {name: (one.configuration.copy(), one.startup.copy()) for name, one in switches.items()}


def assert_only_harmless(lab: LabFleet) -> None:
    for name in lab.ports:
        assert [line for line in lab.commands(name) if not line.startswith(HARMLESS)] == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, Outcome.UPGRADED),
        ("install-fails:activate", Outcome.UNTOUCHED),
        ("corrupt-copy:always", Outcome.UNTOUCHED),
        ("boots-old-image", Outcome.ROLLED_BACK),
    ],
)
def test_the_configuration_is_as_it_was(tmp_path: Path, fault: str | None, outcome: Outcome) -> None:
    faults = {} if fault is None else {"sw1": [fault]}
    with lab_folder(tmp_path, devices=1, faults=faults) as lab:
        before = configurations(lab)
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(request(opened))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            assert opened.store.job(made.jobs[0].id).outcome is outcome
        assert configurations(lab) == before
        assert_only_harmless(lab)


@pytest.mark.prove
def test_the_configuration_is_as_it_was_after_a_death(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2, speed=100) as lab:
        before = configurations(lab)
        for step in (1, 2):
            process = start(tmp_path, *(("upgrade", "--all", "--yes") if step == 1 else ("resume",)))
            assert stop_in(tmp_path, process, step, 0.1)
            assert configurations(lab) == before
        with start(tmp_path, "resume") as process:
            out, _ = process.communicate(timeout=240)
            assert process.returncode == 0, out
        assert configurations(lab) == before
        assert_only_harmless(lab)


def test_a_file_whose_release_is_installed_is_never_deleted(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=1, faults={"sw1": ["install-fails:activate"]}) as lab:
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(request(opened))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            assert "'install activate' failed" in (opened.store.job(made.jobs[0].id).error or "")
            # Somebody puts another file under the image's name: the install database still knows the name.
            flash, name = lab.switch("sw1").flash(1), made.jobs[0].image_filename
            flash.files[name] = replace(flash.files[name], content=b"something else", spool=None, size=14)
            again = opened.service.trigger(request(opened))
            opened.engine.run(again.batch, again.jobs, threading.Event())
            job = opened.store.job(again.jobs[0].id)
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
        assert "its release is added there" in (job.error or "")
        assert "nothing was deleted" in (job.error or "")
        assert name in flash.files
        assert [line for line in lab.commands("sw1") if line.startswith("delete")] == []
