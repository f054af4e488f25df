"""What a look after the reload waits for, how long, and which of several reasons is told in the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, GARBLED, READY, UNCOMMITTED, after_reload, keeping
from support.scripted_steps import AFTER, BEFORE, NEW, OLD, OLD_RUNS, PaperClock, Scripted, runs, stands

from swimctl.errors import DeadlineExceeded, DeviceUnknown, StepFailed, Unreachable
from swimctl.platforms.facts import Placement
from swimctl.steps import PostChecks

AWAY = Unreachable("no SSH session to sw1")
WORSE = replace(AFTER, interfaces_up=())


def failed(job: Scripted, error: type[Exception]) -> str:
    with pytest.raises(error) as raised:
        PostChecks().run(job.context)
    return str(raised.value)


def test_where_a_device_goes_back_by_itself_while_it_is_watched_the_older_complaint_is_its_reason() -> None:
    job = after_reload(snapshot=[WORSE], running=[runs(NEW, NEW, uptime=800), OLD_RUNS],
                       installed=[UNCOMMITTED, stands(Placement.ADDED)])  # fmt: skip
    assert f"the device runs {OLD} again: 2 uplinks lost" in failed(job, StepFailed)
    assert not job.sent("abort")


def test_what_only_did_not_read_is_no_reason_for_its_way_back() -> None:
    job = after_reload(running=[runs(NEW, NEW, uptime=800), OLD_RUNS], installed=[GARBLED, stands(Placement.ADDED)])
    assert f"the device runs {OLD} again: seen 1: {OLD}, 2: {OLD}; needed {NEW}" in failed(job, StepFailed)


def test_what_came_back_while_it_was_waited_for_is_no_complaint_later() -> None:
    job = after_reload(snapshot=[WORSE, AFTER], installed=[COMMITTED])
    assert job.through(PostChecks().look_again(job.context)) == ""
    assert any(words.startswith("waiting: 2 uplinks lost") for words in job.record.said)


def test_an_install_state_that_reads_once_and_then_not_is_told_as_that() -> None:
    job = after_reload(installed=[COMMITTED, GARBLED])
    assert job.through(PostChecks().look_again(job.context)).startswith(f"whether {NEW} is committed cannot be read: ")


def test_a_device_that_nobody_gets_into_any_more_is_waited_for_as_long_as_for_members() -> None:
    job = after_reload(logins=[AWAY], armed=None)
    words = failed(job, DeviceUnknown)
    assert "sw1 was not committed, and did not go back: nothing of it can be read: no SSH session to sw1" in words
    assert READY <= job.waited - 1200 < READY + 60


def test_a_device_that_nobody_gets_into_is_not_waited_for_into_the_end_of_its_timer() -> None:
    job = after_reload(logins=[AWAY], armed=1800)  # sent 1200 s ago
    assert "nothing of it can be read" in failed(job, DeviceUnknown)
    assert 300 <= job.waited - 1200 < 400


@pytest.mark.parametrize(("hold", "kept"), [(0, False), (1800, True)])
def test_a_module_that_keeps_its_ports_down_is_late_for_as_long_as_it_was_told_to(hold: int, kept: bool) -> None:
    def unready(clock: PaperClock) -> Any:
        return "module 2 is booting" if clock.seconds < 1200 + READY + 300 else None

    job = keeping(before=replace(BEFORE, hold=hold), unready=[unready], armed=36_000)
    job.driver._script["installed"] = [
        lambda _clock: COMMITTED if job.sent("commit") else stands(Placement.UNCOMMITTED)
    ]
    if kept:
        PostChecks().run(job.context)
    else:
        assert "module 2 is booting" in failed(job, DeviceUnknown)


def test_what_is_committed_already_is_not_committed_again_and_told() -> None:
    job = after_reload(installed=[COMMITTED])
    assert PostChecks().run(job.context).message.startswith(f"{NEW} runs committed on every member")
    assert not job.sent("commit")
    assert job.told("committed") == ["the device says that it is committed"]


def test_a_commit_without_an_answer_in_time_is_asked_for() -> None:
    job = keeping(commit=[DeadlineExceeded("'install commit' did not end within 900s")])
    PostChecks().run(job.context)
    assert job.told("session") == ["'install commit' did not end within 900s; asking the device"]
    assert job.driver.times("commit") == 1
