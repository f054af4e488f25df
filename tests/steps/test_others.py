"""Somebody else installs on the device of a job: nothing is sent then, and it is never `untouched` under a reload."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import IMAGE, NEW, OLD_RUNS, PaperDriver, Scripted, activated, runs, said, stands

from swimctl.errors import SessionLost, StepFailed, UnparsableOutput
from swimctl.models import Image, Outcome
from swimctl.platforms.base import Sent, Trace
from swimctl.platforms.driver import Offers
from swimctl.platforms.facts import Placement, Snapshot
from swimctl.platforms.journal import Logged, NextBoot
from swimctl.steps.activation import Activation
from swimctl.steps.ending import outcome_of_failure
from swimctl.steps.others import at_work, require_alone
from swimctl.steps.send_once import last_left, send_once

CHANGES = {"save", "add", "activate", "commit", "back", "restore"}
READ = Logged("read")
ADDS = Logged("a", frozenset({"add"}), "install add", "06:11:02: Started install add by anna", ended=False)
ADDED = Logged("a", frozenset({"add"}), "install add", "06:11:02: Started install add by anna", ended=True)
OURS = Logged("o", frozenset({"add"}), "install add", "06:12:00: Started install add by netops", ended=True)
RELOADS = Logged("r", frozenset({"activate"}), "reload", "06:13:40: Reload requested by anna on vty1", ended=False)
SENT = {"mark": "read", "command": "install add", "look": "`show logging`"}


def refused(job: Scripted) -> StepFailed:
    with pytest.raises(StepFailed, match="somebody else installs on sw1; seen in its log") as caught:
        Activation().run(job.context)
    return caught.value


@pytest.mark.parametrize("placement", [Placement.ABSENT, Placement.ADDED])
@pytest.mark.parametrize("entry", [ADDS, ADDED, RELOADS])
def test_nothing_is_sent_where_somebody_else_began_something_since_the_baseline(
    placement: Placement, entry: Logged
) -> None:
    job = Scripted(installed=[stands(placement)], running=[OLD_RUNS], journal=[(READ, entry)])
    error = refused(job)
    assert entry.said in str(error)
    assert not CHANGES & set(job.driver.asked)


def test_one_who_begins_while_the_image_is_added_keeps_it_from_being_activated() -> None:
    job = Scripted(
        installed=[stands(Placement.ABSENT), stands(Placement.ADDED)],
        running=[OLD_RUNS],
        log_mark=["read"],
        journal=[(READ,), (READ, OURS, RELOADS)],
    )
    error = refused(job)
    assert "anna on vty1', which has not ended" in str(error)
    assert "netops" not in str(error)
    assert job.driver.times("add") == 1
    assert job.driver.times("activate") == 0


def test_what_this_job_sent_itself_is_nobody_else() -> None:
    again = Logged("o2", frozenset({"add"}), "install add", "06:14:00: Started install add by anna")
    job = Scripted(
        memory={"add sent": SENT},
        installed=[stands(Placement.ADDED)],
        running=[OLD_RUNS],
        journal=[(READ, OURS, again)],
    )
    assert "06:14:00" in str(refused(job))
    alone = Scripted(
        memory={"add sent": SENT},
        installed=[stands(Placement.ADDED)],
        running=[OLD_RUNS, runs("17.12.04", "17.12.04")],
        journal=[(READ, OURS)],
        ports=[False, True],
        ends=[True],
    )
    Activation().run(alone.context)
    assert alone.driver.times("activate") == 1


@pytest.mark.parametrize("log", [(ADDS,), (), UnparsableOutput("show logging", "~~")])
def test_a_log_that_was_cleared_or_does_not_read_accuses_nobody(log: Any) -> None:
    job = Scripted(
        installed=[stands(Placement.ADDED)],
        running=[OLD_RUNS, runs("17.12.04", "17.12.04")],
        journal=[log],
        ports=[False, True],
        ends=[True],
    )
    Activation().run(job.context)
    assert job.driver.times("activate") == 1


STARTS = Logged("s", frozenset({"activate"}), "install activate", "06:12:30: Started install activate by netops")
SAME_BOOT = runs("17.06.05", "17.06.05", uptime=2_600_000)


ADDING = {"add sent": SENT, "add answered": {"succeeded": False}}
ACTIVATING = {**activated(), "add sent": SENT, "activate sent": {**activated()["activate sent"], "mark": "o"}}


@pytest.mark.parametrize(
    ("memory", "entry"),
    # Behind an activation of ours, a reload may be its own.
    [({}, ADDS), ({}, RELOADS), (ADDING, ADDS), (ADDING, RELOADS), (ACTIVATING, ADDS)],
)
def test_it_is_never_untouched_while_somebody_elses_operation_is_under_way(
    memory: dict[str, Any], entry: Logged
) -> None:
    own = (OURS,) if "add sent" in memory else ()
    started = (STARTS,) if "activate sent" in memory else ()
    job = Scripted(
        memory=memory,
        installed=[stands(Placement.ADDED)],
        running=[SAME_BOOT],
        trace=[Trace(False, None)],
        journal=[(READ, *own, *started, entry)],
    )
    outcome, told = outcome_of_failure(job.context, StepFailed("no"))
    assert outcome is Outcome.UNKNOWN
    assert entry.said in told
    assert "netops" not in told


REFUSED = {**ACTIVATING, "activate answered": {"succeeded": False, "reason": "busy"}}


def test_an_operation_that_runs_where_ours_was_refused_may_be_somebody_elses() -> None:
    """The first start behind our mark is taken for ours: two programs may have read the same newest line."""
    job = Scripted(
        memory=REFUSED,
        installed=[stands(Placement.ADDED)],
        running=[SAME_BOOT],
        trace=[Trace(received=True, finished=False)],
        journal=[(READ, OURS, STARTS)],
    )
    outcome, told = outcome_of_failure(job.context, StepFailed("no"))
    assert outcome is Outcome.UNKNOWN
    assert "has not ended, and ours was refused: somebody else may be at work" in told
    assert "stays on" not in told


def test_a_device_is_said_to_stay_on_its_release_only_where_it_was_asked_after_the_refusal() -> None:
    job = Scripted(
        memory=REFUSED,
        installed=[stands(Placement.ADDED)],
        running=[SAME_BOOT],
        trace=[Trace(received=False, finished=None)],
        journal=[(READ, OURS)],
    )
    assert outcome_of_failure(job.context, StepFailed("no")) == (
        Outcome.UNTOUCHED,
        "the device was asked and stays on 17.06.05",
    )


def test_what_has_ended_leaves_the_device_as_it_is_read() -> None:
    job = Scripted(
        installed=[stands(Placement.ADDED)],
        running=[SAME_BOOT],
        trace=[Trace(False, None)],
        journal=[(READ, ADDED)],
    )
    assert outcome_of_failure(job.context, StepFailed("no"))[0] is Outcome.UNTOUCHED


def test_who_is_not_alone_is_told_what_others_do_and_when_to_come_back() -> None:
    job = Scripted(journal=[(READ, ADDS)])
    with pytest.raises(StepFailed) as failed:
        require_alone(job.context, job.driver)
    assert str(failed.value) == (
        f"somebody else installs on sw1; seen in its log since the first look: '{ADDS.said}', which has not ended; "
        f"needed: one at a time; nothing more was sent; next: {job.driver.support.look} on the device, then "
        "`swimctl retry`"
    )
    require_alone((alone := Scripted(journal=[(READ,)])).context, alone.driver)


class Named(PaperDriver):
    """A driver of a device whose next boot anybody may name; `left` is what its own commands have named."""

    left: str | None = None

    def put_back(self, before: Snapshot, left: str) -> str:
        assert before
        self.asked.append(f"put back {left}")
        return f"{left} was taken back"


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ({}, []),
        ({"activate left 0": ""}, []),
        ({"activate left 0": "flash:new.swi", "activate left 1": ""}, []),
        ({"activate left 0": "flash:new.swi"}, ["put back flash:new.swi"]),
        ({"activate left 0": "", "activate left 1": "flash:new.swi"}, ["put back flash:new.swi"]),
    ],
)
def test_what_the_next_boot_starts_is_put_back_only_where_this_job_has_named_it(
    kept: dict[str, str], asked: list[str]
) -> None:
    """Two programs with two stores: the other one's job has named the image, and this one was refused."""
    job = Scripted(
        memory={**REFUSED, **kept},
        installed=[stands(Placement.NEXT), stands(Placement.ABSENT)],
        running=[SAME_BOOT],
        trace=[Trace(received=False, finished=None)],
        kind=Named,
    )
    outcome, told = outcome_of_failure(job.context, StepFailed("no"))
    assert [each for each in job.driver.asked if each.startswith("put back")] == asked
    assert outcome is (Outcome.UNTOUCHED if asked else Outcome.UNKNOWN)
    assert asked or "was not named by this job, so it stays" in told
    assert asked or f"the next reload of sw1, whatever its cause, starts {NEW}" in told


