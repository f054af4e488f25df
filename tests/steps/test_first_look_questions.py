"""What the questions of the first look say: each answer that cannot be read is a finding, and what ends it ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from support.scripted_steps import BEFORE, IMAGE, NAME, NEW, OLD, OLD_RUNS, TARGET_RUNS, Scripted, runs, stands

from swimctl.errors import CommandRefused, DeadlineExceeded, StepFailed, UnexpectedPrompt, UnparsableOutput
from swimctl.models import Device, Finding, Image, ImageKind, JobOptions
from swimctl.platforms.base import Session
from swimctl.platforms.driver import Driver
from swimctl.platforms.facts import Placement
from swimctl.platforms.terminal import Answer, answer
from swimctl.sessions.session import Reply
from swimctl.steps.first_look import COPY, FirstLook, first_look, what_runs
from swimctl.steps.who import NOBODY, Met

HOLDS = Finding("model", ok=True, seen="well", needed="well")
WRONG = Finding("serial number", ok=False, seen="FOC9Z", needed="FOC1A", next_command="look")
SPACE = Finding("free flash", ok=True, seen="9 MB", needed="7 MB")
DEVICE = Device(1, NAME, "cisco_xe", "192.0.2.1")
CONFIGURATION = "hostname sw1\nend\n"
REFUSED = CommandRefused("'show inventory': the device answered 'Command authorization failed.'")
GARBLED = UnparsableOutput("show inventory", "~", "garbage")
HANGS = DeadlineExceeded("'show inventory' did not end")
ALL = ["identity", "running", "installed", "check", "file_size", "unready", "log_mark", "configuration", "snapshot"]
CALLED = {
    "running": "installed release", "installed": "installed release", "check": "facts", "file_size": "files",
    "unready": "members", "log_mark": "log", "snapshot": "baseline",
}  # fmt: skip


@dataclass
class Noted:
    """A session that notes what it is given."""

    given: list[Any] = field(default_factory=list)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        self.given.append((command, deadline, quiet))
        return "said"

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        self.given.append((command, answers, deadline, closing))
        return Reply("said")

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        self.given.append((seconds, watch))
        return watch


@pytest.mark.parametrize(
    ("error", "next_"),
    [
        (
            CommandRefused("it says no"),
            (
                "if its AAA server refuses the command, allow it to that account; "
                "`swimctl device capture sw1 --out DIR` collects what it prints, for a bug report"
            ),
        ),
        (UnexpectedPrompt("it asks"), "the rest was not asked"),
    ],
)
def test_what_does_not_read_is_a_finding_with_the_command_and_the_account_that_gave_it(
    error: Exception, next_: str
) -> None:
    answers, closing = (answer("go on", "y"),), re.compile("FAILED")
    session = Noted()

    def make(noting: Session) -> Driver:
        assert noting.run("show version", 5, quiet=True) == "said"
        assert noting.ended_within(3, watch=True)
        assert noting.converse("install x", answers, 7, closing=closing).text == "said"
        raise error

    device = Device(1, NAME, "cisco_xe", "192.0.2.1")
    look = first_look(session, make, device, IMAGE, JobOptions(), username="netops", taken_at="now")
    assert session.given == [("show version", 5, True), (3, True), ("install x", answers, 7, closing)]
    (finding,) = look.findings
    assert (finding.rule, finding.ok, finding.seen) == ("readable running release", False, str(error))
    assert finding.needed == "an output that can be read"
    assert finding.next_command == f"type `install x` on sw1 as 'netops'; {next_}"
    assert look.closed is isinstance(error, UnexpectedPrompt)


# Of a device that answers by a script.


def job(**script: Any) -> Scripted:
    facts: dict[str, Any] = {
        "identity": [[HOLDS]], "running": [OLD_RUNS], "installed": [stands(Placement.ABSENT)],
        "check": [[HOLDS, SPACE]], "file_size": [None], "unready": [None], "log_mark": ["a line"],
        "configuration": [CONFIGURATION], "snapshot": [BEFORE],
    }  # fmt: skip
    return Scripted(**{**facts, **script})


def look(
    one: Scripted, *commands: str, image: Image = IMAGE, met: Met = NOBODY, device: Device = DEVICE, **options: bool
) -> FirstLook:
    """Look at it; it is given these commands before the first question."""

    def make(noting: Session) -> Driver:
        for command in commands or ("show version",):
            noting.run(command, 5)
        return cast("Driver", one.driver)

    given = JobOptions(**options)
    when = "2031-05-04T01:00:00Z"
    return first_look(Noted(), make, device, image, given, username="netops", taken_at=when, met=met)


SEEN = Met(("FOC1A", "FOC2B"), "scan", "2031-05-03 22:00")


@pytest.mark.parametrize("already", [False, True])
def test_another_device_than_was_seen_before_is_asked_nothing_more_and_never_has_the_image_already(
    already: bool,
) -> None:
    placement = Placement.COMMITTED if already else Placement.ABSENT
    one = job(serials=[("FOC7",)], installed=[stands(placement)], running=[TARGET_RUNS if already else OLD_RUNS])
    seen = look(one, met=SEEN)
    assert one.driver.asked == ["identity", "serials"]
    assert (seen.ready, seen.already, seen.running, seen.snapshot) == (False, "", None, None)
    (finding,) = seen.refused
    assert (finding.rule, finding.seen) == ("known device", "serial number FOC7")
    assert finding.needed == "one of FOC1A, FOC2B, as scan saw at sw1 (2031-05-03 22:00)"
    assert finding.next_command == (
        "if it was replaced, `swimctl scan sw1 --replaced`; else correct the address of sw1 in the inventory"
    )


@pytest.mark.parametrize(
    ("answers", "met", "serial"),
    [
        ([("FOC2B", "FOC9")], SEEN, None),  # another member leads, and one was replaced
        ([("FOC7",)], NOBODY, None),
        ([("FOC7",)], SEEN, "FOC7"),  # the inventory knows better
        ([CommandRefused("it says no")], SEEN, None),
        ([()], SEEN, None),
    ],
)
def test_a_changed_member_and_what_does_not_read_make_no_other_device(
    answers: list[Any], met: Met, serial: str | None
) -> None:
    seen = look(job(serials=answers), met=met, device=replace(DEVICE, serial=serial))
    assert (seen.ready, seen.snapshot) == (True, BEFORE)


def test_a_device_that_is_ready_is_asked_all_that_the_night_asks() -> None:
    seen = look(one := job())
    assert one.driver.asked == ALL
    assert seen == FirstLook(
        (HOLDS, SPACE),
        configuration=CONFIGURATION,
        snapshot=BEFORE,
        log="a line",
        running=OLD_RUNS,
        commands=(COPY,),
    )
    assert (seen.ready, seen.refused, seen.unreadable) == (True, (), ())


def test_the_wrong_device_is_judged_by_the_rules_and_asked_nothing_more() -> None:
    seen = look(one := job(identity=[[HOLDS, WRONG]], check=[[HOLDS, WRONG, SPACE]]))
    assert one.driver.asked == ["identity", "check"]
    assert seen == FirstLook((HOLDS, WRONG, SPACE))
    assert (seen.ready, seen.refused) == (False, (WRONG,))


def test_where_who_it_is_does_not_read_all_the_rest_is_asked_but_whether_it_has_the_image() -> None:
    seen = look(one := job(identity=[REFUSED]))
    assert one.driver.asked == [each for each in ALL if each not in {"running", "installed"}]
    assert [each.rule for each in seen.unreadable] == ["readable identity"]
    assert (seen.refused, seen.running, seen.closed) == (seen.unreadable, None, False)
    assert seen.snapshot == BEFORE


def test_where_the_rules_cannot_be_judged_those_of_who_it_is_stand() -> None:
    seen = look(job(check=[GARBLED]))
    assert [(each.rule, each.seen) for each in seen.refused] == [("readable facts", str(GARBLED))]
    assert HOLDS in seen.findings


def test_a_cause_that_keeps_several_questions_from_an_answer_is_told_once() -> None:
    seen = look(job(unready=[GARBLED], log_mark=[GARBLED], configuration=[REFUSED]))
    assert [each.rule for each in seen.refused] == ["readable members", "readable configuration"]


@pytest.mark.parametrize("error", [HANGS, UnexpectedPrompt("'show inventory' asked")])
@pytest.mark.parametrize("last", ALL)
def test_after_a_question_that_closes_the_session_nothing_is_asked(last: str, error: Exception) -> None:
    seen = look(one := job(**{last: [error]}))
    assert one.driver.asked == ALL[: ALL.index(last) + 1]
    assert [(each.rule, each.seen) for each in seen.refused] == [(f"readable {CALLED.get(last, last)}", str(error))]
    assert (seen.closed, seen.snapshot) == (True, None)


def test_what_lacks_in_the_baseline_is_a_finding_with_the_command_as_it_was_given() -> None:
    why = "'show interfaces': the device answered 'Command authorization failed.'"
    unread = {"interfaces_up": why, "serials": "'show inventory' was refused"}
    seen = look(
        job(snapshot=[replace(BEFORE, unread=unread)]), "show version", "show interfaces status", "show ip route"
    )
    (finding,) = seen.refused
    assert (finding.rule, finding.seen) == ("readable interfaces up of the baseline", why)
    assert finding.next_command.startswith("type `show interfaces status` on sw1 as 'netops'; ")
    assert seen.snapshot is None
    assert seen.configuration == CONFIGURATION


def test_a_command_like_none_that_was_given_is_named_as_it_is_told() -> None:
    for why, command in (("'dir' was refused", "dir"), ("it was refused", "")):
        (finding,) = look(job(snapshot=[replace(BEFORE, unread={"routes": why})])).refused
        assert finding.next_command.startswith(f"type `{command}` on sw1")


def test_a_device_may_lack_its_serial_numbers() -> None:
    bare = replace(BEFORE, serials=(), unread={"serials": "'show inventory' was refused"})
    seen = look(job(snapshot=[bare]))
    assert (seen.ready, seen.snapshot) == (True, bare)


THERE: dict[str, Any] = {"running": [runs(NEW, NEW)], "installed": [stands(Placement.COMMITTED)]}


def test_a_device_that_has_the_image_is_asked_no_more() -> None:
    seen = look(one := job(**THERE))
    assert one.driver.asked == ["identity", "running", "installed"]
    assert seen == FirstLook((HOLDS,), f"already runs {NEW}, committed, on every member", running=runs(NEW, NEW))


@pytest.mark.parametrize(
    "script",
    [
        {**THERE, "running": [runs(NEW, OLD)]},
        {**THERE, "installed": [stands(Placement.COMMITTED, 300)]},
        {**THERE, "installed": [stands(Placement.UNCOMMITTED)]},
    ],
)
def test_a_device_that_has_it_in_part_or_for_a_while_has_it_not(script: dict[str, Any]) -> None:
    seen = look(one := job(**script))
    assert (seen.already, one.driver.asked) == ("", ALL)
    assert seen.running == script["running"][0]


def test_what_is_forced_onto_what_runs_is_refused_only_where_something_is_activated() -> None:
    assert [each.rule for each in look(job(**THERE), force=True).refused] == ["another image than runs"]
    assert look(job(**THERE), force=True, activate=False).ready


def test_what_the_driver_does_not_install_is_refused() -> None:
    epld = replace(IMAGE, kind=ImageKind.EPLD)
    assert [each.rule for each in look(job(), image=epld).refused] == ["kind of image"]
    assert [each.rule for each in look(job(support=replace(job().driver.support, issu="")), issu=True).refused] == [
        "in-service upgrade"
    ]
    assert look(job(support=replace(job().driver.support, issu="install activate issu")), issu=True).ready


def test_the_way_to_the_models_is_that_of_the_session() -> None:
    ways: list[object] = []

    @dataclass
    class Beside(Noted):
        netconf: object = "a way"

    def make(noting: Any) -> Driver:
        ways.append(noting.netconf)
        noting.run("show version", 5)
        return cast("Driver", job().driver)

    for session in (Beside(), Noted()):
        first_look(cast("Session", session), make, DEVICE, IMAGE, JobOptions(), username="netops", taken_at="now")
    assert ways == ["a way", None]


def test_what_a_device_runs_is_told_of_the_right_one_alone() -> None:
    session, one = Noted(), job()

    def make(of: Session) -> Driver:
        assert of is session
        return cast("Driver", one.driver)

    assert what_runs(session, make, DEVICE) == (OLD_RUNS, ("FOC1A",))
    one = job(identity=[[HOLDS, WRONG, replace(WRONG, rule="model")]])
    with pytest.raises(StepFailed) as failed:
        what_runs(session, make, DEVICE)
    assert str(failed.value) == f"{WRONG} | {replace(WRONG, rule='model')}"
    assert one.driver.asked == ["identity"]
