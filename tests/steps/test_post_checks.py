"""What the post-checks do with each output that cannot be read, one decision at a time: on a device of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, GARBLED, NO_NEIGHBOURS, READY, UNCOMMITTED, after_reload, back, keeping
from support.scripted_steps import AFTER, BEFORE, LOST, NEW, OLD, OLD_RUNS, PATCH, PaperClock, runs, said, stands

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeadlineExceeded, DeviceUnknown, StepFailed, Unreachable
from swimctl.models import Outcome
from swimctl.platforms.base import Trace
from swimctl.platforms.facts import Installed, Placement
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps import PostChecks
from swimctl.steps.ending import outcome_of_failure


def test_what_is_proved_is_committed_and_is_a_success() -> None:
    job = keeping()
    assert PostChecks().run(job.context).message == f"{NEW} runs committed on every member, and all is as before"
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")


# The install table.


@pytest.mark.parametrize("error", [GARBLED, CommandRefused("'show install summary': not for you")])
def test_without_the_install_table_it_is_committed_by_the_commits_own_word(error: Exception) -> None:
    job = after_reload(installed=[error])
    message = PostChecks().run(job.context).message
    assert "runs committed on every member, proved by the answer to the commit" in message
    assert str(error) in message
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    assert job.waited < 1200 + READY + 120


def test_an_install_table_that_reads_later_decides() -> None:
    job = after_reload(installed=[GARBLED])
    job.driver._script["installed"] = [lambda _clock: COMMITTED if job.sent("commit") else GARBLED]
    assert "proved by" not in PostChecks().run(job.context).message


def test_an_install_table_that_reads_later_and_says_no_is_believed_over_the_commits_word() -> None:
    job = after_reload()
    job.driver._script["installed"] = [lambda _clock: UNCOMMITTED if job.sent("commit") else GARBLED]
    with pytest.raises(DeviceUnknown, match="it is uncommitted, its timer runs"):
        PostChecks().run(job.context)


@pytest.mark.parametrize("answer", [said(None), said(None, "garbage"), GARBLED])
def test_neither_the_table_nor_the_commits_word_is_no_proof(answer: Any) -> None:
    job = after_reload(installed=[GARBLED], commit=[answer])
    with pytest.raises(DeviceUnknown, match="is not proved") as failed:
        PostChecks().run(job.context)
    outcome, told = outcome_of_failure(job.context, failed.value)
    assert outcome is Outcome.UNKNOWN
    assert "goes back to 17.06.05 by itself at 2031-05-04" in told
    assert not job.sent("abort")


def test_a_commit_whose_answer_does_not_read_is_proved_by_the_table() -> None:
    job = keeping(commit=[GARBLED])
    assert PostChecks().run(job.context).message.startswith(f"{NEW} runs committed on every member, and all")
    assert job.driver.times("commit") == 1


def test_a_commit_that_takes_too_long_is_not_sent_twice() -> None:
    job = keeping(commit=[DeadlineExceeded("'install commit' did not end")])
    PostChecks().run(job.context)
    assert job.driver.times("commit") == 1


def test_a_commit_in_which_the_session_is_lost_is_asked_for_and_not_sent_twice() -> None:
    job = keeping(commit=[LOST], trace=[Trace(received=True, finished=True)])
    PostChecks().run(job.context)
    assert job.driver.times("commit") == 1


def test_a_commit_that_says_success_while_the_device_runs_something_else_is_none() -> None:
    job = after_reload(installed=[GARBLED])
    job.driver._script["running"] = [lambda _clock: OLD_RUNS if job.sent("commit") else runs(NEW, NEW)]
    with pytest.raises(DeviceUnknown, match=f"{OLD} runs"):
        PostChecks().run(job.context)


def test_a_commit_that_does_nothing_is_no_success() -> None:
    job = after_reload(installed=[UNCOMMITTED])
    with pytest.raises(DeviceUnknown, match="it is uncommitted, its timer runs"):
        PostChecks().run(job.context)


@pytest.mark.parametrize("timer", [3000, None])
def test_committed_with_a_timer_that_runs_is_not_committed(timer: int | None) -> None:
    job = after_reload(installed=[stands(Placement.COMMITTED, timer, untold=timer is None)])
    with pytest.raises(DeviceUnknown, match="its timer runs"):
        PostChecks().run(job.context)


def test_of_a_patch_only_the_install_table_tells() -> None:
    job = after_reload(image=PATCH, running=[OLD_RUNS], snapshot=[BEFORE], installed=[GARBLED])
    with pytest.raises(DeviceUnknown, match="install state cannot be read"):
        PostChecks().run(job.context)


def test_where_nothing_has_to_be_committed_nothing_is_sent_blindly() -> None:
    job = after_reload(installed=[GARBLED], support=JUNOS, armed=None)
    with pytest.raises(DeviceUnknown, match="is not proved"):
        PostChecks().run(job.context)
    assert not job.sent("commit")
    assert not job.sent("abort")


# The comparison.


def test_neighbours_that_do_not_read_keep_no_good_upgrade_from_its_commit_and_make_no_success() -> None:
    job = keeping(snapshot=[NO_NEIGHBOURS])
    with pytest.raises(StepFailed, match="something could not be compared") as failed:
        PostChecks().run(job.context)
    assert "neighbours: 'show cdp neighbors'" in str(failed.value)
    assert "nothing goes back by itself; next: " in str(failed.value)
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    assert outcome_of_failure(job.context, failed.value) == (Outcome.UPGRADED, "")


def test_neighbours_that_read_after_all_are_a_success() -> None:
    job = keeping(snapshot=[NO_NEIGHBOURS, NO_NEIGHBOURS, AFTER])
    assert PostChecks().run(job.context).message.endswith("and all is as before")


def test_what_reads_and_is_worse_takes_it_back_whatever_else_does_not_read() -> None:
    job = back(snapshot=[replace(NO_NEIGHBOURS, interfaces_up=AFTER.interfaces_up[:1])])
    with pytest.raises(StepFailed, match=r"rolled back to 17\.06\.05: 1 uplinks lost"):
        PostChecks().run(job.context)
    assert not job.sent("commit")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"snapshot": [GARBLED]}, "interfaces, neighbours and routes: "),
        ({"snapshot": [replace(AFTER, interfaces_up=(), unread={"interfaces_up": "cut"})]}, "interfaces: cut"),
        ({"snapshot": [replace(AFTER, routes={}, unread={"routes": "empty"})]}, "routes: empty"),
        ({"snapshot": [replace(AFTER, members={}, unread={"members": "odd"})]}, "states of members: odd"),
        ({"unready": [GARBLED]}, "whether all of it is back: "),
        ({"snapshot": [DeadlineExceeded("'show cdp neighbors' did not end")]}, "did not end"),
    ],
)
def test_each_piece_that_does_not_read_is_named_and_costs_no_upgrade(script: dict[str, Any], words: str) -> None:
    job = keeping(**script)
    with pytest.raises(StepFailed, match="could not be compared") as failed:
        PostChecks().run(job.context)
    assert words in str(failed.value)
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")


@pytest.mark.parametrize("left", [900, 400, 301, 300, 200, 30])
def test_the_timer_never_runs_out_on_what_only_a_neighbour_table_keeps_from_its_commit(left: int) -> None:
    job = after_reload(snapshot=[NO_NEIGHBOURS])
    ends = 1200 + left

    def timer(clock: PaperClock) -> Installed:
        return COMMITTED if job.sent("commit") else stands(Placement.UNCOMMITTED, int(ends - clock.seconds))

    job.driver._script["installed"] = [timer]
    with pytest.raises(StepFailed, match="something could not be compared"):
        PostChecks().run(job.context)
    sent = job.record.memory["commit sent"]["started"]["seconds"]
    assert sent < ends
    assert sent <= max(1200.0, ends - 290)  # a look more than 300 s before the end is followed by another


def test_where_the_device_does_not_tell_its_timer_the_record_does() -> None:
    job = after_reload(snapshot=[NO_NEIGHBOURS], installed=[GARBLED])
    job.clock.seconds = 3600.0 - 250
    with pytest.raises(StepFailed, match="could not be compared"):
        PostChecks().run(job.context)
    assert job.record.memory["commit sent"]["started"]["seconds"] < 3600


# What runs.


def test_a_release_that_does_not_read_is_neither_committed_nor_taken_back() -> None:
    job = after_reload(running=[GARBLED], installed=[UNCOMMITTED])
    with pytest.raises(
        DeviceUnknown, match="not committed, and did not go back: the running release cannot be read"
    ) as failed:
        PostChecks().run(job.context)
    assert "next: `show version`" in str(failed.value)
    assert not job.sent("commit")
    assert not job.sent("abort")
    assert outcome_of_failure(job.context, failed.value)[0] is Outcome.UNKNOWN


def test_a_release_that_reads_late_is_waited_for() -> None:
    job = keeping(running=[GARBLED, GARBLED, runs(NEW, NEW)])
    PostChecks().run(job.context)


@pytest.mark.parametrize("mixed", [(NEW, OLD), (NEW, "17.9.4")])
def test_a_member_on_another_release_takes_all_back(mixed: Sequence[str]) -> None:
    job = back(running=[runs(*mixed)])
    with pytest.raises(StepFailed, match=r"rolled back to 17\.06\.05: seen 1: 17\.12\.04, 2: "):
        PostChecks().run(job.context)
    assert not job.sent("commit")


def test_a_member_that_joins_after_patience_and_before_ready_is_waited_for() -> None:
    late = 1200 + Settings().tolerances.patience + 120
    job = keeping(running=[lambda clock: runs(NEW, NEW) if clock.seconds > late else runs(NEW)])
    assert "all is as before" in PostChecks().run(job.context).message
    assert job.waited > late


@pytest.mark.parametrize("word", ["member 2 V-Mismatch", "no member is the standby"])
def test_what_is_late_has_the_time_that_is_set_for_it(word: str) -> None:
    late = 1200 + READY - 60
    job = keeping(unready=[lambda clock: None if clock.seconds > late else word])
    PostChecks().run(job.context)


def test_a_member_that_never_joins_takes_it_back() -> None:
    job = back(running=[runs(NEW)])
    with pytest.raises(StepFailed, match="rolled back to"):
        PostChecks().run(job.context)
    assert not job.sent("commit")


def odd_at_the_end(looks: int) -> Any:
    """Contradict itself in so many looks from the moment on that the patience is over."""
    left = [replace(runs(NEW, NEW), doubt="'show version' says 63 minutes, its data 49")] * looks

    def now(clock: PaperClock) -> Any:
        return left.pop() if left and clock.seconds >= 1200 + READY else runs(NEW, NEW)

    return now


def test_a_device_that_contradicts_itself_in_the_last_look_alone_is_not_taken_back() -> None:
    job = keeping(running=[odd_at_the_end(1)], snapshot=[NO_NEIGHBOURS])
    with pytest.raises(StepFailed, match="something could not be compared"):
        PostChecks().run(job.context)
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")


def test_a_device_that_contradicts_itself_in_the_last_two_looks_is_taken_back() -> None:
    job = back(running=[odd_at_the_end(2)], snapshot=[NO_NEIGHBOURS])
    with pytest.raises(StepFailed, match=r"rolled back to 17\.06\.05: 'show version' says 63 minutes, its data 49"):
        PostChecks().run(job.context)
    assert not job.sent("commit")


def test_a_table_that_calls_it_not_activated_takes_it_back() -> None:
    job = back(installed=[stands(Placement.ADDED)])
    with pytest.raises(StepFailed, match=r"the device calls 17\.12\.04 added, not activated"):
        PostChecks().run(job.context)


# It went down between the checks and the commit.


def test_a_device_that_comes_back_with_less_after_a_lost_commit_goes_back() -> None:
    worse = replace(AFTER, interfaces_up=())
    job = back(installed=[UNCOMMITTED], snapshot=[AFTER, worse])
    job.logins[:] = [None, *[Unreachable("no SSH session to sw1")] * 3, None]
    with pytest.raises(StepFailed, match="rolled back to"):
        PostChecks().run(job.context)
    assert not job.sent("commit")
    assert job.driver.times("snapshot") > 1


def test_a_device_that_comes_back_as_it_was_after_a_lost_commit_is_committed() -> None:
    job = keeping()
    job.logins[:] = [None, *[Unreachable("no SSH session to sw1")] * 3, None]
    PostChecks().run(job.context)
    assert job.driver.times("commit") == 1
    assert job.driver.times("snapshot") == 2
    assert job.told("session")[-1] == "no SSH session to sw1; asking again"


def test_what_the_commit_said_keeps_a_device_that_cannot_return_from_a_way_back() -> None:
    """It committed, went down, came back with less, and its install table cannot be read any more."""
    worse = replace(AFTER, interfaces_up=())
    answered = {"commit answered": {"succeeded": True, "reason": None}}
    job = after_reload(installed=[GARBLED], snapshot=[worse], memory=answered)
    with pytest.raises(StepFailed, match=r"17\.12\.04 is committed, but 2 uplinks lost"):
        PostChecks().run(job.context)
    assert not job.sent("abort")


def test_an_install_table_that_hangs_costs_no_upgrade() -> None:
    hangs = DeadlineExceeded("'show install summary' did not end within 120s")
    job = after_reload(installed=[hangs])
    message = PostChecks().run(job.context).message
    assert "proved by the answer to the commit" in message
    assert str(hangs) in message
    assert message.endswith("and all is as before")
    assert job.driver.times("commit") == 1


def test_after_an_output_that_hangs_nothing_more_is_asked_in_that_session() -> None:
    job = keeping(unready=[DeadlineExceeded("'show switch' did not end")])
    with pytest.raises(StepFailed, match="could not be compared"):
        PostChecks().run(job.context)
    assert job.driver.times("snapshot") == 0
    assert job.driver.times("commit") == 1


# Long after the commit.


def test_a_look_some_time_later_tells_what_does_not_read() -> None:
    def found(**script: Any) -> str:
        job = after_reload(**script)
        return job.through(PostChecks().look_again(job.context))

    assert found(installed=[COMMITTED]) == ""
    assert "17.12.04 is uncommitted" in found()
    assert "neighbours: " in found(snapshot=[NO_NEIGHBOURS])
    assert "garbage" in found(installed=[GARBLED])
