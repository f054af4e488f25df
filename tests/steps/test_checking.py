"""Checks by rules in a job of paper: kept with the baseline, asked again after the boot, and what they decide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checks.rules import rule
from steps.test_readiness_check import first
from support.after_reload import READY, back, keeping
from support.scripted_steps import NEW, PaperClock, Scripted

from swimctl.checks.asking import Taken, taken_of
from swimctl.checks.comparing import Compared as Found
from swimctl.checks.comparing import Standing
from swimctl.checks.rules import Check
from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeadlineExceeded, NotReady, SessionLost, StepFailed
from swimctl.steps import PostChecks
from swimctl.steps.baseline import kept_checks
from swimctl.steps.checking import added
from swimctl.steps.comparison import Comparison
from swimctl.steps.evidence import Compared
from swimctl.steps.readiness import ReadinessCheck

COMMAND = "show peers"
UP = "a up 1\nb up 2\n"
ONE_DOWN = "a up 1\nb idle 2\n"
PATIENCE = Settings().tolerances.patience
ROWS = ({"peer": "a", "state": "up"}, {"peer": "b", "state": "up"})


def remembered(*taken: Taken) -> dict[str, Any]:
    return {"baseline checks": [each.document() for each in taken]}


def kept(name: str = "peers", **fields: Any) -> Taken:
    return Taken(Check(name, rule(**fields)), ROWS)


def asked(taken: Taken, *answers: Any, make: Any = keeping, **script: Any) -> Scripted:
    job = make(memory=remembered(taken), says={COMMAND: answers}, **script)
    assert isinstance(job, Scripted)
    return job


def documents(job: Scripted) -> list[Any]:
    (found,) = [data["checks"] for kind, data in job.record.data if kind == "checks"]
    return list(found)


# Before the upgrade.


def test_what_the_checks_are_told_is_kept_with_the_baseline(tmp_path: Path) -> None:
    job = first(tmp_path, says={COMMAND: [UP]})
    check = Check("peers", rule())
    ReadinessCheck().run(replace(job.context, checks=lambda: (check,)))
    assert kept_checks(job.record.recall) == (Taken(check, ROWS),)
    assert [taken_of(each) for each in job.record.memory["baseline checks"]] == [Taken(check, ROWS)]
    assert job.told("baseline")[0].endswith(", 1 check")


def test_a_check_that_the_device_refuses_is_said_by_day_and_nothing_is_changed(tmp_path: Path) -> None:
    job = first(tmp_path, says={COMMAND: [CommandRefused("'show peers': the device answered '% Invalid input'")]})
    with pytest.raises(NotReady, match="check peers: seen 'show peers': the device answered '% Invalid input'"):
        ReadinessCheck().run(replace(job.context, checks=lambda: (Check("peers", rule()),)))
    assert kept_checks(job.record.recall) == ()


def test_a_check_that_came_with_swimctl_is_left_out_and_told(tmp_path: Path) -> None:
    job = first(tmp_path, says={COMMAND: ["~~~\n"]})
    ReadinessCheck().run(replace(job.context, checks=lambda: (Check("peers", rule(), own=False),)))
    assert kept_checks(job.record.recall) == ()
    (said,) = job.told("checks")
    assert said.startswith("check peers is left out: cannot read the output of 'show peers'")


@pytest.mark.parametrize("own", [True, False])
def test_a_check_that_hangs_by_day_costs_the_session_and_an_own_one_the_upgrade(tmp_path: Path, own: bool) -> None:
    job = first(tmp_path, says={COMMAND: [DeadlineExceeded("'show peers' did not end")]})
    context = replace(job.context, checks=lambda: (Check("peers", rule(), own=own),))
    with context.one_session():
        if own:
            with pytest.raises(StepFailed, match="'show peers' did not end") as failed:
                ReadinessCheck().run(context)
            assert not isinstance(failed.value, NotReady)
        else:
            ReadinessCheck().run(context)
            assert job.told("checks") == ["check peers is left out: 'show peers' did not end"]
            assert context._shared.session is None


# After it.


def test_what_is_as_before_is_a_success_and_is_told() -> None:
    job = asked(kept(), UP)
    assert PostChecks().run(job.context).message == f"{NEW} runs committed on every member, and all is as before"
    assert job.told("checks") == ["1 check: 1 holds"]
    assert [(each["name"], each["standing"]) for each in documents(job)] == [("peers", "holds")]


def test_what_is_broken_is_waited_for_and_goes_back() -> None:
    job = asked(kept(), ONE_DOWN, make=back)
    with pytest.raises(StepFailed, match="check peers: b: state was up, is idle"):
        PostChecks().run(job.context)
    assert job.sent("abort")
    assert not job.sent("commit")
    assert PATIENCE <= job.waited - 1200 <= PATIENCE + 600
    assert documents(job)[0]["differences"] == [
        {"key": "b", "field": "state", "before": "up", "after": "idle", "needed": "as before", "standing": "broken",
         "why": ""}
    ]  # fmt: skip


def test_what_comes_back_in_time_is_a_success() -> None:
    job = asked(kept(), ONE_DOWN, ONE_DOWN, UP)
    assert PostChecks().run(job.context).message.endswith("and all is as before")
    assert not job.sent("abort")
    assert any("check peers: b: state was up, is idle" in said for said in job.record.said)


def test_what_is_tolerated_is_told_and_decides_nothing() -> None:
    job = asked(kept(tolerate=1), ONE_DOWN)
    message = PostChecks().run(job.context).message
    assert message.endswith("check peers: b: state was up, is idle (needed as before) (tolerated)")
    assert job.told("checks") == ["1 check: 1 tolerated"]


def test_what_warns_is_told_and_decides_nothing() -> None:
    job = asked(kept(verdict="warn"), ONE_DOWN)
    assert "check peers: b: state was up, is idle" in PostChecks().run(job.context).message
    assert not job.sent("abort")


def test_what_is_only_recorded_is_in_the_record_and_nowhere_else() -> None:
    job = asked(kept(verdict="record"), ONE_DOWN)
    assert PostChecks().run(job.context).message.endswith("and all is as before")
    assert [each["standing"] for each in documents(job)] == ["broken"]


@pytest.mark.parametrize("answer", ["~~~\n", CommandRefused("'show peers' was refused")])
def test_an_answer_that_cannot_be_read_is_never_a_success_and_never_a_reason_to_go_back(answer: Any) -> None:
    job = asked(kept(), answer)
    with pytest.raises(StepFailed, match=r"could not be compared with the baseline: check peers: .*'show peers'"):
        PostChecks().run(job.context)
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    assert job.waited >= 1200 + READY
    assert documents(job)[0]["standing"] == "not read"


@pytest.mark.parametrize("answer", ["", "\n", "Peers:\n"])
def test_an_answer_without_a_row_that_does_not_say_so_sends_no_device_back(answer: str) -> None:
    job = asked(kept(bare="(Peers:)?", none="no peers"), answer)
    why = r"check peers: 'show peers' printed no row, and does not say that there is none; before: 2"
    with pytest.raises(StepFailed, match=why):
        PostChecks().run(job.context)
    assert not job.sent("abort")


def test_an_answer_that_says_that_there_is_no_row_is_believed() -> None:
    job = asked(kept(bare="(Peers:)?", none="no peers"), "Peers:\nno peers\n", make=back)
    with pytest.raises(StepFailed, match="check peers: a is gone, b is gone"):
        PostChecks().run(job.context)
    assert job.sent("abort")


def test_what_says_that_there_is_no_row_is_believed_beside_a_line_that_is_not_known() -> None:
    taken = kept(parse={"textfsm": TEMPLATE}, expect="still there", none="no peers")
    job = asked(taken, "no peers\n", make=back)
    with pytest.raises(StepFailed, match="check peers: a is gone, b is gone"):
        PostChecks().run(job.context)
    assert job.sent("abort")


def test_no_row_before_and_none_after_is_well() -> None:
    taken = Taken(Check("peers", rule(bare="")), ())
    assert PostChecks().run(asked(taken, "").context).message.endswith("and all is as before")


TEMPLATE = "Value PEER (\\S+)\n\nStart\n  ^peer ${PEER} is up -> Record\n  ^. -> Error\n"


@pytest.mark.parametrize("expect", ["still there", {"count": 0}])
def test_a_row_that_may_be_in_a_line_that_is_not_known_is_not_gone(expect: Any) -> None:
    fields = {"parse": {"textfsm": TEMPLATE}, "expect": expect}
    job = asked(kept(**fields), "peer a is up\npeer b is\n")
    with pytest.raises(StepFailed, match="has lines that its parser does not know, and what it misses may be in them"):
        PostChecks().run(job.context)
    assert not job.sent("abort")
    whole = asked(kept(**fields), "peer a is up\npeer b is up\nSome news\n")
    assert PostChecks().run(whole.context).message.endswith("and all is as before")


@pytest.mark.parametrize("verdict", ["warn", "record"])
def test_an_answer_that_cannot_be_read_fails_only_what_decides(verdict: str) -> None:
    job = asked(kept(verdict=verdict), "~~~\n")
    message = PostChecks().run(job.context).message
    assert ("check peers: cannot read" in message) is (verdict == "warn")


HANGS = DeadlineExceeded("'show peers' did not end")
OTHER = "show others"


def test_one_that_hangs_once_is_asked_again_in_a_new_session() -> None:
    job = asked(kept(), HANGS, UP)
    assert PostChecks().run(job.context).message.endswith("and all is as before")
    assert job.waited - 1200 < READY, "it was asked again at once"
    assert documents(job)[0]["standing"] == "holds"


def test_one_that_hangs_again_and_again_has_its_time_and_leaves_a_doubt() -> None:
    """It is asked last, so what else there is can be compared; and the commit has a session that is open."""
    command = Settings().deadlines.command

    def hangs(clock: PaperClock) -> Exception:
        clock.sleep(command)
        return HANGS

    others = Check("others", rule(command=OTHER))
    job = keeping(memory=remembered(kept(), Taken(others, ROWS)), says={COMMAND: [hangs], OTHER: [UP]})
    with pytest.raises(StepFailed, match="check peers: 'show peers' did not end") as failed:
        PostChecks().run(job.context)
    assert "others" not in str(failed.value)
    assert [each["standing"] for each in documents(job)] == ["not read", "holds"]
    assert READY <= job.waited - 1200 <= READY + 3 * command
    assert job.heard.count(COMMAND) > 3
    assert job.heard[-1] == OTHER, "the last look leaves its session open"
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")


def test_one_that_ends_its_session_each_time_leaves_a_doubt_and_keeps_nobody_from_the_commit() -> None:
    """The device is well, and its new release drops whoever types that command."""
    ends = SessionLost("the session to sw1 ended in 'show peers'")
    others = Check("others", rule(command=OTHER))
    job = keeping(memory=remembered(kept(), Taken(others, ROWS)), says={COMMAND: [ends], OTHER: [UP]})
    with pytest.raises(StepFailed, match="check peers: the session to sw1 ended in 'show peers'") as failed:
        PostChecks().run(job.context)
    assert "others" not in str(failed.value)
    assert [each["standing"] for each in documents(job)] == ["not read", "holds"]
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")


def test_nobody_waits_for_one_that_hangs_and_decides_nothing() -> None:
    job = asked(kept(verdict="warn"), HANGS, UP)
    assert "check peers: 'show peers' did not end" in PostChecks().run(job.context).message
    assert job.heard == [COMMAND]


SLOW = Settings().tolerances.end_device_patience


@pytest.mark.parametrize("first", [ONE_DOWN, "a up 1\n", "~~~\n"])
def test_one_that_is_slow_is_waited_for_though_it_decides_nothing(first: str) -> None:
    """Its last row may be gone, or behind the end of half an answer; both pass."""
    job = asked(kept(verdict="warn", slow=True), first, first, UP)
    assert PostChecks().run(job.context).message.endswith("and all is as before")
    assert job.heard == [COMMAND] * 3


def test_one_that_is_slow_and_never_comes_has_its_time_and_is_told() -> None:
    job = asked(kept(verdict="warn", slow=True), ONE_DOWN)
    assert "check peers: b: state was up" in PostChecks().run(job.context).message
    assert SLOW <= job.waited - 1200 < SLOW + 60
    assert not job.sent("abort")


@pytest.mark.parametrize(("slow", "patience"), [(True, SLOW), (False, PATIENCE)])
def test_one_that_decides_and_is_slow_has_more_time(slow: bool, patience: float) -> None:
    job = asked(kept(slow=slow), ONE_DOWN, make=back)
    with pytest.raises(StepFailed, match="check peers: b: state was up"):
        PostChecks().run(job.context)
    assert patience <= job.waited - 1200 < patience + 1200


def test_nobody_waits_for_one_that_is_slow_and_hangs() -> None:
    job = asked(kept(verdict="warn", slow=True), HANGS, UP)
    assert "check peers: 'show peers' did not end" in PostChecks().run(job.context).message
    assert job.heard == [COMMAND]


def test_what_is_broken_and_is_not_slow_has_no_more_time_beside_one_that_is() -> None:
    broken = found("fail", Standing.BROKEN)
    slow = replace(broken, verdict="warn", slow=True)
    assert added(Compared(), [slow]).found.slow
    assert not added(Compared(), [slow, broken]).found.slow
    assert not added(Compared(Comparison(complaint="2 uplinks lost")), [replace(broken, slow=True)]).found.slow


def test_one_that_hangs_is_not_asked_again_shortly_before_the_device_goes_back_by_itself() -> None:
    job = asked(kept(), HANGS, UP, armed=1200 + 290)
    with pytest.raises(StepFailed, match="check peers: 'show peers' did not end"):
        PostChecks().run(job.context)
    assert job.heard == [COMMAND]
    assert job.driver.times("commit") == 1


@pytest.mark.parametrize("peers", [UP, ONE_DOWN])
def test_shortly_before_the_device_goes_back_by_itself_one_may_hang_and_what_was_answered_stands(peers: str) -> None:
    others, more = (Check(command, rule(command=command)) for command in (OTHER, "show more"))
    job = (keeping if peers == UP else back)(
        memory=remembered(kept(), Taken(others, ROWS), Taken(more, ROWS)),
        says={COMMAND: [peers], OTHER: [HANGS], "show more": [HANGS]},
        armed=1200 + 290,
    )
    with pytest.raises(StepFailed, match="check show others" if peers == UP else "check peers: b: state was up"):
        PostChecks().run(job.context)
    assert job.heard == [COMMAND, OTHER]
    assert job.driver.times("commit") == (1 if peers == UP else 0)
    assert bool(job.sent("abort")) is (peers != UP)


def test_a_lost_session_is_asked_again_in_a_new_one() -> None:
    job = asked(kept(), SessionLost("the session ended"), UP)
    assert PostChecks().run(job.context).message.endswith("and all is as before")


def test_a_job_without_checks_tells_of_none() -> None:
    job = keeping()
    PostChecks().run(job.context)
    assert job.told("checks") == []


def test_the_rules_of_the_baseline_count_and_not_those_of_today() -> None:
    job = asked(kept(tolerate=1), ONE_DOWN)
    PostChecks().run(replace(job.context, checks=lambda: (Check("peers", rule(tolerate=0)),)))
    assert not job.sent("abort")


def found(verdict: str, standing: Standing, why: str = "") -> Found:
    return Found("x", verdict, standing, (), why)


def test_what_checks_say_stands_beside_what_is_always_compared() -> None:
    compared = Compared(Comparison(complaint="2 uplinks lost", told="new", slow=True), {"routes": "refused"})
    both = added(compared, [found("fail", Standing.BROKEN), found("fail", Standing.UNREAD, "odd")])
    assert both.found == Comparison(complaint="2 uplinks lost; check x: ", told="new", slow=True)
    assert both.unread == {"routes": "refused", "check x": "odd"}
    assert added(compared, [found("fail", Standing.HOLDS), found("record", Standing.TOLERATED)]) == compared
