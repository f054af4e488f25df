"""The ways of an activation: what is asked and kept before it, sessions that end in it, what is said of each end."""

from __future__ import annotations

from typing import Any

import pytest
from support.scripted_steps import (
    DAY,
    LOST,
    NEW,
    OLD,
    PATCH,
    PaperClock,
    Preserving,
    Rehearsing,
    Scripted,
    activated,
    runs,
    said,
    stands,
)

from swimctl.config.settings import Activation as Passing
from swimctl.config.settings import Settings
from swimctl.errors import DeviceUnknown, SessionLost, StepFailed, Stopped, Unreachable
from swimctl.models import Finding, JobOptions
from swimctl.platforms.base import Trace
from swimctl.platforms.facts import Placement
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps.activation import Activation

ABSENT, ADDED, NEXT = stands(Placement.ABSENT), stands(Placement.ADDED), stands(Placement.NEXT)
NEVER, CAME, ENDED = Trace(False, None), Trace(True, False), Trace(True, True)
LIMITS = Settings().deadlines
NO_ROUTE = Unreachable("no SSH session to sw1")
WELL = Finding("bootable", True, "every module", "every module", "look")
ILL = Finding("bootable", False, "not module 3", "every module", "look")


def ready(*, reloads: bool = True, **script: Any) -> Scripted:
    """Make a device that runs the old release; it reloads into the new one once it was told to."""
    job = Scripted(**{"installed": [ABSENT, ADDED], **script})

    def running(clock: PaperClock) -> Any:
        if reloads and job.driver.times("activate"):
            return runs(NEW, NEW, uptime=120)
        return runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))

    if "running" not in script:
        job.driver._script["running"] = [running]
    return job


def run(job: Scripted) -> str:
    return Activation().run(job.context).message


def fails(job: Scripted, error: type[Exception] = StepFailed) -> str:
    with pytest.raises(error) as failed:
        run(job)
    return str(failed.value)


# Before it: the configuration is saved, the image added.


@pytest.mark.parametrize("unpacks", [True, False])
def test_the_configuration_is_saved_before_anything_is_sent(unpacks: bool) -> None:
    job = ready(unpacks=unpacks)
    assert run(job) == f"reloaded and up with {NEW} (as wanted)"
    sent = [asked for asked in job.driver.asked if asked in {"save", "add", "activate"}]
    assert sent == (["save", "add", "activate"] if unpacks else ["save", "activate"])
    assert job.record.said[0].startswith("saving the configuration")


def test_what_is_added_already_is_not_added_again_and_told() -> None:
    job = ready(installed=[ADDED])
    run(job)
    assert (job.driver.times("add"), job.driver.times("save")) == (0, 0)
    assert job.told("added") == [f"{NEW} is already on all members"]


def test_a_stop_before_the_activation_is_obeyed_and_nothing_is_sent() -> None:
    job = ready()
    job.context.stop.set()
    fails(job, Stopped)
    assert job.driver.times("add") == 1
    assert not job.sent("activate")


def test_an_adding_that_was_interrupted_and_came_is_waited_for_and_not_sent_twice() -> None:
    added = [lambda clock: ADDED if clock.seconds > 100 else ABSENT]
    job = ready(installed=added, memory={"add sent": {"mark": "a line"}}, trace=[CAME])
    assert "up with" in run(job)
    assert job.driver.times("add") == 0


def test_an_adding_that_came_ended_and_left_nothing_is_a_failure() -> None:
    job = ready(installed=[ABSENT], memory={"add sent": {"mark": "a line"}}, trace=[ENDED])
    look = job.driver.support.look
    assert fails(job) == (
        f"the device took 'install add' but has not added {NEW}; nothing was activated; next: {look} on the device"
    )
    assert job.driver.times("add") == 0


def test_an_adding_that_never_came_is_sent_once_more() -> None:
    job = ready(memory={"add sent": {"mark": "a line"}}, trace=[NEVER], installed=[ABSENT, ABSENT, ABSENT, ABSENT])
    job.driver._script["installed"] = [lambda _clock: ADDED if job.driver.times("add") else ABSENT]
    run(job)
    assert job.driver.times("add") == 1
    assert "add sent again" in job.record.memory


