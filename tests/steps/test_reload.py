"""The wait for a reload: a second one is watched for, and a device that answers without reading is not down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.scripted_steps import LOST, NEW, STARTED, Scripted, activated, runs

from swimctl.clock import rfc3339
from swimctl.config.settings import Settings
from swimctl.errors import (
    CommandRefused,
    DeviceUnknown,
    HostKeyRefused,
    LoginFailed,
    OutOfDescriptors,
    UnparsableOutput,
    Unreachable,
)
from swimctl.platforms.facts import Running
from swimctl.steps.outage import AWAY, BACK
from swimctl.steps.pausing import see_through
from swimctl.steps.reload import wait_for_reload

NONE_LEFT = OutOfDescriptors("swimctl has no file descriptor left")
GARBLED = UnparsableOutput("show version", "~~")
LIMITS = Settings().deadlines


def waiting(**script: Any) -> Scripted:
    return Scripted(memory=activated(), **script)


def wait(job: Scripted, *, seen_down: bool = True) -> tuple[Running, bool]:
    parts = wait_for_reload(job.context, job.record.memory["boot"], seen_down=seen_down)
    return see_through(parts, job.context.clock, job.context.stop)


def test_a_newer_boot_that_stays_is_a_reload() -> None:
    job = waiting(ports=[False, False, True])
    assert wait(job) == (runs(NEW, NEW), True)


def test_a_second_reload_is_waited_for() -> None:
    job = waiting(ends=[True, False], ports=[True, False, True], running=[runs(NEW, NEW), runs(NEW, NEW, uptime=10)])
    now, reloaded = wait(job)
    assert (now.uptime, reloaded) == (10, True)
    assert job.opened == 2


def test_a_device_that_never_stops_going_down_is_unknown() -> None:
    job = waiting(ends=[True] * 1000)
    with pytest.raises(DeviceUnknown, match="went down a second time"):
        wait(job)


def test_a_device_that_stays_up_has_not_reloaded() -> None:
    job = waiting(running=[lambda clock: runs("17.06.05", uptime=30 * 86_400 + int(clock.seconds))])
    now, reloaded = wait(job, seen_down=False)
    assert (now.version, reloaded) == ("17.06.05", False)
    assert job.waited >= LIMITS.down


def test_a_device_that_does_not_answer_is_not_back() -> None:
    job = waiting(ports=[False])
    with pytest.raises(DeviceUnknown, match="did not come back within 70 minutes"):
        wait(job)


def test_out_of_descriptors_is_not_said_to_be_the_devices_port() -> None:
    job = waiting(ports=[NONE_LEFT])
    with pytest.raises(DeviceUnknown, match="did not come back within 70 minutes: swimctl has no file descriptor left"):
        wait(job)


def test_out_of_descriptors_for_a_while_is_no_sign_that_the_device_went_down() -> None:
    job = waiting(
        ports=[NONE_LEFT, NONE_LEFT, True],
        running=[lambda clock: runs("17.06.05", uptime=30 * 86_400 + int(clock.seconds))],
    )
    now, reloaded = wait(job, seen_down=False)
    assert (now.version, reloaded) == ("17.06.05", False)
    job = waiting(ports=[NONE_LEFT, NONE_LEFT, False, NONE_LEFT, True])
    assert wait(job, seen_down=False) == (runs(NEW, NEW), True)


@pytest.mark.parametrize("error", [GARBLED, CommandRefused("'show version': not for you")])
def test_a_device_that_answers_and_does_not_read_is_not_said_to_be_away(error: Exception) -> None:
    job = waiting(running=[error])
    with pytest.raises(DeviceUnknown, match="answers, and for 15 minutes what it runs cannot be read") as failed:
        wait(job)
    assert "next: `show version`" in str(failed.value)
    assert LIMITS.ready <= job.waited < LIMITS.ready + 120


def test_what_does_not_read_at_first_is_waited_for() -> None:
    job = waiting(running=[GARBLED, GARBLED, GARBLED, runs(NEW, NEW)])
    assert wait(job)[1]


def test_the_time_without_reading_begins_anew_when_it_goes_down_again() -> None:
    late = LIMITS.ready + 300

    def now(clock: Any) -> Running:
        if clock.seconds > late:
            return runs(NEW, NEW)
        raise GARBLED

    job = waiting(running=[now])
    job.ports[:] = [True] * 25 + [False] + [True]
    assert wait(job)[1]


def test_sessions_that_end_are_no_answer_that_does_not_read() -> None:
    job = waiting(logins=[*[LOST] * 40, Unreachable("no"), None])
    assert wait(job)[1]
    assert job.waited > LIMITS.ready


def test_neither_uptime_nor_restart_time_cannot_be_told_on_the_same_release() -> None:
    job = waiting(running=[runs("17.06.05", uptime=None)])
    with pytest.raises(DeviceUnknown, match="neither its uptime nor its restart time"):
        wait(job)


def test_another_release_is_a_new_boot_where_no_time_reads() -> None:
    job = waiting(running=[runs(NEW, NEW, uptime=None)])
    assert wait(job)[1]


def test_refused_logins_are_counted_by_those_who_log_in() -> None:
    job = waiting(logins=[LoginFailed("refused")])
    with pytest.raises(DeviceUnknown, match="did not come back"):
        wait(job)


OTHER_KEY = HostKeyRefused("the host key of sw1 has changed: known is SHA256:old, shown was SHA256:new; next: trust it")


def test_another_host_key_is_waited_for_until_somebody_trusts_it() -> None:
    job = waiting(running=[OTHER_KEY, OTHER_KEY, runs(NEW, NEW)])
    assert wait(job) == (runs(NEW, NEW), True)
    assert [(kind, text) for kind, text, *_ in job.record.events if kind == "host-key"] == [
        ("host-key", str(OTHER_KEY))
    ]


def test_another_host_key_that_nobody_trusts_is_unknown_with_both_fingerprints() -> None:
    job = waiting(running=[OTHER_KEY])
    with pytest.raises(DeviceUnknown, match="shows another host key since the activation") as failed:
        wait(job)
    assert "SHA256:old" in str(failed.value)
    assert "SHA256:new" in str(failed.value)
    assert "did not come back" not in str(failed.value)


def test_another_host_key_for_a_while_is_not_what_a_closed_port_is_told_as() -> None:
    job = waiting(ports=[True, False], running=[OTHER_KEY])
    with pytest.raises(DeviceUnknown, match="did not come back within 70 minutes") as failed:
        wait(job)
    assert "since the activation, and nobody trusted" not in str(failed.value)


def outages(job: Scripted) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, data) for kind, data in job.record.data if kind in {AWAY, BACK}]


def test_an_outage_lasts_from_the_last_answer_to_the_first() -> None:
    job = waiting(ports=[False] * 9 + [True])
    with job.context.session():
        job.clock.sleep(7.0)
    gone = rfc3339(job.clock.now())
    job.clock.sleep(20.0)  # until the wait begins, nobody hears it
    wait(job)
    (_, away), (_, back) = outages(job)
    assert away == {"since": gone}
    assert back["since"] == gone
    asked = Settings().login.poll * 9
    assert back["until"] == rfc3339(STARTED + timedelta(seconds=27 + asked))


def test_each_time_that_it_goes_down_is_an_outage_of_its_own() -> None:
    job = waiting(ends=[True, False], ports=[True, False, True], running=[runs(NEW, NEW), runs(NEW, NEW, uptime=10)])
    wait(job)
    first, second = [data for kind, data in outages(job) if kind == BACK]
    assert "since" not in first, "no session of this process heard it before"
    assert first["until"] < second["since"] < second["until"]


def test_a_device_that_stays_up_was_never_away() -> None:
    job = waiting(running=[lambda clock: runs("17.06.05", uptime=30 * 86_400 + int(clock.seconds))])
    wait(job, seen_down=False)
    assert outages(job) == []


def test_a_greeting_before_it_goes_down_again_is_no_return() -> None:
    job = waiting(ports=[True, False, False, True], logins=[Unreachable("reset"), None])
    wait(job)
    (away, _), (back, data) = outages(job)
    assert (away, back) == (AWAY, BACK)
    late = STARTED + timedelta(seconds=3 * Settings().login.poll)
    assert data["until"] > rfc3339(late), "the last greeting counts"
