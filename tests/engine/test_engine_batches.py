"""A batch on the engine: its turns, when it stops, and what becomes of it where a job fails or swimctl itself does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.batches import BAD, GOOD, UNTOUCHED, WAITS, Looks, Night, night
from support.stores import NOON, some_jobs, switches

from swimctl.config.settings import Settings
from swimctl.config.windows import Freeze
from swimctl.engine.jobs import JobRunner
from swimctl.errors import LoginFailed, NotFound, StaleClaim, StoreError
from swimctl.models import Caller, Device, ExecutionMode, JobOptions, Outcome, Policy
from swimctl.platforms.facts import Running
from swimctl.sessions.logins import NotTried
from swimctl.states import JobStatus
from swimctl.steps.who import NOBODY


@pytest.fixture
def tonight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with night(tmp_path, monkeypatch) as made:
        yield made


# How a batch runs.


def test_all_jobs_of_a_batch_run_and_it_is_told_when_it_begins_and_ends(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2"], workers=7)
    assert tonight.run(jobs) == [GOOD, GOOD]
    assert tonight.workers == [(["sw1", "sw2"], 7)]
    assert tonight.told.words == [("started", "batch-0001", "2"), ("finished", "batch-0001", "2")]


def test_the_workers_are_those_of_the_batch_or_of_the_settings_and_one_where_it_is_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with night(tmp_path, monkeypatch, workers=13) as made:
        made.run(some_jobs(made.store, ["sw1"], "batch-0001"))
        made.run(some_jobs(made.store, ["sw2"], "batch-0002", mode=ExecutionMode.SEQUENTIAL, workers=7))
    assert [workers for _, workers in made.workers] == [13, 1]


def test_a_job_that_fails_is_told_and_stops_no_other(tonight: Night) -> None:
    tonight.ends["sw1"] = BAD
    assert tonight.run(some_jobs(tonight.store, ["sw1", "sw2"])) == [BAD, GOOD]
    assert ("failed", "batch-0001", "sw1") in tonight.told.words
    assert len(tonight.told.words) == 3


def test_a_device_that_left_the_inventory_fails_its_job_and_counts(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["gone", "sw1"], max_failures=1)
    assert tonight.run(jobs) == [UNTOUCHED, UNTOUCHED]
    assert tonight.ran == []
    assert tonight.error(jobs[0]) == "gone is no longer in the inventory; next: `swimctl retry`"
    assert "gone failed and max_failures is 1; next: `swimctl retry --batch batch-00`" in tonight.error(jobs[1])


def test_a_device_that_left_the_inventory_stops_nothing_where_no_limit_is_set(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["gone", "sw1"])
    assert tonight.run(jobs) == [UNTOUCHED, GOOD]


def test_a_stop_before_a_batch_leaves_its_jobs_waiting(tonight: Night) -> None:
    tonight.stop.set()
    jobs = some_jobs(tonight.store, ["sw1"])
    assert tonight.run(jobs) == [WAITS]
    assert tonight.ran == []


@pytest.mark.parametrize(
    ("batch", "anybodys"),
    [({"detached": True}, True), ({"detached": False, "schedule_time": NOON}, True), ({"detached": False}, False)],
)
def test_what_waits_behind_a_batch_is_anybodys_unless_a_person_sits_there(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, batch: dict[str, Any], anybodys: bool
) -> None:
    disowned: list[str] = []
    monkeypatch.setattr(tonight.store, "disown_batch", lambda batch_id, _runner: disowned.append(batch_id))
    tonight.run(some_jobs(tonight.store, ["sw1"], **batch))
    assert disowned == (["batch-0001"] if anybodys else [])


# When it stops.


def test_at_the_most_failures_nothing_more_is_started_and_that_is_told_once(tonight: Night) -> None:
    tonight.ends["sw2"] = BAD
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3", "sw4"], max_failures=1)
    assert tonight.run(jobs) == [GOOD, BAD, UNTOUCHED, UNTOUCHED]
    assert tonight.ran == ["sw1", "sw2"]
    why = "sw2 failed and max_failures is 1"
    assert tonight.error(jobs[2]).startswith(f"not attempted: {why}; next: `swimctl retry --batch batch-00`")
    assert [words for words in tonight.told.words if words[0] == "stopped"] == [("stopped", "batch-0001", why)]


def test_a_share_of_failures_stops_the_line_too(tonight: Night) -> None:
    tonight.ends["sw1"] = BAD
    jobs = some_jobs(tonight.store, switches(7), policy=Policy(max_failures_percent=20))
    assert tonight.run(jobs) == [BAD, *[GOOD] * 4, *[UNTOUCHED] * 2]  # of fewer than five nobody counts a share


def test_a_job_of_the_same_group_waits_for_its_partner_and_does_not_start_where_that_failed(tonight: Night) -> None:
    tonight.ends["sw1"] = BAD
    jobs = some_jobs(tonight.store, ["sw1", "sw2"], groups=["core", "core"])
    assert tonight.run(jobs) == [BAD, UNTOUCHED]
    assert "sw1 of redundancy group core is rolled back, not proved healthy; next:" in tonight.error(jobs[1])


@pytest.mark.parametrize("down", ["does not answer: no route", ""])
def test_a_partner_that_could_not_be_entered_is_asked_before_the_other_one_starts(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, down: str
) -> None:
    tonight.ends["sw1"] = UNTOUCHED
    monkeypatch.setattr(JobRunner, "silent", lambda _runs, _batch, partner, _stop: down if partner.id == 1 else "?")
    jobs = some_jobs(tonight.store, ["sw1", "sw2"], groups=["core", "core"])
    assert tonight.run(jobs)[1] == (UNTOUCHED if down else GOOD)
    if down:
        assert (
            "group core failed and does not answer: no route; next: `swimctl retry --batch batch-00`"
            in tonight.error(jobs[1])
        )


def test_nobody_asks_for_partners_of_a_device_that_has_none(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JobRunner, "silent", lambda *_: pytest.fail("it is asked"))
    assert tonight.run(some_jobs(tonight.store, ["sw1"])) == [GOOD]


# Turns.


def test_a_device_that_another_batch_is_at_is_waited_for_and_that_is_said_once(tonight: Night) -> None:
    (first,) = some_jobs(tonight.store, ["sw1"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002")
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(first.id, other) is not None

        def meanwhile() -> None:
            if len(looks.waits) == 3:
                tonight.store.move(first.id, other, JobStatus.FAILED, "it failed", Outcome.UNTOUCHED)

        looks = Looks(meanwhile)
        tonight.stop = looks
        assert tonight.run([second]) == [GOOD]
    assert looks.waits == [1.0] * 3
    waiting = [event.message for event in tonight.store.events(second.id) if event.kind == "waiting"]
    assert waiting == [f"job {first.id} runs on sw1; waiting for its end"]


def test_a_device_whose_job_was_interrupted_is_left_to_that(tonight: Night) -> None:
    (first,) = some_jobs(tonight.store, ["sw1"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002")
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(first.id, other) is not None
    assert tonight.run([second]) == [UNTOUCHED]
    assert f"job {first.id} on sw1 was interrupted; next: `swimctl resume {first.id}`" in tonight.error(second)
    assert not [words for words in tonight.told.words if words[0] == "stopped"]


def test_a_job_that_was_cancelled_while_it_waited_is_not_run(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], needs_approval=True)
    tonight.stop = Looks(lambda: tonight.store.cancel([job.id]))
    assert tonight.run([job])[0][0] is JobStatus.CANCELLED
    assert len(cast("Looks", tonight.stop).waits) == 1
    assert tonight.ran == []


def test_an_approval_that_comes_starts_the_job(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], needs_approval=True, requested_by="anna")
    tonight.stop = Looks(lambda: tonight.store.approve("batch-0001", Caller("bert", "terminal")))
    assert tonight.run([job]) == [GOOD]
    (said,) = [event.message for event in tonight.store.events(job.id) if event.kind == "waiting"]
    assert said == "somebody else has to approve the batch: `swimctl approve batch-00`"


@pytest.mark.parametrize(
    ("policy", "options", "ends"),
    [
        (Policy(window="20:00-23:00@UTC"), JobOptions(), False),
        (Policy(window="20:00-23:00@UTC", stage_now=True), JobOptions(), True),
        (Policy(window="20:00-23:00@UTC"), JobOptions(activate=False), False),
        (Policy(window="20:00-23:00@UTC", stage_now=True), JobOptions(activate=False), True),
        (Policy(window="11:00-23:00@UTC"), JobOptions(), True),
        (Policy(window="11:00-12:01@UTC"), JobOptions(activate=False), True),
    ],
)
def test_a_window_holds_what_activates_and_what_only_copies(
    tonight: Night, policy: Policy, options: JobOptions, ends: bool
) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=policy, options=options)
    assert tonight.run([job]) == [GOOD if ends else WAITS]
    waiting = [event.message for event in tonight.store.events(job.id) if event.kind == "waiting"]
    assert len(waiting) == (0 if ends else 1)
    assert ends or "the window 20:00-23:00@UTC opens at 2031-05-04T20:00Z" in waiting[0]


def test_a_copy_waits_for_no_freeze_and_for_no_window_of_its_device(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = [Freeze(NOON - timedelta(days=1), NOON + timedelta(days=2), "end of the year")]
    monkeypatch.setattr(type(tonight.engine._settings), "freezes", frozen)
    tonight.windows = {"sw1": "20:00-23:00@UTC"}
    (job,) = some_jobs(
        tonight.store, ["sw1"], policy=Policy(window="11:00-13:00@UTC"), options=JobOptions(activate=False)
    )
    assert tonight.run([job]) == [GOOD]


def test_a_copy_whose_window_opens_behind_the_end_of_its_batch_is_not_attempted(tonight: Night) -> None:
    policy = Policy(window="20:00-23:00@UTC", until=NOON + timedelta(hours=8))
    (job,) = some_jobs(tonight.store, ["sw1"], policy=policy, options=JobOptions(activate=False))
    assert tonight.run([job]) == [UNTOUCHED]
    assert tonight.error(job) == (
        "not attempted: the window 20:00-23:00@UTC opens at 2031-05-04T20:00Z, and its batch is to end by "
        "2031-05-04T20:00Z; next: `swimctl retry` with a longer --window"
    )


def test_a_device_waits_for_its_own_window_and_no_other_one_with_it(tonight: Night) -> None:
    tonight.windows = {"sw1": "11:00-23:00@UTC", "sw2": "11:00-22:00@UTC", "sw4": "20:00-23:00@UTC"}
    jobs = some_jobs(tonight.store, switches(4), policy=Policy(window="11:00-18:00@UTC; 21:00-23:00@UTC"))
    assert tonight.run(jobs) == [GOOD, GOOD, GOOD, WAITS]
    (said,) = [event.message for event in tonight.store.events(jobs[3].id) if event.kind == "waiting"]
    assert said == "the window 21:00-23:00@UTC opens at 2031-05-04T21:00Z"


def test_a_device_whose_own_window_is_never_open_with_that_of_its_batch_is_not_attempted(tonight: Night) -> None:
    tonight.windows = {"sw1": "20:00-23:00@UTC"}
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="02:00-04:00@UTC"))
    assert tonight.run([job]) == [UNTOUCHED]
    assert tonight.error(job) == (
        "not attempted: the window 02:00-04:00@UTC and 20:00-23:00@UTC of the device opens no more; next: `swimctl "
        "retry` with a longer --window, or another `window` of sw1 in the inventory"
    )


def test_what_can_never_start_in_its_time_fails_and_says_so(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(until=NOON + timedelta(minutes=1)))
    assert tonight.run([job]) == [UNTOUCHED]
    assert "next: `swimctl retry --until`" in tonight.error(job)


# Its turn at a login.


def test_a_device_whose_account_was_refused_too_often_is_not_tried(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, threading.Event]] = []

    def turn(_runs: JobRunner, name: str, stop: threading.Event, _waits: object) -> NotTried | None:
        asked.append((name, stop))
        return NotTried("'netops' was refused 3 times") if name == "sw1" else None

    monkeypatch.setattr(JobRunner, "wait_to_log_in", turn)
    jobs = some_jobs(tonight.store, ["sw1", "sw2"])
    assert tonight.run(jobs) == [UNTOUCHED, GOOD]
    assert asked == [("sw1", tonight.stop), ("sw2", tonight.stop)]
    assert tonight.error(jobs[0]) == (
        "not attempted: 'netops' was refused 3 times; next: `swimctl retry --batch batch-00`"
    )


def test_what_is_decided_while_a_job_waits_for_its_login_counts(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another batch takes the device meanwhile: the login that was counted is taken back, and its end is waited for."""
    (first,) = some_jobs(tonight.store, ["sw1"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002")
    left: list[str] = []
    monkeypatch.setattr(JobRunner, "does_not_log_in", lambda _runs, name: left.append(name))
    with tonight.store.register_runner() as other:
        turns: list[str] = []

        def turn(_runs: JobRunner, name: str, _stop: threading.Event, _waits: object) -> None:
            turns.append(name)
            if len(turns) == 1:
                assert tonight.store.claim(first.id, other) is not None

        monkeypatch.setattr(JobRunner, "wait_to_log_in", turn)
        tonight.stop = looks = Looks(lambda: tonight.store.move(first.id, other, *BAD[:1], "it failed", BAD[1]))
        assert tonight.run([second]) == [GOOD]
    assert (looks.waits, turns, left) == ([1.0], ["sw1", "sw1"], ["sw1"])


@pytest.mark.parametrize("named", ["twin", "gone", "apart"])
def test_a_device_under_another_name_is_said_to_be_this_one(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (first,) = some_jobs(tonight.store, ["old-name"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002")

    def device(name: str) -> Device:
        if name == "old-name" and named == "gone":
            raise NotFound("no such device")
        return Device(1, name, "cisco_xe", "elsewhere" if (name, named) == ("old-name", "apart") else "192.0.2.1")

    monkeypatch.setattr(tonight.engine._inventory, "device", device)
    place = device("sw1").place
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(first.id, other, place) is not None
        tonight.stop = Looks(lambda: tonight.store.move(first.id, other, *BAD[:1], "it failed", BAD[1]))
        assert tonight.run([second]) == [GOOD]
    (said,) = [event.message for event in tonight.store.events(second.id) if event.kind == "waiting"]
    who = f"old-name, which is this device too ({place})" if named == "twin" else "old-name"
    assert said == f"job {first.id} runs on {who}; waiting for its end"


# Where swimctl itself fails.


def test_a_store_that_cannot_be_written_stops_the_batch_and_is_raised(tonight: Night) -> None:
    tonight.ends["sw1"] = StoreError("the disk is full")
    jobs = some_jobs(tonight.store, ["sw1", "sw2"])
    with pytest.raises(StoreError, match="the disk is full"):
        tonight.run(jobs)
    assert tonight.stop.is_set()
    assert tonight.ran == ["sw1"]
    assert ("finished", "batch-0001", "2") not in tonight.told.words


def test_a_job_that_another_process_has_is_let_alone(tonight: Night) -> None:
    tonight.ends["sw1"] = StaleClaim("another has it")
    assert tonight.run(some_jobs(tonight.store, ["sw1", "sw2"]))[1] == GOOD
    assert not tonight.stop.is_set()


def test_a_defect_ends_its_job_and_no_other(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[str, str, str]] = []
    monkeypatch.setattr(
        JobRunner, "end_by_defect", lambda _r, batch, job, why, _stop: ended.append((batch.id, job.device_name, why))
    )
    tonight.ends["sw1"] = KeyError("oh")
    assert tonight.run(some_jobs(tonight.store, ["sw1", "sw2"]))[1] == GOOD
    assert ended == [("batch-0001", "sw1", "swimctl failed: KeyError: 'oh'; please report it")]


def test_a_defect_before_a_job_began_fails_it_without_its_device(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tonight.store, "claim", lambda *_: 1 // 0)
    monkeypatch.setattr(JobRunner, "end_by_defect", lambda *_: pytest.fail("nothing was begun"))
    (job,) = some_jobs(tonight.store, ["sw1"])
    assert tonight.run([job]) == [UNTOUCHED]
    assert tonight.error(job).startswith("swimctl failed: ZeroDivisionError")


# What is due, and what is resumed.


def test_what_is_due_runs_and_what_is_too_late_fails(tonight: Night) -> None:
    (late,) = some_jobs(tonight.store, ["sw1"], "batch-0001", schedule_time=NOON)
    (due,) = some_jobs(tonight.store, ["sw2"], "batch-0002", schedule_time=NOON + timedelta(seconds=1000))
    (later,) = some_jobs(tonight.store, ["sw3"], "batch-0003", schedule_time=NOON + timedelta(days=1))
    (now,) = some_jobs(tonight.store, ["sw4"], "batch-0004")
    grace = Settings().schedule_grace
    tonight.clock.forward(grace + 1)
    tonight.engine.run_due(tonight.stop)
    assert tonight.now([late, due, later, now]) == [UNTOUCHED, GOOD, (JobStatus.SCHEDULED, None), GOOD]
    minutes = f"{grace / 60:.0f}"
    assert tonight.error(late) == (
        f"not started: nobody ran it within {minutes} minutes of its time (schedule_grace); next: `swimctl retry`"
    )


def test_a_job_is_not_too_late_at_the_end_of_its_grace(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], schedule_time=NOON)
    tonight.clock.forward(Settings().schedule_grace)
    assert tonight.engine.due() == [job]


def test_batches_are_resumed_one_after_the_other_and_one_that_another_process_has_is_passed_over(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    (third,) = some_jobs(tonight.store, ["sw3"], "batch-0003")
    first = some_jobs(tonight.store, ["sw1", "sw2"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw4"], "batch-0002")
    own = tonight.store.own_batch

    def taken(batch_id: str, runner: Any) -> None:
        if batch_id == "batch-0002":
            raise StaleClaim("another has it")
        own(batch_id, runner)

    monkeypatch.setattr(tonight.store, "own_batch", taken)
    tonight.engine.resume([third, second, *first], tonight.stop)
    assert tonight.ran == ["sw1", "sw2", "sw3"]
    assert tonight.now([second]) == [WAITS]


def test_a_stop_ends_a_resume_between_two_batches(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = some_jobs(tonight.store, ["sw1"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw2"], "batch-0002")
    tonight.ends["sw1"] = lambda: tonight.stop.set() or GOOD  # type: ignore[func-returns-value]
    owned: list[str] = []
    own = tonight.store.own_batch
    monkeypatch.setattr(tonight.store, "own_batch", lambda batch, runner: owned.append(batch) or own(batch, runner))
    tonight.engine.resume([first, second], tonight.stop)
    assert tonight.ran == ["sw1"]
    assert owned == ["batch-0001"], "the other may be taken up by another process at once"


def test_a_check_wants_an_image_and_is_made_by_a_visit(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(tonight.store.device_ids(["sw1"])["sw1"], "sw1", "cisco_xe", "192.0.2.1")
    image, options = cast("Any", object()), JobOptions()
    looks = [
        SimpleNamespace(running=None),
        SimpleNamespace(running=Running("17.12.04", 60, None, {"1": "17.12.04"}), snapshot=None),
    ]
    asked: list[Any] = []
    with pytest.raises(NotFound, match="no image to check sw1 against; set a golden image or name one with --image"):
        tonight.engine.check(device, None, options)

    class Visits:
        def check(self, *what: Any) -> Any:
            asked.append(what)
            return looks[min(len(asked), 2) - 1]

        def runs(self, device: Device) -> tuple[Running, tuple[str, ...]]:
            return Running(f"{device.name}-1", 60, None, {}, doubt="two say two things"), ()

        def record(self, *what: Any) -> Any:
            raise LoginFailed(what[0].name)

    monkeypatch.setattr(tonight.engine, "_visits", Visits())
    assert tonight.engine.check(device, image, options) is looks[0]
    assert tonight.store.sightings() == {}
    assert tonight.engine.check(device, image, options) is looks[1]
    assert asked == [(device, image, options, NOBODY)] * 2
    assert tonight.engine.check(device, image, options) is looks[1]
    assert asked[-1][-1].by == "plan", "what was seen before goes with the next question"
    assert [(one.release, one.by) for one in tonight.store.sightings()[device.id]] == [("17.12.04", "plan")]
    tonight.engine.runs(device)
    seen = tonight.store.sightings()[device.id][-1]
    assert (seen.release, seen.members, seen.doubt, seen.by) == ("sw1-1", {}, "two say two things", "scan")
    with pytest.raises(LoginFailed, match="sw1"):
        tonight.engine.record(device)


# Who is faster.


def test_a_job_that_another_process_claims_at_the_same_moment_is_left_to_it(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tonight.store, "claim", lambda *_: None)
    assert tonight.run(some_jobs(tonight.store, ["sw1"])) == [WAITS]
    assert tonight.ran == []
    assert cast("Looks", tonight.stop).waits == []


def test_a_device_that_another_batch_takes_at_the_same_moment_is_waited_for(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = some_jobs(tonight.store, ["sw1"], "batch-0001")
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002")
    claim = tonight.store.claim
    left: list[str] = []  # logins that do not count as under way any more: the other one may wait for its own
    monkeypatch.setattr(JobRunner, "does_not_log_in", lambda _runs, name: left.append(name))
    with tonight.store.register_runner() as other:

        def ends() -> None:
            assert left == ["sw1"]
            tonight.store.move(first.id, other, *BAD[:1], "it failed", BAD[1])

        def late(job_id: int, runner: Any, place: str) -> Any:
            monkeypatch.setattr(tonight.store, "claim", claim)
            assert claim(first.id, other) is not None
            return claim(job_id, runner, place)

        monkeypatch.setattr(tonight.store, "claim", late)
        tonight.stop = looks = Looks(ends)
        assert tonight.run([second]) == [GOOD]
    assert looks.waits == [1.0]
