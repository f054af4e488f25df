"""What came of a command that changes a router, where its answer cannot be read: the router is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from platforms.cisco_xr.scripted_device import (
    ADD,
    ADDED,
    BUSY,
    COMMIT,
    IDLE,
    IMAGE,
    NAME,
    ROUTER,
    background,
    driver,
    ended,
    operation,
    packages,
)

from swimctl.errors import CommandRefused, DeadlineExceeded, StepFailed
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_xr.driver import CiscoXr
from swimctl.platforms.facts import Placement, Snapshot

LOG, REQUEST, INACTIVE = "show install log", "show install request", "show install inactive summary"
REMOVE, ACTIVATE, BACK = (
    "install remove inactive all",
    f"install activate {NAME} noprompt",
    "admin hw-module location all reload",
)
OLD = ended(25, COMMIT)
GARBAGE = "dg8 K!! 0x\n"
BEFORE = Snapshot("", "7.3.2", None, None, {}, (), (), {})

CHANGES: dict[str, Callable[[CiscoXr], Sent]] = {
    ADD: lambda made: made.add(IMAGE),
    ACTIVATE: lambda made: made.activate(IMAGE),
    COMMIT: lambda made: made.commit(),
}
each_change = pytest.mark.parametrize("command", CHANGES)


def sent(command: str, answer: str, *logs: str, request: str = IDLE) -> tuple[Sent, list[str]]:
    """Send a command to a router with this answer, whose log is as told, one look after the other."""
    # An activation takes the operation that added the image, and where its own begins, from one look at the log.
    made, terminal = driver({INACTIVE: ADDED, REQUEST: request, LOG: [OLD, *logs], command: answer})
    return CHANGES[command](made), terminal.asked


@each_change
@pytest.mark.parametrize("answer", [GARBAGE, "Install operation will continue in the background\n"])
def test_its_log_tells_how_it_ended(command: str, answer: str) -> None:
    outcome = sent(command, answer, OLD, OLD + background(26, command), OLD + ended(26, command))[0].outcome
    assert (outcome.succeeded, outcome.operation) == (True, command.split()[1])
    outcome = sent(command, answer, OLD + operation(26, command, "ERROR! no", "Install operation 26 aborted"))[
        0
    ].outcome
    assert (outcome.succeeded, outcome.reason) == (False, "ERROR! no")


@each_change
def test_what_came_before_or_is_of_another_kind_is_not_its_end(command: str) -> None:
    other = "install prepare id 7"
    for log in (OLD + ended(26, other), ended(24, command) + OLD, OLD):
        answered, asked = sent(command, GARBAGE, log)
        assert (answered.outcome.succeeded, answered.dropped) == (None, False)
        assert "no line is the installer's" in str(answered.outcome.reason)
        assert asked.count(REQUEST) == 3


@each_change
def test_a_log_that_does_not_read_is_no_verdict_either(command: str) -> None:
    with pytest.raises(DeadlineExceeded, match=command):
        sent(command, GARBAGE, GARBAGE)
    with pytest.raises(DeadlineExceeded, match=command):
        sent(command, GARBAGE, OLD + background(26, command), request=BUSY)


@each_change
def test_only_a_refusal_without_a_start_is_a_refusal(command: str) -> None:
    refused = "% This command is not authorized\n"
    with pytest.raises(CommandRefused):
        sent(command, refused, OLD)
    outcome = sent(command, background(26, command) + refused, OLD + ended(26, command))[0].outcome
    assert outcome.succeeded is True


@pytest.mark.parametrize(
    "said",
    [
        operation(26, COMMIT, "ERROR! a node does not answer"),
        ended(26, COMMIT) + "Mar 09 18:56:05 Install operation 26 aborted\n",
    ],
)
def test_an_error_without_an_end_and_two_ends_are_no_verdict(said: str) -> None:
    made, _ = driver({COMMIT: said, REQUEST: IDLE, f"{LOG} 26": ended(26, COMMIT)})
    assert made.commit().outcome.succeeded is True
    made, _ = driver({COMMIT: said, REQUEST: IDLE, f"{LOG} 26": said})
    assert made.commit().outcome.succeeded is None


@pytest.mark.parametrize("text", [GARBAGE, "% This command is not authorized\n"])
def test_where_what_is_added_does_not_read_nothing_is_activated(text: str) -> None:
    made, terminal = driver({INACTIVE: text})
    outcome = made.activate(IMAGE).outcome
    assert (outcome.succeeded, terminal.asked) == (False, [INACTIVE])
    assert "it was not sent" in str(outcome.reason)


def test_an_activation_goes_by_its_name_where_the_log_does_not_read() -> None:
    made, terminal = driver({INACTIVE: ADDED, LOG: GARBAGE, ACTIVATE: ended(26, ACTIVATE)})
    assert made.activate(IMAGE).outcome.succeeded is True
    assert ACTIVATE in terminal.asked


def test_a_clean_up_of_which_nothing_is_known_says_what_may_be_gone() -> None:
    with pytest.raises(StepFailed, match=r"is not known: .* may be gone, .*`show install log`"):
        driver({INACTIVE: ADDED, REQUEST: IDLE, REMOVE: GARBAGE})[0].clean()
    cleaned = driver({INACTIVE: ADDED, REMOVE: ended(26, REMOVE, "aborted")})[0].clean()
    assert "failed: the operation was aborted" in cleaned.complaint
    assert cleaned.removed == (), "what is still there is not gone"
    assert driver({INACTIVE: ADDED, REQUEST: IDLE, REMOVE: GARBAGE, LOG: [OLD, OLD + ended(26, REMOVE)]})[0].clean()


@pytest.mark.parametrize("text", [GARBAGE, "node 0/1: I/O error\n", "%SYS: error\n"])
def test_once_the_reload_is_agreed_to_an_error_is_no_refusal(text: str) -> None:
    answered = driver({BACK: f"Reload hardware module ? [no,yes] yes\n{text}"})[0].abort()
    assert answered.outcome.succeeded is None
    answered = driver({BACK: "Reload hardware module ? [no,yes] yes\n% Permission denied\n"})[0].abort()
    assert answered.outcome.succeeded is False


def test_an_activation_that_is_through_is_what_the_next_reload_starts() -> None:
    old = {
        "show install active": packages("Active", *["7.3.2"] * 3),
        "show install committed": packages("Committed", *["7.3.2"] * 3),
    }
    pending = "Install operation completed, pending reload\n"
    for inactive in (ADDED, ROUTER[INACTIVE]):
        made, _ = driver({**old, INACTIVE: inactive, REQUEST: pending})
        assert made.installed(IMAGE).placement is Placement.NEXT


def test_a_router_on_which_nothing_was_ever_installed_has_a_log() -> None:
    made, _ = driver({LOG: ["No install operations\n", ended(1, ADD)], REQUEST: IDLE})
    assert made.log_mark() == "0"
    assert made.trace("add", "0").received is True
    assert driver({LOG: "No install operations\n", REQUEST: IDLE})[0].trace("add", "0").received is False


@pytest.mark.parametrize(
    ("words", "abnormal"),
    [
        ('Active node reload "Cause: Kernel panic"', "Kernel panic"),
        ('Active node reload "User initiated graceful reload "', ""),
        ("Active node reload", ""),
        ('Standby node reload "Cause: Kernel panic"', ""),
    ],
)
def test_what_the_router_lays_to_a_failure_is_an_abnormal_reload(words: str, abnormal: str) -> None:
    made, _ = driver({**ROUTER, "show redundancy": f"{ROUTER['show redundancy']}{words}\n"})
    assert made.running().abnormal == abnormal


@pytest.mark.parametrize("text", [GARBAGE, "% This command is not authorized\n"])
def test_a_cause_that_does_not_read_costs_nothing(text: str) -> None:
    assert driver({**ROUTER, "show redundancy": text})[0].running() == driver(dict(ROUTER))[0].running()
