"""A session lost at any one command of a job is no reason to fail: the device is asked again, nothing sent twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.oracle import assert_true, sent
from support.upgrades import Upgraded, upgraded

from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.faults import parse_fault
from swimctl.models import Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(1800), pytest.mark.prove]
ONE_SHOT: Mapping[str, Any] = {"activation": {"mode": "one-shot", "auto_abort_minutes": 900}}
SPEED = 300
CHANGES = ("write ", "install ")


def switch(number: int, *faults: str) -> SwitchSpec:
    member = MemberSpec("C9300-24P", f"FLB29{number:04d}Z", f"0c75.bd29.{number:04x}")
    parsed = tuple(parse_fault(text) for text in faults)
    return SwitchSpec(f"sw{number}", (member,), faults=parsed, boot_seconds=200, transfer=100_000)


def typed_by_a_job(folder: Path, settings: Mapping[str, Any], *faults: str) -> list[str]:
    """List the command lines of a job that loses no session, the first one first."""
    with upgraded(folder, fleet=[switch(1, *faults)], settings=settings) as result:
        assert_true(result.lab, result.jobs["sw1"])
        assert (result.jobs["sw1"].status is JobStatus.SUCCESS) is not bool(faults)
        lines = [line for line in result.lab.commands("sw1") if line.strip()]
        assert len(lines) == result.lab.switch("sw1").drops.lines
        return lines


def lost_at(lines: Sequence[str], command: str) -> list[str]:
    """Return the faults that lose the session before and after the first such command line."""
    place = next(number for number, line in enumerate(lines, 1) if line.startswith(command))
    return [f"drop-session-{when}:{place}" for when in ("before", "after")]


def losses(lines: Sequence[str], places: Sequence[int]) -> list[str]:
    """Return the faults that lose the session at these command lines, counted from 1.

    A line that changes nothing leaves switch and client the same, whether it was taken before its session went or
    lost with it: one of the two is enough.
    """
    changing = [place for place in places if lines[place - 1].startswith(CHANGES)]
    return [*(f"drop-session-after:{place}" for place in places), *(f"drop-session-before:{n}" for n in changing)]


@pytest.fixture(
    scope="module",
    params=[pytest.param(mode, marks=pytest.mark.xdist_group(f"lost-{mode}")) for mode in ("staged", "one-shot")],
)
def fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """Upgrade a switch for each command line of a job, each losing its session at another one.

    In one shot only the command that does all is another than the staged one's.
    """
    settings = ONE_SHOT if request.param == "one-shot" else {}
    lines = typed_by_a_job(tmp_path_factory.mktemp("healthy"), settings)
    everywhere = range(1, len(lines) + 1)
    places = [n for n in everywhere if not settings or lines[n - 1].startswith(CHANGES)]
    assert len(places) > (1 if settings else 50)
    # The first look, what comes after the copy, and after the boot: a session each. Eight lines are of checks by rules.
    assert (lines.count("terminal length 0"), len(lines) <= 68) == (3, True), lines
    specs = [switch(number, fault) for number, fault in enumerate(losses(lines, places), 1)]
    settings = {**settings, "workers": len(specs)}
    with upgraded(tmp_path_factory.mktemp("lost"), fleet=specs, speed=SPEED, settings=settings) as result:
        yield result


def test_every_device_lost_its_session_once_and_is_upgraded(fleet: Upgraded) -> None:
    kept = [name for name in fleet.jobs if fleet.lab.switch(name).drops._left]
    assert not kept, kept
    failed = {name: (job.status, job.error) for name, job in fleet.jobs.items() if job.status is not JobStatus.SUCCESS}
    assert not failed, failed


def test_what_is_recorded_of_each_is_true_and_nothing_was_sent_twice(fleet: Upgraded) -> None:
    for job in fleet.jobs.values():
        assert_true(fleet.lab, job)


def test_a_session_lost_on_the_way_back_does_not_stop_it(tmp_path: Path) -> None:
    # One look after the upgrade and no second one: how often it is looked at is a matter of luck.
    settings = {"tolerances": {"patience": 1}}
    lines = typed_by_a_job(tmp_path / "whole", settings, "interface-lost")
    specs = [switch(n, "interface-lost", fault) for n, fault in enumerate(lost_at(lines, "install abort"), 1)]
    with upgraded(tmp_path / "lost", fleet=specs, speed=SPEED, settings=settings) as result:
        for job in result.jobs.values():
            assert not result.lab.switch(job.device_name).drops._left
            assert_true(result.lab, job)
            assert job.outcome is Outcome.ROLLED_BACK, job.error
            assert sent(result.lab, job.device_name, "abort") == 1
