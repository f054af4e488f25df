"""Rows before against rows after: what each expectation finds, what is tolerated, and laws that always hold."""

from __future__ import annotations

from typing import Any

import pytest
from checks.rules import peers, rule
from hypothesis import given
from hypothesis import strategies as st

from swimctl.checks.comparing import Compared, Difference, Standing, compare, standing_now, unread
from swimctl.checks.rows import Row, same

BROKEN, TOLERATED, HOLDS = Standing.BROKEN, Standing.TOLERATED, Standing.HOLDS


def told(found: Compared) -> list[tuple[str, str, str, str]]:
    return [(each.key, each.field, each.before, each.after) for each in found.differences]


def test_what_is_as_before_holds() -> None:
    found = compare("peers", rule(), peers(a="up", b="down"), peers(b="down", a="UP"))
    assert (found.standing, found.differences) == (HOLDS, ())


def test_a_row_that_is_gone_breaks() -> None:
    found = compare("peers", rule(), peers(a="up", b="up"), peers(a="up"))
    assert (found.standing, told(found)) == (BROKEN, [("b", "", "there", "gone")])
    assert str(found) == "check peers: b is gone"


def test_a_row_that_counts_no_more_is_told_by_what_it_has_become() -> None:
    wanted = rule(where={"state": "up"}, expect="still there")
    found = compare("peers", wanted, peers(a="up", b="up", c="down"), peers(a="up", b="idle", c="down"))
    assert told(found) == [("b", "state", "up", "idle")]
    assert str(found) == "check peers: b: state was up, is idle (needed up)"


def test_a_row_that_did_not_count_before_need_not_now() -> None:
    assert compare("peers", rule(where={"state": "up"}), peers(a="down"), peers()).standing is HOLDS


def test_what_is_new_breaks_only_where_it_may_not() -> None:
    assert compare("peers", rule(), peers(a="up"), peers(a="up", b="up")).standing is HOLDS
    found = compare("peers", rule(expect="nothing new"), peers(a="up"), peers(a="up", b="up"))
    assert told(found) == [("b", "", "not there", "new")]


def test_a_field_that_has_changed_breaks() -> None:
    assert told(compare("peers", rule(), peers(a="up"), peers(a="down"))) == [("a", "state", "up", "down")]


def test_all_fields_are_compared_but_those_that_are_ignored() -> None:
    wanted = rule(expect=[{"same": "all"}], ignore="age", parse={"json": ""})
    before: list[Row] = [{"peer": "a", "state": "up", "as": 1}]
    now: list[Row] = [{"peer": "a", "state": "up", "as": 2}]
    assert told(compare("peers", wanted, before, now)) == [("a", "as", "1", "2")]


@pytest.mark.parametrize(
    ("said", "now", "holds"),
    [
        (5, "95", True), (5, "105", True), (5, "94", False), ("10%", "90", True), ("10%", "89.9", False),
        ({"fall": "10%"}, "5000", True), ({"fall": "10%"}, "89", False), ({"rise": 3}, "0", True),
        ({"rise": 3}, "104", False), ({"fall": 1, "rise": "50%"}, "150", True), (0, "100", True), (0, "100.1", False),
        (5, "no number", False), (5, "100 W", True), ("10%", "1,000", False),
    ],
)  # fmt: skip
def test_a_number_stays_within_its_limits(said: Any, now: str, holds: bool) -> None:
    wanted = rule(expect={"within": {"prefixes": said}})
    found = compare("peers", wanted, [{"peer": "a", "prefixes": "100"}], [{"peer": "a", "prefixes": now}])
    assert (found.standing is HOLDS) is holds


def test_numbers_of_two_units_are_not_near_each_other() -> None:
    wanted = rule(expect={"within": {"prefixes": "50%"}})
    speeds: list[Row] = [{"peer": "a", "prefixes": "10G"}]
    assert compare("peers", wanted, speeds, [{"peer": "a", "prefixes": "9G"}]).standing is HOLDS
    assert compare("peers", wanted, speeds, [{"peer": "a", "prefixes": "10M"}]).standing is BROKEN


def test_what_is_no_number_must_be_as_it_was() -> None:
    wanted = rule(expect={"within": {"prefixes": 5}})
    rows: list[Row] = [{"peer": "a", "prefixes": "n/a"}]
    assert compare("peers", wanted, rows, rows).standing is HOLDS
    assert compare("peers", wanted, rows, [{"peer": "a", "prefixes": "7"}]).standing is BROKEN


@pytest.mark.parametrize(
    ("said", "now", "holds"),
    [
        (1, 9, True),
        (1, 8, False),
        ("20%", 8, True),
        ("20%", 7, False),
        ({"fall": 0}, 30, True),
        ({"rise": 0}, 11, False),
    ],
)
def test_the_number_of_rows_stays_within_its_limits(said: Any, now: int, holds: bool) -> None:
    wanted = rule(expect={"count": said}, key=[])
    found = compare("peers", wanted, [{}] * 10, [{}] * now)
    assert (found.standing is HOLDS) is holds
    assert told(found) == ([] if holds else [("", "rows", "10", str(now))])


