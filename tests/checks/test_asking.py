"""Asking a device: each check for itself, one that hangs ends the session, and what is said by day."""

from __future__ import annotations

from typing import Any

import pytest
from checks.rules import rule

from swimctl.checks.asking import Taken, Wanted, take, taken_of
from swimctl.checks.rules import Check
from swimctl.config import patterns
from swimctl.errors import CommandRefused, DeadlineExceeded, SessionLost, UnexpectedPrompt
from swimctl.models import Finding

GOOD = "a up 1\nb down 2\n"


class Says:
    """A session that answers by its script."""

    def __init__(self, **answers: str | Exception) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert (deadline, quiet) == (60.0, False)
        self.asked.append(command)
        answer = self.answers[command.removeprefix("show ")]
        if isinstance(answer, Exception):
            raise answer
        return answer


def check(name: str, *, own: bool = True, **fields: Any) -> Check:
    return Check(name, rule(command=f"show {name}", **fields), own)


def wanted(*checks: Check) -> Wanted:
    return Wanted(checks, "cisco_xe", 60.0)


def test_each_check_has_its_rows() -> None:
    found = take(Says(one=GOOD, two="c up 3\n"), "cisco_xe", [check("one"), check("two")], 60.0)
    assert [len(each.rows) for each in found] == [2, 1]
    assert found[0].rows == ({"peer": "a", "state": "up"}, {"peer": "b", "state": "down"})


@pytest.mark.parametrize("answer", [CommandRefused("no"), "% Invalid input detected at '^' marker.\n", "~~~\n"])
def test_what_cannot_be_read_takes_no_other_with_it(answer: Any) -> None:
    first, second = take(Says(one=answer, two=GOOD), "cisco_xe", [check("one"), check("two")], 60.0)
    assert (first.rows, bool(first.why), first.ended) == ((), True, False)
    assert (len(second.rows), second.why) == (2, "")


def test_a_parser_that_fails_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.checks.asking.rows_of", lambda *_: 1 / 0)
    (found,) = take(Says(one=GOOD), "cisco_xe", [check("one")], 60.0)
    assert found.why == ("cannot read the output of 'show one': its parser failed: ZeroDivisionError: division by zero")
    assert (found.check.name, found.ended) == ("one", False)


@pytest.mark.parametrize("error", [DeadlineExceeded("it did not end"), UnexpectedPrompt("it asked")])
def test_one_that_hangs_ends_the_session_and_says_so(error: Exception) -> None:
    session = Says(one=error, two=GOOD)
    first, second = take(session, "cisco_xe", [check("one"), check("two")], 60.0)
    assert (first.why, first.ended) == (str(error), True)
    assert second.why == f"it was not asked, because the session had to be closed: {error}"
    assert (second.ended, session.asked) == (False, ["show one"])


def test_a_lost_session_is_nobodys_answer() -> None:
    with pytest.raises(SessionLost):
        take(Says(one=SessionLost("gone")), "cisco_xe", [check("one")], 60.0)


def test_what_was_asked_before_an_upgrade_of_swimctl_and_is_asked_no_more_is_not_read() -> None:
    kept = Taken(check("one"), ({"peer": "a", "state": "up"},)).document()
    kept["rule"]["command"] = "show one | tee flash:x"
    session = Says()
    (found,) = take(session, "cisco_xe", [taken_of(kept).check], 60.0)
    assert found.why.startswith("`show one | tee flash:x` is not asked: a filter `| tee flash:x` may do more")
    assert session.asked == []


def test_a_parser_that_is_not_there_is_told_and_nothing_asked() -> None:
    session = Says()
    (found,) = take(session, "cisco_xe", [check("one", parse="ntc")], 60.0)
    assert "no template 'cisco_ios_show_one'" in found.why
    assert session.asked == []


@pytest.mark.parametrize(
    "taken",
    [
        Taken(check("one"), ({"peer": "a", "state": None},)),
        Taken(check("one", key=[], expect={"count": 1}), ({}, {}, {})),
        Taken(check("one"), ()),
    ],
)
def test_an_answer_is_read_as_it_was_written(taken: Taken) -> None:
    assert taken_of(taken.document()) == taken


def test_rows_without_fields_are_kept_as_their_number() -> None:
    assert Taken(check("one", key=[], expect={"count": 1}), ({}, {}, {})).document()["rows"] == 3


def test_a_feature_that_is_not_configured_is_not_asked_about() -> None:
    session = Says(one=GOOD, two=GOOD)
    checks = wanted(check("one", when="router bgp"), check("two"))
    assert [each.check.name for each in checks.take(session, "hostname x\n")] == ["two"]
    assert [each.check.name for each in checks.take(session, "router bgp 1\n")] == ["one", "two"]