def test_an_adding_in_which_the_session_ends_is_asked_for_in_the_next_one() -> None:
    job = ready(add=[said(None, dropped=True)], trace=[ENDED])
    job.driver._script["installed"] = [lambda _clock: ADDED if job.driver.times("add") else ABSENT]
    assert "up with" in run(job)
    assert (job.driver.times("add"), job.driver.times("activate")) == (1, 1)
    assert job.told("session")[0] == "the session ended in 'install add'; asking the device"


def test_an_adding_that_says_success_and_shows_nothing_is_a_failure() -> None:
    words = fails(ready(installed=[ABSENT]))
    assert "'install add' answered with success, but the device does not list 17.12.04; nothing was activated" in words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said(False, "no space"), "'install add' failed: no space; this job activated nothing; next: "),
        (said(None), "'install add' failed: no word of success; this job activated nothing; next: "),
    ],
)
def test_an_adding_without_a_word_of_success_is_a_failure(answer: Any, words: str) -> None:
    assert fails(ready(add=[answer], installed=[ABSENT])).startswith(words)


# A copy of what runs.


KEEPS = Settings(activation=Passing(snapshot=True))


def preserving(**script: Any) -> Scripted:
    return ready(**{"kind": Preserving, "support": JUNOS, "settings": KEEPS, "armed": None, **script})


def test_a_copy_of_what_runs_is_made_before_anything_is_added() -> None:
    job = preserving(unpreserved=["fpc0 keeps none", ""], preserve=[said(True)])
    run(job)
    sent = [asked for asked in job.driver.asked if asked in {"preserve", "save", "add", "activate"}]
    assert sent == ["preserve", "save", "add", "activate"]


def test_a_copy_that_is_there_is_not_made_again() -> None:
    job = preserving(unpreserved=[""])
    run(job)
    assert job.told("preserved") == ["the device already has a copy of the running system"]
    assert not job.sent("preserve")


@pytest.mark.parametrize("settings", [Settings(), None])
def test_a_copy_is_made_only_where_that_is_set(settings: Settings | None) -> None:
    job = preserving(settings=settings)
    run(job)
    assert job.driver.times("unpreserved") == 0


@pytest.mark.parametrize(
    ("answer", "lacks", "words"),
    [
        (
            said(True),
            "fpc0 keeps none",
            "and has no copy of the running system; seen: fpc0 keeps none; needed: 17.06.05 on",
        ),
        (said(False, "the disk is full"), "fpc0 keeps none", "' failed: the disk is full; nothing was added; next: "),
        (said(None), "fpc0 keeps none", "' failed: no word of success; nothing was added; next: "),
    ],
)
def test_without_a_copy_nothing_is_added(answer: Any, lacks: str, words: str) -> None:
    job = preserving(unpreserved=[lacks], preserve=[answer])
    told = fails(job)
    assert words in told
    assert f"'{JUNOS.preserve}'" in told
    assert job.driver.times("add") == 0


def doubted(**script: Any) -> Scripted:
    """Make a device that names the image once it was added, and whose session ends in the copy of what runs."""
    job = preserving(**{"preserve": [said(None, dropped=True), said(True)], "installed": [], **script})
    job.driver._script["installed"] = [lambda _clock: ADDED if job.driver.times("add") else ABSENT]
    return job


def test_a_copy_in_which_the_session_ends_is_asked_for_and_not_made_twice() -> None:
    job = doubted(trace=[CAME])
    job.driver._script["unpreserved"] = [
        lambda clock: "" if job.driver.times("preserve") and clock.seconds > 60 else "fpc0 keeps none"
    ]
    run(job)
    assert (job.driver.times("preserve"), job.driver.times("add")) == (1, 1)
    assert job.told("session")[0] == f"the session ended in '{JUNOS.preserve}'; asking the device"


def test_a_copy_that_never_came_is_made_in_the_next_session() -> None:
    job = doubted(trace=[NEVER])
    job.driver._script["unpreserved"] = [lambda _clock: "" if job.driver.times("preserve") == 2 else "fpc0 keeps none"]
    run(job)
    assert (job.driver.times("preserve"), job.driver.times("add")) == (2, 1)
    assert job.told("asked") == [f"the device's log shows that '{JUNOS.preserve}' never came"]


