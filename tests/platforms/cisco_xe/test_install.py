"""Install states, the auto-abort timer, and how install commands end."""

from __future__ import annotations

import re

import pytest
from platforms.material import sample

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xe.facts import Package, PackageState, RollbackPoint
from swimctl.platforms.cisco_xe.parsers.install import parse_show_install, parse_show_install_rollback
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_outcome, parse_install_remove_outcome
from swimctl.platforms.facts import InstallOutcome


def test_waiting_for_commit() -> None:
    facts = parse_show_install(sample("show_install_summary/waiting_for_commit"))
    assert facts.packages == (
        Package(("1", "2"), "IMG", PackageState.UNCOMMITTED, "17.12.01a.0.118"),
        Package(("1", "2"), "IMG", PackageState.COMMITTED, "17.09.04.0.5797"),
        Package(("1", "2"), "SMU", PackageState.DEACTIVATED, "flash:cat9k_iosxe.17.09.04.CSCxy00001.SPA.smu.bin"),
    )
    assert (facts.timer_runs, facts.abort_timer, facts.abort_operation) == (True, 6582, "install_activate")


def test_members_in_different_states_come_as_blocks() -> None:
    facts = parse_show_install(sample("show_install_summary/members_differ"))
    assert [(package.members, package.state.value) for package in facts.packages] == [
        (("1", "3"), "C"),
        (("1", "3"), "I"),
        (("2",), "C"),
    ]
    assert (facts.timer_runs, facts.abort_timer, facts.abort_operation) == (False, None, None)


def test_supervisors() -> None:
    facts = parse_show_install(sample("show_install_summary/dual_supervisor"))
    assert facts.packages[0].members == ("R0", "R1")


def test_old_release_prints_no_timer() -> None:
    facts = parse_show_install(sample("show_install_summary/old_release_without_timer"))
    assert facts.timer_runs is None
    assert facts.packages == (Package(("1",), "IMG", PackageState.COMMITTED, "16.6.4.0"),)


def test_a_console_of_79_columns_puts_the_last_dash_in_front_of_the_next_line() -> None:
    facts = parse_show_install(sample("show_install_summary/console_of_79_columns"))
    assert facts.packages == (Package(("1",), "IMG", PackageState.UNCOMMITTED, "17.9.4.0.4152"),)
    assert (facts.timer_runs, facts.abort_timer) == (True, 5467)


def test_a_dash_in_front_of_a_line_is_a_rule_s_last_one_only_below_a_rule_that_lacks_it() -> None:
    text = sample("show_install_summary/console_of_79_columns")
    with pytest.raises(UnparsableOutput, match="lists no package of these members"):
        parse_show_install(text.replace(f"{'-' * 79}\n-", "-"))
    whole = sample("show_install_summary/waiting_for_commit")
    narrow = whole.replace("-" * 80, "-" * 79)
    assert narrow != whole
    assert parse_show_install(narrow) == parse_show_install(whole)


def test_members_without_a_package_are_an_answer_only_of_a_sister_whose_table_is_closed() -> None:
    text = sample("show_install_inactive/one")
    empty = text.replace("IMG   I    17.12.01a.0.118\n", "")
    assert parse_show_install(empty, "show install inactive").packages == ()
    for broken, command in (
        (empty, "show install summary"),
        (empty.replace("Auto abort timer: inactive\n", ""), "show install inactive"),
        (text + empty, "show install inactive"),
    ):
        with pytest.raises(UnparsableOutput, match="lists no package of these members") as caught:
            parse_show_install(broken, command)
        assert caught.value.command == command


def test_sisters() -> None:
    command = "show install inactive"
    assert parse_show_install(sample("show_install_inactive/nothing"), command).packages == ()
    one = parse_show_install(sample("show_install_inactive/one"), command)
    assert one.packages == (Package(("1/R0", "2/R0"), "IMG", PackageState.INACTIVE, "17.12.01a.0.118"),)


@pytest.mark.parametrize("name", ["waiting_for_commit", "members_differ", "dual_supervisor"])
def test_a_cut_off_summary_is_refused_or_true_as_far_as_it_goes(name: str) -> None:
    text = sample(f"show_install_summary/{name}").rstrip()
    whole = parse_show_install(text)
    lines = text.split("\n")
    for end in range(len(lines)):
        try:
            facts = parse_show_install("\n".join(lines[:end]))
        except UnparsableOutput:
            continue
        assert facts.packages == whole.packages[: len(facts.packages)] != ()
        assert facts.timer_runs in {None, whole.timer_runs}


RUNS, STOPPED, UNTOLD = (True, None), (False, None), (None, None)
TIMERS = {
    "Auto abort timer: inactive": STOPPED,
    "Auto abort timer: active": RUNS,
    "Auto abort timer: active , time before rollback - 1:57:12": (True, 7032),
    "Auto abort timer: active, time before rollback - 01:57:12": (True, 7032),
    "Auto abort timer: active on install_activate, time before rollback - 1:57:12": (True, 7032),
    "Auto abort timer: active on install_activate , time before rollback : 10:00:02": (True, 36002),
    "Auto abort timer: active on install_activate": RUNS,
    "Auto abort timer: Committed": STOPPED,
    "Auto abort timer: Uncommitted": RUNS,
    "auto-abort  timer :  INACTIVE": STOPPED,
    "Auto abort timer: armed for 90 minutes": RUNS,
    "Auto abort timer: ~#\x07 smand: 1/RP/0": RUNS,
    "Auto abort timer: active , time before rollback - 1:57:1": RUNS,
    "Auto abort timer: inact": UNTOLD,
    "Auto abort timer:": UNTOLD,
    "to abrt tmr: acive , tme befre rolbck - 1:5": UNTOLD,
    "": UNTOLD,
    "Auto abort timer: inactive\nAuto abort timer: active , time before rollback - 0:01:00": (True, 60),
    "Auto abort timer: active , time before rollback - 0:02:00\n"
    "Auto abort timer: active , time before rollback - 0:01:00": (True, 60),
}


@pytest.mark.parametrize("line", TIMERS)
def test_the_line_of_the_timer_refuses_nothing(line: str) -> None:
    text = sample("show_install_summary/waiting_for_commit")
    odd = re.sub(r"(?m)^Auto abort timer.*$", lambda _: line, text)
    facts = parse_show_install(odd)
    assert facts.packages == parse_show_install(text).packages
    assert (facts.timer_runs, facts.abort_timer) == TIMERS[line]


def test_a_row_in_an_unknown_state_is_named() -> None:
    text = sample("show_install_summary/waiting_for_commit").replace("IMG   U ", "IMG   X ")
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_install(text)
    assert caught.value.odd_line.startswith("IMG   X")


def test_rollback_points_may_repeat_an_id() -> None:
    assert parse_show_install_rollback(sample("show_install_rollback/points")) == (
        RollbackPoint(3, "before_smu", "taken before the fix"),
        RollbackPoint(2, "No Label", "No Description"),
        RollbackPoint(3, "No Label", "No Description"),
    )


def test_that_there_is_no_rollback_point_is_read_only_where_the_device_says_so() -> None:
    assert parse_show_install_rollback("No rollback points available") == ()
    header = "ID  Label  Description\n----------------------\n"
    for text in ("hall-7 is at work", header, f"{header}hall-7 is at work"):
        with pytest.raises(UnparsableOutput, match="there is no table 'ID Label Description' with rows"):
            parse_show_install_rollback(text)
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_install_rollback(f"{header}1  first  words\n2")
    assert caught.value.odd_line == "2"


def test_a_device_that_runs_has_an_image_in_its_table() -> None:
    text = sample("show_install_summary/waiting_for_commit").replace("IMG ", "SMU ")
    with pytest.raises(UnparsableOutput, match="it lists no image, and a device runs one"):
        parse_show_install(text)


def test_a_reason_within_a_members_line_is_told_without_the_words_around_it() -> None:
    text = sample("install/failed_reasons_on_members").replace(
        "FAILED: Install ISSU in progress.", "FAILED: install_activate : Install ISSU in progress."
    )
    assert parse_install_outcome(text) == OUTCOMES["failed_reasons_on_members"]


