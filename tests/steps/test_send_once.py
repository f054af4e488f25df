"""What must not be sent twice: the device's log is asked, and one that lags is not believed too soon."""

from __future__ import annotations

from typing import Any, cast

import pytest
from support.scripted_steps import LOST, PATCH, PaperTranscript, Scripted, activated, said

from swimctl.errors import CommandRefused, SessionLost, StaleClaim, UnparsableOutput
from swimctl.platforms.base import Trace
from swimctl.sessions import one_look
from swimctl.steps.send_once import answer_to, send_once, wait_while_running, was_sent

NEVER, CAME, ENDED = Trace(False, None), Trace(True, False), Trace(True, True)


def send(job: Scripted, operation: str = "commit") -> Any:
    return send_once(job.context, job.driver, operation, job.driver.commit)


def wait(job: Scripted, seconds: float = 900.0) -> bool:
    return wait_while_running(job.context, job.driver, "activate", seconds, lambda: False)


def after(moment: float, later: Trace, before: Trace = NEVER) -> Any:
    return lambda clock: later if clock.seconds > moment else before


def test_it_is_recorded_before_it_leaves() -> None:
    job = Scripted(commit=[LOST])
    with pytest.raises(SessionLost):
        send(job)
    assert was_sent(job.context, "commit")
    assert answer_to(job.context, "commit") is None
    assert job.record.memory["commit sent"]["started"] == {"seconds": 0.0}


def test_what_is_not_permitted_is_neither_sent_nor_recorded() -> None:
    def permitting() -> None:
        raise StaleClaim("job 1 is held by process 7 on b")

    job = Scripted()
    job.record.permitting = permitting
    with pytest.raises(StaleClaim):
        send(job)
    assert "commit" not in job.driver.asked
    assert not was_sent(job.context, "commit")
    assert job.told("sent") == job.told("answered") == []


@pytest.mark.parametrize(("speed", "stood_still", "sent"), [(1, 29, True), (1, 31, False), (60, 31, True)])
def test_a_permission_that_is_too_old_is_not_used(speed: float, stood_still: float, sent: bool) -> None:
    """The process was frozen behind the permission: somebody else may have the job when it wakes up."""
    job = Scripted()
    job.clock.speed = speed
    job.record.permitting = lambda: job.clock.sleep(stood_still)
    if sent:
        send(job)
    else:
        with pytest.raises(SessionLost, match=r"31 s passed before it could be sent \(at most 30 s\): it was not sent"):
            send(job)
    assert ("commit" in job.driver.asked) is sent
    assert was_sent(job.context, "commit")  # so that whoever goes on asks the device first


def test_what_is_recorded_of_a_command_is_all_that_is_told_where_nobody_can_ask_the_device() -> None:
    job = Scripted(image=PATCH)
    send(job, "activate")
    support = job.driver.support
    assert job.record.memory["activate sent"] == {
        "mark": "a line",
        "command": support.activate,
        "look": support.look,
        "target": PATCH.filename,
        "activate": support.activate,
        "commit": support.commit,
        "back": support.back,
        "way_back": support.way_back,
        "user": "netops",
        "started": {"seconds": 0.0},
        "armed": 3600,
    }


def test_only_an_activation_arms_a_timer() -> None:
    job = Scripted(armed=1800)
    send(job)
    send(job, "activate")
    assert job.record.memory["commit sent"]["armed"] is None
    assert job.record.memory["activate sent"]["armed"] == 1800


def test_a_command_that_is_sent_again_keeps_the_first_mark_and_the_second_time() -> None:
    job = Scripted(log_mark=["first", "second"])
    send(job)
    job.clock.seconds = 77
    send(job)
    assert job.record.memory["commit sent"]["mark"] == "first"
    assert job.record.memory["commit sent again"]["started"] == {"seconds": 77.0}


