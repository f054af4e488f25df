"""A device that is not as before waits for a person, no longer than its own timer allows, and nothing said is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, UNCOMMITTED, back
from support.scripted_steps import AFTER, NAME, NEW, OLD, Scripted, runs, stands

from swimctl.errors import DeviceUnknown, StepFailed, Stopped
from swimctl.models import JobOptions
from swimctl.platforms.facts import Placement
from swimctl.steps import PostChecks, StepResult
from swimctl.waivers import HeldLook, Waiver

UPLINK = "TenGigabitEthernet1/1/1"
DARK = replace(AFTER, interfaces_up=("GigabitEthernet1/0/1",), neighbours=())
UP, NEIGHBOUR = f"uplink {UPLINK}", f"network neighbour {UPLINK} → core-1"
HOLD = JobOptions(on_failed_checks="hold")


def held(*, timer: int = 7200, **script: Any) -> Scripted:
    """Return a job on a device that came back 20 minutes ago, without an uplink, and goes back when it is told to."""
    job = back(**{"snapshot": [DARK], "options": HOLD, "armed": timer} | script)

    def stands_at(clock: Any) -> Any:
        left = int(timer - clock.seconds)
        if job.sent("abort"):
            return stands(Placement.ABSENT)
        return COMMITTED if job.sent("commit") else stands(Placement.UNCOMMITTED, left)

    job.driver._script["installed"] = [stands_at]
    return job


def say(job: Scripted, answer: str, *accepted: tuple[str, str], number: int = 1) -> None:
    """Have a person say something, as the store keeps it."""
    waivers = [asdict(Waiver(NAME, what, seen, "seen to", "ada")) for what, seen in accepted]
    said = {"answer": answer, "by": "ada", "reason": "seen to", "waivers": waivers}
    job.record.memory[f"said {number}"] = said


def run(job: Scripted, during: Mapping[int, Callable[[], None]] | None = None) -> StepResult:
    """Run the post-checks; `during` is what happens so many looks after the device was held first."""
    parts, looks, left = PostChecks().in_parts(job.context), 0, dict(during or {})
    while True:
        try:
            pause = next(parts)
        except StopIteration as end:
            result: StepResult = end.value
            return result
        job.clock.sleep(pause.seconds)
        if pause.obeys:
            looks += 1
            left.pop(looks, lambda: None)()


def waits(job: Scripted) -> list[str]:
    return [said for said in job.record.said if "held for `swimctl recheck" in said]


def test_without_the_option_a_device_goes_back_at_once() -> None:
    job = held(options=JobOptions())
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job)
    assert (waits(job), job.told("held")) == ([], [])


def test_what_was_mended_is_committed_after_a_recheck() -> None:
    job = held()

    def mend() -> None:
        job.driver._script["snapshot"] = [AFTER]
        say(job, "look")

    assert "all is as before" in run(job, {30: mend}).message
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    (wait,) = waits(job)
    assert wait.startswith(f"waiting: held for `swimctl recheck {job.context.job.id}`: 1 uplinks lost (tolerated 0)")
    found = [data["found"] for kind, data in job.record.data if kind == "held"]
    assert [each["finding"] for each in found[0]] == [UP, NEIGHBOUR]
    marks = [data["look"] for kind, data in job.record.data if kind == "held"]
    assert marks == [HeldLook(((UP, "not back"), (NEIGHBOUR, "not back"))).mark]


def test_a_recheck_that_finds_the_same_holds_it_again_until_the_same_time() -> None:
    job = held()
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job, {30: lambda: say(job, "look"), 60: lambda: say(job, "look", number=2)})
    until = {wait.rpartition("until ")[2] for wait in waits(job)}
    assert (len(waits(job)), len(until)) == (3, 1)


def test_what_is_kept_is_what_was_accepted_and_is_recorded_with_who() -> None:
    job = held()
    keep = [(UP, "not back"), (NEIGHBOUR, "not back")]
    message = run(job, {5: lambda: say(job, "keep", *keep)}).message
    assert f"accepted by a waiver: {UP} not back" in message
    assert job.told("waived") == [f"{what}: seen not back (waived: seen to, by ada)" for what, _ in keep]


def test_a_device_that_shows_more_than_was_accepted_is_held_once_more_and_not_kept() -> None:
    """The value changes between: another port goes down while the person says that the first may stay down."""
    job = held()

    def meanwhile() -> None:
        job.driver._script["snapshot"] = [replace(DARK, interfaces_up=())]
        say(job, "keep", (UP, "not back"), (NEIGHBOUR, "not back"))

    with pytest.raises(StepFailed, match=r"1 uplinks lost .*GigabitEthernet1/0/1"):
        run(job, {5: meanwhile, 50: lambda: say(job, "back", number=2)})
    assert job.driver.times("commit") == 0
    assert len(waits(job)) == 2


def test_a_person_sends_it_back_with_their_reason() -> None:
    job = held()
    with pytest.raises(StepFailed, match=rf"rolled back to {OLD}: ada decided that it goes back; seen to; 1 uplinks"):
        run(job, {5: lambda: say(job, "back")})
    assert job.driver.times("commit") == 0


def test_of_two_people_who_answer_at_once_who_wants_it_back_is_obeyed() -> None:
    """Both were told that their word counts; the look that the other one asked for would find nothing any more."""
    job = held()

    def both() -> None:
        job.driver._script["snapshot"] = [AFTER]
        say(job, "keep", (UP, "not back"), (NEIGHBOUR, "not back"))
        say(job, "back", number=2)

    with pytest.raises(StepFailed, match=rf"rolled back to {OLD}: ada decided that it goes back; seen to"):
        run(job, {5: both})
    assert job.driver.times("commit") == 0


def test_what_is_said_in_the_moment_in_which_the_time_ends_counts() -> None:
    """Until the store knows that it is held no more, it takes an answer, and says that it will be obeyed."""
    job = held()
    told = job.record.say

    def tell(message: str) -> None:
        if waits(job) and "said 1" not in job.record.memory:
            say(job, "keep", (UP, "not back"), (NEIGHBOUR, "not back"))
        told(message)

    job.record.say = tell  # type: ignore[method-assign]
    assert "accepted by a waiver" in run(job).message
    assert job.waited - 1200 >= 3600, "nobody has said anything before"


@pytest.mark.parametrize(("timer", "most"), [(7200, 3600), (3600, 2100)])
def test_where_nobody_decides_it_goes_back_in_time_before_its_own_timer(timer: int, most: int) -> None:
    """Twenty minutes are gone; its own timer leaves less than the setting, or more."""
    job = held(timer=timer)
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job)
    assert job.told("held")[-1] == "nobody has decided in time, so it goes back"
    gone = job.waited - 1200
    assert most - 300 <= gone <= most + 600
    assert job.waited < timer


def test_a_device_whose_timer_is_shorter_than_the_record_says_is_believed() -> None:
    job = held(armed=7200)
    job.driver._script["installed"] = [
        lambda _clock: stands(Placement.ABSENT) if job.sent("abort") else stands(Placement.UNCOMMITTED, 330)
    ]
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job)
    assert waits(job) == [], "half a minute is no time for a person"


def test_a_device_that_says_that_its_timer_is_longer_than_it_was_told_is_not_believed() -> None:
    job = held(armed=1800)
    job.driver._script["installed"] = [
        lambda _clock: stands(Placement.ABSENT) if job.sent("abort") else stands(Placement.UNCOMMITTED, 90_000)
    ]
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job)
    assert waits(job) == [], "of its 30 minutes 20 are gone, and the looks take the rest"


@pytest.mark.parametrize(
    "script",
    [
        {"running": [runs("17.09.05", "17.09.05")]},
        {"installed": [stands(Placement.ABSENT)]},
    ],
)
def test_nobody_is_asked_where_another_release_runs_or_the_device_calls_it_inactive(script: dict[str, Any]) -> None:
    job = back(**script, options=HOLD)
    with pytest.raises((StepFailed, DeviceUnknown)):
        run(job)
    assert waits(job) == []


def test_a_missing_member_is_waited_for_and_seen_when_it_is_back() -> None:
    job = held(running=[runs(NEW)], snapshot=[AFTER])

    def plug_in() -> None:
        job.driver._script["running"] = [runs(NEW, NEW)]
        say(job, "look")

    assert run(job, {5: plug_in}).message
    assert job.told("held")[0].startswith("not as before, and held for a person: not back: ")


def test_a_device_that_went_back_by_itself_while_it_was_held_is_not_told_to_go_back() -> None:
    job = held()

    def crash() -> None:
        job.driver._script["running"] = [runs(OLD, OLD, uptime=60)]
        job.driver._script["installed"] = [stands(Placement.ABSENT)]
        say(job, "look")

    with pytest.raises(StepFailed, match=f"the device runs {OLD} again"):
        run(job, {5: crash})
    assert not job.sent("abort")


def test_a_stop_leaves_it_held_and_who_resumes_it_keeps_the_time_and_hears_what_was_said() -> None:
    job = held()
    with pytest.raises(Stopped):
        run(job, {30: job.context.stop.set})
    job.context.stop.clear()
    assert not job.sent("abort")
    begun = job.record.memory["held"]
    job.clock.sleep(300)
    say(job, "keep", (UP, "not back"), (NEIGHBOUR, "not back"))
    assert "accepted by a waiver" in run(job).message
    assert job.record.memory["held"] == begun


def test_whoever_resumes_it_after_the_time_is_over_goes_back() -> None:
    job = held()
    with pytest.raises(Stopped):
        run(job, {3: job.context.stop.set})
    job.context.stop.clear()
    job.clock.sleep(3600)
    with pytest.raises(StepFailed, match="rolled back to"):
        run(job)
    assert len(waits(job)) == 1


def test_that_it_goes_back_is_obeyed_by_who_resumes_it_although_all_is_well_by_then() -> None:
    job = held(snapshot=[AFTER])
    say(job, "back")
    with pytest.raises(StepFailed, match=r"rolled back to .*: ada decided that it goes back; seen to"):
        run(job)
    assert job.driver.times("commit") == 0


def test_what_was_heard_once_is_not_heard_again_after_a_restart() -> None:
    job = held()
    say(job, "look")
    with pytest.raises(Stopped):
        run(job, {1: job.context.stop.set})
    assert len(waits(job)) == 2, "the word was heard, and the device held once more"
    job.context.stop.clear()
    with pytest.raises(StepFailed):
        run(job)
    assert job.record.memory["heard 1"] is True
    assert UNCOMMITTED.timer_runs
