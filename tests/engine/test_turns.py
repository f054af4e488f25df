"""When a batch stops and which of its jobs may start: pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from swimctl.engine.turns import failed_partners, held, stopped, unfinished_before
from swimctl.models import Batch, ExecutionMode, Job, JobOptions, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.store import Standing
from swimctl.waiting import Waiting, WaitKind

NOW = datetime(2031, 5, 4, tzinfo=UTC)
UPGRADED, UNTOUCHED, ROLLED_BACK, UNKNOWN = Outcome.UPGRADED, Outcome.UNTOUCHED, Outcome.ROLLED_BACK, Outcome.UNKNOWN


def batch(max_failures: int = 0, percent: float | None = None) -> Batch:
    policy = Policy(max_failures_percent=percent)
    return Batch("b", ExecutionMode.PARALLEL, max_failures, JobOptions(), NOW, policy=policy)


def job(number: int, *, after: tuple[int, ...] = (), group: str | None = None) -> Job:
    return Job(
        number, "b", number, f"sw{number}", 1, "i.bin", "1", JobStatus.PENDING, 0, (), NOW, after=after,
        redundancy_group=group,
    )  # fmt: skip


def ended(number: int, outcome: Outcome = UPGRADED, *, wave: int = 1, group: str | None = None) -> Standing:
    status = JobStatus.SUCCESS if outcome is UPGRADED else JobStatus.FAILED
    return Standing(number, f"sw{number}", status, True, outcome, wave, group)


def waiting(number: int, *, wave: int = 1, group: str | None = None) -> Standing:
    return Standing(number, f"sw{number}", JobStatus.PENDING, False, None, wave, group)


def test_so_many_failures_stop_the_line() -> None:
    one, two = ended(1, UNTOUCHED), ended(2, ROLLED_BACK)
    assert stopped(batch(0), [one, two], 1) is None
    assert stopped(batch(2), [one, waiting(3)], 1) is None
    assert stopped(batch(2), [one, two, waiting(3)], 1) == "sw1, sw2 failed and max_failures is 2"


def test_those_not_attempted_and_cancelled_are_no_failures() -> None:
    held_back = Standing(1, "sw1", JobStatus.FAILED, False, UNTOUCHED, 1, None)
    cancelled = Standing(2, "sw2", JobStatus.CANCELLED, False, UNTOUCHED, 1, None)
    assert stopped(batch(1), [held_back, cancelled], 1) is None


@pytest.mark.parametrize(("tried", "failed", "stops"), [(4, 4, False), (5, 1, True), (10, 1, False), (10, 2, True)])
def test_a_share_counts_from_the_fifth_on(tried: int, failed: int, stops: bool) -> None:
    jobs = [ended(number, UNTOUCHED if number <= failed else UPGRADED) for number in range(1, tried + 1)]
    assert (stopped(batch(percent=20), [*jobs, waiting(99)], 1) is not None) is stops


def test_a_share_counts_in_the_wave_too() -> None:
    first = [ended(number) for number in range(1, 41)]
    second = [ended(number, UNTOUCHED if number < 43 else UPGRADED, wave=2) for number in range(41, 46)]
    assert stopped(batch(percent=20), [*first, *second], 1) is None
    said = stopped(batch(percent=20), [*first, *second], 2)
    assert said == "2 of 5 tried of wave 2 failed (sw41, sw42) and max_failures is 20%"


def test_a_feeder_waits_for_what_hangs_on_it() -> None:
    feeder = job(3, after=(1, 2))
    assert held(feeder, [ended(1), ended(2, ROLLED_BACK)]) is None
    wait = held(feeder, [ended(1), waiting(2)])
    assert wait is not None
    assert wait.waiting == Waiting(WaitKind.FEEDER, "sw2", 2)
    never = held(feeder, [ended(1, UNKNOWN), ended(2)])
    assert never is not None
    assert never.ends


@pytest.mark.parametrize(
    ("partner", "starts", "ends"),
    [
        (waiting(1, group="core"), False, False),
        (ended(1, UPGRADED, group="core"), True, False),
        (ended(1, UNTOUCHED, group="core"), True, False),
        (ended(1, ROLLED_BACK, group="core"), False, True),
        (ended(1, UNKNOWN, group="core"), False, True),
        (replace(waiting(1, group="core"), status=JobStatus.ACTIVATING, attempted=True), False, False),
        (replace(ended(1, UNTOUCHED, group="core"), status=JobStatus.CANCELLED), True, False),
        (waiting(1, group="other"), True, False),
        (waiting(3, group="core"), True, False),  # it comes after this one
    ],
)
def test_never_two_of_a_group(partner: Standing, starts: bool, ends: bool) -> None:
    hold = held(job(2, group="core"), [partner])
    assert (hold is None) is starts
    if hold is not None:
        assert hold.ends is ends
        assert "redundancy group core" in (hold.why or (hold.waiting and hold.waiting.on) or "")


def test_of_a_group_those_that_failed_untouched_are_to_be_asked() -> None:
    jobs = [
        ended(1, UNTOUCHED, group="core"),
        ended(2, UPGRADED, group="core"),
        ended(3, UNTOUCHED, group="other"),
        replace(ended(4, UNTOUCHED, group="core"), attempted=False),
        replace(ended(5, UNTOUCHED, group="core"), status=JobStatus.SUCCESS),  # had nothing to do
        replace(ended(6, UNTOUCHED, group="core"), status=JobStatus.CANCELLED),
        waiting(7, group="core"),
        ended(9, UNTOUCHED, group="core"),
    ]
    assert failed_partners(job(8, group="core"), jobs) == [1]
    assert failed_partners(job(8), jobs) == []


def test_a_wave_waits_for_the_end_of_those_before() -> None:
    jobs = [ended(1), waiting(2), waiting(3, wave=2)]
    assert unfinished_before(1, jobs) == []
    assert unfinished_before(2, jobs) == ["sw2"]
    assert unfinished_before(2, [ended(1), ended(2, UNKNOWN)]) == []
