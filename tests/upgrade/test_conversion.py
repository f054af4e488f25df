"""--convert: what runs in bundle mode comes to install mode by its upgrade, or stays whole as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fleets.cisco_xe import switch
from support.upgrades import Upgraded, upgraded

from swimctl.lab.faults import parse_fault
from swimctl.models import JobOptions, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("conversion")]
OLD = "flash:cat9k_iosxe.17.06.05.SPA.bin"


def fault(text: str) -> dict[str, Any]:
    return {"mode": "BUNDLE", "faults": (parse_fault(text),)}


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    fleet = [
        switch("C9300-48P", "C9300-24P")("stack", mode="BUNDLE"),
        switch("C9300-24P")("refuses", **fault("install-fails:activate")),
        switch("C9300-24P")("does-not-boot", **fault("boots-old-image")),
        switch("C9300-24P")("already", mode="INSTALL"),
    ]
    folder = tmp_path_factory.mktemp("conversion")
    with upgraded(folder, fleet=fleet, speed=400, options=JobOptions(convert=True)) as result:
        yield result


def test_a_stack_comes_to_install_mode_with_its_old_image_kept_behind(converted: Upgraded) -> None:
    job, stack = converted.jobs["stack"], converted.lab.switch("stack")
    assert (job.status, job.outcome, job.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)
    assert converted.runs_target("stack")
    assert stack.install.mode == "INSTALL"
    assert stack.startup.boot_paths == ["flash:packages.conf", OLD]
    assert all(stack.flash(member).get(OLD.removeprefix("flash:")) for member in (1, 2))
    assert len(converted.sent("stack", "install ")) == len(converted.lab.reloads("stack")) == 1


@pytest.mark.parametrize(("name", "outcome"), [("refuses", Outcome.UNTOUCHED), ("does-not-boot", Outcome.ROLLED_BACK)])
def test_where_it_fails_the_next_boot_starts_the_old_image_as_before(
    converted: Upgraded, name: str, outcome: Outcome
) -> None:
    job, device = converted.jobs[name], converted.lab.switch(name)
    assert (job.status, job.outcome) == (JobStatus.FAILED, outcome), job.error
    assert device.startup.boot_paths == device.configuration.boot_paths == [OLD]
    assert (device.install.mode, device.stays) == ("BUNDLE", "17.06.05")


def test_what_runs_in_install_mode_is_upgraded_as_ever(converted: Upgraded) -> None:
    assert converted.jobs["already"].outcome is Outcome.UPGRADED
    assert converted.sent("already", "install activate")
    assert not converted.sent("already", "configure")
