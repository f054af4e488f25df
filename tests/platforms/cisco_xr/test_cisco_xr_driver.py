"""The installer followed by its ids, and what a router says of itself half-way; on paper."""

from __future__ import annotations

import pytest
from platforms.cisco_xr.scripted_device import (
    ADD,
    ADDED,
    BUSY,
    COMMIT,
    DEVICE,
    IDLE,
    IMAGE,
    NAME,
    OTHER,
    ROUTER,
    background,
    driver,
    ended,
    operation,
    packages,
)

from swimctl.errors import CommandRefused, DeadlineExceeded, UnparsableOutput
from swimctl.platforms.base import Cleaned, Trace
from swimctl.platforms.facts import Placement, Snapshot

ACTIVE, KEPT, ADDED_ONES = "show install active", "show install committed", "show install inactive summary"
REQUEST, LOG = "show install request", "show install log"
OLD, NEW = ("7.3.2",) * 3, ("7.5.2",) * 3
BEFORE = Snapshot("", "7.3.2", None, None, {}, (), (), {})
BACK = "admin hw-module location all reload"


def placed(active: tuple[str, ...], committed: tuple[str, ...], inactive: str = ROUTER[ADDED_ONES]) -> Placement:
    answers = {ACTIVE: packages("Active", *active), KEPT: packages("Committed", *committed), ADDED_ONES: inactive}
    return driver({**ROUTER, **answers})[0].installed(IMAGE).placement


def test_where_a_release_stands() -> None:
    assert placed(OLD, OLD) is Placement.ABSENT
    assert placed(OLD, OLD, ADDED) is Placement.ADDED
    assert placed(OLD, OLD, ADDED.replace("-v1", "-v2")) is Placement.ABSENT
    assert placed(NEW, OLD) is Placement.UNCOMMITTED
    assert placed(NEW, NEW) is Placement.COMMITTED
    assert placed(("7.5.2", "7.3.2", "7.5.2"), OLD) is Placement.UNCOMMITTED
    assert placed(("7.5.2", "7.3.2", "7.5.2"), NEW) is Placement.UNCOMMITTED
    assert placed(NEW, ("7.5.2", "7.3.2", "7.5.2")) is Placement.UNCOMMITTED
    assert placed(OLD, NEW) is Placement.NEXT


def test_every_node_runs_what_its_own_list_says() -> None:
    made, _ = driver({**ROUTER, ACTIVE: packages("Active", "7.3.2", "7.3.1", "7.3.2")})
    running = made.running()
    assert running.members == {"0/RSP0/CPU0": "7.3.2", "0/RSP1/CPU0": "7.3.1", "0/0/CPU0": "7.3.2"}
    assert running.uptime == 3 * 604_800 + 4 * 3_600


@pytest.mark.parametrize("wrong", [packages("Active", *NEW), packages("Active", *OLD).replace(" [Boot image]", "")])
def test_lists_that_do_not_fit_together_are_no_answer(wrong: str) -> None:
    with pytest.raises(UnparsableOutput):
        driver({**ROUTER, ACTIVE: wrong})[0].running()


LAST = "0/0/CPU0"


def cut(which: str, *versions: str) -> str:
    """Return a list that breaks off before its last node."""
    text = packages(which, *versions)
    return text[: text.index(LAST)].rpartition("\n")[0] + "\n"


def test_a_list_without_a_node_that_runs_says_nothing_of_what_runs() -> None:
    with pytest.raises(UnparsableOutput, match=rf"'show install active'.*says nothing of {LAST}, as 'show platform'"):
        driver({**ROUTER, ACTIVE: cut("Active", *OLD)})[0].running()
    # One that does not run yet may be missing; and where nobody tells which run, the list is believed.
    for slots in (ROUTER["show platform"].replace("IOS XR RUN", "BOOTING"), "% This command is not authorized\n"):
        made, _ = driver({**ROUTER, ACTIVE: cut("Active", *OLD), "show platform": slots})
        assert LAST not in made.running().members


@pytest.mark.parametrize(("short", "whole"), [(ACTIVE, KEPT), (KEPT, ACTIVE)])
def test_of_two_lists_one_without_a_node_of_the_other_decides_nothing(short: str, whole: str) -> None:
    kinds = {ACTIVE: "Active", KEPT: "Committed"}
    answers = {short: cut(kinds[short], *NEW), whole: packages(kinds[whole], *NEW)}
    with pytest.raises(UnparsableOutput, match=f"'{short}'.*says nothing of {LAST}, as '{whole}'"):
        driver({**ROUTER, **answers})[0].installed(IMAGE)


ADMIN = "        asr9k-sysadmin-7.5.2 version=7.5.2 [Boot image]\n"


