"""While a device boots: how often it is asked, how many logins it may refuse, and what is said where it stays away."""

from __future__ import annotations

from typing import Any, cast

import pytest
from support.scripted_steps import DAY, LOST, NEW, OLD, PaperClock, PaperSession, Scripted, activated, runs

from swimctl.config.settings import Deadlines, Settings
from swimctl.errors import DeviceUnknown, LoginFailed, SwimctlError, UnparsableOutput, Unreachable
from swimctl.models import JobOptions
from swimctl.platforms.facts import Running
from swimctl.steps.pausing import see_through
from swimctl.steps.reload import boot_mark, wait_for_down, wait_for_reload

LIMITS, LOGIN, ACTIVATION = Settings().deadlines, Settings().login, Settings().activation
GARBLED = UnparsableOutput("show version", "~~")


def waiting(**script: Any) -> Scripted:
    return Scripted(memory=activated(), **script)


def wait(job: Scripted, *, seen_down: bool = True, **how: Any) -> tuple[Running, bool]:
    parts = wait_for_reload(job.context, job.record.memory["boot"], seen_down=seen_down, **how)
    return see_through(parts, job.context.clock, job.context.stop)


def as_before(clock: PaperClock) -> Running:
    return runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))


def refusing(job: Scripted) -> Scripted:
    """Have the device refuse each login, which the way to it counts."""

    def refuse(_clock: PaperClock) -> SwimctlError:
        job.context.refusals.count += 1
        return LoginFailed("sw1 refused the login of 'netops'")

    job.driver._script["running"] = [refuse]
    return job


# Logins.


def test_no_more_logins_are_tried_than_an_account_stands() -> None:
    job = refusing(waiting())
    with pytest.raises(DeviceUnknown, match=r"sw1 refused 5 logins after the activation, .*: sw1 refused the login"):
        wait(job)
    assert job.opened == LOGIN.refusals
    assert [words for words in job.record.said if "login refused" in words][-1].startswith("login refused 5 of 5 times")
    assert job.waited == 5 * LOGIN.first_wait + 4 * LOGIN.poll  # nobody waits after the last


def test_a_device_that_refused_too_many_before_is_not_asked() -> None:
    job = waiting()
    job.context.refusals.count = LOGIN.refusals
    with pytest.raises(DeviceUnknown, match=r"refused 5 logins .*: its login is refused; check its console"):
        wait(job)
    assert job.opened == 0


def test_a_device_that_stays_up_is_asked_once_a_minute_for_as_long_as_it_may_take_to_go_down() -> None:
    job = waiting(running=[as_before])
    assert wait(job, seen_down=False)[1] is False
    assert job.opened == LIMITS.down / 60 + 1
    assert job.waited == LIMITS.down


@pytest.mark.parametrize(("seen_down", "ports"), [(True, [True]), (False, [False, True])])
def test_a_device_that_was_seen_down_is_asked_as_soon_as_its_port_is_open(seen_down: bool, ports: list[bool]) -> None:
    """It answers as before at first: an open port may be that of a device on its way down."""
    job = waiting(ports=list(ports), running=[as_before, as_before, runs(NEW, NEW, uptime=20)])
    assert wait(job, seen_down=seen_down)[1] is True
    looks = 3 * LOGIN.first_wait + 2 * LOGIN.poll
    assert job.waited == looks + (0 if seen_down else LOGIN.poll) + ACTIVATION.settle


def test_a_device_that_stays_up_and_is_given_no_time_to_come_back_has_not_reloaded() -> None:

    def slow(clock: PaperClock) -> Running:
        clock.seconds += 50  # so that the time to come back ends while nobody looks
        return as_before(clock)

    job = waiting(running=[slow, as_before], settings=Settings(deadlines=Deadlines(up=30)))
    now, reloaded = wait(job, seen_down=False)
    assert (now.version, reloaded) == (OLD, False)
    assert job.waited == 50 + LIMITS.down


# What is said where it stays away.


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"ports": [False]}, "its SSH port stayed closed"),
        ({"logins": [Unreachable("no route to sw1")]}, "no route to sw1"),
        ({"logins": [Unreachable("no route to sw1"), LOST]}, "the session to sw1 ended"),
    ],
)
def test_a_device_that_stays_away_is_told_with_what_was_seen_last(script: dict[str, Any], words: str) -> None:
    with pytest.raises(DeviceUnknown) as failed:
        wait(waiting(**script))
    assert f"sw1 did not come back within 70 minutes: {words}; check its console, then `swimctl retry" in str(
        failed.value
    )
    assert "--batch bbbbbbbb`" in str(failed.value)


@pytest.mark.parametrize(("sent", "look"), [({"look": "`show software`"}, "`show software`"), (None, "`show version`")])
def test_a_device_that_never_reads_is_told_with_the_command_that_shows_it(sent: Any, look: str) -> None:
    job = waiting(running=[GARBLED])
    job.record.memory["activate sent"] = sent
    with pytest.raises(DeviceUnknown, match=f"for 15 minutes what it runs cannot be read: .*; next: {look} on the"):
        wait(job)


def test_while_an_upgrade_in_service_goes_on_nothing_may_read_for_as_long_as_a_boot_takes() -> None:
    job = waiting(
        options=JobOptions(issu=True),
        running=[lambda clock: GARBLED if clock.seconds < 2 * LIMITS.ready else runs(NEW, NEW)],
    )
    assert wait(job)[1] is True


def test_the_time_without_reading_begins_anew_after_an_answer_that_reads() -> None:
    def now(clock: PaperClock) -> Any:
        if clock.seconds > 1.5 * LIMITS.ready:
            return runs(NEW, NEW)
        return as_before(clock) if 400 < clock.seconds < 550 else GARBLED

    job = waiting(running=[now])
    assert wait(job)[1] is True


# Down, and up for good.


@pytest.mark.parametrize(("ends", "went", "words"), [([True], True, "the session ended"),
                                                     ([], False, "still up 300s after the command")])  # fmt: skip
def test_going_down_is_seen_by_the_session_that_ends(ends: list[bool], went: bool, words: str) -> None:
    job = waiting()
    session = cast("Any", PaperSession(job.clock, ends))
    assert wait_for_down(job.context, session, 300.0) is went
    assert job.told("down") == [words]
    assert job.waited == (1.0 if went else 300.0)


def test_what_is_enough_without_a_reload_must_stay_as_well() -> None:
    job = waiting(running=[as_before], ends=[True, False])
    now, reloaded = wait(job, enough=lambda driver, now: driver is job.driver and now.version == OLD)
    assert job.watched == [ACTIVATION.settle] * 2
    assert (now.version, reloaded) == (OLD, True)
    assert job.opened == 2
    assert job.waited == 2 * LOGIN.first_wait + 1 + LOGIN.poll + ACTIVATION.settle


def test_a_boot_is_kept_with_all_that_a_later_look_is_held_against() -> None:
    job = Scripted()
    job.clock.seconds = 12.0
    kept = boot_mark(job.context, Running(OLD, 77, "2031-05-01T00:00:00", {"1": OLD}))
    assert kept == {"seconds": 12.0, "uptime": 77, "restarted_at": "2031-05-01T00:00:00", "version": OLD}


def test_a_new_boot_is_told_with_what_runs() -> None:
    job = waiting(running=[runs(NEW, NEW, uptime=20)])
    wait(job)
    assert job.watched == [ACTIVATION.settle]
    assert job.attempts == [1]  # who waits for a boot tries again by itself, and counts the refusals
    assert job.told("up") == [f"runs {NEW} since a new boot"]
