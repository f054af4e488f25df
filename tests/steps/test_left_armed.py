"""What a device does by itself after its job: until when by the clock on the wall here, and what to type."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import support_matrix
from support.scripted_steps import NEW, OLD, PaperClock, PaperRecord, activated, stands

from swimctl.platforms.arista_eos.driver import SUPPORT as EOS
from swimctl.platforms.base import Support
from swimctl.platforms.cisco_xr.driver import SUPPORT as XR
from swimctl.platforms.facts import Installed, Placement
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps.left_armed import left_armed, timer_left

HOUR = 3600.0
AAA = "'install': the device answered 'Command authorization failed.'"
KEEP = f"to keep {NEW} type `install commit` before that, to go back now: `install abort`"


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the clock on the wall show another time than UTC, by which records are kept."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def told(memory: dict[str, Any], installed: Installed | None = None, *, at: float = 0.0, speed: float = 1.0) -> str:
    clock = PaperClock(speed)
    clock.seconds = at
    record = PaperRecord({"baseline": {"version": OLD}, **memory})
    return left_armed(record.recall, clock, "sw1", installed)


def test_the_time_that_the_device_tells_is_told_by_the_clock_on_the_wall() -> None:
    assert told(activated(), stands(Placement.UNCOMMITTED, 1800), at=600) == (
        f"sw1 goes back to {OLD} by itself at 2031-05-04 04:10 CEST; {KEEP}"
    )


def test_where_the_device_does_not_answer_the_record_tells() -> None:
    assert told(activated(), at=600) == (
        f"sw1 goes back to {OLD} by itself at 2031-05-04 04:30 CEST by the job's record; {KEEP}"
    )


def test_a_timer_that_runs_and_does_not_tell_its_time_is_told_by_the_record() -> None:
    assert "at 2031-05-04 04:30 CEST by the job's record" in told(
        activated(), stands(Placement.UNCOMMITTED, untold=True)
    )
    without = told(activated(armed=None), stands(Placement.UNCOMMITTED, untold=True))
    assert without == f"sw1 goes back to {OLD} by itself at an unknown time; {KEEP}"


def test_of_an_activation_that_was_sent_twice_the_second_time_counts() -> None:
    memory = activated(at=0.0)
    memory["activate sent again"] = {**memory["activate sent"], "started": {"seconds": 1800.0}}
    assert "at 2031-05-04 05:00 CEST by the job's record" in told(memory, at=1900)


def test_in_the_lab_whose_time_runs_faster_the_clock_on_the_wall_is_right_too() -> None:
    assert "2031-05-04 03:31 CEST" in told(activated(), at=0.0, speed=60.0)


@pytest.mark.parametrize("late", [0, 60])
def test_a_time_that_is_over_is_said_to_be(late: float) -> None:
    assert "04:30 CEST (that time is over: check whether it has) by the job's record" in told(
        activated(), at=HOUR + late
    )


@pytest.mark.parametrize("operation", ["commit", "abort"])
def test_what_the_device_acknowledged_ends_the_timer_by_our_record(operation: str) -> None:
    assert told({**activated(), f"{operation} answered": {"succeeded": True, "reason": None}}) == ""
    # Its own words count for more.
    said = {**activated(), f"{operation} answered": {"succeeded": True, "reason": None}}
    assert "goes back" in told(said, stands(Placement.UNCOMMITTED, 60))


def test_an_activation_that_was_refused_started_no_timer() -> None:
    assert told({**activated(), "activate answered": {"succeeded": False, "reason": "no"}}) == ""


@pytest.mark.parametrize(("operation", "command"), [("commit", "install commit"), ("abort", "install abort")])
def test_that_this_account_may_not_is_in_it(operation: str, command: str) -> None:
    memory = {**activated(), f"{operation} answered": {"succeeded": False, "reason": AAA}}
    refused = f"it refused `{command}` to 'netops': use an account that may do this, or allow it in AAA"
    assert told(memory, stands(Placement.UNCOMMITTED, 60)).endswith(refused)
    assert told(memory).endswith(refused)


def test_of_a_way_back_of_two_commands_the_one_that_was_refused_is_left_to_type() -> None:
    memory = activated(JUNOS, armed=None)
    memory["abort answered"] = {
        "succeeded": False,
        "reason": "'request system reboot': the device answered 'error: permission denied: reboot'",
    }
    text = told(memory, stands(Placement.UNCOMMITTED))
    assert f"to leave {NEW}: `request system reboot`; it refused `request system reboot` to 'netops'" in text


def test_another_failure_is_no_refusal_of_the_account() -> None:
    memory = {**activated(), "commit answered": {"succeeded": False, "reason": "No space left on device"}}
    assert "refused" not in told(memory)


def test_a_boot_that_is_armed_is_told_with_both_ways() -> None:
    text = told(activated(EOS, armed=None), stands(Placement.NEXT))
    assert text.startswith(f"the next reload of sw1, whatever its cause, starts {NEW}; to start it now: `boot system")
    assert EOS.way_back in text
    added = {"add sent": activated(JUNOS, armed=None)["activate sent"]}
    assert "`request system software rollback` alone undoes the `add`" in told(added, stands(Placement.NEXT))


def test_what_runs_uncommitted_without_a_timer_is_told_with_both_ways() -> None:
    text = told(activated(XR, armed=None), stands(Placement.UNCOMMITTED))
    assert text == (
        f"sw1 runs {NEW}, and its next reload, whatever its cause, may start {OLD}: to keep {NEW} type "
        "`install commit`, to leave it: `admin hw-module location all reload`"
    )


def test_where_no_one_command_leads_back_the_way_is_told_in_words() -> None:
    support = replace(XR, back="", way_back="set it back by hand")
    assert told(activated(support, armed=None), stands(Placement.UNCOMMITTED)).endswith(
        f"to keep {NEW} type `install commit`, to leave it: set it back by hand"
    )


@pytest.mark.parametrize("placement", [Placement.ABSENT, Placement.ADDED, Placement.COMMITTED])
def test_where_nothing_waits_nothing_is_said(placement: Placement) -> None:
    assert told(activated(), stands(placement)) == ""
    assert told({}) == ""


def test_a_record_of_an_earlier_swimctl_says_nothing() -> None:
    assert told({"activate sent": {"mark": None, "command": "install activate", "look": "`show version`"}}) == ""


@pytest.mark.parametrize("support", [each for _, each in support_matrix.supported()], ids=lambda each: each.name)
@pytest.mark.parametrize("installed", [stands(Placement.NEXT), stands(Placement.UNCOMMITTED), None])
def test_no_system_names_an_empty_command(support: Support, installed: Installed | None) -> None:
    text = told(activated(support, armed=None), installed)
    assert "``" not in text
    assert bool(text) is (installed is not None)
    assert support.look.strip("`")
    assert support.way_back
    assert all(support.command(name) for name in ("preserve", "add", "activate", "commit", "abort"))


def test_the_time_left_is_the_devices_where_it_tells_it() -> None:
    clock, record = PaperClock(), PaperRecord(activated())
    clock.seconds = 600
    assert timer_left(record.recall, clock, stands(Placement.UNCOMMITTED, 70)) == 70
    assert timer_left(record.recall, clock, stands(Placement.UNCOMMITTED)) is None
    assert timer_left(record.recall, clock, stands(Placement.UNCOMMITTED, untold=True)) == 3000
    assert timer_left(record.recall, clock, None) == 3000
    assert timer_left(PaperRecord().recall, clock, None) is None
    assert replace(stands(Placement.NEXT), untimed=True).timer_runs
