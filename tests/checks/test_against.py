"""An answer of now against the one of before: what may have got lost on its way is not gone."""

from __future__ import annotations

from typing import Any

import pytest
from checks.rules import peers, rule

from swimctl.checks.against import held
from swimctl.checks.asking import Taken
from swimctl.checks.comparing import Standing
from swimctl.checks.rules import Check
from swimctl.config import patterns

BEFORE = peers(a="up", b="up", c="up")


def taken(rows: list[Any], doubt: dict[str, Any] | None = None, **fields: Any) -> Taken:
    return Taken(Check("peers", rule(**fields)), tuple(rows), **(doubt or {}))


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (taken([], {"why": "refused"}), "refused"),
        (taken([], {"bare": True}), "'show peers' printed no row, and does not say that there is none; before: 3"),
        (taken(peers(a="up", c="up"), {"odd": True}), "what it misses may be in them: b"),
        (taken(peers(a="up", b="up")), "c is gone; only the end of 'show peers' is missing"),
        (taken(peers(a="up", c="up"), key=["peer", "state"]), "its rule was changed since, and makes other rows"),
        (taken(peers(a="up", c="up"), read_as={"state": {"up": "Up"}}), "its rule was changed since"),
    ],
)
def test_what_may_have_got_lost_is_not_read(now: Taken, why: str) -> None:
    found = held("cisco_xe", taken(BEFORE), now)
    assert found.standing is Standing.UNREAD
    assert why in found.why


def test_what_is_missing_between_others_is_gone() -> None:
    found = held("cisco_xe", taken(BEFORE), taken(peers(a="up", c="up")))
    assert (found.standing, str(found)) == (Standing.BROKEN, "check peers: b is gone")


def test_the_rule_of_before_decides_where_both_make_the_same_rows() -> None:
    found = held("cisco_xe", taken(BEFORE, tolerate=1), taken(peers(a="up", c="up"), verdict="record"))
    assert (found.standing, found.verdict) == (Standing.TOLERATED, "fail")


def test_an_output_that_says_that_there_is_no_row_is_believed() -> None:
    assert str(held("cisco_xe", taken(BEFORE), taken([], {"odd": True}))).endswith("a is gone, b is gone, c is gone")


def test_what_an_expression_takes_too_long_for_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.02)
    before, now = peers(a="up", b="up"), peers(a="up", b=f"{'a' * 60}!")
    found = held("cisco_xe", *(taken(rows, where={"state": "up|(a|aa)+"}) for rows in (before, now)))
    assert found.standing is Standing.UNREAD
    assert found.why.startswith("the regular expression 'up|(a|aa)+' takes more than 0.02 seconds on one text")