def test_an_error_text_is_a_failure_and_what_does_not_read_is_no_answer() -> None:
    refused, garbled = Scripted(commit=[CommandRefused("not for you")]), Scripted(commit=[UnparsableOutput("x", "~")])
    assert send(refused).outcome.succeeded is False
    assert answer_to(refused.context, "commit") is False
    assert refused.told("answered") == ["install commit: FAILED: not for you"]
    answer = send(garbled)
    assert (answer.outcome.succeeded, answer.dropped) == (None, False)
    assert "cannot read the output of 'x'" in answer.outcome.reason
    assert answer_to(garbled.context, "commit") is None


def test_a_verdict_that_came_at_the_second_time_is_kept() -> None:
    job = Scripted(commit=[said(None, dropped=True), said(True)])
    send(job)
    send(job)
    assert answer_to(job.context, "commit") is True


def test_a_log_that_lags_does_not_read_as_never_came() -> None:
    """For ten seconds the log knows nothing of the command, then it shows that it came and ended."""
    job = Scripted(memory=activated(), trace=[after(10.0, ENDED)])
    assert wait(job) is True
    assert not job.told("asked")
    assert set(job.driver.marks) == {"a line"}  # the log is read from where it stood before the command
    assert job.waited < 60.0


def test_a_log_that_shows_nothing_for_longer_says_that_it_never_came() -> None:
    job = Scripted(memory=activated(), trace=[NEVER])
    assert wait(job) is False
    assert job.told("asked") == ["the device's log shows that 'install activate' never came"]
    assert 15.0 < job.waited < 60.0


def test_what_came_is_waited_for_to_its_end() -> None:
    job = Scripted(memory=activated(), trace=[after(400.0, ENDED, CAME)])
    assert wait(job) is True
    assert job.waited > 400.0


@pytest.mark.parametrize(("trace", "came"), [(CAME, True), (Trace(None, None), False)])
def test_what_never_ends_is_waited_for_until_the_deadline(trace: Trace, came: bool) -> None:
    job = Scripted(memory=activated(), trace=[trace])
    assert wait(job, 300.0) is came
    assert 300.0 <= job.waited < 330.0


def test_what_is_done_is_not_asked_for() -> None:
    job = Scripted(memory=activated(), trace=[NEVER])
    assert wait_while_running(job.context, job.driver, "activate", 300.0, lambda: True)
    assert job.driver.asked == []


def test_what_is_sent_and_answered_is_told_and_stands_in_the_transcript() -> None:
    job = Scripted(commit=[said(False, "an operation is under way", dropped=True)])
    send(job)
    assert job.told("sent") == ["install commit"]
    assert cast("PaperTranscript", job.context.transcript).notes == ["sending install commit, once"]
    told = {"succeeded": False, "reason": "an operation is under way", "dropped": True}
    assert job.record.data[-1] == ("answered", told)
    kept = job.record.memory["commit sent"]
    assert (kept["command"], kept["user"], kept["mark"]) == ("install commit", "netops", "a line")


def test_a_line_of_the_log_that_names_a_secret_is_not_kept_and_the_log_cannot_tell_then() -> None:
    job = Scripted(log_mark=["logged command:username anna password secret"])
    send(job)
    assert job.record.memory["commit sent"]["mark"] is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said(True), "SUCCESS"),
        (said(True, no_change=True), "SUCCESS, nothing to change"),
        (said(False, "no room"), "FAILED: no room"),
        (said(None, dropped=True), "the session ended before an answer"),
        (said(None), "no answer"),
        (said(None, "it is cut off"), "an answer that cannot be read: it is cut off"),
    ],
)
def test_each_answer_is_told_as_what_it_is(answer: Any, words: str) -> None:
    job = Scripted(commit=[answer])
    send(job)
    assert job.told("answered") == [f"install commit: {words}"]


@pytest.mark.parametrize("trace", [ENDED, CAME], ids=["ended", "still at work at the deadline"])
def test_what_was_read_before_the_log_told_its_end_is_asked_anew(trace: Trace) -> None:
    with one_look.one_look():
        one_look.keep("session", "show install summary", "not yet")
        assert wait(Scripted(memory=activated(), trace=[trace]), seconds=0.0)
        assert one_look.seen("session", "show install summary") is None
