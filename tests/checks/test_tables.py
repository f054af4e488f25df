"""What checks found, as rows of a table and as JSON."""

from __future__ import annotations

import json

from checks.rules import peers, rule

from swimctl.checks.comparing import compare, unread
from swimctl.checks.tables import document, of_events, rows, silent, summary, summary_of

BROKEN = compare("peers", rule(tolerate=0), peers(a="up", b="up"), peers(a="down"))
TOLERATED = compare("more", rule(tolerate=1, verdict="warn"), peers(a="up"), peers(a="down"))
SILENT = unread("silent", rule(verdict="record"), "it was refused")
HOLDS = compare("well", rule(), peers(a="up"), peers(a="up"))
ALL = [BROKEN, TOLERATED, SILENT, HOLDS]


def test_a_table_has_what_changed_and_what_was_tolerated() -> None:
    assert rows(map(document, ALL)) == [
        ("peers", "b", "there", "gone", "there", "broken (fail)"),
        ("peers", "a state", "up", "down", "as before", "broken (fail)"),
        ("more", "a state", "up", "down", "as before", "tolerated (up to 1)"),
    ]
    assert silent(map(document, ALL)) == ["check silent (record): it was refused"]


def test_a_summary_counts_them() -> None:
    assert summary(ALL) == "4 checks: 1 broken, 1 tolerated, 1 not read, 1 holds"
    assert summary_of([document(each) for each in ALL]) == summary(ALL)
    assert (summary_of([]), summary([HOLDS])) == ("", "1 check: 1 holds")


def test_of_very_many_differences_the_first_are_kept_and_the_rest_counted() -> None:
    found = document(compare("x", rule(), peers(**{f"p{n}": "up" for n in range(205)}), []))
    assert (len(found["differences"]), found["left_out"]) == (200, 5)
    assert rows([found])[-1][1] == "5 more"
    json.dumps(found)


def test_the_last_event_of_checks_counts() -> None:
    first, last = [document(BROKEN)], [document(HOLDS)]
    events = [("checks", {"checks": first}), ("checks", {}), ("checks", {"checks": last}), ("sent", {"checks": first})]
    assert of_events(events) == last
    assert of_events([]) == []