@pytest.mark.parametrize(
    ("expect", "good", "bad"),
    [
        ({"at least": {"value": 2}}, "2", "1.9"),
        ({"at most": {"value": 90}}, "90 %", "91"),
        ({"at most": {"value": 90}}, "12", "no number"),
        ({"equals": {"value": "ok"}}, "OK", "failed"),
        ({"equals": {"value": True}}, True, False),
        ({"in": {"value": ["ok", "good", 5]}}, "5", "6"),
    ],
)
def test_what_must_be_so_whatever_it_was(expect: Any, good: Any, bad: Any) -> None:
    wanted = rule(expect=[expect], key="fan")
    then, was_bad = [{"fan": "1", "value": good}], [{"fan": "1", "value": bad}]
    assert compare("fans", wanted, then, then).standing is HOLDS
    assert compare("fans", wanted, then, was_bad).standing is BROKEN
    old = compare("fans", wanted, was_bad, was_bad)
    assert (old.standing, [each.why for each in old.differences]) == (TOLERATED, ["so before"])
    assert compare("fans", wanted, [], was_bad).standing is BROKEN, "what was not there before was not so"
    assert standing_now("fans", wanted, was_bad).standing is BROKEN
    assert standing_now("fans", wanted, then).standing is HOLDS


def test_so_many_rows_must_be_there() -> None:
    wanted = rule(expect=[{"at least": 2}, {"at most": 3}], key=[])
    assert [compare("x", wanted, [{}] * 2, [{}] * n).standing for n in (1, 2, 3, 4)] == [BROKEN, HOLDS, HOLDS, BROKEN]


def test_what_must_be_so_now_says_nothing_of_what_was_before() -> None:
    assert standing_now("peers", rule(), peers(a="up")).standing is HOLDS


@pytest.mark.parametrize(
    ("tolerate", "standing"), [(0, BROKEN), (1, BROKEN), (2, TOLERATED), ("49%", BROKEN), ("50%", TOLERATED)]
)
def test_so_many_rows_may_break(tolerate: Any, standing: Standing) -> None:
    before, after = peers(a="up", b="up", c="up", d="up"), peers(a="up", b="down", d="up")
    found = compare("peers", rule(tolerate=tolerate), before, after)
    assert found.standing is standing
    assert {each.standing for each in found.differences} == {standing}
    assert told(found) == [("c", "", "there", "gone"), ("b", "state", "up", "down")]


@pytest.mark.parametrize("expect", [{"count": 0}, {"at least": 10}])
def test_rows_that_may_break_do_not_excuse_their_number(expect: Any) -> None:
    before = [{"peer": str(number), "state": "up"} for number in range(10)]
    found = compare("peers", rule(expect=expect, tolerate="20%"), before, before[:3])
    assert (found.standing, told(found)) == (BROKEN, [("", "rows", "10", "3")])


def test_a_row_that_breaks_twice_is_one_row() -> None:
    wanted = rule(expect=[{"same": "state"}, {"equals": {"state": "up"}}], tolerate=1)
    assert compare("peers", wanted, peers(a="up", b="up"), peers(a="down", b="up")).standing is TOLERATED


def test_what_could_not_be_read_is_never_well() -> None:
    found = unread("peers", rule(verdict="record"), "it was refused")
    assert (found.standing, str(found)) == (Standing.UNREAD, "check peers: it was refused")


def test_a_sentence_names_the_first_of_many() -> None:
    found = compare("peers", rule(), peers(**{f"p{n}": "up" for n in range(9)}), [])
    assert str(found) == "check peers: p0 is gone, p1 is gone, p2 is gone, p3 is gone, p4 is gone and 4 more"


def test_a_name_with_any_sign_is_found_again() -> None:
    odd = ["a.b[0]", "root['x']", "a'b\"c", "10.0.0.0/8", "é", "[", "__class__"]
    before = [{"peer": name, "state": "up"} for name in odd]
    after = [{"peer": name, "state": "down"} for name in odd[:-1]]
    assert {each.key for each in compare("peers", rule(), before, after).differences} == set(odd)


STATES = st.dictionaries(st.text("abcdef.[]'0", min_size=1, max_size=4), st.sampled_from(["up", "down", "idle"]))
TOLERANCES = st.one_of(st.integers(0, 6), st.integers(0, 100).map(lambda share: f"{share}%"))