def test_packages_of_the_admin_plane_among_the_others_decide_nothing() -> None:
    mixed = packages("Committed", *OLD)
    row = next(line for line in mixed.split("\n") if "[Boot image]" in line)
    lines = mixed.replace("Packages: 2", "Packages: 3", 1).replace(f"{row}\n", f"{row}\n{ADMIN}", 1)
    answers = {ACTIVE: packages("Active", *OLD), KEPT: lines}
    with pytest.raises(UnparsableOutput, match="two boot images for 0/RSP0/CPU0"):
        driver({**ROUTER, **answers})[0].installed(IMAGE)


def test_a_summary_names_no_node_and_decides_nothing() -> None:
    summary = f"    Committed Packages: 1\n{ADMIN}"
    with pytest.raises(UnparsableOutput, match="no boot image for a node"):
        driver({**ROUTER, ACTIVE: packages("Active", *NEW), KEPT: summary})[0].installed(IMAGE)


def test_an_operation_is_followed_by_its_id_to_its_end() -> None:
    made, terminal = driver(
        {
            ADD: background(26, ADD),
            REQUEST: [BUSY, "garbage\n", IDLE],
            f"{LOG} 26": [background(26, ADD), ended(26, ADD)],
        }
    )
    sent = made.add(IMAGE)
    assert (sent.outcome.succeeded, sent.outcome.operation, sent.dropped) == (True, "add", False)
    assert terminal.waits == [30.0] * 4  # the log lags behind what runs
    assert terminal.asked.count(f"{LOG} 26") == 2, "while it says that it is at it, its log is not asked"


def test_what_the_installer_tells_lands_in_any_output() -> None:
    late = "\nMar 09 18:57:00 Install operation 26 finished successfully\nMar 09 18:57:00 Ending operation 26\n"
    answers = {command: text.replace("\n", late, 1) for command, text in ROUTER.items()}
    assert driver(answers)[0].running() == driver(dict(ROUTER))[0].running()
    assert all(finding.ok for finding in driver(answers)[0].check(DEVICE, IMAGE, cleanup=False))


def test_one_that_the_terminal_waits_for_is_not_asked_for() -> None:
    made, terminal = driver({ADD: ended(26, ADD)})
    assert made.add(IMAGE).outcome.succeeded is True
    assert terminal.asked == [LOG, ADD]


def test_one_that_is_aborted_says_why() -> None:
    log = operation(26, ADD, "ERROR! the image is corrupt", "Install operation 26 aborted")
    made, _ = driver({ADD: background(26, ADD), REQUEST: IDLE, f"{LOG} 26": log})
    outcome = made.add(IMAGE).outcome
    assert (outcome.succeeded, outcome.reason) == (False, "ERROR! the image is corrupt")


def test_one_without_an_end_is_no_success() -> None:
    made, terminal = driver({ADD: background(26, ADD), REQUEST: IDLE, f"{LOG} 26": background(26, ADD)})
    assert made.add(IMAGE).outcome.succeeded is None
    assert len(terminal.waits) == 3
    made, terminal = driver({ADD: background(26, ADD), REQUEST: BUSY, f"{LOG} 26": background(26, ADD)})
    with pytest.raises(DeadlineExceeded, match="operation 26"):
        made.add(IMAGE)
    assert sum(terminal.waits) == 1800


@pytest.mark.parametrize("where", ["command", "wait", REQUEST])
def test_a_session_that_ends_in_it_tells_nothing(where: str) -> None:
    answers: dict[str, str | list[str]] = {ADD: background(26, ADD), REQUEST: BUSY, f"{LOG} 26": background(26, ADD)}
    if where != "wait":
        answers[ADD if where == "command" else REQUEST] = ""
    made, terminal = driver(answers)
    terminal.goes_down = where == "wait"
    sent = made.add(IMAGE)
    assert (sent.outcome.succeeded, sent.dropped) == (None, True)


def test_what_is_activated_is_named_by_the_operation_that_added_it() -> None:
    log = ended(26, ADD) + ended(27, ADD.replace("-v1", "-v2")) + ended(28, ADD) + ended(29, ADD, "aborted")
    command = "install activate id 28 noprompt"
    asks = operation(30, command) + "\nThis install operation will reload the sdr, continue?\n [yes/no]:[yes] yes\n"
    made, _ = driver(
        {ADDED_ONES: ADDED, LOG: log, command: asks, REQUEST: "Install operation completed, pending reload\n",
         f"{LOG} 30": background(30, command)}
    )  # fmt: skip
    outcome = made.activate(IMAGE).outcome
    assert (outcome.succeeded, outcome.reload_announced) == (True, True)


def test_where_the_log_names_none_its_own_name_does() -> None:
    command = f"install activate {NAME} noprompt"
    nothing = operation(27, command, "It is a NO IMPACT OPERATION as all packages are active")
    made, _ = driver(
        {ADDED_ONES: ADDED, LOG: ended(26, COMMIT), command: nothing + ended(27, command).split("\n", 2)[2]}
    )
    outcome = made.activate(IMAGE).outcome
    assert (outcome.succeeded, outcome.no_change) == (True, True)


