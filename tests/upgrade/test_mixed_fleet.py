"""`swimctl upgrade --all --yes` over thirty devices of every platform: one run, and all of them are upgraded."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.upgrades import lab_folder

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.mixed import mixed_fleet
from swimctl.models import Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.platforms.versions import compare, same_release
from swimctl.states import JobStatus

# Six platforms in turn, of each no more than three kinds of device: each kind once.
DEVICES = 18


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_one_run_upgrades_devices_of_every_platform(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    specs = mixed_fleet(DEVICES, rate=400_000)
    assert {spec.platform for spec in specs} == set(PLATFORM_NAMES)
    settings = {"workers": DEVICES}
    with lab_folder(tmp_path, at_rest=True, fleet=specs, speed=300, settings=settings) as lab:
        before = {spec.name: set(lab.switch(spec.name).runs.values()) for spec in specs}
        code = main(["--config", str(tmp_path / "config.yaml"), "upgrade", "--all", "--yes"])
        said = "".join(capfd.readouterr())
        with Context(tmp_path / "config.yaml").open() as opened:
            jobs = {job.device_name: job for job in opened.store.jobs()}
        assert set(jobs) == {spec.name for spec in specs}
        for name, job in jobs.items():
            device = lab.switch(name)
            seen = (name, device.spec.platform, job.status, job.outcome, job.error, dict(device.runs), device.stays)
            assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), seen
            # What the record says is what the device itself runs, on every member, and will run again.
            assert set(device.runs.values()) == {device.stays}, seen
            assert same_release(device.stays, job.image_version), seen
            assert all(compare(old, device.stays) < 0 for old in before[name]), seen
            assert lab.reloads(name), seen
    assert code == 0, said
    assert f"success={DEVICES} failed=0 unknown=0" in said
