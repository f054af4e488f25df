"""The way back on a device of paper, and commands that AAA refuses: what is then said of the device."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from support.after_reload import COMMITTED, GARBLED, UNCOMMITTED, after_reload, back, keeping
from support.scripted_steps import AFTER, BEFORE, LOST, NEW, OLD, OLD_RUNS, PATCH, PaperClock, runs, said, stands

from swimctl.errors import CommandRefused, DeadlineExceeded, DeviceUnknown, StepFailed
from swimctl.models import Outcome
from swimctl.platforms.facts import Installed, Placement, Running
from swimctl.steps import PostChecks
from swimctl.steps.ending import outcome_of_failure
from swimctl.steps.going_back import go_back

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
    assert "to keep 17.12.04 type `install commit` before that, to go back now: `install abort`" in told
    assert "it refused `install commit` to 'netops': use an account that may do this" in told
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
    with pytest.raises(DeviceUnknown, match=r"now 1: 17\.12\.04, 2: 17\.12\.04 runs, needed: 17\.06\.05 on every"):
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


# What decides whether it may be sent, and what is waited for behind it.


@pytest.mark.parametrize(
    ("installed", "said_so", "sent"),
    [(UNCOMMITTED, True, True), (COMMITTED, None, False), (GARBLED, True, False), (GARBLED, None, True)],
)
def test_what_is_committed_is_not_taken_back_by_the_table_where_it_reads_else_by_the_commits_word(
    installed: Installed | Exception, said_so: bool | None, sent: bool
) -> None:
    memory = {"commit answered": {"succeeded": said_so, "reason": None}}
    job = back(installed=[installed], memory=memory)
    with pytest.raises(StepFailed) as failed:
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert job.sent("abort") is sent
    words = f"rolled back to {OLD}: 2 uplinks lost" if sent else f"{NEW} is committed, but 2 uplinks lost"
    assert str(failed.value).startswith(words)


def test_a_patch_that_is_taken_back_is_not_waited_for_to_go_down() -> None:
    job = after_reload(image=PATCH, back=[said(True)], running=[OLD_RUNS])
    job.driver._script["installed"] = [
        lambda _clock: stands(Placement.ADDED) if job.sent("abort") else UNCOMMITTED,
    ]
    with pytest.raises(StepFailed, match=f"rolled back to {OLD} without the patch: 2 uplinks lost"):
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert job.told("down") == []


def test_the_first_complaint_stays_the_reason() -> None:
    job = back(installed=[UNCOMMITTED], memory={"complaint": "a member is missing"})
    with pytest.raises(StepFailed, match=f"rolled back to {OLD}: a member is missing"):
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert job.told("complaint") == ["2 uplinks lost"]


def test_a_way_back_whose_session_ends_is_proved_by_the_device() -> None:
    job = back(installed=[UNCOMMITTED], back=[LOST])
    with pytest.raises(StepFailed, match=f"rolled back to {OLD}: 2 uplinks lost"):
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert (job.driver.times("back"), job.record.memory["boot before abort"]["version"]) == (1, NEW)


def test_a_member_that_never_comes_back_is_waited_for_and_no_way_back_is_proved_without_it() -> None:
    job = after_reload(installed=[UNCOMMITTED])
    looks: list[float] = []

    def running(clock: PaperClock) -> Running:
        if not job.driver.times("back"):
            return runs(NEW, NEW, uptime=int(clock.seconds) - 400)
        looks.append(clock.seconds)
        return runs(OLD, uptime=60 + int(clock.seconds - looks[0]))

    job.driver._script["running"] = [running]
    with pytest.raises(DeviceUnknown) as failed:
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert str(failed.value) == (
        f"'install abort' was sent because 2 uplinks lost; now 1: {OLD} runs (2 not there), needed: {OLD} on every "
        f"member; next: {job.driver.support.look} on the device"
    )
    joining = looks[3:]  # the first three tell that it is back, on a newer boot that stays
    limits, poll = job.context.settings.deadlines, job.context.settings.login.poll
    assert {later - sooner for sooner, later in pairwise(joining)} == {poll}
    assert joining[-1] - joining[0] == pytest.approx(limits.ready, abs=2 * poll)


def test_a_device_that_answers_nothing_while_its_members_join_is_asked_once_more() -> None:
    job = after_reload(installed=[UNCOMMITTED])
    late = iter([*[runs(OLD, uptime=60)] * 3, GARBLED])

    def running(clock: PaperClock) -> Any:
        if not job.driver.times("back"):
            return runs(NEW, NEW, uptime=int(clock.seconds) - 400)
        answer = next(late, runs(OLD, OLD, uptime=100))
        if isinstance(answer, Exception):
            raise answer
        return answer

    job.driver._script["running"] = [running]
    with pytest.raises(StepFailed, match=f"rolled back to {OLD}: 2 uplinks lost"):
        job.through(go_back(job.context, BEFORE, "2 uplinks lost"))
    assert f"{GARBLED}; asking again" in job.told("session")