def test_what_is_not_added_is_not_activated() -> None:
    made, terminal = driver(dict(ROUTER))
    assert made.activate(IMAGE).outcome.succeeded is False
    assert terminal.asked == [ADDED_ONES]


def test_a_commit_that_another_operation_keeps_out_is_sent_three_times_and_no_more() -> None:
    made, terminal = driver({COMMIT: [OTHER, OTHER, ended(31, COMMIT)]})
    assert made.commit().outcome.succeeded is True
    made, terminal = driver({COMMIT: OTHER})
    outcome = made.commit().outcome
    assert (outcome.succeeded, terminal.asked, terminal.waits) == (False, [LOG, COMMIT] * 3, [30.0] * 2)
    assert "Install operation 18 is still in progress" in str(outcome.reason)
    made, terminal = driver({COMMIT: ended(31, COMMIT, "aborted")})
    assert made.commit().outcome.succeeded is False
    assert terminal.asked == [LOG, COMMIT]


@pytest.mark.parametrize(
    ("log", "request_", "trace"),
    [
        (ended(25, COMMIT), IDLE, Trace(received=False, finished=None)),
        (ended(25, COMMIT) + ended(26, "install activate id 24"), IDLE, Trace(received=False, finished=None)),
        (ended(25, COMMIT) + background(26, ADD), BUSY, Trace(received=True, finished=False)),
        (ended(25, COMMIT) + ended(26, ADD, "aborted"), IDLE, Trace(received=True, finished=True)),
        (ended(25, COMMIT), BUSY, Trace(received=True, finished=False)),
        (ended(25, COMMIT), "The operation is 40% complete\n", Trace(received=True, finished=False)),
        (ended(25, COMMIT), BUSY.replace("26", "25"), Trace(received=False, finished=None)),
        (ended(3, COMMIT), IDLE, Trace(None, None)),
        ("garbage\n", IDLE, Trace(None, None)),
        (ended(25, COMMIT), "garbage\n", Trace(None, None)),
    ],
)
def test_the_log_tells_what_came_of_an_operation(log: str, request_: str, trace: Trace) -> None:
    made, _ = driver({LOG: log, REQUEST: request_})
    assert made.trace("add", "25") == trace
    assert made.trace("abort", "25") == made.trace("add", None) == Trace(None, None)


def test_the_mark_is_the_newest_operation() -> None:
    assert driver({LOG: ended(9, COMMIT) + ended(10, ADD)})[0].log_mark() == "10"
    assert driver({LOG: "garbage\n"})[0].log_mark() is None


@pytest.mark.parametrize(
    ("text", "succeeded", "dropped"),
    [
        ("Reload hardware module ? [no,yes] yes\nreload request on all acknowledged.\n", True, False),
        ("Reload hardware module ? [no,yes] yes\n\n", None, True),
        ("% This command is not authorized\n", False, False),
        ("Reload hardware module ? [no,yes] yes\nsomething else\n", None, False),
    ],
)
def test_the_way_back_is_a_reload_of_the_whole_chassis(text: str, succeeded: bool | None, dropped: bool) -> None:
    sent = driver({BACK: text})[0].abort()
    assert (sent.outcome.succeeded, sent.dropped) == (succeeded, dropped)


def test_what_comes_late_after_a_reload_is_waited_for() -> None:
    assert driver(dict(ROUTER))[0].unready() is None
    late = {
        "show platform": ROUTER["show platform"].replace("SE          IOS XR RUN ", "SE          OPERATIONAL"),
        ACTIVE: packages("Active", *OLD).partition("Node 0/0/CPU0")[0],
        "show redundancy": ROUTER["show redundancy"].replace("is ready", "is not ready"),
    }
    told = driver({**ROUTER, **late})[0].unready()
    assert told is not None
    for words in ("0/0/CPU0 OPERATIONAL", "0/0/CPU0 not in 'show install active' yet", "STANDBY, not ready"):
        assert words in told


def test_a_clean_up_removes_what_is_neither_active_nor_committed() -> None:
    command = "install remove inactive all"
    assert driver(dict(ROUTER))[0].clean() == Cleaned()
    cleaned = driver({ADDED_ONES: ADDED, command: ended(26, command)})[0].clean()
    assert (len(cleaned.removed), cleaned.complaint) == (1, "")


def test_a_file_is_named_hashed_and_removed_where_the_installer_looks_for_it() -> None:
    path, command = f"harddisk:/{IMAGE.filename}", f"delete harddisk:/{IMAGE.filename}"
    made, terminal = driver({f"show md5 file /{path}": "B" * 32, command: [f"Delete {path}[confirm]\n", "%Error: x\n"]})
    assert made.destination(IMAGE) == path
    assert made.file_hash(IMAGE, "md5").digest == "b" * 32
    made.remove_file(IMAGE)
    with pytest.raises(CommandRefused):
        made.remove_file(IMAGE)
    assert terminal.asked.count(command) == 2