@given(STATES)
def test_nothing_differs_from_itself(states: dict[str, str]) -> None:
    rows = peers(**states)
    wanted = rule(expect=["still there", "nothing new", {"same": "all"}, {"count": 0}], where={"state": "up|idle"})
    assert compare("x", wanted, rows, rows[::-1]).differences == ()


@given(STATES, STATES, TOLERANCES)
def test_each_row_is_told_once_and_decides_by_the_tolerance(
    before: dict[str, str], after: dict[str, str], tolerate: int | str
) -> None:
    found = compare("x", rule(tolerate=tolerate), peers(**before), peers(**after))
    lost = {name for name, state in before.items() if after.get(name) != state}
    assert [each.key for each in found.differences if each.key not in lost] == []
    assert len(found.differences) == len(lost) == len({each.key for each in found.differences})
    most = tolerate if isinstance(tolerate, int) else len(before) * int(tolerate[:-1]) // 100
    wanted = HOLDS if not lost else BROKEN if len(lost) > most else TOLERATED
    assert found.standing is wanted


@given(STATES, STATES)
def test_what_is_gone_one_way_is_new_the_other(one: dict[str, str], other: dict[str, str]) -> None:
    gone = compare("x", rule(expect="still there"), peers(**one), peers(**other))
    new = compare("x", rule(expect="nothing new"), peers(**other), peers(**one))
    assert {each.key for each in gone.differences} == {each.key for each in new.differences} == set(one) - set(other)


@given(STATES, STATES)
def test_a_rule_that_keeps_more_rows_finds_no_less(before: dict[str, str], after: dict[str, str]) -> None:
    some = compare("x", rule(expect="still there", where={"state": "up"}), peers(**before), peers(**after))
    every = compare("x", rule(expect="still there", where={"state": "up|down|idle"}), peers(**before), peers(**after))
    lost = {each.key for each in some.differences if not each.field}
    assert lost <= {each.key for each in every.differences}


def test_a_difference_reads_as_a_sentence() -> None:
    assert str(Difference("", "rows", "10", "4", "within 1 of before")) == (
        "rows was 10, is 4 (needed within 1 of before)"
    )


def test_a_row_that_counts_again_is_told_by_what_it_was() -> None:
    wanted = rule(where={"state": ["up", "init"]}, expect="nothing new")
    found = compare("peers", wanted, peers(a="idle"), peers(a="up"))
    assert found.differences == (Difference("a", "state", "idle", "up", "as before"),)


def test_each_difference_says_what_was_needed() -> None:
    wanted = rule(where={"state": ["up", "init"]}, expect=["still there", "nothing new", {"same": "prefixes"}])
    rows: list[Row] = [{"peer": "a", "state": "up", "prefixes": "1"}, {"peer": "b", "state": "up", "prefixes": "2"}]
    now: list[Row] = [{"peer": "a", "state": "down", "prefixes": "1"}, {"peer": "c", "state": "up", "prefixes": "1"}]
    assert [(each.key, each.needed) for each in compare("x", wanted, rows, now).differences] == [
        ("a", "up or init"),
        ("b", "there"),
        ("c", "not there"),
    ]


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        (3, "within 3 of before"),
        ({"fall": "5%"}, "at most 5% less"),
        ({"rise": 2}, "at most 2 more"),
        ({"fall": 1, "rise": 2}, "at most 1 less and at most 2 more"),
    ],
)
def test_limits_are_told_in_words(said: Any, needed: str) -> None:
    (found,) = compare(
        "x", rule(expect={"count": said}, key=[]), [{}] * 50, [{}] * (9 if said != {"rise": 2} else 90)
    ).differences
    assert found.needed == needed


def test_what_must_be_so_is_told_with_what_it_was() -> None:
    wanted = rule(expect=[{"at most": {"value": 90}}, {"in": {"word": ["ok", "good"]}}], key="fan")
    before: list[Row] = [{"fan": "1", "value": "12", "word": "ok"}]
    now: list[Row] = [{"fan": "1", "value": "95 C", "word": "odd"}, {"fan": "2", "value": "99", "word": "ok"}]
    assert [
        (each.key, each.field, each.before, each.after, each.needed)
        for each in compare("x", wanted, before, now).differences
    ] == [
        ("1", "value", "12", "95 C", "at most 90"),
        ("2", "value", "", "99", "at most 90"),
        ("1", "word", "ok", "odd", "ok or good"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("5", "5.0", True), ("005", 5, True), ("1,000", "1000", True), ("5", "6", False), ("5", "five", False),
     (None, "nothing", True), (True, "TRUE", True), (" up", "UP ", True), ("10.0.0.1", "10.0.0.01", False),
     ("10G", "10M", False), ("10 Gbps", "10 gbps", True), ("12ab", "12cd", False), ("45 C", 45, True),
     (10**400, "9" * 400, True), (1e-7, 1e-7, True)],
)  # fmt: skip
def test_values_are_the_same_however_they_are_spelled(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike
