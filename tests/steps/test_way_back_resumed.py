"""A way back that a job had begun before it was interrupted: it is seen through, and what was seen before is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import GARBLED, UNCOMMITTED, after_reload, keeping
from support.scripted_steps import AFTER, BEFORE, DAY, LOST, NEW, OLD, PaperClock, Scripted, runs, said, stands

from swimctl.errors import DeviceUnknown, StepFailed, Unreachable
from swimctl.models import JobOptions, Outcome
from swimctl.platforms.base import Trace
from swimctl.platforms.facts import Placement
from swimctl.steps import PostChecks
from swimctl.steps.ending import outcome_of_failure

ADDED = stands(Placement.ADDED)
NEVER, CAME, ENDED = Trace(False, None), Trace(True, False), Trace(True, True)
SENT = {
    "complaint": "3 uplinks lost",
    "boot before abort": {"seconds": 1000.0, "uptime": 600, "restarted_at": None, "version": NEW},
    "abort sent": {"mark": "a line", "command": "install abort", "look": "`show install log`"},
}


def resumed(memory: dict[str, Any] = SENT, **script: Any) -> Scripted:
    return after_reload(memory=dict(memory), **script)


def ends(job: Scripted, error: type[Exception] = StepFailed) -> str:
    with pytest.raises(error) as failed:
        PostChecks().run(job.context)
    assert job.driver.times("commit") == 0
    return str(failed.value)


def goes_back(job: Scripted) -> Scripted:
    """Have it run what it ran, on a newer boot, once it is told to."""
    job.driver._script["running"] = [
        lambda clock: (
            runs(OLD, OLD, uptime=60) if job.driver.times("back") else runs(NEW, NEW, uptime=int(clock.seconds) - 400)
        )
    ]
    return job


def test_a_device_that_is_back_by_now_is_told_so_with_what_was_seen_before() -> None:
    job = resumed(running=[runs(OLD, OLD, uptime=60)], installed=[ADDED])
    assert ends(job) == f"rolled back to {OLD}: 3 uplinks lost"
    assert job.driver.times("back") == 0
    assert job.told("complaint") == ["3 uplinks lost"]


def test_a_way_back_that_is_under_way_is_waited_for_and_not_sent_twice() -> None:
    def running(clock: PaperClock) -> Any:
        return runs(OLD, OLD, uptime=60) if clock.seconds > 1600 else runs(NEW, NEW, uptime=int(clock.seconds) - 400)

    job = resumed(running=[running], installed=[UNCOMMITTED], trace=[CAME])
    assert ends(job) == f"rolled back to {OLD}: 3 uplinks lost"
    assert job.driver.times("back") == 0
    assert job.waited > 1600


def test_a_way_back_that_never_came_is_sent_once_more() -> None:
    job = goes_back(resumed(installed=[UNCOMMITTED], trace=[NEVER]))
    assert ends(job) == f"rolled back to {OLD}: 3 uplinks lost"
    assert job.driver.times("back") == 1
    assert "abort sent again" in job.record.memory
    assert "install abort: going back" in job.record.said


def test_a_way_back_that_ended_and_changed_nothing_is_unknown() -> None:
    job = resumed(running=[lambda clock: runs(NEW, NEW, uptime=int(clock.seconds) - 400)], installed=[UNCOMMITTED],
                  trace=[ENDED])  # fmt: skip
    words = ends(job, DeviceUnknown)
    assert words == (
        f"'install abort' was sent because 3 uplinks lost; now 1: {NEW}, 2: {NEW} runs, needed: {OLD} "
        "on every member; next: `show install log` on the device"
    )
    assert job.driver.times("back") == 0


def test_a_record_without_its_complaint_says_that_a_check_failed() -> None:
    memory = {key: value for key, value in SENT.items() if key != "complaint"}
    job = resumed(memory, running=[runs(OLD, OLD, uptime=60)], installed=[ADDED])
    assert ends(job) == f"rolled back to {OLD}: an earlier check failed"


def test_a_device_that_is_away_when_a_sent_way_back_is_taken_up_is_waited_for() -> None:
    job = resumed(running=[runs(OLD, OLD, uptime=60)], installed=[ADDED])
    job.logins[:] = [Unreachable("no SSH session to sw1"), None]
    assert ends(job) == f"rolled back to {OLD}: 3 uplinks lost"
    assert job.told("session") == ["no SSH session to sw1; asking the device"]


# The first time.


WORSE = replace(AFTER, interfaces_up=())


def complains(**script: Any) -> Scripted:
    return after_reload(**{"installed": [UNCOMMITTED], "snapshot": [WORSE], **script})


def test_a_device_that_cannot_be_entered_for_its_way_back_is_unknown_and_nothing_was_sent() -> None:
    job = complains()
    # Nobody gets in any more once the complaint is there.
    job.driver._script["unready"] = [None]
    job.logins[:] = [None, Unreachable("no SSH session to sw1")]
    words = ends(job, DeviceUnknown)
    assert "2 uplinks lost" in words
    assert "and no way back could be started: no SSH session to sw1" in words
    assert not job.sent("abort")


def test_a_session_that_is_lost_in_the_way_back_asks_the_device_and_sends_nothing_again() -> None:
    job = goes_back(complains(back=[LOST]))
    assert ends(job).startswith(f"rolled back to {OLD}: 2 uplinks lost")
    assert job.driver.times("back") == 1


def test_a_way_back_that_the_device_refuses_is_unknown_with_its_reason() -> None:
    job = complains(back=[said(False, "an install operation is under way")])
    words = ends(job, DeviceUnknown)
    assert "'install abort' failed: an install operation is under way; it was sent because 2 uplinks lost" in words
    assert f"the way back: {job.driver.support.way_back}; next: {job.driver.support.look} on the device" in words
    no_reason = complains(back=[said(False)])
    assert "'install abort' failed: no reason given" in ends(no_reason, DeviceUnknown)


def test_a_way_back_that_answers_is_watched_until_the_device_goes_down() -> None:
    job = goes_back(complains(back=[said(True)], ends=[True]))
    ends(job)
    assert job.told("down") == ["the session ended"]


def test_a_member_that_joins_late_is_waited_for_after_the_way_back() -> None:
    late = iter([runs(OLD, uptime=60)] * 3)
    job = complains()

    def running(clock: PaperClock) -> Any:
        if not job.driver.times("back"):
            return runs(NEW, NEW, uptime=int(clock.seconds) - 400)
        return next(late, runs(OLD, OLD, uptime=100))

    job.driver._script["running"] = [running]
    assert ends(job).startswith(f"rolled back to {OLD}")
    assert "waiting: 2 not there" in job.record.said


# What a look says beside its verdict.


def test_members_that_changed_their_roles_and_a_device_that_went_down_in_service_are_told_with_the_success() -> None:
    before = replace(BEFORE, roles={"1": "Active", "2": "Standby"}, uptime=30 * DAY)
    job = keeping(
        before=before,
        options=JobOptions(issu=True),
        snapshot=[replace(AFTER, roles={"1": "Standby", "2": "Active"}, uptime=300)],
    )
    assert PostChecks().run(job.context).message == (
        f"{NEW} runs committed on every member, and all is as before; its own uptime started again; "
        "1 was Active and is Standby, 2 was Standby and is Active"
    )


def test_several_doubts_are_told_one_by_one() -> None:
    job = keeping(snapshot=[replace(AFTER, unread={"routes": "half", "neighbours": "denied"})])
    with pytest.raises(StepFailed, match=r"with the baseline: routes: half; neighbours: denied; nothing goes back"):
        PostChecks().run(job.context)


@pytest.mark.parametrize(("sent", "look"), [({"look": "`show software`"}, "`show software`"), ({}, "`show version`")])
def test_what_never_reads_is_left_as_it_is_with_the_command_that_shows_it(sent: dict[str, str], look: str) -> None:
    job = after_reload(running=[GARBLED])
    job.record.memory["activate sent"] = {"armed": None, **sent}
    with pytest.raises(DeviceUnknown) as failed:
        PostChecks().run(job.context)
    assert "sw1 was not committed, and did not go back: the running release cannot be read" in str(failed.value)
    assert str(failed.value).endswith(f"next: {look} on the device")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"installed": [stands(Placement.COMMITTED)]}, ""),
        ({"installed": [UNCOMMITTED]}, f"{NEW} is uncommitted, not committed"),
        ({"installed": [stands(Placement.COMMITTED)], "snapshot": [WORSE]}, "2 uplinks lost"),
    ],
)
def test_a_look_some_time_after_the_commit_changes_nothing(script: dict[str, Any], words: str) -> None:
    job = after_reload(**script)
    found = job.through(PostChecks().look_again(job.context))
    assert found.startswith(words)
    assert bool(found) is bool(words)
    assert not job.sent("abort")
    assert not job.sent("commit")


def test_a_look_some_time_later_tells_what_is_new() -> None:
    more = replace(AFTER, interfaces_up=(*AFTER.interfaces_up, "TenGigabitEthernet1/1/2"))
    job = after_reload(installed=[stands(Placement.COMMITTED)], snapshot=[more])
    assert job.through(PostChecks().look_again(job.context)) == ""
    assert job.told("compared") == ["1 new interfaces: TenGigabitEthernet1/1/2"]


def test_a_device_that_went_back_is_rolled_back_in_the_end() -> None:
    job = goes_back(complains())
    with pytest.raises(StepFailed) as failed:
        PostChecks().run(job.context)
    job.driver._script["installed"] = [ADDED]
    assert outcome_of_failure(job.context, failed.value)[0] is Outcome.ROLLED_BACK
