"""How what runs is kept: the commit is sent once, waited for after a doubt, and proved; each end is told as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, GARBLED, UNCOMMITTED, after_reload, keeping
from support.scripted_steps import LOST, NEW, PaperClock, Scripted, runs, said

from swimctl.config.settings import Settings
from swimctl.errors import DeviceUnknown, SessionLost
from swimctl.platforms.base import Support, Trace
from swimctl.platforms.cisco_xe.driver import SUPPORT as XE
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps.keeping import keep

LIMITS = Settings().deadlines
NEVER, CAME, ENDED = Trace(False, None), Trace(True, False), Trace(True, True)
BEGAN = 1200.0


def in_doubt(**script: Any) -> Scripted:
    """Make a device to which an earlier session sent the commit, and gave no answer."""
    return after_reload(**{"memory": {"commit sent": {"mark": "a line before it"}}, **script})


def refused(job: Scripted) -> str:
    with pytest.raises(DeviceUnknown) as failed:
        keep(job.context)
    return str(failed.value)


def test_a_commit_that_was_sent_earlier_and_came_is_waited_for_and_not_sent_again() -> None:
    def table(clock: PaperClock) -> Any:
        return COMMITTED if clock.seconds > BEGAN + 100 else UNCOMMITTED

    job = in_doubt(installed=[table], trace=[CAME])
    assert keep(job.context) == ""
    assert job.driver.times("commit") == 0
    assert BEGAN + 100 < job.waited < BEGAN + 160
    assert set(job.driver.marks) == {"a line before it"}


def test_a_commit_that_came_and_never_ends_is_waited_for_to_its_deadline_and_not_sent_again() -> None:
    job = in_doubt(installed=[UNCOMMITTED], trace=[CAME])
    assert "it is uncommitted, its timer runs" in refused(job)
    assert job.driver.times("commit") == 0
    assert job.waited >= BEGAN + LIMITS.commit


def test_a_commit_that_came_and_ended_is_proved_and_not_sent_again() -> None:
    job = in_doubt(installed=[UNCOMMITTED, UNCOMMITTED, COMMITTED], trace=[ENDED])
    assert keep(job.context) == ""
    assert job.driver.times("commit") == 0
    assert job.waited < BEGAN + 60


def test_a_commit_that_never_came_is_sent() -> None:
    job = in_doubt(trace=[NEVER])
    job.driver._script["installed"] = [lambda _clock: COMMITTED if job.driver.times("commit") else UNCOMMITTED]
    assert keep(job.context) == ""
    assert job.driver.times("commit") == 1
    assert job.told("asked") == ["the device's log shows that 'install commit' never came"]


def test_without_a_doubt_the_log_is_not_asked() -> None:
    job = keeping(trace=[CAME])
    assert keep(job.context) == ""
    assert job.driver.times("trace") == 0
    assert job.waited == BEGAN


def test_what_is_committed_already_is_told_and_nothing_is_sent() -> None:
    job = after_reload(installed=[COMMITTED])
    assert keep(job.context) == ""
    assert job.told("committed") == ["the device says that it is committed"]
    assert not job.sent("commit")


def test_a_session_that_ends_without_an_answer_is_lost_and_the_next_one_asks() -> None:
    job = keeping(commit=[said(None, dropped=True)], trace=[ENDED])
    assert keep(job.context) == ""
    assert job.opened == 2
    assert job.driver.times("commit") == 1
    assert job.told("session") == ["the session ended in 'install commit'; asking again"]


@pytest.mark.parametrize("error", [LOST, SessionLost("reset by peer")])
def test_a_session_that_is_lost_after_the_commit_sends_nothing_again(error: SessionLost) -> None:
    job = keeping()
    job.driver._script["running"] = [error, job.driver.running()]
    assert keep(job.context) == ""
    assert job.driver.times("commit") == 1
    assert job.told("session") == [f"{error}; asking again"]


@pytest.mark.parametrize("dropped", [True, False])
def test_an_answer_counts_also_where_the_session_ends_behind_it(dropped: bool) -> None:
    job = keeping(commit=[said(True, dropped=dropped)])
    assert keep(job.context) == ""
    assert (job.opened, job.told("session")) == (1, [])


# What is told of a commit that failed.


@pytest.mark.parametrize(
    ("support", "reason", "why", "by_hand"),
    [
        (XE, "no space", "no space", ", then `install commit`"),
        (XE, None, "no reason given", ", then `install commit`"),
        (JUNOS, "busy", "busy", ""),
    ],
)
@pytest.mark.parametrize("dropped", [True, False])
def test_a_commit_that_the_device_refuses_is_told_with_its_reason(
    support: Support, reason: str | None, why: str, by_hand: str, dropped: bool
) -> None:
    job = after_reload(installed=[UNCOMMITTED], support=support, commit=[said(False, reason, dropped=dropped)])
    assert refused(job) == (
        f"'{support.command('commit')}' failed: {why}; sw1 runs {NEW}, not committed; next: {support.look}{by_hand} on "
        "the device"
    )


def test_a_commit_that_says_no_and_is_there_all_the_same_is_kept() -> None:
    job = keeping(commit=[said(False, "already committed")])
    assert keep(job.context) == ""


# The proof, and how long it may take.


def test_the_table_may_show_the_commit_a_moment_later() -> None:
    job = after_reload()
    job.driver._script["installed"] = [lambda clock: COMMITTED if clock.seconds > BEGAN + 40 else UNCOMMITTED]
    assert keep(job.context) == ""
    assert BEGAN + 40 < job.waited < BEGAN + 60


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_table_that_goes_on_to_say_no_is_believed_after_a_minute_of_the_devices_time(speed: float) -> None:
    job = after_reload(installed=[UNCOMMITTED], speed=speed)
    assert refused(job) == (
        f"it is not proved that sw1 keeps {NEW}; seen at the end: it is uncommitted, its timer runs; needed {NEW} on "
        f"every member, committed, no timer; next: {XE.look} on the device"
    )
    assert BEGAN + 60 <= job.waited < BEGAN + 60 + 6 * speed


def test_a_table_that_does_not_read_has_a_minute_too_and_then_the_commits_own_word_counts() -> None:
    job = after_reload(installed=[GARBLED])
    proof = keep(job.context)
    assert proof.startswith("the answer to the commit, because the install state cannot be read")
    assert job.told("committed") == [proof]
    assert BEGAN + 60 <= job.waited < BEGAN + 70


@pytest.mark.parametrize("passes", [True, False])
def test_two_sources_that_disagree_have_the_time_in_which_a_device_gets_ready(passes: bool) -> None:
    apart = replace(runs(NEW, NEW), doubt="member 2 is shown with two releases")
    half = BEGAN + LIMITS.ready / 2
    job = keeping(running=[lambda clock: runs(NEW, NEW) if passes and clock.seconds > half else apart])
    if passes:
        assert keep(job.context) == ""
        assert half < job.waited < half + 60
    else:
        assert "seen at the end: member 2 is shown with two releases" in refused(job)
        assert BEGAN + LIMITS.ready <= job.waited < BEGAN + LIMITS.ready + 60