def test_what_a_killed_process_may_have_named_stays_and_nobody_says_that_it_was_another_one() -> None:
    job = Scripted(
        memory=ACTIVATING,
        installed=[stands(Placement.NEXT)],
        running=[SAME_BOOT],
        trace=[Trace(received=False, finished=None)],
        kind=Named,
    )
    outcome, told = outcome_of_failure(job.context, StepFailed("no"))
    assert outcome is Outcome.UNKNOWN
    assert "what its next reload starts may have been named by somebody else, so it stays" in told


@pytest.mark.parametrize("lost", [False, True])
def test_what_a_command_named_for_the_next_boot_is_remembered_also_where_its_session_ends(lost: bool) -> None:
    class Names(Named):
        def activate(self, image: Image) -> Sent:
            self.left = "flash:new.swi"
            return super().activate(image)

    job = Scripted(kind=Names, activate=[SessionLost("it ended") if lost else said(False, "busy")])
    for _ in range(2):
        with suppress(SessionLost):
            send_once(job.context, job.driver, "activate", lambda: job.driver.activate(IMAGE))
    assert [job.record.memory[f"activate left {n}"] for n in (0, 1)] == ["flash:new.swi"] * 2
    assert last_left(job.context, "activate") == "flash:new.swi"
    assert last_left(job.context, "add") is None


class NamesNextBoot:
    """A driver of a device that keeps no journal."""

    def __init__(self, starts: str) -> None:
        self.starts = starts

    def next_boot(self) -> NextBoot:
        return NextBoot(self.starts, "boot system")


def test_where_no_journal_is_kept_another_image_at_the_next_boot_is_somebodys_work() -> None:
    context = Scripted(memory={"baseline log": "flash:old.swi"}).context
    assert at_work(context, cast("Offers", NamesNextBoot("flash:old.swi"))) == ()
    (found,) = at_work(context, cast("Offers", NamesNextBoot("flash:new.swi")))
    assert found.said == "the next boot starts flash:new.swi, and started flash:old.swi"


def test_a_device_that_tells_neither_tells_of_nobody() -> None:
    context = Scripted(memory={"baseline log": "a line"}).context
    assert at_work(context, cast("Offers", SimpleNamespace())) == ()