def test_a_copy_that_came_and_is_not_there_is_not_made_twice_and_nothing_is_added() -> None:
    job = doubted(trace=[ENDED], unpreserved=["fpc0 keeps none"])
    assert fails(job).startswith(
        f"the device took '{JUNOS.preserve}' and has no copy of the running system; seen: fpc0 keeps none; needed"
    )
    assert (job.driver.times("preserve"), job.driver.times("add")) == (1, 0)


def test_a_copy_that_never_ends_is_waited_for_as_long_as_one_may_take() -> None:
    job = doubted(trace=[CAME], unpreserved=["fpc0 keeps none"])
    fails(job)
    assert LIMITS.snapshot <= job.waited < LIMITS.snapshot + 60
    assert (job.driver.times("preserve"), job.driver.times("add")) == (1, 0)


# What the device foresees.


def rehearsing(**script: Any) -> Scripted:
    return ready(**{"kind": Rehearsing, "unpacks": False, "armed": None, **script})


def test_what_the_device_foresees_is_told_and_allows_it() -> None:
    job = rehearsing(rehearse=[[WELL]])
    run(job)
    assert job.told("rehearsed") == [str(WELL)]
    assert job.driver.asked.index("rehearse") < job.driver.asked.index("save") < job.driver.asked.index("activate")


def test_what_the_device_foresees_to_fail_is_not_begun() -> None:
    job = rehearsing(rehearse=[[WELL, ILL]])
    assert fails(job) == f"not activated: {ILL}"
    assert not job.sent("activate")
    assert job.driver.times("save") == 0


def test_after_a_doubt_a_no_of_the_device_may_mean_that_it_is_at_it() -> None:
    job = rehearsing(memory=activated(), rehearse=[[ILL]], trace=[NEVER], reloads=False)
    assert f"the activation may have arrived in a lost session, and now: {ILL}" in fails(job, DeviceUnknown)
    assert job.driver.times("activate") == 0


# Its answer.


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(False, "no space"), "no space"),
        (said(False), "no word of success"),
        (said(False, dropped=True), "the session ended before the device answered"),
    ],
)
def test_an_activation_that_the_device_refuses_is_told_with_its_reason(answer: Any, why: str) -> None:
    job = ready(activate=[answer], reloads=False)
    look = job.driver.support.look
    assert fails(job) == f"'install activate' failed: {why}; next: {look} on the device"


def test_sessions_that_are_lost_right_before_the_activation_are_no_reload() -> None:
    job = ready(unpacks=False, save=[LOST])
    fails(job, SessionLost)
    assert (job.opened, job.sent("activate")) == (3, False)
    assert job.waited < 60


def test_an_answer_that_nothing_changes_is_a_failure_and_not_waited_for() -> None:
    job = ready(activate=[said(True, no_change=True)], reloads=False)
    assert "the device says that there is nothing to change, and does not reload; next: " in fails(job)
    assert job.waited < 60


def test_an_answer_before_the_device_goes_down_is_followed_by_a_wait_for_that() -> None:
    job = ready(activate=[said(True)], ends=[True])
    run(job)
    assert job.told("down") == ["the session ended"]


@pytest.mark.parametrize("how", [{"options": JobOptions(issu=True)}, {"image": PATCH}])
def test_what_may_come_without_a_reload_is_not_waited_for_to_go_down(how: dict[str, Any]) -> None:
    job = ready(activate=[said(True)], **how)
    if "image" in how:
        job.driver._script["installed"] = [
            lambda _clock: stands(Placement.UNCOMMITTED) if job.driver.times("activate") else ADDED
        ]
    words = run(job)
    assert not job.told("down")
    assert words == (f"in service, up with {NEW} (as wanted)" if "options" in how
                     else f"{PATCH.filename} activated, up with {NEW}")  # fmt: skip


def test_a_release_that_is_not_the_wanted_one_is_said_to_run() -> None:
    job = ready(running=[])
    job.driver._script["running"] = [
        lambda clock: runs("17.09.04", "17.09.04", uptime=120) if job.driver.times("activate")
        else runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))
    ]  # fmt: skip
    assert run(job) == f"reloaded and up with 17.09.04 (not {NEW})"


