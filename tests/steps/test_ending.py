"""What a device is after a failed job, judged by what it says of itself; and what is asked and undone for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.scripted_steps import BEFORE, LOST, OLD_RUNS, PATCH, Scripted, activated, runs, stands

from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    DeviceUnknown,
    LoginFailed,
    NotReady,
    OtherDevice,
    StepFailed,
    TransferFailed,
    UnparsableOutput,
    Unreachable,
)
from swimctl.models import Outcome
from swimctl.platforms.arista_eos.driver import SUPPORT as EOS
from swimctl.platforms.base import Trace
from swimctl.platforms.cisco_xe.driver import SUPPORT as XE
from swimctl.platforms.facts import Installed, Placement, Running
from swimctl.platforms.journal import Logged
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps.base import ENTERED
from swimctl.steps.ending import COPY, nobody_could_ask, outcome_of_failure
from swimctl.steps.evidence import Unread
from swimctl.steps.evidence import outcome as judge

OLD, NEW = "17.6.5", "17.12.4"
OURS = Logged("o", frozenset({"add"}), "install add", "06:10:00: Started install add by netops")
ADDS = Logged("a", frozenset({"add"}), "install add", "06:11:02: Started install add by anna", ended=False)
GARBLED = UnparsableOutput("show install summary", "~~")
AWAY = Unreachable("no SSH session to sw1")
FAILED = StepFailed("the step failed")
UP = 30 * 86_400
NEVER_CAME = Trace(received=False, finished=None)
AS_BEFORE = runs("17.06.05", "17.06.05", uptime=UP)
ABSENT, ADDED, UNCOMMITTED, COMMITTED = Placement.ABSENT, Placement.ADDED, Placement.UNCOMMITTED, Placement.COMMITTED


def judged(*runs: str, target: str = "17.12.04", placement: Placement = ADDED, timer: str | None = None,
           booted: bool | None = False, under_way: bool = False, members: int = 2) -> Outcome:  # fmt: skip
    running = Running(runs[0], 100, None, {str(number): version for number, version in enumerate(runs, 1)})
    return judge(target, OLD, running, Installed(placement, timer), booted=booted, under_way=under_way, members=members)


@pytest.mark.parametrize(
    ("placement", "booted", "outcome"),
    [
        (Placement.COMMITTED, False, Outcome.UPGRADED),
        (Placement.COMMITTED, True, Outcome.UPGRADED),
        (Placement.ADDED, False, Outcome.UNTOUCHED),
        (Placement.ABSENT, True, Outcome.ROLLED_BACK),
        (Placement.UNCOMMITTED, False, Outcome.UNKNOWN),
    ],
)
def test_of_a_patch_its_place_tells_and_not_its_release(placement: Placement, booted: bool, outcome: Outcome) -> None:
    running = Running(OLD, 60, None, {"1": OLD})
    found = judge(OLD, OLD, running, Installed(placement), booted=booted, under_way=False, members=1, patch=True)
    assert found is outcome


def test_on_the_same_boot_with_the_old_release_it_is_untouched() -> None:
    assert judged(OLD, OLD) is Outcome.UNTOUCHED
    assert judged(OLD, OLD, placement=ABSENT) is Outcome.UNTOUCHED


def test_on_a_new_boot_with_the_old_release_it_is_rolled_back() -> None:
    assert judged(OLD, OLD, booted=True) is Outcome.ROLLED_BACK


def test_on_the_target_and_committed_it_is_upgraded() -> None:
    assert judged(NEW, NEW, placement=COMMITTED, booted=True) is Outcome.UPGRADED


@pytest.mark.parametrize("booted", [False, True])
def test_a_release_put_on_itself_is_what_it_was_before(booted: bool) -> None:
    outcome = judged(OLD, OLD, target="17.06.05", placement=COMMITTED, booted=booted)
    assert outcome is (Outcome.ROLLED_BACK if booted else Outcome.UNTOUCHED)


@pytest.mark.parametrize("placement", [ADDED, COMMITTED])
@pytest.mark.parametrize("runs", [(OLD, NEW), (NEW, OLD), (NEW,), (OLD,), ("17.9.4", "17.9.4")])
def test_members_that_differ_are_missing_or_run_something_else(runs: tuple[str, ...], placement: Placement) -> None:
    assert judged(*runs, placement=placement, booted=True) is Outcome.UNKNOWN


@pytest.mark.parametrize("doubt", [{"timer": "active"}, {"under_way": True}, {"placement": UNCOMMITTED}])
@pytest.mark.parametrize("runs", [OLD, NEW])
@pytest.mark.parametrize("booted", [False, True])
def test_while_something_may_still_happen_nothing_is_known(runs: str, booted: bool, doubt: dict[str, object]) -> None:
    assert judged(runs, runs, **{"placement": COMMITTED if runs == NEW else ADDED, "booted": booted, **doubt}) is (
        Outcome.UNKNOWN
    )


def test_without_a_boot_time_the_old_release_proves_nothing() -> None:
    assert judged(OLD, OLD, booted=None) is Outcome.UNKNOWN


# What cannot be read.


def unread(**changes: Any) -> Outcome:
    here: dict[str, Any] = {"booted": True, "under_way": False, "members": 1, **changes}
    running = here.pop("running", Running(NEW, 60, None, {"1": NEW}))
    return judge("17.12.04", OLD, running, here.pop("installed", Unread("garbage")), **here)


OLD_ALONE = Running(OLD, 60, None, {"1": OLD})


def test_without_the_install_state_the_commits_own_word_and_the_release_are_two_proofs() -> None:
    assert unread(said_committed=True) is Outcome.UPGRADED
    assert unread(said_committed=False) is Outcome.UNKNOWN
    assert unread(said_committed=True, running=OLD_ALONE) is Outcome.ROLLED_BACK
    assert unread(said_committed=True, members=2) is Outcome.UNKNOWN
    assert unread(said_committed=True, patch=True) is Outcome.UNKNOWN


def test_without_the_install_state_the_old_release_on_a_newer_boot_is_back_and_on_the_same_boot_unknown() -> None:
    assert unread(running=OLD_ALONE, booted=True) is Outcome.ROLLED_BACK
    assert unread(running=OLD_ALONE, booted=False) is Outcome.UNKNOWN
    assert unread(running=OLD_ALONE, booted=None) is Outcome.UNKNOWN


def test_without_the_release_nothing_is_known() -> None:
    assert unread(running=Unread("garbage"), installed=Installed(COMMITTED)) is Outcome.UNKNOWN


@pytest.mark.parametrize("installed", [Installed(ADDED), Unread("garbage")])
def test_a_log_that_does_not_read_may_hide_an_activation(installed: Any) -> None:
    assert unread(running=OLD_ALONE, installed=installed, booted=False, under_way=None) is Outcome.UNKNOWN
    assert unread(running=OLD_ALONE, installed=installed, booted=True, under_way=None) is Outcome.UNKNOWN


# Asked of the device, and undone.


def on_old_boot(**script: Any) -> Scripted:
    """Make a device that still runs what it ran, on the same boot, after an activation that was sent."""
    support, memory = script.pop("support", EOS), script.pop("memory", {})
    running = runs("17.06.05", "17.06.05", uptime=UP)
    defaults: dict[str, Any] = {"running": [running], "installed": [stands(ABSENT)], "unpacks": False, "armed": None}
    return Scripted(support=support, memory={**activated(support, armed=None), **memory}, **{**defaults, **script})


def ending(job: Scripted, error: Any = FAILED) -> tuple[Outcome, str]:
    return outcome_of_failure(job.context, error)


def test_a_boot_that_was_named_is_taken_back_and_the_device_is_as_it_was() -> None:
    job = on_old_boot(installed=[stands(Placement.NEXT), stands(ABSENT)], restore=["named again"])
    assert ending(job) == (Outcome.UNTOUCHED, "")
    assert job.told("restored") == ["named again"]


def test_what_cannot_be_taken_back_is_armed_and_said_to_be() -> None:
    refused = CommandRefused("'boot system flash:old.swi': the device answered '% Authorization denied'")
    job = on_old_boot(installed=[stands(Placement.NEXT)], restore=[refused])
    outcome, told = ending(job)
    assert outcome is Outcome.UNKNOWN
    assert "could not be taken back" in told
    assert "could not be asked" not in told
    assert "the next reload of sw1, whatever its cause, starts 17.12.04" in told
    assert told.endswith(f"next, on its console: {EOS.look}")


def test_nothing_is_restored_under_an_activation_that_runs() -> None:
    for trace in (Trace(received=True, finished=False), GARBLED):
        job = on_old_boot(installed=[stands(Placement.NEXT)], trace=[trace])
        assert ending(job)[0] is Outcome.UNKNOWN
        assert job.driver.times("restore") == 0


def test_nothing_is_restored_while_a_timer_runs_or_another_release_does() -> None:
    for script in ({"installed": [stands(UNCOMMITTED, 60)]}, {"running": [runs("17.12.04", "17.12.04")]}):
        job = on_old_boot(**script)
        ending(job)
        assert job.driver.times("restore") == 0


def test_what_may_be_set_is_taken_back_even_where_it_does_not_read() -> None:
    job = on_old_boot(installed=[GARBLED], restore=["named again"])
    outcome, told = ending(job)
    assert job.driver.times("restore") == 1
    assert outcome is Outcome.UNKNOWN
    assert "the state of the image cannot be read" in told
    assert "could not be asked" not in told


def test_a_device_that_hangs_at_its_install_table_was_asked_all_the_same() -> None:
    hangs = DeadlineExceeded("'show install summary' did not end")
    job = on_old_boot(installed=[hangs], running=[runs("17.06.05", "17.06.05", uptime=60)])
    job.clock.seconds = 3000
    outcome, told = ending(job)
    assert outcome is Outcome.ROLLED_BACK
    assert "what its next reload starts cannot be read: 'show install summary' did not end; next: " in told
    assert job.driver.times("restore") == 1


def test_a_device_that_does_not_answer_could_not_be_asked() -> None:
    job = on_old_boot(logins=[AWAY], memory={"activate sent": activated()["activate sent"]})
    outcome, told = ending(job, AWAY)
    assert outcome is Outcome.UNKNOWN
    assert "it could not be asked what it is now: no SSH session to sw1" in told
    assert "goes back to 17.06.05 by itself at 2031-05-04" in told
    assert "next, on its console: `show version`" in told


@pytest.mark.parametrize("sent", ["activate sent", "add sent", COPY])
def test_a_device_whose_first_answer_does_not_read_was_asked_all_the_same(sent: str) -> None:
    def made(*_: object) -> Any:
        raise GARBLED

    mark = {"seconds": 0.0, "uptime": UP, "restarted_at": None, "version": "17.06.05"}
    job = Scripted(support=EOS, memory={sent: mark if sent == COPY else activated(EOS, armed=None)["activate sent"]})
    outcome, told = outcome_of_failure(replace(job.context, make_driver=made), FAILED)
    assert outcome is Outcome.UNKNOWN
    assert f"cannot be read: {GARBLED}" in told
    assert "could not be asked" not in told
    assert "does not answer" not in told
    assert "next" in told


def test_of_a_device_that_nobody_knows_the_last_words_tell_the_time_that_is_left() -> None:
    job = on_old_boot(installed=[stands(UNCOMMITTED, 60)])
    outcome, told = ending(job, DeviceUnknown("whatever"))
    assert outcome is Outcome.UNKNOWN
    assert "by itself at 2031-05-04" in told
    assert "by the job's record" not in told


def test_no_login_is_spent_on_last_words_where_some_were_refused() -> None:
    job = on_old_boot(installed=[stands(UNCOMMITTED, 60)])
    job.context.refusals.count = 1
    ending(job, DeviceUnknown("refused 5 logins"))
    assert job.opened == 0


# After `add`.


def added(**script: Any) -> Scripted:
    support = script.pop("support", JUNOS)
    memory = {"add sent": activated(support, armed=None)["activate sent"], **script.pop("memory", {})}
    return Scripted(support=support, memory=memory, **{"running": [AS_BEFORE], "installed": [stands(ABSENT)], **script})


def test_an_add_that_was_refused_leaves_the_device_as_it_was() -> None:
    job = added(memory={"add answered": {"succeeded": False, "reason": "no space"}})
    assert ending(job) == (Outcome.UNTOUCHED, "")


def test_what_the_next_reload_would_start_is_taken_back_after_every_verdict() -> None:
    for answer in ({}, {"add answered": {"succeeded": False, "reason": "half of it"}}):
        job = added(memory=answer, installed=[stands(Placement.NEXT), stands(ABSENT)], restore=["rolled back"],
                    trace=[Trace(received=True, finished=True)])  # fmt: skip
        assert ending(job) == (Outcome.UNTOUCHED, "")
        assert job.told("restored") == ["rolled back"]


@pytest.mark.parametrize("table", [stands(ABSENT), stands(ADDED), stands(UNCOMMITTED), stands(COMMITTED), GARBLED])
def test_after_an_add_nothing_is_taken_back_but_what_the_next_reload_would_start(table: Any) -> None:
    """On Junos a rollback would name the release of before the last one."""
    for answer in ({}, {"add answered": {"succeeded": False, "reason": "half of it"}}):
        job = added(memory=answer, installed=[table])
        ending(job)
        assert job.driver.times("restore") == 0


@pytest.mark.parametrize("whose", ["ours", "another's"])
def test_nothing_is_taken_back_under_an_operation_that_runs(whose: str) -> None:
    """An add is at work still, or somebody else is: its files would be taken from under it."""
    refused: dict[str, Any] = {"add answered": {"succeeded": False, "reason": "busy"}}
    script: dict[str, Any] = {"trace": [Trace(received=True, finished=whose != "ours")]}
    if whose != "ours":
        script["journal"] = [(Logged("a line"), OURS, ADDS)]
        refused["baseline log"] = "a line"
    job = added(**{"memory": refused, "installed": [stands(Placement.NEXT)], **script})
    outcome, told = ending(job)
    assert outcome is Outcome.UNKNOWN
    assert "the next reload of sw1, whatever its cause, starts 17.12.04" in told
    assert ("somebody else works on it" in told) is (whose != "ours")
    assert job.driver.times("restore") == 0


@pytest.mark.parametrize("restore", [[""], [StepFailed("rollback failed")], [LOST]])
def test_what_the_next_reload_still_starts_is_not_untouched(restore: list[Any]) -> None:
    refused = {"add answered": {"succeeded": False, "reason": "half of it"}}
    outcome, told = ending(added(memory=refused, installed=[stands(Placement.NEXT)], restore=restore))
    assert outcome is Outcome.UNKNOWN
    assert "could not be asked" not in told
    assert "next, on its console: `show version`" in told


def test_an_add_without_a_verdict_may_still_start_at_the_next_reload() -> None:
    outcome, told = ending(added())
    assert outcome is Outcome.UNKNOWN
    assert "its next reload may start 17.12.04; to prevent that: `request system software rollback`" in told


def test_an_add_without_a_verdict_that_the_log_shows_to_be_through_or_never_to_have_come_left_nothing() -> None:
    for trace in (Trace(received=True, finished=True), Trace(received=False, finished=None)):
        assert ending(added(trace=[trace])) == (Outcome.UNTOUCHED, "")


def test_where_only_an_activation_starts_what_was_added_nothing_was_done_to_what_runs() -> None:
    assert ending(added(support=XE, installed=[stands(ADDED)])) == (Outcome.UNTOUCHED, "")


def test_a_patch_that_was_added_changed_nothing_of_what_runs_and_one_that_runs_did() -> None:
    assert ending(added(support=XE, image=PATCH, installed=[stands(ADDED)])) == (Outcome.UNTOUCHED, "")
    assert ending(added(support=XE, image=PATCH, installed=[stands(COMMITTED)]))[0] is Outcome.UNKNOWN


@pytest.mark.parametrize("script", [{"logins": [AWAY]}, {"installed": [GARBLED]}])
@pytest.mark.parametrize("support", [JUNOS, XE])
def test_a_device_that_could_not_be_asked_after_an_add_is_not_untouched(script: dict[str, Any], support: Any) -> None:
    refused = {"add answered": {"succeeded": False, "reason": "half of it"}}
    outcome, told = ending(added(support=support, memory=refused, **script))
    assert outcome is Outcome.UNKNOWN
    assert ("could not be asked" in told) is ("logins" in script)
    assert "next, on its console: `show version`" in told


# What is told of a device that was sent something and that nobody can ask.


@pytest.mark.parametrize("sent", [(), ("activate",), ("add", "activate", "commit", "abort")])
def test_what_was_sent_is_named_in_its_order_with_where_to_look(sent: tuple[str, ...]) -> None:
    job = Scripted(memory={f"{each} sent": {"command": f"install {each}", "look": "`show log`"} for each in sent})
    outcome, told = ending(job, OtherDevice("another device answers"))
    assert outcome is Outcome.UNKNOWN
    commands = ", ".join(f"install {each}" for each in sent) or "no command that starts another release"
    assert told == f"sent: {commands}; next, on its console: {'`show log`' if sent else '`show version`'}"
    assert job.opened == 0


def test_a_command_that_an_older_record_does_not_name_is_told_as_what_it_was() -> None:
    told = ending(Scripted(memory={"activate sent": {"mark": None}}), OtherDevice("another device answers"))[1]
    assert told == "sent: an install command; next, on its console: `show version`"


@pytest.mark.parametrize("state", ["Provisioned", "Removed"])
def test_a_member_that_was_only_configured_is_missed_by_nobody(state: str) -> None:
    before = replace(BEFORE, members={"1": "Ready", "2": state})
    job = Scripted(before=before, memory=activated(), running=[runs("17.12.04")], installed=[stands(COMMITTED)])
    assert ending(job)[0] is (Outcome.UPGRADED if state == "Provisioned" else Outcome.UNKNOWN)


# After the copy.


def copied(**script: Any) -> Scripted:
    mark = {"seconds": 0.0, "uptime": UP, "restarted_at": None, "version": "17.06.05"}
    return Scripted(memory={COPY: mark}, **{"installed": [stands(ABSENT)], **script})


TRANSFER = TransferFailed("the copy broke off")


def test_a_device_that_refuses_the_file_and_answers_is_untouched() -> None:
    job = copied(running=[runs("17.06.05", "17.06.05", uptime=UP + 60)])
    job.clock.seconds = 60
    assert ending(job, TRANSFER) == (Outcome.UNTOUCHED, "")


def test_a_device_that_does_not_answer_after_the_copy_is_unknown() -> None:
    outcome, told = ending(copied(logins=[AWAY]), TRANSFER)
    assert outcome is Outcome.UNKNOWN
    assert told == "it does not answer after the copy: no SSH session to sw1; next: check its console"


def test_a_device_that_booted_anew_while_it_took_the_file_is_not_untouched() -> None:
    job = copied(running=[runs("17.06.05", "17.06.05", uptime=120)])
    job.clock.seconds = 900
    outcome, told = ending(job, TRANSFER)
    assert outcome is Outcome.ROLLED_BACK
    assert "it rebooted during the copy; nothing was activated; next: `show version`" in told


@pytest.mark.parametrize("running", [runs("17.9.4"), runs("17.06.05", "17.06.05", uptime=None)])
def test_after_the_copy_whatever_else_runs_is_unknown(running: Running) -> None:
    outcome, told = ending(copied(running=[running]), TRANSFER)
    assert outcome is Outcome.UNKNOWN
    boot = "whether it rebooted is not known" if running.uptime is None else "it rebooted"
    assert told == (
        f"after the copy, seen: {running.version} runs, the image is {ABSENT}, {boot}; needed 17.06.05 on the same "
        f"boot, and nothing else that its next reload starts; next: {XE.look} on the device"
    )


@pytest.mark.parametrize("placement", [Placement.NEXT, UNCOMMITTED, COMMITTED])
def test_after_the_copy_whatever_the_next_reload_may_start_is_not_untouched(placement: Placement) -> None:
    outcome, told = ending(copied(running=[AS_BEFORE], installed=[stands(placement)]), TRANSFER)
    assert outcome is Outcome.UNKNOWN
    assert f"the image is {placement}" in told
    assert "nothing else that its next reload starts" in told


def test_after_the_copy_an_install_state_that_does_not_read_is_not_untouched() -> None:
    outcome, told = ending(copied(running=[AS_BEFORE], installed=[GARBLED]), TRANSFER)
    assert outcome is Outcome.UNKNOWN
    assert "the state of the image cannot be read" in told


def test_an_add_in_which_the_device_booted_anew_is_not_untouched() -> None:
    refused = {"add answered": {"succeeded": False, "reason": "half of it"}}
    job = added(support=XE, memory=refused, running=[runs("17.06.05", "17.06.05", uptime=120)])
    job.clock.seconds = 900
    outcome, told = ending(job)
    assert outcome is Outcome.ROLLED_BACK
    assert "it rebooted since the job began; nothing was activated" in told


def test_an_add_that_is_still_under_way_is_not_untouched() -> None:
    job = added(support=XE, trace=[Trace(received=True, finished=False)])
    assert ending(job)[0] is Outcome.UNKNOWN


# Where nothing was installed: asked all the same.


def looked_at(**script: Any) -> Scripted:
    """Make a device of which the baseline is kept, and nothing more."""
    return Scripted(**{"running": [AS_BEFORE], "installed": [stands(ABSENT)], **script})


NEVER = {"baseline": None, "found": None}
ENTERED_AT_0 = {**NEVER, ENTERED: {"seconds": 0.0, "uptime": 0, "restarted_at": None}}


def test_one_that_nobody_got_into_is_told_as_that_and_not_tried_again() -> None:
    job = Scripted(logins=[AWAY], memory=NEVER)
    assert ending(job, AWAY) == (Outcome.UNTOUCHED, "no login to sw1 in this job: nothing was sent to it")
    assert job.opened == 0


def test_one_that_was_refused_by_what_it_just_said_is_not_asked_again() -> None:
    job = Scripted(logins=[AWAY], memory=ENTERED_AT_0)
    assert ending(job, NotReady("not ready")) == (Outcome.UNTOUCHED, "")
    assert job.opened == 0


def test_one_that_answered_and_does_not_any_more_is_unknown_though_nothing_was_sent() -> None:
    for memory in ({}, ENTERED_AT_0):
        outcome, told = ending(looked_at(logins=[AWAY], memory=memory), AWAY)
        assert outcome is Outcome.UNKNOWN
        assert told == "it does not answer at the end: no SSH session to sw1; next: check its console"


def test_a_hash_or_a_clean_up_that_crashes_the_device_is_seen_though_nothing_was_copied() -> None:
    job = looked_at(running=[runs("17.06.05", "17.06.05", uptime=200)])
    job.clock.seconds = 900
    outcome, told = ending(job, LOST)
    assert outcome is Outcome.ROLLED_BACK
    assert "it rebooted since the job began; nothing was activated; next: " in told


def test_without_a_baseline_a_boot_from_before_the_first_login_proves_that_nothing_changed() -> None:
    job = looked_at(memory=ENTERED_AT_0)
    job.clock.seconds = 900
    assert ending(job, LOST) == (Outcome.UNTOUCHED, "")
    job = looked_at(memory=ENTERED_AT_0, running=[runs("17.06.05", uptime=300)])
    job.clock.seconds = 900
    outcome, told = ending(job, LOST)
    assert outcome is Outcome.UNKNOWN, "what it ran before is not known"
    assert "it rebooted" in told


def test_without_a_baseline_a_device_that_may_have_booted_since_the_first_login_is_not_untouched() -> None:
    """It crashed at a question of the first look and was back a minute later: too soon for its uptime to tell."""
    job = looked_at(memory=ENTERED_AT_0, running=[runs("17.06.05", uptime=60)])
    job.clock.seconds = 110
    outcome, told = ending(job, LOST)
    assert outcome is Outcome.UNKNOWN
    assert "whether it rebooted is not known" in told


AT_700 = {"seconds": 700.0, "uptime": 60, "restarted_at": None}
CRASHED = {"seconds": 0.0, "uptime": UP, "restarted_at": None}


@pytest.mark.parametrize("memory", [
    {"found": CRASHED, COPY: CRASHED, "boot": AT_700},  # the first copy crashed it, the second one came
    {"found": AT_700, ENTERED: {**CRASHED, "uptime": 0}},  # a question of the first look did
    {"found": CRASHED, COPY: AT_700},  # a hash did, before the copy
], ids=["copy", "look", "hash"])  # fmt: skip
@pytest.mark.parametrize("sent", ["nothing", "add", "activate"])
def test_a_device_that_booted_anew_at_any_time_of_the_job_is_not_untouched(memory: dict[str, Any], sent: str) -> None:
    since = runs("17.06.05", "17.06.05", uptime=260)
    refused = {"succeeded": False, "reason": "no"}
    kept = {} if sent == "nothing" else {f"{sent} sent": {"mark": "a line"}, f"{sent} answered": refused}
    job = looked_at(memory={**memory, **kept}, running=[since], installed=[stands(ADDED)], trace=[NEVER_CAME])
    job.clock.seconds = 900
    outcome, told = ending(job)
    assert outcome is Outcome.ROLLED_BACK, told
    words = "earlier in this job" if sent == "activate" else "since the job began"
    assert f"it rebooted {words}" in told


@pytest.mark.parametrize("sent", ["nothing", "add", "activate"])
@pytest.mark.parametrize(("parts", "why"), [
    ((UP, 260), "a member rebooted since the job began"),
    ((None, UP), "whether a member rebooted is not known: its uptime cannot be read"),
    ((UP, UP), ""),
    ((), ""),
])  # fmt: skip
def test_a_device_of_which_a_member_booted_anew_is_not_untouched(
    sent: str, parts: tuple[int | None, ...], why: str
) -> None:
    """The file that came crashed the third member of a stack, which is back; the stack itself stayed up."""
    now = replace(runs("17.06.05", "17.06.05", uptime=UP + 900), parts=parts)
    refused = {"succeeded": False, "reason": "no"}
    kept = {} if sent == "nothing" else {f"{sent} sent": {"mark": "a line"}, f"{sent} answered": refused}
    marks = {ENTERED: {**CRASHED, "uptime": 0}, "found": CRASHED, COPY: CRASHED, "boot": CRASHED}
    job = looked_at(memory={**marks, **kept}, running=[now], installed=[stands(ADDED)], trace=[NEVER_CAME])
    job.clock.seconds = 900
    outcome, told = ending(job)
    assert outcome is (Outcome.UNKNOWN if why else Outcome.UNTOUCHED), told
    assert why in told
    assert ("rebooted" in told) is bool(why)


@pytest.mark.parametrize("sent", ["nothing", "add", "activate"])
@pytest.mark.parametrize(("uptime", "outcome"), [(840, Outcome.UNKNOWN), (1_020, Outcome.UNTOUCHED)])
def test_a_device_that_may_have_booted_right_behind_the_first_login_is_not_untouched(
    sent: str, uptime: int, outcome: Outcome
) -> None:
    """A question of the first look crashed it within a minute, and it was back before the baseline; or just before."""
    refused = {"succeeded": False, "reason": "no"}
    kept = {} if sent == "nothing" else {f"{sent} sent": {"mark": "a line"}, f"{sent} answered": refused}
    found = {"seconds": 200.0, "uptime": uptime - 700, "restarted_at": None}
    job = looked_at(
        memory={ENTERED: {**CRASHED, "uptime": 0}, "found": found, **kept},
        running=[runs("17.06.05", "17.06.05", uptime=uptime)], installed=[stands(ADDED)], trace=[NEVER_CAME],
    )  # fmt: skip
    job.clock.seconds = 900
    is_now, told = ending(job)
    assert is_now is outcome, told
    assert ("whether it rebooted since the first login is not known" in told) is (outcome is Outcome.UNKNOWN)


def test_a_device_that_stayed_up_all_the_while_is_untouched_whatever_marks_there_are() -> None:
    later = {"seconds": 700.0, "uptime": UP + 700, "restarted_at": None}
    marks = {ENTERED: {**CRASHED, "uptime": 0}, "found": CRASHED, COPY: later}
    job = looked_at(memory=marks, running=[runs("17.06.05", "17.06.05", uptime=UP + 900)])
    job.clock.seconds = 900
    assert ending(job) == (Outcome.UNTOUCHED, "")
    assert job.driver.times("running") == 1, "no older mark is asked about"


def test_no_login_is_spent_on_asking_where_some_were_refused() -> None:
    job = looked_at()
    job.context.refusals.count = 1
    outcome, told = ending(job, LoginFailed("refused the login"))
    assert outcome is Outcome.UNKNOWN
    assert "its login is refused at the end, so it could not be asked" in told
    assert job.opened == 0


def test_another_release_than_before_is_never_upgraded_without_an_activation() -> None:
    job = looked_at(running=[runs("17.12.04", "17.12.04", uptime=UP)], installed=[stands(COMMITTED)])
    assert ending(job)[0] is Outcome.UNKNOWN


# What was removed.


def test_what_a_clean_up_removed_is_told_beside_whatever_the_device_is() -> None:
    memory = {"removed 1 begun": "install remove inactive", "removed 1": ["a.pkg", "b.pkg"]}
    assert ending(looked_at(memory=memory)) == (Outcome.UNTOUCHED, "removed from its flash: a.pkg, b.pkg")
    outcome, told = ending(looked_at(memory=memory, logins=[AWAY]), AWAY)
    assert outcome is Outcome.UNKNOWN
    assert told.startswith("removed from its flash: a.pkg, b.pkg; it does not answer")


def test_a_clean_up_whose_end_was_not_seen_may_have_removed_anything() -> None:
    memory = {"removed 1 begun": "install remove inactive", "removed 2 begun": "install remove inactive",
              "removed 2": ["c.pkg"]}  # fmt: skip
    told = ending(looked_at(memory=memory))[1]
    assert told == (
        "removed from its flash: c.pkg; what `install remove inactive` removed is not known, because its end was not "
        "seen: check its flash"
    )


@pytest.mark.parametrize("key", ["activate sent", "add sent", COPY])
def test_what_was_sent_leaves_a_doubt_where_nobody_could_ask(key: str) -> None:
    assert nobody_could_ask({key: {}}.get) is Outcome.UNKNOWN
    assert nobody_could_ask({ENTERED: {}}.get) is Outcome.UNKNOWN
    assert nobody_could_ask({}.get) is Outcome.UNTOUCHED


def test_a_patch_is_judged_by_where_it_stands() -> None:
    job = Scripted(image=PATCH, memory=activated(), running=[OLD_RUNS], installed=[stands(COMMITTED)])
    assert ending(job)[0] is Outcome.UPGRADED


def test_a_patch_that_nobody_sent_is_judged_by_where_it_stands() -> None:
    """Its release is the one that runs, so nothing else than its place tells that somebody has put it on."""
    outcome, told = ending(looked_at(image=PATCH, installed=[stands(COMMITTED)]))
    assert outcome is Outcome.UNKNOWN, told
    assert "the image is committed, on the same boot; needed 17.06.05 on the same boot" in told
    assert ending(looked_at(image=PATCH)) == (Outcome.UNTOUCHED, "")
