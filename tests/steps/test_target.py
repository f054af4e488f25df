"""Whether a device runs what it ran before, or the image: every member's release, and of a patch its file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.scripted_steps import BEFORE, IMAGE, OLD, Scripted, runs, stands

from swimctl.models import ImageKind
from swimctl.platforms.facts import Placement
from swimctl.steps.target import called, is_beyond, on_target, runs_as_before

PATCH = replace(IMAGE, kind=ImageKind.PATCH, filename="fix.smu.bin")


def test_on_the_target_is_a_device_of_which_every_member_runs_it_and_nothing_is_in_doubt() -> None:
    assert on_target(runs(OLD, OLD), OLD)
    assert not on_target(runs(OLD, "17.12.04"), OLD)
    assert not on_target(replace(runs(OLD), members={}), OLD)
    assert not on_target(replace(runs(OLD), doubt="two say two things"), OLD)


def test_beyond_the_target_is_a_device_that_runs_a_newer_release_and_no_member_an_older_one() -> None:
    assert is_beyond(runs("17.15.01", "17.15.01"), "17.12.4")
    assert not is_beyond(runs("17.12.04", "17.12.04"), "17.12.4")
    assert not is_beyond(runs("17.15.01", OLD), "17.12.4")
    assert not is_beyond(runs("BLD_POLARIS_DEV_LATEST_20301124"), "17.12.4"), "nobody can say"
    assert not is_beyond(replace(runs("17.15.01"), doubt="two say two things"), "17.12.4")


@pytest.mark.parametrize(
    ("release", "patch", "placement", "as_before"),
    [
        (OLD, False, Placement.ABSENT, True),
        (OLD, False, Placement.COMMITTED, True),
        ("17.12.04", False, Placement.ABSENT, False),
        (OLD, True, Placement.ABSENT, True),
        (OLD, True, Placement.ADDED, True),
        (OLD, True, Placement.UNCOMMITTED, False),
        (OLD, True, Placement.COMMITTED, False),
        ("17.12.04", True, Placement.ABSENT, False),
    ],
)
def test_a_patch_that_is_applied_is_not_what_ran_before_though_the_release_is_the_same(
    release: str, patch: bool, placement: Placement, as_before: bool
) -> None:
    driver = Scripted(running=[runs(release, release)], installed=[stands(placement)]).driver
    assert runs_as_before(driver, PATCH if patch else IMAGE, BEFORE) is as_before


def test_an_image_is_called_by_its_release_and_a_patch_by_its_file() -> None:
    assert (called(IMAGE), called(PATCH)) == (IMAGE.version, "fix.smu.bin")
