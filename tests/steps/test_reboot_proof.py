"""A reload is proved by a newer boot, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import BEFORE, NEW, Scripted, activated, runs

from swimctl.platforms.cisco_xe.evidence import Modelled, weigh_running
from swimctl.platforms.cisco_xe.models import HardwareModel
from swimctl.platforms.facts import Running
from swimctl.steps.evidence import new_boot as rebooted
from swimctl.steps.reload import boot_look as look
from swimctl.steps.reload import elapsed_since
from swimctl.steps.seeing import see

DAY = 86_400


def mark(uptime: int | None = 30 * DAY, restarted_at: str | None = "2026-02-02T10:00:00") -> dict[str, object]:
    return {"at": "2026-03-04T10:00:00.000000Z", "uptime": uptime, "restarted_at": restarted_at, "version": "17.06.05"}


def running(uptime: int | None, restarted_at: str | None = None) -> Running:
    return Running("17.09.04a", uptime, restarted_at, {"1": "17.09.04a"})


def test_a_short_uptime_after_a_long_one_is_a_reload() -> None:
    assert rebooted(mark(), running(180), elapsed=1200) is True


def test_the_target_version_alone_is_no_reload() -> None:
    assert rebooted(mark(), running(30 * DAY + 1200), elapsed=1200) is False


def test_a_device_that_was_just_up_before_is_told_apart() -> None:
    assert rebooted(mark(uptime=180), running(60), elapsed=900) is True
    assert rebooted(mark(uptime=180), running(1080), elapsed=900) is False


@pytest.mark.parametrize("rounding", [-60, 0, 60])
def test_uptime_is_told_to_the_minute(rounding: int) -> None:
    assert rebooted(mark(uptime=600), running(600 + 300 + rounding), elapsed=300) is False


def test_a_clock_that_jumped_does_no_harm_where_the_uptime_is_known() -> None:
    assert rebooted(mark(), running(30 * DAY + 600, "2026-02-02T11:00:00"), elapsed=600) is False


def test_the_restart_time_serves_where_the_uptime_is_missing() -> None:
    assert rebooted(mark(uptime=None), running(None, "2026-03-04T10:20:00"), elapsed=1800) is True
    assert rebooted(mark(uptime=None), running(None, "2026-02-02T10:00:00"), elapsed=1800) is False


def test_neither_cannot_be_told() -> None:
    same = {**mark(), "version": "17.9.4a"}
    assert rebooted(same, running(None, None), elapsed=1200) is None
    assert rebooted(mark(uptime=None, restarted_at=None), Running("17.6.5", 60, "2026-03-04T10:00:00", {}), 9) is None


def test_another_release_than_before_is_a_new_boot_where_no_time_reads() -> None:
    assert rebooted(mark(), running(None, None), elapsed=1200) is True


@pytest.mark.parametrize("version", ["17.06.05", "17.09.04a"])
def test_a_device_whose_clock_went_back_is_not_said_to_have_stayed_up(version: str) -> None:
    now = Running(version, None, "1993-03-01T00:00:12", {"1": version})
    assert rebooted(mark(), now, elapsed=1200) is (True if version == "17.09.04a" else None)


def test_the_time_that_went_by_counts() -> None:
    """Up for ten minutes fifteen minutes after it was up for three: it must have booted in between."""
    assert rebooted(mark(uptime=180), running(600), elapsed=900) is True
    assert rebooted(mark(uptime=180), running(600), elapsed=420) is False


@pytest.mark.parametrize(
    ("uptime", "newer"), [(60, True), (479, True), (480, None), (600, None), (719, None), (721, None), (90_000, None)]
)
def test_where_this_machine_was_restarted_too_only_an_uptime_below_that_of_before_is_a_new_boot(
    uptime: int, newer: bool | None
) -> None:
    """It is told to the minute: a little below says nothing. Nor does a longer one, as nobody knows how long it was."""
    same = {**mark(uptime=600), "version": "17.9.4a"}
    assert rebooted(same, running(uptime), elapsed=None) is newer


@pytest.mark.parametrize(("before", "uptime", "elapsed", "newer"), [
    (0, 60, 900, True),  # entered 15 minutes ago, it booted since
    (0, 60, 100, None),  # it may have booted right before, or since
    (0, 30 * DAY, 100, False),
    (60, 40, 100, None),
    (60, 160, 100, False),
    (180, 240, 100, False),
])  # fmt: skip
def test_a_device_that_may_have_been_just_up_at_the_mark_is_not_said_to_be_on_the_same_boot(
    before: int, uptime: int, elapsed: float, newer: bool | None
) -> None:
    same = {"uptime": before, "restarted_at": None}
    assert rebooted(same, running(uptime), elapsed) is newer


@pytest.mark.parametrize("version", ["17.06.05", "17.09.04a"])
def test_an_uptime_that_is_longer_than_it_can_be_proves_no_boot_to_be_the_same(version: str) -> None:
    """Its model counts from a boot in 1993 by the clock of then; since that it was set right."""
    years = HardwareModel(version, datetime(1993, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, 10, 20, tzinfo=UTC))
    printed = Running(version, None, "1993-03-01T00:00:12", {"1": version})
    now = weigh_running(printed, Modelled(years, None))
    assert now.uptime is not None
    assert now.uptime > 30 * 365 * DAY
    assert rebooted(mark(), now, elapsed=1200) is (True if version == "17.09.04a" else None)


def test_what_a_slow_answer_makes_of_an_uptime_is_not_longer_than_it_can_be() -> None:
    assert rebooted(mark(), running(30 * DAY + 1200 + 6 * DAY), elapsed=1200) is False


def test_a_slow_answer_is_no_new_boot() -> None:
    """The device takes two minutes to say what it runs; all that while it ran on."""

    class SlowClock:
        at = 1000.0

        def since(self, mark: dict[str, object]) -> float:
            return self.at - float(str(mark["ticks"]))

    class SlowDriver:
        def running(self) -> Running:
            uptime = int(30 * DAY + clock.at)
            clock.at += 400
            return running(uptime)

    clock = SlowClock()
    context = SimpleNamespace(clock=clock)
    told = {"ticks": 1000.0, **mark(uptime=30 * DAY + 1000)}
    now, booted = look(cast("Any", context), cast("Any", SlowDriver()), told)
    assert (now.uptime, booted) == (30 * DAY + 1000, False)


@pytest.mark.parametrize(("uptimes", "booted"), [([1000, 1400], False), ([60, 70], True)])
def test_what_was_read_before_the_time_was_taken_is_no_new_boot(uptimes: list[int], booted: bool) -> None:
    """A driver answers its first look with what it read when it was made; since then the machine was busy."""
    context = SimpleNamespace(clock=SimpleNamespace(since=lambda _mark: 400.0))
    answers = iter(uptimes)
    driver = SimpleNamespace(running=lambda: running(next(answers)))
    assert look(cast("Any", context), cast("Any", driver), mark(uptime=1000))[1] is booted
    assert not list(answers)


def test_after_a_restart_of_this_machine_its_clock_decides_nothing() -> None:
    same = "17.6.5"
    # Set ahead by a year meanwhile, it would call any uptime a new boot.
    assert rebooted(mark(), Running(same, 30 * DAY + 600, None, {}), elapsed=None) is None
    assert rebooted(mark(), Running(same, 30 * DAY + 600, "2026-02-02T10:00:30", {}), elapsed=None) is False
    assert rebooted(mark(), Running(same, 600, None, {}), elapsed=None) is True
    assert rebooted(mark(), running(30 * DAY + 600), elapsed=None) is True  # no release changes without a boot


@pytest.mark.parametrize(("machine", "known"), [("one-boot", True), ("another-boot", False)])
def test_a_mark_from_before_a_restart_of_this_machine_has_no_age(machine: str, known: bool) -> None:
    clock = cast("Any", SimpleNamespace(mark=lambda: {"machine": "one-boot"}, since=lambda _mark: 7.0))
    assert elapsed_since(clock, {"machine": machine}) == (7.0 if known else None)


def test_a_clock_that_went_back_with_an_uptime_that_does_not_read_is_not_the_same_boot() -> None:
    same = {**mark(uptime=None), "version": "17.09.04a"}
    assert rebooted(same, running(None, "1993-03-01T00:00:12"), elapsed=1200) is None
    assert rebooted(same, running(60, "1993-03-01T00:00:12"), elapsed=1200) is None


def test_a_look_after_the_reload_tells_of_one_that_the_device_calls_abnormal() -> None:
    for abnormal, told in (("Last reload reason: Critical process fault", True), ("", False)):
        after = replace(runs(NEW, NEW), abnormal=abnormal)
        job = Scripted(memory=activated(), running=[after])
        job.clock.seconds = 1200
        seen, _ = see(job.context, job.driver, BEFORE)
        assert seen.abnormal == (f"the device calls its last reload abnormal: {abnormal}" if told else "")