def test_members_that_run_apart_after_no_reload_are_named() -> None:
    job = ready(activate=[said(True)], running=[])
    job.driver._script["running"] = [lambda clock: runs(OLD, NEW, uptime=30 * DAY + int(clock.seconds))]
    words = fails(job)
    assert f"sw1 did not reload: it still runs 1: {OLD}, 2: {NEW} since the same boot" in words
    assert "needed: a newer boot; next: " in words


def test_a_device_whose_members_run_the_same_is_told_by_one_release() -> None:
    assert "sw1 did not reload: it still runs 17.06.05 since the same boot" in fails(
        ready(activate=[said(True)], reloads=False)
    )


def test_an_upgrade_in_service_that_did_nothing_is_told_what_was_needed() -> None:
    job = ready(activate=[said(True)], reloads=False, options=JobOptions(issu=True))
    assert "needed: a newer boot, or the image; next: " in fails(job)


# Sessions that end.


def test_a_line_that_is_not_there_before_anything_was_sent_is_an_error() -> None:
    job = ready(logins=[NO_ROUTE])
    assert fails(job, Unreachable) == "no SSH session to sw1"
    assert job.opened == 1


def test_sessions_that_are_lost_before_anything_was_sent_are_tried_three_times() -> None:
    job = ready(logins=[LOST])
    fails(job, SessionLost)
    assert job.opened == 3


def test_a_session_that_is_lost_in_the_activation_asks_the_device_in_the_next_one() -> None:
    job = ready(activate=[LOST])
    assert "up with" in run(job)
    assert job.driver.times("activate") == 1
    assert job.told("session") == ["the session to sw1 ended; asking the device"]


def test_a_session_lost_in_the_activation_and_none_after_it_is_a_reload_that_is_waited_for() -> None:
    job = ready(activate=[LOST], logins=[None, NO_ROUTE, None], trace=[NEVER])
    assert "up with" in run(job)
    assert job.driver.times("activate") == 1
    assert job.told("session") == [
        "the session to sw1 ended; asking the device", "no SSH session to sw1; asking the device",
    ]  # fmt: skip


def test_three_sessions_that_are_lost_in_the_activation_and_no_reload_are_a_failure() -> None:
    job = ready(activate=[LOST], trace=[NEVER], reloads=False)
    assert (
        "sw1 did not reload: it still runs 17.06.05 since the same boot; seen: the activation gave an answer"
        in fails(job)
    )
    assert len(job.told("session")) == 3


def test_an_activation_that_came_and_whose_device_is_still_up_is_watched_until_it_goes_down() -> None:
    """The log shows that it ended; the reload comes after that."""
    job = Scripted(memory=activated(), trace=[ENDED], ends=[True], installed=[ADDED])
    job.driver._script["running"] = [
        lambda clock: (
            runs(NEW, NEW, uptime=5) if job.told("down") else runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))
        )
    ]
    assert "up with" in run(job)
    assert job.told("down") == ["the session ended"]
    assert job.driver.times("activate") == 0


def test_an_activation_that_has_reloaded_by_now_is_not_asked_for_in_the_log() -> None:
    job = Scripted(memory=activated(), installed=[ADDED])
    assert "up with" in run(job)
    assert (job.driver.times("trace"), job.driver.times("activate")) == (0, 0)


def test_a_record_of_an_activation_without_a_boot_before_it_is_unknown() -> None:
    memory = {**activated(), "boot": None}
    assert "recorded as sent, but the boot before it is not; next: `show version`" in fails(
        Scripted(memory=memory), DeviceUnknown
    )


def test_a_stop_before_it_is_sent_once_more_is_obeyed() -> None:
    job = ready(memory=activated(), trace=[NEVER], installed=[ADDED], reloads=False)
    job.context.stop.set()
    fails(job, Stopped)
    assert job.driver.times("activate") == 0


def test_a_device_that_was_away_for_a_while_and_did_not_reload_is_asked_and_then_told_once_more() -> None:
    job = ready(activate=[LOST, said(None, dropped=True)], logins=[None, NO_ROUTE, None], trace=[NEVER])
    job.driver._script["running"] = [
        lambda clock: (
            runs(NEW, NEW, uptime=60)
            if job.driver.times("activate") > 1
            else runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))
        )
    ]
    assert "up with" in run(job)
    assert (job.driver.times("activate"), len(job.told("session"))) == (2, 3)
