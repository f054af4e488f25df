"""The way back on a device of paper, and commands that AAA refuses: what is then said of the device."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.after_reload import GARBLED, UNCOMMITTED, after_reload, back, keeping
from support.scripted_steps import AFTER, NEW, OLD_RUNS, runs, said, stands

from swimctl.errors import CommandRefused, DeadlineExceeded, DeviceUnknown, StepFailed
from swimctl.models import Outcome
from swimctl.platforms.facts import Placement
from swimctl.steps import PostChecks
from swimctl.steps.ending import outcome_of_failure

# AAA refuses.


REFUSED = CommandRefused("'install': the device answered 'Command authorization failed.'")


def test_a_commit_that_aaa_refuses_says_until_when_and_what_to_type() -> None:
    """AAA allows `install add` and `install activate`, and refuses `install commit`."""
    job = after_reload(commit=[REFUSED], installed=[UNCOMMITTED])
    with pytest.raises(DeviceUnknown, match="'install commit' failed") as failed:
        PostChecks().run(job.context)
    outcome, told = outcome_of_failure(job.context, failed.value)
    assert outcome is Outcome.UNKNOWN
    assert "sw1 goes back to 17.06.05 by itself at 2031-05-04" in told
    assert "to keep 17.12.04 type `install commit` before that, to leave it at once `install abort`" in told
    assert "it refused `install commit` to 'netops': log in as somebody who may" in told
    assert "Command authorization failed" in str(failed.value)
    assert not job.sent("abort")


def test_an_abort_that_aaa_refuses_says_that_the_timer_takes_it_back_and_when() -> None:
    """The checks complain, and AAA refuses `install abort`."""
    job = after_reload(back=[REFUSED], installed=[UNCOMMITTED], snapshot=[replace(AFTER, neighbours=())])
    with pytest.raises(DeviceUnknown, match="'install abort' failed") as failed:
        PostChecks().run(job.context)
    assert "1 network neighbours lost" in str(failed.value)
    outcome, told = outcome_of_failure(job.context, failed.value)
    assert outcome is Outcome.UNKNOWN
    assert "goes back to 17.06.05 by itself at" in told
    assert "it refused `install abort` to 'netops'" in told
    assert not job.sent("commit")


def test_a_commit_that_fails_and_is_there_all_the_same_is_a_success() -> None:
    job = keeping(commit=[said(False, "Operation already done")])
    PostChecks().run(job.context)


def test_the_way_back_is_taken_although_the_install_table_does_not_read() -> None:
    job = back(installed=[GARBLED], snapshot=[replace(AFTER, routes={})])
    with pytest.raises(StepFailed, match="rolled back to") as failed:
        PostChecks().run(job.context)
    assert outcome_of_failure(job.context, failed.value)[0] is Outcome.ROLLED_BACK


def test_a_way_back_whose_answer_does_not_read_is_proved_by_what_runs() -> None:
    job = back(back=[GARBLED], snapshot=[replace(AFTER, routes={})], installed=[stands(Placement.ADDED)])
    job.driver._script["installed"] = [UNCOMMITTED, UNCOMMITTED, stands(Placement.ADDED)]
    with pytest.raises(StepFailed, match="rolled back to"):
        PostChecks().run(job.context)
    assert job.driver.times("back") == 1


def test_a_way_back_after_which_the_target_still_runs_is_not_called_one() -> None:
    job = after_reload(installed=[UNCOMMITTED], snapshot=[replace(AFTER, routes={})])
    job.driver._script["running"] = [lambda _c: runs(NEW, NEW, uptime=60 if job.sent("abort") else 2000)]
    with pytest.raises(DeviceUnknown, match=r"now 1: 17\.12\.04, 2: 17\.12\.04 runs, not 17\.06\.05"):
        PostChecks().run(job.context)


def test_the_way_back_is_taken_although_the_install_table_hangs() -> None:
    job = back(installed=[DeadlineExceeded("it did not end")], snapshot=[replace(AFTER, routes={})])
    with pytest.raises(StepFailed, match="rolled back to"):
        PostChecks().run(job.context)
    assert job.driver.times("back") == 1


def test_a_device_that_went_back_by_itself_is_said_to_have() -> None:
    job = after_reload(running=[OLD_RUNS], installed=[stands(Placement.ADDED)])
    with pytest.raises(StepFailed, match=r"the device runs 17\.06\.05 again"):
        PostChecks().run(job.context)
    assert not job.sent("abort")