def test_what_is_refused_by_day_is_a_finding_with_what_to_do() -> None:
    checks = wanted(check("one"), check("two"))
    refused, good = checks.findings(checks.take(Says(one="% Invalid input\n", two=GOOD), None), "sw1", "netops")
    assert (refused.rule, refused.ok, refused.needed) == ("check one", False, "an answer that can be read")
    assert "% Invalid input" in refused.seen
    assert refused.next_command == (
        "type `show one` on sw1 as 'netops'; correct the check, or give it `optional: true`"
    )
    assert good == Finding("check two", True, "2 rows", "an answer that can be read", "see `show two` on sw1")


@pytest.mark.parametrize("fields", [{"optional": True}, {"own": False}])
def test_a_check_that_may_be_left_out_stops_nothing(fields: dict[str, Any]) -> None:
    checks = wanted(check("one", **fields))
    taken = checks.take(Says(one="% Invalid input\n"), None)
    assert checks.findings(taken, "sw1", "netops") == []
    assert taken[0].why


@pytest.mark.parametrize(("verdict", "ok"), [("fail", False), ("warn", True), ("record", True)])
def test_what_must_hold_before_too_is_asked_by_day(verdict: str, ok: bool) -> None:
    checks = wanted(check("one", expect={"equals": {"state": "up"}}, ready=True, verdict=verdict))
    (found,) = checks.findings(checks.take(Says(one=GOOD), None), "sw1", "netops")
    assert found.ok is ok
    assert found.seen == ("2 rows" if ok else "b: state is down (needed up)")
    assert found.rule == "check one"
    assert (found.needed == "each peer is as before") is not ok
    assert (found.next_command == "mend that on sw1: see `show one`") is not ok


def test_what_need_not_hold_before_is_no_finding() -> None:
    checks = wanted(check("one", expect={"equals": {"state": "up"}}))
    assert [each.ok for each in checks.findings(checks.take(Says(one=GOOD), None), "sw1", "netops")] == [True]


def test_what_is_seen_of_many_rows_is_another_text_for_other_rows() -> None:
    """Somebody may accept exactly what was seen: rows that are not named must not be taken for others."""
    checks = wanted(check("one", expect={"equals": {"state": "up"}}, ready=True, verdict="fail"))
    six = [f"{name} down 1" for name in "abcdef"]
    seen = []
    for last in ("g down 1", "h down 1"):
        (found,) = checks.findings(checks.take(Says(one="\n".join([*six, last])), None), "sw1", "netops")
        assert "and 2 more" in found.seen
        seen.append(found.seen)
    assert len(set(seen)) == 2


def test_a_check_for_some_models_goes_by_what_the_device_says_where_the_inventory_says_none() -> None:
    some, others, all_of_them = check("one", on={"model": "C93.*"}), check("two", on={"model": "C95.*"}), check("three")
    session = Says(one=GOOD, two=GOOD, three=GOOD)
    stack = lambda: ("C9200-24P", "c9300-48P")  # noqa: E731 - as a driver answers
    assert [each.check.name for each in wanted(some, others, all_of_them).take(session, None, stack)] == [
        "one",
        "three",
    ]
    assert session.asked == ["show one", "show three"]


def test_a_check_for_some_models_is_told_where_nobody_knows_the_model() -> None:
    some = check("one", own=False, on={"model": "C93.*"})
    session = Says(two=GOOD)
    two, one = wanted(some, check("two")).take(session, None)
    assert (two.why, len(two.rows), session.asked) == ("", 2, ["show two"])
    assert one.left_out.startswith("check one is left out: it is for some models, and neither the inventory nor the ")


def test_the_model_of_the_inventory_has_chosen_already_and_the_device_is_not_asked() -> None:
    known = Wanted((check("one", on={"model": "C93.*"}),), "cisco_xe", 60.0, "C9300-24P")
    (found,) = known.take(Says(one=GOOD), None, lambda: pytest.fail("it was asked"))
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    "parse",
    [{"regex": r"^(?P<peer>(a|aa)+)$"}, {"textfsm": "Value PEER ((a|aa)+)\n\nStart\n  ^${PEER}$$ -> Record\n"}],
)
def test_an_expression_that_goes_back_and_forth_for_ever_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, parse: Any
) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.02)
    slow = check("one", parse=parse, expect="still there")
    one, two = take(Says(one=f"{'a' * 60}!\n", two=GOOD), "cisco_xe", [slow, check("two")], 60.0)
    assert "takes more than 0.02 seconds on one text" in one.why
    assert (one.ended, len(two.rows)) == (False, 2)
