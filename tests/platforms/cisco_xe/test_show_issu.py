"""`show issu state detail` and `show issu rollback-timer`: whether an upgrade in service is open."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import IssuState
from swimctl.platforms.cisco_xe.in_service import able, at_rest, settled
from swimctl.platforms.cisco_xe.parsers.issu import TIMER, parse_show_issu

WAITS = sample("show_issu_state_detail/waits_for_commitversion")


def test_issu() -> None:
    assert parse_show_issu(sample("show_issu_state_detail/idle")) == IssuState(in_progress=False)
    runs = parse_show_issu(sample("show_issu_state_detail/rollback_runs"))
    assert runs == IssuState(in_progress=True, rollback=24 * 60 + 26, status="runversion", terminal=False)
    ready = parse_show_issu(sample("show_issu_state_detail/ready"))
    assert (ready.in_progress, ready.status, len(ready.checks), set(ready.checks.values())) == (
        False,
        "Enabled",
        6,
        {"Yes"},
    )
    over = parse_show_issu(sample("show_issu_state_detail/taken_over"))
    assert (over.in_progress, over.rollback, over.reached, over.terminal) == (
        True,
        103 * 60 + 9,
        "Active switched-over",
        True,
    )
    timer = parse_show_issu(sample("show_issu_rollback-timer/not_in_progress"), "show issu rollback-timer")
    assert not timer.in_progress
    with pytest.raises(UnparsableOutput):
        parse_show_issu("--- Starting local lock acquisition on R0 ---\nFinished local lock acquisition on R0\n")


def test_one_that_waits_for_its_commitversion_is_open() -> None:
    """Nothing counts down any more, and nothing is decided: field/outputs/xe_show_issu_state_acceptversion."""
    assert parse_show_issu(WAITS) == IssuState(in_progress=True, status="acceptversion", terminal=True)
    assert parse_show_issu(sample("show_issu_rollback-timer/canceled"), TIMER).in_progress
    runs = parse_show_issu(WAITS.replace("acceptversion", "runversion"))
    assert (runs.in_progress, runs.status, runs.rollback) == (True, "runversion", None)


def test_readiness_refuses_it_and_names_the_commands_of_its_family() -> None:
    issu = parse_show_issu(WAITS)
    assert not settled(issu)
    for finding in (able(issu), at_rest(issu)):
        assert not finding.ok
        assert "waits for its commitversion" in finding.seen
        assert "`issu commitversion` or `issu abortversion`" in finding.next_command
    other = able(parse_show_issu(sample("show_issu_state_detail/taken_over")))
    assert "`install commit` or `install abort issu`" in other.next_command


def test_a_timer_that_is_not_told_is_that_of_an_open_one() -> None:
    """Genie's issue 913: while one is open, the device leaves the timer to the other command."""
    assert parse_show_issu(sample("show_issu_rollback-timer/upgrade_open"), TIMER) == IssuState(in_progress=True)


def test_slots_that_each_tell_their_state() -> None:
    text = sample("show_issu_state_detail/slots")
    assert parse_show_issu(text) == IssuState(in_progress=False)
    open_one = text.replace("State = Init", "State = Accept Version")
    assert parse_show_issu(open_one) == IssuState(in_progress=True, status="Accept Version")
    assert "`issu commitversion`" in able(parse_show_issu(open_one)).next_command
    with pytest.raises(UnparsableOutput, match="neither"):
        parse_show_issu(text.replace("State = Init", "State = Later"))
    assert parse_show_issu(text.replace("State = Init", "State = Load Version", 1)).status == "Load Version"


@pytest.mark.parametrize(
    "text",
    [
        "Current ISSU Status: Enabled\nPrevious ISSU Operation: N/A\n",
        "Current ISSU Status: In Progress\nNo ISSU operation is in progress\n",
        f"{WAITS}No ISSU operation is in progress\n",
        sample("show_issu_state_detail/ready").replace("Install Boot                        Yes", "Install Boot"),
        "Please use 'show issu state detail' for auto-abort timer information.\n",
    ],
)
def test_what_does_not_tell_whether_one_is_open_is_refused(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_show_issu(text)