def test_an_error_in_a_line_of_its_own_is_the_reason_where_nothing_else_is() -> None:
    start, end = "install_activate: START Sat Mar 9 10:02:00 CET 2024\n", "FAILED: install_activate exit(1)\n"
    outcome = parse_install_outcome(f"{start}ERROR: This path of releases has no upgrade in service.\n{end}")
    assert (outcome.succeeded, outcome.reason) == (False, "This path of releases has no upgrade in service.")


OUTCOMES = {
    "one_shot_newer": InstallOutcome(
        "add_activate_commit", True, reload_announced=True, added_version="17.12.01a.0.118"
    ),
    "one_shot_older": InstallOutcome(
        "add_activate_commit", True, reload_announced=True, added_version="17.03.01.0.351"
    ),
    "cut_off_in_activate": InstallOutcome("activate", None),
    "failed_reason_on_last_line": InstallOutcome(
        "abort", False, "System configuration has been modified. Please save configuration and resubmit command."
    ),
    "failed_reasons_on_members": InstallOutcome(
        "add_activate_commit",
        False,
        "/mnt/sd3/user requires 512000 KB of free space, but only 301122 KB is available; "
        "Install ISSU in progress. Abort the ISSU upgrade to proceed",
    ),
    "failed_reason_behind_the_file": InstallOutcome(
        "add_activate_commit",
        False,
        "Improper State./flash/wlc-sw.17.09.05.SPA.bin not present. Please restore file for stability.; "
        "PKG_ADD: Passed on []. Failed on [1]",
    ),
    "failed_with_exit_code": InstallOutcome(
        "add_label", False, "No rollback id 7 present; install_add_label: Passed on []. Failed on [2]"
    ),
    "failed_without_operation": InstallOutcome(
        None,
        False,
        "Install Operation failed as one or more package file(s) for running image is not present in the device",
    ),
    "failed_no_space_on_member": InstallOutcome(
        "add_activate_commit",
        False,
        'rsync: write failed on "cat9k_iosxe.17.12.01a.SPA.bin" (in bootflash): No space left on device (28); '
        "Copy bootflash:cat9k_iosxe.17.12.01a.SPA.bin to standby",
    ),
    "success_and_a_member_failed": InstallOutcome("commit", None, "Commit: Passed on [1]. Failed on [2]"),
    "no_change": InstallOutcome("add", True, no_change=True),
    "commit_without_date": InstallOutcome("commit", True),
    "only_a_part_succeeded": InstallOutcome("add_activate_commit", None),
    "reload_without_verdict": InstallOutcome(None, None, reload_announced=True),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome(name: str) -> None:
    assert parse_install_outcome(sample(f"install/{name}")) == OUTCOMES[name]


def test_what_a_member_failed_to_do_is_the_reason() -> None:
    text = (
        "install_add: START Sat Mar  9 20:00:11 CET 2024\n--- Starting Add ---\nPerforming Add on all members\n"
        "  [1] Finished Add on Switch 1\n  [2] Failed to Add package(s) on Switch 2: file is corrupt\n"
        "Checking status of Add on [1 2]\nAdd: Failed on [2]\nFinished Add\n\n"
        "FAILED: install_add /flash/x.bin Sat Mar  9 20:04:11 CET 2024\n"
    )
    assert parse_install_outcome(text) == InstallOutcome("add", False, "file is corrupt; Add: Failed on [2]")


def test_without_its_start_an_operation_is_the_one_of_its_end() -> None:
    for end, succeeded in (("SUCCESS: install_COMMIT Sat Mar 9", True), ("FAILED: install_Commit : no room", False)):
        outcome = parse_install_outcome(f"Performing Commit on all members\n{end}\n")
        assert (outcome.operation, outcome.succeeded) == ("commit", succeeded)


def test_of_what_will_be_removed_the_last_line_may_be_half() -> None:
    text = sample("install_remove/deleted")
    listed = parse_install_remove_outcome(text).listed
    asked = text[: text.index("Do you want")].rstrip()
    assert parse_install_remove_outcome(asked).listed == listed[:-1]
    assert parse_install_remove_outcome(f"{asked}\nDo you want").listed == listed


@pytest.mark.parametrize(
    "line",
    ["SUCCESS: Files deleted.", "SUCCESS: xFSU-pre-check finished", "SUCCESS to verify packages", "SUCCESS: done"],
)
def test_success_of_something_else_is_no_verdict(line: str) -> None:
    text = sample("install/cut_off_in_activate") + line + "\n"
    assert parse_install_outcome(text).succeeded is None


@pytest.mark.parametrize("name", [name for name, outcome in OUTCOMES.items() if outcome.succeeded])
def test_a_cut_off_install_never_reads_as_a_success(name: str) -> None:
    text = sample(f"install/{name}")
    lines = text.split("\n")
    last = next(number for number, line in enumerate(lines) if line.startswith("SUCCESS: install_"))
    for end in range(last + 1):
        try:
            outcome = parse_install_outcome("\n".join(lines[:end]))
        except UnparsableOutput:
            continue
        assert outcome.succeeded is None


def test_a_reload_in_syslog_alone_is_announced() -> None:
    text = sample("install/commit_without_date") + (
        "Mar  9 22:00:25.253: %PMAN-5-EXITACTION: R0/0: pvp: Process manager is exiting: reload fp action requested\n"
    )
    assert parse_install_outcome(text).reload_announced


def test_what_the_older_package_manager_says_is_no_word_of_this_installer() -> None:
    text = sample("request/installed")
    with pytest.raises(UnparsableOutput, match="this is the older package manager's"):
        parse_install_outcome(f"{text}\nSUCCESS: install_commit Sat Mar 9 22:00:25 2024\n")


@pytest.mark.parametrize("text", ["[OK]\n", "Switch# Role\n", "a\nb\n", ""])
def test_what_is_not_the_installers_is_refused(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_install_outcome(text)


def test_a_command_that_the_device_does_not_know() -> None:
    with pytest.raises(CommandRefused):
        parse_install_outcome("install commit\n             ^\n% Invalid input detected at '^' marker.\n")


def test_remove_deleted() -> None:
    outcome = parse_install_remove_outcome(sample("install_remove/deleted"))
    files = ("/flash/cat9k-rpbase.17.06.05.SPA.pkg", "/flash/cat9k_iosxe.17.06.05.SPA.bin")
    assert (outcome.succeeded, outcome.listed, outcome.deleted) == (True, files, files)
    assert not outcome.rejected
    assert not outcome.nothing_to_remove


def test_remove_in_the_older_layout() -> None:
    outcome = parse_install_remove_outcome(sample("install_remove/deleted_older"))
    assert outcome.listed == ("/bootflash/C9800-L-rpboot.16.12.04a.SPA.pkg",)
    assert outcome.deleted == ("bootflash:C9800-L-rpboot.16.12.04a.SPA.pkg",)


def test_remove_rejected_is_a_success_that_deleted_nothing() -> None:
    outcome = parse_install_remove_outcome(sample("install_remove/rejected"))
    assert (outcome.succeeded, outcome.rejected, outcome.deleted, len(outcome.listed)) == (True, True, (), 2)
    assert not outcome.nothing_to_remove


def test_remove_with_nothing_to_remove() -> None:
    outcome = parse_install_remove_outcome(sample("install_remove/nothing"))
    assert (outcome.succeeded, outcome.nothing_to_remove, outcome.listed) == (True, True, ())


DONE = "SUCCESS: install_remove  Mon May 05 02:11:07 UTC 2031"


@pytest.mark.parametrize(
    ("between", "nothing"),
    [
        ("", True),
        ("The following files will be deleted:\n[R0]: /flash/old.pkg\nDo you want to go on? [y/n]y\n", False),
        ("Deleting file flash:old.pkg ... done.\n", False),
    ],
)  # fmt: skip
def test_a_success_alone_means_nothing_to_remove_where_nothing_was_listed_or_deleted(
    between: str, nothing: bool
) -> None:
    start = "install_remove: START Mon May 05 02:11:00 UTC 2031\n"
    outcome = parse_install_remove_outcome(f"{start}{between}{DONE}")
    assert (outcome.succeeded, outcome.nothing_to_remove) == (True, nothing)


def test_remove_does_not_read_another_operation() -> None:
    with pytest.raises(UnparsableOutput, match="another install operation"):
        parse_install_remove_outcome(sample("install/commit_without_date"))
