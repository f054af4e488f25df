"""What a device is after a failed job, judged by what it says of itself."""

from __future__ import annotations

import pytest

from swimctl.facts import Installed, Placement, Running
from swimctl.models import Outcome
from swimctl.steps.ending import judge

OLD, NEW = "17.6.5", "17.12.4"
ABSENT, ADDED, UNCOMMITTED, COMMITTED = Placement.ABSENT, Placement.ADDED, Placement.UNCOMMITTED, Placement.COMMITTED


def judged(*runs: str, target: str = "17.12.04", placement: Placement = ADDED, timer: str | None = None,
           booted: bool | None = False, under_way: bool = False, members: int = 2) -> Outcome:  # fmt: skip
    running = Running(runs[0], 100, None, {str(number): version for number, version in enumerate(runs, 1)})
    return judge(target, OLD, running, Installed(placement, timer), booted=booted, under_way=under_way, members=members)


@pytest.mark.parametrize(
    ("placement", "booted", "outcome"),
    [
        (Placement.COMMITTED, False, Outcome.UPGRADED),
        (Placement.COMMITTED, True, Outcome.UPGRADED),
        (Placement.ADDED, False, Outcome.UNTOUCHED),
        (Placement.ABSENT, True, Outcome.ROLLED_BACK),
        (Placement.UNCOMMITTED, False, Outcome.UNKNOWN),
    ],
)
def test_of_a_patch_its_place_tells_and_not_its_release(placement: Placement, booted: bool, outcome: Outcome) -> None:
    running = Running(OLD, 60, None, {"1": OLD})
    found = judge(OLD, OLD, running, Installed(placement), booted=booted, under_way=False, members=1, patch=True)
    assert found is outcome


def test_on_the_same_boot_with_the_old_release_it_is_untouched() -> None:
    assert judged(OLD, OLD) is Outcome.UNTOUCHED
    assert judged(OLD, OLD, placement=ABSENT) is Outcome.UNTOUCHED


def test_on_a_new_boot_with_the_old_release_it_is_rolled_back() -> None:
    assert judged(OLD, OLD, booted=True) is Outcome.ROLLED_BACK


def test_on_the_target_and_committed_it_is_upgraded() -> None:
    assert judged(NEW, NEW, placement=COMMITTED, booted=True) is Outcome.UPGRADED


@pytest.mark.parametrize("booted", [False, True])
def test_a_release_put_on_itself_is_what_it_was_before(booted: bool) -> None:
    outcome = judged(OLD, OLD, target="17.06.05", placement=COMMITTED, booted=booted)
    assert outcome is (Outcome.ROLLED_BACK if booted else Outcome.UNTOUCHED)


@pytest.mark.parametrize("placement", [ADDED, COMMITTED])
@pytest.mark.parametrize("runs", [(OLD, NEW), (NEW, OLD), (NEW,), (OLD,), ("17.9.4", "17.9.4")])
def test_members_that_differ_are_missing_or_run_something_else(runs: tuple[str, ...], placement: Placement) -> None:
    assert judged(*runs, placement=placement, booted=True) is Outcome.UNKNOWN


@pytest.mark.parametrize("doubt", [{"timer": "active"}, {"under_way": True}, {"placement": UNCOMMITTED}])
@pytest.mark.parametrize("runs", [OLD, NEW])
@pytest.mark.parametrize("booted", [False, True])
def test_while_something_may_still_happen_nothing_is_known(runs: str, booted: bool, doubt: dict[str, object]) -> None:
    assert judged(runs, runs, **{"placement": COMMITTED if runs == NEW else ADDED, "booted": booted, **doubt}) is (
        Outcome.UNKNOWN
    )


def test_without_a_boot_time_the_old_release_proves_nothing() -> None:
    assert judged(OLD, OLD, booted=None) is Outcome.UNKNOWN
