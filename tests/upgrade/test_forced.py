"""`--force` onto the image that runs, in the lab: done where the system can, else refused."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder, request
from support_matrix import supported

from swimctl.cli.context import Context
from swimctl.models import Job, JobOptions, Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.states import JobStatus

REINSTALLS = {platform for platform, support in supported() if support.reinstalls}


@pytest.mark.timeout(600)
def test_what_runs_is_installed_once_more_where_the_system_can_and_refused_elsewhere(tmp_path: Path) -> None:
    names = {platform: platform.replace("_", "-") for platform in PLATFORM_NAMES}
    fleet = [
        # What is to be installed once more has its file from a first upgrade.
        FLEETS[each].make(
            names[each],
            version=FLEETS[each].old if each in REINSTALLS else FLEETS[each].target,
            transfer=4_000_000,
        )
        for each in PLATFORM_NAMES
    ]
    with lab_folder(tmp_path, ssh=False, fleet=fleet) as lab, Context(tmp_path / "config.yaml").open() as opened:

        def run(platform: str, *, force: bool) -> Job:
            devices, image = [opened.inventory.device(names[platform])], FLEETS[platform].image
            made = opened.service.trigger(
                request(opened, devices=devices, image=image, options=JobOptions(force=force))
            )
            opened.engine.run(made.batch, made.jobs, threading.Event())
            return opened.store.job(made.jobs[0].id)

        for platform in PLATFORM_NAMES:
            if platform in REINSTALLS:
                assert run(platform, force=False).outcome is Outcome.UPGRADED
            job, reloads = run(platform, force=True), len(lab.reloads(names[platform]))
            seen = (platform, job.status, job.outcome, job.error, reloads)
            if platform in REINSTALLS:
                assert (job.status, job.outcome, reloads) == (JobStatus.SUCCESS, Outcome.UPGRADED, 2), seen
            else:
                assert (job.status, job.outcome, reloads) == (JobStatus.FAILED, Outcome.UNTOUCHED, 0), seen
                assert "another image than runs: seen already runs" in (job.error or ""), seen
