"""What decides after the point of no return, piece by piece: what each look leads to, and what may still change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.scripted_steps import BEFORE, DAY, NEW, OLD, OLD_RUNS, TARGET_RUNS, runs, stands

from swimctl.models import Outcome
from swimctl.platforms.facts import Installed, Placement, Running
from swimctl.steps.comparison import Comparison
from swimctl.steps.evidence import (
    Compared,
    Pending,
    Proof,
    Seen,
    Then,
    Unread,
    committed,
    missing,
    new_boot,
    not_installed,
    of_new_release,
    outcome,
    went_back,
)

GARBLED = Unread("garbage")
UNCOMMITTED, COMMITTED = stands(Placement.UNCOMMITTED), stands(Placement.COMMITTED)
ABSENT, ADDED = stands(Placement.ABSENT), stands(Placement.ADDED)
HALF = runs(NEW, OLD)


def verdict(**seen: Any) -> Any:
    look = Seen(running=TARGET_RUNS, late="", installed=UNCOMMITTED, compared=Compared())
    return of_new_release(replace(look, **seen), NEW, BEFORE, "the image")


# What a look leads to.


def test_all_as_wanted_is_committed_without_waiting() -> None:
    assert (verdict().then, verdict().wait, verdict().why, verdict().doubts) == (Then.KEEP, Pending.NOTHING, "", ())


@pytest.mark.parametrize(
    ("seen", "then", "wait"),
    [
        ({"running": GARBLED}, Then.LEAVE, Pending.READY),
        ({"running": replace(TARGET_RUNS, doubt="the standby says another")}, Then.BACK, Pending.READY),
        ({"running": OLD_RUNS}, Then.BACK, Pending.NOTHING),
        ({"running": HALF}, Then.BACK, Pending.NOTHING),
        ({"running": runs(OLD)}, Then.BACK, Pending.READY),  # the second member may bring the target yet
        ({"running": OLD_RUNS, "late": "module 2"}, Then.BACK, Pending.READY),
        ({"running": runs(NEW)}, Then.BACK, Pending.READY),
        ({"late": "module 2"}, Then.BACK, Pending.READY),
        ({"abnormal": "it crashed"}, Then.BACK, Pending.NOTHING),
        ({"installed": replace(UNCOMMITTED, doubt="two tables disagree")}, Then.BACK, Pending.READY),
        ({"installed": ADDED}, Then.BACK, Pending.LINKS),
        ({"installed": GARBLED}, Then.KEEP, Pending.READY),
        ({"late": GARBLED}, Then.KEEP, Pending.READY),
        ({"compared": GARBLED}, Then.KEEP, Pending.READY),
        ({"compared": Compared(unread={"routes": "no"})}, Then.KEEP, Pending.READY),
        ({"compared": Compared(Comparison("2 uplinks lost"))}, Then.BACK, Pending.LINKS),
        ({"compared": Compared(Comparison("2 uplinks lost", slow=True))}, Then.BACK, Pending.END_DEVICES),
        ({"compared": Compared(Comparison(below="few"))}, Then.KEEP, Pending.ACCESS),
        ({"compared": Compared(Comparison(below="few", slow=True))}, Then.KEEP, Pending.END_DEVICES),
        ({"compared": Compared(Comparison(told="a new link"))}, Then.KEEP, Pending.NOTHING),
    ],
)
def test_each_piece_leads_to_what_the_rules_say(seen: dict[str, Any], then: Then, wait: Pending) -> None:
    assert (verdict(**seen).then, verdict(**seen).wait) == (then, wait)


@pytest.mark.parametrize(
    "found", [Comparison("2 uplinks lost", told="1 new link"), Comparison(below="few", told="1 new link")]
)
def test_what_else_was_seen_is_told_whatever_it_leads_to(found: Comparison) -> None:
    assert verdict(compared=Compared(found)).told == "1 new link"
    assert verdict(compared=Compared(found), installed=GARBLED).told == "1 new link"


def test_what_was_not_compared_is_named_and_an_install_state_that_does_not_read_is_no_such_doubt() -> None:
    unread = Compared(unread={"interfaces_up": "denied", "routes": "half"})
    seen = verdict(late=GARBLED, compared=unread, installed=Unread("hung"))
    assert seen.doubts == ("whether all of it is back: garbage", "interfaces: denied", "routes: half")
    assert seen.why == ("the install state: hung; whether all of it is back: garbage; interfaces: denied; routes: half")
    assert verdict(installed=Unread("hung")).doubts == ()
    assert verdict(compared=GARBLED).doubts == ("interfaces, neighbours and routes: garbage",)


# Members.


def test_members_that_are_away_are_named_and_one_that_was_never_there_is_missed_by_nobody() -> None:
    before = replace(BEFORE, members={"1": "Ready", "2": "Ready", "3": "Ready", "4": "Provisioned"})
    assert missing(before, runs(NEW)) == "2, 3 not there"
    assert missing(before, runs(NEW, NEW, NEW)) == ""
    assert missing(before, replace(runs(NEW, NEW, NEW), doubt="they disagree")) == "they disagree"


# Boots.


def boot(uptime: int | None, restarted: str | None = None, version: str | None = OLD) -> dict[str, object]:
    return {"uptime": uptime, "restarted_at": restarted, "version": version}


@pytest.mark.parametrize(("uptime", "newer"), [(900, False), (800, False), (700, True), (10, True)])
def test_an_uptime_that_is_shorter_than_the_time_that_went_by_is_a_new_boot(uptime: int, newer: bool) -> None:
    assert new_boot(boot(300), runs(OLD, uptime=uptime), 600) is newer


@pytest.mark.parametrize(
    ("restarted", "newer"),
    [("2031-05-04T01:00:00", False), ("2031-05-04T01:01:50", False), ("2031-05-04T01:03:00", True),
     ("2031-05-04T00:58:30", False), ("2031-05-03T01:00:00", None)],
)  # fmt: skip
def test_a_restart_time_decides_only_where_no_uptime_is_printed_and_never_where_it_went_back(
    restarted: str, newer: bool | None
) -> None:
    now = Running(OLD, None, restarted, {"1": OLD})
    assert new_boot(boot(None, "2031-05-04T01:00:00"), now, 600) is newer
    assert new_boot(boot(30 * DAY, "2031-05-04T01:00:00"), replace(now, uptime=30 * DAY + 600), 600) is False


# What is committed.


@pytest.mark.parametrize(
    ("running", "installed", "said", "patch", "proved", "by"),
    [
        (TARGET_RUNS, COMMITTED, None, False, True, ""),
        (TARGET_RUNS, COMMITTED, False, True, True, ""),
        (TARGET_RUNS, stands(Placement.COMMITTED, 60), True, False, False, "it is committed, its timer runs"),
        (TARGET_RUNS, UNCOMMITTED, True, False, False, "it is uncommitted"),
        (HALF, COMMITTED, True, False, False, f"{OLD}, {NEW} runs"),
        (
            TARGET_RUNS,
            GARBLED,
            True,
            False,
            True,
            "the answer to the commit, because the install state cannot be read (garbage)",
        ),
        (TARGET_RUNS, GARBLED, True, True, False, "its install state cannot be read: garbage"),
        (TARGET_RUNS, GARBLED, None, False, False, "its install state cannot be read: garbage"),
        (GARBLED, GARBLED, True, False, False, "its install state cannot be read: garbage"),
    ],
)
def test_the_install_state_decides_what_is_committed_and_the_commits_word_where_it_does_not_read(
    running: Any, installed: Any, said: bool | None, patch: bool, proved: bool, by: str
) -> None:
    assert committed(running, installed, NEW, said=said, patch=patch) == Proof(proved, by)


def test_two_sources_that_disagree_prove_nothing_yet() -> None:
    running, installed = replace(TARGET_RUNS, doubt="one"), replace(COMMITTED, doubt="two")
    assert committed(running, installed, NEW, said=True, patch=False) == Proof(proved=False, by="one; two", doubt=True)


# What went back.


@pytest.mark.parametrize(
    ("now", "reloaded", "patch", "back"),
    [
        (OLD_RUNS, True, False, True),
        (OLD_RUNS, False, False, True),  # it had gone back by itself before
        (OLD_RUNS, True, True, True),
        (OLD_RUNS, False, True, False),
        (HALF, True, False, False),
        (TARGET_RUNS, True, False, False),
    ],
)
def test_a_device_is_back_where_all_of_it_runs_what_it_ran(
    now: Running, reloaded: bool, patch: bool, back: bool
) -> None:
    assert went_back(now, BEFORE, reloaded=reloaded, patch=patch) is back


# What a device is.


def judged(running: Any, installed: Any, booted: bool | None = False, **how: Any) -> Outcome:
    how = {"under_way": False, "members": 2, **how}
    return outcome(NEW, how.pop("before", OLD), running, installed, booted=booted, **how)


@pytest.mark.parametrize(
    ("running", "installed", "booted", "is_now"),
    [
        (OLD_RUNS, ABSENT, False, Outcome.UNTOUCHED),
        (OLD_RUNS, ADDED, False, Outcome.UNTOUCHED),
        (OLD_RUNS, ADDED, True, Outcome.ROLLED_BACK),
        (OLD_RUNS, ADDED, None, Outcome.UNKNOWN),
        (OLD_RUNS, stands(Placement.NEXT), False, Outcome.UNKNOWN),
        (OLD_RUNS, stands(Placement.ADDED, 60), False, Outcome.UNKNOWN),
        (OLD_RUNS, GARBLED, True, Outcome.ROLLED_BACK),
        (OLD_RUNS, GARBLED, False, Outcome.UNKNOWN),
        (TARGET_RUNS, COMMITTED, True, Outcome.UPGRADED),
        (TARGET_RUNS, UNCOMMITTED, True, Outcome.UNKNOWN),
        (TARGET_RUNS, GARBLED, True, Outcome.UNKNOWN),
        (HALF, COMMITTED, True, Outcome.UNKNOWN),
        (runs(OLD), ABSENT, False, Outcome.UNKNOWN),
        (GARBLED, ABSENT, False, Outcome.UNKNOWN),
    ],
)
def test_a_device_is_what_it_says_of_itself(
    running: Any, installed: Installed | Unread, booted: bool | None, is_now: Outcome
) -> None:
    assert judged(running, installed, booted) is is_now
    expected = Outcome.UNKNOWN if is_now is Outcome.UPGRADED else is_now  # that is proved by post-checks alone
    assert not_installed(NEW, OLD, running, installed, booted=booted, under_way=False, members=2) is expected


@pytest.mark.parametrize("under_way", [True, None])
def test_while_an_activation_may_be_under_way_nothing_is_said(under_way: bool | None) -> None:
    for installed in (ABSENT, GARBLED, COMMITTED):
        assert judged(OLD_RUNS, installed, booted=True, under_way=under_way) is Outcome.UNKNOWN


def test_the_commits_own_word_counts_only_where_the_install_state_does_not_read() -> None:
    assert judged(TARGET_RUNS, GARBLED, booted=True, said_committed=True) is Outcome.UPGRADED
    assert judged(TARGET_RUNS, UNCOMMITTED, booted=True, said_committed=True) is Outcome.UNKNOWN
    assert judged(TARGET_RUNS, GARBLED, booted=True, said_committed=True, patch=True) is Outcome.UNKNOWN


def test_of_a_patch_nothing_is_said_where_its_state_does_not_read() -> None:
    assert judged(OLD_RUNS, GARBLED, booted=True, patch=True) is Outcome.UNKNOWN
    of_patch = not_installed(NEW, OLD, OLD_RUNS, GARBLED, booted=True, under_way=False, members=2, patch=True)
    assert of_patch is Outcome.UNKNOWN


def test_a_release_that_was_installed_anew_is_as_before_where_it_is_committed() -> None:
    for booted, is_now in ((False, Outcome.UNTOUCHED), (True, Outcome.ROLLED_BACK), (None, Outcome.UNKNOWN)):
        assert judged(TARGET_RUNS, COMMITTED, booted, before=NEW) is is_now
    assert judged(TARGET_RUNS, ADDED, before=NEW) is Outcome.UNKNOWN
    assert judged(TARGET_RUNS, GARBLED, booted=True, before=NEW) is Outcome.UNKNOWN
